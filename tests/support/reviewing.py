"""A conference that assigns its reviewers: a few submissions, reviewers and their facts."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_session
from cfp.domain.assignment.models import LatePlan, LateReminder, Standby
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import affiliation_key
from tests.factories import (
    NOW,
    give_role,
    make_conference,
    make_login,
    make_person,
    make_submission,
)


@dataclass
class Committee:
    """Submissions and reviewers in the order they were made, and one chair."""

    conference: Conference
    chair: Person
    reviewers: list[Person] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)


def make_committee(
    db: Session, *, submissions: int = 6, reviewers: int = 6, each: int = 2, **changes: object
) -> Committee:
    """Everybody works for somebody else, so nobody has a conflict until a test makes one."""
    conference = make_conference(
        db, **{"reviewing": "assigned", "reviews_per_submission": each, **changes}
    )
    committee = Committee(conference, make_person(db, "Cleo Chair"))
    give_role(db, conference, committee.chair, "chair")
    for number in range(reviewers):
        person = make_person(
            db, f"Reviewer {number}", email=f"r@r{number}.c{conference.id}.example"
        )
        person.affiliation = f"Reviewing {number}"
        give_role(db, conference, person, "reviewer")
        committee.reviewers.append(person)
    for number in range(submissions):
        speaker = make_person(
            db, f"Speaker {number}", email=f"s@s{number}.c{conference.id}.example"
        )
        submission = make_submission(db, conference, [speaker], title=f"Talk {number}")
        employ(db, submission, f"Speaking {number}")
        committee.submissions.append(submission)
    db.flush()
    return committee


def keep_standby(db: Session, conference: Conference, *people: Person) -> None:
    """A plan for late reviews with a pool, and these people in it."""
    db.add(
        LatePlan(
            conference_id=conference.id, standby=True, proposes=False, silent_days=5,
            send_at=540, proposed="",
        )
    )  # fmt: skip
    db.add(LateReminder(conference_id=conference.id, days=2, kind="review_reminder"))
    for person in people:
        db.add(
            Standby(conference_id=conference.id, person_id=person.id, reviews=3, created=NOW)
        )
    db.flush()


def employ(db: Session, submission: Submission, affiliation: str) -> None:
    """Give all speakers of a submission this affiliation."""
    for speaker in db.query(Speaker).filter_by(submission_id=submission.id):
        speaker.affiliation = affiliation
        speaker.affiliation_key = affiliation_key(affiliation)
    db.flush()


def actor_for(db: Session, person: Person) -> Actor:
    """The person as a request would load them."""
    actor = actor_of_session(db, make_login(db, person).removeprefix("p."), now=NOW)
    assert actor is not None
    return actor
