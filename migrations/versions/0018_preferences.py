"""How people want mails that are not essential; what a reviewer's confidence weighs."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("digested", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_mail_choice_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_choice")),
        sa.UniqueConstraint(
            "person_id",
            "conference_id",
            "kind",
            name=op.f("uq_mail_choice_person_id_conference_id_kind"),
        ),
    )
    op.create_index(op.f("ix_mail_choice_conference_id"), "mail_choice", ["conference_id"])
    op.create_index("ix_mail_choice_how", "mail_choice", ["how", "kind"])
    _add(
        "conference",
        sa.Column("confidence_weights", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    _add("message", sa.Column("unsubscribe", sa.String(), nullable=False, server_default=""))


def _add(table: str, *columns: sa.Column[object]) -> None:
    """Columns that rows there are filled with at once, and new ones by the program."""
    for column in columns:
        op.add_column(table, column)
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.alter_column(column.name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("message") as table:
        table.drop_column("unsubscribe")
    with op.batch_alter_table("conference") as table:
        table.drop_column("confidence_weights")
    op.drop_table("mail_choice")
