"""Who reviews what, as a whole: coverage, loads, asking for a proposal and waiting for it."""

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from cfp.actors import RoleKind
from cfp.domain import jobs
from cfp.domain.assignment import proposals
from cfp.domain.assignment.coverage import NotCovered, coverage_of, not_covered
from cfp.domain.assignment.loads import Capacity, capacity_of
from cfp.domain.assignment.openings import openings_of
from cfp.domain.assignment.picks import Options
from cfp.domain.assignment.proposals import JOB_KIND
from cfp.domain.assignment.rules import LOAD_LIMIT
from cfp.domain.assignment.scarcity import CHECKED_AT_ONCE, Scarce, is_possible, scarce_groups
from cfp.domain.conferences.actions import change_reviewing
from cfp.domain.jobs import Job
from cfp.errors import NotFoundError
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.job_page import job_page
from cfp.web.chair.setup_forms import Whole
from cfp.web.forms import BaseForm, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "assignment.everyone": _l("Here everyone reviews everything, so nobody is assigned."),
        "assignment.running": _l("Your last proposal is still being computed."),
        "assignment.no_reviewers": _l("There is nobody to ask: no reviewers, or all pause."),
        "assignment.nothing": _l("No submission waits for reviewers."),
        "assignment.bad_most": _l("Give a number from 1 to %(limit)s, or nothing."),
        "assignment.bad_objective": _l("Choose one of these."),
        "assignment.not_open": _l("This proposal has been applied or undone already."),
        "assignment.not_applied": _l("This proposal is not applied, so there is nothing to undo."),
        "assignment.not_last": _l("A later proposal has been applied. Undo that one first."),
        "assignment.world_changed": _l(
            "Nothing was applied: somebody has been asked, has said yes or no, or has come to have "
            "a conflict since this proposal was made. Make a new one."
        ),
        "assignment.started": _l("That review has begun, so it stays."),
        "assignment.there": _l("This reviewer has been asked already."),
        "assignment.blocked": _l("This reviewer has a conflict of interest with it."),
        "assignment.not_reviewer": _l("Choose one of the reviewers who don't pause."),
        "assignment.not_under_review": _l("It is not under review."),
        "assignment.no_pick": _l("Select some rows of this proposal first."),
        "assignment.bad_mark": _l("Choose one of the buttons."),
        "assignment.moved_on": _l("Somebody has changed this pair meanwhile. Look at it again."),
        "assignment.breaks_apart": _l(
            "This reviewer never reviews the same submission as somebody who is on it, by a"
            " chair's word."
        ),
        "assignment.breaks_affiliation": _l(
            "Somebody of the same employer is on it, and only one of each may be."
        ),
        "assignment.breaks_senior": _l(
            "The only senior reviewer would leave it, and this one is not senior."
        ),
        "assignment.declined": _l("This reviewer has declined to review it."),
        "job.state_moved_on": _l("This has ended meanwhile."),
        "job.crashed": _l("It has crashed several times."),
        "job.timed_out": _l("It took too long and was ended."),
        "job.internal": _l("Something went wrong on our side."),
        "job.unknown_kind": _l("This server does not know how to do it."),
    }
)


class ProposeForm(BaseForm):
    """What a proposal is asked for."""

    objective = RadioField(
        _l("What counts"),
        choices=[
            SelectChoice("balanced", _l("Nobody worse off than need be, at 99 % of the best sum")),
            SelectChoice("max", _l("The best sum, even if some submissions match badly")),
        ],
        default="balanced",
    )
    most = Whole(_l("Reviews each, at most"), 1, LOAD_LIMIT, optional=True)


@blueprint.get("/<slug>/chair/assignment/")
@permission(Action.ASSIGN)
def assignment(slug: str) -> str:
    """Coverage before, what lacks, and the proposals."""
    return _page(ProposeForm())


