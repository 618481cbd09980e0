"""The review form: what it asks where, who reads the answers, and how it changes under reviews."""

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences import actions
from cfp.domain.conferences.actions import NewConference
from cfp.domain.conferences.models import Conference, Criterion, ReviewField, Track
from cfp.domain.conferences.queries import criteria_of, fields_of, tracks_of
from cfp.domain.decisions import announcements
from cfp.domain.decisions.calibrating_scopes import load_scopes
from cfp.domain.decisions.letters import Letter
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.mail.models import Message
from cfp.domain.persons.erasure import erase
from cfp.domain.persons.exporting import own_data
from cfp.domain.persons.merging import merge
from cfp.domain.reviews.answers import answers_for_speakers, answers_of
from cfp.domain.reviews.models import (
    Review,
    ReviewAnswer,
    ReviewExtension,
    ReviewRevision,
    ReviewTally,
    Score,
)
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.links import Links
from cfp.phases import Phase, stored
from cfp.policy import standing_of
from tests.factories import (
    NOW,
    answer,
    give_role,
    make_conference,
    make_field,
    make_person,
    make_review,
    make_submission,
    make_track,
)
from tests.support.cast import CAST, make_world
from tests.support.setting import make_chair, open_conference, raw_post
from tests.support.visitor import Page, Visitor

LogIn = Callable[[Person], Visitor]
FORM = "/netconf/chair/settings/review-form/"


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def chair(visitor_as: LogIn, db: Session, conference: Conference) -> Visitor:
    return visitor_as(make_chair(db, conference))


@pytest.fixture
def reviewer(db: Session, conference: Conference) -> Person:
    person = make_person(db, "Rae Reviewer")
    give_role(db, conference, person, "reviewer")
    return person


@pytest.fixture
def talk(db: Session, conference: Conference) -> Submission:
    return make_submission(db, conference, [make_person(db)], title="Flows")


def save(visitor: Visitor, path: str, **values: object) -> Page:
    return visitor.submit(visitor.get(FORM + path), values, press="Save")  # type: ignore[arg-type]


def totals(db: Session) -> list[float | None]:
    db.expire_all()
    return list(db.scalars(select(Review.total).order_by(Review.id)))


# The form under reviews -----------------------------------------------------------------------


def test_a_question_that_changes_under_reviews_tells_and_loses_none(
    chair: Visitor, db: Session, conference: Conference, talk: Submission
) -> None:
    other = make_track(db, conference, "Storage")
    elsewhere = make_submission(db, conference, [make_person(db)], track=other)
    second = Criterion(conference_id=conference.id, name="Novelty", low=1, high=5, position=1)
    db.add(second)
    db.flush()
    for submission in (talk, elsewhere):
        review = make_review(db, submission, make_person(db), 5)
        db.add(Score(review_id=review.id, criterion_id=second.id, value=1))
    make_review(db, talk, make_person(db), 1, state="draft")
    number, track = second.id, other.id
    db.commit()
    page = chair.get(f"{FORM}{number}")
    assert "2 reviews answer this" in page.text
    page = save(chair, str(number), weight="3")
    assert "2 reviews have answered it" in page.text
    assert "The totals of 2 reviews were computed again." in page.text
    assert totals(db) == [2.0, 2.0, 1.0]
    save(chair, str(number), tracks=[str(track)])
    assert totals(db) == [5.0, 2.0, 1.0]
    save(chair, str(number), counts=False)
    assert totals(db) == [5.0, 5.0, 1.0]
    assert list(db.scalars(select(ReviewTally.total))) == [5.0, 5.0]
    page = save(chair, str(number), counts=True)
    page = chair.submit(page, to=f"{FORM}{number}/archive")
    assert "Asked no more. 2 reviews have answered it and keep their answers." in page.text
    assert totals(db) == [5.0, 5.0, 1.0]
    page = chair.submit(page, to=f"{FORM}{number}/archive")
    assert totals(db) == [5.0, 2.0, 1.0]
    assert db.query(Score).filter_by(criterion_id=number).count() == 2
    page = save(chair, str(number), help="Only words.")
    assert "computed again" not in page.text


