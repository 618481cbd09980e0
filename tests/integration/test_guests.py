"""Guests, asked for one submission: for a review of their own, or to write for a reviewer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Account, Email, Person
from cfp.domain.assignment.facts import read_facts
from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.assignment.picks import Options
from cfp.domain.conferences.models import Role
from cfp.domain.mail.models import Message
from cfp.domain.reviews.models import Guest, Review, ReviewTally
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import State
from cfp.policy import Action, Fact, allowed, may, predicate, sees, standing_of
from tests.factories import (
    NOW,
    give_role,
    make_assignment,
    make_conflict,
    make_guest,
    make_person,
    make_review,
    make_submission,
)
from tests.support.cast import World, make_world
from tests.support.mailbox import last_mail, mails
from tests.support.reviewing import actor_for, make_committee
from tests.support.setting import open_conference
from tests.support.visitor import Page, Visitor

LogIn = Callable[[Person], Visitor]
HAND_IN = "Hand it in to Rae Reviewer"
HELPER = {"name": "Hal Helper", "address": "hal@elsewhere.example"}


class Setting:
    """A blind conference that assigns; one talk is Rae's to review, another is not."""

    def __init__(self, db: Session, delegation: str = "on") -> None:
        self.conference = open_conference(
            db, blind=True, reviewing="assigned", delegation=delegation, asks_confidence=True
        )
        self.speaker = make_person(db, "Ada Example")
        self.talk, self.other = (
            make_submission(db, self.conference, [self.speaker], title=title)
            for title in ("The talk", "The other talk")
        )
        self.rae, self.cleo = make_person(db, "Rae Reviewer"), make_person(db, "Cleo Chair")
        give_role(db, self.conference, self.rae, "reviewer")
        give_role(db, self.conference, self.cleo, "chair")
        make_assignment(db, self.talk, self.rae, state="accepted")
        db.commit()

    def path(self, rest: str) -> str:
        return f"/{self.conference.slug}/{rest.replace('CODE', self.talk.code)}"


@pytest.fixture
def setting(db: Session) -> Setting:
    return Setting(db)


def ask(visitor: Visitor, setting: Setting, **who: str) -> Page:
    page = visitor.get(setting.path("reviews/CODE/help"))
    return visitor.submit(page, {**HELPER, **who}, having="address")


def helper_of(
    visitor: Visitor, stranger: Visitor, engine: Engine, setting: Setting
) -> Page:
    """Ask Hal, who says yes by the link; returns their page."""
    assert "Asked by mail." in ask(visitor, setting).text
    page = stranger.submit(stranger.get(last_mail(engine, "review_help").link), press="Yes, I will")
    assert page.path == setting.path("helping/CODE/")
    return page


def test_a_helper_writes_and_the_reviewer_submits_it_as_their_own(
    setting: Setting, visitor_as: LogIn, stranger: Visitor, engine: Engine, db: Session
) -> None:
    rae = visitor_as(setting.rae)
    asked = ask(rae, setting)
    assert "asked, no answer yet" in asked.text
    mail = last_mail(engine, "review_help")
    assert mail.recipient == HELPER["address"]
    assert "Rae Reviewer" in mail.body
    assert "The talk" not in mail.subject + mail.body
    offer = stranger.get(mail.link)
    assert "The talk" in offer.text
    assert "Ada Example" not in offer.text
    page = stranger.submit(offer, press="Yes, I will")
    assert "Names are hidden" in page.text
    assert "Ada Example" not in page.text
    score = next(name for name in page.form("committee_text").names if name.startswith("score_"))
    half = stranger.submit(page, {"committee_text": "Half"}, press="Save draft")
    assert "Draft saved" in half.text
    assert "Half" not in rae.get(setting.path("reviews/CODE/help")).text
    missing = stranger.submit(half, {"committee_text": "By Hal."}, press=HAND_IN)
    assert missing.status == 422
    assert "By Hal." in missing.html
    words = {score: "4", "confidence": "2", "committee_text": "By Hal.", "chair_text": "Psst."}
    done = stranger.submit(half, words, press=HAND_IN)
    assert "Rae Reviewer has it now." in done.text
    assert db.scalar(select(func.count(Review.id))) == 0
    assert last_mail(engine, "review_handed").recipient == email_of(db, setting.rae)
    db.rollback()

    own = rae.get(setting.path("reviews/CODE/"))
    assert "Hal Helper has written a review for you." in own.text
    assert own.links()["Read and use it"] == setting.path("reviews/CODE/help")
    rae.submit(own, {"committee_text": "By Rae."}, press="Save draft")
    read = rae.get(setting.path("reviews/CODE/help"))
    assert "By Hal." in read.text
    assert "Psst." in read.text
    back = rae.submit(read, {"note": "Shorter?"}, press="Send it back")
    assert "has it back" in back.text
    assert last_mail(engine, "review_returned").recipient == HELPER["address"]
    returned = stranger.get(setting.path("helping/CODE/"))
    assert "Shorter?" in returned.text
    stranger.submit(returned, {"committee_text": "Hal."}, press=HAND_IN)
    mine = rae.submit(rae.get(read.path), press="Take it into my review Hal Helper")
    assert mine.path == setting.path("reviews/CODE/")
    form = mine.form("committee_text")
    assert ("committee_text", "By Rae.\r\n\r\nHal.") in form.fields
    assert (score, "4") in form.fields
    assert stranger.client.get(setting.path("helping/CODE/")).status_code == 404
    review = db.scalars(select(Review)).one()
    assert (review.person_id, review.state) == (setting.rae.id, "draft")
    db.rollback()
    rae.submit(mine, press="Submit review, next")
    assert db.scalars(select(ReviewTally.reviews)).all() == [1]
    db.rollback()
    seen = visitor_as(setting.cleo).get(setting.path("chair/submissions/CODE/"))
    assert "with help of Hal Helper" in seen.text
    make_review(db, setting.talk, make_reviewer(db, setting), committee_text="Another.")
    db.commit()
    assert "Hal Helper" not in fellow_reads(db, setting, visitor_as)


