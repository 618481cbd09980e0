"""Selecting: the limits, a word on single submissions, and asking for a scenario."""

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import true

from cfp.domain import jobs
from cfp.domain.decisions import scenarios, selecting, selecting_limits, selecting_wishes
from cfp.domain.decisions.board import surroundings
from cfp.domain.decisions.rules import capacity_key
from cfp.domain.decisions.scenario_lists import choosable
from cfp.domain.decisions.selecting_limits import Limits, split
from cfp.domain.decisions.selecting_wishes import WISHES
from cfp.domain.jobs import Job
from cfp.errors import DomainError, NotFoundError, StaleError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.decide_many import codes_in
from cfp.web.chair.job_page import job_page
from cfp.web.chair.selecting_forms import LimitsForm, limits_form
from cfp.web.chair.selecting_words import Names, limit_words
from cfp.web.files import Table, add_files, without_only_track
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing
from cfp.web.numbers import read_number

SORTABLE = ("title", "mean", "track")
FILTERS = ("q", "wish", "track", "sort", "page")
FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title")),
    Field("track", _l("Track")),
    Field("format", _l("Format"), column="type"),
    Field("mean", _l("Mean")),
    Field("wish", _l("Must or never")),
)
"""The columns of the files of what can be chosen."""


@blueprint.get("/<slug>/chair/decisions/select/")
@permission(Action.CHAIR_ONLY)
def select(slug: str) -> str:
    """What a selection keeps, and the scenarios there are."""
    return _page(None)


@blueprint.post("/<slug>/chair/decisions/select/")
@permission(Action.CHAIR_ONLY)
def start_selection(slug: str) -> ViewResponse:
    """Store the limits and, unless only that is wanted, have a scenario computed."""
    form = _form()

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        try:
            selecting_limits.save_limits(
                db,
                actor,
                conference,
                numbers=form.numbers,
                waitlisted=bool(form.waitlisted.data),
                revision=form.revision.data or "",
                now=context.now(),
            )
        except StaleError as error:
            raise _both_limits(form) from error
        if "save" in request.form:
            flash(_("Saved."))
            return url_for("chair.select", slug=slug)
        job = selecting.request_selection(
            db, actor, conference, name=form.name.data or "", now=context.now()
        )
        return url_for("chair.selection_job", slug=slug, number=job.id)

    return perform(form, act, lambda: _page(form))


def _form(*, typed: bool = True, name: str = "") -> LimitsForm:
    db, conference = context.db(), context.conference()
    stored = selecting_limits.limits_of(db, conference)
    around = surroundings(db, context.actor(), conference, since=context.now())
    limited = {split(key)[1] for key in stored.limits}
    live = [one for one in around.tracks if not one.archived or one.id in limited]
    return limits_form(live if len(around.tracks) > 1 else (), stored, name, typed=typed)


def _both_limits(form: LimitsForm) -> StaleError:
    """The limits another chair has set since, beside what was typed here."""
    theirs = _form(typed=False)
    return StaleError("stale", theirs=theirs.texts(), yours=form.texts(), back=request.path)


def _page(form: LimitsForm | None) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    around = surroundings(db, actor, conference, since=context.now())
    made = scenarios.scenarios_of(db, actor, conference)
    if form is None:
        form = _form(typed=False, name=_("Scenario %(n)s", n=len(made) + 1))
    names, stored = Names.of(around), selecting_limits.limits_of(db, conference)
    there_are = selecting_limits.minutes_of(conference).items()
    minutes = sorted(there_are, key=lambda item: item[0] != capacity_key("all"))
    last = selecting.last_job(db, actor, conference)
    return render_template(
        "chair/select.html",
        form=form,
        conference=conference,
        around=around,
        tracks=[one for one in around.tracks if f"least-{one.id}" in form.keys],
        minutes=[limit_words(key, number, names) for key, number in minutes],
        hold=Limits.of(conference, stored).hold,
        wishes=selecting_wishes.wishes_of(db, actor, conference),
        scenarios=made,
        remembered=scenarios.REMEMBERED,
        running=last if last is not None and jobs.can("cancel", last.state) else None,
    )


# The job --------------------------------------------------------------------------------------


@blueprint.get("/<slug>/chair/decisions/select/jobs/<int:number>")
@permission(Action.CHAIR_ONLY)
def selection_job(slug: str, number: int) -> ViewResponse | str:
    """How far it is; its script asks again and goes on to the scenario."""
    job = _own_job(number)

    def result() -> str:
        return url_for("chair.scenario", slug=slug, number=job.result["scenario_id"])

    return job_page(job, "chair/select_job.html", result)


@blueprint.post("/<slug>/chair/decisions/select/jobs/<int:number>/cancel")
@permission(Action.CHAIR_ONLY)
def cancel_selection(slug: str, number: int) -> ViewResponse:
    def act() -> str:
        jobs.cancel(context.db(), context.actor(), job=_own_job(number), now=context.now())
        return url_for("chair.select", slug=slug)

    return press(act, done=_("Stopped. Nothing was changed."))


def _own_job(number: int) -> Job:
    """A selection this very person has asked for; anybody else's does not exist."""
    job = context.db().get(Job, number)
    asked = (selecting.JOB_KIND, context.conference().id, context.actor().person_id)
    if job is None or (job.kind, job.conference_id, job.requested_by_id) != asked:
        raise NotFoundError("not_found")
    return job


# Musts and nevers -----------------------------------------------------------------------------


@blueprint.get("/<slug>/chair/decisions/select/wishes")
@permission(Action.CHAIR_ONLY)
def wishes(slug: str) -> tuple[str, int]:
    """Every submission that can be chosen, with what is said of it."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    listing = _listing().load(db)
    body = render_template(
        "chair/select_wishes.html",
        conference=conference,
        list=listing,
        around=surroundings(db, actor, conference, since=context.now()),
        kept={name: listing.arguments[name] for name in FILTERS if name in listing.arguments},
    )
    return body, listing.status


@blueprint.post("/<slug>/chair/decisions/select/wishes")
@permission(Action.CHAIR_ONLY)
def set_wishes(slug: str) -> ViewResponse:
    """Say something of what is picked, or take it back."""

    def act() -> str:
        picked = codes_in(request.form.getlist("picked"))
        if not picked:
            raise DomainError("decision.nothing_picked")
        wish = request.form.get("wish", "")
        changed = selecting_wishes.set_wishes(
            context.db(),
            context.actor(),
            context.conference(),
            codes=picked,
            wish=wish or None,
            now=context.now(),
        )
        flash(ngettext("Noted for %(num)s submission.", "Noted for %(num)s submissions.", changed))
        kept = {name: value for name, value in request.args.items() if name in FILTERS}
        return url_for("chair.wishes", slug=slug, **kept)  # type: ignore[arg-type]  # url_for types its own options

    return press(act)


def _listing() -> Listing:
    actor = context.actor()
    view = choosable(context.conference())
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="-mean")
    listing.where(view.column(actor, "choosable") == true())
    asked = listing.arguments
    listing.search(context.db())
    if asked.get("wish") in WISHES:
        listing.where(view.column(actor, "wish") == asked["wish"])
    track = read_number(asked.get("track"))
    if track is not None:
        listing.where(view.column(actor, "track_id") == track)
    return listing


add_files(
    blueprint,
    "wishes",
    "/<slug>/chair/decisions/select/wishes",
    Action.CHAIR_ONLY,
    Table(_listing, lambda: without_only_track(FIELDS)),
    saved="selectable",
)
