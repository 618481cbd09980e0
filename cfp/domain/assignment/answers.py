"""Yes or no of reviewers to what they are asked to review, one by one or all at once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from cfp import audit
from cfp.actors import Actor
from cfp.domain.assignment.blocking import is_blocked_pair
from cfp.domain.assignment.models import Assignment
from cfp.domain.assignment.rounds import current_round, lock_round
from cfp.domain.assignment.rules import ACTIVE, ANSWERABLE
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.redaction import shown_title
from cfp.domain.submissions.states import State
from cfp.errors import NotFoundError, NotNowError
from cfp.policy import Action, Standing, may
from cfp.records import record

_LATER = aliased(Assignment, name="later")


@record
class Asked:
    """A submission somebody is asked to review. `state`: assigned or accepted."""

    code: str
    title: str
    track: str
    state: str
    begun: bool


@record
class Declined:
    """What somebody declined: its code alone, for they may not know its title any more."""

    code: str
    reason: str
    at: datetime
    replaced: bool


def asked_of(db: Session, actor: Actor, conference: Conference) -> Sequence[Asked]:
    """What waits for this reviewer's review, not answered first."""
    rows = db.execute(
        select(
            *(Submission.code, shown_title(actor, conference), Track.name, Assignment.state),
            Review.id.is_not(None),
        )
        .join(Submission, Submission.id == Assignment.submission_id)
        .join(Track, Track.id == Submission.track_id)
        .outerjoin(
            Review,
            and_(
                Review.submission_id == Assignment.submission_id,
                Review.person_id == Assignment.person_id,
                Review.round_id == Assignment.round_id,
            ),
        )
        .where(_answerable(actor, conference))
        .order_by(Assignment.state.desc(), shown_title(actor, conference), Submission.id)
    )
    return [Asked(*row) for row in rows]


def unanswered(db: Session, actor: Actor, conference: Conference) -> int:
    """How many of them have no yes or no."""
    query = (
        select(func.count(Assignment.id))
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(_answerable(actor, conference), Assignment.state == "assigned")
    )
    return db.scalar(query) or 0


def declined_by(db: Session, actor: Actor, conference: Conference) -> Sequence[Declined]:
    """What this reviewer declined of what is still under review, the newest first."""
    rows = db.execute(
        select(Submission.code, Assignment.reason, Assignment.changed, _replaced())
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(
            Assignment.conference_id == conference.id,
            Assignment.person_id == actor.person_id,
            Assignment.state == "declined",
            Submission.state == State.SUBMITTED,
        )
        .order_by(Assignment.changed.desc(), Assignment.id)
    )
    return [Declined(*row) for row in rows]


def answer(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    codes: Collection[str] | None,
    accept: bool,
    reason: str,
    now: datetime,
) -> int:
    """Accept or decline what one is asked to review; None: all that has no answer.

    Returns how many answers are new. Raises NotNowError `answer.nothing` when there is none.
    """
    chosen = (
        Assignment.state == "assigned" if codes is None else Submission.code.in_(sorted(codes))
    )
    rows = db.execute(
        select(Assignment, Submission)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(_answerable(actor, conference), chosen)
        .order_by(Assignment.id)
        .with_for_update(of=Assignment)
    )
    wanted = "accepted" if accept else "declined"
    news = [(asked, submission) for asked, submission in rows if asked.state != wanted]
    if not news:
        raise NotNowError("answer.nothing")
    for assignment, submission in news:
        _set(db, actor, assignment, submission, wanted, reason, now)
    return len(news)


def answer_assignment(
    db: Session, actor: Actor, standing: Standing, *, accept: bool, reason: str, now: datetime
) -> None:
    """The same for one submission. Raises NotNowError when there is nothing to answer."""
    codes = [standing.submission.code]
    answer(
        db, actor, standing.conference, codes=codes, accept=accept, reason=reason, now=now
    )


def take_back_decline(
    db: Session, actor: Actor, conference: Conference, *, code: str, now: datetime
) -> None:
    """Do it after all, as long as nobody else was asked for it since.

    Raises:
        NotFoundError: nothing declined has this code.
        NotNowError: `answer.replaced`; `not_now`, with a conflict of interest meanwhile.
    """
    lock_round(db, conference)
    row = db.execute(
        select(Assignment, Submission, _replaced())
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(
            Assignment.round_id == current_round(db, conference),
            Assignment.person_id == actor.person_id,
            Assignment.state == "declined",
            Submission.state == State.SUBMITTED,
            Submission.code == code,
        )
        .with_for_update(of=Assignment)
    ).one_or_none()
    if row is None:
        raise NotFoundError("not_found")
    assignment, submission, replaced = row
    if replaced:
        raise NotNowError("answer.replaced")
    if is_blocked_pair(db, conference, submission.id, assignment.person_id):
        raise NotNowError("not_now")
    _set(db, actor, assignment, submission, "accepted", "", now)


def _answerable(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    return and_(
        Assignment.conference_id == conference.id,
        Assignment.person_id == actor.person_id,
        Assignment.state.in_(sorted(ANSWERABLE)),
        Submission.state == State.SUBMITTED,
        may(actor, Action.REVIEW, conference),
    )


def _replaced() -> ColumnElement[bool]:
    """Whether anybody was asked for the same submission after this answer."""
    return exists().where(
        _LATER.submission_id == Assignment.submission_id,
        _LATER.round_id == Assignment.round_id,
        _LATER.state.in_(ACTIVE),
        _LATER.created > Assignment.changed,
    )


def _set(
    db: Session,
    actor: Actor,
    assignment: Assignment,
    submission: Submission,
    state: str,
    reason: str,
    now: datetime,
) -> None:
    assignment.state, assignment.reason, assignment.changed = state, reason, now
    db.flush()
    audit.of_submission(
        db,
        actor,
        "assignment.accept" if state == "accepted" else "assignment.decline",
        submission,
        now=now,
    )
