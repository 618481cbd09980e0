"""Deciding: the board, one decision, many at once, undo, capacity, and who may know of it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.audit import AuditEntry
from cfp.db import open_session
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_session
from cfp.domain.conferences.models import Conference, SubmissionType
from cfp.domain.decisions import actions, selecting_limits
from cfp.domain.decisions.models import DecisionBatch, PendingDecision
from cfp.domain.decisions.rules import Scatter, can_become, mark, verdict
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import OUTCOMES, State
from cfp.errors import StaleError
from cfp.policy import standing_of
from tests.factories import (
    NOW,
    give_role,
    make_conference,
    make_conflict,
    make_login,
    make_person,
    make_review,
    make_submission,
    make_track,
)
from tests.support.cast import CAST, World, make_world
from tests.support.crawl import Crawl, filled, get_rules
from tests.support.planning import make_setting
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor, masked, titles, token_of

LogIn = Callable[[Person], Visitor]
BOARD = "/netconf/chair/decisions/"
pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture
def owner(db: Session) -> Person:
    return make_person(db, "Ada Example")


@pytest.fixture
def talks(db: Session, conference: Conference, owner: Person) -> list[Submission]:
    """Five talks with means 5, 4, 3, 2, 1 by three reviewers, who agree on the first and last."""
    judges = [make_person(db, f"Judge {n}") for n in range(3)]
    scores = [(5, 5, 5), (5, 4, 3), (4, 3, 2), (3, 2, 1), (1, 1, 1)]
    made = []
    for number, given in enumerate(scores):
        talk = make_submission(db, conference, [owner], title=f"Talk {number}")
        for judge, score in zip(judges, given, strict=True):
            make_review(db, talk, judge, score)
        made.append(talk)
    return made


def pending(db: Session) -> dict[str, tuple[str, int | None, str]]:
    rows = db.query(Submission.title, PendingDecision).join(
        PendingDecision, PendingDecision.submission_id == Submission.id
    )
    return {title: (row.outcome, row.minutes, row.note) for title, row in rows}


def pick(visitor: Visitor, talks: list[Submission], press: str, address: str = BOARD) -> object:
    page = visitor.get(address)
    return visitor.submit(page, {"picked": [one.code for one in talks]}, press=press)


# The board ------------------------------------------------------------------------------------


def test_shows_scores_with_their_certainty(visitor_as: LogIn, chair, talks):
    page = visitor_as(chair).get(BOARD)
    assert titles(page) == [f"Talk {n}" for n in range(5)]
    assert "mean 4.0, scores 3, 4, 5" in page.html
    first = page.text.index("Talk 0")
    assert "clear" in page.text[first : page.text.index("Talk 1")]
    middle = page.text[page.text.index("Talk 2") : page.text.index("Talk 3")]
    assert "close call" in middle
    assert "the line is the middle of the scale: 3.0" in page.text


def test_sorts_and_filters(visitor_as: LogIn, chair, talks, db, conference):
    other = make_track(db, conference, "Storage")
    short = db.query(SubmissionType).filter_by(name="Short talk").one()
    stored = make_submission(
        db, conference, [make_person(db)], title="Stored", track=other, type_id=short.id
    )
    visitor = visitor_as(chair)
    assert titles(visitor.get(f"{BOARD}?sort=mean"))[:5] == [f"Talk {n}" for n in (4, 3, 2, 1, 0)]
    assert titles(visitor.get(f"{BOARD}?track={other.id}")) == ["Stored"]
    assert titles(visitor.get(f"{BOARD}?type={short.id}")) == ["Stored"]
    assert titles(visitor.get(f"{BOARD}?fewer=3")) == ["Stored"]
    pick(visitor, [stored], "Waitlist")
    assert titles(visitor.get(f"{BOARD}?outcome=waitlist")) == ["Stored"]
    assert titles(visitor.get(f"{BOARD}?outcome=pending")) == ["Stored"]
    assert "Stored" not in titles(visitor.get(f"{BOARD}?outcome=open"))
    assert "Nothing fits these filters" in visitor.get(f"{BOARD}?outcome=confirmed").text


@pytest.mark.parametrize(
    "query",
    [
        "track=x",
        "track=9999999999999999999999",
        "type=%E2%82%AC",
        "fewer=-1",
        "outcome=%FF",
        "sort=pending",
        "sort=-nothing",
        "page=0",
        "page=99999999999",
        "view=",
        "list=a&slug=b",
    ],
)
def test_odd_addresses_show_the_board(visitor_as: LogIn, chair, talks, query):
    assert visitor_as(chair).get(f"{BOARD}?{query}").status == 200


def test_as_a_board_the_talks_stand_in_lanes(visitor_as: LogIn, chair, talks, db):
    visitor = visitor_as(chair)
    pick(visitor, talks[:1], "Accept")
    page = visitor.get(f"{BOARD}?view=board")
    lanes = re.findall(r'<section class="lane".*?</section>', page.html, re.DOTALL)
    assert len(lanes) == 5
    assert "Talk 0" in lanes[1]
    assert "ticket pending" in lanes[1]
    assert "Talk 4" in lanes[0]
    pick(visitor, talks[4:], "Don't accept", f"{BOARD}?view=board")
    assert pending(db)["Talk 4"][0] == "reject"


def test_a_card_moved_from_where_it_is_no_more_stays_there(visitor_as: LogIn, chair, talks, db):
    visitor = visitor_as(chair)
    page = visitor.get(f"{BOARD}?view=board")
    form = dict(page.form("revision").fields)
    move = f"{BOARD}{talks[0].code}/move?view=board"
    moved = visitor.client.post(move, data=form | {"act": "accept"})
    assert (moved.status_code, moved.location) == (303, f"{BOARD}?view=board")
    late = visitor.client.post(move, data=form | {"act": "reject"})
    assert late.status_code == 409
    assert "accepted, pending" in late.text
    assert pending(db) == {"Talk 0": ("accept", None, "")}
    db.rollback()
    page = visitor.get(f"{BOARD}?view=board")
    (mark,) = re.findall(rf'data-card="{talks[0].code}".*?data-mark="([^"]+)"', page.html)
    assert visitor.client.post(move, data=form | {"act": "rubbish"}).status_code == 422
    visitor.client.post(move, data=form | {"act": "clear", "revision": mark})
    assert pending(db) == {}


def test_a_board_without_cards_has_nothing_to_drag(visitor_as: LogIn, chair, talks):
    visitor = visitor_as(chair)
    assert "data-board-move" in visitor.get(f"{BOARD}?view=board").html
    page = visitor.get(f"{BOARD}?view=board&q=nothing+like+it")
    assert page.status == 200
    assert "data-board-move" not in page.html


def test_counts_minutes_with_discussion(visitor_as: LogIn, chair, talks, db):
    visitor = visitor_as(chair)
    page = visitor.get(f"{BOARD}capacity")
    visitor.submit(page, {"all": "100"}, press="Save")
    pick(visitor, talks[:2], "Accept")
    page = visitor.get(f"{BOARD}{talks[0].code}/")
    visitor.submit(page, {"outcome": "accept", "minutes": "45"}, press="Save, pending for Chairs")
    page = visitor.get(BOARD)
    assert "0 of 100 min 80 pending" in page.text  # 45 + 5 and 25 + 5
    page = visitor.get(f"{BOARD}{talks[1].code}/")
    visitor.submit(page, {"outcome": "accept", "minutes": "90"}, press="Save, pending for Chairs")
    assert "45 too many" in visitor.get(BOARD).text


def test_counts_what_is_announced_apart(visitor_as: LogIn, chair, conference, owner, db):
    make_submission(db, conference, [owner], title="In", state="confirmed")
    out = make_submission(db, conference, [owner], title="Out", state="accepted")
    visitor = visitor_as(chair)
    assert "60 min" in visitor.get(BOARD).text
    page = visitor.get(f"{BOARD}{out.code}/")
    visitor.submit(
        page, {"outcome": "waitlist", "note": "No room."}, press="Save, pending for Chairs"
    )
    assert "30 min" in visitor.get(BOARD).text


@pytest.mark.parametrize(
    ("value", "status"),
    [("", 200), ("1", 200), ("0", 422), ("-5", 422), ("x", 422), ("9" * 30, 422)],
)
def test_capacity_takes_minutes_only(
    visitor_as: LogIn, chair, talks, db, conference, value, status
):
    visitor = visitor_as(chair)
    page = visitor.submit(visitor.get(f"{BOARD}capacity"), {"all": value}, press="Save")
    assert page.status == status
    db.refresh(conference)
    assert conference.capacities == ({"all": 1} if value == "1" else {})


# One decision ---------------------------------------------------------------------------------


def test_what_one_decides_on_stands_beside_the_decision(
    visitor_as: LogIn, chair, conference, owner, db
):
    talk = make_submission(db, conference, [owner], title="Flows", abstract="Said in full.")
    judge = make_person(db, "Judge One")
    make_review(db, talk, judge, 4, committee_text="I would go.", chair_text="Not for Ada.")
    make_review(db, talk, make_person(db, "Judge Two"), 1, state="draft", committee_text="Hm.")
    page = visitor_as(chair).get(f"{BOARD}{talk.code}/")
    for text in ("Said in full.", "Judge One 4.0", "I would go.", "Not for Ada."):
        assert text in page.text
    assert "Hm." not in page.text, "a draft is nobody's but its writer's"


def test_decides_one_with_format_minutes_and_note(visitor_as: LogIn, chair, talks, db, conference):
    short = db.query(SubmissionType).filter_by(name="Short talk").one()
    visitor = visitor_as(chair)
    page = visitor.get(f"{BOARD}{talks[0].code}/?list=sort%3Dmean%26slug%3Dx%26_external%3D1")
    values = {"outcome": "accept", "type_id": str(short.id), "minutes": "12", "note": "Shorter?"}
    page = visitor.submit(page, values, press="Save, pending for Chairs")
    assert page.path.endswith(f"{BOARD}?sort=mean")
    row = db.query(PendingDecision).one()
    assert (row.outcome, row.type_id, row.minutes) == ("accept", short.id, 12)
    assert (row.note, row.by_id) == ("Shorter?", chair.id)
    assert "Short talk, 12 + 5 min" in page.text
    entry = db.query(AuditEntry).filter_by(action="decision.pending").one()
    assert entry.detail == {"from": "", "to": "accept"}
    assert entry.submission_id == talks[0].id
    page = visitor.get(f"{BOARD}{talks[0].code}/")
    visitor.submit(page, {"outcome": "clear"}, press="Save, pending for Chairs")
    assert pending(db) == {}


def test_only_acceptance_keeps_format_and_minutes(visitor_as: LogIn, chair, talks, db):
    visitor = visitor_as(chair)
    page = visitor.get(f"{BOARD}{talks[0].code}/")
    visitor.submit(page, {"outcome": "reject", "minutes": "12"}, press="Save, pending for Chairs")
    row = db.query(PendingDecision).one()
    assert (row.type_id, row.minutes) == (None, None)


def test_a_stale_decision_shows_both_and_keeps_the_first(visitor_as: LogIn, chair, talks, db):
    visitor = visitor_as(chair)
    address = f"{BOARD}{talks[0].code}/"
    mine, theirs = visitor.get(address), visitor.get(address)
    visitor.submit(theirs, {"outcome": "accept", "note": "Yes!"}, press="Save, pending for Chairs")
    page = visitor.submit(
        mine, {"outcome": "reject", "note": "No!"}, press="Save, pending for Chairs"
    )
    assert page.status == 409
    assert "Yes!" in page.html
    assert "No!" in page.html
    assert pending(db) == {"Talk 0": ("accept", None, "Yes!")}


def test_cleared_and_set_again_is_stale_too(db, conference, chair, talks):
    """The new row may have the old one's number and revision, but is another."""
    actor = actor_of(db, chair)
    standing = standing_of(db, actor, conference, talks[0].code)

    def set_to(outcome: str | None, revision: str, minute: int) -> str:
        now = NOW + timedelta(minutes=minute)
        row = actions.set_pending(db, actor, standing, outcome=outcome, revision=revision, now=now)
        return mark(row)

    first = set_to("accept", "", 0)
    set_to(None, first, 1)
    set_to("waitlist", "", 2)
    with pytest.raises(StaleError):
        set_to("reject", first, 3)


