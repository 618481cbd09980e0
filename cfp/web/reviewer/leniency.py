"""What reviewers are told of how their scores compare, where the conference wants it."""

from flask import render_template

from cfp.domain.decisions.calibrating_rules import sign_of
from cfp.domain.reviews.leniency import LEAST_COMPARED, is_told, own_comparison
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint


@blueprint.get("/<slug>/reviews/leniency")
@permission(Action.BE_REVIEWER)
def leniency(slug: str) -> str:
    """One's own comparison, after the reviewing; where it is not told, there is no such page."""
    conference = context.conference()
    if not is_told(conference, context.now()):
        raise NotFoundError("not_found")
    count, found = own_comparison(context.db(), context.actor(), conference)
    return render_template(
        "reviewer/leniency.html",
        conference=conference,
        count=count,
        least=LEAST_COMPARED,
        found=found,
        sign=sign_of(found.apart, found.se) if found else 0,
    )
