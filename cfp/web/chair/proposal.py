"""One proposal: what it changes and why, marked, applied, undone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.assignment import applying, documents, editing, proposals, tallies
from cfp.domain.assignment.models import Proposal
from cfp.domain.assignment.picks import Pair, parts_from
from cfp.domain.assignment.proposal_lists import (
    Names,
    is_kind,
    kind_of,
    names_of,
    proposal_list,
    worst_off,
)
from cfp.domain.assignment.scoring import Because
from cfp.domain.assignment.tallies import Tally
from cfp.domain.conferences import queries as conferences
from cfp.errors import DomainError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission
from cfp.web.lists import Listing
from cfp.web.numbers import number_or, read_number
from cfp.web.ordering import PAGE_SIZE

SHOWS = {
    "": _l("changes"),
    "new": _l("new"),
    "gone": _l("taken away"),
    "kept": _l("unchanged"),
    "left_out": _l("left out"),
    "edited": _l("edited by a chair"),
    "all": _l("everything"),
}
MARKS = {"pinned": "pinned", "dropped": "dropped", "forbidden": "forbidden", "solved": ""}
SORTABLE = ("place", "reviewer", "score", "cost", "worst")
FILTERS = ("show", "q", "reviewer", "track", "sort")
_OWN_COLUMNS = frozenset({"place", "score", "cost"})
_SEARCHED = ("q", "reviewer", "track")
NAMED_AT_MOST = 8
QUERY_LIMIT = 200


@blueprint.get("/<slug>/chair/assignment/proposals/<int:number>")
@permission(Action.ASSIGN)
def proposal(slug: str, number: int) -> str:
    """Its figures, what cannot be had, and a page of its pairs."""
    db, conference = context.db(), context.conference()
    found = proposals.proposal_of(db, context.actor(), conference, number)
    tally = tallies.tally_of(db, found)
    listing = pairs_of(found, tally).load(db)
    reasons = [Because.from_json(row.because) for row in listing.rows]
    names = named(listing.rows, found.figures, documents.ids_in(reasons))
    tracks = conferences.tracks_of(db, conference)
    return render_template(
        "chair/proposal.html",
        conference=conference,
        proposal=found,
        figures=found.figures,
        tally=tally,
        list=listing,
        shows=SHOWS,
        tracks=tracks if len(tracks) > 1 else [],
        worst=worst_off(db, found, lacking=tally.lacking > 0),
        submissions=names.submissions,
        people=names.people,
        titles=names.documents,
        because_from=Because.from_json,
        parts_from=parts_from,
        bins_of=lambda loads: [(str(load), number) for load, number in enumerate(loads)],
        export_url=lambda endpoint: url_for(
            endpoint, slug=slug, number=number, **_shown(listing)
        ),
        kind_of=kind_of,
        named_at_most=NAMED_AT_MOST,
        stale=tallies.is_stale(db, found),
    )


def _shown(listing: Listing) -> dict[str, Any]:
    """The arguments that say which rows, in which order."""
    return {name: listing.arguments[name] for name in FILTERS if name in listing.arguments}


@dataclass
class Pairs(Listing):
    """A proposal's pairs. Who may see a proposal may see all of it, so its tally knows how many."""

    tally: Tally | None = None

    def load(self, db: Session) -> Self:
        """Fetch this page, without counting where only the kind of pairs is asked for."""
        known = self._known()
        if known is None:
            super().load(db)
            return self
        self.total = known
        self.page = min(self.page, self.pages)
        offset = (self.page - 1) * PAGE_SIZE
        if self.sort in _OWN_COLUMNS:  # sorting ids alone works out no column of other rows
            id_ = self.view.column(self.actor, "id")
            ids = select(id_).where(*self.conditions).order_by(*self._order())
            here = ids.limit(PAGE_SIZE).offset(offset).subquery()
            query = self.statement().where(id_.in_(select(here.c[0])))
        else:
            query = self.statement().limit(PAGE_SIZE).offset(offset)
        self.rows = db.execute(query).all()
        return self

    def _known(self) -> int | None:
        if self.tally is None or any(self.arguments.get(name) for name in _SEARCHED):
            return None
        tally, show = self.tally, self.arguments.get("show", "")
        every = {
            "new": tally.new,
            "gone": tally.gone,
            "kept": tally.kept,
            "left_out": tally.left_out,
        }
        if show == "edited":
            return tally.marked
        return sum(every.values()) if show == "all" else every.get(show, tally.changes)


def pairs_of(found: Proposal, tally: Tally | None = None) -> Pairs:
    """Its pairs, as the address narrows and orders them."""
    view, actor = proposal_list(context.conference()), context.actor()
    listing = Pairs.from_request(view, actor, sortable=SORTABLE, default="place")
    listing.tally = tally
    listing.where(view.column(actor, "proposal_id") == found.id)
    asked = {name: text.strip().replace("\0", "") for name, text in listing.arguments.items()}
    show = asked.get("show", "")
    if show != "all":
        listing.where(is_kind(show if show in SHOWS else ""))
    if query := asked.get("q", "")[:QUERY_LIMIT]:
        title, code = view.column(actor, "title"), view.column(actor, "code")
        listing.where(title.icontains(query, autoescape=True) | (code == query.upper()))
    if name := asked.get("reviewer", "")[:QUERY_LIMIT]:
        listing.where(view.column(actor, "reviewer").icontains(name, autoescape=True))
    if asked.get("track"):
        listing.where(view.column(actor, "track") == asked["track"])
    return listing