def actor_of(db: Session, person: Person) -> Actor:
    actor = actor_of_session(db, make_login(db, person).removeprefix("p."), now=NOW)
    assert actor is not None
    return actor


def test_an_announced_one_changes_only_with_a_note(visitor_as: LogIn, chair, conference, owner, db):
    talk = make_submission(db, conference, [owner], title="Known", state="rejected")
    visitor = visitor_as(chair)
    page = visitor.get(f"{BOARD}{talk.code}/")
    assert "explain to the speakers why" in page.text
    page = visitor.submit(page, {"outcome": "accept"}, press="Save, pending for Chairs")
    assert page.status == 422
    assert "explain this one to them" in page.text
    page = visitor.submit(
        page, {"outcome": "accept", "note": "A place is free."}, press="Save, pending for Chairs"
    )
    assert pending(db) == {"Known": ("accept", None, "A place is free.")}


def test_what_its_state_does_not_allow_is_not_offered(
    visitor_as: LogIn, chair, conference, owner, db
):
    talk = make_submission(db, conference, [owner], state="accepted")
    visitor = visitor_as(chair)
    page = visitor.get(f"{BOARD}{talk.code}/")
    assert page.form("outcome").choices["outcome"] == {"waitlist", "reject", "revise", "clear"}
    page.form("outcome")
    fields = dict(page.form("outcome").fields)
    answer = visitor.client.post(page.path, data={**fields, "outcome": "accept", "note": "x"})
    assert answer.status_code == 422
    assert pending(db) == {}


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"outcome": "publish"}, 422),
        ({"outcome": ""}, 422),
        ({"outcome": ["accept", "reject"]}, 303),
        ({"outcome": "accept", "type_id": "999999"}, 422),
        ({"outcome": "accept", "type_id": "one"}, 422),
        ({"outcome": "accept", "minutes": "0"}, 422),
        ({"outcome": "accept", "minutes": "1441"}, 422),
        ({"outcome": "accept", "minutes": "-1"}, 422),
        ({"outcome": "accept", "minutes": "9" * 40}, 422),
        ({"outcome": "accept", "note": "x" * 5_001}, 422),
        ({"outcome": "accept", "note": "nul \0"}, 422),
        ({"outcome": "accept", "note": "two\r\nlines <b>bold</b> {title}"}, 303),
    ],
)
def test_bad_input_at_one_decision(visitor_as: LogIn, chair, talks, db, values, status):
    visitor = visitor_as(chair)
    page = visitor.get(f"{BOARD}{talks[0].code}/")
    answer = visitor.client.post(page.path, data={**dict(page.form("outcome").fields), **values})
    assert answer.status_code == status
    assert len(pending(db)) == (status == 303)
    if "<b>" in str(values.get("note")):
        assert "<b>bold" not in visitor.get(page.path).html


