"""A submission that is not accepted for itself can be merged into another.

The column comes and goes by plain statements, alike on both databases: rebuilding the table of
announced decisions would lose the trigger that keeps it append-only.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("pending_decision", "decision")


def upgrade() -> None:
    for table in TABLES:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN into_id INTEGER "
            f"CONSTRAINT fk_{table}_into_id REFERENCES submission (id)"
        )
        op.create_index(op.f(f"ix_{table}_into_id"), table, ["into_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(op.f(f"ix_{table}_into_id"), table_name=table)
        op.execute(f"ALTER TABLE {table} DROP COLUMN into_id")
