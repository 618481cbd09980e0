"""Every route by the cast, the states of a submission, blind or not, against a written table.

The table below is made from the specification's two permission tables, not from `cfp.policy`.
Letters: s owner and co-speaker · e another talk's speaker · r reviewer · x reviewer with a
blocking conflict · t track chair of its track · u track chair of another · c chair · k chair with a
blocking conflict · o read-only role · a administrator without a role · g guest, invited to review ·
h helper, who writes for a reviewer · p anybody, not logged in.
"""

from collections.abc import Iterable, Mapping
from itertools import product

import pytest
from flask import Flask, g
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from cfp.domain.submissions.states import State
from cfp.errors import DomainError
from cfp.web import gate
from cfp.web.sessions import Visitor
from tests.factories import NOW
from tests.support.cast import CAST, World, make_world

WHO = {
    "owner": "s",
    "co_speaker": "s",
    "other_speaker": "e",
    "reviewer": "r",
    "blocked_reviewer": "x",
    "track_chair": "t",
    "other_track_chair": "u",
    "chair": "c",
    "conflicted_chair": "k",
    "reader": "o",
    "administrator": "a",
    "guest": "g",
    "helper": "h",
    "anonymous": "p",
}
EVERYBODY = "serxtuckoaghp"
PEOPLE = EVERYBODY.replace("p", "")
COMMITTEE, CHAIRS, ALL_CHAIRS = "tucko", "ck", "tuck"