def test_a_format_of_another_conference_is_refused(visitor_as: LogIn, chair, talks, db):
    foreign = make_conference(db)
    kind = db.query(SubmissionType).filter_by(conference_id=foreign.id).first()
    visitor = visitor_as(chair)
    page = visitor.get(f"{BOARD}{talks[0].code}/")
    fields = {**dict(page.form("outcome").fields), "outcome": "accept", "type_id": str(kind.id)}
    assert visitor.client.post(page.path, data=fields).status_code == 422
    assert pending(db) == {}


# Many at once ---------------------------------------------------------------------------------


def test_bulk_and_undo(visitor_as: LogIn, chair, talks, db):
    visitor = visitor_as(chair)
    page = visitor.get(f"{BOARD}{talks[0].code}/")
    visitor.submit(page, {"outcome": "reject", "note": "Sorry."}, press="Save, pending for Chairs")
    page = pick(visitor, talks[:3], "Accept", f"{BOARD}?sort=title")
    assert page.path.endswith("?sort=title")
    assert {row[0] for row in pending(db).values()} == {"accept"}
    assert pending(db)["Talk 0"] == ("accept", None, "")
    assert "Your last change: 3 submissions" in page.text
    visitor.submit(page, press="Undo your last change")
    assert pending(db) == {"Talk 0": ("reject", None, "Sorry.")}
    assert "Your last change" not in visitor.get(BOARD).text


