"""How far each reviewer is: the columns of that list, on its page and in its files."""

from collections.abc import Mapping

from flask import Response, request
from flask_babel import lazy_gettext as _l

from cfp.domain.decisions.calibrating_queries import leniencies
from cfp.domain.decisions.models import CalibratedReviewer
from cfp.domain.reviews.figures import Progress, progress_of_all
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.files import KINDS, table_file
from cfp.web.gate import permission
from cfp.web.lists import Chosen, Field, arguments_of

Known = Mapping[int, CalibratedReviewer]

FIELDS = (
    Field("reviewer", _l("Reviewer"), lambda one, _known: one.name, always=True),
    Field("asked", _l("Asked")),
    Field("done", _l("Done")),
    Field("open", _l("Open")),
    Field("leniency", _l("Leniency"), lambda one, known: _figure(known, one, "leniency")),
    Field("error", _l("Leniency: its error"), lambda one, known: _figure(known, one, "se")),
    Field("spread", _l("Spread"), lambda one, known: _figure(known, one, "spread")),
    Field("agreement", _l("Agreement"), lambda one, known: _figure(known, one, "agreement")),
    Field("reminded", _l("Last reminded"), column="nudged"),
    Field("time", _l("Time until"), column="extended"),
)
"""The columns of page and file; a file's are named in one language only."""
_OF_RUN = frozenset({"leniency", "error", "spread", "agreement"})


def _figure(known: Known, one: Progress, name: str) -> float | None:
    found: float | None = getattr(known.get(one.person_id), name, None)
    return found


def reviewers_chosen(known: Known) -> Chosen:
    """The columns that say something here, and which of them the address asks for."""
    missing: set[str] = set() if known else set(_OF_RUN)
    if context.conference().reviewing != "assigned":
        missing.add("asked")
    fields = [one for one in FIELDS if one.name not in missing]
    return Chosen(arguments=arguments_of(request.args), fields=fields)


def _answer(kind: str, slug: str) -> Response:
    """Every reviewer with the columns that the page shows."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    progress = progress_of_all(db, actor, conference)
    known = leniencies(db, actor, conference)
    shown = reviewers_chosen(known).shown
    rows = ([field.of(one, known) for field in shown] for one in progress)
    return table_file(kind, f"{slug}-reviewers", [field.name for field in shown], rows)


def _add_files() -> None:
    for kind in KINDS:

        def view(slug: str, kind: str = kind) -> Response:
            return _answer(kind, slug)

        permission(Action.READ_SCORES)(view)
        path = f"/<slug>/chair/reviews/reviewers.{kind}"
        blueprint.add_url_rule(path, f"reviewers_{kind}", view)


_add_files()
