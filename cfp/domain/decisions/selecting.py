"""A selection: what there is to choose from, asked for by a chair, and what was found.

It is about the submissions in which its asker decides: one with a blocking conflict is in nothing
that this chair's selections count, name or follow from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain import jobs
from cfp.domain.conferences.models import Conference, SubmissionType
from cfp.domain.decisions.models import Decision, PendingDecision, SelectionWish
from cfp.domain.decisions.queries import newest_decision
from cfp.domain.decisions.selecting_limits import Limits, limits_of
from cfp.domain.decisions.selecting_scores import Scored, scored
from cfp.domain.decisions.selecting_speakers import Entry, entries_of, not_first_time
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.errors import DomainError, NotNowError
from cfp.policy import Fact, predicate
from cfp.records import record

JOB_KIND = "select"
NAME_LIMIT = 80


@record
class Candidate:
    """A submission to choose, or (`fixed`) one that is announced as accepted and stays.

    `type_id` and `minutes` (discussion included) are those it is or would be accepted for.
    """

    id: int
    type_id: int
    track_id: int
    minutes: int
    state: str
    scored: Scored
    pending: str = ""
    wish: str = ""
    fixed: bool = False
    speakers: Sequence[Entry] = ()
    first_time: bool = True


@record
class Problem:
    """What a job solves."""

    candidates: Sequence[Candidate]
    limits: Limits


@record
class Outcome:
    """What was found, by the ids of submissions and the keys of limits.

    Attributes:
        accepted: who is in.
        places: on the waitlist of the same format and track, from 1.
        blocked: who can't move up there, and the limits that stand in the way.
        chances: share of the draws in which each is in; empty without draws.
        figures: what is not about one submission, as JSON: "value", "bound", "proven", "draws" and
            "seconds"; "used" (key -> number); "relaxed" (key, by); "costs" (key, gained, enters,
            leaves); "entering" (key, id or null, blocked).
    """

    accepted: frozenset[int]
    places: Mapping[int, int] = field(default_factory=dict)
    blocked: Mapping[int, Sequence[str]] = field(default_factory=dict)
    chances: Mapping[int, float] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)


def request_selection(
    db: Session, actor: Actor, conference: Conference, *, name: str, now: datetime
) -> jobs.Job:
    """Ask for a scenario within the limits that are set; a job computes it.

    Raises:
        DomainError: `select.no_name`, `select.long_name`, `select.nothing`, at its field.
        NotNowError: `select.running`, when the person's last one is still being computed.
    """
    check_name(name)
    last = last_job(db, actor, conference)
    if last is not None and jobs.can("cancel", last.state):
        raise NotNowError("select.running", field="name")
    limits = Limits.of(conference, limits_of(db, conference))
    if not db.scalar(select(func.count(Submission.id)).where(open_to(actor, conference, limits))):
        raise DomainError("select.nothing", field="name")
    parameters = {"name": name.strip(), "limits": limits.as_json()}
    return jobs.enqueue(
        db, actor, kind=JOB_KIND, parameters=parameters, conference=conference, now=now
    )


def check_name(name: str) -> None:
    """Raise DomainError at the field unless a scenario can be called so."""
    if not name.strip():
        raise DomainError("select.no_name", field="name")
    if len(name) > NAME_LIMIT:
        raise DomainError("select.long_name", field="name", limit=NAME_LIMIT)


def last_job(db: Session, actor: Actor, conference: Conference) -> jobs.Job | None:
    """The person's newest selection here."""
    query = select(jobs.Job).where(
        jobs.Job.conference_id == conference.id,
        jobs.Job.kind == JOB_KIND,
        jobs.Job.requested_by_id == actor.person_id,
    )
    return db.scalars(query.order_by(jobs.Job.id.desc()).limit(1)).one_or_none()


def known(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The rows of `submission` that a selection of this person's can be about."""
    return and_(
        predicate(actor, Fact.PENDING, conference),
        predicate(actor, Fact.CHAIR_REVIEWS, conference),
    )


def open_to(actor: Actor, conference: Conference, limits: Limits) -> ColumnElement[bool]:
    """The rows of `submission` that can be chosen."""
    return and_(known(actor, conference), Submission.state.in_(limits.states))


def load_problem(
    db: Session, actor: Actor, conference: Conference, limits: Limits
) -> Problem:
    """What this person can choose from, with what is announced as accepted; reads only."""
    which = or_(
        open_to(actor, conference, limits),
        and_(known(actor, conference), Submission.state.in_(IN_PROGRAM)),
    )
    rows = db.execute(_rows(which)).all()
    scores = scored(db, actor, conference, {row.id for row in rows})
    entries = entries_of(db, conference, which)
    spoke_before = not_first_time(db, conference, which)
    candidates = [
        Candidate(
            id=row.id,
            type_id=row.type_id,
            track_id=row.track_id,
            minutes=row.minutes,
            state=row.state,
            scored=scores[row.id],
            pending=row.pending,
            wish=row.wish,
            fixed=row.state in IN_PROGRAM,
            speakers=entries.get(row.id, ()),
            first_time=row.id not in spoke_before,
        )
        for row in rows
    ]
    return Problem(candidates, limits)


_TYPE = aliased(SubmissionType, name="chosen_type")


def _rows(
    which: ColumnElement[bool],
) -> Select[int, int, str, int, int, str, str]:
    """What a chair has pending tells format and minutes, else the announcement, else the talk."""
    pending, accepting = PendingDecision, PendingDecision.outcome == "accept"
    type_id = func.coalesce(pending.type_id, Decision.type_id, Submission.type_id)
    minutes = func.coalesce(pending.minutes, Decision.minutes, _TYPE.minutes)
    return (
        select(
            Submission.id,
            Submission.track_id,
            Submission.state,
            _TYPE.id.label("type_id"),
            (minutes + _TYPE.discussion_minutes).label("minutes"),
            func.coalesce(_pending_outcome(), "").label("pending"),
            func.coalesce(SelectionWish.wish, "").label("wish"),
        )
        .outerjoin(
            pending,
            and_(
                pending.submission_id == Submission.id,
                accepting,
                Submission.state.not_in(IN_PROGRAM),
            ),
        )
        .outerjoin(
            Decision,
            and_(Submission.state.in_(IN_PROGRAM), Decision.id == newest_decision()),
        )
        .join(_TYPE, _TYPE.id == type_id)
        .outerjoin(SelectionWish, SelectionWish.submission_id == Submission.id)
        .where(which)
        .order_by(Submission.id)
    )


_ANY_PENDING = aliased(PendingDecision, name="any_pending")


def _pending_outcome() -> ScalarSelect[str]:
    return (
        select(_ANY_PENDING.outcome)
        .where(_ANY_PENDING.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
