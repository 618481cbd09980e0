"""How many people a chair expects at a talk: for its room, and for who competes with it.

The column comes and goes by plain statements, alike on both databases.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE program_item ADD COLUMN audience INTEGER")


def downgrade() -> None:
    op.execute("ALTER TABLE program_item DROP COLUMN audience")
