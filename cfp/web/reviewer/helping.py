"""The page of somebody who writes for a reviewer: that submission and their draft, nothing else."""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from cfp.domain.reviews import helping, queries
from cfp.domain.reviews.content import Content, as_review
from cfp.domain.reviews.extensions import until_of
from cfp.domain.reviews.filled import Filled
from cfp.errors import StaleError
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.forms import ConflictForm, DeclineForm, ReviewForm, review_form
from cfp.web.reviewer.times import clock_of


@blueprint.get("/<slug>/helping/<code>/")
@permission(Action.HELP)
def helping_page(slug: str, code: str) -> str:
    """The submission as its reviewer reads it, and what one writes about it."""
    task = _task()
    return _page(task, _form(task))


@blueprint.post("/<slug>/helping/<code>/")
@permission(Action.HELP)
def save_help(slug: str, code: str) -> ViewResponse:
    """Keep the draft, or hand it in."""
    task = _task()
    form, hands_in = _form(task), "submit" in request.form

    def act() -> str:
        _save(form, hand_in=hands_in)
        return url_for("reviewer.helping_page", slug=slug, code=code)

    done = (
        _("Handed in. %(name)s reads it now.", name=task.reviewer)
        if hands_in
        else _("Draft saved; only you can see it.")
    )
    return perform(form, act, lambda: _page(task, form), done=done)


@blueprint.post("/<slug>/helping/<code>/decline")
@permission(Action.HELP)
def decline_help(slug: str, code: str) -> ViewResponse:
    """Give it back, with a reason or without."""
    form = DeclineForm()

    def act() -> str:
        db, actor, standing = context.db(), context.actor(), context.standing()
        reason, now = form.reason.data or "", context.now()
        helping.decline(db, actor, standing, reason=reason, now=now)
        return url_for("account.mine")

    done = _("Thank you for telling. The submission is not open to you any more.")
    return perform(form, act, _again, done=done)


@blueprint.post("/<slug>/helping/<code>/conflict")
@permission(Action.HELP)
def decline_for_conflict(slug: str, code: str) -> ViewResponse:
    """Give it back because of a conflict of interest."""
    form = ConflictForm()

    def act() -> str:
        helping.decline_for_conflict(
            context.db(),
            context.actor(),
            context.standing(),
            type=form.type.data,
            reason=form.reason.data or "",
            now=context.now(),
        )
        return url_for("account.mine")

    done = _("Thank you for telling. The submission is not open to you any more.")
    return perform(form, act, _again, done=done)


def content_of(form: ReviewForm) -> Content:
    """What was typed."""
    return Content(
        scores=form.scores,
        confidence=form.confidence_value,
        committee_text=form.text("committee_text"),
        chair_text=form.text("chair_text"),
        speaker_text=form.text("speaker_text"),
        answers=form.answers,
    )


def _task() -> helping.Task:
    return helping.task_of(context.db(), context.actor(), context.standing(), context.now())


def _form(task: helping.Task) -> ReviewForm:
    """The reviewer's own form, without what only they can state."""
    shown = as_review(task.content, revision=task.guest.revision)
    filled = Filled(task.every, task.criteria, task.fields, shown)
    form = review_form(context.conference(), filled)
    if "ai_statement" in form:
        del form.ai_statement
    return form


def _save(form: ReviewForm, *, hand_in: bool) -> None:
    try:
        helping.save(
            context.db(),
            context.actor(),
            context.standing(),
            content=content_of(form),
            hand_in=hand_in,
            revision=form.made_from,
            links=context.links(),
            now=context.now(),
        )
    except StaleError as error:
        theirs = {name: text for name, text in error.texts("theirs").items() if name in form}
        labels = {name: str(form[name].label.text) for name in theirs}
        raise StaleError(
            "stale",
            theirs={labels[name]: text for name, text in theirs.items()},
            yours={labels[name]: form.typed(name) for name in theirs},
        ) from error


def _again() -> str:
    task = _task()
    return _page(task, _form(task))


def _page(task: helping.Task, form: ReviewForm) -> str:
    db, standing, now = context.db(), context.standing(), context.now()
    clock = clock_of(standing.conference, now, until_of(db, standing.conference, task.guest.for_id))
    return render_template(
        "reviewer/helping.html",
        task=task,
        form=form,
        other=helping.as_read(task),
        criteria=task.every,
        writable=task.is_open and clock.is_open,
        clock=clock,
        submission=queries.for_reviewer(db, standing),
        conflict_form=ConflictForm(formdata=None),
        decline_form=DeclineForm(formdata=None),
        conference=standing.conference,
    )