def make_reviewer(db: Session, setting: Setting) -> Person:
    """Another of the committee, who reviews it too."""
    person = make_person(db, "Fay Fellow")
    give_role(db, setting.conference, person, "reviewer")
    make_assignment(db, setting.talk, person, state="done")
    return person


def fellow_reads(db: Session, setting: Setting, visitor_as: LogIn) -> str:
    fay = db.scalars(select(Person).where(Person.name == "Fay Fellow")).one()
    page = visitor_as(fay).get(setting.path("reviews/CODE/"))
    assert "By Rae." in page.text
    return page.text


def email_of(db: Session, person: Person) -> str:
    return db.scalars(select(Email.address).where(Email.person_id == person.id)).one()


def test_a_helper_sees_nothing_else_and_after_a_no_nothing_at_all(
    setting: Setting, visitor_as: LogIn, stranger: Visitor, engine: Engine, db: Session
) -> None:
    page = helper_of(visitor_as(setting.rae), stranger, engine, setting)
    slug, other = setting.conference.slug, setting.other.code
    for path, status in (
        (f"/{slug}/helping/{other}/", 404), (f"/{slug}/reviews/", 404),
        (f"/{slug}/reviews/{other}/", 404), (f"/{slug}/reviews/{setting.talk.code}/", 403),
        (f"/{slug}/chair/submissions/{setting.talk.code}/", 403),
        (f"/{slug}/reviews/{setting.talk.code}/discussion", 403),
    ):  # fmt: skip
        assert stranger.client.get(path).status_code == status, path
    assert "A review for" in stranger.get("/account/").text
    words = {"type": "personal", "reason": "zqfriend"}
    stranger.submit(page, words, press="Declare the conflict")
    assert stranger.client.get(page.path).status_code == 404
    kinds = db.execute(select(Conflict.kind, Conflict.reason)).all()
    assert [tuple(one) for one in kinds] == [("declared", "zqfriend")]
    seen = visitor_as(setting.rae).get(setting.path("reviews/CODE/help"))
    assert "said no" in seen.text
    assert "zqfriend" not in seen.text
    again = stranger.get(last_mail(engine, "review_help").link)
    assert "settled" in again.text


@pytest.mark.parametrize("known", ["conflict", "speaker", "named"])
def test_a_known_conflict_is_not_mailed_and_the_reviewer_learns_nothing(
    setting: Setting, visitor_as: LogIn, engine: Engine, db: Session, known: str
) -> None:
    """Or whoever guesses the speakers' addresses would see which of them is answered otherwise."""
    somebody = make_person(db, "Sam Somebody", email="sam@example.org")
    if known == "conflict":
        make_conflict(db, setting.talk, somebody)
    row = db.scalars(select(Speaker).where(Speaker.submission_id == setting.talk.id)).one()
    if known == "named":
        row.address = row.address_key = "sam@example.org"
    address = email_of(db, setting.speaker) if known == "speaker" else "sam@example.org"
    db.commit()
    rae = visitor_as(setting.rae)
    held = ask(rae, setting, address=address)
    sent = ask(rae, setting)
    assert "Asked by mail." in held.text
    assert [mail.recipient for mail in mails(engine, "review_help")] == [HELPER["address"]]
    assert sent.text.count("asked, no answer yet") == 2
    chair = visitor_as(setting.cleo).get(setting.path("chair/submissions/CODE/guests"))
    assert chair.text.count("No mail was sent") == 1