SITE_AND_CONFERENCE: Mapping[str, Iterable[str]] = {
    EVERYBODY: (
        *("public.index", "public.conference", "public.healthz", "public.readyz"),
        *("public.program", "public.program_file", "public.talk"),
        *("public.grid", "public.speakers", "public.speaker"),
        *("public.embed", "public.embed_script", "public.material_file"),
        *("account.log_in", "account.send_log_in", "account.code", "account.enter_code"),
        *("account.send_again", "account.link", "account.follow_link", "account.log_out"),
        *("account.password_log_in", "account.check_password"),
        *("account.first_account", "account.make_first_account"),
        *("account.unsubscribe", "account.confirm_unsubscribe"),
        *("account.claim", "account.answer_claim", "account.naming", "account.answer_naming_link"),
        *("account.invitation", "account.answer_invitation_link"),
        *("speaker.new", "speaker.create", "speaker.show_preview"),
        *("account.review_invitation", "account.answer_review_invitation"),
        *("speaker.confirm_by_token", "speaker.save_confirm_by_token", "speaker.decline_by_token"),
    ),
    PEOPLE: (
        *("account.mail", "account.save_mail"),
        *("account.mine", "account.profile", "account.save_profile", "account.addresses"),
        *("account.add_address", "account.make_primary", "account.remove_address"),
        *("account.password", "account.set_password", "account.remove_password"),
        *("account.forgot_password", "account.browsers", "account.end_browser"),
        *("account.end_other_browsers", "account.data", "account.export", "account.delete"),
        *("account.merge", "account.join_persons", "account.welcome", "account.say_name"),
        *("account.own_invitation", "account.answer_own_invitation"),
        *("account.own_naming", "account.answer_own_naming"),
        *("account.own_review_invitation", "account.answer_own_review_invitation"),
        *("speaker.index", "speaker.autosave_new"),
    ),
    "a": (
        *("account.accounts", "account.change_account"),
        *("chair.new_conference", "chair.clone_conference"),
    ),
    "rxg": (
        *("reviewer.queue", "reviewer.next_one", "reviewer.queue_csv", "reviewer.queue_xlsx"),
        *("reviewer.asked", "reviewer.answer_asked", "reviewer.undo_decline"),
        *("reviewer.offline_page", "reviewer.offline_sheet", "reviewer.offline_text"),
        *("reviewer.take_file", "reviewer.save_file"),
    ),
    "rx": (
        *("reviewer.bids", "reviewer.bids_csv", "reviewer.bids_xlsx"),
        *("reviewer.profile", "reviewer.save_profile", "reviewer.offer_standby"),
        *("reviewer.add_documents", "reviewer.copy_talk", "reviewer.document"),
        *("reviewer.remove_document", "reviewer.copy_documents", "reviewer.documents_page"),
        *("reviewer.collaborators", "reviewer.save_collaborators", "reviewer.leniency"),
        *("reviewer.compare", "reviewer.say_better", "reviewer.undo_comparison"),
        "reviewer.rank_handful",
    ),
    COMMITTEE: (
        *("chair.dashboard", "chair.submissions", "chair.submissions_csv"),
        *("chair.submissions_xlsx", "chair.saved_views", "chair.save_view", "chair.change_view"),
        "chair.delete_view",
        *("chair.program", "chair.preview", "chair.program_changes", "chair.version"),
        *("chair.version_preview", "chair.on_the_day", "chair.run_sheet", "chair.door_sign"),
    ),
    ALL_CHAIRS: (
        *("chair.people", "chair.people_csv", "chair.people_person"),
        *("chair.people_xlsx", "chair.reviews_xlsx", "chair.all_reviews_csv"),
        *("chair.decisions_csv", "chair.decisions_xlsx", "chair.assignment_submissions_csv"),
        *("chair.assignment_submissions_xlsx", "chair.assignment_answers_csv"),
        *("chair.assignment_answers_xlsx", "chair.tags", "chair.tag_several"),
        *("chair.reviews", "chair.reviews_csv", "chair.reviewers", "chair.assignment"),
        *("chair.reviewers_csv", "chair.reviewers_xlsx"),
        *("chair.assignment_propose", "chair.assignment_job", "chair.assignment_cancel"),
        *("chair.assignment_reviewers", "chair.assignment_submissions", "chair.proposal"),
        *("chair.proposal_mark", "chair.proposal_again", "chair.proposal_apply"),
        *("chair.proposal_undo", "chair.assignment_answers", "chair.assignment_repair"),
        *("chair.standby", "chair.quality", "chair.guest_list"),
        *("chair.quality_csv", "chair.quality_xlsx", "chair.guest_list_csv"),
        *("chair.guest_list_xlsx", "chair.sure_csv", "chair.sure_xlsx"),
        *("chair.proposal_undo", "chair.proposal_take_back", "chair.proposal_loads"),
        *("chair.proposal_loads_csv", "chair.proposal_loads_xlsx"),
        *("chair.proposal_csv", "chair.proposal_json", "chair.assignment_import"),
        *("chair.proposal_xlsx", "chair.assignment_scarce"),
        *("chair.assignment_csv", "chair.assignment_json"),
        *("chair.decisions", "chair.decide_many", "chair.decide_several", "chair.undo_decisions"),
        "chair.meanwhile",
        *("chair.sure", "chair.sure_compute", "chair.sure_job", "chair.sure_cancel"),
        "chair.shares",
        *("chair.pairs", "chair.pairs_compute"),
    ),
    CHAIRS: (
        "chair.confirm_answers_csv",
        *("chair.announced_csv", "chair.announced_xlsx", "chair.messages_csv"),
        "chair.messages_xlsx",
        *("chair.log_xlsx", "chair.conflicts_csv", "chair.conflicts_xlsx", "chair.tag"),
        *("chair.join_tag", "chair.delete_tag"),
        *("chair.announce", "chair.announced", "chair.stop_announcing", "chair.resume_announcing"),
        "chair.cancel_announcing",
        *("chair.remind_confirm", "chair.capacity", "chair.nudge", "chair.write"),
        "chair.repeat_reminders",
        *("chair.sure_count", "chair.sure_adjust", "chair.pairs_use"),
        *("chair.select", "chair.start_selection", "chair.selection_job"),
        *("chair.cancel_selection", "chair.wishes", "chair.set_wishes", "chair.scenario"),
        *("chair.scenario_list_csv", "chair.scenario_list_xlsx"),
        *("chair.wishes_csv", "chair.wishes_xlsx"),
        *("chair.scenario_list", "chair.compare_scenarios", "chair.rename_scenario"),
        *("chair.delete_scenario", "chair.scenario_to_apply", "chair.apply_scenario"),
        *("chair.assignment_start", "chair.assignment_limits", "chair.conflicts"),
        *("chair.assignment_rules", "chair.assignment_apart", "chair.assignment_together"),
        "chair.assignment_demand",
        *("chair.conflicts_find", "chair.conflict_new", "chair.conflict_affiliations"),
        *("chair.conflict_part", "chair.odd_bids", "chair.settings_conflicts"),
        *("chair.late_reviews", "chair.standby_keep", "chair.standby_release"),
        *("chair.call", "chair.call_close", "chair.call_extend", "chair.call_open"),
        *("chair.call_remind", "chair.log", "chair.log_csv", "chair.messages", "chair.message"),
        *("chair.message_again", "chair.message_arrived", "chair.message_release"),
        *("chair.message_stop", "chair.people_claim", "chair.people_committee"),
        *("chair.people_invitation", "chair.people_invite", "chair.people_roles"),
        *("chair.place", "chair.slot", "chair.move_slot", "chair.remove_slot", "chair.pin_slot"),
        *("chair.swap_slot", "chair.replace_slot", "chair.make_session", "chair.session"),
        *("chair.change_session", "chair.move_session", "chair.dissolve_session"),
        *("chair.late", "chair.run_late", "chair.undo_step", "chair.redo_step"),
        *("chair.program_drafts", "chair.copy_draft", "chair.rename_draft", "chair.use_draft"),
        *("chair.delete_draft", "chair.auto", "chair.auto_start", "chair.auto_job"),
        *("chair.auto_cancel", "chair.auto_proposal", "chair.auto_apply", "chair.auto_discard"),
        *("chair.publish", "chair.publishing", "chair.materials_list"),
        *("chair.remind_slides", "chair.paste_materials", "chair.broadcast_links"),
        *("chair.old_names", "chair.erase_name", "chair.republish"),
        *("chair.settings", "chair.settings_archive", "chair.settings_basics"),
        *("chair.settings_call", "chair.settings_criteria", "chair.settings_criterion"),
        *("chair.settings_criterion_archive", "chair.settings_criterion_new"),
        "chair.settings_confidence",
        *("chair.settings_criterion_up", "chair.settings_formats", "chair.settings_mail"),
        *("chair.settings_mail_restore", "chair.settings_mails", "chair.settings_page"),
        *("chair.response", "chair.open_response", "chair.close_response"),
        *("chair.settings_discussion", "chair.quality_look"),
        *("chair.settings_reviewing", "chair.settings_rooms", "chair.settings_tracks"),
        "chair.settings_use_again",
        *("chair.settings_field", "chair.settings_field_new", "chair.settings_field_archive"),
        *("chair.settings_field_up", "chair.settings_phases"),
        *("chair.settings_confirm", "chair.settings_confirm_new"),
        *("chair.settings_confirm_question", "chair.settings_confirm_archive"),
        "chair.settings_confirm_up",
        *("chair.extension", "chair.extension_end"),
    ),
}

