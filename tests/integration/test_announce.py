"""Announcing: the preview, one transaction, one mail per person, the button in it, reminders."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from cfp.actors import Actor
from cfp.audit import AuditEntry, broken_links
from cfp.db import open_session
from cfp.domain.accounts.models import Email, Person, Token
from cfp.domain.accounts.queries import actor_of_session
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.decisions import announcements
from cfp.domain.decisions.models import Confirmation, Decision, DecisionBatch, PendingDecision
from cfp.domain.jobs import Job
from cfp.domain.mail.delivery import due_ids
from cfp.domain.mail.models import MailTemplate, Message
from cfp.domain.mail.render import MailText
from cfp.domain.submissions import actions as submissions
from cfp.domain.submissions.models import Submission
from cfp.errors import CfpError, ForbiddenError
from cfp.links import Links
from cfp.policy import standing_of
from tests.factories import (
    NOW,
    add_speaker,
    give_role,
    make_conflict,
    make_login,
    make_person,
    make_submission,
)
from tests.support.deciding import LATER
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

LogIn = Callable[[Person], Visitor]
BASE = "/netconf/chair/decisions/"
SEND = "Announce and send"
LINKS = Links("http://localhost")
pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture
def ada(db: Session) -> Person:
    return make_person(db, "Ada Example", email="ada@example.org")


@pytest.fixture
def bob(db: Session) -> Person:
    return make_person(db, "Bob Sample", email="bob@example.org")


@pytest.fixture
def flows(db: Session, conference: Conference, ada: Person) -> Submission:
    return make_submission(db, conference, [ada], title="Flows")


def pend(db: Session, talk: Submission, outcome: str = "accept", **values: object) -> None:
    type_id = talk.type_id if outcome == "accept" else None
    columns = {"type_id": type_id, "note": "", "at": NOW, **values}
    db.add(
        PendingDecision(
            conference_id=talk.conference_id, submission_id=talk.id, outcome=outcome, **columns
        )
    )
    db.flush()


def mails(db: Session) -> list[Message]:
    return db.query(Message).order_by(Message.recipient, Message.id).all()


def announce(visitor: Visitor, count: int, **values: str) -> Page:
    page = visitor.get(f"{BASE}announce")
    return visitor.submit(page, {"count": str(count), **values}, press=SEND)


def actor_of(db: Session, person: Person) -> Actor:
    actor = actor_of_session(db, make_login(db, person).removeprefix("p."), now=NOW)
    assert actor is not None
    return actor


# What happens ---------------------------------------------------------------------------------


def test_announces_everything_at_once(visitor_as: LogIn, chair, conference, flows, ada, bob, db):
    meters = make_submission(db, conference, [bob], title="Meters")
    make_submission(db, conference, [bob], title="Undecided")
    pend(db, flows, minutes=12, note="We liked the measurements.")
    pend(db, meters, "reject")
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    assert "1 accepted, 1 not accepted; 2 mails" in page.text
    assert "We liked the measurements." in page.text
    page = announce(visitor, 2)
    assert "2 decisions are announced. 2 mails are queued." in page.text
    assert db.query(PendingDecision).count() == 0
    states = {one.title: one.state for one in db.query(Submission)}
    assert states == {"Flows": "accepted", "Meters": "rejected", "Undecided": "submitted"}
    decision = db.query(Decision).filter_by(submission_id=flows.id).one()
    assert (decision.outcome, decision.minutes, decision.by_id) == ("accepted", 12, chair.id)
    assert flows.announced == LATER
    yes, no = mails(db)
    assert (yes.recipient, yes.kind, yes.submission_id) == ("ada@example.org", "accepted", flows.id)
    assert yes.subject == "[Action needed] Your talk is accepted: Flows"
    assert "Talk, 12 + 5 minutes" in yes.body
    assert "The organizers add:\n\nWe liked the measurements.\n\n" in yes.body
    assert (no.recipient, no.kind) == ("bob@example.org", "rejected")
    assert "\n\n\n" not in no.body
    assert "organizers add" not in no.body
    assert "{" not in yes.body + no.body
    actions = {entry.action for entry in db.query(AuditEntry)}
    assert {"submission.accept", "submission.reject", "decision.announce_batch"} <= actions
    assert broken_links(db) == []


def test_two_talks_of_a_person_are_one_mail(
    visitor_as: LogIn, chair, conference, flows, ada, bob, db
):
    add_speaker(db, flows, bob, 1)
    meters = make_submission(db, conference, [ada], title="Meters {title}")
    pend(db, flows, note="For Flows.")
    pend(db, meters, "waitlist", note="For Meters.")
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    assert "1 accepted, 1 waitlisted; 2 mails" in page.text
    assert "Ada Example gets different decisions in one mail." in page.text
    assert page.text.index("Ada Example ada@") < page.text.index("Bob Sample bob@")
    announce(visitor, 2)
    both, one = mails(db)
    assert both.kind == "several"
    assert both.submission_id is None
    assert both.subject.startswith("[Action needed] Decisions on your submissions")
    for words in (
        "For Flows.",
        "For Meters.",
        "is accepted, as: Talk, 25 + 5",
        "on the waitlist",
        '"Meters {title}"',
        "decided on 2 of",
    ):
        assert words in both.body
    assert (one.recipient, one.kind) == ("bob@example.org", "accepted")
    assert "Meters" not in one.body


def test_no_answer_is_asked_where_none_is_needed(
    visitor_as: LogIn, chair, conference, flows, ada, db
):
    pend(db, flows, "reject")
    pend(db, make_submission(db, conference, [ada]), "waitlist")
    announce(visitor_as(chair), 1)
    assert mails(db)[0].subject.startswith("Decisions on your submissions")


def test_the_button_of_the_mail_confirms(visitor_as: LogIn, stranger, chair, flows, bob, db):
    add_speaker(db, flows, bob, 1)
    pend(db, flows)
    announce(visitor_as(chair), 2)
    buttons = [re.search(r"/confirm/\S+", one.body).group() for one in mails(db)]
    assert len(set(buttons)) == 2
    assert all(token.person_id and not token.used for token in db.query(Token))
    page = stranger.get(buttons[1])
    values = {"format_fits": "yes", "remote": "no", "recording": "yes"}
    stranger.submit(page, values, having="recording")
    assert db.query(Confirmation).one().person_id == bob.id
    db.refresh(flows)
    assert flows.state == "confirmed"


def test_only_who_it_belongs_to_is_told(visitor_as: LogIn, chair, flows, bob, db):
    """A co-speaker who was named or asked, and has not said "that's me", is not."""
    add_speaker(db, flows, "Named Nobody", 1, address="named@example.org")
    add_speaker(db, flows, bob, 2, state="invited", address="bob@example.org")
    add_speaker(db, flows, make_person(db), 3, state="removed")
    pend(db, flows)
    announce(visitor_as(chair), 1)
    assert [one.recipient for one in mails(db)] == ["ada@example.org"]


def test_without_an_address_the_decision_stands_all_the_same(
    visitor_as: LogIn, chair, flows, ada, db
):
    db.query(Email).filter_by(person_id=ada.id).update({"verified": None})
    pend(db, flows)
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    assert "No mail reaches Ada Example" in page.text
    page = announce(visitor, 0)
    assert "no address" in page.text
    assert mails(db) == []
    assert db.query(Decision).one().outcome == "accepted"


def test_in_the_conference_s_own_words(visitor_as: LogIn, chair, conference, flows, db):
    db.add(
        MailTemplate(
            conference_id=conference.id, kind="accepted", subject="Yes! {title}", body="{confirm}\n"
        )
    )
    pend(db, flows)
    announce(visitor_as(chair), 1)
    assert mails(db)[0].subject == "Yes! Flows"
    assert mails(db)[0].body.startswith("http://localhost/confirm/")


def test_what_moved_on_is_left_out(visitor_as: LogIn, chair, conference, flows, ada, db):
    gone = make_submission(db, conference, [ada], title="Gone", state="withdrawn")
    pend(db, gone)
    pend(db, flows)
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    assert "Gone withdrawn: it can't become what is pending" in page.text
    announce(visitor, 1)
    assert [row.submission_id for row in db.query(PendingDecision)] == [gone.id]
    assert gone.state == "withdrawn"


def test_announced_anew_and_explained(visitor_as: LogIn, chair, flows, db):
    visitor = visitor_as(chair)
    pend(db, flows, "waitlist")
    announce(visitor, 1)
    with time_machine.travel(LATER + timedelta(days=1), tick=False):
        pend(db, flows, "accept", note="Somebody canceled.")
        announce(visitor, 1)
    assert [one.outcome for one in db.query(Decision).order_by(Decision.id)] == [
        "waitlisted",
        "accepted",
    ]
    assert [one.kind for one in mails(db)] == ["waitlisted", "accepted"]
    assert flows.state == "accepted"


# The preview binds ----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "2", "one", "01", "1 000", "x" * 11])
def test_the_number_must_be_typed(visitor_as: LogIn, chair, flows, db, typed):
    pend(db, flows)
    page = visitor_as(chair)
    answer = page.submit(page.get(f"{BASE}announce"), {"count": typed}, press=SEND)
    assert answer.status == 422
    assert (db.query(Decision).count(), db.query(PendingDecision).count(), mails(db)) == (0, 1, [])


@pytest.mark.parametrize("hold", ["-1", "1441", "x", "", "9" * 30])
def test_the_hold_is_minutes(visitor_as: LogIn, chair, flows, db, hold):
    pend(db, flows)
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    answer = visitor.submit(page, {"count": "1", "hold_minutes": hold}, press=SEND)
    assert answer.status == 422
    assert db.query(Decision).count() == 0


@pytest.mark.parametrize("change", ["note", "title", "address", "outcome"])
def test_what_was_not_read_is_not_sent(visitor_as: LogIn, chair, flows, ada, db, change):
    pend(db, flows)
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    row = db.query(PendingDecision).one()
    if change == "note":
        row.note = "Changed meanwhile."
    elif change == "title":
        flows.title = "Changed meanwhile."
    elif change == "outcome":
        row.outcome, row.type_id = "waitlist", None
    else:
        email = db.query(Email).filter_by(person_id=ada.id).one()
        email.address = email.key = "other@example.org"
    page = visitor.submit(page, {"count": "1"}, press=SEND)
    assert page.status == 422
    assert "read them again" in page.text
    assert db.query(Decision).count() == 0
    page = visitor.submit(page, {"count": "1"}, press=SEND)
    assert db.query(Decision).count() == 1


def test_only_those_picked(visitor_as: LogIn, chair, conference, flows, ada, bob, db):
    meters = make_submission(db, conference, [bob], title="Meters")
    pend(db, flows)
    pend(db, meters)
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    page = visitor.submit(page, {"code": [meters.code]}, press="Show the mails for these")
    assert "1 accepted; 1 mail" in page.text
    page = visitor.submit(page, {"count": "1"}, press=SEND)
    assert [one.recipient for one in mails(db)] == ["bob@example.org"]
    assert [row.submission_id for row in db.query(PendingDecision)] == [flows.id]
    page = visitor.get(f"{BASE}announce")
    page = visitor.submit(page, {"code": []}, press="Show the mails for these")
    assert "nothing selected; 0 mails" in page.text
    assert SEND not in page.text


@pytest.mark.parametrize("code", ["NOSUCH", "nul\0", "<b>", "../x"])
def test_odd_codes_announce_nothing(visitor_as: LogIn, chair, flows, db, code):
    pend(db, flows)
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    fields = {**dict(page.form("count").fields), "count": "1", "only": "1", "code": code}
    answer = visitor.client.post(f"{BASE}announce", data=fields)
    assert answer.status_code in {409, 422}
    assert db.query(Decision).count() == 0


def test_nothing_pending(visitor_as: LogIn, chair, flows, db):
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    assert "nothing to announce" in page.text
    assert "Nothing is announced yet" in visitor.get(f"{BASE}announced").text


def test_sent_twice_is_announced_once(visitor_as: LogIn, chair, flows, db):
    pend(db, flows)
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    fields = {**dict(page.form("count").fields), "count": "1"}
    answers = [visitor.client.post(f"{BASE}announce", data=fields) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert db.query(Decision).count() == 1
    assert len(mails(db)) == 1


def test_all_or_nothing(visitor_as: LogIn, chair, conference, flows, ada, db):
    """The conference's contact address turns out to be none: no decision is stored either."""
    conference.contact = "nobody"
    pend(db, flows)
    page = announce(visitor_as(chair), 1)
    assert page.status == 422
    assert (db.query(Decision).count(), db.query(PendingDecision).count(), mails(db)) == (0, 1, [])
    db.refresh(flows)
    assert (flows.state, flows.announced) == ("submitted", None)