def test_whoever_answers_is_looked_at_too(
    setting: Setting, visitor_as: LogIn, engine: Engine, db: Session
) -> None:
    """The link may be followed by somebody else: a speaker, a reviewer of it, the asker."""
    ask(visitor_as(setting.rae), setting)
    link = last_mail(engine, "review_help").link
    fay = make_reviewer(db, setting)
    blocked = make_person(db, "Bo Blocked")
    blocked.affiliation = "Acme"
    row = db.scalars(select(Speaker).where(Speaker.submission_id == setting.talk.id)).one()
    row.affiliation, row.affiliation_key = "Acme", "acme"
    setting.conference.conflict_policies = {"affiliation": "block"}
    db.commit()
    for person, words in (
        (setting.speaker, "You have a conflict of interest"),
        (blocked, "You have a conflict of interest"),
        (fay, "You review this submission already."),
        (setting.rae, "That is you."),
    ):
        visitor = visitor_as(person)
        refused = visitor.submit(visitor.get(link), press="Yes, I will")
        assert refused.status == 422, person.name
        assert words in refused.text, person.name
    guest = db.scalars(select(Guest)).one()
    assert (guest.state, guest.person_id) == ("sent", None)
    assert db.scalar(select(func.count(Conflict.id))) == 0


def test_a_chair_approves_first_and_sees_who_reads_what(
    visitor_as: LogIn, engine: Engine, db: Session
) -> None:
    setting = Setting(db, "approved")
    rae, cleo = visitor_as(setting.rae), visitor_as(setting.cleo)
    assert "A chair has to approve it first." in ask(rae, setting).text
    assert mails(engine, "review_help") == []
    waiting = cleo.get(setting.path("chair/reviews/guests"))
    assert "Hal Helper" in waiting.text
    assert "Rae Reviewer" in waiting.text
    cleo.submit(waiting, press="Approve Hal Helper")
    assert last_mail(engine, "review_help").recipient == HELPER["address"]
    ask(rae, setting, address="no@elsewhere.example")
    two = cleo.get(setting.path("chair/submissions/CODE/guests"))
    cleo.submit(two, press="Refuse Hal Helper")
    assert "not approved by the chairs" in rae.get(setting.path("reviews/CODE/help")).text
    assert len(mails(engine, "review_help")) == 1
    make_conflict(db, setting.talk, setting.cleo)
    db.commit()
    assert "Hal Helper" not in cleo.get(setting.path("chair/reviews/guests")).text
    assert cleo.get(setting.path("chair/submissions/CODE/guests")).status == 403


def test_it_is_off_until_asked_for_and_bad_answers_say_where(
    setting: Setting, visitor_as: LogIn, db: Session
) -> None:
    rae = visitor_as(setting.rae)
    for who, words in (
        ({"address": "nowhere"}, "address"),
        ({"address": email_of(db, setting.rae)}, "That is you."),
        ({"name": " "}, "Who is it?"),
    ):
        refused = ask(rae, setting, **who)
        assert refused.status == 422
        assert words in refused.text
    ask(rae, setting)
    assert "asked already" in ask(rae, setting, address="HAL@elsewhere.example").text
    for number in (1, 2):
        ask(rae, setting, address=f"{number}@elsewhere.example")
    full = rae.get(setting.path("reviews/CODE/help"))
    assert "address" not in {name for form in full.forms() for name in form.names}
    setting.conference.delegation = "off"
    db.commit()
    assert rae.get(setting.path("reviews/CODE/help")).status == 404
    assert "Have somebody write it" not in rae.get(setting.path("reviews/CODE/")).text


