"""Settings: the review form, a page per question that is answered with a score."""

from collections.abc import Callable
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from cfp.domain.conferences import actions, queries, rules
from cfp.domain.conferences.models import ConfirmQuestion, Criterion, ReviewField
from cfp.domain.reviews import form_changes
from cfp.domain.reviews.form_changes import Effect
from cfp.phases import phases_of
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.setup_forms import CriterionForm
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words({"form.bad_limit": _l("Choose among what this conference has.")})

TEXTS = ("name", "help", "low", "high", "weight", "required", "counts", "tracks", "types")


@blueprint.get("/<slug>/chair/settings/review-form/")
@permission(Action.SET_UP)
def settings_criteria(slug: str) -> str:
    """The questions in their order, and those no longer asked."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    scored, written = form_changes.answered(db, actor, conference)
    return render_template(
        "chair/settings_criteria.html",
        conference=conference,
        criteria=queries.criteria_of(db, conference),
        archived=queries.criteria_of(db, conference, archived=True),
        fields=queries.fields_of(db, conference),
        archived_fields=queries.fields_of(db, conference, archived=True),
        scored=scored,
        written=written,
        names=_limit_names(),
    )


@blueprint.route("/<slug>/chair/settings/review-form/new", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_criterion_new(slug: str) -> ViewResponse | str:
    """One more question."""

    def act(form: CriterionForm) -> Effect:
        actions.add_criterion(
            context.db(),
            context.actor(),
            context.conference(),
            content=_content(form),
            now=context.now(),
        )
        return Effect()

    labels = "\n".join(rules.DEFAULT_LABELS)
    stored = {
        "low": 1, "high": 5, "weight": 1.0, "required": True, "counts": True, "labels": labels,
        "tracks": [], "types": [],
    }  # fmt: skip
    return _edit(stored, act, _("New question"), None)


@blueprint.route("/<slug>/chair/settings/review-form/<int:number>", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_criterion(slug: str, number: int) -> ViewResponse | str:
    """One question: words, scale, weight, where it is asked."""
    criterion = context.row(Criterion, number)

    def act(form: CriterionForm) -> Effect:
        return form_changes.change_criterion(
            context.db(),
            context.actor(),
            context.conference(),
            criterion,
            content=_content(form),
            now=context.now(),
        )

    stored = {name: getattr(criterion, name) for name in TEXTS}
    stored["labels"] = "\n".join(str(label) for label in criterion.labels)
    return _edit(stored, act, criterion.name, criterion)


@blueprint.post("/<slug>/chair/settings/review-form/<int:number>/archive")
@permission(Action.SET_UP)
def settings_criterion_archive(slug: str, number: int) -> ViewResponse:
    """Stop asking it, or ask it again; what was answered is kept."""
    criterion = context.row(Criterion, number)
    return pressed(form_changes.archive_criterion, criterion, archive_words(criterion))


@blueprint.post("/<slug>/chair/settings/review-form/<int:number>/up")
@permission(Action.SET_UP)
def settings_criterion_up(slug: str, number: int) -> ViewResponse:
    """Ask it one place earlier; the first one's scale is that of the totals."""
    criterion = context.row(Criterion, number)
    return pressed(form_changes.move_criterion, criterion, _("Moved up."))


def pressed(
    act: Callable[..., Effect | None],
    question: Criterion | ReviewField | ConfirmQuestion,
    first: str,
    *,
    back: str | None = None,
) -> ViewResponse:
    """One button of the list: carry it out and say what it did."""
    effects: list[Effect | None] = []

    def do() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        effects.append(act(db, actor, conference, question, now=context.now()))
        return back or list_url()

    return press(do, done=lambda: effect_words(first, effects[0] or Effect()))


def archive_words(question: Criterion | ReviewField | ConfirmQuestion) -> str:
    """What the button "archive" says it did, asked before it does it."""
    words: str = _("Asked again.") if question.archived else _("Asked no more.")
    return words


def effect_words(first: str, effect: Effect) -> str:
    """What happened to the reviews there are."""
    parts = [first]
    if effect.answered:
        parts.append(
            ngettext(
                "%(num)s review has answered it and keeps its answer.",
                "%(num)s reviews have answered it and keep their answers.",
                effect.answered,
            )
        )
    if effect.weighed:
        parts.append(
            ngettext(
                "The total of %(num)s review was computed again.",
                "The totals of %(num)s reviews were computed again.",
                effect.weighed,
            )
        )
    return " ".join(parts)


def offered_limits(row: Criterion | ReviewField | None) -> dict[str, list[tuple[int, str]]]:
    """Tracks and formats to choose from; with archived ones only where they are chosen already."""
    db, conference = context.db(), context.conference()
    offered = {}
    for name, query in (("tracks", queries.tracks_of), ("types", queries.types_of)):
        chosen = getattr(row, name) if row else []
        rows = [(one.id, one.name) for one in query(db, conference)]
        if chosen:
            gone = query(db, conference, archived=True)
            rows += [(one.id, one.name) for one in gone if one.id in chosen]
        offered[f"{name}_offered"] = rows if len(rows) > 1 or chosen else []
    return offered


def list_url() -> str:
    """The page of the review form."""
    return url_for("chair.settings_criteria", slug=context.conference().slug)


def _limit_names() -> dict[str, dict[object, str]]:
    db, conference = context.db(), context.conference()
    found: dict[str, dict[object, str]] = {
        "phases": {one.key: one.name for one in phases_of(conference)}
    }
    for name, query in (("tracks", queries.tracks_of), ("types", queries.types_of)):
        rows = [*query(db, conference), *query(db, conference, archived=True)]
        found[name] = {one.id: one.name for one in rows}
    return found


def _content(form: CriterionForm) -> actions.CriterionText:
    values: dict[str, Any] = {name: form[name].data for name in TEXTS}
    return actions.CriterionText(labels=lines_of(form.labels.data), **values)


def lines_of(text: str) -> list[str]:
    """What stands on each line that is not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _edit(
    stored: dict[str, Any],
    act: Callable[[CriterionForm], Effect],
    title: str,
    criterion: Criterion | None,
) -> ViewResponse | str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    effects: list[Effect] = []
    scored, _written = form_changes.answered(db, actor, conference) if criterion else ({}, {})
    return edit(
        CriterionForm,
        stored,
        lambda form: effects.append(act(form)),
        template="chair/settings_criterion.html",
        location=list_url(),
        done=lambda: effect_words(_("Saved."), effects[0]),
        options=offered_limits(criterion),
        title=title,
        criterion=criterion,
        answered=scored.get(criterion.id, 0) if criterion else 0,
        reviews=form_changes.submitted(db, actor, conference),
    )
