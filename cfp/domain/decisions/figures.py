"""The whole board in numbers: what is decided, the minutes it takes, where the line falls.

Without what this person has a blocking conflict with, or only reads: see `judged`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Label,
    Row,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    and_,
    case,
    exists,
    func,
    literal,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, SubmissionType
from cfp.domain.decisions.board import off_board, on_board_from
from cfp.domain.decisions.merging import MERGE, MERGED, any_merge, merged_ids, merging_ids
from cfp.domain.decisions.models import Decision, PendingDecision
from cfp.domain.decisions.queries import newest_decision
from cfp.domain.decisions.rules import capacity_key, pooled_spread
from cfp.domain.reviews.models import DISTANCES, ReviewTally
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.policy import Fact, Seat, seat_of
from cfp.records import record


@record
class Minutes:
    """Minutes, discussion included: of what is announced as accepted, and pending on top."""

    used: int = 0
    pending: int = 0

    def __add__(self, other: "Minutes") -> "Minutes":
        return Minutes(self.used + other.used, self.pending + other.pending)


@dataclass
class Figures:
    """The whole board in numbers, without what this person has a blocking conflict with.

    Attributes:
        pending: pending outcome -> how many submissions; merges are apart, as `MERGE`.
        states: state -> how many with nothing pending; what was merged is apart, as `MERGED`.
        minutes: by `rules.capacity_key`.
        accepted: submissions accepted or about to be.
        usual_spread: see `rules.Scatter`.
        line: the mean at which those accepted end, None while none is or none has a score.
    """

    pending: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    minutes: dict[str, Minutes] = field(default_factory=lambda: defaultdict(Minutes))
    accepted: int = 0
    usual_spread: float | None = None
    line: float | None = None


def figures(db: Session, actor: Actor, conference: Conference) -> Figures:
    """Counted in one statement, whatever the size."""
    found = Figures()
    for row in db.execute(_counts(seat_of(actor, conference))):
        if row.part == "state":
            found.states[row.state] += row.number
        elif row.part == "merged":
            found.states[row.state] -= row.number
            found.states[MERGED] += row.number
        elif row.part == "merging":
            found.pending["reject"] -= row.number
            found.pending[MERGE] += row.number
        elif row.part == "spread":
            found.usual_spread = pooled_spread(row.distances or 0.0, int(row.freedom or 0))
        elif row.part == "line":
            found.line = row.distances
        elif row.part == "program":
            _accept(found, row, Minutes(used=int(row.minutes or 0)))
        else:
            found.pending[row.outcome] += row.number
            found.states[row.state] -= row.number
            if row.outcome == "accept":
                _accept(found, row, Minutes(pending=int(row.minutes or 0)))
    return found


def _accept(found: Figures, row: Row[Any], minutes: Minutes) -> None:
    found.accepted += row.number
    type_key, track_key = capacity_key("type", row.type_id), capacity_key("track", row.track_id)
    for key in (capacity_key("all"), type_key, track_key):
        found.minutes[key] += minutes


@lru_cache(maxsize=64)
def _counts(seat: Seat) -> CompoundSelect[Any]:
    """All by their state, and apart from that the few about which there is more to say.

    Joining what is pending, announced and scored to every submission would take several times as
    long as counting them does.
    """
    # Named, because a database that reads a thing twice works a named one out once.
    left_out = select(_not_judged(seat).cte("left_out"))
    board = and_(
        Submission.conference_id == seat.conference_id, Submission.id.not_in(left_out)
    )
    accepted = _accepted(seat, board).cte("accepted")
    by_state = _figure("state", state=Submission.state, number=func.count(Submission.id))
    return union_all(
        by_state.where(board).group_by(Submission.state),
        _pending(seat).where(board),
        _in_program().where(board),
        _merged(seat).where(board).group_by(Submission.state),
        _merging(seat).where(board),
        _spread(seat, left_out),
        _line(seat, left_out, select(accepted).scalar_subquery()),
    )


def _pending(seat: Seat) -> Select[Any]:
    pending, kind = PendingDecision, SubmissionType
    announced = select(Decision.type_id).where(Decision.id == newest_decision()).scalar_subquery()
    minutes = func.coalesce(pending.minutes, kind.minutes) + kind.discussion_minutes
    groups = {
        "outcome": pending.outcome, "state": Submission.state,
        "track_id": Submission.track_id, "type_id": kind.id,
    }  # fmt: skip
    rows = _figure("pending", **groups, number=func.count(pending.id), minutes=func.sum(minutes))
    return (
        rows.select_from(pending)
        .join(Submission, Submission.id == pending.submission_id)
        .join(kind, kind.id == func.coalesce(pending.type_id, announced, Submission.type_id))
        .where(pending.conference_id == seat.conference_id)
        .group_by(*groups.values())
    )


def _in_program() -> Select[Any]:
    """What is announced as accepted and nothing is pending about.

    Few of many. The outer join and the expression keep SQLite from walking every submission in
    the order of formats or tracks, which took a hundred times as long.
    """
    kind = SubmissionType
    minutes = func.coalesce(Decision.minutes, kind.minutes) + kind.discussion_minutes
    groups = {"track_id": func.coalesce(Submission.track_id, 0), "type_id": kind.id}
    rows = _figure("program", **groups, number=func.count(Submission.id), minutes=func.sum(minutes))
    return (
        rows.select_from(Submission)
        .outerjoin(Decision, Decision.id == newest_decision())
        .outerjoin(kind, kind.id == func.coalesce(Decision.type_id, Submission.type_id))
        .where(Submission.state.in_(sorted(IN_PROGRAM)), ~_has_pending())
        .group_by(*groups.values())
    )


def _merged(seat: Seat) -> Select[Any]:
    """What was merged into another and nothing is pending about: few of those not accepted."""
    rows = _figure("merged", state=Submission.state, number=func.count(Submission.id))
    merged = Submission.id.in_(merged_ids())
    return rows.where(any_merge(Decision), merged, ~_has_pending())


def _merging(seat: Seat) -> Select[Any]:
    """What is to be merged, of what is pending as not accepted."""
    rows = _figure("merging", number=func.count(Submission.id))
    return rows.where(any_merge(PendingDecision), Submission.id.in_(merging_ids(seat)))


def _spread(seat: Seat, left_out: Select[int]) -> Select[Any]:
    distances, freedom = func.sum(DISTANCES), func.sum(ReviewTally.scored - 1)
    rows = _figure("spread", distances=distances, freedom=freedom)
    return rows.where(*_scored(seat, left_out))


def _scored(seat: Seat, left_out: Select[int]) -> Sequence[ColumnElement[bool]]:
    """The tallies of what is judged here and has a score."""
    tally = ReviewTally
    here, mean = tally.conference_id == seat.conference_id, tally.mean.is_not(None)
    return here, mean, tally.submission_id.not_in(left_out)


def _figure(part: str, **given: SQLColumnExpression[Any]) -> Select[Any]:
    """The columns of each part of `_counts`; what a part does not give is empty."""
    columns: dict[str, SQLColumnExpression[Any]] = {
        "part": literal(part),
        **{name: literal("") for name in ("outcome", "state")},
        **{name: literal(0) for name in ("track_id", "type_id", "number", "minutes")},
        **{name: literal(0.0) for name in ("distances", "freedom")},
        **given,
    }
    labels: list[Label[Any]] = [column.label(name) for name, column in columns.items()]
    return select(*labels)


def judged(seat: Seat) -> ColumnElement[bool]:
    """What this person's figures are of: what is on the board and they may decide on."""
    known = dict.fromkeys([seat.knows(Fact.PENDING), seat.knows(Fact.CHAIR_REVIEWS)])
    return and_(on_board_from(seat), *known)


