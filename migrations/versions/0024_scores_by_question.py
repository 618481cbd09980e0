"""Scores are counted question by question, and an index has all it takes to count them."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BEFORE, NOW = "ix_score_criterion_id", "ix_score_criterion"


def upgrade() -> None:
    op.create_index(NOW, "score", ["criterion_id", "value", "review_id"])
    op.drop_index(op.f(BEFORE), table_name="score")


def downgrade() -> None:
    op.create_index(op.f(BEFORE), "score", ["criterion_id"])
    op.drop_index(NOW, table_name="score")