def test_a_chair_counts_only_reviews_they_may_read(visitor_as: LogIn, db: Session) -> None:
    world = make_world(db)
    make_review(db, world.submissions[State.SUBMITTED], make_person(db))
    number = db.scalars(select(Criterion.id)).first()
    path = f"/{world.conference.slug}/chair/settings/review-form/{number}"
    db.commit()
    assert "1 review answers" in visitor_as(world.people["chair"]).get(path).text
    blocked = visitor_as(world.people["conflicted_chair"]).get(path)
    assert "1 review" not in blocked.text


def test_a_field_is_never_read_by_more_people_than_it_was_answered_for(
    chair: Visitor, db: Session, conference: Conference, talk: Submission
) -> None:
    field = make_field(db, conference, "reviewers")
    number = field.id
    answer(db, make_review(db, talk, make_person(db)), field, "Candid.")
    db.commit()
    page = chair.get(f"{FORM}fields/{number}")
    assert "1 review answers this" in page.text
    for change, said in (
        ({"audience": "speakers"}, "answered for fewer people"),
        ({"kind": "choice", "options": "Yes\nNo"}, "become each other"),
    ):
        refused = raw_post(chair, f"{FORM}fields/{number}", change, having="audience")
        assert (refused.status, said in refused.text) == (422, True)
    page = save(chair, f"fields/{number}", audience="chairs")
    assert "1 review has answered it and keeps its answer" in page.text
    page = chair.submit(page, to=f"{FORM}fields/{number}/archive")
    assert "Asked no more. 1 review has answered it" in page.text
    assert db.scalars(select(ReviewAnswer.text)).all() == ["Candid."]
    page = chair.submit(page, to=f"{FORM}fields/{number}/archive")
    db.expire_all()
    assert not db.get_one(ReviewField, number).archived


def test_fields_are_added_and_moved(chair: Visitor, db: Session, conference: Conference) -> None:
    page = save(chair, "fields/new", name="Fit", kind="choice", options="Yes\nNo\n", required=True)
    page = save(chair, "fields/new", name="Hint", audience="speakers")
    assert "one of 2 answers" in page.text
    first, second = fields_of(db, conference)
    assert (first.options, first.required, second.audience) == (["Yes", "No"], True, "speakers")
    chair.submit(page, to=f"{FORM}fields/{second.id}/up")
    db.expire_all()
    assert [one.name for one in fields_of(db, conference)] == ["Hint", "Fit"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "Give the question a name"),
        ({"name": "x" * 121}, "longer than 120"),
        ({"kind": "essay"}, "Not a valid choice"),
        ({"audience": "everybody"}, "Not a valid choice"),
        ({"kind": "choice", "options": "Yes"}, "at least two different answers"),
        ({"options": "Yes\nNo"}, "no answers to choose from"),
        ({"types": ["999"]}, "is not a valid choice"),
        ({"tracks": ["999"]}, "is not a valid choice"),
        ({"phases": ["none"]}, "is not a valid choice"),
        ({"types": ["one"]}, "could not be coerced"),
    ],
)
def test_a_field_that_cannot_be_is_refused_with_its_reason(
    chair: Visitor, db: Session, conference: Conference, values: dict[str, object], said: str
) -> None:
    make_track(db, conference, "Storage")
    db.commit()
    typed = {"name": "Fit", "help": "Typed and kept", **values}
    page = raw_post(chair, FORM + "fields/new", typed, having="audience")
    assert (page.status, said in page.text) == (422, True), page.text
    assert "Typed and kept" in page.html
    assert db.query(ReviewField).count() == 0


def test_another_conference_s_field_is_not_there(
    chair: Visitor, db: Session, conference: Conference
) -> None:
    number = make_field(db, make_conference(db)).id
    db.commit()
    for path in (f"{FORM}fields/{number}", f"{FORM}fields/{2**40}"):
        assert chair.get(path).status == 404


def test_a_track_that_part_of_the_form_is_limited_to_is_archived_not_deleted(
    db: Session, conference: Conference
) -> None:
    track = make_track(db, conference, "Storage")
    make_field(db, conference, tracks=[track.id])
    keep = [one for one in tracks_of(db, conference) if one is not track]
    rows = [actions.ListRow(one.id, one.name) for one in keep]
    actions.set_tracks(db, SYSTEM, conference, rows=rows, now=NOW)
    assert db.get_one(Track, track.id).archived


