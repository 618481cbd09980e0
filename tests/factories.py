"""Small makers of rows, with the defaults a test does not care about.

What is returned has its id; other rows go to the database with the next that do, or that is asked.
"""

import itertools
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Account, Email, LoginSession, Person
from cfp.domain.accounts.queries import secret_hash
from cfp.domain.assignment.models import Assignment, Conflict, ReviewRound
from cfp.domain.conferences.models import (
    Conference,
    ConfirmQuestion,
    Criterion,
    ReviewField,
    Role,
    Room,
    SubmissionType,
    Track,
)
from cfp.domain.program.models import ProgramDraft
from cfp.domain.reviews.models import (
    Comparison,
    ComparisonPlace,
    Guest,
    Review,
    ReviewAnswer,
    Score,
)
from cfp.domain.reviews.totals import count_again
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import content_text

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)
_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def make_person(db: Session, name: str = "", *, email: str = "", account: bool = True) -> Person:
    """A person with a proved address and, unless said otherwise, an account."""
    number = next(_numbers)
    person = Person(name=name or f"Person {number}", created=NOW)
    db.add(person)
    db.flush()
    address = email or f"person{number}@example.org"
    db.add(
        Email(
            person_id=person.id,
            address=address,
            key=address.casefold(),
            verified=NOW,
            primary=True,
        )
    )
    if account:
        db.add(Account(person_id=person.id, created=NOW))
    return person


def make_conference(db: Session, slug: str = "", **changes: object) -> Conference:
    """An open conference with one track, two formats, a room, a criterion and a round."""
    number = next(_numbers)
    values: dict[str, object] = {
        "slug": slug or f"conf{number}",
        "name": f"Example Conference {number}",
        "zone": "Europe/Prague",
        "start_date": date(2026, 11, 19),
        "end_date": date(2026, 11, 20),
        "place": "Prague",
        "contact": "chairs@example.org",
        "created": NOW,
        "opens": NOW - timedelta(days=30),
        "deadline": NOW + timedelta(days=30),
        "deadline_zone": "Europe/Prague",
        "conflict_policies": {},
        "sections": {},
    }
    conference = Conference(**{**values, **changes})
    db.add(conference)
    db.flush()
    here = {"conference_id": conference.id}
    db.add_all(
        [
            Track(name="Main", **here),
            SubmissionType(name="Talk", minutes=25, discussion_minutes=5, **here),
            SubmissionType(
                name="Short talk", minutes=10, discussion_minutes=5, position=1, **here
            ),
            Room(name="Hall", **here),
            Criterion(
                name="Overall", labels=["poor", "weak", "fair", "good", "excellent"], **here
            ),
            ReviewRound(number=1, **here),
            ProgramDraft(name="", current=True, created=NOW, **here),
        ]
    )
    db.flush()
    return conference


def make_track(db: Session, conference: Conference, name: str) -> Track:
    track = Track(conference_id=conference.id, name=name, position=next(_numbers))
    db.add(track)
    db.flush()
    return track


def give_role(
    db: Session, conference: Conference, person: Person, kind: str, track: Track | None = None
) -> None:
    db.add(
        Role(
            conference_id=conference.id,
            person_id=person.id,
            kind=kind,
            track_id=track.id if track else None,
            created=NOW,
        )
    )


def make_submission(
    db: Session,
    conference: Conference,
    speakers: Sequence[Person | str],
    *,
    title: str = "",
    state: str = "submitted",
    track: Track | None = None,
    **changes: object,
) -> Submission:
    """A submission; the first of `speakers` must be a person and is its submitter."""
    owner = speakers[0]
    assert isinstance(owner, Person)
    number = next(_numbers)
    announced = state not in {"draft", "submitted", "withdrawn"}
    values: dict[str, object] = {
        "conference_id": conference.id,
        "code": "".join(secrets.choice(_SYMBOLS) for _ in range(6)),
        "type_id": _first(db, SubmissionType, conference.id),
        "track_id": track.id if track else _first(db, Track, conference.id),
        "title": title or f"A talk numbered {number}",
        "abstract": f"What talk {number} is about.",
        "submitter_id": owner.id,
        "state": state,
        "created": NOW,
        "changed": NOW,
        "submitted": None if state == "draft" else NOW,
        "announced": NOW if announced else None,
        "shuffle": secrets.randbelow(2**31),
    }
    submission = Submission(**{**values, **changes})
    submission.search_text = content_text(
        submission.code, submission.title, submission.abstract
    )
    db.add(submission)
    db.flush()
    for position, speaker in enumerate(speakers):
        db.add(_speaker(submission, speaker, position))
    db.flush()
    return submission


def add_speaker(
    db: Session, submission: Submission, who: Person | str, position: int = 0, **changes: object
) -> Speaker:
    speaker = _speaker(submission, who, position, **changes)
    db.add(speaker)
    db.flush()
    return speaker


def _speaker(
    submission: Submission, who: Person | str, position: int, **changes: object
) -> Speaker:
    """A person has accepted; a bare name is only named."""
    known = isinstance(who, Person)
    values: dict[str, object] = {
        "conference_id": submission.conference_id,
        "submission_id": submission.id,
        "person_id": who.id if isinstance(who, Person) else None,
        "code": secrets.token_hex(4).upper(),
        "name": who.name if isinstance(who, Person) else who,
        "affiliation": "Example Org",
        "affiliation_key": "example",
        "position": position,
        "state": "accepted" if known else "named",
    }
    return Speaker(**{**values, **changes})


