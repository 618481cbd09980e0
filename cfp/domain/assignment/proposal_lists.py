"""What lists, pages and exports read of a proposal: its pairs, who is worst off, and the loads."""

from collections.abc import Collection, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import (
    Proposal,
    ProposalPick,
    ProposalReviewer,
    ProposalSubmission,
    ReviewerDocument,
)
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.submissions.models import Submission
from cfp.policy import Column, Fact, View
from cfp.records import record

KINDS = ("new", "gone", "kept", "left_out")
WORST_SHOWN = 5


def proposal_list(conference: Conference) -> View:
    """A row per pair of any proposal; narrow by `of_proposal`. `place` orders by submission."""
    pick, side = ProposalPick, ProposalSubmission
    source = (
        ProposalPick.__table__.join(Submission, Submission.id == pick.submission_id)
        .join(Person, Person.id == pick.person_id)
        .join(Track, Track.id == Submission.track_id)
        .join(
            ProposalSubmission,
            and_(
                side.proposal_id == pick.proposal_id, side.submission_id == pick.submission_id
            ),
        )
    )
    columns: dict[str, Any] = {
        "id": pick.id,
        "proposal_id": pick.proposal_id,
        "submission_id": pick.submission_id,
        "person_id": pick.person_id,
        "place": pick.submission_id,
        "code": Submission.code,
        "title": Submission.title,
        "track": Track.name,
        "reviewer": Person.name,
        "person": Person.code,
        "counts": pick.counts,
        "stood": pick.stood,
        "proposed": pick.proposed,
        "mark": pick.mark,
        "why": pick.why,
        "parts": pick.parts,
        "because": pick.because,
        "score": pick.score,
        "alternative": pick.alternative,
        "cost": pick.cost,
        "worst": side.score,
        "planned": side.planned,
        "demand": side.demand,
    }
    return View(
        conference=conference,
        source=source,
        rows=Fact.REVIEWERS,
        columns=MappingProxyType({name: Column(what) for name, what in columns.items()}),
    )


def is_kind(kind: str) -> ColumnElement[bool]:
    """The pairs that applying makes new, keeps, takes away, or that were proposed and left out."""
    counts, stood = ProposalPick.counts, ProposalPick.stood
    return {
        "new": and_(counts, ~stood),
        "kept": and_(counts, stood),
        "gone": and_(~counts, stood),
        "left_out": and_(~counts, ~stood),
        "edited": ProposalPick.mark != "",
        "": or_(and_(counts, ~stood), and_(~counts, stood)),
    }[kind]


def kind_of(counts: bool, stood: bool) -> str:
    """The same for one pair."""
    if counts:
        return "kept" if stood else "new"
    return "gone" if stood else "left_out"


@record
class WorstOff:
    """A submission and what it has in a proposal."""

    code: str
    title: str
    score: float
    planned: int
    demand: int


def worst_off(db: Session, proposal: Proposal, *, lacking: bool) -> Sequence[WorstOff]:
    """Those that lack reviewers first, if any do, then those whose reviewers match least."""
    side = ProposalSubmission
    order = [side.score, side.submission_id]  # as the index has them
    rows = db.execute(
        select(Submission.code, Submission.title, side.score, side.planned, side.demand)
        .join(Submission, Submission.id == side.submission_id)
        .where(side.proposal_id == proposal.id)
        .order_by(*([side.planned >= side.demand, *order] if lacking else order))
        .limit(WORST_SHOWN)
    )
    return [WorstOff(*row) for row in rows]


@record
class ReviewerLoad:
    """A reviewer's part in a proposal; `score` is the mean of their pairs."""

    code: str
    name: str
    planned: int
    least: int
    most: int | None
    score: float | None

    @property
    def over(self) -> bool:
        return self.most is not None and self.planned > self.most


LOAD_SORTS = ("reviewer", "planned", "score")


def reviewer_loads(
    db: Session,
    proposal: Proposal,
    *,
    query: str = "",
    load: int | None = None,
    sort: str = "-planned",
    limit: int | None = None,
    offset: int = 0,
) -> tuple[int, Sequence[ReviewerLoad]]:
    """How many reviewers the search finds, and a page of them. Two statements."""
    side, pick = ProposalReviewer, ProposalPick
    mean = (
        select(func.avg(pick.score))
        .where(pick.proposal_id == proposal.id, pick.person_id == side.person_id, pick.counts)
        .scalar_subquery()
    )
    asked = [side.proposal_id == proposal.id]
    if query:
        asked.append(Person.name.icontains(query, autoescape=True))
    if load is not None:
        asked.append(side.planned == load)
    by: dict[str, ColumnElement[Any]] = {
        "reviewer": func.lower(Person.name),
        "planned": side.planned.expression,
        "score": mean,
    }
    name = sort.removeprefix("-")
    order = by[name].desc() if sort.startswith("-") else by[name].asc()
    source = select(side.id).join(Person, Person.id == side.person_id).where(*asked)
    total = db.scalar(select(func.count()).select_from(source.subquery())) or 0
    columns = (Person.code, Person.name, side.planned, side.least, side.most, mean)
    page = (
        source.with_only_columns(*columns)
        .order_by(order.nulls_last(), func.lower(Person.name), Person.id)
        .limit(limit)
        .offset(offset)
    )
    return total, [ReviewerLoad(*row) for row in db.execute(page)]


class Names(NamedTuple):
    """Names of people, codes and titles of submissions, titles of reviewers' texts, by id."""

    people: dict[int, str]
    submissions: dict[int, tuple[str, str]]
    documents: dict[int, str]


def names_of(
    db: Session,
    people: Collection[int],
    submissions: Collection[int],
    documents: Collection[int] = (),
) -> Names:
    """What a proposal that the person may see speaks of; one statement for all."""
    found = Names({}, {}, {})
    nothing, text = literal(""), ReviewerDocument
    parts = [
        select(literal("person"), Person.id, nothing, Person.name).where(Person.id.in_(people)),
        select(literal("submission"), Submission.id, Submission.code, Submission.title).where(
            Submission.id.in_(submissions)
        ),
        select(literal("document"), text.id, nothing, text.title).where(text.id.in_(documents)),
    ]
    if not people and not submissions and not documents:
        return found
    for kind, id_, code, name in db.execute(union_all(*parts)):
        if kind == "submission":
            found.submissions[id_] = code, name
        else:
            (found.people if kind == "person" else found.documents)[id_] = name
    return found