def test_somebody_from_outside_reviews_one_submission_as_a_reviewer_does(
    setting: Setting, visitor_as: LogIn, stranger: Visitor, engine: Engine, db: Session
) -> None:
    cleo = visitor_as(setting.cleo)
    page = cleo.get(setting.path("chair/submissions/CODE/guests"))
    refused = cleo.submit(page, {**HELPER, "address": email_of(db, setting.rae)}, having="address")
    assert "one of the reviewers" in refused.text
    cleo.submit(page, HELPER, having="address")
    mail = last_mail(engine, "review_invitation")
    assert "The talk" not in mail.body
    mine = stranger.submit(stranger.get(mail.link), press="Yes, I will")
    assert mine.path == setting.path("reviews/CODE/")
    queue = stranger.get(setting.path("reviews/"))
    assert "The talk" in queue.text
    assert "The other talk" not in queue.text
    assert not {"Bids", "Collaborators", "Your expertise"} & set(queue.links())
    assert "Have somebody write it" not in mine.text
    for rest in ("reviews/profile", "reviews/collaborators", "reviews/CODE/help", "chair/"):
        assert stranger.client.get(setting.path(rest)).status_code == 404, rest
    score = next(name for name in mine.form("committee_text").names if name.startswith("score_"))
    words = {score: "5", "confidence": "4", "committee_text": "From outside."}
    assert stranger.submit(mine, words, press="Submit review, next").status == 200
    assert db.scalars(select(ReviewTally.reviews)).all() == [1]
    assert db.scalars(select(Assignment.state).order_by(Assignment.id)).all()[-1] == "done"
    db.rollback()
    listed = cleo.get(setting.path("chair/submissions/CODE/guests"))
    assert "has reviewed" in listed.text
    cleo.submit(listed, press="Take back Hal Helper")
    for rest in ("reviews/CODE/", "reviews/", "reviews/my-reviews.txt"):
        left = stranger.client.get(setting.path(rest))
        assert left.status_code == 404 or b"The talk" not in left.data, rest
    assert db.scalars(select(ReviewTally.reviews)).all() == [1], "what was submitted stays"


def test_what_is_taken_back_before_the_answer_has_no_link(
    setting: Setting, visitor_as: LogIn, stranger: Visitor, engine: Engine, db: Session
) -> None:
    rae = visitor_as(setting.rae)
    rae.submit(ask(rae, setting), press="Take back Hal Helper")
    page = stranger.get(last_mail(engine, "review_help").link)
    assert "settled" in page.text
    assert "The talk" not in page.text
    assert db.scalar(select(func.count(Account.id))) == 3


def end_place(db: Session, world: World, talk: Submission) -> None:
    who = world.people["reviewer"].id
    db.execute(
        delete(Assignment).where(Assignment.person_id == who, Assignment.submission_id == talk.id)
    )


def end_role(db: Session, world: World, talk: Submission) -> None:
    db.execute(delete(Role).where(Role.person_id == world.people["reviewer"].id))


def get_conflict(db: Session, world: World, talk: Submission) -> None:
    make_conflict(db, talk, world.people["reviewer"])


def helper_conflict(db: Session, world: World, talk: Submission) -> None:
    make_conflict(db, talk, world.people["helper"])


def switch_off(db: Session, world: World, talk: Submission) -> None:
    world.conference.delegation = "off"


def take_back(db: Session, world: World, talk: Submission) -> None:
    db.execute(update(Guest).where(Guest.submission_id == talk.id).values(state="withdrawn"))


def decide(db: Session, world: World, talk: Submission) -> None:
    talk.state, talk.announced = "accepted", NOW


@pytest.mark.parametrize(
    "event",
    [end_place, end_role, get_conflict, helper_conflict, switch_off, take_back, decide],
    ids=lambda event: event.__name__,
)
def test_help_ends_with_whatever_it_rests_on(
    db: Session, event: Callable[[Session, World, Submission], None]
) -> None:
    """By the rule for one submission and by the one for many, which must say the same."""
    world = make_world(db, reviewing="assigned")
    talk, helper = world.submissions[State.SUBMITTED], world.actor(db, "helper")

    def can_help() -> tuple[bool, bool]:
        db.flush()
        standing = standing_of(db, helper, world.conference, talk.code)
        assert standing is not None
        many = select(Submission.id).where(
            Submission.id == talk.id, may(helper, Action.HELP, world.conference)
        )
        return allowed(helper, Action.HELP, standing, NOW), db.scalar(many) is not None

    assert can_help() == (True, True)
    event(db, world, talk)
    assert can_help() == (False, False)
    if event is not helper_conflict:  # who may still see that it is theirs to say no to
        standing = standing_of(db, helper, world.conference, talk.code)
        known = select(Submission.id).where(predicate(helper, Fact.CONTENT, world.conference))
        assert standing is not None
        assert not sees(standing, Fact.CONTENT)
        assert talk.id not in db.scalars(known).all()


def test_a_place_of_somebody_once_a_reviewer_opens_nothing_to_the_guest(db: Session) -> None:
    """What was theirs by a role that is gone is not theirs again by being asked for one."""
    world = make_world(db, reviewing="assigned")
    once = make_submission(db, world.conference, [world.people["owner"]], track=world.track)
    make_assignment(db, once, world.people["guest"], state="accepted")
    make_guest(db, once, world.people["other_speaker"])
    actor = world.actor(db, "guest")
    standing = standing_of(db, actor, world.conference, once.code)
    assert standing is not None
    assert not sees(standing, Fact.CONTENT)
    known = select(Submission.id).where(predicate(actor, Fact.CONTENT, world.conference))
    assert once.id not in db.scalars(known).all()


