"""Until when changes that were asked for can be handed in."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conference") as table:
        table.add_column(sa.Column("changes_until", UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("conference") as table:
        table.drop_column("changes_until")
