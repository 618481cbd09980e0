"""The life of a submission: one table of moves, which yields rule, buttons and test matrix."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum, auto
from types import MappingProxyType

from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from cfp.policy import Relation, Standing
from cfp.records import record


class State(StrEnum):
    DRAFT = auto()
    SUBMITTED = auto()
    ACCEPTED = auto()
    WAITLISTED = auto()
    REJECTED = auto()
    REVISE = auto()
    CONFIRMED = auto()
    DECLINED = auto()
    CANCELED = auto()
    WITHDRAWN = auto()


class Moment(StrEnum):
    """When a move is open; `is_open` answers for a conference, a submission and a time."""

    ANYTIME = auto()
    CALL_OPEN = auto()
    CHANGES_OPEN = auto()
    ANNOUNCING = auto()


@record
class Move:
    """From any of `sources` to `target`, by a person in one of the relations, at the moment."""

    sources: frozenset[State]
    target: State
    who: frozenset[Relation]
    moment: Moment = Moment.ANYTIME


_SPEAKER, _CHAIR = frozenset({Relation.SPEAKER}), frozenset({Relation.CHAIR})
_UNDECIDED = frozenset({State.SUBMITTED, State.WAITLISTED, State.REVISE})
_DECIDED = frozenset({State.ACCEPTED, State.WAITLISTED, State.REVISE, State.REJECTED})
_ENDED_BY_SPEAKER = frozenset({State.CONFIRMED, State.DECLINED})


def _announce(target: State) -> Move:
    sources = {State.SUBMITTED, *_DECIDED, *_ENDED_BY_SPEAKER} - {target}
    return Move(frozenset(sources), target, _CHAIR, Moment.ANNOUNCING)


MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "submit": Move(frozenset({State.DRAFT}), State.SUBMITTED, _SPEAKER, Moment.CALL_OPEN),
        "resubmit": Move(
            frozenset({State.REVISE}), State.SUBMITTED, _SPEAKER, Moment.CHANGES_OPEN
        ),
        "withdraw": Move(
            _UNDECIDED | {State.ACCEPTED, State.CONFIRMED},
            State.WITHDRAWN,
            _SPEAKER | _CHAIR,
        ),
        "accept": _announce(State.ACCEPTED),
        "waitlist": _announce(State.WAITLISTED),
        "reject": _announce(State.REJECTED),
        "revise": _announce(State.REVISE),
        "confirm": Move(frozenset({State.ACCEPTED}), State.CONFIRMED, _SPEAKER),
        "decline": Move(frozenset({State.ACCEPTED, State.CONFIRMED}), State.DECLINED, _SPEAKER),
        "cancel": Move(frozenset({State.ACCEPTED, State.CONFIRMED}), State.CANCELED, _CHAIR),
    }
)

OUTCOMES: Mapping[str, State] = MappingProxyType(
    {name: move.target for name, move in MOVES.items() if move.moment is Moment.ANNOUNCING}
)
"""The moves that only `decisions.actions.announce` makes, and the state each leads to."""

IN_PROGRAM = (State.ACCEPTED, State.CONFIRMED)


def call_is_open(conference: Conference, now: datetime, *, has_draft: bool = False) -> bool:
    """Whether a talk may be submitted now; the grace after the deadline is for open drafts."""
    if conference.archived or conference.opens is None or now < conference.opens:
        return False
    grace = timedelta(minutes=conference.grace_minutes if has_draft else 0)
    return now <= conference.deadline + grace


def changes_are_open(conference: Conference, now: datetime) -> bool:
    """Whether what was asked to be changed may be handed in again now."""
    return conference.changes_until is None or now <= conference.changes_until


def content_is_open(conference: Conference, submission: Submission, now: datetime) -> bool:
    """Whether its speakers may change title and abstract now."""
    if submission.state == State.DRAFT:
        return call_is_open(conference, now, has_draft=True)
    if submission.state == State.REVISE:
        return changes_are_open(conference, now)
    if submission.state not in {State.SUBMITTED, State.ACCEPTED, State.CONFIRMED}:
        return False
    until = conference.edits_until or conference.deadline
    return now <= until


def possible_moves(standing: Standing, now: datetime) -> list[str]:
    """The moves this person could make now: the buttons of the page (announcing is a batch)."""
    return [name for name in MOVES if may_move(standing, name, now)]


def may_move(standing: Standing, name: str, now: datetime) -> bool:
    """Whether this person may make this move now. Announcing is judged in a batch, not here."""
    move = MOVES[name]
    return (
        standing.submission.state in move.sources
        and bool(move.who & standing.relations)
        and is_open(move.moment, standing.conference, now)
    )


def is_open(moment: Moment, conference: Conference, now: datetime) -> bool:
    """Whether the moment is now; announcing has its own action and is never open here."""
    if moment is Moment.CALL_OPEN:
        return call_is_open(conference, now, has_draft=True)
    if moment is Moment.CHANGES_OPEN:
        return changes_are_open(conference, now)
    return moment is Moment.ANYTIME