def test_a_solve_leaves_a_guest_their_place(db: Session) -> None:
    """They have no role, and still what they have said yes to counts for the submission."""
    committee = make_committee(db, submissions=2, reviewers=3, each=2)
    talk, guest = committee.submissions[0], make_person(db)
    make_guest(db, talk, guest)
    chair = actor_for(db, committee.chair)
    assert (talk.id, guest.id) in read_facts(db, committee.conference, chair, Options()).kept
    db.execute(update(Guest).values(state="withdrawn"))
    assert (talk.id, guest.id) not in read_facts(db, committee.conference, chair, Options()).kept


def test_mails_of_guests_are_for_nobody_with_a_conflict(
    setting: Setting, visitor_as: LogIn, db: Session
) -> None:
    ask(visitor_as(setting.rae), setting)
    message = db.scalars(select(Message).where(Message.kind == "review_help")).one()
    assert (message.about_review, message.private) == (True, True)
    assert message.submission_id == setting.talk.id


def test_who_is_invited_finds_it_on_their_pages_while_the_link_works(
    setting: Setting, visitor_as: LogIn, engine: Engine, db: Session
) -> None:
    cleo, rae = visitor_as(setting.cleo), visitor_as(setting.rae)
    hal = make_person(db, "Hal", email=HELPER["address"])
    barred = make_person(db, "Bo Barred", email="bo@elsewhere.example")
    make_conflict(db, setting.talk, barred)
    db.commit()
    page = cleo.get(setting.path("chair/submissions/CODE/guests"))
    for address in (HELPER["address"], "bo@elsewhere.example"):
        page = cleo.submit(page, {**HELPER, "address": address}, having="address")
    guests = {one.address: one for one in db.scalars(select(Guest))}
    assert guests["bo@elsewhere.example"].held
    own, closed = (f"/account/reviewings/{guests[one].id}" for one in sorted(guests, reverse=True))
    db.rollback()
    mine = visitor_as(hal)
    listed = mine.get("/account/")
    assert "asks you for a review" in listed.text
    assert "The talk" not in listed.text
    nothing = visitor_as(barred)
    assert "asks you for a review" not in nothing.get("/account/").text
    for other in (nothing, rae):
        assert other.client.get(own).status_code == 404
    assert nothing.client.get(closed).status_code == 404
    done = mine.submit(mine.get(own), press="Yes, I will")
    assert done.path == setting.path("reviews/CODE/")
    assert "settled" in mine.get(last_mail(engine, "review_invitation").link).text
    assert mine.client.get(own).status_code == 404
    assert "asks you for a review" not in mine.get("/account/").text


@pytest.mark.parametrize("reviewing", ["assigned", "everyone"])
def test_a_guest_who_is_late_is_reminded_as_reviewers_are(
    visitor_as: LogIn, engine: Engine, db: Session, reviewing: str
) -> None:
    setting = Setting(db)
    setting.conference.reviewing = reviewing
    setting.conference.reviews_due = NOW - timedelta(days=1)
    hal = make_person(db, "Hal Outside")
    make_guest(db, setting.talk, hal)
    blind_chair = make_person(db, "Bea Blocked")
    give_role(db, setting.conference, blind_chair, "chair")
    make_conflict(db, setting.talk, blind_chair)
    db.commit()
    cleo, rest = visitor_as(setting.cleo), "chair/reviews/"
    assert "Hal Outside" in cleo.get(setting.path(f"{rest}reviewers")).text
    assert "Hal Outside" not in visitor_as(blind_chair).get(setting.path(f"{rest}reviewers")).text
    nudge = cleo.get(setting.path(f"{rest}nudge?person={hal.code}"))
    assert "1 review waits for you" in nudge.text
    cleo.submit(nudge, {"count": "1"}, having="count")
    assert last_mail(engine, "review_reminder").recipient == email_of(db, hal)
    assert cleo.get(setting.path(f"{rest}extensions/{hal.code}")).status == 200
    assert "Reminders of reviews" in visitor_as(hal).get("/account/mail").text
    make_review(db, setting.talk, hal)
    db.execute(update(Assignment).where(Assignment.person_id == hal.id).values(state="done"))
    db.commit()
    assert "1 review waits for you" not in cleo.get(nudge.path).text
