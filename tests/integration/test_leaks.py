"""Unique strings in every secret; every page, export and mail of every role; none may show.

The table says who may read what, from the specification's words. Everybody is crawled along all
links they are shown and all addresses there are, guessed ones too, and asks every list for the
secret itself.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.domain.accounts.models import Email
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.assignment.models import Assignment, Collaborator, Conflict, ReviewerDocument
from cfp.domain.conferences.models import SavedView
from cfp.domain.conferences.rules import AUDIENCES
from cfp.domain.decisions import selecting_wishes
from cfp.domain.decisions.calibrating_rules import PAIRS
from cfp.domain.decisions.models import (
    CalibratedReviewer,
    CalibratedSubmission,
    Calibration,
    ConfirmAnswer,
    Confirmation,
    PendingDecision,
)
from cfp.domain.mail.models import Message
from cfp.domain.program import blocks, drafts, versions
from cfp.domain.program.models import Placement
from cfp.domain.reviews.content import Content
from cfp.domain.reviews.models import Comment, Guest, Response, ReviewExtension, Summary
from cfp.domain.submissions.models import Redaction, Speaker, SubmissionTag, Tag
from cfp.domain.submissions.states import State
from cfp.formats.writers import WRITERS
from tests.factories import (
    NOW,
    answer,
    make_comparison,
    make_conference,
    make_conflict,
    make_field,
    make_guest,
    make_login,
    make_person,
    make_question,
    make_review,
    make_submission,
)
from tests.support.calibrating import calibrate, score_pairs
from tests.support.cast import CAST, World, make_world
from tests.support.crawl import PACKED, Crawl, filled, get_rules
from tests.support.reviewing import keep_standby
from tests.support.selecting import make_scenario

SPEAKERS = {"owner", "co_speaker"}
DECIDERS = {"chair", "track_chair"}
CHAIRS = {"chair", "conflicted_chair"}

SECRETS: Mapping[str, set[str]] = {
    "zqreviewername": {
        *("reviewer", "helper", *CHAIRS, "track_chair", "other_track_chair", "administrator"),
    },
    "zqreviewtext": {"reviewer", *DECIDERS},
    "zqchairtext": {"reviewer", *DECIDERS},
    "zqspeakertext": {"reviewer", *DECIDERS},
    "zqanswerreviewers": {"reviewer", *DECIDERS},
    "zqanswerchairs": {"reviewer", *DECIDERS},
    "zqanswerspeakers": {"reviewer", *DECIDERS},
    "zqmoretime": CHAIRS,
    "zqcomment": {"reviewer", *DECIDERS},
    "zqchaircomment": DECIDERS,
    "zqpendingnote": DECIDERS,
    "zqplannedsession": DECIDERS,
    "zqscenario": {"chair"},
    "zqdraft": SPEAKERS,
    "zqnote": {*SPEAKERS, *CHAIRS, "track_chair"},
    "zqaddress": {*SPEAKERS, *CHAIRS, "track_chair", "administrator"},
    "zqconflict": {"blocked_reviewer", "conflicted_chair", "chair"},
    "zqbyspeaker": {*SPEAKERS, *CHAIRS, "blocked_reviewer"},
    "zqlistedbyme": {"reviewer"},
    "zqlistedforit": SPEAKERS,
    "zqdecline": {"blocked_reviewer", *DECIDERS},
    "zqothermail": {*CHAIRS},
    "zqreviewmail": {"chair"},
    "zqdocument": {"reviewer"},
    "zqelsewhere": {"reviewer"},
    "8347.6": DECIDERS,
    "9218.4": DECIDERS,
    "7152.3": DECIDERS,
    "zqchairtag": DECIDERS,
    "zqreviewtag": {"reviewer", "guest", *DECIDERS},
    "zqownview": {"chair"},
    "zqsharedview": {*CHAIRS, "track_chair", "other_track_chair"},
    "zqabstention": {*DECIDERS, "blocked_reviewer"},
    "zqunsubmitted": {"blocked_reviewer"},
    "zqsummarydraft": DECIDERS,
    "zqguestaddress": {"reviewer", "helper", *DECIDERS},
    "zqhelpdraft": {"helper"},
    "zqhelphanded": {"reviewer"},
    "zqconfirmanswer": {*SPEAKERS, *CHAIRS, "track_chair"},
    "zqresponse": {*SPEAKERS, "reviewer", *DECIDERS},
}
"""Each secret and everybody who may read it; the reviewer who wrote a text reads their own."""

HIDDEN: Mapping[str, set[str]] = {
    "zqoriginal": {*SPEAKERS, *CHAIRS, "track_chair", "reader"},
}
"""The same where names are hidden: what chairs have redacted."""


def plant(db: Session, world: World) -> None:
    """Put each secret where its kind lives."""
    undecided = world.submissions[State.SUBMITTED]
    world.people["reviewer"].name = "Zqreviewername Person"
    undecided.note = "zqnote"
    draft = world.submissions[State.DRAFT]
    draft.title, draft.abstract, draft.search_text = "zqdraft", "zqdraft text", "zqdraft"
    fields = {audience: make_field(db, world.conference, audience) for audience in AUDIENCES}
    db.add(
        ReviewExtension(
            conference_id=world.conference.id,
            person_id=world.people["reviewer"].id,
            until=clock.now(),
            reason="zqmoretime",
            created=NOW,
        )
    )
    for state in (State.SUBMITTED, State.CONFIRMED):
        submission = world.submissions[state]
        review = make_review(
            db,
            submission,
            world.people["reviewer"],
            committee_text="zqreviewtext",
            chair_text="zqchairtext",
            speaker_text="zqspeakertext",
        )
        for audience, field in fields.items():
            answer(db, review, field, f"zqanswer{audience}")
        for audience, text in (("reviewers", "zqcomment"), ("chairs", "zqchaircomment")):
            writer = "reviewer" if audience == "reviewers" else "track_chair"
            db.add(
                Comment(
                    conference_id=world.conference.id,
                    submission_id=submission.id,
                    person_id=world.people[writer].id,
                    pseudonym="P1",
                    audience=audience,
                    text=text,
                    created=NOW,
                )
            )
        db.add(
            PendingDecision(
                conference_id=world.conference.id,
                submission_id=submission.id,
                outcome="reject",
                type_id=submission.type_id,
                minutes=25,
                note="zqpendingnote",
                at=NOW,
            )
        )
    plant_help(db, world)
    confirm_in_secret(db, world)
    plant_figures(db, world)
    plan_in_secret(db, world)
    find_in_secret(db, world)
    plant_what_is_not_said(db, world)
    world.conference.reviews_due = NOW
    keep_standby(db, world.conference, world.people["reviewer"])
    write_elsewhere(db, world)
    for speaker in db.scalars(select(Speaker).where(Speaker.submission_id == undecided.id)):
        speaker.address = f"zqaddress{speaker.position}@example.org"
        speaker.address_key = speaker.address
    email = db.scalars(
        select(Email).where(Email.person_id == world.people["owner"].id)
    ).one()
    email.address = email.key = "zqaddress@example.org"
    for conflict in db.scalars(select(Conflict)):
        conflict.reason = "zqconflict"
    plant_what_is_said_of_people(db, world)
    plant_tags(db, world)
    db.add(
        Assignment(
            conference_id=world.conference.id,
            round_id=db.scalars(select(Assignment.round_id)).first(),
            submission_id=undecided.id,
            person_id=world.people["blocked_reviewer"].id,
            state="declined",
            reason="zqdecline",
            created=NOW,
            changed=NOW,
        )
    )
    for body, about_review in (("zqothermail", False), ("zqreviewmail", True)):
        db.add(
            Message(
                conference_id=world.conference.id,
                submission_id=undecided.id,
                kind="free",
                object_key=body,
                recipient="somebody@example.org",
                subject=f"About {body}",
                body=body,
                about_review=about_review,
                message_id=f"<{body}@example.org>",
                state="refused",
                due=NOW,
                created=NOW,
            )
        )


def plant_help(db: Session, world: World) -> None:
    """What somebody writes for the reviewer, and what somebody else has handed to them."""
    undecided = world.submissions[State.SUBMITTED]
    on_it = (Guest.submission_id == undecided.id, Guest.for_id.is_not(None))
    writes = db.scalars(select(Guest).where(*on_it)).one()
    writes.draft = Content(committee_text="zqhelpdraft").as_json()
    writes.address = "zqguestaddress@example.org"
    handed = Content(committee_text="zqhelphanded").as_json()
    reviewer = world.people["reviewer"]
    make_guest(
        db, undecided, make_person(db), for_whom=reviewer, state="handed", draft=handed
    )


def confirm_in_secret(db: Session, world: World) -> None:
    """What the speakers of the confirmed talk have answered to a question of the conference's."""
    talk = world.submissions[State.CONFIRMED]
    question = make_question(db, world.conference)
    db.add(Confirmation(conference_id=world.conference.id, submission_id=talk.id, at=NOW))
    here = {"submission_id": talk.id, "question_id": question.id}
    db.add(ConfirmAnswer(text="zqconfirmanswer", **here))


