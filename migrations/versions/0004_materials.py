"""Uploaded files of materials, the stamp of what is public beside versions, broadcast links."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("storage", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_file_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_file_material_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_file_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        sa.UniqueConstraint("material_id", name=op.f("uq_file_material_id")),
        sa.UniqueConstraint("storage", name=op.f("uq_file_storage")),
    )
    op.create_index(op.f("ix_file_conference_id"), "file", ["conference_id"])
    op.create_index(op.f("ix_file_submission_id"), "file", ["submission_id"])
    op.create_table(
        "program_stamp",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_program_stamp_conference_id")
        ),
        sa.PrimaryKeyConstraint("conference_id", name=op.f("pk_program_stamp")),
    )
    op.create_table(
        "broadcast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_broadcast_conference_id")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_broadcast_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint(
            "conference_id", "day", "room_id", name=op.f("uq_broadcast_conference_id_day_room_id")
        ),
    )
    op.create_index(op.f("ix_broadcast_conference_id"), "broadcast", ["conference_id"])
    op.create_index(op.f("ix_broadcast_room_id"), "broadcast", ["room_id"])


def downgrade() -> None:
    for table in ("broadcast", "program_stamp", "file"):
        op.drop_table(table)