def test_announcing_ends_what_could_be_undone(visitor_as: LogIn, chair, flows, db):
    visitor = visitor_as(chair)
    page = visitor.get(BASE)
    page = visitor.submit(page, {"picked": [flows.code]}, press="Accept")
    assert "Your last change" in page.text
    announce(visitor, 1)
    assert db.query(DecisionBatch).count() == 0
    assert visitor.submit(page, press="Undo your last change").status == 409
    assert db.query(PendingDecision).count() == 0


# Two at once ----------------------------------------------------------------------------------


def test_two_chairs_at_once_announce_each_once(
    engine: Engine, db, conference, chair, ada, bob, flows
):
    """Each announces all that is pending; together every decision and every mail exists once."""
    other = make_person(db)
    give_role(db, conference, other, "chair")
    for _ in range(5):
        pend(db, make_submission(db, conference, [ada, bob]))
    pend(db, flows, "reject")
    actors = [actor_of(db, chair), actor_of(db, other)]
    conference_id = conference.id
    db.commit()
    together = Barrier(2)

    def act(actor: Actor) -> str:
        with open_session(engine, writes=True) as own:
            together.wait(timeout=30)
            try:
                announcements.announce(
                    own, actor, own.get_one(Conference, conference_id), links=LINKS, now=LATER
                )
                own.commit()
            except CfpError as error:
                return error.key
            return "done"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(act, actors))
    assert set(results) <= {"done", "announce.nothing", "announce.changed"}
    assert results.count("done") == 1
    assert db.query(Decision).count() == 6
    assert len({row.submission_id for row in db.query(Decision)}) == 6
    assert [one.recipient for one in mails(db)] == ["ada@example.org", "bob@example.org"]


