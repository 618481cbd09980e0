"""Who must not review what: pairs that a conflict of interest blocks, and who was lost to one."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, or_, select, union
from sqlalchemy.orm import Session, aliased

from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.assignment.rules import ACTIVE
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy import DEFAULT_CONFLICT_POLICIES, Seat, blocking_kinds, conflict_policy

# Made once: an alias costs more than most queries.
_ASKED = aliased(Assignment, name="asked")


def blocked_pairs(
    conference: Conference,
    among: Any = None,  # noqa: ANN401 - a Select whose type says less
) -> CTE:
    """(submission_id, person_id) of every blocking conflict: the policy's rule, for all at once.

    Or of the people `among` alone. Named, so that a statement that reads it twice makes it once.
    """
    return blocked_among(conference.id, blocking_kinds(conference), among)


def blocked_among(conference_id: int, kinds: Sequence[str], among: Any) -> CTE:  # noqa: ANN401 - as above
    """As `blocked_pairs`, for everybody who sits alike."""
    submitters = select(
        Submission.id.label("submission_id"), Submission.submitter_id.label("person_id")
    ).where(Submission.conference_id == conference_id)
    speakers = select(Speaker.submission_id, Speaker.person_id).where(
        Speaker.conference_id == conference_id,
        Speaker.person_id.is_not(None),
        Speaker.state != "removed",
    )
    confirmed, possible = (
        select(Conflict.submission_id, Conflict.person_id).where(
            Conflict.conference_id == conference_id, condition
        )
        for condition in _blocking(kinds)
    )
    if among is not None:
        submitters = submitters.where(Submission.submitter_id.in_(among))
        speakers = speakers.where(Speaker.person_id.in_(among))
        # A sum is found by no index: so SQLite starts from what blocks, not from everybody's.
        person = Conflict.person_id + 0
        confirmed, possible = (one.where(person.in_(among)) for one in (confirmed, possible))
    return union(submitters, speakers, confirmed, possible).cte("blocked_pair")


def lost_assignments(conference: Conference, among: Sequence[int] | None = None) -> CTE:
    """(id, submission_id) of active assignments whose reviewer is blocked; they are few.

    The same rule as `blocked_pairs`, but starting from the people asked and going by indexes.
    Named, as those people are: a statement that reads them twice works them out once.
    """
    kinds = tuple(blocking_kinds(conference))
    if among is None:
        return _all_lost(conference.id, kinds)
    return _lost(conference.id, kinds, among)


def lost_from(seat: Seat) -> CTE:
    """As `lost_assignments`, for everybody who sits alike."""
    return _all_lost(seat.conference_id, seat.kinds)


@lru_cache(maxsize=64)
def _all_lost(conference_id: int, kinds: tuple[str, ...]) -> CTE:
    return _lost(conference_id, kinds, None)


@lru_cache(maxsize=64)
def people_asked(conference_id: int) -> CTE:
    """Who has ever been asked to review anything there: few, by whom an index finds the rest."""
    people = select(_ASKED.person_id).where(_ASKED.conference_id == conference_id)
    return people.distinct().cte("asked_people")


def _lost(conference_id: int, kinds: Sequence[str], among: Sequence[int] | None) -> CTE:
    here = and_(Assignment.conference_id == conference_id, Assignment.state.in_(ACTIVE))
    if among is not None:
        here = and_(here, Assignment.submission_id.in_(among))
    lost = select(Assignment.id, Assignment.submission_id).where(here)
    asked = select(people_asked(conference_id))
    by_conflict = lost.join(
        Conflict,
        and_(
            Conflict.submission_id == Assignment.submission_id,
            Conflict.person_id == Assignment.person_id,
        ),
    ).where(Conflict.person_id.in_(asked), or_(*_blocking(kinds)))
    by_submitter = lost.join(Submission, Submission.id == Assignment.submission_id).where(
        Submission.submitter_id.in_(asked), Submission.submitter_id == Assignment.person_id
    )
    by_speaker = lost.join(Speaker, Speaker.person_id == Assignment.person_id).where(
        Speaker.person_id.in_(asked),
        Speaker.submission_id == Assignment.submission_id,
        Speaker.conference_id == conference_id,
        Speaker.state != "removed",
    )
    return union(by_conflict, by_submitter, by_speaker).cte("lost_assignment")


def _blocking(kinds: Sequence[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conflicts that block: confirmed ones, and open ones of `blocking_kinds`.

    Apart, because an index finds each of them; most conflicts are only to be avoided or shown.
    """
    is_open = and_(Conflict.state == "open", Conflict.kind.in_(kinds))
    return Conflict.state == "confirmed", is_open


def blocked_set(db: Session, conference: Conference) -> set[tuple[int, int]]:
    """The same pairs, read."""
    pair = blocked_pairs(conference)
    rows = db.execute(select(pair.c.submission_id, pair.c.person_id))
    return {(submission_id, person_id) for submission_id, person_id in rows}


def is_blocked_pair(db: Session, conference: Conference, submission_id: int, person: int) -> bool:
    """Whether the person has a blocking conflict with the submission."""
    pair = blocked_pairs(conference)
    query = select(pair.c.person_id).where(
        pair.c.submission_id == submission_id, pair.c.person_id == person
    )
    return db.execute(query.limit(1)).first() is not None


def avoided_kinds(conference: Conference) -> list[str]:
    """The kinds of conflicts that cost score while they are open."""
    kinds = DEFAULT_CONFLICT_POLICIES
    return [kind for kind in kinds if conflict_policy(conference, kind) == "avoid"]
