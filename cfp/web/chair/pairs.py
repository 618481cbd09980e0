"""What comparisons come to: places with how sure they are, and the switch to use them."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from cfp.domain import jobs
from cfp.domain.decisions import calibrating, calibrating_queries
from cfp.domain.decisions.board import scale_of
from cfp.domain.decisions.calibrating_queries import Run
from cfp.domain.decisions.calibrating_rules import PAIRS
from cfp.errors import NotFoundError
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.board_list import calibrated_listing
from cfp.web.chair.pairs_words import pair_cautions_of
from cfp.web.chair.sure_words import BAND_WORDS
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission


@blueprint.get("/<slug>/chair/decisions/compared")
@permission(Action.DECIDE)
def pairs(slug: str) -> str:
    """Every compared submission by its score; where comparing is off, there is no such page."""
    _need_switch()
    db, actor, conference = context.db(), context.actor(), context.conference()
    run = calibrating_queries.run_of(db, actor, conference, PAIRS)
    last = calibrating.last_job(db, conference, PAIRS)
    return render_template(
        "chair/pairs.html",
        conference=conference,
        run=run,
        job=last if last is not None and jobs.can("cancel", last.state) else None,
        may_set=allowed(actor, Action.SET_UP, conference, context.now()),
        in_use=conference.adjusts_scores and conference.adjusts_by == PAIRS,
        **(_shown(run) if run else {}),
    )


def _shown(run: Run) -> dict[str, Any]:
    db, found = context.db(), run.calibration
    listing = calibrated_listing(found.id)
    return {
        "found": found,
        "list": listing.load(db),
        "scale": scale_of(db, context.conference()),
        "cautions": pair_cautions_of(found),
        "band_words": BAND_WORDS,
    }


@blueprint.post("/<slug>/chair/decisions/compared/compute")
@permission(Action.DECIDE)
def pairs_compute(slug: str) -> ViewResponse:
    """From the comparisons as they are now."""

    def act() -> str:
        _need_switch()
        db, actor, conference = context.db(), context.actor(), context.conference()
        job = calibrating.request(db, actor, conference, now=context.now(), source=PAIRS)
        return url_for("chair.sure_job", slug=slug, number=job.id)

    return press(act)


@blueprint.post("/<slug>/chair/decisions/compared/use")
@permission(Action.SET_UP)
def pairs_use(slug: str) -> ViewResponse:
    """Let these scores stand beside the means and be what is selected by, or not."""
    on = request.form.get("on") == "1"

    def act() -> str:
        _need_switch()
        db, actor, conference = context.db(), context.actor(), context.conference()
        calibrating.adjust(db, actor, conference, on=on, now=context.now(), source=PAIRS)
        return url_for("chair.pairs", slug=slug)

    off = _("Off: the decisions show means alone.")
    return press(act, done=_("On: the decisions show both scores.") if on else off)


def _need_switch() -> None:
    if not context.conference().compares_pairs:
        raise NotFoundError("not_found")