def test_undo_leaves_what_somebody_changed_since(visitor_as: LogIn, chair, talks, db):
    visitor = visitor_as(chair)
    before = pick(visitor, talks[:2], "Accept")
    page = visitor.get(f"{BOARD}{talks[0].code}/")
    visitor.submit(page, {"outcome": "waitlist"}, press="Save, pending for Chairs")
    page = visitor.submit(before, press="Undo your last change")
    assert talks[0].code in page.text
    assert pending(db) == {"Talk 0": ("waitlist", None, "")}


def test_undo_is_one_s_own_and_ends_after_an_hour(visitor_as: LogIn, chair, talks, db, conference):
    other = make_person(db)
    give_role(db, conference, other, "chair")
    page = pick(visitor_as(chair), talks[:2], "Accept")
    another = visitor_as(other)
    assert "Your last change" not in another.get(BOARD).text
    batch = db.query(DecisionBatch).one()
    token = dict(another.get(BOARD).form("picked").fields)
    answer = another.client.post(f"{BOARD}undo/{batch.id}", data=token)
    assert answer.status_code == 409
    assert len(pending(db)) == 2
    with time_machine.travel(NOW + timedelta(days=40, hours=2)):
        assert "Your last change" not in visitor_as(chair).get(BOARD).text
    assert "Your last change" in page.text