# Answering it ---------------------------------------------------------------------------------


def test_only_what_is_asked_is_shown_and_everything_answered_is_kept(
    visitor_as: LogIn, db: Session, conference: Conference, talk: Submission, reviewer: Person
) -> None:
    other = make_track(db, conference, "Storage")
    here = make_field(db, conference, name="Here?", tracks=[talk.track_id])
    there = make_field(db, conference, name="There?", tracks=[other.id])
    later = make_field(db, conference, name="Later?", phases=["later"])
    several = make_field(
        db, conference, "chairs", name="For whom?", kind="choices", options=["All", "Few"]
    )
    beside = Criterion(
        conference_id=conference.id, name="Fun", counts=False, required=False, position=1,
        types=[talk.type_id],
    )  # fmt: skip
    hidden = Criterion(conference_id=conference.id, name="Rigor", position=2, tracks=[other.id])
    db.add_all([beside, hidden])
    db.flush()
    overall = criteria_of(db, conference)[0].id
    ids = {"here": here.id, "there": there.id, "later": later.id, "several": several.id}
    fun, rigor, code = beside.id, hidden.id, talk.code
    db.commit()
    visitor, path = visitor_as(reviewer), f"/netconf/reviews/{code}/"
    page = visitor.get(path)
    names = page.form("committee_text").names
    assert {f"field_{ids['here']}", f"field_{ids['several']}", f"score_{fun}"} <= names
    for name in (f"field_{ids['there']}", f"field_{ids['later']}", f"score_{rigor}"):
        assert name not in names
    assert "no part of it" in page.text
    sent = {
        f"score_{overall}": "4", f"score_{fun}": "1", f"field_{ids['here']}": "Yes, here.",
        f"field_{ids['several']}": ["All", "Few"],
    }  # fmt: skip
    visitor.submit(page, sent, having="committee_text", press="Submit review, next")
    review = db.query(Review).one()
    assert review.total == 4.0
    said = dict(db.execute(select(ReviewAnswer.field_id, ReviewAnswer.text)).all())
    assert said == {ids["here"]: "Yes, here.", ids["several"]: "All\nFew"}
    db.get_one(ReviewField, ids["several"]).options = ["All", "Some"]
    db.get_one(ReviewField, ids["here"]).archived = True
    db.get_one(Criterion, fun).archived = True
    db.commit()
    page = visitor.get(path)
    assert "Few (no longer offered)" in page.text
    changed = {f"score_{overall}": "2", f"field_{ids['several']}": ["Few", "Some"]}
    save_it = "Save changes for Reviewers and chairs"
    visitor.submit(page, changed, having="committee_text", press=save_it)
    db.expire_all()
    said = dict(db.execute(select(ReviewAnswer.field_id, ReviewAnswer.text)).all())
    assert said == {ids["here"]: "Yes, here.", ids["several"]: "Few\nSome"}
    assert sorted(db.scalars(select(Score.value))) == [1, 2]
    kept = db.query(ReviewRevision).one().content
    assert kept["answers"] == {str(ids["here"]): "Yes, here.", str(ids["several"]): "All\nFew"}


def test_what_is_needed_is_marked_and_what_is_not_can_be_taken_back(
    visitor_as: LogIn, db: Session, conference: Conference, talk: Submission, reviewer: Person
) -> None:
    conference.asks_ai_statement = True
    fun = Criterion(conference_id=conference.id, name="Fun", required=False, position=1)
    db.add(fun)
    why = make_field(db, conference, name="Why?", required=True)
    make_field(db, conference, name="And else?")
    overall, path = criteria_of(db, conference)[0].id, f"/netconf/reviews/{talk.code}/"
    names, given = (f"score_{overall}", f"score_{fun.id}", f"field_{why.id}"), select(Score.value)
    db.commit()
    visitor = visitor_as(reviewer)
    page = visitor.get(path)
    for asked in ("Overall", "Why?", "no AI tool."):
        assert f"{asked} required" in page.text
    assert "Fun required" not in page.text
    assert "And else? required" not in page.text
    sent = {names[0]: "4", names[1]: "1", names[2]: "So.", "ai_statement": "y"}
    visitor.submit(page, sent, having="committee_text", press="Submit review, next")
    assert sorted(db.scalars(given)) == [1, 4]
    db.rollback()
    visitor.submit(visitor.get(path), {names[1]: ""}, having="committee_text")
    assert db.scalars(given).all() == [4]
    assert db.scalars(select(Review.total)).all() == [4.0]