ON_SUBMISSION: Mapping[tuple[str, str, str], Iterable[str]] = {
    # (as a draft, while undecided, once announced): the routes
    ("s", "s", "s"): (
        *("speaker.submission", "speaker.withdraw", "speaker.discard"),
        *("speaker.autosave", "speaker.invite", "speaker.leave"),
        *("speaker.ask_to_join", "speaker.join"),
        *("speaker.conflicts", "speaker.declare_conflict", "speaker.take_back_conflict"),
        *("speaker.save_collaborators", "speaker.response", "speaker.save_response"),
    ),
    ("s", "stck", "stck"): ("speaker.edit", "speaker.save"),
    ("", "", "s"): ("speaker.confirm", "speaker.save_confirm", "speaker.decline"),
    ("", "", "sck"): (
        *("speaker.materials_page", "speaker.give_material", "speaker.remove_material"),
        "speaker.material_file",
    ),
    ("", "", "ck"): (
        *("chair.talk_materials", "chair.give_material", "chair.remove_material"),
        "chair.approve_material",
    ),
    ("", "tcko", "tcko"): ("chair.submission",),
    ("", "tc", "tc"): (
        "chair.move_card",
        *("chair.decision", "chair.decide", "chair.alike"),
        *("chair.submission_assign", "chair.submission_tags"),
        *("chair.submission_unassign", "reviewer.comment", "chair.assignment_one"),
        *("reviewer.history_of", "chair.redact", "reviewer.discuss", "reviewer.follow"),
        *("reviewer.summary", "reviewer.choose_lead", "chair.rate_review"),
        *("chair.assignment_ask", "chair.assignment_take", "chair.assignment_pin"),
        *("chair.assignment_hand_back", "chair.assignment_wanted"),
        *("chair.proposal_pair", "chair.proposal_swap"),
        *("chair.guests_of_one", "chair.guest_invite", "chair.guest_approve"),
        *("chair.guest_refuse", "chair.guest_withdraw"),
    ),
    ("", "ck", "ck"): ("chair.judge", "chair.withdraw"),
    ("", "rxtckg", "rxtckg"): (
        *("reviewer.review", "reviewer.conflict", "reviewer.declare_conflict"),
        "reviewer.take_back_conflict",
    ),
    ("", "h", ""): (
        *("reviewer.helping_page", "reviewer.save_help", "reviewer.decline_help"),
        "reviewer.decline_for_conflict",
    ),
    ("", "rg", "rg"): (
        *("reviewer.help_page", "reviewer.ask_for_help", "reviewer.withdraw_help"),
        *("reviewer.send_help_back", "reviewer.use_help", "reviewer.offline_text_of_one"),
        *("reviewer.save", "reviewer.autosave", "reviewer.answer", "reviewer.skip"),
        *("reviewer.abstain", "reviewer.review_after_all"),
        *("reviewer.changes", "reviewer.own_history"),
    ),
}
BIDDING = ("reviewer.bid", "reviewer.save_bid")


