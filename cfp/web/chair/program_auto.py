"""A timetable computed for a draft: asked for, waited for, looked at, applied or not."""

from datetime import time
from zoneinfo import ZoneInfo

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cfp.domain import jobs
from cfp.domain.jobs import Job
from cfp.domain.program import proposals, timetables
from cfp.domain.program.plans import draft_of, plan_of
from cfp.domain.program.timetables import SECONDS, Loaded, Options
from cfp.errors import CfpError, DomainError, NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.job_page import job_page
from cfp.web.chair.program_forms import TIME_NEEDED
from cfp.web.chair.program_page import asked_draft, here
from cfp.web.forms import BaseForm, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "timetable.keep": _l("Choose what stays."),
        "timetable.hours": _l("A day has to end after it begins."),
        "timetable.seconds": _l("Between %(least)s and %(most)s seconds, please."),
        "timetable.nothing": _l("There is no talk to be placed."),
        "timetable.no_fit": _l(
            "Not everything fits: see below. Tick this to compute all the same."
        ),
        "timetable.over": _l("This proposal has been applied or discarded already."),
        "timetable.changed": _l(
            "The schedule has changed since this was computed, so it can't be applied. "
            "Nothing was changed; have it computed again."
        ),
    }
)

WHYS = {
    "too_long": _l("needs %(needed)s minutes; the longest free time is %(longest)s"),
    "unavailable": _l(
        "needs %(needed)s minutes; its speakers have at most %(longest)s while a room is free"
    ),
    "pin": _l("its pin leaves no place for %(needed)s minutes"),
    "together": _l("its session as a whole has no place"),
    "no_time": _l("there is no place left beside the others"),
}
PENALTIES = {
    "track": _l("Changes of track within a room between two breaks"),
    "parallel": _l("Pairs of popular talks at the same time"),
    "room": _l("People without a seat"),
    "moves": _l("Talks that are moved"),
}
KINDS = {
    "placed": _l("placed"),
    "moved": _l("moved"),
    "stays": _l("stays"),
    "out": _l("taken out"),
    "left_out": _l("without a slot"),
}


class AutoForm(BaseForm):
    """What a timetable is asked for."""

    keep = RadioField(
        _l("What stands already"),
        choices=[
            SelectChoice("moves", _l("is moved as little as possible")),
            SelectChoice("placed", _l("stays; only what has no slot is placed")),
            SelectChoice("pinned", _l("is free, but for what is pinned")),
        ],
        default="moves",
    )
    opens = TimeField(_l("A day begins at"), [InputRequired(TIME_NEEDED)], default=time(9))
    closes = TimeField(_l("and ends at"), [InputRequired(TIME_NEEDED)], default=time(18))
    seconds = IntegerField(_l("Seconds to compute, at most"), [InputRequired()], default=30)
    anyway = BooleanField(_l("Compute although not everything fits"))

    @property
    def options(self) -> Options:
        """What was asked for, as the domain has it."""
        return Options(
            keep=self.keep.data or "",
            opens=f"{self.opens.data or time(9):%H:%M}",
            closes=f"{self.closes.data or time(18):%H:%M}",
            seconds=self.seconds.data if self.seconds.data is not None else SECONDS[0],
        )


@blueprint.get("/<slug>/chair/program/auto")
@permission(Action.PUBLISH)
def auto(slug: str) -> str:
    """What to ask for, and what can't fit whatever is computed."""
    return _page(AutoForm(formdata=None))


@blueprint.post("/<slug>/chair/program/auto")
@permission(Action.PUBLISH)
def auto_start(slug: str) -> ViewResponse:
    """Have it computed; where not everything fits, only if that is wanted all the same."""
    form = AutoForm()

    def act() -> str:
        if not form.anyway.data and not _fits(form.options):
            raise DomainError("timetable.no_fit", field="anyway")
        job = proposals.request_proposal(
            context.db(),
            context.actor(),
            context.conference(),
            options=form.options,
            draft_id=asked_draft(),
            now=context.now(),
        )
        return url_for("chair.auto_job", slug=slug, number=job.id)

    return perform(form, act, lambda: _page(form))


