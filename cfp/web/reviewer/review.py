"""One review: read, score, save as a draft while typing, submit, go on to the next."""

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from cfp.domain.assignment import answers
from cfp.domain.reviews import actions, discussion, guests, helping, queries
from cfp.domain.reviews.filled import Filled, filled_by
from cfp.domain.reviews.models import Review
from cfp.domain.reviews.rules import FINISHED, MINUTES_PER_REVIEW, can_be_reviewed
from cfp.errors import DomainError, StaleError
from cfp.policy import Action, Fact, allowed, sees
from cfp.web import context
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.abstain import AbstainForm
from cfp.web.reviewer.conflicts import blocked_page
from cfp.web.reviewer.forms import (
    ConflictForm,
    DeclineForm,
    ReviewForm,
    review_form,
)
from cfp.web.reviewer.queue import address_of_next, as_listed, next_waiting
from cfp.web.reviewer.times import clock_of
from cfp.web.wording import add_words, say

add_words(
    {
        "reviewing_closed": _l("Reviewing of this submission is closed."),
        "bad_score": _l("%(value)s is not on the scale."),
        "bad_answer": _l("This is not one of the answers."),
        "answer_missing": _l("Please answer “%(name)s”."),
        "bad_confidence": _l("%(value)s is not one of the answers."),
        "ai_statement.missing": _l("Please check this, or ask the chairs."),
        "score_missing": _l("Please give a score for “%(name)s”."),
        "bad_bid": _l("%(value)s is not one of the answers."),
        "bad_load": _l("Please give a number of reviews that is not negative."),
    }
)


@blueprint.get("/<slug>/reviews/<code>/")
@permission(Action.DECLARE_CONFLICT)
def review(slug: str, code: str) -> str:
    standing = context.standing()
    if standing.blocked:
        return blocked_page()
    if not allowed(context.actor(), Action.READ_FOR_REVIEW, standing, context.now()):
        abort(404)
    return _page(*_form())


@blueprint.post("/<slug>/reviews/<code>/")
@permission(Action.REVIEW)
def save(slug: str, code: str) -> ViewResponse:
    form, filled = _form()
    submits, changes = "submit" in request.form, _is_submitted(filled)

    def act() -> str:
        _save(form, filled, submit=submits)
        if changes or not submits:
            return url_for("reviewer.review", slug=slug, code=code, **as_listed())
        context.db().flush()
        return address_of_next(slug)

    if changes:
        done = _("Changes saved. What it said before is kept, for you and the chairs.")
    else:
        done = _("Review submitted.") if submits else _("Draft saved; only you can see it.")
    return perform(form, act, lambda: _page(form, filled), done=done)


@blueprint.post("/<slug>/reviews/<code>/autosave")
@permission(Action.REVIEW)
def autosave(slug: str, code: str) -> Response | tuple[Response, int]:
    """Keep a draft while it is typed; a submitted review changes only when asked to."""
    form, filled = _form()
    if _is_submitted(filled):
        return jsonify(message=_("Submitted; changes are saved with the button.")), 422
    if not form.validate_on_submit():
        return jsonify(message=_("Not saved: please look at the marked fields.")), 422
    try:
        saved = _save(form, filled, submit=False)
    except DomainError as error:
        return jsonify(message=say(error)), error.status
    context.db().commit()
    return jsonify(revision=saved.revision)


@blueprint.post("/<slug>/reviews/<code>/answer")
@permission(Action.REVIEW)
def answer(slug: str, code: str) -> ViewResponse:
    """Accept or decline an assignment."""
    form = DeclineForm()
    accepts = "accept" in request.form

    def act() -> str:
        answers.answer_assignment(
            context.db(),
            context.actor(),
            context.standing(),
            accept=accepts,
            reason="" if accepts else form.reason.data or "",
            now=context.now(),
        )
        if accepts:
            return url_for("reviewer.review", slug=slug, code=code)
        return url_for("reviewer.asked", slug=slug)

    done = _("Thank you.") if accepts else _("Declined; the chairs will find somebody else.")
    return perform(form, act, lambda: _page(*_form()), done=done)


@blueprint.get("/<slug>/reviews/<code>/skip")
@permission(Action.REVIEW)
def skip(slug: str, code: str) -> Response:
    """On to the next without a word; this one comes round again."""
    target = next_waiting(code) or code
    return redirect(url_for("reviewer.review", slug=slug, code=target, **as_listed()), 302)


def _is_submitted(filled: Filled) -> bool:
    return filled.review is not None and filled.review.state == "submitted"


def _form() -> tuple[ReviewForm, Filled]:
    filled = filled_by(context.db(), context.actor(), context.standing(), now=context.now())
    return review_form(context.conference(), filled), filled


def _save(form: ReviewForm, filled: Filled, *, submit: bool) -> Review:
    try:
        return actions.save(
            context.db(),
            context.actor(),
            context.standing(),
            scores=form.scores,
            confidence=form.confidence_value,
            committee_text=form.text("committee_text"),
            chair_text=form.text("chair_text"),
            speaker_text=form.text("speaker_text"),
            answers=form.answers,
            ai_statement=form.states_no_ai,
            submit=submit,
            revision=form.made_from,
            now=context.now(),
            filled=filled,
        )
    except StaleError as error:
        raise _under_labels(form, error) from error


def _under_labels(form: ReviewForm, error: StaleError) -> StaleError:
    """Both texts of each field, by the label that the reviewer knows."""
    theirs = {name: text for name, text in error.texts("theirs").items() if name in form}
    labels = {name: str(form[name].label.text) for name in theirs}
    return StaleError(
        "stale",
        theirs={labels[name]: text for name, text in theirs.items()},
        yours={labels[name]: form.typed(name) for name in theirs},
    )


def _page(form: ReviewForm, filled: Filled) -> str:
    db, actor, standing = context.db(), context.actor(), context.standing()
    conference, now = context.conference(), context.now()
    takes = can_be_reviewed(conference, standing.submission, now, standing.extended)
    mine = allowed(actor, Action.REVIEW, standing, now)
    own, writes = filled.review, takes and mine
    progress = queries.progress_of(db, actor, conference)
    delegates = guests.may_delegate(actor, conference)
    waits = writes and (own is None or own.state not in FINISHED)
    clock = clock_of(conference, now, standing.extended)
    return render_template(
        "reviewer/review.html",
        form=form,
        own=own,
        submission=queries.for_reviewer(db, standing),
        names_open=sees(standing, Fact.SPEAKERS),
        others=queries.reviews_of(db, actor, standing),
        others_open=sees(standing, Fact.REVIEWS),
        glance=discussion.glance_at(db, standing),
        conflict_form=ConflictForm(formdata=None) if writes else None,
        decline_form=DeclineForm(formdata=None) if standing.assignment_state else None,
        abstain_form=AbstainForm(formdata=None) if not own or own.state == "draft" else None,
        criteria=filled.every,
        takes=takes,
        own_read=None if writes or own is None else queries.own_as_read(db, own),
        clock=clock,
        listed=as_listed(),
        progress=progress,
        minutes_left=progress.left * MINUTES_PER_REVIEW,
        writable=writes,
        skips=mine and clock.is_open and progress.left > waits,
        assignment_state=standing.assignment_state,
        delegates=delegates,
        written_by=helping.handed_in_by(db, actor, standing) if delegates else [],
        conference=conference,
    )