def plant_figures(db: Session, world: World) -> None:
    """A calibrated score, and how lenient the reviewer is, of reviews in the one track."""
    world.conference.adjusts_scores = True
    calibrate(db, world.conference)
    db.execute(update(CalibratedSubmission).values(score=8347.6))
    db.execute(update(CalibratedReviewer).values(leniency=9218.4))
    world.conference.compares_pairs = True
    known = [world.submissions[state] for state in (State.SUBMITTED, State.CONFIRMED)]
    make_comparison(db, world.people["reviewer"], known)
    score_pairs(db, world.conference)
    pairs = select(Calibration.id).where(Calibration.source == PAIRS)
    of_pairs = CalibratedSubmission.calibration_id.in_(pairs)
    db.execute(update(CalibratedSubmission).where(of_pairs).values(score=7152.3))


def plant_what_is_not_said(db: Session, world: World) -> None:
    """A review that was begun and abstained from, and an abstract that is redacted."""
    undecided = world.submissions[State.SUBMITTED]
    make_review(
        db,
        undecided,
        world.people["blocked_reviewer"],
        state="abstained",
        abstention="zqabstention",
        committee_text="zqunsubmitted",
    )
    conference = world.conference
    conference.discusses = conference.summarizes = conference.asks_response = True
    conference.rates_reviews = True
    conference.response_round, conference.response_until = 1, NOW
    here = {"conference_id": conference.id, "submission_id": undecided.id}
    db.add(Summary(text="zqsummarydraft", changed=NOW, **here))
    owner = world.people["owner"].id
    db.add(Response(round=1, person_id=owner, text="zqresponse", changed=NOW, **here))
    if conference.blind:
        undecided.title = undecided.abstract = undecided.search_text = "zqoriginal"
        db.add(Redaction(title="Redacted", abstract="", changed=NOW, **here))


