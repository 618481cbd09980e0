"""How sure is this? What the scores can tell of who is in, and the switch that adjusts them."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain import jobs
from cfp.domain.decisions import calibrating, calibrating_queries
from cfp.domain.decisions.board import scale_of, spread
from cfp.domain.decisions.calibrating_queries import Run
from cfp.domain.decisions.calibrating_rules import OPEN_BANDS, PAIRS, REVIEWS
from cfp.domain.decisions.rules import CAPACITY_LIMIT
from cfp.domain.jobs import Job
from cfp.errors import NotFoundError
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.board_list import calibrated_listing
from cfp.web.chair.job_page import job_page
from cfp.web.chair.setup_forms import Whole
from cfp.web.chair.sure_words import BAND_WORDS, cautions_of, change_words, nothing_to_choose
from cfp.web.files import Table, add_files
from cfp.web.forms import BaseForm, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing

NAMED = 8
"""How many of those to discuss stand in the page; the list has all."""


class AcceptForm(BaseForm):
    count = Whole(_l("How many can be accepted"), 1, CAPACITY_LIMIT, optional=True)


@blueprint.get("/<slug>/chair/decisions/sure")
@permission(Action.DECIDE)
def sure(slug: str) -> str:
    """Each one's chance to be among the best, and what the reviews cannot tell."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    run = calibrating_queries.run_of(db, actor, conference, REVIEWS)
    last = calibrating.last_job(db, conference)
    return render_template(
        "chair/sure.html",
        conference=conference,
        form=_form(),
        run=run,
        job=last if last is not None and jobs.can("cancel", last.state) else None,
        may_set=allowed(actor, Action.SET_UP, conference, context.now()),
        in_use=_in_use(),
        **(_shown(run) if run else {}),
    )


def _shown(run: Run) -> dict[str, Any]:
    db, actor, conference = context.db(), context.actor(), context.conference()
    found = run.calibration
    named = calibrating_queries.worth_a_look(db, actor, conference, found)
    open_ = [one for one in named if one.band in OPEN_BANDS]
    return {
        "found": found,
        "list": _listing(run).load(db),
        "moved": sorted((one for one in named if one.move), key=lambda one: -one.move),
        "open": sorted(open_[:NAMED], key=lambda one: -(one.p_top or 0)),
        "bins": _bins(found.figures["bins"]),
        "scale": scale_of(db, conference),
        "spread": spread,
        "cautions": cautions_of(found),
        "nothing": nothing_to_choose(found),
        "changes": change_words(found, on=_in_use()) if found.top else "",
        "band_words": BAND_WORDS,
    }


def _in_use() -> bool:
    """Whether decisions show these scores, and not those from comparisons."""
    return context.conference().adjusts_scores and context.conference().adjusts_by == REVIEWS


def _listing(run: Run) -> Listing:
    """The board's rows that have a figure in this run."""
    return calibrated_listing(run.calibration.id)


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title")),
    Field("mean", _l("Mean")),
    Field("weighted", _l("Weighted"), column="raw"),
    Field("adjusted", _l("Adjusted"), column="calibrated"),
    Field("adjusted_error", _l("Adjusted: its error"), column="se"),
    Field("chance", _l("Chance to be in")),
    Field("verdict", _l("Verdict"), column="band"),
    Field("reviews", _l("Reviews")),
)
"""The columns of the list's files."""


def _run() -> Run:
    run = calibrating_queries.run_of(
        context.db(), context.actor(), context.conference(), REVIEWS
    )
    if run is None:
        raise NotFoundError("not_found")
    return run


def _fields() -> list[Field]:
    """Those that say something in this run."""
    found = _run().calibration
    mute = {*(() if found.basis["confidence"] else ("weighted",))}
    mute |= {*(() if found.top else ("chance", "verdict"))}
    return [one for one in FIELDS if one.name not in mute]


add_files(
    blueprint,
    "sure",
    "/<slug>/chair/decisions/sure",
    Action.DECIDE,
    Table(lambda: _listing(_run()), _fields),
)


def _bins(bins: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [
        (f"{bins['low'] + place * bins['width']:.1f}", count)
        for place, count in enumerate(bins["counts"])
    ]


@blueprint.post("/<slug>/chair/decisions/sure/compute")
@permission(Action.DECIDE)
def sure_compute(slug: str) -> ViewResponse:
    """From the reviews as they are now."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        job = calibrating.request(db, actor, conference, now=context.now())
        return url_for("chair.sure_job", slug=slug, number=job.id)

    return press(act)


@blueprint.route("/<slug>/chair/decisions/sure/count", methods=["GET", "POST"])
@permission(Action.SET_UP)
def sure_count(slug: str) -> ViewResponse | str:
    """How many can be accepted; the page before has the same form."""
    form, conference = _form(), context.conference()

    def page() -> str:
        return render_template("chair/sure_count.html", form=form, conference=conference)

    def act() -> str:
        db, actor, count = context.db(), context.actor(), form.count.data
        job = calibrating.set_count(db, actor, conference, count=count, now=context.now())
        return url_for("chair.sure_job", slug=slug, number=job.id)

    return page() if request.method == "GET" else perform(form, act, page)


@blueprint.post("/<slug>/chair/decisions/sure/adjust")
@permission(Action.SET_UP)
def sure_adjust(slug: str) -> ViewResponse:
    """Let adjusted scores stand beside the means, or not."""
    on = request.form.get("on") == "1"

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        calibrating.adjust(db, actor, conference, on=on, now=context.now())
        return url_for("chair.sure", slug=slug)

    off = _("Off: the decisions show means alone.")
    return press(act, done=_("On: the decisions show both scores.") if on else off)


@blueprint.get("/<slug>/chair/decisions/sure/jobs/<int:number>")
@permission(Action.DECIDE)
def sure_job(slug: str, number: int) -> ViewResponse | str:
    """How far it is; its script asks again and goes on to the page."""
    job = _job(number)
    back_url, compares = _result_of(job), job.kind == calibrating.KINDS[PAIRS]
    template = "chair/sure_job.html"
    return job_page(job, template, lambda: back_url, back_url=back_url, compares=compares)


@blueprint.post("/<slug>/chair/decisions/sure/jobs/<int:number>/cancel")
@permission(Action.DECIDE)
def sure_cancel(slug: str, number: int) -> ViewResponse:
    """Stop computing; anybody who decides may, as it is for all of them."""

    def act() -> str:
        job = _job(number)
        jobs.cancel(context.db(), context.actor(), job=job, now=context.now())
        return _result_of(job)

    return press(act, done=_("Stopped. Nothing was changed."))


def _job(number: int) -> Job:
    """A computation of this conference, by either source; it says nothing but how far it is."""
    job, kinds = context.db().get(Job, number), calibrating.KINDS.values()
    if job is None or job.kind not in kinds or job.conference_id != context.conference().id:
        raise NotFoundError("not_found")
    return job


def _result_of(job: Job) -> str:
    """Where its figures are shown."""
    pairs = job.kind == calibrating.KINDS[PAIRS]
    return url_for("chair.pairs" if pairs else "chair.sure", slug=context.conference().slug)


def _form() -> AcceptForm:
    return AcceptForm(data={"count": context.conference().accept_count})
