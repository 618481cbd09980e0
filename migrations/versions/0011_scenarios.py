"""What a selection keeps, and the scenarios that selections have found."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "selection_limits",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("waitlisted", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _to("selection_limits", "conference_id", "conference"),
        sa.PrimaryKeyConstraint("conference_id", name=op.f("pk_selection_limits")),
    )
    op.create_table(
        "selection_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        _to("selection_wish", "conference_id", "conference"),
        _to("selection_wish", "submission_id", "submission"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_wish")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_selection_wish_submission_id")),
    )
    op.create_table(
        "scenario",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("applied", UTCDateTime(), nullable=True),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _to("scenario", "conference_id", "conference"),
        _to("scenario", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
    )
    op.create_table(
        "scenario_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("first_time", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("pending", sa.String(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("blocked", sa.JSON(), nullable=False),
        sa.Column("chance", sa.Double(), nullable=True),
        sa.Column("applied", sa.String(), nullable=True),
        _to("scenario_item", "conference_id", "conference"),
        _to("scenario_item", "scenario_id", "scenario"),
        _to("scenario_item", "submission_id", "submission"),
        _to("scenario_item", "type_id", "submission_type"),
        _to("scenario_item", "track_id", "track"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_item")),
        sa.UniqueConstraint(
            "scenario_id", "submission_id", name=op.f("uq_scenario_item_scenario_id_submission_id")
        ),
    )
    for table, columns in {
        "selection_wish": ("conference_id",),
        "scenario": ("conference_id", "by_id"),
        "scenario_item": ("conference_id", "submission_id", "type_id", "track_id"),
    }.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index("ix_scenario_item_shown", "scenario_item", ["scenario_id", "accepted", "score"])


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    for table in ("scenario_item", "scenario", "selection_wish", "selection_limits"):
        op.drop_table(table)
