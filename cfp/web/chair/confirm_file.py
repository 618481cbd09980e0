"""What the speakers of confirmed talks have answered, as a file for whoever prepares the stage."""

from flask import Response
from flask_babel import gettext as _

from cfp.domain.decisions.confirm_answers import Answered, every_answer
from cfp.formats.table import Cell
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.gate import permission
from cfp.web.lists import csv_file

USUAL = ("code", "title", "given", "time zone", "recording", "format fits", "remark")


@blueprint.get("/<slug>/chair/decisions/confirmed.csv")
@permission(Action.ANNOUNCE)
def confirm_answers_csv(slug: str) -> Response:
    """A row for each confirmed talk: what every conference asks, then this one's own questions."""
    asked, answered = every_answer(context.db(), context.actor(), context.conference())
    header = [
        *USUAL,
        *(_("%(name)s (archived)", name=one.name) if one.archived else one.name for one in asked),
    ]
    rows = [
        [*_usual(one), *(one.answers.get(question.id) for question in asked)] for one in answered
    ]
    return csv_file(f"{slug}-confirmed", header, rows)


def _usual(one: Answered) -> list[Cell]:
    said = one.confirmation
    return [
        *(one.submission.code, one.submission.title),
        *("remotely" if said.remote else "on site", said.zone),
        *("yes" if said.recording else "no", "yes" if said.format_fits else "no", said.remark),
    ]