def test_bulk_leaves_out_what_needs_a_note(visitor_as: LogIn, chair, conference, owner, talks, db):
    known = make_submission(db, conference, [owner], title="Known", state="accepted")
    waiting = make_submission(db, conference, [owner], title="Waiting", state="waitlisted")
    page = pick(visitor_as(chair), [known, waiting, talks[0]], "Accept")
    assert known.code in page.text[page.text.index("Left out") :]
    assert set(pending(db)) == {"Waiting", "Talk 0"}


def test_counts_pending_apart_from_announced(
    visitor_as: LogIn, chair, conference, owner, talks, db
):
    make_submission(db, conference, [owner], state="revise")
    page = pick(visitor_as(chair), talks[:2], "Ask for changes")
    assert re.search("3 undecided ?2 changes asked, pending ?1 changes asked", page.text)


def test_picked_elsewhere_is_shown_before_anything_happens(visitor_as: LogIn, chair, talks, db):
    visitor = visitor_as(chair)
    codes = "&".join(f"picked={one.code}" for one in talks[:2])
    page = visitor.get(f"{BOARD}many?{codes}&picked=NOSUCH")
    assert "Decide on 2 submissions" in page.text
    assert "1 of those picked is not yours" in page.text
    assert pending(db) == {}
    visitor.submit(page, press="Waitlist")
    assert {row[0] for row in pending(db).values()} == {"waitlist"}


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"act": "accept"}, 422),
        ({"act": "publish", "picked": "CODE"}, 422),
        ({"picked": "CODE"}, 422),
        ({"act": "accept", "picked": ["nul\0", "ABCDEF"]}, 303),
        ({"act": "accept", "picked": ["CODE", "CODE"]}, 303),
    ],
)
def test_bad_input_at_many(visitor_as: LogIn, chair, talks, db, data, status):
    visitor = visitor_as(chair)
    token = dict(visitor.get(BOARD).form("picked").fields)
    picked = data.get("picked", [])
    picked = [
        talks[0].code if p == "CODE" else p
        for p in ([picked] if isinstance(picked, str) else picked)
    ]
    answer = visitor.client.post(f"{BOARD}many", data={**token, **data, "picked": picked})
    assert answer.status_code == status
    assert len(pending(db)) == (talks[0].code in picked and status == 303)


