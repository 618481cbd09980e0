"""Bids that a chair should look at, from thirty reviewers on."""

from math import floor, log10

from flask import render_template
from flask_babel import format_decimal
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from cfp.domain.assignment.bidding import odd_bids_for
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.gate import permission

SMALLEST, FEWEST = 1e-9, 0.1
"""Chances and numbers below these are only told to be below."""


@blueprint.get("/<slug>/chair/conflicts/bids")
@permission(Action.CHAIR_ONLY)
def odd_bids(slug: str) -> str:
    """Made anew at each look, of what this chair may know; with few reviewers there is none."""
    db, conference = context.db(), context.conference()
    found = odd_bids_for(db, context.actor(), conference)
    if found is None:
        raise NotFound
    return render_template(
        "chair/odd_bids.html",
        found=found,
        conference=conference,
        odds=odds,
        expected=expected,
        decimal=format_decimal,
    )


def odds(chance: float) -> str:
    """1 in 12,000: two digits are all that such a figure is good for."""
    if chance <= SMALLEST:
        return str(_("less than 1 in %(number)s", number=format_decimal(round(1 / SMALLEST))))
    number = 1 / chance
    digits = max(0, floor(log10(number)) - 1)
    return str(_("1 in %(number)s", number=format_decimal(round(number / 10**digits) * 10**digits)))


def expected(chance: float, of: int) -> str:
    """How many as unlikely there would be among so many if everybody bid at random."""
    number = chance * of
    if number < FEWEST:
        return str(_("fewer than %(number)s", number=format_decimal(FEWEST)))
    return str(format_decimal(round(number, 1 if number < 10 else 0)))
