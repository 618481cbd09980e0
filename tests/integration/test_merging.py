"""Merging a submission into another: pending, in the chairs' words, announced, and refused."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import Decision, PendingDecision
from cfp.domain.mail.models import Message
from cfp.domain.submissions.models import Speaker, Submission
from tests.factories import (
    NOW,
    add_speaker,
    give_role,
    make_conflict,
    make_person,
    make_submission,
)
from tests.support.visitor import Page, Visitor, titles, token_of

LogIn = Callable[[Person], Visitor]
BASE = "/netconf/chair/decisions/"
pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture
def chair(chair: Person, visitor_as: LogIn) -> Visitor:
    return visitor_as(chair)


@pytest.fixture
def ada(db: Session) -> Person:
    return make_person(db, "Ada Example", email="ada@example.org")


@pytest.fixture
def bob(db: Session) -> Person:
    return make_person(db, "Bob Sample", email="bob@example.org")


@pytest.fixture
def flows(db: Session, conference: Conference, ada: Person) -> Submission:
    return make_submission(db, conference, [ada], title="Flows")


@pytest.fixture
def meters(db: Session, conference: Conference, bob: Person) -> Submission:
    return make_submission(db, conference, [bob], title="Meters")


def decide(chair: Visitor, talk: Submission, outcome: str, **values: str) -> Page:
    page = chair.get(f"{BASE}{talk.code}/")
    return chair.submit(page, {"outcome": outcome, **values}, having="outcome")


def board_counts(chair: Visitor) -> list[str]:
    """What the board's line of counts says, without what is undecided."""
    tally = re.search(r'class="cluster tally">(.*?)</p>', chair.get(BASE).html, re.DOTALL)
    assert tally
    return re.findall(r'<a class="state [^>]*>([^<]*)</a>', tally[1])


def announce(chair: Visitor, count: int) -> Page:
    page = chair.get(f"{BASE}announce")
    return chair.submit(page, {"count": str(count)}, press="Announce and send")


def mails(db: Session) -> list[Message]:
    return db.query(Message).order_by(Message.recipient, Message.id).all()


def test_from_pending_to_what_both_sides_read(
    chair: Visitor, visitor_as: LogIn, flows, meters, ada, bob, db: Session
) -> None:
    decide(chair, flows, "accept")
    decide(chair, meters, "merge", into=flows.code, note="They fit together.")
    assert "into “Flows”" in chair.get(f"{BASE}?view=board").text
    assert "into “Flows”" in chair.get(BASE).text
    assert "into “Flows”" in chair.get(f"/netconf/chair/submissions/{meters.code}/").text
    assert flows.code in chair.client.get(f"{BASE.rstrip('/')}.csv").text.split("Meters")[1]
    assert "Flows" not in visitor_as(bob).get(f"/netconf/submissions/{meters.code}/").text
    page = chair.get(f"{BASE}announce")
    assert "1 accepted, 1 merged into another; 2 mails" in page.text
    assert "merged into another, pending" in page.text
    assert board_counts(chair) == ["1 accepted, pending", "1 merged, pending"]
    assert titles(chair.get(f"{BASE}?outcome=merge")) == ["Meters"]
    assert titles(chair.get(f"{BASE}?outcome=reject")) == []
    announce(chair, 2)
    assert board_counts(chair) == ["1 accepted", "1 merged into another"]
    for address in (f"{BASE}?outcome=merged", f"{BASE}announced?state=merged"):
        assert titles(chair.get(address)) == ["Meters"]
    for address in (f"{BASE}?outcome=rejected", f"{BASE}announced?state=rejected"):
        assert titles(chair.get(address)) == []
    decision = db.query(Decision).filter_by(submission_id=meters.id).one()
    assert (decision.outcome, decision.into_id) == ("rejected", flows.id)
    assert (meters.state, flows.state) == ("rejected", "accepted")
    to_ada, to_bob = mails(db)
    assert (to_bob.recipient, to_bob.kind) == ("bob@example.org", "merged")
    assert to_bob.subject == "Merged into another talk for Netconf: Meters".replace(
        "Netconf", db.get_one(Conference, flows.conference_id).name
    )
    assert 'merged it into "Flows"' in to_bob.body
    assert "They fit together." in to_bob.body
    assert (to_ada.recipient, to_ada.kind) == ("ada@example.org", "several")
    assert '- "Meters": Bob Sample' in to_ada.body
    assert '"Flows" (' + flows.code + ") is accepted" in to_ada.body
    assert "{" not in to_ada.body + to_bob.body
    assert "we have decided on 1 of your submissions" in to_ada.body
    assert to_ada.body.count("is accepted, as") == 1
    # Nobody stands on a talk, and so on the public program, without having been asked.
    assert [one.person_id for one in db.query(Speaker).filter_by(submission_id=flows.id)] == [
        ada.id
    ]
    own = visitor_as(bob).get(f"/netconf/submissions/{meters.code}/").text
    assert "merged into “Flows”" in own
    assert "They fit together." in own
    assert "merged into another" in chair.get(f"{BASE}announced").text
    assert "merged into another" in chair.get(f"/netconf/chair/submissions/{meters.code}/").text


