"""Reviewers say whether what they reviewed elsewhere counts; conflicts are found by their state."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reviewer_profile") as table:
        table.add_column(
            sa.Column("past_reviews", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("reviewer_profile") as table:
        table.alter_column("past_reviews", server_default=None)
    op.create_index(
        "ix_conflict_state",
        "conflict",
        ["conference_id", "state", "kind", "submission_id", "person_id"],
    )


def downgrade() -> None:
    op.drop_index("ix_conflict_state", table_name="conflict")
    with op.batch_alter_table("reviewer_profile") as table:
        table.drop_column("past_reviews")
