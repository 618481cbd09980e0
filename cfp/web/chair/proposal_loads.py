"""Who gets how much in a proposal."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, render_template, request

from cfp.domain.assignment import proposals
from cfp.domain.assignment.models import Proposal
from cfp.domain.assignment.proposal_lists import LOAD_SORTS, ReviewerLoad, reviewer_loads
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.proposal import QUERY_LIMIT
from cfp.web.files import KINDS, table_file
from cfp.web.gate import permission
from cfp.web.numbers import read_number
from cfp.web.ordering import PAGE_SIZE
from cfp.web.paged import Paged

_MOST_LOAD = 1_000


@blueprint.get("/<slug>/chair/assignment/proposals/<int:number>/reviewers/")
@permission(Action.ASSIGN)
def proposal_loads(slug: str, number: int) -> str:
    """Every reviewer with their load in the proposal."""
    conference = context.conference()
    found = proposals.proposal_of(context.db(), context.actor(), conference, number)
    return render_template(
        "chair/proposal_loads.html", conference=conference, proposal=found, list=_loads(found)
    )


HEADER = ("reviewer", "planned", "least", "most", "mean match")
"""The columns of the files; named in one language only."""


def _answer(kind: str, slug: str, number: int) -> Response:
    """Every reviewer that the page's search finds, in its order."""
    found = proposals.proposal_of(context.db(), context.actor(), context.conference(), number)
    _total, loads = reviewer_loads(context.db(), found, **_asked(_arguments()))
    rows = ((one.name, one.planned, one.least, one.most, one.score) for one in loads)
    return table_file(kind, f"{slug}-loads", HEADER, rows)


def _add_files() -> None:
    for kind in KINDS:

        def view(slug: str, number: int, kind: str = kind) -> Response:
            return _answer(kind, slug, number)

        permission(Action.ASSIGN)(view)
        path = "/<slug>/chair/assignment/proposals/<int:number>/reviewers"
        blueprint.add_url_rule(f"{path}.{kind}", f"proposal_loads_{kind}", view)


_add_files()


def _arguments() -> dict[str, str]:
    return {
        name: request.args[name].replace("\0", "").strip()[:QUERY_LIMIT]
        for name in ("q", "load", "sort")
        if request.args.get(name)
    }


def _asked(arguments: Mapping[str, str]) -> dict[str, Any]:
    sort = arguments.get("sort", "-planned")
    sort = sort if sort.removeprefix("-") in LOAD_SORTS else "-planned"
    load = read_number(arguments.get("load"), _MOST_LOAD)
    return {"query": arguments.get("q", ""), "load": load, "sort": sort}


def _loads(found: Proposal) -> Paged[ReviewerLoad]:
    arguments, page = _arguments(), read_number(request.args.get("page"), _MOST_LOAD) or 1
    asked = _asked(arguments)
    sort: str = asked["sort"]
    total, rows = _page(found, asked, page)
    if not rows and page > 1:
        page = max(1, -(-total // PAGE_SIZE))
        total, rows = _page(found, asked, page)
    return Paged(rows, page, total, sort.removeprefix("-"), sort.startswith("-"), arguments)


def _page(
    found: Proposal, asked: Mapping[str, Any], page: int
) -> tuple[int, Sequence[ReviewerLoad]]:
    offset = (page - 1) * PAGE_SIZE
    return reviewer_loads(context.db(), found, **asked, limit=PAGE_SIZE, offset=offset)

