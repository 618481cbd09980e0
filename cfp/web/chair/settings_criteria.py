"""Settings: the review form, a page per question."""

from collections.abc import Callable
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from cfp.domain.conferences import actions, queries, rules
from cfp.domain.conferences.models import Criterion
from cfp.domain.reviews import totals
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.setup_forms import CriterionForm
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission

TEXTS = ("name", "help", "low", "high", "weight", "required")


@blueprint.get("/<slug>/chair/settings/review-form/")
@permission(Action.SET_UP)
def settings_criteria(slug: str) -> str:
    """The questions in their order, and those no longer asked."""
    db, conference = context.db(), context.conference()
    return render_template(
        "chair/settings_criteria.html",
        conference=conference,
        criteria=queries.criteria_of(db, conference),
        archived=queries.criteria_of(db, conference, archived=True),
    )


@blueprint.route("/<slug>/chair/settings/review-form/new", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_criterion_new(slug: str) -> ViewResponse | str:
    """One more question."""

    def act(form: CriterionForm) -> None:
        actions.add_criterion(
            context.db(),
            context.actor(),
            context.conference(),
            content=_content(form),
            now=context.now(),
        )

    labels = "\n".join(rules.DEFAULT_LABELS)
    stored = {"low": 1, "high": 5, "weight": 1.0, "required": True, "labels": labels}
    return _edit(stored, act, _("New question"))


@blueprint.route("/<slug>/chair/settings/review-form/<int:number>", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_criterion(slug: str, number: int) -> ViewResponse | str:
    """One question: words, scale, weight."""
    criterion = _criterion(number)

    def act(form: CriterionForm) -> None:
        db, conference = context.db(), context.conference()
        actions.change_criterion(
            db, context.actor(), conference, criterion, content=_content(form), now=context.now()
        )
        totals.refresh(db, conference)

    stored = {name: getattr(criterion, name) for name in TEXTS}
    stored["labels"] = "\n".join(str(label) for label in criterion.labels)
    return _edit(stored, act, criterion.name)


@blueprint.post("/<slug>/chair/settings/review-form/<int:number>/archive")
@permission(Action.SET_UP)
def settings_criterion_archive(slug: str, number: int) -> ViewResponse:
    """Stop asking it, or ask it again; what was answered is kept."""
    criterion = _criterion(number)

    def pressed() -> str:
        db, conference = context.db(), context.conference()
        actions.archive_criterion(db, context.actor(), conference, criterion, now=context.now())
        totals.refresh(db, conference)
        return _list_url()

    return press(pressed, done=_("Asked again.") if criterion.archived else _("Asked no more."))


@blueprint.post("/<slug>/chair/settings/review-form/<int:number>/up")
@permission(Action.SET_UP)
def settings_criterion_up(slug: str, number: int) -> ViewResponse:
    """Ask it one place earlier; the first one's scale is that of the totals."""
    criterion = _criterion(number)

    def pressed() -> str:
        db, conference = context.db(), context.conference()
        actions.move_criterion(db, context.actor(), conference, criterion, now=context.now())
        totals.refresh(db, conference)
        return _list_url()

    return press(pressed)


def _criterion(number: int) -> Criterion:
    found = context.db().get(Criterion, number) if number < 2**31 else None
    if found is None or found.conference_id != context.conference().id:
        raise NotFoundError("not_found")
    return found


def _content(form: CriterionForm) -> actions.CriterionText:
    values: dict[str, Any] = {name: form[name].data for name in TEXTS}
    lines = [line.strip() for line in form.labels.data.splitlines()]
    return actions.CriterionText(labels=[line for line in lines if line], **values)


def _edit(
    stored: dict[str, Any], act: Callable[[CriterionForm], None], title: str
) -> ViewResponse | str:
    return edit(
        CriterionForm,
        stored,
        act,
        template="chair/settings_criterion.html",
        location=_list_url(),
        done=_("Saved."),
        title=title,
    )


def _list_url() -> str:
    return url_for("chair.settings_criteria", slug=context.conference().slug)
