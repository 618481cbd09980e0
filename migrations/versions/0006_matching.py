"""What reviewers have written, how many reviews each submission wants, and rules of assigning."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTED = ["conference_id", "state", "track_id", "type_id", "submitter_id", "announced"]


def upgrade() -> None:
    op.add_column("submission", sa.Column("reviews_wanted", sa.Integer(), nullable=True))
    _count_by("reviews_wanted")
    with op.batch_alter_table("reviewer_profile") as profile:
        profile.add_column(_with_default("some_track_ids", sa.JSON(), "[]"))
        profile.add_column(sa.Column("load_least", sa.Integer(), nullable=True))
    with op.batch_alter_table("reviewer_profile") as profile:
        profile.alter_column("some_track_ids", server_default=None)
    with op.batch_alter_table("conference") as conference:
        conference.add_column(_with_default("match_weights", sa.JSON(), "{}"))
        conference.add_column(_with_default("needs_senior", sa.Boolean(), sa.false()))
        conference.add_column(_with_default("one_per_affiliation", sa.Boolean(), sa.false()))
        conference.add_column(sa.Column("chance_cap", sa.Integer(), nullable=True))
    with op.batch_alter_table("conference") as conference:
        for name in ("match_weights", "needs_senior", "one_per_affiliation"):
            conference.alter_column(name, server_default=None)
    _create_tables()


def _with_default(name: str, kind: sa.types.TypeEngine, default: object) -> sa.Column:
    return sa.Column(name, kind, nullable=False, server_default=default)


def _count_by(*more: str) -> None:
    op.drop_index("ix_submission_state", "submission")
    op.create_index("ix_submission_state", "submission", [*COUNTED, *more])


def _create_tables() -> None:
    op.create_table(
        "reviewer_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _points("reviewer_document", "conference"),
        _points("reviewer_document", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_document")),
    )
    op.create_index(op.f("ix_reviewer_document_person_id"), "reviewer_document", ["person_id"])
    op.create_index(
        "ix_reviewer_document_person", "reviewer_document", ["conference_id", "person_id"]
    )
    op.create_table(
        "reviewers_apart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        _points("reviewers_apart", "conference"),
        _points("reviewers_apart", "person"),
        _points("reviewers_apart", "person", "other_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewers_apart")),
        sa.UniqueConstraint(
            "conference_id",
            "person_id",
            "other_id",
            name=op.f("uq_reviewers_apart_conference_id_person_id_other_id"),
        ),
    )
    for column in ("conference_id", "person_id", "other_id"):
        op.create_index(op.f(f"ix_reviewers_apart_{column}"), "reviewers_apart", [column])
    op.create_table(
        "text_match",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("made", UTCDateTime(), nullable=False),
        _points("text_match", "conference"),
        _points("text_match", "submission"),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_text_match")),
    )
    op.create_index(op.f("ix_text_match_conference_id"), "text_match", ["conference_id"])


def _points(table: str, to: str, column: str = "") -> sa.ForeignKeyConstraint:
    column = column or f"{to}_id"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    for table in ("text_match", "reviewers_apart", "reviewer_document"):
        op.drop_table(table)
    with op.batch_alter_table("conference") as conference:
        for name in ("chance_cap", "one_per_affiliation", "needs_senior", "match_weights"):
            conference.drop_column(name)
    with op.batch_alter_table("reviewer_profile") as profile:
        for name in ("load_least", "some_track_ids"):
            profile.drop_column(name)
    _count_by()
    op.drop_column("submission", "reviews_wanted")
