"""Which of a talk's slots one is, for as long as it is there; abstracts in Markdown.

Until now it followed from the order of their times, so that two slots of one talk changed what
calendars know them by when one moved past the other. What stands now keeps what that order gave it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INDEX = "ix_placement_occurrence"


def upgrade() -> None:
    with op.batch_alter_table("conference") as table:
        markdown = sa.Column("markdown", sa.Boolean(), nullable=False, server_default=sa.false())
        table.add_column(markdown)
    with op.batch_alter_table("conference") as table:
        table.alter_column("markdown", server_default=None)
    with _altered("placement") as table:
        table.add_column(sa.Column("occurrence", sa.Integer(), nullable=False, server_default="1"))
    op.execute(
        """
        UPDATE placement SET occurrence = counted.number FROM (
            SELECT one.id AS id, ROW_NUMBER() OVER (
                PARTITION BY one.draft_id, one.item_id
                ORDER BY one.start, room.position, one.id
            ) AS number
            FROM placement AS one LEFT JOIN room ON room.id = one.room_id
        ) AS counted WHERE counted.id = placement.id
        """
    )
    with _altered("placement") as table:
        table.alter_column("occurrence", server_default=None)
    op.create_index(INDEX, "placement", ["draft_id", "item_id", "occurrence"], unique=True)


def downgrade() -> None:
    op.drop_index(INDEX, "placement")
    with _altered("placement") as table:
        table.drop_column("occurrence")
    with op.batch_alter_table("conference") as table:
        table.drop_column("markdown")


def _altered(table: str):  # noqa: ANN202 - Alembic's own context manager
    """The table to be changed; where SQLite copies it, no id is given twice in the copy either."""
    return op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True})