def test_all_that_is_missing_is_said_at_once(
    visitor_as: LogIn, db: Session, conference: Conference, talk: Submission, reviewer: Person
) -> None:
    conference.asks_ai_statement = True
    db.add(Criterion(conference_id=conference.id, name="Novelty", low=1, high=5, position=1))
    make_field(db, conference, name="Why?", required=True)
    make_field(db, conference, name="And else?")
    path = f"/netconf/reviews/{talk.code}/"
    db.commit()
    visitor = visitor_as(reviewer)
    page = visitor.get(path)
    page = visitor.submit(page, {}, having="committee_text", press="Submit review, next")
    assert page.status == 422
    for said in (
        "Please give a score for “Overall”.",
        "Please give a score for “Novelty”.",
        "Please answer “Why?”.",
        "Please check this, or ask the chairs.",
    ):
        assert said in page.text
    assert "Please answer “And else?”." not in page.text


def test_bad_answers_are_refused_and_nothing_typed_is_lost(
    visitor_as: LogIn, db: Session, conference: Conference, talk: Submission, reviewer: Person
) -> None:
    text = make_field(db, conference, name="Why?", required=True)
    choice = make_field(db, conference, name="Fit?", kind="choice", options=["Yes", "No"])
    overall, path = criteria_of(db, conference)[0].id, f"/netconf/reviews/{talk.code}/"
    names = {"text": f"field_{text.id}", "choice": f"field_{choice.id}"}
    db.commit()
    visitor = visitor_as(reviewer)
    sent: dict[str, object] = {f"score_{overall}": "3", "committee_text": "Typed", "submit": "1"}
    for values, said in (
        ({names["text"]: ""}, "Please answer “Why?”."),
        ({names["text"]: "So", names["choice"]: "Perhaps"}, "This is not one of the answers."),
        ({names["text"]: "x" * 20_001}, "longer than 20000"),
        ({names["text"]: "a\x00b"}, "can't be stored"),
    ):
        page = raw_post(visitor, path, {**sent, **values}, having="committee_text")
        assert (page.status, said in page.text, "Typed" in page.html) == (422, True, True), said
    assert db.query(Review).count() == 0
    draft = {"committee_text": "Typed", "draft": "1"}
    assert raw_post(visitor, path, draft, having="committee_text").status == 303
    stale = raw_post(visitor, path, {**draft, "revision": "0", names["text"]: "Mine"},
                     having="committee_text")  # fmt: skip
    assert (stale.status, "Mine" in stale.text) == (409, False)
    review = db.query(Review).one()
    answer(db, review, db.get_one(ReviewField, text.id), "Theirs")
    db.commit()
    stale = raw_post(visitor, path, {**draft, "revision": "0", names["text"]: "Mine"},
                     having="committee_text")  # fmt: skip
    assert (stale.status, "Mine" in stale.text, "Theirs" in stale.text) == (409, True, True)


def test_a_score_is_read_with_its_words_or_its_scale(
    visitor_as: LogIn, db: Session, conference: Conference, talk: Submission, reviewer: Person
) -> None:
    conference.others_reviews = "always"
    novelty = Criterion(conference_id=conference.id, name="Novelty", low=0, high=10, position=1)
    db.add(novelty)
    review = make_review(db, talk, make_person(db), 2)
    db.flush()
    db.add(Score(review_id=review.id, criterion_id=novelty.id, value=7))
    db.commit()
    page = visitor_as(reviewer).get(f"/netconf/reviews/{talk.code}/")
    assert "Overall2 weak" in page.text
    assert "Novelty7 of 10" in page.text


# Who reads it ---------------------------------------------------------------------------------

READERS = {
    "reviewers": {"reviewer", "guest", "track_chair", "chair"},
    "chairs": {"track_chair", "chair"},
    "speakers": {"reviewer", "guest", "track_chair", "chair"},
}