def named(
    rows: Sequence[Any], figures: Mapping[str, Any], texts: Collection[int] = ()
) -> Names:
    """Names and titles that the alternatives of these rows, and what cannot be had, speak of."""
    steps = [row.alternative for row in rows if row.alternative]
    people = {step["person"] for step in steps}
    submissions = {step["takes"] for step in steps if step["takes"] is not None}
    for one in figures["shortfalls"]:
        people.update(one["people"][:NAMED_AT_MOST])
        submissions.update(one["submissions"][:NAMED_AT_MOST])
    people |= _unmet(figures, "least")
    submissions |= _unmet(figures, "senior", "crowded")
    return names_of(context.db(), people, submissions, texts)


def _unmet(figures: Mapping[str, Any], *rules: str) -> set[int]:
    """Whom the first reports of broken rules name; older proposals have none."""
    unmet = figures.get("unmet", {})
    rows = [row for rule in rules for row in unmet.get(rule, [])[:NAMED_AT_MOST]]
    return {row[0] if isinstance(row, list) else row for row in rows}


@blueprint.post("/<slug>/chair/assignment/proposals/<int:number>/marks")
@permission(Action.ASSIGN)
def proposal_mark(slug: str, number: int) -> ViewResponse:
    """Pin, leave out or forbid the selected pairs, or take that back."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        found = proposals.proposal_of(db, actor, conference, number, lock=True)
        before = tallies.tally_of(db, found)
        editing.mark(
            db,
            actor,
            conference,
            proposal=found,
            pairs=[_pair(value) for value in request.form.getlist("picked")],
            as_=MARKS.get(request.form.get("as", ""), "nothing"),
        )
        flash(effect_words(before, tallies.tally_of(db, found)))
        return _address(slug, number)

    return press(act)


@blueprint.post("/<slug>/chair/assignment/proposals/<int:number>/again")
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
            options=editing.options_with_marks(found),
            now=context.now(),
        )
        return url_for("chair.assignment_job", slug=slug, number=job.id)

    return press(act)


@blueprint.post("/<slug>/chair/assignment/proposals/<int:number>/apply")
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


@blueprint.post("/<slug>/chair/assignment/proposals/<int:number>/undo")
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


@blueprint.post("/<slug>/chair/assignment/proposals/<int:number>/take-back")
@permission(Action.ASSIGN)
def proposal_take_back(slug: str, number: int) -> ViewResponse:
    """Everything as proposed again."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        found = proposals.proposal_of(db, actor, conference, number, lock=True)
        before = tallies.tally_of(db, found)
        editing.take_back(db, actor, conference, proposal=found)
        flash(effect_words(before, tallies.tally_of(db, found)))
        return url_for("chair.proposal", slug=slug, number=number)

    return press(act)


def effect_words(before: Tally, after: Tally) -> str:
    """What an edit has changed, in figures."""
    said = [
        _("the scores sum up to %(now)s instead of %(then)s", now=_number(after.total),
          then=_number(before.total))
    ] if after.total != before.total else []  # fmt: skip
    if after.worst != before.worst and after.worst is not None and before.worst is not None:
        said.append(
            _("the submission that matches least has %(now)s instead of %(then)s",
              now=_number(after.worst), then=_number(before.worst))
        )  # fmt: skip
    if after.missing != before.missing:
        said.append(
            ngettext("%(num)s review is missing", "%(num)s reviews are missing", after.missing)
        )
    if after.over > before.over:
        said.append(
            ngettext(
                "%(num)s reviewer has more than they take",
                "%(num)s reviewers have more than they take",
                after.over,
            )
        )
    if not said:
        return str(_("Changed; all figures stay as they are."))
    return str(_("Changed: %(effects)s.", effects="; ".join(map(str, said))))


def _number(value: float) -> str:
    return f"{value:.2f}"


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


def _pair(value: str) -> Pair:
    """What a row's checkbox sends."""
    first, _dash, second = value.partition("-")
    one, other = read_number(first), read_number(second)
    if one is None or other is None:
        raise DomainError("assignment.no_pick")
    return one, other


def _address(slug: str, number: int) -> str:
    """The same page of the same list."""
    kept = {name: request.form.get(name, "") for name in (*FILTERS, "page")}
    kept["show"] = kept["show"] if kept["show"] in SHOWS else ""
    page = number_or(kept["page"], 1)
    kept["page"] = str(page) if page > 1 else ""
    wanted: dict[str, Any] = {name: text for name, text in kept.items() if text}
    return url_for("chair.proposal", slug=slug, number=number, **wanted)
