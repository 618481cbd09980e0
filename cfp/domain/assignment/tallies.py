"""What a proposal's pairs come to: counted in SQL when it is stored and after every edit.

The figures a page shows are stored under `figures["now"]`, so that looking at a proposal counts
nothing, and with each submission and each reviewer, so that lists sort by them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from cfp.domain.assignment.models import (
    Assignment,
    Proposal,
    ProposalPick,
    ProposalReviewer,
    ProposalSubmission,
)
from cfp.domain.assignment.rules import ACTIVE
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.records import record

ROUNDING = 6


@record
class Tally:
    """The figures of a proposal as a chair has left it.

    Attributes:
        new, kept, gone, left_out: pairs by what applying does with them.
        marked: pairs a chair has touched.
        planned, missing: reviews there would be, and reviews that would still be missing.
        lacking: submissions with fewer reviewers than they need.
        total: sum of the scores.
        worst: lowest sum of a submission that has all its reviewers.
        quartile: a quarter of the submissions has this sum or less.
        gini: 0 when all submissions match equally well, towards 1 when few have everything.
        over: reviewers with more than they take.
        loads: number of reviewers by number of reviews, from 0 on.
    """

    new: int
    kept: int
    gone: int
    left_out: int
    marked: int
    planned: int
    missing: int
    lacking: int
    total: float
    worst: float | None
    quartile: float | None
    gini: float | None
    over: int
    loads: Sequence[int]

    @property
    def changes(self) -> int:
        """What applying would change."""
        return self.new + self.gone

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Tally":
        return cls(**stored)


def tally_of(db: Session, proposal: Proposal) -> Tally:
    """The stored figures; counted where an older release has stored none."""
    stored = proposal.figures.get("now")
    return Tally.from_json(stored if stored is not None else _counted(db, proposal))


def count_again(db: Session, proposal: Proposal, submissions: Sequence[int] | None = None) -> None:
    """Bring the figures up to date, after edits of these submissions only, or of all."""
    db.flush()
    _count_submissions(db, proposal, submissions)
    _count_reviewers(db, proposal)
    proposal.figures = {**proposal.figures, "now": _counted(db, proposal)}
    db.flush()


def _count_submissions(
    db: Session, proposal: Proposal, submissions: Sequence[int] | None
) -> None:
    side, pick = ProposalSubmission, ProposalPick
    mine = select(func.count(pick.id)).where(
        pick.proposal_id == side.proposal_id, pick.submission_id == side.submission_id, pick.counts
    )
    planned = mine.scalar_subquery()
    score = mine.with_only_columns(func.coalesce(func.sum(pick.score), 0.0)).scalar_subquery()
    statement = update(side).where(side.proposal_id == proposal.id)
    if submissions is not None:
        statement = statement.where(side.submission_id.in_(submissions))
    db.execute(
        statement.values(planned=planned, score=score).execution_options(synchronize_session=False)
    )


def _count_reviewers(db: Session, proposal: Proposal) -> None:
    side, pick = ProposalReviewer, ProposalPick
    planned = (
        select(func.count(pick.id))
        .where(pick.proposal_id == side.proposal_id, pick.person_id == side.person_id, pick.counts)
        .scalar_subquery()
    )
    statement = update(side).where(side.proposal_id == proposal.id)
    db.execute(
        statement.values(planned=planned).execution_options(synchronize_session=False)
    )


def _counted(db: Session, proposal: Proposal) -> dict[str, Any]:
    scores = [
        round(score, ROUNDING)
        for score in db.scalars(
            select(ProposalSubmission.score)
            .where(ProposalSubmission.proposal_id == proposal.id, ProposalSubmission.demand > 0)
            .order_by(ProposalSubmission.score)
        )
    ]
    return {
        **_pairs(db, proposal),
        **_needs(db, proposal),
        "quartile": scores[(len(scores) - 1) // 4] if scores else None,
        "gini": gini(scores),
        **_loads(db, proposal),
    }


def _pairs(db: Session, proposal: Proposal) -> dict[str, Any]:
    row = ProposalPick
    counts, stood = row.counts.expression, row.stood.expression
    query = select(
        _number(and_(counts, ~stood)),
        _number(and_(counts, stood)),
        _number(and_(~counts, stood)),
        _number(and_(~counts, ~stood)),
        _number(row.mark != ""),
        _number(counts),
        func.coalesce(func.sum(case((counts, row.score), else_=0.0)), 0.0),
    ).where(row.proposal_id == proposal.id)
    names = ("new", "kept", "gone", "left_out", "marked", "planned", "total")
    found = dict(zip(names, db.execute(query).one(), strict=True))
    return {**found, "total": round(found["total"], ROUNDING)}


def _needs(db: Session, proposal: Proposal) -> dict[str, Any]:
    row = ProposalSubmission
    short = row.planned < row.demand
    query = select(
        func.coalesce(func.sum(case((short, row.demand - row.planned), else_=0)), 0),
        _number(short),
        func.min(case((and_(~short, row.demand > 0), row.score))),
    ).where(row.proposal_id == proposal.id)
    missing, lacking, worst = db.execute(query).one()
    return {
        "missing": missing,
        "lacking": lacking,
        "worst": None if worst is None else round(worst, ROUNDING),
    }


def _loads(db: Session, proposal: Proposal) -> dict[str, Any]:
    row = ProposalReviewer
    of_it = row.proposal_id == proposal.id
    counted = select(row.planned, func.count()).where(of_it).group_by(row.planned)
    having: dict[int, int] = dict(db.execute(counted).all())
    over = db.scalar(select(func.count()).where(of_it, row.planned > row.most))
    return {
        "loads": [having.get(load, 0) for load in range(max(having, default=-1) + 1)],
        "over": over or 0,
    }


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def gini(ascending: Sequence[float]) -> float | None:
    """Half the mean difference of two values drawn at random, as a share of their mean.

    Source: Gini 1912, in the form for sorted values. None where the mean is not positive or a
    value negative: then it means nothing.
    """
    total, number = sum(ascending), len(ascending)
    if total <= 0 or ascending[0] < 0:
        return None
    weighted = sum(place * value for place, value in enumerate(ascending, 1))
    return round(2 * weighted / (number * total) - (number + 1) / number, 4)


def fingerprint(db: Session, proposal: Proposal) -> list[int]:
    """Sums over what stands in the proposal's submissions, and how many left the review.

    Other sums, other pairs. What is applied is checked pair by pair; this tells a page in one
    statement that an index answers.
    """
    of_it = {"proposal": proposal.id, "conference": proposal.conference_id}
    return [int(value) for value in db.execute(_FINGERPRINT, of_it).one()]


def _fingerprint() -> Select[Any]:
    """Of the proposal and conference given at execution."""
    proposal: BindParameter[int] = bindparam("proposal")
    conference: BindParameter[int] = bindparam("conference")
    submission_id, person_id = Assignment.submission_id, Assignment.person_id
    side = ProposalSubmission
    in_scope = select(side.submission_id).where(side.proposal_id == proposal)
    decided = select(Submission.id).where(  # few while reviews are asked for, and indexed
        Submission.conference_id == conference, Submission.state != State.SUBMITTED
    )
    left = select(func.count()).where(
        side.proposal_id == proposal, side.submission_id.in_(decided)
    )
    return select(
        func.count(),
        func.coalesce(func.sum(submission_id), 0),
        func.coalesce(func.sum(person_id), 0),
        func.coalesce(func.sum(cast(submission_id, BigInteger) * person_id), 0),
        left.scalar_subquery(),
    ).where(
        Assignment.conference_id == conference,
        case((Assignment.state.in_(ACTIVE), 1), else_=0) == 1,  # one seek, not one for each state
        submission_id.in_(in_scope),
    )


_FINGERPRINT = _fingerprint()


def is_stale(db: Session, proposal: Proposal) -> bool:
    """Whether what stands is no more what it was made on; applying would be refused."""
    made_on = proposal.figures.get("stands")
    if proposal.state != "proposed" or made_on is None:
        return False
    return bool(fingerprint(db, proposal) != made_on)