def test_withdrawn_while_it_is_announced(engine: Engine, db, conference, chair, ada, flows):
    """Whichever comes first: never an announced decision on a withdrawn talk's state."""
    pend(db, flows)
    chairs, speakers = actor_of(db, chair), actor_of(db, ada)
    conference_id, code = conference.id, flows.code
    db.commit()
    together = Barrier(2)

    def run(act: Callable[[Session, Conference], object]) -> None:
        with open_session(engine, writes=True) as own:
            together.wait(timeout=30)
            try:
                act(own, own.get_one(Conference, conference_id))
                own.commit()
            except (CfpError, StaleDataError):
                own.rollback()  # whichever lost is told

    def withdraw(own: Session, here: Conference) -> None:
        standing = standing_of(own, speakers, here, code)
        submissions.withdraw(own, speakers, standing, links=LINKS, now=LATER)

    def announce_all(own: Session, here: Conference) -> None:
        announcements.announce(own, chairs, here, links=LINKS, now=LATER)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [withdraw, announce_all]))
    db.refresh(flows)
    decided = db.query(Decision).count()
    assert (flows.state, decided) in {("withdrawn", 0), ("withdrawn", 1), ("accepted", 1)}


# Hold, stop, resume ---------------------------------------------------------------------------


def test_held_mails_can_be_stopped_and_sent_after_all(visitor_as: LogIn, chair, flows, ada, db):
    pend(db, flows)
    visitor = visitor_as(chair)
    page = announce(visitor, 1, hold_minutes="10")
    assert mails(db)[0].state == "held"
    assert mails(db)[0].due == LATER + timedelta(minutes=10)
    assert "The mails wait until" in page.text
    page = visitor.submit(page, press="Stop 1 mail")
    assert mails(db)[0].state == "canceled"
    assert flows.state == "accepted"
    assert "nobody has written to them" in page.text
    with time_machine.travel(LATER + timedelta(minutes=1), tick=False):
        page = visitor.submit(page, press="Send 1 mail after all")
    first, again = mails(db)
    assert (again.state, again.body) == ("queued", first.body)
    assert again.person_id == ada.id
    assert "after all" not in page.text
    assert "queued" in page.text