def write_elsewhere(db: Session, world: World) -> None:
    """What the reviewer has given to be compared, and a talk that another conference refused."""
    reviewer = world.people["reviewer"]
    db.add(
        ReviewerDocument(
            conference_id=world.conference.id,
            person_id=reviewer.id,
            title="zqdocument",
            text="zqdocument",
            created=NOW,
        )
    )
    make_submission(
        db, make_conference(db), [reviewer], title="zqelsewhere", state="rejected"
    )


def plant_tags(db: Session, world: World) -> None:
    """On a talk, in their values: the tags themselves are the conference's, for its chairs."""
    here, talk = world.conference.id, world.submissions[State.SUBMITTED]
    for audience, value in (("chairs", "zqchairtag"), ("reviewers", "zqreviewtag")):
        tag = Tag(conference_id=here, name=audience, key=audience, color="red", audience=audience)
        db.add(tag)
        db.flush()
        row = SubmissionTag(conference_id=here, submission_id=talk.id, tag_id=tag.id)
        row.value = row.value_key = value
        db.add(row)
    owner = world.people["chair"].id
    view = {"conference_id": here, "person_id": owner, "page": "submissions", "created": NOW}
    db.add(SavedView(name="zqsharedview", query="q=talk", shared=True, **view))
    db.add(SavedView(name="zqownview", query="q=talk", **view))


def plant_what_is_said_of_people(db: Session, world: World) -> None:
    """A reviewer whom the speakers have named, and lists of collaborators by either side."""
    world.conference.asks_collaborators = True
    undecided, here = world.submissions[State.SUBMITTED], world.conference.id
    named = make_conflict(db, undecided, world.people["blocked_reviewer"], "by_speaker")
    named.reason = "zqbyspeaker"
    reviewer = world.people["reviewer"].id
    db.add(Collaborator(conference_id=here, person_id=reviewer, text="zqlistedbyme"))
    db.add(Collaborator(conference_id=here, submission_id=undecided.id, text="zqlistedforit"))