def test_into_what_is_accepted_already_tells_its_speakers_alone(
    chair: Visitor, conference, meters, ada, bob, db: Session
) -> None:
    known = make_submission(db, conference, [ada], title="Known", state="confirmed")
    known.announced = NOW
    decide(chair, meters, "merge", into=known.code)
    announce(chair, 2)
    joined, merged = mails(db)
    assert (joined.kind, joined.recipient) == ("joined", "ada@example.org")
    assert joined.subject.startswith("[Action needed] Others join your talk: Known")
    assert (merged.kind, merged.recipient) == ("merged", "bob@example.org")
    assert known.state == "confirmed"


def test_speakers_of_a_merged_talk_are_asked_at_once_and_join_by_their_own_word(
    chair: Visitor, visitor_as: LogIn, flows, meters, ada, bob, db: Session
) -> None:
    add_speaker(db, meters, "Cy Other", 1)
    decide(chair, flows, "accept")
    decide(chair, meters, "merge", into=flows.code)
    announce(chair, 2)
    hers, his = (f"/netconf/submissions/{one.code}/" for one in (flows, meters))
    of_ada, of_bob = visitor_as(ada), visitor_as(bob)
    token = token_of(of_bob.get(his))
    answer = of_bob.client.post(f"{his}join", data={"csrf_token": token, "key": "k"})
    assert answer.status_code == 409
    page = of_ada.submit(of_ada.get(hers), press="Ask Bob Sample to join")
    assert "Asked: Bob Sample." in page.text
    assert "no answer yet" in page.text
    assert "bob@example.org" not in page.html
    assert "Ask Bob" not in page.text
    asked = db.query(Message).filter_by(kind="join_invitation").one()
    assert (asked.recipient, asked.submission_id) == ("bob@example.org", meters.id)
    assert his in asked.body
    assert "{" not in asked.subject + asked.body
    on_it = db.query(Speaker).filter_by(submission_id=flows.id).order_by(Speaker.position)
    assert [one.name for one in on_it] == ["Ada Example"]
    of_bob.submit(of_bob.get(his), press="Join it as a speaker")
    assert [(one.name, one.state, one.address) for one in on_it][1:] == [
        ("Bob Sample", "accepted", "")
    ]
    assert flows.people_text.count("bob sample") == 1
    assert "Join it as a speaker" not in of_bob.get(his).text
    assert "Of what was merged into it" not in of_ada.get(hers).text
    of_bob.submit(of_bob.get(hers), press="Take me off")
    assert "Of what was merged into it" not in of_ada.get(hers).text


def test_of_the_same_speaker_nobody_joins(
    chair: Visitor, conference, flows, ada, db: Session
) -> None:
    other = make_submission(db, conference, [ada], title="Flows again")
    decide(chair, flows, "accept")
    decide(chair, other, "merge", into=flows.code)
    announce(chair, 1)
    (both,) = mails(db)
    assert "is merged into" in both.body
    assert "have merged these into" not in both.body


@pytest.mark.parametrize("outcome", ["", "waitlist"])
def test_left_out_while_the_other_is_not_accepted(
    chair: Visitor, conference, flows, meters, db: Session, outcome: str
) -> None:
    if outcome:
        decide(chair, flows, outcome)
    decide(chair, meters, "merge", into=flows.code)
    page = chair.get(f"{BASE}announce")
    assert (
        "Meters is to be merged into “Flows”, which is not accepted, and is left out" in page.text
    )
    if outcome:
        announce(chair, 1)
    assert meters.state == "submitted"
    assert db.query(PendingDecision).filter_by(submission_id=meters.id).one().into_id == flows.id


def test_no_chains_nor_into_itself(
    chair: Visitor, conference, flows, meters, ada, db: Session
) -> None:
    third = make_submission(db, conference, [ada], title="Third")
    gone = make_submission(db, conference, [ada], title="Gone", state="withdrawn")
    decide(chair, meters, "merge", into=flows.code)
    page = decide(chair, flows, "merge", into=third.code)
    assert page.status == 422
    assert "Another is to be merged into this one" in page.text
    for into in (third.code, meters.code, gone.code, "ZZZZZZ", "No such <talk>"):
        page = decide(chair, third, "merge", into=into)
        assert page.status == 422, into
        assert f"“{into}” is neither the code nor the title" in page.text
        assert dict(page.form(having="outcome").fields)["into"] == into
    page = decide(chair, third, "merge", into=" ")
    assert (page.status, "Give the code or the title" in page.text) == (422, True)
    assert db.query(PendingDecision).count() == 1