def test_after_the_hold_they_go_by_themselves(visitor_as: LogIn, chair, flows, db):
    pend(db, flows)
    announce(visitor_as(chair), 1, hold_minutes="10")
    assert due_ids(db, now=LATER + timedelta(minutes=9), limit=9) == []
    assert due_ids(db, now=LATER + timedelta(minutes=10), limit=9) == [mails(db)[0].id]


def test_the_button_is_its_reader_s_alone(visitor_as: LogIn, chair, flows, db):
    """Not even a chair who looks at the mail can answer in their place."""
    pend(db, flows)
    visitor = visitor_as(chair)
    announce(visitor, 1)
    message = mails(db)[0]
    secret = re.search(r"/confirm/(\S+)", message.body).group(1)
    page = visitor.get(f"/netconf/chair/messages/{message.id}/")
    assert "/confirm/…" in page.text
    assert secret not in page.html
    assert secret not in visitor.get(f"{BASE}announced").html


# Who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["track_chair", "reviewer", "reader", None])
def test_chairs_alone_announce(visitor_as: LogIn, conference, flows, db, kind):
    person = make_person(db)
    if kind:
        track = db.get_one(Track, flows.track_id) if kind == "track_chair" else None
        give_role(db, conference, person, kind, track)
    pend(db, flows)
    visitor = visitor_as(person)
    for path in ("announce", "announced", "remind"):
        assert visitor.get(BASE + path).status == 404
    for path in ("announce", "announced/stop", "announced/resume", "remind"):
        assert visitor.client.post(BASE + path).status_code in {400, 404, 422}
    with pytest.raises(ForbiddenError):
        announcements.announce(db, actor_of(db, person), conference, links=LINKS, now=LATER)
    assert db.query(Decision).count() == 0


