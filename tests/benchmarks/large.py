"""A large conference, made by inserting rows: 5,000 submissions, 150 reviewers, 15,000 reviews."""

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.domain.accounts.models import Account, Email, Person
from cfp.domain.assignment.models import Assignment, ReviewRound
from cfp.domain.conferences.models import Conference, Criterion, Role, SubmissionType
from cfp.domain.mail.models import Message
from cfp.domain.program import versions
from cfp.domain.reviews.models import Review, Score
from cfp.domain.reviews.totals import count_again
from cfp.domain.submissions.codes import ALPHABET
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import content_text
from tests.factories import make_conference, make_login, make_track

SUBMISSIONS, REVIEWERS, REVIEWS_EACH, TRACKS = 5_000, 150, 3, 8
PUBLISHED = 30
WORDS = (
    *("packet", "flow", "table", "tunnel", "router", "switch", "cluster", "cache", "kernel"),
    *("user", "space", "test", "fuzz", "trace", "meter", "mirror", "policy", "gateway", "mesh"),
    *("service", "latency", "throughput", "upgrade", "offload", "driver"),
)


@dataclass(frozen=True)
class Large:
    """The conference and the cookies of who looks at it."""

    slug: str
    code: str
    cookies: dict[str, str]


def build(db: Session, seed: int = 7, number: int = REVIEWERS) -> Large:
    """Make it with a number of reviewers; the same seed gives the same sizes and scores."""
    chance = random.Random(seed)  # noqa: S311 - a benchmark's data
    now = clock.now()
    conference = make_conference(
        db, "large", opens=now - timedelta(days=30), deadline=now + timedelta(days=1),
        reviewing="assigned",
    )  # fmt: skip
    tracks = [make_track(db, conference, f"Track {number}").id for number in range(TRACKS)]
    people = _people(db, SUBMISSIONS + number + 1)
    owners, reviewers, chair = people[:SUBMISSIONS], people[SUBMISSIONS:-1], people[-1]
    db.execute(
        insert(Role),
        [
            {"conference_id": conference.id, "person_id": one, "kind": kind, "created": now}
            for one, kind in [(chair, "chair"), *((one, "reviewer") for one in reviewers)]
        ],
    )
    _submissions(db, conference, owners, tracks, chance)
    _reviews(db, conference, reviewers, chance)
    _messages(db, conference)
    versions.publish(db, SYSTEM, conference, note="", now=now)
    watched = db.execute(
        select(Submission.code, Submission.submitter_id, Assignment.person_id)
        .join(Assignment, Assignment.submission_id == Submission.id)
        .where(Submission.state == "submitted")
        .limit(1)
    ).one()
    cookies = {
        name: make_login(db, db.get_one(Person, person_id), now=now)
        for name, person_id in (
            ("chair", chair), ("speaker", watched[1]), ("reviewer", watched[2]),
        )
    }  # fmt: skip
    db.commit()
    return Large(conference.slug, watched[0], cookies)


def _people(db: Session, count: int) -> list[int]:
    now = clock.now()
    db.execute(
        insert(Person),
        [
            {"name": f"Person {number}", "affiliation": f"Org {number % 400}", "created": now}
            for number in range(count)
        ],
    )
    ids = list(db.scalars(select(Person.id).order_by(Person.id.desc()).limit(count)))[::-1]
    db.execute(insert(Account), [{"person_id": one, "created": now} for one in ids])
    db.execute(
        insert(Email),
        [
            {"person_id": one, "address": f"p{one}@example.org", "key": f"p{one}@example.org",
             "verified": now, "primary": True}
            for one in ids
        ],
    )  # fmt: skip
    return ids


def _submissions(
    db: Session,
    conference: Conference,
    owners: list[int],
    tracks: list[int],
    chance: random.Random,
) -> None:
    types = list(
        db.scalars(select(SubmissionType.id).where(SubmissionType.conference_id == conference.id))
    )
    db.execute(
        insert(Submission),
        list(_submission_rows(conference, owners, tracks, types, chance)),
    )
    rows = db.execute(select(Submission.id, Submission.submitter_id).order_by(Submission.id))
    db.execute(
        insert(Speaker),
        [
            {"conference_id": conference.id, "submission_id": id_, "person_id": owner,
             "code": f"S{id_:07}", "name": f"Person {owner}", "affiliation": f"Org {owner % 400}",
             "affiliation_key": f"org {owner % 400}", "state": "accepted"}
            for id_, owner in rows
        ],
    )  # fmt: skip


def _submission_rows(
    conference: Conference,
    owners: list[int],
    tracks: list[int],
    types: list[int],
    chance: random.Random,
) -> Iterator[dict[str, object]]:
    now = clock.now()
    for number, owner in enumerate(owners):
        title = " ".join(chance.choices(WORDS, k=6)).capitalize()
        abstract = ". ".join(" ".join(chance.choices(WORDS, k=14)) for _ in range(10))
        published = number < PUBLISHED
        code = "".join(secrets.choice(ALPHABET) for _ in range(6))
        yield {
            "conference_id": conference.id,
            "code": code,
            "type_id": chance.choice(types),
            "track_id": chance.choice(tracks),
            "title": title,
            "abstract": abstract,
            "submitter_id": owner,
            "state": "confirmed" if published else "submitted",
            "created": now - timedelta(minutes=number),
            "changed": now - timedelta(minutes=number),
            "submitted": now - timedelta(minutes=number),
            "announced": now if published else None,
            "search_text": content_text(code, title, abstract),
            "people_text": f"person {owner}",
            "shuffle": chance.randrange(2**31),
        }


def _reviews(
    db: Session, conference: Conference, reviewers: list[int], chance: random.Random
) -> None:
    here = {
        "conference_id": conference.id,
        "round_id": db.scalars(
            select(ReviewRound.id).where(ReviewRound.conference_id == conference.id)
        ).one(),
    }
    now = clock.now()
    pairs = [
        (submission, reviewer)
        for submission in db.scalars(select(Submission.id).order_by(Submission.id))
        for reviewer in chance.sample(reviewers, REVIEWS_EACH)
    ]
    both = [{**here, "submission_id": one, "person_id": two} for one, two in pairs]
    stamps = {"created": now, "changed": now}
    db.execute(insert(Assignment), [{**row, **stamps, "state": "done"} for row in both])
    db.execute(
        insert(Review),
        [
            {**row, **stamps, "pseudonym": secrets.token_hex(3), "state": "submitted",
             "total": float(chance.randint(1, 5)), "committee_text": "Reads well.",
             "submitted": now}
            for row in both
        ],
    )  # fmt: skip
    count_again(db, {submission for submission, _reviewer in pairs})
    criterion = db.scalars(
        select(Criterion.id).where(Criterion.conference_id == conference.id)
    ).one()
    db.execute(
        insert(Score),
        [
            {"review_id": review, "criterion_id": criterion, "value": round(total or 1)}
            for review, total in db.execute(select(Review.id, Review.total))
        ],
    )


def _messages(db: Session, conference: Conference) -> None:
    now = clock.now()
    db.execute(
        insert(Message),
        [
            {"conference_id": conference.id, "kind": "received", "object_key": str(number),
             "recipient": f"p{number}@example.org", "subject": "We have your talk",
             "body": "Thank you.", "message_id": f"<{number}@large>", "state": "sent",
             "due": now, "created": now, "sent": now}
            for number in range(SUBMISSIONS)
        ],
    )  # fmt: skip
