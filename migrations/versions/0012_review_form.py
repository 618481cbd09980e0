"""Fields and phases of reviewing, criteria with limits, more time for one reviewer."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CRITERION = {"counts": (sa.Boolean(), sa.true()), "tracks": (sa.JSON(), "[]")}
CRITERION["types"] = CRITERION["tracks"]
CONFERENCE = {"phases": (sa.JSON(), "[]"), "phases_zone": (sa.String(), "")}
"""New columns that are never null, and what they say of what there is."""


def upgrade() -> None:
    _add("criterion", CRITERION)
    _add("conference", CONFERENCE)
    op.add_column("conference", sa.Column("reviews_close", UTCDateTime(), nullable=True))
    _create_fields()
    _create_extensions()


def _add(table: str, columns: Mapping[str, tuple[Any, Any]]) -> None:
    with op.batch_alter_table(table) as batch:
        for name, (kind, default) in columns.items():
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    with op.batch_alter_table(table) as batch:
        for name in columns:
            batch.alter_column(name, server_default=None)


def _create_fields() -> None:
    op.create_table(
        "review_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("help", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("tracks", sa.JSON(), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("phases", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_review_field_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_field")),
    )
    op.create_index(op.f("ix_review_field_conference_id"), "review_field", ["conference_id"])
    op.create_table(
        "review_answer",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_answer_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["review_field.id"], name=op.f("fk_review_answer_field_id")
        ),
        sa.PrimaryKeyConstraint("review_id", "field_id", name=op.f("pk_review_answer")),
    )
    op.create_index(op.f("ix_review_answer_field_id"), "review_answer", ["field_id"])


def _create_extensions() -> None:
    op.create_table(
        "review_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_review_extension_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_review_extension_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["person.id"], name=op.f("fk_review_extension_granted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_extension")),
        sa.UniqueConstraint(
            "conference_id", "person_id", name=op.f("uq_review_extension_conference_id_person_id")
        ),
    )
    for column in ("conference_id", "person_id", "granted_by_id"):
        op.create_index(op.f(f"ix_review_extension_{column}"), "review_extension", [column])


def downgrade() -> None:
    for table in ("review_extension", "review_answer", "review_field"):
        op.drop_table(table)
    for table, names in (("conference", (*CONFERENCE, "reviews_close")), ("criterion", CRITERION)):
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