def _not_judged(seat: Seat) -> CompoundSelect[int]:
    """The ids of the conference's others: leaving these few out is quicker than a join."""
    facts = (Fact.PENDING, Fact.CHAIR_REVIEWS)
    return union(off_board(seat), *dict.fromkeys(seat.unknown(fact) for fact in facts))


def _line(seat: Seat, left_out: Select[int], accepted: ScalarSelect[int]) -> Select[Any]:
    """Midway between the mean of the last that is in and that of the next."""
    ends = (
        select(ReviewTally.mean)
        .where(*_scored(seat, left_out))
        .order_by(ReviewTally.mean.desc())
        .offset(case((accepted > 0, accepted - 1), else_=0))
        .limit(2)
        .subquery()
    )
    return _figure("line", distances=func.avg(ends.c.mean)).where(accepted > 0)


def _accepted(seat: Seat, board: ColumnElement[bool]) -> Select[int]:
    """How many are accepted or about to be."""
    number = func.count(Submission.id)
    about_to_be = (
        select(number)
        .join(PendingDecision, PendingDecision.submission_id == Submission.id)
        .where(
            PendingDecision.conference_id == seat.conference_id,
            PendingDecision.outcome == "accept",
            board,
        )
    )
    announced = select(number).where(
        Submission.state.in_(sorted(IN_PROGRAM)), ~_has_pending(), board
    )
    both = about_to_be.scalar_subquery() + announced.scalar_subquery()
    return select(both.label("number"))


def _has_pending() -> ColumnElement[bool]:
    return exists().where(PendingDecision.submission_id == Submission.id).correlate(Submission)
