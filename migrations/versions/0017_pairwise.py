"""What reviewers compare, the switch for it, and scores that come from it."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add(
        "conference",
        sa.Column("compares_pairs", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("adjusts_by", sa.String(), nullable=False, server_default="reviews"),
    )
    _add(
        "calibration", sa.Column("source", sa.String(), nullable=False, server_default="reviews")
    )
    _add(
        "calibrated_submission",
        sa.Column("rank_low", sa.Integer(), nullable=True),
        sa.Column("rank_high", sa.Integer(), nullable=True),
    )
    _create_comparison()
    _create_place()


def _add(table: str, *columns: sa.Column[object]) -> None:
    """Columns that rows there are filled with at once, and new ones by the program."""
    for column in columns:
        op.add_column(table, column)
    with op.batch_alter_table(table) as batch:
        for column in columns:
            if column.server_default is not None:
                batch.alter_column(column.name, server_default=None)


def _create_comparison() -> None:
    op.create_table(
        "comparison",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("members", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _points("comparison", "conference"),
        _points("comparison", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison")),
        sa.UniqueConstraint(
            "conference_id",
            "person_id",
            "members",
            name=op.f("uq_comparison_conference_id_person_id_members"),
        ),
    )
    op.create_index(op.f("ix_comparison_person_id"), "comparison", ["person_id"])
    op.create_index("ix_comparison_changed", "comparison", ["conference_id", "changed"])


def _create_place() -> None:
    op.create_table(
        "comparison_place",
        sa.Column("comparison_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        _points("comparison_place", "comparison"),
        _points("comparison_place", "submission"),
        sa.PrimaryKeyConstraint(
            "comparison_id", "submission_id", name=op.f("pk_comparison_place")
        ),
    )
    op.create_index(
        op.f("ix_comparison_place_submission_id"), "comparison_place", ["submission_id"]
    )


def _points(table: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{to}_id")
    return sa.ForeignKeyConstraint([f"{to}_id"], [f"{to}.id"], name=name)


def downgrade() -> None:
    for table in ("comparison_place", "comparison"):
        op.drop_table(table)
    op.execute(
        "DELETE FROM calibrated_submission WHERE calibration_id IN"
        " (SELECT id FROM calibration WHERE source = 'pairs')"
    )
    op.execute("DELETE FROM calibration WHERE source = 'pairs'")
    _drop("calibrated_submission", "rank_low", "rank_high")
    _drop("calibration", "source")
    # What came from comparisons would be taken for adjusted reviews.
    op.execute("UPDATE conference SET adjusts_scores = false WHERE adjusts_by = 'pairs'")
    _drop("conference", "compares_pairs", "adjusts_by")


def _drop(table: str, *columns: str) -> None:
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.drop_column(column)
