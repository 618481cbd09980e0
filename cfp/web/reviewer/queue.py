"""A reviewer's queue: what waits, what is done, and the way to the next."""

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from cfp.domain.assignment import answers
from cfp.domain.reviews import queries
from cfp.domain.reviews.extensions import extended_until
from cfp.domain.reviews.rules import MINUTES_PER_REVIEW
from cfp.domain.submissions.states import State
from cfp.policy import Action, takes_bids
from cfp.web import context
from cfp.web.gate import permission
from cfp.web.lists import Listing
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.times import Clock, clock_of

PROGRESS = {
    "open": _l("to review"),
    "draft": _l("started"),
    "done": _l("done"),
    "conflict": _l("conflict of interest"),
    "offered": _l("not assigned to you"),
    "shown": _l("to read, not assigned to you"),
}
SORTABLE = ("order", "title", "track", "type", "progress", "changed")


@blueprint.get("/<slug>/reviews/")
@permission(Action.REVIEW_QUEUE)
def queue(slug: str) -> str:
    actor, conference = context.actor(), context.conference()
    view = queries.queue_for(actor, conference)
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="order")
    listing.where(view.column(actor, "state") == State.SUBMITTED)
    if takes_bids(conference):
        listing.where(view.column(actor, "progress") != "offered")
    wanted = request.args.get("show", "")
    if wanted in PROGRESS:
        listing.where(view.column(actor, "progress") == wanted)
    query = request.args.get("q", "").strip()
    if query:
        listing.where(view.column(actor, "title").icontains(query, autoescape=True))
    progress = queries.progress_of(context.db(), actor, conference)
    extended = extended_until(context.db(), actor, conference)
    clock = clock_of(conference, context.now(), extended)
    return render_template(
        "reviewer/queue.html",
        list=listing.load(context.db()),
        progress=progress,
        unanswered=_unanswered(clock),
        minutes_left=progress.left * MINUTES_PER_REVIEW,
        words=_words(clock),
        wanted=wanted,
        clock=clock,
        is_open=clock.is_open,
        conference=conference,
        takes_bids=takes_bids(conference),
    )


def _words(clock: Clock) -> dict[str, object]:
    """The words of what there can be now."""
    shows = clock.rules.reads_all and not clock.rules.writes_all
    return {name: words for name, words in PROGRESS.items() if shows or name != "shown"}


def _unanswered(clock: Clock) -> int:
    """How much of what is asked has no yes or no; nothing where nobody is asked, or all is over."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    if conference.reviewing != "assigned" or not clock.is_open:
        return 0
    return answers.unanswered(db, actor, conference)


@blueprint.get("/<slug>/reviews/next")
@permission(Action.REVIEW_QUEUE)
def next_one(slug: str) -> Response:
    """To the next submission without one's review, or to the queue when all is done."""
    code = queries.next_open(context.db(), context.actor(), context.conference())
    if code is None:
        return redirect(url_for("reviewer.queue", slug=slug), 302)
    return redirect(url_for("reviewer.review", slug=slug, code=code), 302)