def find_in_secret(db: Session, world: World) -> None:
    """A scenario with what the conflicted chair must not know of, and a word on that."""
    chair, here = actor_of_person(db, world.people["chair"].id), world.conference
    undecided = world.submissions[State.SUBMITTED]
    selecting_wishes.set_wishes(db, chair, here, codes=[undecided.code], wish="never", now=NOW)
    make_scenario(db, world.people["chair"], here, "zqscenario")


def plan_in_secret(db: Session, world: World) -> None:
    """A waitlisted talk that is to be accepted has its place already, in a session of its own."""
    waiting, here = world.submissions[State.WAITLISTED], world.conference.id
    db.add(
        PendingDecision(
            conference_id=here,
            submission_id=waiting.id,
            outcome="accept",
            type_id=waiting.type_id,
            at=NOW,
        )
    )
    db.flush()
    chair = actor_of_person(db, world.people["chair"].id)
    start = datetime.combine(world.conference.start_date, time(9), tzinfo=UTC)
    placed = drafts.place(
        db, chair, world.conference, code=waiting.code, title="", room_id=None, start=start,
        minutes=30, now=NOW,
    )  # fmt: skip
    blocks.make_session(
        db, chair, world.conference, slots={placed.id: placed.revision},
        title="zqplannedsession", chair="", posters=False, now=NOW,
    )  # fmt: skip


def plant_and_publish(db: Session, world: World) -> None:
    plant(db, world)
    versions.publish(db, SYSTEM, world.conference, note="First.", now=clock.now())


def values_of(db: Session, world: World) -> dict[str, list[object]]:
    """Everything that can stand in an address."""
    codes: list[object] = [submission.code for submission in world.submissions.values()]
    return {
        "slug": [world.conference.slug],
        "event": [world.conference.slug],
        "code": codes,
        "talk_code": codes,
        "placement_id": [*db.scalars(select(Placement.id)), 1],
        "message_id": list(db.scalars(select(Message.id))),
        "person_id": [person.id for person in world.people.values()],
        "kind": ["slides", "accepted"],
        "number": [1],
        "person": [world.people["reviewer"].code],
        "file": TEXT_FILES,
        "speaker_code": list(db.scalars(select(Speaker.code))),
    }


TEXT_FILES: list[object] = [name for name in WRITERS if not name.endswith(PACKED)]
"""The others are made of the same program, packed."""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("reviewing", "blind"), [("everyone", False), ("assigned", True)], ids=["open", "blind"]
)
@pytest.mark.parametrize("name", CAST)
def test_no_secret_reaches_anybody_it_is_not_for(
    app: Flask, db: Session, name: str, reviewing: str, blind: bool
) -> None:
    """The chair of the open conference reads what is theirs, in every order of every list.

    Or the rest could not fail: it shows that what is planted can be found.
    """
    world = make_world(db, blind=blind, reviewing=reviewing, after=plant_and_publish)
    client = app.test_client()
    if name != "anonymous":
        client.set_cookie("cfp", make_login(db, world.people[name], now=clock.now()))
    values = values_of(db, world)
    db.commit()
    reads_most = name == "chair" and not blind
    crawl = Crawl(client, orders=reads_most)
    crawl.follow(["/", f"/{world.conference.slug}/", "/account/mine"])
    crawl.follow(filled(app, get_rules(app), values))
    lists = [page.path for page in crawl.seen.values() if 'name="q"' in page.html]
    crawl.follow(f"{path.partition('?')[0]}?q=zq" for path in lists)
    assert not [page.path for page in crawl.seen.values() if page.status >= 500]
    answers = {path: _answer(page).replace("q=zq", "") for path, page in crawl.seen.items()}
    for secret, readers in {**SECRETS, **(HIDDEN if blind else {})}.items():
        where = [path for path, answer in answers.items() if secret in answer]
        if name not in readers:
            assert not where, f"{secret} shows to {name} at {where[:5]}"
        elif reads_most:
            assert where, f"{secret} is nowhere"


def _answer(page: object) -> str:
    response = page.response  # type: ignore[attr-defined] # a Page
    headers = "\n".join(f"{key}: {value}" for key, value in response.headers)
    return f"{headers}\n{response.text}".casefold()
