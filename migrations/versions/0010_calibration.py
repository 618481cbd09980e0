"""Calibrated scores of submissions, the leniency of reviewers, and the switches for them."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SWITCHES = ("adjusts_scores", "tells_leniency")


def upgrade() -> None:
    with op.batch_alter_table("conference") as conference:
        for name in SWITCHES:
            off = sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            conference.add_column(off)
        conference.add_column(sa.Column("accept_count", sa.Integer(), nullable=True))
    with op.batch_alter_table("conference") as conference:
        for name in SWITCHES:
            conference.alter_column(name, server_default=None)
    op.create_index("ix_review_changed", "review", ["conference_id", "changed"])
    _create_calibration()
    _create_submissions()
    _create_reviewers()


def _create_calibration() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("reviewers", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("cautions", sa.JSON(), nullable=False),
        sa.Column("outdated", sa.Boolean(), nullable=False),
        _points("calibration", "conference"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )
    op.create_index(op.f("ix_calibration_conference_id"), "calibration", ["conference_id"])


def _create_submissions() -> None:
    op.create_table(
        "calibrated_submission",
        sa.Column("calibration_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("raw", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("se", sa.Double(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("p_top", sa.Double(), nullable=True),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("move", sa.Integer(), nullable=False),
        _points("calibrated_submission", "calibration"),
        _points("calibrated_submission", "submission"),
        sa.PrimaryKeyConstraint(
            "calibration_id", "submission_id", name=op.f("pk_calibrated_submission")
        ),
    )
    op.create_index(
        op.f("ix_calibrated_submission_submission_id"), "calibrated_submission", ["submission_id"]
    )


def _create_reviewers() -> None:
    op.create_table(
        "calibrated_reviewer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calibration_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("leniency", sa.Double(), nullable=False),
        sa.Column("se", sa.Double(), nullable=False),
        sa.Column("spread", sa.Double(), nullable=True),
        sa.Column("agreement", sa.Double(), nullable=True),
        sa.Column("reviews", sa.Integer(), nullable=False),
        _points("calibrated_reviewer", "calibration"),
        _points("calibrated_reviewer", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrated_reviewer")),
        sa.UniqueConstraint(
            "calibration_id",
            "person_id",
            name=op.f("uq_calibrated_reviewer_calibration_id_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_calibrated_reviewer_person_id"), "calibrated_reviewer", ["person_id"]
    )


def _points(table: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{to}_id")
    return sa.ForeignKeyConstraint([f"{to}_id"], [f"{to}.id"], name=name)


def downgrade() -> None:
    for table in ("calibrated_reviewer", "calibrated_submission", "calibration"):
        op.drop_table(table)
    op.drop_index("ix_review_changed", "review")
    with op.batch_alter_table("conference") as conference:
        for name in ("accept_count", *SWITCHES):
            conference.drop_column(name)
