"""One proposal: what it changes and why, edited, applied, undone."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from cfp.domain.accounts.models import Person
from cfp.domain.assignment import applying, documents, proposals
from cfp.domain.assignment.models import Proposal
from cfp.domain.assignment.proposals import Difference, Pair, Pick
from cfp.domain.assignment.scoring import Because, Parts
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission
from cfp.web.lists import PAGE_SIZE

SHOWS = {
    "": _l("changes"),
    "new": _l("new"),
    "gone": _l("taken away"),
    "kept": _l("unchanged"),
    "left_out": _l("left out"),
    "all": _l("everything"),
}
MARKS = {"pinned": "pinned", "dropped": "dropped", "forbidden": "forbidden", "solved": ""}
WORST_SHOWN, NAMED_AT_MOST = 5, 8


class Line(NamedTuple):
    """A pair of the list. kind: new, gone, kept, left_out; `why` of what is taken away."""

    pair: Pair
    kind: str
    parts: Parts | None = None
    mark: str = ""
    why: str = ""
    because: Because | None = None

    @property
    def value(self) -> str:
        return f"{self.pair[0]}-{self.pair[1]}"


@dataclass(frozen=True)
class Lines:
    """One page of the list, in the shape that the macros of lists read."""

    rows: Sequence[Line]
    page: int
    total: int
    arguments: Mapping[str, str]

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))

    def url(self, **changes: object) -> str:
        """The list's address with some arguments changed; None drops one."""
        kept: dict[str, Any] = {
            name: str(value)
            for name, value in {**self.arguments, **changes}.items()
            if value not in (None, "")
        }
        return url_for("chair.proposal", **(request.view_args or {}), **kept)


@blueprint.get("/<slug>/chair/assignment/proposals/<int(max=2147483647):number>")
@permission(Action.ASSIGN)
def proposal(slug: str, number: int) -> str:
    """Its figures, what cannot be had, and a page of its pairs."""
    db, conference = context.db(), context.conference()
    found = proposals.proposal_of(db, context.actor(), conference, number)
    every = proposals.picks_of(found)
    difference = proposals.difference(db, conference, found, every)
    lines = _lines(difference)
    picks = [pick for pick in every if pick.counts]
    worst = _worst(found, picks)
    short = found.figures["shortfalls"]
    submissions = _submissions(
        {line.pair[0] for line in lines.rows}
        | {id_ for id_, _score in worst}
        | {id_ for one in short for id_ in one["submissions"][:NAMED_AT_MOST]}
        | _unmet_ids(found, "senior", "crowded")
    )
    loads = Counter(pick.person_id for pick in picks)
    people = _people(
        {line.pair[1] for line in lines.rows}
        | set(loads)
        | _short_people(short)
        | _unmet_ids(found, "least")
    )
    return render_template(
        "chair/proposal.html",
        conference=conference,
        proposal=found,
        figures=found.figures,
        difference=difference,
        lines=lines,
        titles=documents.titles_of(db, conference, [line.because for line in lines.rows]),
        shows=SHOWS,
        worst=worst,
        submissions=submissions,
        people=people,
        loads=sorted(loads.items(), key=lambda item: (-item[1], people.get(item[0], ""))),
        bins=_bins(loads),
        named_at_most=NAMED_AT_MOST,
        marked=any(pick.mark for pick in every),
        stale=found.state == "proposed" and _is_stale(found, difference),
    )


@blueprint.post("/<slug>/chair/assignment/proposals/<int(max=2147483647):number>/marks")
@permission(Action.ASSIGN)
def proposal_mark(slug: str, number: int) -> ViewResponse:
    """Pin, leave out or forbid the selected pairs, or take that back."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        found = proposals.proposal_of(db, actor, conference, number, lock=True)
        proposals.mark(
            db,
            actor,
            conference,
            proposal=found,
            pairs=[_pair(value) for value in request.form.getlist("picked")],
            as_=MARKS.get(request.form.get("as", ""), "nothing"),
        )
        return _address(slug, number)

    return press(act)


@blueprint.post("/<slug>/chair/assignment/proposals/<int(max=2147483647):number>/again")
@permission(Action.ASSIGN)
def proposal_again(slug: str, number: int) -> ViewResponse:
    """Solve again with what was pinned and forbidden."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        found = proposals.proposal_of(db, actor, conference, number)
        job = proposals.request_proposal(
            db,
            actor,
            conference,
            options=proposals.options_with_marks(found),
            now=context.now(),
        )
        return url_for("chair.assignment_job", slug=slug, number=job.id)

    return press(act)


@blueprint.post("/<slug>/chair/assignment/proposals/<int(max=2147483647):number>/apply")
@permission(Action.ASSIGN)
def proposal_apply(slug: str, number: int) -> ViewResponse:
    """Assign as proposed, as a whole, and tell the reviewers."""
    def act() -> str:
        applied = applying.apply(
            context.db(),
            context.actor(),
            context.conference(),
            proposal_id=number,
            links=context.links(),
            now=context.now(),
        )
        flash(_applied_words(applied))
        return url_for("chair.proposal", slug=slug, number=number)

    return press(act)


