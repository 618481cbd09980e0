"""Tags, saved views, and the searched text in three lines: code, title, abstract."""

import unicodedata

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("color", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_tag_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("conference_id", "key", name=op.f("uq_tag_conference_id_key")),
    )
    op.create_index(op.f("ix_tag_conference_id"), "tag", ["conference_id"])
    op.create_table(
        "submission_tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("value_key", sa.String(), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_submission_tag_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_tag_submission_id")
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_submission_tag_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_tag")),
        sa.UniqueConstraint(
            "submission_id", "tag_id", name=op.f("uq_submission_tag_submission_id_tag_id")
        ),
    )
    for column in ("conference_id", "submission_id", "tag_id"):
        op.create_index(op.f(f"ix_submission_tag_{column}"), "submission_tag", [column])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_saved_view_conference_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            *("conference_id", "person_id", "page", "name"),
            name=op.f("uq_saved_view_conference_id_person_id_page_name"),
        ),
    )
    for column in ("conference_id", "person_id"):
        op.create_index(op.f(f"ix_saved_view_{column}"), "saved_view", [column])
    _write_search_texts("\n")


def downgrade() -> None:
    _write_search_texts(" ")
    for table in ("saved_view", "submission_tag", "tag"):
        op.drop_table(table)


def _write_search_texts(between: str) -> None:
    """As `cfp.domain.submissions.rules.content_text` did when this was written."""
    submission = sa.table(
        "submission",
        *(sa.column(name) for name in ("id", "code", "title", "abstract", "search_text")),
    )
    c, db = submission.c, op.get_bind()
    rows = db.execute(sa.select(c.id, c.code, c.title, c.abstract)).all()
    texts = [
        {"row": row.id, "text": between.join(map(_folded, (row.code, row.title, row.abstract)))}
        for row in rows
    ]
    if texts:
        changed = sa.update(submission).where(c.id == sa.bindparam("row"))
        db.execute(changed.values(search_text=sa.bindparam("text")), texts)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_WITHOUT_DECOMPOSITION))
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Mn").split())
