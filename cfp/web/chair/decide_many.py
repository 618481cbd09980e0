"""Deciding on many at once, and undoing it."""

from collections.abc import Sequence

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from cfp.domain.decisions import actions
from cfp.domain.decisions.actions import Changed
from cfp.domain.decisions.board import board, on_board
from cfp.domain.decisions.merging import merged_of
from cfp.errors import DomainError
from cfp.policy import Action, may
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.board_list import SORTABLE, board_url, merges_of
from cfp.web.chair.decision_forms import ACT_WORDS, CLEAR, OUTCOME_WORDS, ManyForm
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.lists import Listing

MANY_LIMIT = 1_000


@blueprint.get("/<slug>/chair/decisions/many")
@permission(Action.DECIDE)
def decide_several(slug: str) -> str:
    """What was picked in another list, with its titles, before anything happens."""
    return _many_page(ManyForm())


@blueprint.post("/<slug>/chair/decisions/many")
@permission(Action.DECIDE)
def decide_many(slug: str) -> ViewResponse:
    """Set or clear what is pending for what is picked."""
    form = ManyForm()

    def act() -> str:
        picked = codes_in(request.form.getlist("picked"))
        if not picked:
            raise DomainError("decision.nothing_picked")
        outcome = request.form.get("act", "")
        changed = actions.set_many(
            context.db(),
            context.actor(),
            context.conference(),
            codes=picked,
            outcome=None if outcome == CLEAR else outcome,
            now=context.now(),
        )
        say_changed(changed)
        return board_url()

    return perform(form, act, lambda: _many_page(form))


@blueprint.post("/<slug>/chair/decisions/undo/<int:batch>")
@permission(Action.DECIDE)
def undo_decisions(slug: str, batch: int) -> ViewResponse:
    """Bring back what one's last bulk change replaced."""

    def act() -> str:
        changed = actions.undo(
            context.db(), context.actor(), context.conference(), batch_id=batch, now=context.now()
        )
        flash(
            ngettext(
                "Undone for %(num)s submission.", "Undone for %(num)s submissions.", changed.count
            )
        )
        _say_left_out(changed, _("Changed by somebody since, so left as they are: %(codes)s."))
        return board_url()

    return press(act)


def codes_in(values: Sequence[str], limit: int = MANY_LIMIT) -> list[str]:
    """What can be a submission's code among what was sent, each once."""
    return list(dict.fromkeys(value for value in values if value.isalnum()))[:limit]


def say_changed(changed: Changed) -> None:
    if not changed.count:
        flash(_("Nothing had to be changed."))
    _say_left_out(
        changed,
        _(
            "Left out, as their speakers know another decision or their state does not allow it: "
            "%(codes)s. Decide on them one by one, with a note."
        ),
    )


def _say_left_out(changed: Changed, words: str) -> None:
    if changed.left_out:
        flash(words % {"codes": ", ".join(changed.left_out)}, "warning")


def _many_page(form: ManyForm) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    view = board(actor, conference)
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="title")
    picked = codes_in(request.values.getlist("picked"))
    listing.where(view.column(actor, "code").in_(picked))
    listing.where(on_board(actor, conference))
    listing.where(may(actor, Action.DECIDE_ONE, conference))
    rows = listing.load_all(db).rows
    ids = [row.id for row in rows]
    return render_template(
        "chair/decide_many.html",
        form=form,
        conference=conference,
        rows=rows,
        merges={id_: one.title for id_, one in merges_of(ids).items()},
        merged=merged_of(db, ids),
        left_out=len(picked) - listing.total,
        outcome_words=OUTCOME_WORDS,
        act_words=ACT_WORDS,
    )
