"""What was done last of one kind is found without reading a conference's whole log."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_entry_act", "audit_entry", ["conference_id", "action", "at"])


def downgrade() -> None:
    op.drop_index("ix_audit_entry_act", table_name="audit_entry")
