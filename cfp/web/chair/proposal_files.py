"""A proposal's pairs as a table, as the list shows them."""

from flask import Response

from cfp.domain.assignment import proposals
from cfp.domain.assignment.exporting import Table, proposal_rows
from cfp.formats.pairs import json_bytes
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.assignment_files import json_file
from cfp.web.chair.proposal import pairs_of
from cfp.web.files import table_file
from cfp.web.gate import permission
from cfp.web.lists import csv_file


@blueprint.get("/<slug>/chair/assignment/proposals/<int:number>.csv")
@permission(Action.ASSIGN)
def proposal_csv(slug: str, number: int) -> Response:
    """The pairs that the address narrows the list to; it can be edited and imported."""
    return csv_file(f"{slug}-proposal-{number}", *_table(number))


@blueprint.get("/<slug>/chair/assignment/proposals/<int:number>.xlsx")
@permission(Action.ASSIGN)
def proposal_xlsx(slug: str, number: int) -> Response:
    """The same as a workbook."""
    header, rows = _table(number)
    return table_file("xlsx", f"{slug}-proposal-{number}", list(header), rows)


@blueprint.get("/<slug>/chair/assignment/proposals/<int:number>.json")
@permission(Action.ASSIGN)
def proposal_json(slug: str, number: int) -> Response:
    """The same as JSON."""
    return json_file(f"{slug}-proposal-{number}", json_bytes(*_table(number)))


def _table(number: int) -> Table:
    db, actor, conference = context.db(), context.actor(), context.conference()
    found = proposals.proposal_of(db, actor, conference, number)
    rows = pairs_of(found).load_all(db).rows
    return proposal_rows(db, actor, conference, rows)
