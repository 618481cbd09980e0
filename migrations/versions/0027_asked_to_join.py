"""Speakers of a talk that was merged into another are asked to join that one."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("speaker", sa.Column("asked_to_join", UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("speaker", "asked_to_join")
