"""Guests, who are asked for one submission only, and whether reviewers may ask them."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PEOPLE = ("for_id", "person_id", "asked_by_id")
INDEXED = ("conference_id", "submission_id", *PEOPLE, "key")


def upgrade() -> None:
    op.create_table(
        "guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in PEOPLE),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "address", "key")),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("handed", UTCDateTime(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_guest_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_guest_submission_id")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_guest_{name}"))
            for name in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest")),
    )
    for name in INDEXED:
        op.create_index(op.f(f"ix_guest_{name}"), "guest", [name])
    op.add_column(
        "conference", sa.Column("delegation", sa.String(), nullable=False, server_default="off")
    )
    with op.batch_alter_table("conference") as table:
        table.alter_column("delegation", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("conference") as table:
        table.drop_column("delegation")
    op.drop_table("guest")
