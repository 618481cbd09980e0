"""Types of declared conflicts, verdicts kept for later conferences, listed collaborators."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_judged_pair()
    _create_collaborator()
    op.add_column("conflict", sa.Column("type", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("conflict") as batch:
        batch.alter_column("type", server_default=None)
        batch.add_column(sa.Column("recalled_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_conflict_recalled_id"),
            "judged_pair",
            ["recalled_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch.create_index(op.f("ix_conflict_recalled_id"), ["recalled_id"])
    asks = sa.Column("asks_collaborators", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("conference", asks)
    with op.batch_alter_table("conference") as batch:
        batch.alter_column("asks_collaborators", server_default=None)


def _create_judged_pair() -> None:
    op.create_table(
        "judged_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("other_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_judged_pair_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_judged_pair_person_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_judged_pair_other_id")),
        sa.ForeignKeyConstraint(
            ["judged_by_id"], ["person.id"], name=op.f("fk_judged_pair_judged_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judged_pair")),
    )
    op.create_index("ix_judged_pair_person", "judged_pair", ["person_id", "kind"])
    for column in ("conference_id", "other_id", "other_key", "judged_by_id"):
        op.create_index(op.f(f"ix_judged_pair_{column}"), "judged_pair", [column])


def _create_collaborator() -> None:
    op.create_table(
        "collaborator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organization", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("affiliation_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_collaborator_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_collaborator_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_collaborator_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collaborator")),
    )
    for column in ("conference_id", "person_id", "submission_id", "address_key"):
        op.create_index(op.f(f"ix_collaborator_{column}"), "collaborator", [column])


def downgrade() -> None:
    # What the version before does not know by name goes; what a speaker has declared stays one.
    op.execute("DELETE FROM conflict WHERE kind IN ('collaborator', 'organization')")
    op.execute(
        "UPDATE conflict SET kind = 'declared' WHERE kind = 'by_speaker' AND NOT EXISTS ("
        "SELECT 1 FROM conflict AS own WHERE own.kind = 'declared' "
        "AND own.submission_id = conflict.submission_id AND own.person_id = conflict.person_id)"
    )
    op.execute("DELETE FROM conflict WHERE kind = 'by_speaker'")
    with op.batch_alter_table("conference") as batch:
        batch.drop_column("asks_collaborators")
    with op.batch_alter_table("conflict") as batch:
        batch.drop_index(op.f("ix_conflict_recalled_id"))
        batch.drop_constraint(op.f("fk_conflict_recalled_id"), type_="foreignkey")
        batch.drop_column("recalled_id")
        batch.drop_column("type")
    op.drop_table("collaborator")
    op.drop_table("judged_pair")
