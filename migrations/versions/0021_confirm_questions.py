"""The conference's own questions on the confirm page, and what speakers answer to them."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirm_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("help", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_confirm_question_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirm_question")),
    )
    op.create_index(
        op.f("ix_confirm_question_conference_id"), "confirm_question", ["conference_id"]
    )
    op.create_table(
        "confirm_answer",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_confirm_answer_submission_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["confirm_question.id"], name=op.f("fk_confirm_answer_question_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "question_id", name=op.f("pk_confirm_answer")),
    )
    op.create_index(op.f("ix_confirm_answer_question_id"), "confirm_answer", ["question_id"])


def downgrade() -> None:
    op.drop_table("confirm_answer")
    op.drop_table("confirm_question")
