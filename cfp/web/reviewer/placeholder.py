"""Address of the reviewers' queue until it has its page."""

from flask import render_template

from cfp.policy import Action
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint


@blueprint.get("/<slug>/reviews/")
@permission(Action.REVIEW_QUEUE)
def queue(slug: str) -> str:
    return render_template("chair/placeholder.html")