def test_sent_twice_is_done_once(visitor_as: LogIn, chair, talks, db):
    visitor = visitor_as(chair)
    page = visitor.get(BOARD)
    fields = {**dict(page.form("picked").fields), "picked": talks[0].code, "act": "accept"}
    for _ in range(2):
        assert visitor.client.post(f"{BOARD}many", data=fields).status_code == 303
    assert db.query(AuditEntry).filter_by(action="decision.pending").count() == 1


# Who ------------------------------------------------------------------------------------------

MAY_DECIDE = {"chair", "track_chair"}
SEES_BOARD = {"chair", "conflicted_chair", "track_chair", "other_track_chair"}


@pytest.fixture
def world(db: Session) -> World:
    return make_world(db)


def visit(world: World, name: str, visitor_as: LogIn, stranger: Visitor) -> Visitor:
    return stranger if name == "anonymous" else visitor_as(world.people[name])


@pytest.mark.parametrize("name", CAST)
def test_who_sees_the_board_and_decides(world, name, visitor_as: LogIn, stranger, db):
    visitor = visit(world, name, visitor_as, stranger)
    base = f"/{world.conference.slug}/chair/decisions/"
    talk = world.submissions[State.SUBMITTED]
    page = visitor.get(base)
    assert (page.status == 200 and "/log-in" not in page.path) == (name in SEES_BOARD)
    one = visitor.get(f"{base}{talk.code}/")
    assert (one.status == 200 and "/log-in" not in one.path) == (name in MAY_DECIDE)
    if name in SEES_BOARD:
        fields = {"csrf_token": token_of(page), "key": "k" * 24}
        data = {**fields, "picked": talk.code, "act": "accept"}
        assert visitor.client.post(f"{base}many", data=data).status_code == 303
        assert visitor.client.post(f"{base}{talk.code}/", data=fields).status_code in {
            403,
            404,
            422,
        }
    assert db.query(PendingDecision).count() == (name in MAY_DECIDE)


def test_a_track_chair_has_their_tracks_only(world, visitor_as: LogIn, db):
    page = visitor_as(world.people["other_track_chair"]).get(
        f"/{world.conference.slug}/chair/decisions/"
    )
    assert len(titles(page)) == 1
    assert "Announce" not in page.links()
    assert not any(talk.code in page.html for talk in world.submissions.values())


def test_a_blocked_chair_learns_nothing(world, visitor_as: LogIn, db):
    """Two worlds that differ in scores and a pending decision of what they have a conflict with."""
    chair = visitor_as(world.people["conflicted_chair"])
    base = f"/{world.conference.slug}/chair/decisions/"
    addresses = [
        base,
        f"{base}?sort=-mean",
        f"{base}?outcome=accept",
        f"{base}?fewer=3",
        f"{base}?view=board",
        f"{base}announce",
        f"{base}announced",
        f"{base}capacity",
    ]
    plain = [masked(chair.get(address)) for address in addresses]
    talk = world.submissions[State.SUBMITTED]
    make_review(db, talk, world.people["reviewer"], 5)
    pend(db, talk, "accept", world.people["chair"])
    pend(db, world.submissions[State.WAITLISTED], "reject", world.people["chair"])
    assert [masked(chair.get(address)) for address in addresses] == plain
    assert "without 7 of yours" in plain[0]
    free = visitor_as(world.people["chair"])
    assert talk.title in free.get(f"{base}announce").text


