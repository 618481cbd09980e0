"""Give what lists count and sort by indexes that hold all of it, so that no long text is read."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WIDENED = {
    "ix_submission_state": (
        *("submission", ["conference_id", "state"]),
        ["track_id", "type_id", "submitter_id", "announced"],
    ),
    "ix_review_state": ("review", ["conference_id", "state"], ["person_id", "submission_id"]),
}
ADDED = {
    "ix_submission_submitted": (
        *("submission", ["conference_id", "submitted", "state", "track_id"]),
    ),
    "ix_assignment_reviewer": (
        *("assignment", ["conference_id", "person_id", "state", "submission_id"]),
    ),
    "ix_assignment_submission": (
        *("assignment", ["conference_id", "submission_id", "state", "person_id"]),
    ),
    "ix_message_state": (
        *("message", ["conference_id", "state", "about_review", "private", "submission_id"]),
    ),
}


def upgrade() -> None:
    for name, (table, columns, more) in WIDENED.items():
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, *more])
    for name, (table, columns) in ADDED.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _columns) in ADDED.items():
        op.drop_index(name, table)
    for name, (table, columns, _more) in WIDENED.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns)