def table(bids: bool) -> dict[str, tuple[str, str, str]]:
    """Endpoint to who gets in, in the three columns; one column thrice where no state matters."""
    rows: dict[str, tuple[str, str, str]] = {}
    for letters, endpoints in SITE_AND_CONFERENCE.items():
        rows |= dict.fromkeys(endpoints, (letters, letters, letters))
    for columns, endpoints in ON_SUBMISSION.items():
        rows |= dict.fromkeys(endpoints, columns)
    rows |= dict.fromkeys(BIDDING, ("", "rx", "rx") if bids else ("", "", ""))
    return rows


def column(state: State) -> int:
    undecided = {State.SUBMITTED, State.WITHDRAWN}
    return 0 if state is State.DRAFT else 1 if state in undecided else 2


def gets_in(
    app: Flask, db: Session, world: World, rule: Rule, method: str, name: str, state: State
) -> bool:
    """Whether the gate lets this person through to the view."""
    arguments: dict[str, object] = {
        argument: 1 if argument.endswith(("_id", "number", "batch")) else "x"
        for argument in rule.arguments
    }
    fixed = {"kind": "tracks", "act": "resend", "verb": "disable"}
    arguments |= {key: value for key, value in fixed.items() if key in rule.arguments}
    if "slug" in rule.arguments:
        arguments["slug"] = world.conference.slug
    if "code" in rule.arguments:
        arguments["code"] = world.submissions[state].code
    path = app.url_map.bind("localhost").build(rule.endpoint, arguments, method=method)
    with app.test_request_context(path, method=method):
        g.db, g.now = db, NOW
        if name != "anonymous":
            g._login_user = Visitor("test", world.actor(db, name))
        try:
            refusal = gate.guard(app)
        except DomainError:
            return False
        finally:
            g.pop("db")
        return refusal is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("blind", [False, True], ids=["open", "blind"])
def test_every_route_lets_in_those_of_the_table_and_no_others(
    app: Flask, db: Session, blind: bool
) -> None:
    world = make_world(
        db, blind=blind, uses_bids=blind, reviewing="assigned" if blind else "everyone"
    )
    expected = table(bids=blind)
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in gate.UNGUARDED]
    assert {rule.endpoint for rule in rules} == expected.keys()
    wrong = []
    for rule in rules:
        states = list(State) if "code" in rule.arguments else [State.SUBMITTED]
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        for method, state, name in product(methods, states, CAST):
            should = WHO[name] in expected[rule.endpoint][column(state)]
            if gets_in(app, db, world, rule, method, name, state) is not should:
                wrong.append((rule.endpoint, method, str(state), name, should))
    assert not wrong, wrong[:20]