def pend(db: Session, talk: Submission, outcome: str, by: Person, note: str = "") -> None:
    db.add(
        PendingDecision(
            conference_id=talk.conference_id,
            submission_id=talk.id,
            outcome=outcome,
            note=note,
            by_id=by.id,
            at=NOW,
        )
    )
    db.flush()


def test_without_an_unblocked_chair_another_is_asked_for(world, visitor_as: LogIn, db):
    base = f"/{world.conference.slug}/chair/decisions/"
    talk = world.submissions[State.SUBMITTED]
    visitor = visitor_as(world.people["conflicted_chair"])
    assert "another chair" not in visitor.get(base).text
    make_conflict(db, talk, world.people["chair"])
    another = make_submission(db, world.conference, [world.people["other_speaker"]])
    for name in ("chair", "conflicted_chair"):
        page = visitor_as(world.people[name]).get(base)
        said = page.text[page.text.index("need another chair") :][:60]
        assert talk.code in said
        assert another.code not in said
    assert "need another chair" not in visitor_as(world.people["track_chair"]).get(base).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "name",
    [
        "owner",
        "reviewer",
        "blocked_reviewer",
        "reader",
        "conflicted_chair",
        "other_track_chair",
        "administrator",
        "anonymous",
    ],
)
def test_a_pending_decision_leaves_no_trace(app, world, name, visitor_as: LogIn, stranger, db):
    """Two worlds: every answer to who may not know of a decision is the same, byte for byte.

    Every page, list, search, count, file and refusal they can find or guess an address of.
    """
    slug = world.conference.slug
    codes: list[object] = [
        talk.code for state, talk in world.submissions.items() if state != State.DRAFT
    ]
    visitor = visit(world, name, visitor_as, stranger)
    crawl = Crawl(visitor.client)
    chairs = [f"/{slug}/chair/{rest}" for rest in ("submissions/?sort=pending", "decisions/")]
    crawl.follow(["/", f"/{slug}/", "/account/mine", *chairs])
    crawl.follow(filled(app, get_rules(app), {"slug": [slug], "code": codes}))
    searched = [f"{one.partition('?')[0]}?q=decision:accept" for one in chairs]
    crawl.follow([*searched, f"/{slug}/chair/submissions/?pending=accept"])
    before = {address: (page.status, masked(page)) for address, page in crawl.seen.items()}
    for talk in world.submissions.values():
        if can_become(talk.state, "revise"):
            pend(db, talk, "revise", world.people["chair"], note="Zebra crossing")
        elif can_become(talk.state, "accept"):
            pend(db, talk, "accept", world.people["chair"])
    merged = world.submissions[State.SUBMITTED].id
    hidden = db.query(PendingDecision).filter_by(submission_id=merged).one()
    hidden.outcome, hidden.into_id = "reject", world.submissions[State.CONFIRMED].id
    db.flush()
    differ = []
    for address, answer in before.items():
        page = Page(address, visitor.client.get(address))
        if (page.status, masked(page)) != answer:
            differ.append(address)
    assert not differ, differ[:5]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_wrong_methods(visitor_as: LogIn, chair, talks, method):
    client = visitor_as(chair).client
    for path in ("", "many", "capacity", f"{talks[0].code}/", "undo/1"):
        assert getattr(client, method)(BOARD + path).status_code == 405


def test_unknown_submissions_and_batches(visitor_as: LogIn, chair, talks):
    visitor = visitor_as(chair)
    assert visitor.get(f"{BOARD}ZZZZZZ/").status == 404
    assert visitor.get("/nosuch/chair/decisions/").status == 404
    fields = {"csrf_token": token_of(visitor.get(BOARD)), "key": "k" * 24}
    assert visitor.client.post(f"{BOARD}undo/999", data=fields).status_code == 409
    assert visitor.client.post(f"{BOARD}undo/x", data=fields).status_code == 404


