"""The schedule's acts and rules: warnings, sessions, steps, drafts, and what is still a secret."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.audit import AuditEntry
from cfp.db import open_session
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.decisions.models import Decision, PendingDecision
from cfp.domain.program import blocks, drafting, drafts, steps, versions
from cfp.domain.program.differences import differences, same
from cfp.domain.program.models import Placement, ProgramItem, ProgramStep
from cfp.domain.program.plans import current_draft, draft_of, plan_of
from cfp.domain.program.rules import warnings_of
from cfp.domain.program.timetables import Options, load_problem
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, NotFoundError, NotNowError, StaleError
from tests.factories import NOW, give_role, make_conflict, make_person
from tests.support.planning import Setting, at, make_setting


@pytest.fixture
def here(db: Session) -> Setting:
    return make_setting(db)


def keys(here: Setting) -> list[str]:
    return sorted(one.key for one in warnings_of(here.plan().placed))


def moved(here: Setting, row: Placement, minute: int, **changes: object) -> Placement:
    values = {"room_id": row.room_id, "minutes": row.minutes, **changes}
    return drafts.move(
        here.db, here.me, here.conference, row.id, revision=row.revision,
        start=at(minute), now=NOW, **values,
    )  # fmt: skip


# Warnings -------------------------------------------------------------------------------------


def test_warnings_say_what_is_wrong_and_nothing_else(here: Setting) -> None:
    ada = make_person(here.db, "Ada")
    one, other = here.talk("One", ada), here.talk("Other", ada)
    here.place(one)
    second = here.place(other, 30)
    assert keys(here) == []
    moved(here, second, 15)
    assert keys(here) == ["room_twice", "speaker_twice"]
    moved(here, second, 15, room_id=here.attic.id)
    assert keys(here) == ["speaker_twice"]
    moved(here, second, 60, minutes=20)
    assert keys(here) == ["talk_cut"]
    moved(here, second, 60, minutes=25)
    assert keys(here) == ["discussion_cut"]
    other.state = "withdrawn"
    here.db.add(_accepted(here, other))
    here.db.flush()
    assert keys(here) == ["not_in_program"]


def test_a_plenary_is_alone_and_in_the_largest_room(here: Setting) -> None:
    keynote, other = here.talk("Keynote"), here.talk("Other")
    first = here.place(keynote, plenary=True)
    here.place(other, 0, room_id=here.attic.id)
    assert keys(here) == ["beside_plenary"]
    moved(here, first, 60, room_id=here.attic.id)
    last = here.place(here.talk("In the hall"), 120)
    assert keys(here) == ["room_small"]
    moved(here, first, 60, plenary=False)
    here.place("Lunch", 150, 60, room_id=None)
    here.place("Coffee for who is early", 180, 30, room_id=None)
    assert keys(here) == []
    moved(here, last, 145)
    (warning,) = warnings_of(here.plan().placed)
    assert (warning.key, warning.name) == ("beside_plenary", "Lunch")


def test_more_people_than_seats_are_warned_about_computed_with_and_never_published(
    here: Setting,
) -> None:
    talk, other = here.talk("Everybody comes"), here.talk("Other")
    row = here.place(talk, room_id=here.attic.id)
    assert here.attic.capacity is not None
    assert keys(here) == []
    moved(here, row, 0, audience=here.attic.capacity + 1)
    here.db.flush()
    assert keys(here) == ["room_full"]
    moved(here, row, 0, room_id=here.hall.id)
    assert keys(here) == []
    loaded = load_problem(here.db, here.conference, here.me, Options())
    people = {item.code: n for item, n in zip(loaded.items, loaded.problem.audience, strict=True)}
    assert people == {talk.code: here.attic.capacity + 1, other.code: 0}
    version = versions.publish(here.db, here.me, here.conference, note="", now=NOW)
    assert "audience" not in str(version.program)


def test_speakers_who_can_t_are_warned_about_to_the_minute(here: Setting) -> None:
    talk = here.talk("Only from eleven to noon")
    here.said(talk, availability={"2026-11-19": "11:00-12:00"}, remote=True, zone="Asia/Kolkata")
    row = here.place(talk, 60)
    assert keys(here) == []
    moved(here, row, 90)
    assert keys(here) == []
    moved(here, row, 95)
    assert keys(here) == ["unavailable"]
    moved(here, row, 55)
    assert keys(here) == ["unavailable"]


def test_posters_of_a_session_share_room_and_time_and_clash_with_nobody_of_it(
    here: Setting,
) -> None:
    ada = make_person(here.db, "Ada")
    rows = [here.place(here.talk(f"Poster {n}", ada), 30 * n) for n in range(3)]
    made = blocks.make_session(
        here.db, here.me, here.conference, slots={row.id: row.revision for row in rows},
        title="Posters", chair="Cher", posters=True, now=NOW,
    )  # fmt: skip
    here.db.flush()
    assert {(row.start, row.minutes, row.room_id) for row in rows} == {(at(0), 90, here.hall.id)}
    assert keys(here) == []
    moved(here, rows[1], 120)
    here.db.flush()
    assert {row.start for row in rows} == {at(120)}
    late = here.place(here.talk("Late poster"), 0, room_id=here.attic.id)
    moved(here, late, 0, session=made.number)
    assert (late.start, late.minutes, late.room_id) == (at(120), 90, here.hall.id)
    assert keys(here) == []


# Steps ----------------------------------------------------------------------------------------


def test_everybody_undoes_their_own_and_never_what_somebody_else_did_since(here: Setting) -> None:
    other = make_person(here.db, "Other Chair")
    give_role(here.db, here.conference, other, "chair")
    them = actor_of_person(here.db, other.id)
    row = here.place(here.talk("One"))
    moved(here, row, 60)
    drafts.move(
        here.db, them, here.conference, row.id, revision=row.revision, room_id=here.attic.id,
        start=at(90), minutes=30, now=NOW,
    )  # fmt: skip
    with pytest.raises(NotNowError, match="moved_on"):
        steps.undo(here.db, here.me, here.conference, now=NOW)
    steps.undo(here.db, them, here.conference, now=NOW)
    assert row.start == at(60)
    steps.undo(here.db, here.me, here.conference, now=NOW)
    assert row.start == at(0)
    with pytest.raises(NotNowError, match="nothing_to_undo"):
        steps.undo(here.db, them, here.conference, now=NOW)


def test_a_talk_taken_out_does_not_come_back_beside_its_new_slot(here: Setting) -> None:
    other = make_person(here.db, "Other Chair")
    give_role(here.db, here.conference, other, "chair")
    talk = here.talk("One")
    row = here.place(talk)
    drafts.remove(here.db, here.me, here.conference, row.id, now=NOW)
    drafts.place(
        here.db, actor_of_person(here.db, other.id), here.conference, code=talk.code, title="",
        room_id=here.attic.id, start=at(60), minutes=30, now=NOW,
    )  # fmt: skip
    with pytest.raises(NotNowError, match="moved_on"):
        steps.undo(here.db, here.me, here.conference, now=NOW)
    assert [one.start for one in here.plan().placed] == [at(60)]


def test_one_of_two_slots_of_a_talk_comes_back(here: Setting) -> None:
    talk = here.talk("Twice")
    first = here.place(talk)
    with pytest.raises(NotNowError, match="placed_already"):
        here.place(talk, 60)
    here.place(talk, 60, again=True)
    drafts.remove(here.db, here.me, here.conference, first.id, now=NOW)
    steps.undo(here.db, here.me, here.conference, now=NOW)
    assert [one.start for one in here.plan().placed] == [at(0), at(60)]


def test_a_slot_keeps_its_identity_when_it_moves_before_the_talks_other_one(here: Setting) -> None:
    talk = here.talk("Twice")
    first = here.place(talk)
    second = here.place(talk, 60, again=True)

    def known() -> dict[datetime, str]:
        frozen = versions.preview(here.db, here.conference, None, now=NOW)
        return {slot.start: slot.guid for slot in frozen.slots}

    one, other = known()[at(0)], known()[at(60)]
    assert one != other
    moved(here, second, -60)
    assert known() == {at(-60): other, at(0): one}
    drafts.remove(here.db, here.me, here.conference, first.id, now=NOW)
    assert known() == {at(-60): other}
    steps.undo(here.db, here.me, here.conference, now=NOW)
    copy = drafting.copy_draft(here.db, here.me, here.conference, None, name="B", now=NOW)
    drafting.use_draft(here.db, here.me, here.conference, copy.id, now=NOW)
    assert known() == {at(-60): other, at(0): one}


def test_a_change_that_changes_nothing_is_no_step_and_no_entry(here: Setting) -> None:
    row = here.place(here.talk("One"))
    here.db.flush()
    before = here.db.query(AuditEntry).count()
    moved(here, row, 0)
    assert here.db.query(ProgramStep).count() == 1
    assert here.db.query(AuditEntry).count() == before


# Sessions, late rooms, replacements ---------------------------------------------------------------


def test_a_room_that_runs_late_shifts_until_its_next_break(here: Setting) -> None:
    rows = [here.place(here.talk(f"Talk {n}"), 30 * n) for n in range(3)]
    other = here.place(here.talk("Elsewhere"), 30, room_id=here.attic.id)
    here.place("Break", 90, room_id=None)
    after = here.place(here.talk("After the break"), 120)
    blocks.run_late(
        here.db, here.me, here.conference, room_id=here.hall.id, since=at(30),
        until=at(14 * 60), minutes=15, now=NOW,
    )  # fmt: skip
    here.db.flush()
    assert [row.start for row in (*rows, other, after)] == [
        at(0), at(45), at(75), at(30), at(120),
    ]  # fmt: skip
    steps.undo(here.db, here.me, here.conference, now=NOW)
    assert [row.start for row in rows] == [at(0), at(30), at(60)]
    with pytest.raises(DomainError, match="late_nothing"):
        blocks.run_late(
            here.db, here.me, here.conference, room_id=here.attic.id, since=at(60),
            until=at(14 * 60), minutes=15, now=NOW,
        )  # fmt: skip


def test_one_of_the_waitlist_steps_in_and_is_announced_by_announcing_alone(here: Setting) -> None:
    gone, waiting = here.talk("Gone"), here.talk("Waiting", state="waitlisted")
    row = here.place(gone)
    gone.state = "canceled"
    assert drafts.replace(
        here.db, here.me, here.conference, row.id, revision=row.revision, code=waiting.code, now=NOW
    )
    pending = here.db.scalars(select(PendingDecision)).one()
    assert (pending.submission_id, pending.outcome) == (waiting.id, "accept")
    assert waiting.state == "waitlisted"
    assert [(one.title, one.pending) for one in here.plan().placed] == [("Waiting", True)]
    published = versions.publish(here.db, here.me, here.conference, note="", now=NOW)
    assert "Waiting" not in str(published.program)
    steps.undo(here.db, here.me, here.conference, now=NOW)
    assert [one.title for one in here.plan().placed] == ["Gone"]


def test_a_chair_with_a_conflict_promotes_nobody(here: Setting) -> None:
    row = here.place(here.talk("Gone"))
    waiting = here.talk("Waiting", state="waitlisted")
    make_conflict(here.db, waiting, here.chair)
    with pytest.raises(NotFoundError):
        drafts.replace(
            here.db, here.me, here.conference, row.id, revision=row.revision,
            code=waiting.code, now=NOW,
        )  # fmt: skip
    assert here.db.query(PendingDecision).count() == 0


# Secrets --------------------------------------------------------------------------------------


def test_what_is_planned_before_its_announcement_is_there_for_those_alone_who_may_know(
    here: Setting,
) -> None:
    secret = here.secret("Still a secret")
    blocked, reader, track_chair = (make_person(here.db, name) for name in ("X", "O", "T"))
    give_role(here.db, here.conference, blocked, "chair")
    make_conflict(here.db, secret, blocked)
    give_role(here.db, here.conference, reader, "reader")
    give_role(here.db, here.conference, track_chair, "track_chair", secret_track(here, secret))
    for person in (blocked, reader):
        assert [one.title for one in here.plan(person).unplaced] == []
    row = here.place(secret)
    blocks.make_session(
        here.db, here.me, here.conference, slots={row.id: row.revision}, title="Secrets",
        chair="", posters=False, now=NOW,
    )  # fmt: skip
    assert [one.title for one in here.plan().placed] == ["Still a secret"]
    assert here.plan().placed[0].pending
    assert [one.title for one in here.plan(track_chair).placed] == ["Still a secret"]
    for person in (blocked, reader):
        plan = here.plan(person)
        assert (plan.placed, plan.unplaced, plan.sessions) == ([], [], {})
        assert secret.code not in plan.minutes
    with pytest.raises(NotFoundError):
        drafts.remove(
            here.db, actor_of_person(here.db, blocked.id), here.conference, row.id, now=NOW
        )
    with pytest.raises(NotFoundError):
        drafts.place(
            here.db, actor_of_person(here.db, blocked.id), here.conference, code=secret.code,
            title="", room_id=None, start=at(0), minutes=30, now=NOW,
        )  # fmt: skip


def test_the_plan_of_somebody_who_may_not_know_is_the_same_with_and_without_the_secret(
    here: Setting,
) -> None:
    reader = make_person(here.db, "O")
    give_role(here.db, here.conference, reader, "reader")
    here.place(here.talk("Open", make_person(here.db, "Ada")))
    secret = here.secret("Secret", state="waitlisted")
    before = here.plan(reader)
    here.place(secret, 0)
    after = here.plan(reader)
    assert (after.mark, after.placed, after.unplaced) == (
        before.mark, before.placed, before.unplaced,
    )  # fmt: skip
    assert warnings_of(after.placed) == warnings_of(before.placed) == []


def test_nothing_unannounced_ever_enters_a_version(here: Setting) -> None:
    open_talk = here.talk("Open")
    secrets = [
        here.secret("Zq submitted"),
        here.secret("Zq waitlisted", state="waitlisted"),
        here.secret("Zq rejected", state="rejected"),
    ]
    rows = [here.place(one, 30 * n) for n, one in enumerate([open_talk, *secrets])]
    blocks.make_session(
        here.db, here.me, here.conference, slots={row.id: row.revision for row in rows[1:]},
        title="Zq session", chair="Zq chair", posters=False, now=NOW,
    )  # fmt: skip
    first = versions.publish(here.db, here.me, here.conference, note="", now=NOW)
    assert "Zq" not in str(first.program)
    assert all(one.code not in str(first.program) for one in secrets)
    preview = versions.preview(here.db, here.conference, first, now=NOW)
    assert "Zq" not in str(preview)
    numbers = {item.number for item in here.db.query(ProgramItem)}
    assert numbers == {1, None}, "numbers that the public sees have no gap for secrets"
    secrets[0].state, secrets[0].announced = "accepted", NOW
    here.db.flush()
    second = versions.publish(here.db, here.me, here.conference, note="", now=NOW)
    program = versions.program_of(second)
    assert [talk.title for talk in program.talks if talk.title != "Open"] == ["Zq submitted"]
    assert program.talk_by_code[secrets[0].code].id == 2
    assert [one.title for one in program.sessions] == ["Zq session"]
    assert "Zq waitlisted" not in str(second.program)


def test_the_frozen_program_has_sessions_plenaries_languages_and_recordings(here: Setting) -> None:
    one, two = here.talk("One"), here.talk("Zwei")
    two.language = "de"
    here.said(one, recording=False)
    first, second = here.place(one, plenary=True), here.place(two, 30)
    made = blocks.make_session(
        here.db, here.me, here.conference,
        slots={first.id: first.revision, second.id: second.revision},
        title="Morning", chair="Ada Example", posters=False, now=NOW,
    )  # fmt: skip
    first_version = versions.publish(here.db, here.me, here.conference, note="", now=NOW)
    program = versions.program_of(first_version)
    assert [(s.id, s.title, s.chair, s.posters) for s in program.sessions] == [
        (made.number, "Morning", "Ada Example", False)
    ]
    assert [(s.session, s.plenary) for s in program.ordered_slots] == [
        (made.number, True), (made.number, False),
    ]  # fmt: skip
    talks = program.talk_by_code
    assert (talks[one.code].language, talks[one.code].recorded) == ("", False)
    assert (talks[two.code].language, talks[two.code].recorded) == ("de", True)
    moved(here, first, 0, plenary=False)
    again = versions.preview(here.db, here.conference, first_version, now=NOW)
    assert not same(program, again)
    blocks.change_session(
        here.db, here.me, here.conference, made.number, revision=made.revision, title="Noon",
        chair="", posters=False, now=NOW,
    )  # fmt: skip
    again = versions.preview(here.db, here.conference, first_version, now=NOW)
    told = [(one.kind, one.title) for one in differences(program, again)]
    assert told == [("changed", "Noon")]


# Drafts ---------------------------------------------------------------------------------------


def test_a_copy_is_worked_on_apart_and_keeps_every_identity(here: Setting) -> None:
    row = here.place(here.talk("One"))
    made = blocks.make_session(
        here.db, here.me, here.conference, slots={row.id: row.revision}, title="Morning",
        chair="", posters=False, now=NOW,
    )  # fmt: skip
    copy = drafting.copy_draft(here.db, here.me, here.conference, None, name="Plan B", now=NOW)
    other = plan_of(here.db, here.conference, actor=here.me, draft=copy)
    assert [(one.title, one.guid) for one in other.placed] == [
        (one.title, one.guid) for one in here.plan().placed
    ]
    assert [one.number for one in other.sessions.values()] == [made.number]
    drafts.move(
        here.db, here.me, here.conference, other.placed[0].placement_id, revision=1,
        room_id=here.attic.id, start=at(60), minutes=30, now=NOW,
    )  # fmt: skip
    assert [one.start for one in here.plan().placed] == [at(0)]
    with pytest.raises(NotNowError, match="draft_current"):
        drafting.delete_draft(
            here.db, here.me, here.conference, current_draft(here.db, here.conference).id, now=NOW
        )
    old = current_draft(here.db, here.conference).id
    drafting.use_draft(here.db, here.me, here.conference, copy.id, now=NOW)
    assert [one.start for one in here.plan().placed] == [at(60)]
    published = versions.publish(here.db, here.me, here.conference, note="", now=NOW)
    assert [s.start for s in versions.program_of(published).slots] == [at(60)]
    drafting.delete_draft(here.db, here.me, here.conference, old, now=NOW)
    with pytest.raises(NotFoundError):
        draft_of(here.db, here.conference, old)
    assert here.db.query(Placement).count() == 1


def test_another_conference_s_draft_and_slots_are_not_there(here: Setting) -> None:
    other = make_setting(here.db, "other")
    row = other.place(other.talk("Theirs"))
    draft = current_draft(here.db, other.conference)
    with pytest.raises(NotFoundError):
        drafts.remove(here.db, here.me, here.conference, row.id, now=NOW)
    with pytest.raises(NotFoundError):
        here.place(here.talk("Mine"), draft_id=draft.id)
    with pytest.raises(DomainError, match="no_such_room"):
        here.place(here.talk("Mine too"), room_id=other.hall.id)


# Two at once ----------------------------------------------------------------------------------


def test_of_two_chairs_who_move_one_slot_the_second_is_told(here: Setting, engine: Engine) -> None:
    row = here.place(here.talk("One"))
    id_, revision, slug = row.id, row.revision, here.conference.slug
    room, chair = here.attic.id, here.chair.id
    here.db.commit()
    for minute, refused in ((60, False), (90, True)):
        with open_session(engine, writes=True) as db:
            conference = db.query(Conference).filter_by(slug=slug).one()
            try:
                drafts.move(
                    db, actor_of_person(db, chair), conference, id_, revision=revision,
                    room_id=room, start=at(minute), minutes=30, now=NOW,
                )  # fmt: skip
            except StaleError:
                assert refused
            else:
                assert not refused
                db.commit()
    here.db.expire_all()
    assert here.db.get_one(Placement, id_).start == at(60)


def secret_track(here: Setting, talk: Submission) -> Track:
    return here.db.get_one(Track, talk.track_id)


def _accepted(here: Setting, talk: Submission) -> Decision:
    return Decision(
        conference_id=here.conference.id, submission_id=talk.id, outcome="accepted",
        type_id=talk.type_id, at=NOW - timedelta(days=1),
    )  # fmt: skip


def test_the_system_knows_no_secrets(here: Setting) -> None:
    secret = here.secret("Secret")
    with pytest.raises(NotFoundError):
        drafts.place(
            here.db, SYSTEM, here.conference, code=secret.code, title="", room_id=None,
            start=at(0), minutes=30, now=NOW,
        )  # fmt: skip


def test_the_log_tells_a_blocked_chair_nothing_of_it(here: Setting) -> None:
    secret = here.secret("Secret")
    row = here.place(secret)
    moved(here, row, 60)
    steps.undo(here.db, here.me, here.conference, now=NOW)
    entries = here.db.query(AuditEntry).filter(AuditEntry.action.like("program.%")).all()
    assert {entry.submission_id for entry in entries} == {secret.id}

