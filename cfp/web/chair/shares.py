"""Whose submissions are in: shares by track, employer and experience, as charts."""

from flask import render_template
from flask_babel import lazy_gettext as _l

from cfp.domain.decisions import shares as domain
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.gate import permission

EXPERIENCE = {
    domain.NEW: _l("everybody is new here"),
    domain.OLD: _l("somebody spoke here before"),
}


@blueprint.get("/<slug>/chair/decisions/shares")
@permission(Action.DECIDE)
def shares(slug: str) -> str:
    """How many of whom are accepted, pending ones counted in."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    return render_template(
        "chair/shares.html",
        conference=conference,
        found=domain.shares(db, actor, conference),
        least=domain.LEAST,
        experience=EXPERIENCE,
    )
