"""Reviewers on stand-by, the plan of reminders and hand-over, and what was handed over."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "standby",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_standby_conference_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_standby_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standby")),
        sa.UniqueConstraint(
            "conference_id", "person_id", name=op.f("uq_standby_conference_id_person_id")
        ),
    )
    op.create_index(op.f("ix_standby_conference_id"), "standby", ["conference_id"])
    op.create_index(op.f("ix_standby_person_id"), "standby", ["person_id"])
    op.create_table(
        "late_plan",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("standby", sa.Boolean(), nullable=False),
        sa.Column("proposes", sa.Boolean(), nullable=False),
        sa.Column("silent_days", sa.Integer(), nullable=True),
        sa.Column("send_at", sa.Integer(), nullable=False),
        sa.Column("hand_over_days", sa.Integer(), nullable=True),
        sa.Column("handed", UTCDateTime(), nullable=True),
        sa.Column("proposed", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_late_plan_conference_id")
        ),
        sa.PrimaryKeyConstraint("conference_id", name=op.f("pk_late_plan")),
    )
    op.create_table(
        "late_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("handled", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_late_reminder_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_reminder")),
        sa.UniqueConstraint(
            "conference_id", "days", name=op.f("uq_late_reminder_conference_id_days")
        ),
    )
    op.create_index(op.f("ix_late_reminder_conference_id"), "late_reminder", ["conference_id"])
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("undone", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_hand_over_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_hand_over_submission_id")
        ),
        sa.ForeignKeyConstraint(["giver_id"], ["person.id"], name=op.f("fk_hand_over_giver_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["person.id"], name=op.f("fk_hand_over_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    for column in ("conference_id", "submission_id", "giver_id", "taker_id"):
        op.create_index(op.f(f"ix_hand_over_{column}"), "hand_over", [column])


def downgrade() -> None:
    # What was handed over is, to who cannot know of it, what its reviewer does not do.
    op.execute("UPDATE assignment SET state = 'declined' WHERE state = 'handed_over'")
    for table in ("hand_over", "late_reminder", "late_plan", "standby"):
        op.drop_table(table)
