"""One pending decision: on its own page, or as a card moved on the board."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from cfp.domain.conferences.models import SubmissionType
from cfp.domain.decisions import actions, rules
from cfp.domain.decisions.board import Choice
from cfp.domain.decisions.calibrating_queries import certainty_of
from cfp.domain.decisions.merging import MERGE, has_target, likely_targets, named
from cfp.domain.reviews import queries as reviews
from cfp.domain.reviews.rules import scale_of
from cfp.domain.submissions.queries import offered_types
from cfp.domain.submissions.states import OUTCOMES
from cfp.errors import StaleError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.board_list import FILTERS, board_url, merges_of
from cfp.web.chair.decide_many import say_changed
from cfp.web.chair.decision_forms import ACT_WORDS, CLEAR, OUTCOME_WORDS, DecideForm
from cfp.web.chair.sure_words import BAND_WORDS
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.lists import arguments_of


@blueprint.get("/<slug>/chair/decisions/<code>/")
@permission(Action.DECIDE_ONE)
def decision(slug: str, code: str) -> str:
    return _decision_page(_decide_form())


@blueprint.post("/<slug>/chair/decisions/<code>/")
@permission(Action.DECIDE_ONE)
def decide(slug: str, code: str) -> ViewResponse:
    """Set or clear what is pending for one submission."""
    form, standing = _decide_form(), context.standing()

    def act() -> str:
        outcome = form.outcome.data
        try:
            actions.set_pending(
                context.db(),
                context.actor(),
                standing,
                outcome=_outcome_of(outcome),
                into=(form.into.data or "") if outcome == MERGE else None,
                type_id=form.type_id.data,
                minutes=form.minutes.data,
                note=form.note.data or "",
                revision=form.revision.data or "",
                now=context.now(),
            )
        except StaleError as error:
            raise _both_texts(form) from error
        return back_to_list()

    return perform(form, act, lambda: _decision_page(form), done=_("Saved, pending."))


@blueprint.get("/<slug>/chair/decisions/<code>/alike")
@permission(Action.DECIDE_ONE)
def alike(slug: str, code: str) -> str:
    """What it may well be merged into: for likely.js, or to choose from without script."""
    found = likely_targets(context.db(), context.actor(), context.standing())
    return render_template(
        "chair/alike.html",
        conference=context.conference(),
        submission=context.submission(),
        names=[named(code, title) for code, title in found],
        way=_way(),
    )


def _way() -> dict[str, str]:
    """Where `back_to_list` leads, for addresses of the same decision."""
    return {name: request.args[name] for name in ("back", "list") if name in request.args}


def _outcome_of(chosen: str) -> str | None:
    """The outcome that a choice of the form stands for, None for nothing pending."""
    return {CLEAR: None, MERGE: "reject"}.get(chosen, chosen)


def back_to_list() -> str:
    """The list as it was, or the submission's page, as the address says."""
    slug = context.conference().slug
    if request.args.get("back") == "submission":
        return url_for("chair.submission", slug=slug, code=context.submission().code)
    asked = arguments_of(MultiDict(parse_qsl(request.args.get("list", ""))))
    kept: dict[str, Any] = {name: value for name, value in asked.items() if name in FILTERS}
    return url_for("chair.decisions", slug=slug, **kept)


def _decide_form() -> DecideForm:
    db, standing = context.db(), context.standing()
    submission, pending = standing.submission, actions.pending_of(db, standing.submission)
    target = merges_of([submission.id]).get(submission.id) if pending and pending.into_id else None
    into = request.args.get("into", named(target.code, target.title) if target else "")
    data = {
        "outcome": MERGE if into else (pending.outcome if pending else None),
        "into": into,
        "type_id": (pending.type_id if pending else None) or submission.type_id,
        "minutes": pending.minutes if pending else None,
        "note": pending.note if pending else "",
        "revision": rules.mark(pending),
    }
    form = DecideForm(data=data)
    outcomes = [name for name in OUTCOMES if rules.can_become(submission.state, name)]
    formats = _formats(offered_types(db, standing.conference, submission.type_id))
    merging = "reject" in outcomes and has_target(db, context.actor(), standing)
    form.offer(outcomes, formats, merging=merging)
    return form


def _formats(types: Sequence[SubmissionType]) -> list[Choice]:
    return [Choice(one.id, one.name, one.minutes, one.discussion_minutes) for one in types]


def _both_texts(form: DecideForm) -> StaleError:
    """What somebody else has decided since, beside what was typed here."""
    theirs = DecideForm(formdata=None)
    stored = actions.pending_of(context.db(), context.submission())
    merged = merges_of([context.submission().id])
    theirs.outcome.data = MERGE if merged else (stored.outcome if stored else CLEAR)
    theirs.note.data = stored.note if stored else ""
    words = {name: str(label) for name, label in ACT_WORDS.items()}
    words |= {CLEAR: _("Nothing pending"), MERGE: _("Merge into another")}

    def texts(shown: DecideForm) -> dict[str, str]:
        return {
            str(shown.outcome.label.text): words.get(shown.outcome.data, ""),
            str(shown.note.label.text): shown.note.data or "",
        }

    return StaleError("stale", theirs=texts(theirs), yours=texts(form), back=request.full_path)


def _decision_page(form: DecideForm) -> str:
    db, standing, submission = context.db(), context.standing(), context.submission()
    others = reviews.reviews_of(db, context.actor(), standing, own=True)
    criteria = reviews.criteria_of(db, standing.conference) if others else ()
    return render_template(
        "chair/decision.html",
        form=form,
        conference=standing.conference,
        submission=submission,
        needs_note=rules.needs_explanation(submission.state),
        others=others,
        criteria=criteria,
        totals=[other.total for other in others if other.total is not None],
        scale=scale_of(criteria),
        certainty=certainty_of(db, context.actor(), standing),
        band_words=BAND_WORDS,
        back_url=back_to_list(),
        way=_way(),
        pending=bool(form.revision.data),
    )


@blueprint.post("/<slug>/chair/decisions/<code>/move")
@permission(Action.DECIDE_ONE)
def move_card(slug: str, code: str) -> ViewResponse:
    """Put a card of the board into another column; what two chairs move at once moves once."""
    outcome, title = request.form.get("act", ""), context.submission().title

    def act() -> str:
        try:
            changed = actions.move_one(
                context.db(),
                context.actor(),
                context.conference(),
                code=context.submission().code,
                outcome=None if outcome == CLEAR else outcome,
                revision=request.form.get("revision", ""),
                now=context.now(),
            )
        except StaleError as error:
            raise _moved_meanwhile(title, outcome) from error
        if changed.count:
            flash(_("“%(title)s” is now: %(lane)s.", title=title, lane=_lane_word(outcome)))
        say_changed(changed)
        return board_url()

    return press(act)


def _lane_word(outcome: str) -> str:
    known = OUTCOME_WORDS.get(outcome)
    return str(_("%(label)s, pending", label=known) if known else _("nothing pending"))


def _moved_meanwhile(title: str, wanted: str) -> StaleError:
    """Where the card is now, beside where it was to go."""
    stored = actions.pending_of(context.db(), context.submission())
    return StaleError(
        "stale",
        theirs={title: _lane_word(stored.outcome if stored else "")},
        yours={title: _lane_word(wanted)},
        back=board_url(),
    )
