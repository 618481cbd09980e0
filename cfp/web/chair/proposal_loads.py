"""Who gets how much in a proposal."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request

from cfp.domain.assignment import proposals
from cfp.domain.assignment.models import Proposal
from cfp.domain.assignment.proposal_lists import LOAD_SORTS, ReviewerLoad, reviewer_loads
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.proposal import QUERY_LIMIT
from cfp.web.gate import permission
from cfp.web.ordering import PAGE_SIZE
from cfp.web.paged import Paged

_MOST_LOAD = 1_000


@blueprint.get("/<slug>/chair/assignment/proposals/<int(max=2147483647):number>/reviewers/")
@permission(Action.ASSIGN)
def proposal_loads(slug: str, number: int) -> str:
    """Every reviewer with their load in the proposal."""
    conference = context.conference()
    found = proposals.proposal_of(context.db(), context.actor(), conference, number)
    return render_template(
        "chair/proposal_loads.html", conference=conference, proposal=found, list=_loads(found)
    )


def _loads(found: Proposal) -> Paged[ReviewerLoad]:
    arguments = {
        name: request.args[name].replace("\0", "").strip()[:QUERY_LIMIT]
        for name in ("q", "load", "sort")
        if request.args.get(name)
    }
    sort = arguments.get("sort", "-planned")
    sort = sort if sort.removeprefix("-") in LOAD_SORTS else "-planned"
    load, page = _whole(arguments.get("load", "")), _whole(request.args.get("page", "")) or 1
    asked: dict[str, Any] = {"query": arguments.get("q", ""), "load": load, "sort": sort}
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


def _whole(text: str) -> int | None:
    """A small whole number, if it is one."""
    if not (text.isascii() and text.isdigit()) or int(text[:9]) > _MOST_LOAD:
        return None
    return int(text)
