"""Keep the audit log, announced decisions and published versions append-only, by triggers."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDED = {"audit_entry": ("UPDATE", "DELETE"), "decision": ("UPDATE",)}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table, verbs in GUARDED.items():
            for verb in verbs:
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table, verbs in GUARDED.items():
        for verb in verbs:
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION append_only()"
            )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, verbs in GUARDED.items():
        for verb in verbs:
            suffix = "" if sqlite else f" ON {table}"
            op.execute(f"DROP TRIGGER {table}_no_{verb.lower()}{suffix}")
    if not sqlite:
        op.execute("DROP FUNCTION append_only()")
