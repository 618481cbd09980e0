"""What can be decided, how sure the scores make it, and how many minutes it takes: plain facts."""

import math
from datetime import UTC, datetime
from types import MappingProxyType

from cfp.domain.decisions.models import PendingDecision
from cfp.domain.submissions.states import MOVES, OUTCOMES, State
from cfp.records import record

NOTE_LIMIT = 5_000
MINUTES_LIMIT = 1_440
CAPACITY_LIMIT = 100_000
SEVERAL = "several"
"""What a bulk change has set that was not one outcome for all."""

DECIDABLE = frozenset(state for name in OUTCOMES for state in MOVES[name].sources)
"""States of a submission that an announced decision can end."""

EXPLAINED = frozenset(
    {State.ACCEPTED, State.REJECTED, State.REVISE, State.CONFIRMED, State.DECLINED}
)
"""States that speakers hold to be the last word. Only the waitlist promises another decision."""

STATE_OF = MappingProxyType({name: str(state) for name, state in OUTCOMES.items()})
"""Outcome of a pending decision -> the state that announcing it leads to, as `Decision` has it."""


def can_become(state: str, outcome: str) -> bool:
    """Whether a submission in this state can be given this outcome."""
    return outcome in OUTCOMES and state in MOVES[outcome].sources


def needs_explanation(state: str) -> bool:
    """Whether changing what was announced takes a note that the speakers read."""
    return state in EXPLAINED


def lane_of(state: str, pending: str) -> str:
    """The column of the board: a pending outcome, else the one that led to the state, else ""."""
    if pending:
        return pending
    led = {state: name for name, state in STATE_OF.items()}
    ended = {State.CONFIRMED: "accept", State.DECLINED: "reject"}
    return led.get(state) or ended.get(State(state), "")


def mark(pending: PendingDecision | None) -> str:
    """What a form remembers to notice that somebody else has decided since; "" for none.

    With the time, as a row that was cleared and set again can have the same number and revision.
    """
    return mark_of(pending.id, pending.revision, pending.at) if pending else ""


def mark_of(id_: int | None, revision: int | None, at: datetime | None) -> str:
    """`mark` from a list's columns, which are empty where nothing is pending."""
    return "" if at is None else f"{id_}-{revision}-{at.astimezone(UTC).isoformat()}"


@record
class Scatter:
    """What all reviews say together, to judge one submission against.

    `line`: the mean at which the accepted ones end. `usual_spread`: how far reviewers of the same
    submission usually are apart (standard deviation), None where no submission has two reviews.
    """

    line: float
    usual_spread: float | None


def verdict(mean: float | None, variance: float | None, reviews: int, scatter: Scatter) -> str:
    """Say "clear", "close" (a close call), or "" without a review.

    Close is a mean nearer to the line than its own uncertainty: one standard error, from how far
    its reviewers are apart or, if that is more, from how far reviewers usually are. (Two who agree
    by chance prove little.) One review alone is always close.
    """
    if mean is None or not reviews:
        return ""
    own = math.sqrt(max(variance or 0.0, 0.0))  # a hair below zero is rounding
    usual = scatter.usual_spread if scatter.usual_spread is not None else 0.0
    uncertain = max(own, usual) / math.sqrt(reviews)
    return "close" if reviews < 2 or abs(mean - scatter.line) <= uncertain else "clear"


def pooled_spread(squares: float, freedom: int) -> float | None:
    """The usual spread, from the squared distances to the means and the degrees of freedom."""
    return math.sqrt(max(squares, 0.0) / freedom) if freedom > 0 else None


def capacity_key(kind: str, id_: int | str | None = None) -> str:
    """The key in `Conference.capacities`: "all", "type-3", "track-2", "day-2026-09-10"."""
    return kind if id_ is None else f"{kind}-{id_}"


@record
class Bar:
    """Minutes used and, on top, pending; `capacity` None where nobody has set one."""

    used: int
    pending: int
    capacity: int | None

    @property
    def total(self) -> int:
        return self.used + self.pending