@pytest.mark.parametrize("others", ["never", "always"])
@pytest.mark.parametrize("sends", [False, True])
def test_each_answer_is_read_by_its_audience_and_nobody_else(
    db: Session, sends: bool, others: str
) -> None:
    world = make_world(db, others_reviews=others, sends_speaker_text=sends)
    fields = {name: make_field(db, world.conference, name) for name in READERS}
    gone = make_field(db, world.conference, "speakers", archived=True)
    for submission in world.submissions.values():
        review = make_review(db, submission, make_person(db))
        for name, field in fields.items():
            answer(db, review, field, name)
        answer(db, review, gone, "gone")
    for name in CAST:
        for state, submission in world.submissions.items():
            standing = standing_of(db, world.actor(db, name), world.conference, submission.code)
            assert standing is not None
            ids = db.scalars(select(Review.id).where(Review.submission_id == submission.id)).all()
            found = answers_of(db, standing, ids).values()
            read = {one.text for answers in found for one in answers} - {"gone"}
            expected = {
                audience
                for audience, readers in READERS.items()
                if name in readers and state is not State.DRAFT
                and (name not in {"reviewer", "guest"} or others == "always")
            }  # fmt: skip
            assert read == expected, (name, state)
            sent = answers_for_speakers(db, standing)
            told = [answer.text for one in sent for answer in one.answers]
            announced = state not in {State.DRAFT, State.SUBMITTED, State.WITHDRAWN}
            if name in {"owner", "co_speaker"}:
                assert told == (["speakers"] if sends and announced else []), (name, state)
            assert set(told) <= {"speakers"}


def test_speakers_read_it_on_their_page_once_it_is_sent(visitor_as: LogIn, db: Session) -> None:
    world = make_world(db, sends_speaker_text=True)
    talk = world.submissions[State.REJECTED]
    review = make_review(db, talk, make_person(db, "Hidden Reviewer"), speaker_text="Thank you.")
    for audience in READERS:
        field = make_field(db, world.conference, audience, name=f"To {audience}?")
        answer(db, review, field, f"for-{audience}")
    silent = make_review(db, talk, make_person(db))
    answer(db, silent, make_field(db, world.conference, "chairs"), "for-chairs-alone")
    path = f"/{world.conference.slug}/submissions/{talk.code}/"
    db.commit()
    page = visitor_as(world.people["owner"]).get(path)
    for said in ("Thank you.", "To speakers?", "for-speakers"):
        assert said in page.text
    for secret in ("for-reviewers", "for-chairs", "Hidden Reviewer", "To chairs?", "Reviewer 2"):
        assert secret not in page.text
    world.conference.sends_speaker_text = False
    db.commit()
    assert "for-speakers" not in visitor_as(world.people["owner"]).get(path).text


def test_chairs_read_all_answers_on_the_page_and_in_the_table(
    visitor_as: LogIn, db: Session
) -> None:
    world = make_world(db)
    talk = world.submissions[State.SUBMITTED]
    review = make_review(db, talk, make_person(db))
    kept = make_field(db, world.conference, "chairs", name="Old one?", archived=True)
    asked = make_field(db, world.conference, "speakers", name="=Sum?")
    make_field(db, world.conference, name="Unanswered?")
    make_field(db, world.conference, name="Never asked?", archived=True)
    for field in (kept, asked):
        answer(db, review, field, f"said to {field.audience}")
    slug, code = world.conference.slug, talk.code
    db.commit()
    chair = visitor_as(world.people["chair"])
    page = chair.get(f"/{slug}/chair/submissions/{code}/")
    for said in ("Old one?", "asked no more", "said to chairs", "said to speakers"):
        assert said in page.text
    text = chair.get(f"/{slug}/chair/reviews.csv").response.text.lstrip("\ufeff")
    header, row = list(csv.reader(io.StringIO(text)))
    assert header[-3:] == ["'=Sum?", "Unanswered?", "Old one? (archived)"]
    assert row[-3:] == ["said to speakers", "", "said to chairs"]
    blocked = visitor_as(world.people["conflicted_chair"]).get(f"/{slug}/chair/reviews.csv")
    assert "said to" not in blocked.response.text


# Other years, and persons ---------------------------------------------------------------------