def test_a_blocked_chair_announces_the_others(visitor_as: LogIn, chair, conference, flows, bob, db):
    meters = make_submission(db, conference, [bob], title="Meters")
    make_conflict(db, flows, chair)
    pend(db, flows)
    pend(db, meters)
    visitor = visitor_as(chair)
    page = visitor.get(f"{BASE}announce")
    assert "Flows" not in page.text
    assert "1 undecided submission needs another chair" in page.text
    announce(visitor, 1)
    assert [row.submission_id for row in db.query(PendingDecision)] == [flows.id]
    fields = {"only": "1", "code": flows.code, "count": "1", "hold_minutes": "0"}
    page = visitor.get(f"{BASE}announced")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.html).group(1)
    answer = visitor.client.post(
        f"{BASE}announce", data={**fields, "csrf_token": token, "key": "k" * 24}
    )
    assert answer.status_code == 422
    assert db.query(Decision).count() == 1


# Afterwards -----------------------------------------------------------------------------------


def test_lists_what_became_of_each(visitor_as: LogIn, chair, conference, flows, ada, bob, db):
    add_speaker(db, flows, bob, 1)
    meters = make_submission(db, conference, [ada], title="Meters")
    pend(db, flows)
    pend(db, meters, "reject")
    visitor = visitor_as(chair)
    announce(visitor, 2)
    several, one = mails(db)
    several.state, several.refusal, one.state = "refused", "550 no such user", "sent"
    page = visitor.get(f"{BASE}announced")
    assert "1 sent1 refusedFix addresses" in page.text
    row = page.text[page.text.rindex("Flows") :]
    assert "not confirmed yet" in row
    assert "Ada Example ada@example.org refused 550 no such user" in row
    assert "Bob Sample bob@example.org sent" in row
    rejected = page.text[page.text.rindex("Meters") :].split("Flows")[0]
    assert "refused" in rejected
    flows.state = "confirmed"
    assert "Meters" not in visitor.get(f"{BASE}announced?state=confirmed").text
    assert visitor.get(f"{BASE}announced?state=zzz&sort=x&page=z").status == 200


def test_reminds_of_confirming_once_a_day(
    visitor_as: LogIn, stranger, chair, conference, flows, ada, bob, db
):
    meters = make_submission(db, conference, [ada, bob], title="Meters", state="accepted")
    make_submission(db, conference, [bob], title="Confirmed", state="confirmed")
    make_submission(db, conference, [bob], title="Waiting", state="submitted")
    pend(db, flows)
    visitor = visitor_as(chair)
    announce(visitor, 1)
    page = visitor.get(f"{BASE}remind")
    assert "2 accepted talks are not confirmed yet" in page.text
    assert visitor.submit(page, {"count": "1"}, press="Send").status == 422
    page = visitor.submit(visitor.get(f"{BASE}remind"), {"count": "2"}, press="Send")
    reminders = [one for one in mails(db) if one.kind == "confirm_reminder"]
    assert [one.recipient for one in reminders] == ["ada@example.org", "bob@example.org"]
    assert "Flows" in reminders[0].body
    assert "Meters" in reminders[0].body
    assert "Confirmed" not in reminders[1].body
    assert reminders[1].submission_id == meters.id
    assert len(re.findall(r"/confirm/\S+", reminders[0].body)) == 2
    button = re.search(r"/confirm/\S+", reminders[1].body).group()
    assert "Meters" in stranger.get(button).text
    page = visitor.get(f"{BASE}remind")
    assert "2 people have been reminded today" in page.text
    assert "count" not in {name for form in page.forms() for name in form.names}
    with time_machine.travel(LATER + timedelta(days=1), tick=False):
        visitor.submit(visitor.get(f"{BASE}remind"), {"count": "2"}, press="Send")
    assert len([one for one in mails(db) if one.kind == "confirm_reminder"]) == 4


