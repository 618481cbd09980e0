"""One's own conflicts of interest: said with one click, taken back, and read when they block."""

from flask import render_template, url_for
from flask_babel import gettext as _

from cfp.domain.assignment import reviewers
from cfp.domain.assignment.concerned import own_conflicts
from cfp.domain.submissions.redaction import shown
from cfp.policy import Action, Relation, allowed, standing_of
from cfp.web import context
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.forms import ConflictForm


@blueprint.get("/<slug>/reviews/<code>/conflict")
@permission(Action.DECLARE_CONFLICT)
def conflict(slug: str, code: str) -> str:
    """To say so before the text is open: from the list of bids, or as a chair."""
    return _page(ConflictForm())


@blueprint.post("/<slug>/reviews/<code>/conflict")
@permission(Action.DECLARE_CONFLICT)
def declare_conflict(slug: str, code: str) -> ViewResponse:
    form = ConflictForm()

    def act() -> str:
        reviewers.declare_conflict(
            context.db(),
            context.actor(),
            context.standing(),
            type=form.type.data,
            reason=form.reason.data or "",
            now=context.now(),
        )
        return _onward(slug, code)

    return perform(form, act, lambda: _page(form))


@blueprint.post("/<slug>/reviews/<code>/conflict/undo")
@permission(Action.DECLARE_CONFLICT)
def take_back_conflict(slug: str, code: str) -> ViewResponse:
    def act() -> str:
        reviewers.take_back_conflict(
            context.db(), context.actor(), context.standing(), now=context.now()
        )
        return _onward(slug, code)

    return press(act, done=_("Taken back."))


def blocked_page() -> str:
    """In place of the text: that it is hidden, and as much of why as one may know."""
    standing = context.standing()
    own = own_conflicts(context.db(), context.actor(), standing)
    return render_template(
        "reviewer/conflict.html",
        title=shown(context.db(), standing)[0] or standing.submission.code,
        own=own,
        can_take_back=any(one.can_be_taken_back for one in own),
        reviews=bool({Relation.REVIEWER, Relation.BIDDER} & standing.relations),
    )


def _page(form: ConflictForm) -> str:
    standing = context.standing()
    if standing.blocked:
        return blocked_page()
    return render_template(
        "reviewer/declare.html",
        form=form,
        code=standing.submission.code,
        title=shown(context.db(), standing)[0] or standing.submission.code,
        conference=standing.conference,
        reviews=bool({Relation.REVIEWER, Relation.BIDDER} & standing.relations),
    )


def _onward(slug: str, code: str) -> str:
    """A page that is there for the person, now that this has changed."""
    db, actor = context.db(), context.actor()
    db.flush()
    standing = standing_of(db, actor, context.conference(), code)
    if standing is None or standing.blocked:
        return url_for("reviewer.review", slug=slug, code=code)
    if allowed(actor, Action.REVIEW, standing, context.now()):
        return url_for("reviewer.review", slug=slug, code=code)
    if Relation.BIDDER in standing.relations:
        return url_for("reviewer.bids", slug=slug)
    return url_for("chair.submission", slug=slug, code=code)