@blueprint.post("/<slug>/chair/assignment/proposals/<int(max=2147483647):number>/undo")
@permission(Action.ASSIGN)
def proposal_undo(slug: str, number: int) -> ViewResponse:
    """Back to what stood before it was applied."""
    def act() -> str:
        undone = applying.undo(
            context.db(),
            context.actor(),
            context.conference(),
            proposal_id=number,
            now=context.now(),
        )
        flash(_undone_words(undone))
        return url_for("chair.proposal", slug=slug, number=number)

    return press(act)


def _applied_words(applied: applying.Applied) -> str:
    new = applied.added
    assigned = ngettext("%(num)s review is asked for", "%(num)s reviews are asked for", new)
    mails = ngettext("%(num)s reviewer is told", "%(num)s reviewers are told", applied.mails)
    return str(_("Applied: %(assigned)s, %(mails)s.", assigned=assigned, mails=mails))


def _undone_words(undone: applying.Applied) -> str:
    if not undone.kept:
        return str(_("Undone: it is as it was before."))
    return str(
        ngettext(
            "Undone, but for %(num)s assignment: its review has begun, or nobody can give it now.",
            "Undone, but for %(num)s assignments: reviews have begun, or nobody can give them now.",
            undone.kept,
        )
    )


def _lines(difference: Difference) -> Lines:
    """The page of pairs that the address asks for."""
    show = request.args.get("show", "")
    show = show if show in SHOWS else ""
    page = request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and 0 < int(page) < 10**6 else 1
    wanted = {"": {"new", "gone"}, "all": {"new", "gone", "kept", "left_out"}}.get(show, {show})
    chosen = sorted(_lines_of(difference, wanted), key=lambda line: line.pair)
    number = min(number, max(1, -(-len(chosen) // PAGE_SIZE)))
    start = (number - 1) * PAGE_SIZE
    arguments = {"show": show} if show else {}
    return Lines(chosen[start : start + PAGE_SIZE], number, len(chosen), arguments)


def _lines_of(difference: Difference, wanted: Collection[str]) -> Iterator[Line]:
    left_out = {pick.pair for pick in difference.left_out}
    for kind, picks in (
        ("new", difference.new),
        ("kept", difference.kept),
        ("left_out", difference.left_out),
    ):
        if kind in wanted:
            yield from (
                Line(pick.pair, kind, pick.parts, pick.mark, because=pick.because)
                for pick in picks
            )
    if "gone" in wanted:
        for pair, why in difference.gone.items():
            yield Line(pair, "gone", why="chair" if pair in left_out else why)


def _worst(found: Proposal, picks: Sequence[Pick]) -> list[tuple[int, float]]:
    """The submissions with the lowest sum of scores: nobody, or nobody fitting."""
    sums: dict[int, float] = dict.fromkeys(found.figures["scope"], 0.0)
    for pick in picks:
        sums[pick.submission_id] = sums.get(pick.submission_id, 0.0) + pick.parts.total
    return sorted(sums.items(), key=lambda item: (round(item[1], 6), item[0]))[:WORST_SHOWN]


def _bins(loads: Counter[int]) -> list[tuple[str, int]]:
    """How many reviewers have how many of these submissions."""
    having = Counter(loads.values())
    return [(str(load), having[load]) for load in range(1, max(having, default=0) + 1)]


def _is_stale(found: Proposal, difference: Difference) -> bool:
    """Whether what stands is no more what it was made on; applying would be refused."""
    stood = {pick.pair for pick in difference.kept} | set(difference.gone)
    return bool(proposals.digest(stood) != found.figures["stood"])


def _short_people(short: Sequence[Mapping[str, Any]]) -> set[int]:
    return {id_ for one in short for id_ in one["people"][:NAMED_AT_MOST]}


def _unmet_ids(found: Proposal, *rules: str) -> set[int]:
    """Whom the first reports of broken rules name; older proposals have none."""
    unmet = found.figures.get("unmet", {})
    rows = [row for rule in rules for row in unmet.get(rule, [])[:NAMED_AT_MOST]]
    return {row[0] if isinstance(row, list) else row for row in rows}


def _submissions(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Code and title; the proposal is this person's to see, so they are too."""
    query = select(Submission.id, Submission.code, Submission.title).where(Submission.id.in_(ids))
    return {id_: (code, title) for id_, code, title in context.db().execute(query)}


def _people(ids: Collection[int]) -> dict[int, str]:
    query = select(Person.id, Person.name).where(Person.id.in_(ids))
    return dict(context.db().execute(query).all())


def _pair(value: str) -> Pair:
    """What a row's checkbox sends."""
    parts = value.split("-")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        raise DomainError("assignment.no_pick")
    return int(parts[0]), int(parts[1])


def _address(slug: str, number: int) -> str:
    """The same page of the same list."""
    show, page = request.form.get("show", ""), request.form.get("page", "")
    return url_for(
        "chair.proposal",
        slug=slug,
        number=number,
        show=show if show in SHOWS and show else None,
        page=page if page.isascii() and page.isdigit() and page != "1" else None,
    )