def test_the_other_is_called_by_code_or_title_and_likely_ones_are_offered(
    chair: Visitor, conference, flows, meters, ada, db: Session
) -> None:
    for n in range(25):
        make_submission(db, conference, [ada], title=f"A talk {n}")
    alike = make_submission(db, conference, [ada], title="Zero meters (at 100 %)")
    page = chair.get(f"{BASE}{meters.code}/?list=outcome%3Daccept")
    likely = chair.get(page.links()["Talks with a similar title"])
    offered = [one for one in likely.links() if one.endswith(")")]
    assert offered[0] == f"Zero meters (at 100 %) ({alike.code})"
    assert len(offered) == 20
    chosen = chair.get(likely.links()[offered[0]])
    fields = dict(chosen.form(having="outcome").fields)
    assert (fields["outcome"], fields["into"]) == ("merge", offered[0])
    assert "outcome=accept" in chosen.links()["Back"]
    ways = (f"Flows ({flows.code})", flows.code.lower(), "flows", alike.title, offered[0])
    into = (flows.id, flows.id, flows.id, alike.id, alike.id)
    for way, expected in zip(ways, into, strict=True):
        decide(chair, meters, "merge", into=way)
        db.expire_all()
        assert db.query(PendingDecision).one().into_id == expected, way
    page = chair.get(f"{BASE}{meters.code}/")
    assert dict(page.form(having="outcome").fields)["into"] == offered[0]
    make_submission(db, conference, [ada], title="FLOWS")
    page = decide(chair, meters, "merge", into="Flows")
    assert (page.status, "Several talks are called “Flows”" in page.text) == (422, True)


def test_what_does_not_count_for_the_decision_is_not_looked_at(
    chair: Visitor, flows, meters, db: Session
) -> None:
    """It may not even be on the page."""
    decide(chair, meters, "reject", minutes="many", into="No such")
    assert db.query(PendingDecision).one().outcome == "reject"
    page = decide(chair, meters, "accept", minutes="many")
    assert page.status == 422


def test_cleared_replaced_and_undone_as_any_other(
    chair: Visitor, flows, meters, db: Session
) -> None:
    decide(chair, meters, "merge", into=flows.code)
    page = chair.get(BASE)
    page = chair.submit(page, {"picked": [meters.code]}, press="Don't accept")
    assert db.query(PendingDecision).one().into_id is None
    chair.submit(page, press="Undo your last change")
    db.expire_all()
    assert db.query(PendingDecision).one().into_id == flows.id
    stale = chair.get(f"{BASE}{meters.code}/")
    decide(chair, meters, "clear")
    assert chair.submit(stale, {"outcome": "reject"}, having="outcome").status == 409


def test_a_merge_tells_nothing_of_a_talk_one_has_a_conflict_with(
    chair: Visitor, visitor_as: LogIn, conference, flows, meters, db: Session
) -> None:
    """That another is merged into it says that it is to be accepted."""
    barred = make_person(db, "Bar Red")
    give_role(db, conference, barred, "chair")
    make_conflict(db, flows, barred)
    other = visitor_as(barred)
    decide(chair, meters, "merge", into=flows.code)
    for address in (BASE, f"{BASE}{meters.code}/", f"/netconf/chair/submissions/{meters.code}/"):
        assert "into “Flows”" not in other.get(address).text
    assert flows.code not in other.get(f"{BASE}{meters.code}/").html
    assert flows.code not in other.get(f"{BASE}{meters.code}/alike").html
    assert board_counts(other) == ["1 not accepted, pending"]
    assert board_counts(chair) == ["1 merged, pending"]
    assert titles(other.get(f"{BASE}?outcome=merge")) == []
    assert titles(other.get(f"{BASE}?outcome=reject")) == ["Meters"]
    assert "not accepted, pending" in other.get(f"{BASE}announce").text
    page = other.get(f"{BASE}announce")
    assert "is to be merged into a talk that is not accepted" in page.text
    fields = dict(other.get(f"{BASE}{meters.code}/").form(having="outcome").fields)
    data = {**fields, "outcome": "merge", "into": flows.code}
    assert other.client.post(f"{BASE}{meters.code}/", data=data).status_code == 422
