"""What speakers say about who should not review their submission.

About reviewers, where the conference shows its committee to speakers. Not about chairs: a speaker's
word blocks like a reviewer's own, and a submission that no chair may decide helps nobody; for that
there is the contact address. The person named reads it as any conflict of their own.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.conflicts import check_type
from cfp.domain.assignment.models import Conflict
from cfp.domain.assignment.rules import NAMED_AT_MOST
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import State
from cfp.errors import DomainError, NotFoundError, NotNowError
from cfp.policy import Standing
from cfp.records import record

KIND = "by_speaker"


def is_asked(conference: Conference) -> bool:
    """Whether speakers are asked about conflicts of interest at all."""
    return conference.committee_shown or conference.asks_collaborators


def can_be_said(submission: Submission) -> bool:
    """Only while it is under review: a draft is nobody's to know of, and what is decided is."""
    return submission.state == State.SUBMITTED


@record
class Reviewing:
    """A reviewer as the committee shows them."""

    person_id: int
    code: str
    name: str
    affiliation: str


def nameable(db: Session, standing: Standing) -> Sequence[Reviewing]:
    """The reviewers, by name, but chairs and who stands on the submission themselves."""
    conference, submission = standing.conference, standing.submission
    if not conference.committee_shown:
        return []
    here = Role.conference_id == conference.id
    chairs = select(Role.person_id).where(here, Role.kind == RoleKind.CHAIR)
    on_it = select(Speaker.person_id).where(
        Speaker.submission_id == submission.id,
        Speaker.state != "removed",
        Speaker.person_id.is_not(None),
    )
    rows = db.execute(
        select(Person.id, Person.code, Person.name, Person.affiliation)
        .join(Role, Role.person_id == Person.id)
        .where(
            here,
            Role.kind == RoleKind.REVIEWER,
            Person.id.not_in(chairs),
            Person.id.not_in(on_it),
            Person.id != submission.submitter_id,
        )
        .order_by(func.lower(Person.name), Person.id)
    )
    return [Reviewing(*row) for row in rows]


@record
class Said:
    """A conflict that a speaker of the submission has declared."""

    code: str
    name: str
    type: str
    reason: str


def said_by_speakers(db: Session, standing: Standing) -> Sequence[Said]:
    """What was said and not taken back, whatever chairs have made of it."""
    rows = db.execute(
        select(Person.code, Person.name, Conflict.type, Conflict.reason)
        .join(Person, Person.id == Conflict.person_id)
        .where(Conflict.submission_id == standing.submission.id, Conflict.kind == KIND)
        .order_by(func.lower(Person.name), Person.id)
    )
    return [Said(*row) for row in rows]


def declare(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    reviewer: str,
    type: str,
    reason: str,
    now: datetime,
) -> Conflict:
    """Say that a reviewer (by code) has a conflict of interest with one's submission.

    Raises:
        NotNowError: `conflict.not_open`.
        DomainError: `conflict.no_reviewer`, `conflict.bad_type`, `conflict.why_missing`,
            `conflict.said` or `conflict.too_many_named`, with the field.
    """
    _check_open(standing)
    person = next((one for one in nameable(db, standing) if one.code == reviewer), None)
    if person is None:
        raise DomainError("conflict.no_reviewer", field="reviewer")
    check_type(type)
    if not reason:
        raise DomainError("conflict.why_missing", field="reason")
    said = said_by_speakers(db, standing)
    if any(one.code == reviewer for one in said):
        raise DomainError("conflict.said", field="reviewer")
    if len(said) >= NAMED_AT_MOST:
        raise DomainError("conflict.too_many_named", field="reviewer", limit=NAMED_AT_MOST)
    conflict = Conflict(
        conference_id=standing.conference.id,
        submission_id=standing.submission.id,
        person_id=person.person_id,
        kind=KIND,
        type=type,
        source="declared",
        reason=reason,
        state="open",
        declared_by_id=actor.person_id,
        created=now,
    )
    db.add(conflict)
    _record(db, actor, "conflict.declare_by_speaker", standing, person.person_id, now)
    return conflict


def take_back(
    db: Session, actor: Actor, standing: Standing, *, reviewer: str, now: datetime
) -> None:
    """Undo that, as long as no chair has looked at it.

    Raises:
        NotFoundError: nobody has said it.
        NotNowError: `conflict.seen`; what the chairs have made of it is not told.
    """
    conflict = db.scalars(
        select(Conflict)
        .join(Person, Person.id == Conflict.person_id)
        .where(
            Conflict.submission_id == standing.submission.id,
            Conflict.kind == KIND,
            Person.code == reviewer,
        )
    ).one_or_none()
    if conflict is None:
        raise NotFoundError("not_found")
    _check_open(standing)
    if conflict.state != "open":
        raise NotNowError("conflict.seen")
    db.delete(conflict)
    _record(db, actor, "conflict.take_back_by_speaker", standing, conflict.person_id, now)


def _check_open(standing: Standing) -> None:
    if not can_be_said(standing.submission):
        raise NotNowError("conflict.not_open")


def _record(
    db: Session, actor: Actor, action: str, standing: Standing, person_id: int, now: datetime
) -> None:
    submission = standing.submission
    audit.of_submission(db, actor, action, submission, now=now, detail={"person": person_id})
