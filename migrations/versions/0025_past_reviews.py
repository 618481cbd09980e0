"""Reviewers say whether what they reviewed elsewhere counts as what they know."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reviewer_profile") as table:
        table.add_column(
            sa.Column("past_reviews", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("reviewer_profile") as table:
        table.alter_column("past_reviews", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("reviewer_profile") as table:
        table.drop_column("past_reviews")