def make_assignment(
    db: Session, submission: Submission, reviewer: Person, state: str = "assigned"
) -> Assignment:
    assignment = Assignment(
        conference_id=submission.conference_id,
        round_id=_first(db, ReviewRound, submission.conference_id),
        submission_id=submission.id,
        person_id=reviewer.id,
        state=state,
        created=NOW,
        changed=NOW,
    )
    db.add(assignment)
    db.flush()
    return assignment


def make_review(
    db: Session,
    submission: Submission,
    reviewer: Person,
    value: int = 4,
    *,
    state: str = "submitted",
    **changes: object,
) -> Review:
    """A review with one score for the conference's first criterion."""
    values: dict[str, object] = {
        "conference_id": submission.conference_id,
        "round_id": _first(db, ReviewRound, submission.conference_id),
        "submission_id": submission.id,
        "person_id": reviewer.id,
        "pseudonym": secrets.token_hex(3),
        "state": state,
        "total": float(value),
        "created": NOW,
        "changed": NOW,
        "submitted": NOW if state == "submitted" else None,
    }
    review = Review(**{**values, **changes})
    db.add(review)
    db.flush()
    criterion = _first(db, Criterion, submission.conference_id)
    db.add(Score(review_id=review.id, criterion_id=criterion, value=value))
    count_again(db, [submission.id])
    return review


def make_comparison(
    db: Session,
    reviewer: Person,
    better: Sequence[Submission],
    *,
    tie: bool = False,
    **changes: object,
) -> Comparison:
    """What a reviewer said of some submissions, the best first, or that all are equal."""
    values: dict[str, object] = {
        "conference_id": better[0].conference_id,
        "person_id": reviewer.id,
        "members": "-".join(str(id_) for id_ in sorted(one.id for one in better)),
        "created": NOW,
        "changed": NOW,
    }
    comparison = Comparison(**{**values, **changes})
    comparison.places = [
        ComparisonPlace(submission_id=one.id, place=1 if tie else place)
        for place, one in enumerate(better, start=1)
    ]
    db.add(comparison)
    db.flush()
    return comparison


def make_field(
    db: Session, conference: Conference, audience: str = "reviewers", **changes: object
) -> ReviewField:
    """A text of the review form, unless said otherwise."""
    number = next(_numbers)
    values = {"name": f"Question {number}", "kind": "text", "position": number, **changes}
    field = ReviewField(conference_id=conference.id, audience=audience, **values)
    db.add(field)
    db.flush()
    return field


def answer(db: Session, review: Review, field: ReviewField, text: str) -> None:
    db.add(ReviewAnswer(review_id=review.id, field_id=field.id, text=text))


def make_question(
    db: Session, conference: Conference, name: str = "What do you need?", **changes: object
) -> ConfirmQuestion:
    """A text asked on the confirm page, unless said otherwise."""
    values = {"kind": "text", "position": next(_numbers), **changes}
    question = ConfirmQuestion(conference_id=conference.id, name=name, **values)
    db.add(question)
    db.flush()
    return question


def make_guest(
    db: Session,
    submission: Submission,
    person: Person,
    *,
    for_whom: Person | None = None,
    state: str = "accepted",
    draft: dict[str, object] | None = None,
) -> Guest:
    """Somebody without a role who has said yes to one submission; for themselves, with a place."""
    guest = Guest(
        conference_id=submission.conference_id, submission_id=submission.id,
        for_id=for_whom.id if for_whom else None, person_id=person.id,
        name=person.name, address="g@example.org", key="g@example.org",
        state=state, draft=draft or {}, created=NOW, changed=NOW,
    )  # fmt: skip
    db.add(guest)
    if for_whom is None:
        make_assignment(db, submission, person, state="accepted")
    db.flush()
    return guest


def make_conflict(
    db: Session, submission: Submission, person: Person, kind: str = "declared", state: str = "open"
) -> Conflict:
    conflict = Conflict(
        conference_id=submission.conference_id,
        submission_id=submission.id,
        person_id=person.id,
        kind=kind,
        source="declared",
        reason="They share an office.",
        state=state,
        created=NOW,
    )
    db.add(conflict)
    db.flush()
    return conflict


def make_login(db: Session, person: Person, *, now: datetime = NOW) -> str:
    """A browser of the person that is logged in; returns its cookie's value."""
    opaque = secrets.token_urlsafe(32)
    account = db.query(Account).filter_by(person_id=person.id).one()
    db.add(
        LoginSession(
            account_id=account.id,
            id_hash=secret_hash(opaque),
            created=now,
            last_used=now,
            expires=now + timedelta(days=36500),
        )
    )
    db.flush()
    return f"p.{opaque}"



def _first(db: Session, table: Any, conference_id: int) -> int:
    """The id of the conference's first row there; asked for once, most tests have but one."""
    known = db.info.setdefault("first", {})
    if (table, conference_id) not in known:
        ids = select(table.id).where(table.conference_id == conference_id).order_by(table.id)
        known[table, conference_id] = db.scalars(ids.limit(1)).one()
    return known[table, conference_id]
