"""How many statements each page takes: few, and the same however large the conference is.

Pages come from the routes, so a new page is held to it without being named here. A list page is
one that can be paged or sorted; it may take 10, any other page 15.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import ConfirmQuestion
from cfp.domain.conferences.rules import AUDIENCES
from cfp.domain.decisions.models import ConfirmAnswer, Confirmation
from cfp.domain.mail.models import Message
from cfp.domain.program import blocks, drafts, versions
from cfp.domain.reviews.content import Content
from cfp.domain.reviews.models import Comment, Follow, ReviewExtension
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import State
from cfp.formats.writers import WRITERS
from tests.factories import (
    NOW,
    add_speaker,
    answer,
    give_role,
    make_comparison,
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
from tests.support.cast import World, make_world
from tests.support.crawl import filled, get_rules
from tests.support.statements import counted

LIST_LIMIT, PAGE_LIMIT = 10, 15
FEW, MANY = 3, 70
NAMES = ("owner", "reviewer", "track_chair", "chair", "administrator", "guest", "helper")
HANDED = Content(committee_text="By somebody else.").as_json()


def grow(db: Session, world: World, size: int) -> None:
    """Talks with reviews, conflicts, mails and slots; people who review and speak."""
    conference = world.conference
    fields = [make_field(db, conference, audience) for audience in AUDIENCES]
    db.add(
        ReviewExtension(
            conference_id=conference.id, person_id=world.people["reviewer"].id,
            until=clock.now(), created=NOW,
        )
    )  # fmt: skip
    for switch in ("discusses", "summarizes", "rates_reviews", "asks_response"):
        setattr(conference, switch, True)
    reviewers = [make_person(db) for _ in range(size)]
    for number, reviewer in enumerate(reviewers):
        give_role(db, conference, reviewer, "reviewer")
        talk = make_submission(
            db, conference, [world.people["owner"], reviewers[number - 1]], track=world.track
        )
        add_speaker(db, talk, f"Somebody {number}", 2)
        make_review(db, talk, reviewer)
        answer(db, make_review(db, talk, world.people["reviewer"]), fields[number % 3], "Yes")
        remark(db, world.submissions[State.SUBMITTED], reviewer)
        make_guest(
            db, world.submissions[State.SUBMITTED], make_person(db),
            for_whom=world.people["reviewer"], state="handed", draft=HANDED,
        )  # fmt: skip
        make_guest(db, talk, make_person(db))
        make_conflict(db, talk, reviewers[number - 2], kind="affiliation")
        accepted = make_submission(db, conference, [reviewer], state="confirmed")
        confirm(db, accepted, make_question(db, conference))
        placed = drafts.place(
            db, SYSTEM, conference, code=accepted.code, title="", room_id=None,
            start=conference_start(world), minutes=10, now=NOW,
        )  # fmt: skip
        blocks.make_session(
            db, SYSTEM, conference, slots={placed.id: placed.revision}, title=f"Session {number}",
            chair="", posters=False, now=NOW,
        )  # fmt: skip
        db.add(
            Message(
                conference_id=conference.id, submission_id=talk.id, kind="free",
                object_key=f"{conference.slug} {number}", recipient="a@example.org",
                subject="s", body="b",
                message_id=f"<{number}@{conference.slug}>", due=NOW, created=NOW, state="refused",
                person_id=world.people["owner"].id,
            )
        )  # fmt: skip
    for state in (State.SUBMITTED, State.CONFIRMED):
        for reviewer in reviewers[:size]:
            review = make_review(db, world.submissions[state], reviewer)
            for field in fields:
                answer(db, review, field, "Yes")
    confirm(db, world.submissions[State.CONFIRMED], make_question(db, conference))
    versions.publish(db, SYSTEM, conference, note="", now=clock.now())
    conference.adjusts_scores, conference.accept_count = True, 2
    calibrate(db, conference)
    compare_all(db, world, reviewers)


def confirm(db: Session, talk: Submission, question: ConfirmQuestion) -> None:
    """What its speakers have said on the confirm page, to a question of the conference's too."""
    db.add(Confirmation(conference_id=talk.conference_id, submission_id=talk.id, at=NOW))
    db.add(ConfirmAnswer(submission_id=talk.id, question_id=question.id, text="A pointer"))


