"""Sessions, pins and plenaries; steps that can be taken back; proposals of a solver."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "program_session",
        sa.Column("id", sa.Integer(), nullable=False),
        *_references("program_session", "conference", "program_draft"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("chair", sa.String(), nullable=False),
        sa.Column("posters", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_session")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_program_session_draft_id_number")),
    )
    op.create_table(
        "program_step",
        sa.Column("id", sa.Integer(), nullable=False),
        *_references("program_step", "conference", "program_draft", "program_item", "person"),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_step")),
    )
    op.create_table(
        "timetable_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        *_references("timetable_proposal", "conference", "program_draft", "person"),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_proposal")),
    )
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index("ix_program_step_newest", "program_step", ["draft_id", "by_id", "state", "id"])
    with _altered("placement", autoincrement=True) as placement:
        placement.add_column(sa.Column("session_id", sa.Integer(), nullable=True))
        placement.add_column(_false("pinned"))
        placement.add_column(_false("plenary"))
        placement.create_foreign_key(
            op.f("fk_placement_session_id"), "program_session", ["session_id"], ["id"]
        )
        placement.create_index(op.f("ix_placement_session_id"), ["session_id"])
    with _altered("placement", autoincrement=True) as placement:
        placement.alter_column("pinned", server_default=None)
        placement.alter_column("plenary", server_default=None)
    with op.batch_alter_table("program_item") as item:
        item.alter_column("number", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    # What was never published has no number; its own id, negative, is nobody else's.
    op.execute("UPDATE program_item SET number = -id WHERE number IS NULL")
    with op.batch_alter_table("program_item") as item:
        item.alter_column("number", existing_type=sa.Integer(), nullable=False)
    with _altered("placement", autoincrement=False) as placement:
        placement.drop_index(op.f("ix_placement_session_id"))
        placement.drop_constraint(op.f("fk_placement_session_id"), type_="foreignkey")
        placement.drop_column("session_id")
        placement.drop_column("pinned")
        placement.drop_column("plenary")
    for table in ("timetable_proposal", "program_step", "program_session"):
        op.drop_table(table)


INDEXED = {
    "program_session": ("conference_id", "draft_id"),
    "program_step": ("conference_id", "draft_id", "item_id", "by_id"),
    "timetable_proposal": ("conference_id", "draft_id", "by_id"),
}
COLUMNS = {
    "conference": ("conference_id", False),
    "program_draft": ("draft_id", False),
    "program_item": ("item_id", True),
    "person": ("by_id", True),
}


def _references(table: str, *targets: str) -> list[sa.Column | sa.ForeignKeyConstraint]:
    found: list[sa.Column | sa.ForeignKeyConstraint] = []
    for target in targets:
        name, nullable = COLUMNS[target]
        found += [
            sa.Column(name, sa.Integer(), nullable=nullable),
            sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}")),
        ]
    return found


def _false(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _altered(table: str, *, autoincrement: bool):  # noqa: ANN202 - Alembic's own context manager
    """The table to be changed; SQLite copies it, and can only then change how ids are given."""
    return op.batch_alter_table(
        table, recreate="auto", table_kwargs={"sqlite_autoincrement": autoincrement}
    )
