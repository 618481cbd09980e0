"""What the speakers of confirmed talks have answered, as a file for whoever prepares the stage."""

from flask import Response

from cfp.domain.decisions.confirm_answers import Answered, every_answer
from cfp.formats.table import Cell
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.confirm_columns import USUAL, heading
from cfp.web.gate import permission
from cfp.web.lists import csv_file


@blueprint.get("/<slug>/chair/decisions/confirmed.csv")
@permission(Action.ANNOUNCE)
def confirm_answers_csv(slug: str) -> Response:
    """A row for each confirmed talk: what every conference asks, then this one's own questions."""
    asked, answered = every_answer(context.db(), context.actor(), context.conference())
    header = ["code", "title", *(name for name, *_rest in USUAL), *map(heading, asked)]
    rows = [
        [*_usual(one), *(one.answers.get(question.id) for question in asked)] for one in answered
    ]
    return csv_file(f"{slug}-confirmed", header, rows)


def _usual(one: Answered) -> list[Cell]:
    said = [of(one.confirmation) for _name, _label, of in USUAL]
    return [one.submission.code, one.submission.title, *said]
