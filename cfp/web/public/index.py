"""All conferences."""

from flask import redirect, render_template, url_for

from cfp.domain.conferences import queries, rules
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import ViewResponse
from cfp.web.gate import permission
from cfp.web.public import blueprint


@blueprint.get("/")
@permission(Action.VISIT)
def index() -> ViewResponse | str:
    """Those to come, then those that were; who can make the first one is led there."""
    db, now = context.db(), context.now()
    conferences = queries.listed(db)
    if not conferences and context.actor().creates_conferences:
        return redirect(url_for("chair.new_conference"))
    ahead = queries.upcoming(conferences, now.date())
    return render_template(
        "public/index.html",
        upcoming=ahead,
        past=[one for one in conferences if one not in ahead],
        states={one.id: rules.call_state(one, now) for one in ahead},
        published=queries.published(db),
        creates=context.actor().creates_conferences,
    )