def test_few_statements_whatever_the_size(
    app: Flask, visitor_as: LogIn, chair, talks, db, conference, owner, engine: Engine
):
    visitor = visitor_as(chair)

    def statements(path: str) -> int:
        with counted(app.extensions["cfp"].engine) as seen:
            assert visitor.get(BOARD + path).status == 200
        return len(seen)

    paths = ("", "?view=board", f"many?picked={talks[0].code}", f"{talks[0].code}/", "capacity")
    pend(db, talks[0], "accept", chair)
    small = [statements(path) for path in paths]
    judge = make_person(db)
    for _ in range(60):
        talk = make_submission(db, conference, [owner])
        make_review(db, talk, judge, 3)
        make_conflict(db, talk, judge)
        pend(db, talk, "accept", chair)
    assert [statements(path) for path in paths] == small
    assert max(small[:3]) <= 10
    assert max(small) <= 15


# Two at once ----------------------------------------------------------------------------------


def test_two_who_decide_first_at_once(engine: Engine, db, conference, chair, talks):
    """Both saw nothing pending: the second is told, and the first one's stays."""
    actor = actor_of(db, chair)
    code, slug_id = talks[0].code, conference.id
    db.commit()
    with open_session(engine, writes=True) as first:
        standing = standing_of(first, actor, first.get_one(Conference, slug_id), code)
        actions.set_pending(first, actor, standing, outcome="accept", revision="", now=NOW)
        first.commit()
    with open_session(engine, writes=True) as second:
        standing = standing_of(second, actor, second.get_one(Conference, slug_id), code)
        with pytest.raises(StaleError):
            actions.set_pending(second, actor, standing, outcome="reject", revision="", now=NOW)
    assert pending(db) == {"Talk 0": ("accept", None, "")}


# Rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "variance", "reviews", "word"),
    [
        (None, None, 0, ""),
        (5.0, None, 1, "close"),
        (5.0, 0.0, 3, "clear"),
        (3.1, 0.0, 3, "close"),
        (4.0, 0.25, 4, "clear"),
        (4.0, 6.0, 4, "close"),
        (1.0, 0.0, 2, "clear"),
    ],
)
def test_clear_or_close(mean, variance, reviews, word):
    assert verdict(mean, variance, reviews, Scatter(3.0, 0.8)) == word


def test_only_states_of_the_table_become_something():
    assert can_become(State.SUBMITTED, "accept")
    assert not can_become(State.DRAFT, "accept")
    assert not can_become(State.WITHDRAWN, "reject")
    assert not can_become(State.SUBMITTED, "confirm")
    assert all(not can_become(OUTCOMES[name], name) for name in OUTCOMES)


def test_minutes_of_a_day_are_those_of_its_slots_in_the_plan(visitor_as: LogIn, db: Session):
    setting = make_setting(db, "days")
    ready, secret, early = setting.talk("Ready"), setting.secret("Secret"), setting.talk("Early")
    setting.place(ready)
    setting.place(secret, 60, 45)
    setting.place("Lunch", 120)
    # Half past midnight in Prague: a day later than the clock in London says.
    setting.place(early, 14 * 60 + 30, 20)
    visitor = visitor_as(setting.chair)
    assert "By day" not in visitor.get("/days/chair/decisions/").text
    page = visitor.get("/days/chair/decisions/capacity")
    keys = sorted(name for name in page.form("all").names if name.startswith("day-"))
    assert keys == ["day-2026-11-19", "day-2026-11-20"]
    page = visitor.submit(page, {keys[0]: "100", keys[1]: "50"}, press="Save")
    assert "Thu 19 Nov 30 of 100 min 45 pending" in page.text
    assert "Fri 20 Nov 20 of 50 min" in page.text
    select = visitor.get("/days/chair/decisions/select").text
    assert "of 100" not in select
    db.refresh(setting.conference)
    assert selecting_limits.minutes_of(setting.conference) == {}
    # A chair with a conflict sees the day without it.
    make_conflict(db, ready, setting.chair)
    db.commit()
    assert "Thu 19 Nov 0 of 100 min 45 pending" in visitor.get("/days/chair/decisions/").text
