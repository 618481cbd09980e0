"""How much each reviewer has been given and takes: the list, and the chairs' limits."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from cfp.domain.assignment.actions import set_limits
from cfp.domain.assignment.loads import Load, loads_of
from cfp.domain.assignment.rules import LOAD_LIMIT
from cfp.errors import NotFoundError
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.assignment import sees_part
from cfp.web.chair.setup_forms import Whole
from cfp.web.forms import BaseForm, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.lists import arguments_of
from cfp.web.numbers import read_number
from cfp.web.ordering import PAGE_SIZE
from cfp.web.paged import Paged

QUERY_LIMIT = 200
UNLIMITED = 10**9
SORTS: Mapping[str, Callable[[Load], int]] = MappingProxyType(
    {
        "reviewer": lambda _load: 0,  # they come by name
        "asked": lambda load: load.assigned,
        "done": lambda load: load.done,
        "declined": lambda load: load.declined,
        "free": lambda load: UNLIMITED if load.limit is None else load.limit - load.assigned,
    }
)


class LimitsForm(BaseForm):
    """How much a reviewer is given."""

    capped = Whole(_l("At most"), 0, LOAD_LIMIT, optional=True)
    least = Whole(_l("At least"), 0, LOAD_LIMIT, optional=True)
    senior = BooleanField(_l("Counts as a senior reviewer"))
    paused = BooleanField(_l("Pause: no new reviews for now"))


@blueprint.get("/<slug>/chair/assignment/reviewers/")
@permission(Action.ASSIGN)
def assignment_reviewers(slug: str) -> str:
    """Who has how much, and how much each takes."""
    conference = context.conference()
    return render_template(
        "chair/assignment_reviewers.html",
        list=_list(loads_of(context.db(), context.actor(), conference)),
        conference=conference,
        may_change=allowed(context.actor(), Action.CHAIR_ONLY, conference, context.now()),
        part=sees_part(),
    )


def _list(loads: list[Load]) -> Paged[Load]:
    """The page that the address asks for, of the names and in the order it asks for."""
    arguments = arguments_of(request.args)
    asked = arguments.get("sort", "reviewer")
    name = asked.removeprefix("-") if asked.removeprefix("-") in SORTS else "reviewer"
    query = arguments.get("q", "").strip()[:QUERY_LIMIT].casefold()
    fitting = [load for load in loads if query in load.name.casefold()]
    turned = asked.startswith("-")
    fitting.sort(key=SORTS[name], reverse=turned)
    if name == "reviewer" and turned:
        fitting.reverse()
    last = max(1, -(-len(fitting) // PAGE_SIZE))
    page = min(read_number(request.args.get("page", "")[:9]) or 1, last)
    first = (page - 1) * PAGE_SIZE
    rows = fitting[first : first + PAGE_SIZE]
    return Paged(rows, page, len(fitting), name, turned, arguments)


@blueprint.route("/<slug>/chair/assignment/reviewers/<person>", methods=["GET", "POST"])
@permission(Action.CHAIR_ONLY)
def assignment_limits(slug: str, person: str) -> ViewResponse | str:
    """How much one reviewer is given at most."""
    load = _load_of(person)
    names = ("capped", "least", "senior", "paused")
    form = LimitsForm(data={name: getattr(load, name) for name in names})
    if not context.conference().needs_senior:
        del form.senior

    def page() -> str:
        return render_template(
            "chair/assignment_limits.html", form=form, load=load, conference=context.conference()
        )

    def act() -> str:
        set_limits(
            context.db(),
            context.actor(),
            context.conference(),
            person_id=load.person_id,
            capped=form.capped.data,
            paused=form.paused.data,
            least=form.least.data,
            senior=form.senior.data if "senior" in form else load.senior,
            now=context.now(),
        )
        return url_for("chair.assignment_reviewers", slug=slug)

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))


def _load_of(code: str) -> Load:
    loads = loads_of(context.db(), context.actor(), context.conference())
    found = next((load for load in loads if load.code == code), None)
    if found is None:
        raise NotFoundError("not_found")
    return found