def test_few_statements_whatever_the_size(app: Flask, visitor_as: LogIn, chair, conference, db):
    visitor = visitor_as(chair)

    def fill(count: int) -> None:
        for _ in range(count):
            people = [make_person(db), make_person(db)]
            pend(db, make_submission(db, conference, people))
            decided = make_submission(db, conference, people, state="accepted")
            db.add(
                Decision(
                    conference_id=conference.id,
                    submission_id=decided.id,
                    outcome="accepted",
                    type_id=decided.type_id,
                    at=NOW,
                )
            )

    def statements(path: str) -> int:
        with counted(app.extensions["cfp"].engine) as seen:
            assert visitor.get(BASE + path).status == 200
        return len(seen)

    paths = ("announce", "announced", "remind")
    fill(1)
    small = [statements(path) for path in paths]
    fill(60)
    assert [statements(path) for path in paths] == small
    assert small[1] <= 10
    assert max(small) <= 15


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_wrong_methods(visitor_as: LogIn, chair, method):
    client = visitor_as(chair).client
    for path in ("announce", "announced", "announced/stop", "announced/resume", "remind"):
        assert getattr(client, method)(BASE + path).status_code == 405


# Single mails in words of their own --------------------------------------------------------------


def test_one_mail_is_changed_and_the_others_are_not(
    visitor_as: LogIn, chair: Person, flows: Submission, ada: Person, bob: Person, db: Session
) -> None:
    add_speaker(db, flows, bob, position=1)
    pend(db, flows)
    visitor = visitor_as(chair)
    page = visitor.submit(visitor.get(f"{BASE}announce"), press="Change this mail Bob Sample")
    assert page.status == 200
    assert db.query(Message).count() == 0
    subject, body = f"subject-{bob.code}", f"body-{bob.code}"
    text = dict(page.form(body).fields)[body]
    ours = {subject: "Bob,\r\n it's yes", body: text.replace("Hello", "Dear old")}
    refused = visitor.submit(page, {**ours, "count": "3"}, press=SEND)
    assert refused.status == 422
    assert "Dear old" in dict(refused.form(body).fields)[body], "nothing typed is lost"
    assert "The mail to Bob Sample has words of its own." in refused.text
    empty = visitor.submit(refused, {body: " ", "count": "2"}, press=SEND)
    assert "The mail to Bob Sample has no subject or no text." in empty.text
    visitor.submit(refused, {"count": "2"}, press=SEND)
    theirs, his = mails(db)
    assert (theirs.recipient_name, his.recipient_name) == ("Ada Example", "Bob Sample")
    assert his.subject == "Bob, it's yes"
    assert "Dear old Bob Sample" in his.body
    assert "Dear old" not in theirs.body
    buttons = [re.findall(r"http\S+/confirm/\S+", one.body) for one in (theirs, his)]
    assert [len(one) for one in buttons] == [1, 1]
    assert buttons[0] != buttons[1], "each has a button of their own"
    assert visitor_as(bob).client.get(buttons[1][0]).status_code == 200


def test_changed_words_wait_with_an_announcement_for_its_time(
    visitor_as: LogIn, chair: Person, flows: Submission, ada: Person, db: Session
) -> None:
    pend(db, flows)
    visitor = visitor_as(chair)
    page = visitor.submit(visitor.get(f"{BASE}announce"), press="Change this mail Ada Example")
    at = {"at_date": (LATER + timedelta(days=2)).date().isoformat(), "at_time": "09:00"}
    visitor.submit(page, {**at, "count": "1", f"body-{ada.code}": "Come!"}, press=SEND)
    job = db.query(Job).one()
    actor = actor_of(db, chair)
    words = {code: MailText(*text) for code, text in job.parameters["words"].items()}
    announcements.announce(
        db, actor, conference_of(db, flows), expected=job.parameters["expected"],
        links=Links(job.parameters["base"]), now=LATER, words=words,
    )  # fmt: skip
    assert [one.body for one in mails(db)] == ["Come!\n"]


def conference_of(db: Session, talk: Submission) -> Conference:
    return db.get_one(Conference, talk.conference_id)