def compare_all(db: Session, world: World, reviewers: list[Person]) -> None:
    """Each has compared two, and one has compared a lot."""
    world.conference.compares_pairs = True
    here = Submission.conference_id == world.conference.id
    talks = db.scalars(
        select(Submission).where(here, Submission.state == State.SUBMITTED).order_by(Submission.id)
    ).all()
    for number, (one, other) in enumerate(pairwise(talks)):
        make_comparison(db, world.people["reviewer"], [one, other])
        make_comparison(db, reviewers[number % len(reviewers)], [other, one], tie=number % 5 == 0)
    make_comparison(db, world.people["reviewer"], talks[:4])
    score_pairs(db, world.conference)


def remark(db: Session, talk: Submission, writer: Person) -> None:
    """A comment, and its writer among those who follow."""
    here = {"conference_id": talk.conference_id, "submission_id": talk.id}
    who = {"person_id": writer.id, "pseudonym": f"{writer.id:06X}"}
    db.add(Comment(audience="reviewers", text="A remark.", created=NOW, **here, **who))
    db.add(Follow(**here, **who))


def conference_start(world: World) -> datetime:
    return datetime.combine(world.conference.start_date, time(9), tzinfo=UTC)


def statements_of(
    app: Flask, db: Session, size: int
) -> dict[tuple[str, str], tuple[int, bool]]:
    """Role and path (with the codes masked) to how many statements it took and if it is a list."""
    world = make_world(
        db, slug=f"size{size}", after=lambda session, made: grow(session, made, size)
    )
    codes = {
        world.submissions[state].code: state
        for state in (State.DRAFT, State.SUBMITTED, State.CONFIRMED)
    }
    confirmed = world.submissions[State.CONFIRMED].id
    who = db.scalars(select(Speaker.code).where(Speaker.submission_id == confirmed)).first()
    values: dict[str, list[object]] = {
        "slug": [world.conference.slug], "event": [world.conference.slug],
        "code": list(codes), "talk_code": list(codes), "file": list(WRITERS),
        "speaker_code": [who],
    }  # fmt: skip
    paths = {}
    for path in filled(app, get_rules(app), values):
        masked = path.replace(world.conference.slug, "SLUG").replace(str(who), "SPEAKER")
        for code, state in codes.items():
            masked = masked.replace(code, state.upper())
        paths[path] = masked
    found = {}
    for name in NAMES:
        client = app.test_client()
        client.set_cookie("cfp", make_login(db, world.people[name], now=clock.now()))
        seen = statements_by_path(client, paths)
        found |= {(name, paths[path]): counts for path, counts in seen.items()}
    return found


def statements_by_path(client: FlaskClient, paths: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """Of the pages that this person sees. Each is asked for twice, as what is kept is no matter."""
    found = {}
    engine = client.application.extensions["cfp"].engine
    for path in paths:
        if client.get(path).status_code != 200:
            continue
        with counted(engine) as statements:
            answer = client.get(path)
        is_list = b'class="pager"' in answer.data and b"?page=" in answer.data
        found[path] = (len(statements), is_list)
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_few_statements_whatever_the_size(app: Flask, db: Session) -> None:
    """Of every role in one test, because the large conference takes longer than all its pages."""
    few, many = statements_of(app, db, FEW), statements_of(app, db, MANY)
    assert {name for name, _path in few} == set(NAMES)
    assert few.keys() == many.keys()
    grown = {page: (few[page][0], many[page][0]) for page in few if few[page][0] < many[page][0]}
    assert not grown, grown
    long = {
        page: number
        for page, (number, is_list) in many.items()
        if number > (LIST_LIMIT if is_list else PAGE_LIMIT)
    }
    assert not long, long
