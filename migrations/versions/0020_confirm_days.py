"""Every how many days speakers are reminded to confirm, by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conference") as table:
        table.add_column(sa.Column("confirm_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("conference") as table:
        table.drop_column("confirm_days")
