"""create the tables."""

import sqlalchemy as sa
from alembic import op

from cfp.db import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("talk_word", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("opens", UTCDateTime(), nullable=True),
        sa.Column("deadline", UTCDateTime(), nullable=False),
        sa.Column("deadline_zone", sa.String(), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("edits_until", UTCDateTime(), nullable=True),
        sa.Column("decisions_by", sa.Date(), nullable=True),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("registration_url", sa.String(), nullable=False),
        sa.Column("mailing_list", sa.String(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("reviewing", sa.String(), nullable=False),
        sa.Column("reviewing_open", sa.Boolean(), nullable=False),
        sa.Column("reviews_due", UTCDateTime(), nullable=True),
        sa.Column("reviews_per_submission", sa.Integer(), nullable=False),
        sa.Column("others_reviews", sa.String(), nullable=False),
        sa.Column("reviewer_names_shown", sa.Boolean(), nullable=False),
        sa.Column("asks_confidence", sa.Boolean(), nullable=False),
        sa.Column("asks_speaker_text", sa.Boolean(), nullable=False),
        sa.Column("sends_speaker_text", sa.Boolean(), nullable=False),
        sa.Column("uses_bids", sa.Boolean(), nullable=False),
        sa.Column("conflict_policies", sa.JSON(), nullable=False),
        sa.Column("committee_shown", sa.Boolean(), nullable=False),
        sa.Column("capacities", sa.JSON(), nullable=False),
        sa.Column("materials_need_approval", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference")),
        sa.UniqueConstraint("slug", name=op.f("uq_conference_slug")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("affiliation", sa.String(), nullable=False),
        sa.Column("bio", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["person.id"], name=op.f("fk_person_merged_into_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("code", name=op.f("uq_person_code")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_person_merged_into_id"), ["merged_into_id"], unique=False
        )

    op.create_table(
        "receipt",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_receipt")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index("ix_receipt_created", ["created"], unique=False)

    op.create_table(
        "throttle",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_allowed", UTCDateTime(), nullable=False),
        sa.Column("updated", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
    )
    op.create_table(
        "affiliation_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("canonical_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_affiliation_alias_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation_alias")),
        sa.UniqueConstraint(
            "conference_id", "key", name=op.f("uq_affiliation_alias_conference_id_key")
        ),
    )
    with op.batch_alter_table("affiliation_alias", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_affiliation_alias_conference_id"), ["conference_id"], unique=False
        )

    op.create_table(
        "audit_chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_audit_chain_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chain")),
        sa.UniqueConstraint("conference_id", name=op.f("uq_audit_chain_conference_id")),
    )
    op.create_table(
        "criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("help", sa.String(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_criterion_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
    )
    with op.batch_alter_table("criterion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_criterion_conference_id"), ["conference_id"], unique=False
        )

    op.create_table(
        "decision_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("previous", sa.JSON(), nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_batch_by_id")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_decision_batch_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_batch")),
    )
    with op.batch_alter_table("decision_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_batch_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_decision_batch_conference_id"), ["conference_id"], unique=False
        )

    op.create_table(
        "email",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("verified", UTCDateTime(), nullable=True),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_email_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email")),
        sa.UniqueConstraint("key", name=op.f("uq_email_key")),
    )
    with op.batch_alter_table("email", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_email_person_id"), ["person_id"], unique=False)

    op.create_table(
        "mail_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_mail_template_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_template")),
        sa.UniqueConstraint(
            "conference_id", "kind", name=op.f("uq_mail_template_conference_id_kind")
        ),
    )
    with op.batch_alter_table("mail_template", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mail_template_conference_id"), ["conference_id"], unique=False
        )

    op.create_table(
        "program_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_program_draft_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_draft")),
    )
    with op.batch_alter_table("program_draft", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_program_draft_conference_id"), ["conference_id"], unique=False
        )

    op.create_table(
        "program_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published", UTCDateTime(), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("program", sa.JSON(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_program_version_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_program_version_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_version")),
        sa.UniqueConstraint(
            "conference_id", "number", name=op.f("uq_program_version_conference_id_number")
        ),
    )
    with op.batch_alter_table("program_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_program_version_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_program_version_published_by_id"), ["published_by_id"], unique=False
        )

    op.create_table(
        "review_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_review_round_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_round")),
        sa.UniqueConstraint(
            "conference_id", "number", name=op.f("uq_review_round_conference_id_number")
        ),
    )
    with op.batch_alter_table("review_round", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_round_conference_id"), ["conference_id"], unique=False
        )

    op.create_table(
        "reviewer_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("expertise", sa.String(), nullable=False),
        sa.Column("track_ids", sa.JSON(), nullable=False),
        sa.Column("load_wished", sa.Integer(), nullable=True),
        sa.Column("load_capped", sa.Integer(), nullable=True),
        sa.Column("senior", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_reviewer_profile_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reviewer_profile_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_profile")),
        sa.UniqueConstraint(
            "conference_id", "person_id", name=op.f("uq_reviewer_profile_conference_id_person_id")
        ),
    )
    with op.batch_alter_table("reviewer_profile", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reviewer_profile_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_reviewer_profile_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_room_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("conference_id", "name", name=op.f("uq_room_conference_id_name")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_conference_id"), ["conference_id"], unique=False)

    op.create_table(
        "submission_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("discussion_minutes", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_submission_type_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_type")),
        sa.UniqueConstraint(
            "conference_id", "name", name=op.f("uq_submission_type_conference_id_name")
        ),
    )
    with op.batch_alter_table("submission_type", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_submission_type_conference_id"), ["conference_id"], unique=False
        )

    op.create_table(
        "track",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_track_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
        sa.UniqueConstraint("conference_id", "name", name=op.f("uq_track_conference_id_name")),
    )
    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_track_conference_id"), ["conference_id"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("acting_for_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("before_digest", sa.String(), nullable=False),
        sa.Column("after_digest", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["audit_chain.id"], name=op.f("fk_audit_entry_chain_id")
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_audit_entry_conference_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("chain_id", "number", name=op.f("uq_audit_entry_chain_id_number")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_audit_entry_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_audit_entry_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("answered", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_invitation_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["person.id"], name=op.f("fk_invitation_invited_by_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_invitation_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "conference_id",
            "key",
            "kind",
            "track_id",
            name=op.f("uq_invitation_conference_id_key_kind_track_id"),
        ),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitation_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invitation_invited_by_id"), ["invited_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invitation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_track_id"), ["track_id"], unique=False)
        batch_op.create_index(
            "uq_invitation_without_track",
            ["conference_id", "key", "kind"],
            unique=True,
            sqlite_where=sa.text("track_id IS NULL"),
            postgresql_where=sa.text("track_id IS NULL"),
        )

    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("last_used", UTCDateTime(), nullable=False),
        sa.Column("expires", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_session_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("id_hash", name=op.f("uq_login_session_id_hash")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_login_session_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("pairs", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("undo", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("applied", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_proposal_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_proposal_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["review_round.id"], name=op.f("fk_proposal_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proposal_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_proposal_created_by_id"), ["created_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_proposal_round_id"), ["round_id"], unique=False)

    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_role_conference_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_person_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_role_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint(
            "conference_id",
            "person_id",
            "kind",
            "track_id",
            name=op.f("uq_role_conference_id_person_id_kind_track_id"),
        ),
    )
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_conference_id"), ["conference_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_track_id"), ["track_id"], unique=False)
        batch_op.create_index(
            "uq_role_without_track",
            ["conference_id", "person_id", "kind"],
            unique=True,
            sqlite_where=sa.text("track_id IS NULL"),
            postgresql_where=sa.text("track_id IS NULL"),
        )

    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("abstract", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("submitter_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.Column("submitted", UTCDateTime(), nullable=True),
        sa.Column("announced", UTCDateTime(), nullable=True),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("people_text", sa.String(), nullable=False),
        sa.Column("shuffle", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_submission_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitter_id"], ["person.id"], name=op.f("fk_submission_submitter_id")
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_submission_track_id")),
        sa.ForeignKeyConstraint(
            ["type_id"], ["submission_type.id"], name=op.f("fk_submission_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("code", name=op.f("uq_submission_code")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_submission_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index("ix_submission_shuffle", ["conference_id", "shuffle"], unique=False)
        batch_op.create_index("ix_submission_state", ["conference_id", "state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_submission_submitter_id"), ["submitter_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_submission_track_id"), ["track_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_type_id"), ["type_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_assignment_conference_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["review_round.id"], name=op.f("fk_assignment_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_assignment_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "submission_id",
            "person_id",
            "round_id",
            name=op.f("uq_assignment_submission_id_person_id_round_id"),
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assignment_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index("ix_assignment_person", ["person_id", "submission_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_round_id"), ["round_id"], unique=False)

    op.create_table(
        "audit_salt",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_salt_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_salt")),
    )
    op.create_table(
        "bid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_bid_conference_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bid_person_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_bid_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid")),
        sa.UniqueConstraint(
            "person_id", "submission_id", name=op.f("uq_bid_person_id_submission_id")
        ),
    )
    with op.batch_alter_table("bid", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bid_conference_id"), ["conference_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bid_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bid_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_comment_conference_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_comment_person_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_comment_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comment_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_comment_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_comment_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("format_fits", sa.Boolean(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("recording", sa.Boolean(), nullable=False),
        sa.Column("availability", sa.JSON(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_confirmation_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_confirmation_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_confirmation_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_confirmation_submission_id")),
    )
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_confirmation_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_confirmation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("declared_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("judgment", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_conflict_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["declared_by_id"], ["person.id"], name=op.f("fk_conflict_declared_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["judged_by_id"], ["person.id"], name=op.f("fk_conflict_judged_by_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_conflict_person_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_conflict_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
        sa.UniqueConstraint(
            "submission_id",
            "person_id",
            "kind",
            name=op.f("uq_conflict_submission_id_person_id_kind"),
        ),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conflict_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_conflict_declared_by_id"), ["declared_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_conflict_judged_by_id"), ["judged_by_id"], unique=False
        )
        batch_op.create_index("ix_conflict_person", ["person_id", "submission_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_decision_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_decision_submission_id")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["submission_type.id"], name=op.f("fk_decision_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_decision_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index("ix_decision_submission", ["submission_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_type_id"), ["type_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("due", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", UTCDateTime(), nullable=True),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("started", UTCDateTime(), nullable=True),
        sa.Column("finished", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_job_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_job_requested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_job_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_conference_id"), ["conference_id"], unique=False)
        batch_op.create_index("ix_job_due", ["state", "due"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_job_requested_by_id"), ["requested_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_job_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("given", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_material_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["person.id"], name=op.f("fk_material_given_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_material_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint("submission_id", "kind", name=op.f("uq_material_submission_id_kind")),
    )
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_material_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_material_given_by_id"), ["given_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_material_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_key", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("recipient_name", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("about_review", sa.Boolean(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", UTCDateTime(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("sent", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_message_conference_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_message_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "kind",
            "object_key",
            "recipient",
            "epoch",
            name=op.f("uq_message_kind_object_key_recipient_epoch"),
        ),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_message_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index("ix_message_due", ["state", "due"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_message_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "pending_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_pending_decision_by_id")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_pending_decision_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_pending_decision_submission_id")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["submission_type.id"], name=op.f("fk_pending_decision_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_decision")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_pending_decision_submission_id")),
    )
    with op.batch_alter_table("pending_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pending_decision_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_pending_decision_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_pending_decision_type_id"), ["type_id"], unique=False)

    op.create_table(
        "program_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_program_item_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_program_item_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_item")),
        sa.UniqueConstraint(
            "conference_id", "number", name=op.f("uq_program_item_conference_id_number")
        ),
        sa.UniqueConstraint("guid", name=op.f("uq_program_item_guid")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_program_item_submission_id")),
    )
    with op.batch_alter_table("program_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_program_item_conference_id"), ["conference_id"], unique=False
        )

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("committee_text", sa.String(), nullable=False),
        sa.Column("chair_text", sa.String(), nullable=False),
        sa.Column("speaker_text", sa.String(), nullable=False),
        sa.Column("seen_revision", sa.Integer(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("changed", UTCDateTime(), nullable=False),
        sa.Column("submitted", UTCDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_review_conference_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_review_round_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_review_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint(
            "submission_id",
            "person_id",
            "round_id",
            name=op.f("uq_review_submission_id_person_id_round_id"),
        ),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index("ix_review_person", ["person_id", "submission_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_round_id"), ["round_id"], unique=False)
        batch_op.create_index("ix_review_state", ["conference_id", "state"], unique=False)

    op.create_table(
        "review_tally",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("squares", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_review_tally_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_review_tally_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_review_tally")),
    )
    with op.batch_alter_table("review_tally", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_tally_conference_id"), ["conference_id"], unique=False
        )

    op.create_table(
        "speaker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("affiliation", sa.String(), nullable=False),
        sa.Column("affiliation_key", sa.String(), nullable=False),
        sa.Column("bio", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("speaks", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("invited", UTCDateTime(), nullable=True),
        sa.Column("left", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_speaker_conference_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_speaker_person_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_speaker_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker")),
        sa.UniqueConstraint(
            "conference_id",
            "submission_id",
            "code",
            name=op.f("uq_speaker_conference_id_submission_id_code"),
        ),
    )
    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_speaker_address_key"), ["address_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_speaker_affiliation_key"), ["affiliation_key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_speaker_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_speaker_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_speaker_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "submission_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_submission_revision_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_submission_revision_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_revision_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_revision")),
        sa.UniqueConstraint(
            "submission_id", "number", name=op.f("uq_submission_revision_submission_id_number")
        ),
    )
    with op.batch_alter_table("submission_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_revision_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_submission_revision_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_submission_revision_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("browser", sa.String(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("conference_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("expires", UTCDateTime(), nullable=False),
        sa.Column("used", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_token_conference_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_token_person_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_token_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_token_hash")),
    )
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_browser"), ["browser"], unique=False)
        batch_op.create_index(batch_op.f("ix_token_conference_id"), ["conference_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_token_expires"), ["expires"], unique=False)
        batch_op.create_index(batch_op.f("ix_token_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_token_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "placement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("start", UTCDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_placement_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["program_draft.id"], name=op.f("fk_placement_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["program_item.id"], name=op.f("fk_placement_item_id")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_placement_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placement_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_placement_draft_id"), ["draft_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_room_id"), ["room_id"], unique=False)
        batch_op.create_index("ix_placement_start", ["draft_id", "start"], unique=False)

    op.create_table(
        "review_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_review_revision_conference_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_revision_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_review_revision_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_revision")),
        sa.UniqueConstraint(
            "review_id", "number", name=op.f("uq_review_revision_review_id_number")
        ),
    )
    with op.batch_alter_table("review_revision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_revision_conference_id"), ["conference_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_review_revision_review_id"), ["review_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_review_revision_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "score",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_score_criterion_id")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_score_review_id")),
        sa.PrimaryKeyConstraint("review_id", "criterion_id", name=op.f("pk_score")),
    )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_criterion_id"), ["criterion_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_criterion_id"))

    op.drop_table("score")
    with op.batch_alter_table("review_revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_revision_submission_id"))
        batch_op.drop_index(batch_op.f("ix_review_revision_review_id"))
        batch_op.drop_index(batch_op.f("ix_review_revision_conference_id"))

    op.drop_table("review_revision")
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.drop_index("ix_placement_start")
        batch_op.drop_index(batch_op.f("ix_placement_room_id"))
        batch_op.drop_index(batch_op.f("ix_placement_item_id"))
        batch_op.drop_index(batch_op.f("ix_placement_draft_id"))
        batch_op.drop_index(batch_op.f("ix_placement_conference_id"))

    op.drop_table("placement")
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_token_submission_id"))
        batch_op.drop_index(batch_op.f("ix_token_person_id"))
        batch_op.drop_index(batch_op.f("ix_token_expires"))
        batch_op.drop_index(batch_op.f("ix_token_conference_id"))
        batch_op.drop_index(batch_op.f("ix_token_browser"))

    op.drop_table("token")
    with op.batch_alter_table("submission_revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_revision_submission_id"))
        batch_op.drop_index(batch_op.f("ix_submission_revision_conference_id"))
        batch_op.drop_index(batch_op.f("ix_submission_revision_by_id"))

    op.drop_table("submission_revision")
    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_speaker_submission_id"))
        batch_op.drop_index(batch_op.f("ix_speaker_person_id"))
        batch_op.drop_index(batch_op.f("ix_speaker_conference_id"))
        batch_op.drop_index(batch_op.f("ix_speaker_affiliation_key"))
        batch_op.drop_index(batch_op.f("ix_speaker_address_key"))

    op.drop_table("speaker")
    with op.batch_alter_table("review_tally", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_tally_conference_id"))

    op.drop_table("review_tally")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index("ix_review_state")
        batch_op.drop_index(batch_op.f("ix_review_round_id"))
        batch_op.drop_index("ix_review_person")
        batch_op.drop_index(batch_op.f("ix_review_conference_id"))

    op.drop_table("review")
    with op.batch_alter_table("program_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_program_item_conference_id"))

    op.drop_table("program_item")
    with op.batch_alter_table("pending_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pending_decision_type_id"))
        batch_op.drop_index(batch_op.f("ix_pending_decision_conference_id"))
        batch_op.drop_index(batch_op.f("ix_pending_decision_by_id"))

    op.drop_table("pending_decision")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_submission_id"))
        batch_op.drop_index(batch_op.f("ix_message_person_id"))
        batch_op.drop_index("ix_message_due")
        batch_op.drop_index(batch_op.f("ix_message_conference_id"))

    op.drop_table("message")
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_material_submission_id"))
        batch_op.drop_index(batch_op.f("ix_material_given_by_id"))
        batch_op.drop_index(batch_op.f("ix_material_conference_id"))

    op.drop_table("material")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_submission_id"))
        batch_op.drop_index(batch_op.f("ix_job_requested_by_id"))
        batch_op.drop_index("ix_job_due")
        batch_op.drop_index(batch_op.f("ix_job_conference_id"))

    op.drop_table("job")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_type_id"))
        batch_op.drop_index("ix_decision_submission")
        batch_op.drop_index(batch_op.f("ix_decision_conference_id"))
        batch_op.drop_index(batch_op.f("ix_decision_by_id"))

    op.drop_table("decision")
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.drop_index("ix_conflict_person")
        batch_op.drop_index(batch_op.f("ix_conflict_judged_by_id"))
        batch_op.drop_index(batch_op.f("ix_conflict_declared_by_id"))
        batch_op.drop_index(batch_op.f("ix_conflict_conference_id"))

    op.drop_table("conflict")
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmation_person_id"))
        batch_op.drop_index(batch_op.f("ix_confirmation_conference_id"))

    op.drop_table("confirmation")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_submission_id"))
        batch_op.drop_index(batch_op.f("ix_comment_person_id"))
        batch_op.drop_index(batch_op.f("ix_comment_conference_id"))

    op.drop_table("comment")
    with op.batch_alter_table("bid", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bid_submission_id"))
        batch_op.drop_index(batch_op.f("ix_bid_person_id"))
        batch_op.drop_index(batch_op.f("ix_bid_conference_id"))

    op.drop_table("bid")
    op.drop_table("audit_salt")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_round_id"))
        batch_op.drop_index("ix_assignment_person")
        batch_op.drop_index(batch_op.f("ix_assignment_conference_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_type_id"))
        batch_op.drop_index(batch_op.f("ix_submission_track_id"))
        batch_op.drop_index(batch_op.f("ix_submission_submitter_id"))
        batch_op.drop_index("ix_submission_state")
        batch_op.drop_index("ix_submission_shuffle")
        batch_op.drop_index(batch_op.f("ix_submission_conference_id"))

    op.drop_table("submission")
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_role_without_track",
            sqlite_where=sa.text("track_id IS NULL"),
            postgresql_where=sa.text("track_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_role_track_id"))
        batch_op.drop_index(batch_op.f("ix_role_person_id"))
        batch_op.drop_index(batch_op.f("ix_role_conference_id"))

    op.drop_table("role")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_round_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_created_by_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_conference_id"))

    op.drop_table("proposal")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_account_id"))

    op.drop_table("login_session")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_invitation_without_track",
            sqlite_where=sa.text("track_id IS NULL"),
            postgresql_where=sa.text("track_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_invitation_track_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_person_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_invited_by_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_conference_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_submission_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_conference_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))

    op.drop_table("audit_entry")
    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_track_conference_id"))

    op.drop_table("track")
    with op.batch_alter_table("submission_type", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_type_conference_id"))

    op.drop_table("submission_type")
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_conference_id"))

    op.drop_table("room")
    with op.batch_alter_table("reviewer_profile", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviewer_profile_person_id"))
        batch_op.drop_index(batch_op.f("ix_reviewer_profile_conference_id"))

    op.drop_table("reviewer_profile")
    with op.batch_alter_table("review_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_round_conference_id"))

    op.drop_table("review_round")
    with op.batch_alter_table("program_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_program_version_published_by_id"))
        batch_op.drop_index(batch_op.f("ix_program_version_conference_id"))

    op.drop_table("program_version")
    with op.batch_alter_table("program_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_program_draft_conference_id"))

    op.drop_table("program_draft")
    with op.batch_alter_table("mail_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_template_conference_id"))

    op.drop_table("mail_template")
    with op.batch_alter_table("email", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_email_person_id"))

    op.drop_table("email")
    with op.batch_alter_table("decision_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_batch_conference_id"))
        batch_op.drop_index(batch_op.f("ix_decision_batch_by_id"))

    op.drop_table("decision_batch")
    with op.batch_alter_table("criterion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_criterion_conference_id"))

    op.drop_table("criterion")
    op.drop_table("audit_chain")
    with op.batch_alter_table("affiliation_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_affiliation_alias_conference_id"))

    op.drop_table("affiliation_alias")
    op.drop_table("account")
    op.drop_table("throttle")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index("ix_receipt_created")

    op.drop_table("receipt")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_merged_into_id"))

    op.drop_table("person")
    op.drop_table("conference")
