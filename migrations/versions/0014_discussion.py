"""Abstentions, redacted versions, and what belongs to a discussion: off unless it was used."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


SWITCHES = ("discusses", "summarizes", "rates_reviews", "asks_ai_statement", "asks_response")
OTHERS = ("response_words", "response_round", "response_opened", "response_until")


def upgrade() -> None:
    _create_redaction()
    _create_follow()
    _create_summary()
    _create_response()
    _create_rating()
    _create_notice()
    _add(
        "review",
        sa.Column("abstention", sa.String(), nullable=False, server_default=""),
        sa.Column("ai_statement", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _add(
        "conference",
        *(
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            for name in SWITCHES
        ),
        sa.Column("response_words", sa.Integer(), nullable=False, server_default="500"),
        sa.Column("response_round", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("response_opened", UTCDateTime(), nullable=True),
        sa.Column("response_until", UTCDateTime(), nullable=True),
    )
    op.execute(
        "UPDATE conference SET discusses = true WHERE EXISTS ("
        "SELECT 1 FROM comment WHERE comment.conference_id = conference.id)"
    )


def _add(table: str, *columns: sa.Column[object]) -> None:
    """Columns that rows there are filled with at once, and new ones by the program."""
    for column in columns:
        op.add_column(table, column)
    with op.batch_alter_table(table) as batch:
        for column in columns:
            if column.server_default is not None:
                batch.alter_column(column.name, server_default=None)


def _create_redaction() -> None:
    op.create_table(
        "redaction",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("abstract", sa.String(), nullable=True),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_redaction_submission_id")
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_redaction_conference_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_redaction_by_id")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_redaction")),
    )
    for column in ("conference_id", "by_id"):
        op.create_index(op.f(f"ix_redaction_{column}"), "redaction", [column])


def _create_follow() -> None:
    op.create_table(
        "follow",
        *_identity(),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        *_keys("follow", "id", "person_id"),
        sa.UniqueConstraint(
            "submission_id", "person_id", name=op.f("uq_follow_submission_id_person_id")
        ),
    )
    _index("follow", "conference_id", "person_id")


def _create_summary() -> None:
    op.create_table(
        "summary",
        *_identity()[1:],
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("speaker_text", sa.String(), nullable=False),
        sa.Column("submitted", UTCDateTime(), nullable=True),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_keys("summary", "submission_id", "lead_id"),
    )
    _index("summary", "conference_id", "lead_id")


def _create_response() -> None:
    op.create_table(
        "response",
        *_identity(),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_keys("response", "id", "person_id"),
        sa.UniqueConstraint(
            "submission_id", "round", name=op.f("uq_response_submission_id_round")
        ),
    )
    _index("response", "conference_id", "person_id")


def _create_rating() -> None:
    op.create_table(
        "review_rating",
        *_identity(),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        *_keys("review_rating", "id", "person_id"),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_rating_review_id")
        ),
        sa.UniqueConstraint(
            "review_id", "person_id", name=op.f("uq_review_rating_review_id_person_id")
        ),
    )
    _index("review_rating", "conference_id", "submission_id", "person_id")


def _create_notice() -> None:
    op.create_table(
        "review_notice",
        sa.Column("review_id", sa.Integer(), nullable=False),
        *_identity()[1:],
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("is_short", "is_equal", "is_odds")
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_review_notice")),
        *(
            sa.ForeignKeyConstraint(
                [f"{target}_id"], [f"{target}.id"], name=op.f(f"fk_review_notice_{target}_id")
            )
            for target in ("review", "submission", "conference")
        ),
    )
    _index("review_notice", "submission_id")
    op.create_index("ix_review_notice_key", "review_notice", ["conference_id", "key"])


def _identity() -> list[sa.Column[int]]:
    names = ("id", "submission_id", "conference_id")
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _keys(table: str, primary: str, person: str) -> list[sa.Constraint]:
    """The primary key, and where the row belongs."""
    targets = {"submission_id": "submission", "conference_id": "conference", person: "person"}
    return [
        sa.PrimaryKeyConstraint(primary, name=op.f(f"pk_{table}")),
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, target in targets.items()
        ),
    ]


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    # What the version before does not know: who has abstained has, to it, begun, or declined.
    op.execute("UPDATE review SET state = 'draft' WHERE state = 'abstained'")
    op.execute("UPDATE assignment SET state = 'declined' WHERE state = 'abstained'")
    with op.batch_alter_table("review") as batch:
        batch.drop_column("ai_statement")
        batch.drop_column("abstention")
    with op.batch_alter_table("conference") as batch:
        for name in (*SWITCHES, *OTHERS):
            batch.drop_column(name)
    for table in ("review_notice", "review_rating", "response", "summary", "follow", "redaction"):
        op.drop_table(table)