def test_next_year_takes_the_form_over_with_its_limits(
    db: Session, conference: Conference
) -> None:
    track, gone = make_track(db, conference, "Storage"), make_track(db, conference, "Gone")
    phases = [Phase("k1", "Reviews", NOW, None, others="never")]
    conference.phases = stored(phases)
    make_field(db, conference, name="Storage?", tracks=[track.id, gone.id], phases=["k1"])
    make_field(db, conference, name="Gone?", tracks=[gone.id])
    make_field(db, conference, name="Archived?", archived=True)
    gone.archived = True
    overall = criteria_of(db, conference)[0]
    overall.counts = False
    new = NewConference(
        "Next", "next", conference.start_date, conference.end_date, "", "UTC", conference.deadline,
        "UTC", "chairs@example.org",
    )  # fmt: skip
    copy = actions.clone(db, SYSTEM, conference, new=new, now=NOW)
    (field,) = fields_of(db, copy)
    there = {one.name: one.id for one in tracks_of(db, copy)}
    assert (field.name, field.tracks, field.phases) == ("Storage?", [there["Storage"]], ["k1"])
    assert [(one.name, one.counts) for one in criteria_of(db, copy)] == [("Overall", False)]
    (phase,) = copy.phases
    assert (phase["name"], phase["starts"], phase["others"]) == ("Reviews", None, "never")


def test_a_person_s_answers_are_exported_merged_and_outlive_them(db: Session) -> None:
    world = make_world(db)
    person, other = world.people["reviewer"], make_person(db)
    talk = world.submissions[State.SUBMITTED]
    field = make_field(db, world.conference, name="Why?")
    answer(db, make_review(db, talk, person), field, "Because.")
    draft = make_review(db, world.submissions[State.CONFIRMED], person, state="draft")
    answer(db, draft, field, "x")
    more = {"conference_id": world.conference.id, "until": NOW, "created": NOW}
    for one in (person, other):
        db.add(ReviewExtension(person_id=one.id, reason="Told to chairs", **more))
    db.flush()
    actor = world.actor(db, "reviewer")
    data = own_data(db, actor, now=NOW)
    assert {"Because.", "x"} == {one["text"] for one in data["answers"]}
    assert data["answers"][0]["question"] == "Why?"
    assert data["roles"][0]["time_to_review_until"] == NOW.isoformat()
    assert "Told to chairs" not in str(data)
    merge(db, actor, into_id=other.id, other_id=person.id, now=NOW)
    assert db.scalars(select(ReviewExtension.person_id)).all() == [other.id]
    erase(db, actor, person_id=other.id, now=NOW)
    assert db.scalars(select(ReviewAnswer.text)).all() == ["Because."]
    assert db.query(ReviewExtension).count() == 0


def test_a_decision_s_mail_quotes_reviews_only_where_the_conference_says_so_twice(
    visitor_as: LogIn, db: Session
) -> None:
    world = make_world(db, sends_speaker_text=True)
    talk, chair = world.submissions[State.SUBMITTED], world.actor(db, "chair")
    review = make_review(db, talk, make_person(db, "Hidden Reviewer"), speaker_text="Thank you.")
    for audience in READERS:
        field = make_field(db, world.conference, audience, name=f"To {audience}?")
        answer(db, review, field, f"for-{audience}")
    pending = {"submission_id": talk.id, "type_id": talk.type_id, "outcome": "accept", "at": NOW}
    db.add(PendingDecision(conference_id=world.conference.id, **pending))
    db.flush()

    def mail(**body: str) -> Letter:
        if body:
            actions.change_mail(
                db, chair, world.conference, kind="accepted", subject="Accepted", **body,
                placeholders=["name", "reviews"], now=NOW,
            )  # fmt: skip
        plan = announcements.plan(db, chair, world.conference, links=Links("http://localhost"))
        return plan.letters[0]

    assert "for-speakers" not in mail().text.body
    own = "Hello {name},\n\n{reviews}\n\nBye."
    quoted = mail(body=own)
    assert "Reviewer 1:\n\nThank you.\n\nTo speakers?\nfor-speakers" in quoted.text.body
    for secret in ("for-reviewers", "for-chairs", "Hidden"):
        assert secret not in quoted.text.body
    announcements.announce(db, chair, world.conference, links=Links("http://localhost"), now=NOW)
    message = db.scalars(select(Message).where(Message.kind == "accepted")).first()
    assert message is not None
    assert "for-speakers" in message.body
    path = f"/{world.conference.slug}/chair/messages/{message.id}"
    db.commit()
    assert "for-speakers" in visitor_as(world.people["chair"]).get(path).text
    assert visitor_as(world.people["conflicted_chair"]).get(path).status == 404