@blueprint.get("/<slug>/chair/program/auto/jobs/<int:number>")
@permission(Action.PUBLISH)
def auto_job(slug: str, number: int) -> ViewResponse | str:
    """How far it is; its script asks again and goes on to the proposal."""
    job = _own_job(number)

    def result() -> str:
        return url_for("chair.auto_proposal", slug=slug, number=job.result["proposal_id"])

    return job_page(job, "chair/schedule_job.html", result)


@blueprint.post("/<slug>/chair/program/auto/jobs/<int:number>/cancel")
@permission(Action.PUBLISH)
def auto_cancel(slug: str, number: int) -> ViewResponse:
    def act() -> str:
        jobs.cancel(context.db(), context.actor(), job=_own_job(number), now=context.now())
        return url_for("chair.auto", slug=slug)

    return press(act, done=_("Stopped. Nothing was changed."))


@blueprint.get("/<slug>/chair/program/auto/<int:number>")
@permission(Action.PUBLISH)
def auto_proposal(slug: str, number: int) -> str:
    """The proposal against the draft as it stands."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    found = proposals.proposal_of(db, actor, conference, number)
    draft = draft_of(db, conference, found.draft_id)
    plan = plan_of(db, conference, actor=actor, draft=draft)
    lines = proposals.difference(db, conference, found, plan)
    counts = {kind: sum(line.kind == kind for line in lines) for kind in KINDS}
    return render_template(
        "chair/schedule_proposal.html",
        proposal=found,
        result=found.result,
        lines=[line for line in lines if line.kind != "stays"],
        counts=counts,
        changes=sum(counts[kind] for kind in ("placed", "moved", "out")),
        stale=found.state == "open" and found.mark != plan.mark,
        kinds=KINDS,
        why=lambda line: WHYS[line.why] % {"needed": line.needed, "longest": line.longest},
        penalties=PENALTIES,
        conference=conference,
        here=here(plan),
    )


@blueprint.post("/<slug>/chair/program/auto/<int:number>/apply")
@permission(Action.PUBLISH)
def auto_apply(slug: str, number: int) -> ViewResponse:
    """All of it, in one step that can be taken back."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        draft_id = proposals.proposal_of(db, actor, conference, number).draft_id
        proposals.apply_proposal(db, actor, conference, number, now=context.now())
        draft = draft_of(db, conference, draft_id)
        return url_for("chair.program", slug=slug, draft=None if draft.current else draft.id)

    return press(act, done=_("Applied. One step takes it back."))


@blueprint.post("/<slug>/chair/program/auto/<int:number>/discard")
@permission(Action.PUBLISH)
def auto_discard(slug: str, number: int) -> ViewResponse:
    def act() -> str:
        proposals.discard_proposal(context.db(), context.actor(), context.conference(), number)
        return url_for("chair.auto", slug=slug)

    return press(act, done=_("Discarded. Nothing was changed."))


def _own_job(number: int) -> Job:
    """A computation this very person has asked for; anybody else's does not exist."""
    job = context.db().get(Job, number)
    asked = (proposals.JOB_KIND, context.conference().id, context.actor().person_id)
    if job is None or (job.kind, job.conference_id, job.requested_by_id) != asked:
        raise NotFoundError("not_found")
    return job


def _loaded(options: Options) -> Loaded:
    db, actor, conference = context.db(), context.actor(), context.conference()
    return timetables.load_problem(db, conference, actor, options, draft_id=asked_draft())


def _fits(options: Options) -> bool:
    """Whether nothing speaks against it; hours that can't be are said at their field."""
    proposals.check_options(options)
    return timetables.look_before(_loaded(options)).fits


def _page(form: AutoForm) -> str:
    conference, options = context.conference(), form.options
    try:
        proposals.check_options(options)
    except CfpError:
        options = Options()
    loaded = _loaded(options)
    look = timetables.look_before(loaded)
    zone, plan = ZoneInfo(conference.zone), loaded.plan
    return render_template(
        "chair/schedule_auto.html",
        form=form,
        look=look,
        loaded=loaded,
        days=[loaded.moment(start).astimezone(zone).date() for start, _end in loaded.problem.days],
        why=lambda one: WHYS[one.why] % {"needed": one.needed, "longest": one.longest},
        made=proposals.proposals_of(context.db(), context.actor(), conference, plan.draft.id),
        conference=conference,
        here=here(plan),
    )
