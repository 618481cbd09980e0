"""Applying a scenario: what it would set as pending is shown first, and can be undone after."""

from collections.abc import Iterable

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from cfp.domain.decisions import scenario_applying, scenario_lists, scenarios
from cfp.domain.decisions.scenario_applying import Line, Wanted
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.decision_forms import OUTCOME_WORDS
from cfp.web.chair.selecting_forms import ApplyForm
from cfp.web.chair.selecting_words import CHANGED_WORDS
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission

NAMED_AT_MOST = 50


@blueprint.get("/<slug>/chair/decisions/select/<int:number>/apply")
@permission(Action.CHAIR_ONLY)
def scenario_to_apply(slug: str, number: int) -> str:
    """What would be set, and what has changed since."""
    return _page(number, ApplyForm(formdata=None))


@blueprint.post("/<slug>/chair/decisions/select/<int:number>/apply")
@permission(Action.CHAIR_ONLY)
def apply_scenario(slug: str, number: int) -> ViewResponse:
    """Set it as pending, in one step."""
    form = ApplyForm()

    def act() -> str:
        changed = scenario_applying.apply_scenario(
            context.db(),
            context.actor(),
            context.conference(),
            number,
            wanted=form.wanted,
            mark=form.revision.data or "",
            now=context.now(),
        )
        flash(
            ngettext(
                "Pending now for %(num)s submission. You can undo it.",
                "Pending now for %(num)s submissions. You can undo it.",
                changed.count,
            )
            if changed.count
            else _("Nothing had to be changed.")
        )
        return url_for("chair.decisions", slug=slug)

    return perform(form, act, lambda: _page(number, form))


def _page(number: int, form: ApplyForm) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    found = scenarios.scenario_of(db, actor, conference, number)
    shown = scenario_applying.preview(db, actor, conference, found)
    form.revision.data = shown.mark
    free = shown.free
    changes = scenario_lists.changes(db, actor, conference, found)
    return render_template(
        "chair/scenario_apply.html",
        scenario=found,
        form=form,
        conference=conference,
        accepted=shown.counts(Wanted()).get("accept", 0),
        waiting=sum(one.place is not None for one in free),
        others=sum(one.place is None and not one.accepted for one in free),
        gone=_by_title(shown.gone),
        decided=_by_title(shown.decided),
        against=_by_title(shown.against),
        named_at_most=NAMED_AT_MOST,
        changes={kind: changes[kind] for kind in ("reviews", "new") if kind in changes},
        changed_words=CHANGED_WORDS,
        outcome_words=OUTCOME_WORDS,
    )


def _by_title(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda one: one.title.casefold())