def test_what_is_not_sent_is_not_in_the_mail(db: Session) -> None:
    world = make_world(db)
    talk, chair = world.submissions[State.SUBMITTED], world.actor(db, "chair")
    review = make_review(db, talk, make_person(db), speaker_text="Thank you.")
    answer(db, review, make_field(db, world.conference, "speakers"), "for-speakers")
    pending = {"submission_id": talk.id, "type_id": talk.type_id, "outcome": "accept", "at": NOW}
    db.add(PendingDecision(conference_id=world.conference.id, **pending))
    actions.change_mail(
        db, chair, world.conference, kind="accepted", subject="Accepted", body="So: {reviews}!",
        placeholders=["reviews"], now=NOW,
    )  # fmt: skip
    plan = announcements.plan(db, chair, world.conference, links=Links("http://localhost"))
    assert {one.text.body for one in plan.letters} == {"So: !\n"}
    assert not any(one.about_review for one in plan.letters)


def test_a_mail_about_several_decisions_quotes_each_talk_s_reviews_under_its_title(
    visitor_as: LogIn, db: Session
) -> None:
    conference = open_conference(db, sends_speaker_text=True)
    chair, speaker = make_chair(db, conference), make_person(db, "Ada Example")
    for title in ("First", "Silent", "Second"):
        talk = make_submission(db, conference, [speaker], title=title)
        if title != "Silent":
            for number in (1, 2):
                make_review(db, talk, make_person(db), speaker_text=f"{title} remark {number}.")
        pending = {"submission_id": talk.id, "type_id": talk.type_id, "outcome": "reject"}
        db.add(PendingDecision(conference_id=conference.id, at=NOW, **pending))
    visitor = visitor_as(chair)
    page = visitor.get("/netconf/chair/settings/mails/several")
    body = "{outcomes}\n\n--\n{reviews}\n--"
    assert "Saved" in visitor.submit(page, {"subject": "Decided", "body": body}).text
    actor = actor_of_person(db, chair.id)
    plan = announcements.plan(db, actor, conference, links=Links("http://localhost"))
    (letter,) = plan.letters
    assert letter.about_review
    parts = letter.text.body.split("--\n")[1].split("What reviewers say about ")[1:]
    assert sorted(part.split('"')[1] for part in parts) == ["First", "Second"]
    for part in parts:
        title = part.split('"')[1]
        assert [f"{title} remark {n}." in part for n in (1, 2)] == [True, True]
        assert part.count("remark") == 2


def test_what_confidence_weighs_is_the_conference_s_own(visitor_as: LogIn, db: Session) -> None:
    conference = open_conference(db, asks_confidence=True)
    talk = make_submission(db, conference, [make_person(db)], title="Weighed")
    for value, confidence in ((5, 1), (1, 5)):
        make_review(db, talk, make_person(db), value=value, confidence=confidence)
    visitor = visitor_as(make_chair(db, conference))
    page = visitor.get("/netconf/chair/settings/review-form/confidence")
    assert "usually 0.5; 1 review" in page.text
    refused = raw_post(visitor, page.path, {"level_2": "0"}, having="level_2")
    assert (refused.status, "from 0.1 to 10" in refused.text) == (422, True)
    done = visitor.submit(page, {"level_1": "3", "level_5": "1"})
    assert "out of date" in done.text
    db.expire_all()
    (scope,) = load_scopes(db, conference)
    assert {one.score: one.weight for one in scope.reviews} == {5.0: 3.0, 1.0: 1.0}
    usual = {f"level_{n}": str(w) for n, w in enumerate((0.5, 0.75, 1, 1.25, 1.5), start=1)}
    visitor.submit(visitor.get(page.path), usual)
    db.expire_all()
    assert conference.confidence_weights == []
