"""Abstaining from a review, and reviewing after all."""

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from cfp.domain.assignment.rules import REASON_LIMIT
from cfp.domain.reviews import abstaining, queries
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import BaseForm, Line, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.wording import add_words

NO_REASON = _l("Please say why, in a few words.")

add_words(
    {
        "abstain.no_reason": NO_REASON,
        "abstain.submitted": _l("Your review is submitted; change it instead."),
    }
)


class AbstainForm(BaseForm):
    """Stands on one page with the review's own form."""

    abstention = Line(
        _l("Why can't you judge it?"), [InputRequired(NO_REASON)], limit=REASON_LIMIT
    )


@blueprint.post("/<slug>/reviews/<code>/abstain")
@permission(Action.REVIEW)
def abstain(slug: str, code: str) -> ViewResponse:
    """Done for the reviewer, without a score; on to the next."""
    form = AbstainForm()

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        reason, now = form.abstention.data or "", context.now()
        abstaining.abstain(db, actor, context.standing(), reason=reason, now=now)
        db.flush()
        onward = queries.next_open(db, actor, conference)
        if onward is None:
            return url_for("reviewer.queue", slug=slug)
        return url_for("reviewer.review", slug=slug, code=onward)

    done = _("You have abstained; this is done for you. Open it again to change your mind.")
    return perform(form, act, lambda: _page(form), done=done)


@blueprint.post("/<slug>/reviews/<code>/after-all")
@permission(Action.REVIEW)
def review_after_all(slug: str, code: str) -> ViewResponse:
    """Back to the review, with the draft there was."""

    def act() -> str:
        db, actor, standing = context.db(), context.actor(), context.standing()
        abstaining.take_back(db, actor, standing, now=context.now())
        return url_for("reviewer.review", slug=slug, code=code)

    return press(act, done=_("Thank you; it is yours again."))


def _page(form: AbstainForm) -> str:
    """To try again, when the reason could not be taken as it was."""
    return render_template(
        "reviewer/abstain.html",
        form=form,
        submission=queries.for_reviewer(context.db(), context.standing()),
        conference=context.conference(),
    )
