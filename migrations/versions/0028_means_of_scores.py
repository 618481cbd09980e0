"""The mean of a submission's scores is kept with their sums, and an index has its order.

The column goes by a plain statement, alike on both databases.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BEFORE, NOW = "ix_review_tally_conference_id", "ix_review_tally_mean"


def upgrade() -> None:
    op.add_column("review_tally", sa.Column("mean", sa.Double(), nullable=True))
    op.execute("UPDATE review_tally SET mean = total / scored WHERE scored > 0")
    op.create_index(NOW, "review_tally", ["conference_id", "mean"])
    op.drop_index(op.f(BEFORE), table_name="review_tally")


def downgrade() -> None:
    op.create_index(op.f(BEFORE), "review_tally", ["conference_id"])
    op.drop_index(NOW, table_name="review_tally")
    op.execute("ALTER TABLE review_tally DROP COLUMN mean")
