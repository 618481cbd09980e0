"""What a reviewer is asked to do: yes or no, one by one or to all at once, and stepping in."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import HiddenField

from cfp.domain.assignment import answers, standby
from cfp.domain.assignment.lateness import plan_of
from cfp.domain.assignment.rules import LOAD_LIMIT, MINUTES_PER_REVIEW, REASON_LIMIT
from cfp.domain.reviews.extensions import extended_until
from cfp.domain.reviews.rules import due_of, reviewing_is_open
from cfp.errors import DomainError, NotFoundError, NotNowError
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import BaseForm, Line, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.forms import Most
from cfp.web.wording import add_words

add_words(
    {
        "answer.nothing": _l("There is nothing to answer: it was answered, or it is not asked."),
        "answer.pick_some": _l("Select what your answer is about."),
        "answer.replaced": _l("Somebody else has been asked meanwhile, so it stays declined."),
        "standby.off": _l("This conference keeps nobody on stand-by."),
    }
)


class AnswersForm(BaseForm):
    """Yes or no to some of what is asked; `rows` only says what is wrong with the selection."""

    rows = HiddenField()
    reason = Line(_l("Reason, for the chairs"), limit=REASON_LIMIT)


class OfferForm(BaseForm):
    """Stands on one page with the profile's form, hence its own id."""

    reviews = Most(_l("Reviews you could step in for, at most"), LOAD_LIMIT, id="offer-reviews")


@blueprint.get("/<slug>/reviews/asked")
@permission(Action.REVIEW_QUEUE)
def asked(slug: str) -> str:
    """Everything that waits for an answer or a review, and what was declined."""
    return _page(AnswersForm())


@blueprint.post("/<slug>/reviews/asked")
@permission(Action.REVIEW_QUEUE)
def answer_asked(slug: str) -> ViewResponse:
    """Say yes or no to the selected, or yes to all."""
    form = AnswersForm()
    accepts = "decline" not in request.form
    picked = [code.replace("\0", "") for code in request.form.getlist("picked")]
    codes = None if "all" in request.form else picked

    def act() -> str:
        if codes == []:
            raise DomainError("answer.pick_some", field="rows")
        _refuse_closed()
        answers.answer(
            context.db(),
            context.actor(),
            context.conference(),
            codes=codes,
            accept=accepts,
            reason="" if accepts else form.reason.data or "",
            now=context.now(),
        )
        return url_for("reviewer.queue" if codes is None else "reviewer.asked", slug=slug)

    done = _("Thank you.") if accepts else _("Declined; the chairs will find somebody else.")
    return perform(form, act, lambda: _page(form), done=done)


@blueprint.post("/<slug>/reviews/asked/undo")
@permission(Action.REVIEW_QUEUE)
def undo_decline(slug: str) -> ViewResponse:
    """Do it after all, while nobody else has been asked."""

    def act() -> str:
        _refuse_closed()
        code = request.form.get("submission", "").replace("\0", "")
        answers.take_back_decline(
            context.db(), context.actor(), context.conference(), code=code, now=context.now()
        )
        return url_for("reviewer.review", slug=slug, code=code)

    return press(act, done=_("Thank you; it is yours again."))


@blueprint.post("/<slug>/reviews/standby")
@permission(Action.BE_REVIEWER)
def offer_standby(slug: str) -> ViewResponse:
    """Offer to step in for so many reviews, or for none."""
    form = OfferForm()
    reviews = form.reviews.data

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        standby.offer(db, actor, conference, reviews=reviews, now=context.now())
        return url_for("reviewer.profile", slug=slug)

    done = (
        ngettext(
            "Thank you: you are on stand-by for up to %(num)s review.",
            "Thank you: you are on stand-by for up to %(num)s reviews.",
            reviews,
        )
        if reviews
        else _("You are not on stand-by any more.")
    )
    return perform(form, act, lambda: _offer_page(form), done=done)


def offer_form() -> OfferForm | None:
    """The form of one's own offer, where the conference keeps a pool."""
    db, conference = context.db(), context.conference()
    if conference.reviewing != "assigned" or not plan_of(db, conference).standby:
        return None
    found = standby.standby_of(db, conference, context.actor().person_id)
    return OfferForm(formdata=None, data={"reviews": found.reviews if found else None})


def _refuse_closed() -> None:
    db, actor, conference = context.db(), context.actor(), context.conference()
    until = extended_until(db, actor, conference)
    if not reviewing_is_open(conference, context.now(), until):
        raise NotNowError("reviewing_closed")


def _offer_page(form: OfferForm) -> str:
    return render_template(
        "reviewer/standby.html", standby_form=form, conference=context.conference()
    )


def _page(form: AnswersForm) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    if conference.reviewing != "assigned":
        raise NotFoundError("not_found")
    found = answers.asked_of(db, actor, conference)
    extended = extended_until(db, actor, conference)
    unanswered = sum(one.state == "assigned" for one in found)
    return render_template(
        "reviewer/asked.html",
        form=form,
        conference=conference,
        asked=found,
        unanswered=unanswered,
        minutes=unanswered * MINUTES_PER_REVIEW,
        declined=answers.declined_by(db, actor, conference),
        picked=request.form.getlist("picked"),
        is_open=reviewing_is_open(conference, context.now(), extended),
        due=due_of(conference, extended),
    )