@blueprint.get("/<slug>/chair/assignment/scarce")
@permission(Action.ASSIGN)
def assignment_scarce(slug: str) -> str:
    """Which submissions together have too few reviewers, where the overview is too large for it."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    capacity = capacity_of(db, conference)
    groups = scarce_groups(db, actor, conference)
    return render_template(
        "chair/assignment_scarce.html",
        conference=conference,
        groups=[one for one in groups if not _is_everybody(one, capacity)],
        part=sees_part(),
    )


@blueprint.post("/<slug>/chair/assignment/start")
@permission(Action.SET_UP)
def assignment_start(slug: str) -> ViewResponse:
    """From "everyone reviews everything" to reviewers who are asked."""

    def act() -> str:
        change_reviewing(
            context.db(),
            context.actor(),
            context.conference(),
            switches={"reviewing": "assigned"},
            conflict_policies={},
            now=context.now(),
        )
        return url_for("chair.assignment", slug=slug)

    return press(act, done=_("From now on reviewers see what they are asked to review."))


@blueprint.post("/<slug>/chair/assignment/propose")
@permission(Action.ASSIGN)
def assignment_propose(slug: str) -> ViewResponse:
    """Ask for a proposal, or with `repair` for the one that changes least."""
    form = ProposeForm()

    def act() -> str:
        options = Options(
            most=form.most.data,
            repair="repair" in request.form,
            objective=form.objective.data,
        )
        job = proposals.request_proposal(
            context.db(),
            context.actor(),
            context.conference(),
            options=options,
            now=context.now(),
        )
        return url_for("chair.assignment_job", slug=slug, number=job.id)

    return perform(form, act, lambda: _page(form))


@blueprint.get("/<slug>/chair/assignment/jobs/<int:number>")
@permission(Action.ASSIGN)
def assignment_job(slug: str, number: int) -> ViewResponse | str:
    """How far the computing is; its script asks again and goes on to the proposal."""
    job = _own_job(number)

    def result() -> str:
        return url_for("chair.proposal", slug=slug, number=job.result["proposal_id"])

    return job_page(job, "chair/assignment_job.html", result)


@blueprint.post("/<slug>/chair/assignment/jobs/<int:number>/cancel")
@permission(Action.ASSIGN)
def assignment_cancel(slug: str, number: int) -> ViewResponse:
    """Stop computing."""

    def act() -> str:
        jobs.cancel(context.db(), context.actor(), job=_own_job(number), now=context.now())
        return url_for("chair.assignment", slug=slug)

    return press(act, done=_("Stopped. Nothing was changed."))


def _page(form: ProposeForm) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    if conference.reviewing != "assigned":
        return render_template(
            "chair/assignment_everyone.html",
            conference=conference,
            may_start=allowed(actor, Action.SET_UP, conference, context.now()),
        )
    coverage = coverage_of(db, actor, conference)
    capacity = capacity_of(db, conference)
    short = not_covered(db, actor, conference, takers=capacity.takers)
    openings = openings_of(
        db, actor, conference, now=context.now(), plan=context.late_plan()
    )
    last = proposals.last_job(db, actor, conference)
    possible = is_possible(conference, takers=capacity.takers, unlimited=capacity.unlimited)
    later = possible and coverage.submissions * capacity.takers > CHECKED_AT_ONCE
    groups = scarce_groups(db, actor, conference) if possible and not later else []
    return render_template(
        "chair/assignment.html",
        form=form,
        conference=conference,
        coverage=coverage,
        counts=sorted({have for have_of in coverage.tracks.values() for have in have_of}),
        reviewers=capacity.takers,
        short=short,
        scarce=[one for one in groups if not _is_said(one, short, capacity)],
        scarce_later=later,
        openings=openings,
        capacity=capacity,
        proposals=proposals.proposals_of(db, actor, conference),
        job=last if last is not None and jobs.can("cancel", last.state) else None,
        part=sees_part(),
    )


def _is_said(one: Scarce, short: Sequence[NotCovered], capacity: Capacity) -> bool:
    """Whether a group is a submission by itself, listed with the reasons, or all there are."""
    listed = {other.code for other in short}
    alone = not one.senior and all(code in listed for code, _title in one.submissions)
    return alone or _is_everybody(one, capacity)


def _is_everybody(one: Scarce, capacity: Capacity) -> bool:
    """Whether it says that all reviewers together take too few, which stands there in numbers."""
    return not one.senior and len(one.reviewers) >= capacity.takers


def sees_part() -> bool:
    """Whether this person sees a part of the conference only: a track chair's, in their tracks."""
    return not context.actor().has(context.conference().id, RoleKind.CHAIR)


def _own_job(number: int) -> Job:
    """A solve this very person has asked for; anybody else's does not exist."""
    job = context.db().get(Job, number)
    mine = (
        job is not None
        and job.kind == JOB_KIND
        and job.conference_id == context.conference().id
        and job.requested_by_id == context.actor().person_id
    )
    if job is None or not mine:
        raise NotFoundError("not_found")
    return job
