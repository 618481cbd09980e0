"""Abstentions and redacted versions."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0014"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_redaction()
    _add("review", sa.Column("abstention", sa.String(), nullable=False, server_default=""))


def _add(table: str, *columns: sa.Column[object]) -> None:
    """Columns that rows there are filled with at once, and new ones by the program."""
    for column in columns:
        op.add_column(table, column)
    with op.batch_alter_table(table) as batch:
        for column in columns:
            if column.server_default is not None:
                batch.alter_column(column.name, server_default=None)


def _create_redaction() -> None:
    op.create_table(
        "redaction",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("abstract", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_redaction_submission_id")
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_redaction_conference_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_redaction_by_id")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_redaction")),
    )
    for column in ("conference_id", "by_id"):
        op.create_index(op.f(f"ix_redaction_{column}"), "redaction", [column])


def downgrade() -> None:
    # What the version before does not know: who has abstained has, to it, begun, or declined.
    op.execute("UPDATE review SET state = 'draft' WHERE state = 'abstained'")
    op.execute("UPDATE assignment SET state = 'declined' WHERE state = 'abstained'")
    with op.batch_alter_table("review") as batch:
        batch.drop_column("abstention")
    op.drop_table("redaction")
