"""A reviewer's queue: what waits, what is done, and the way to the next."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from cfp.domain.assignment import answers
from cfp.domain.reviews import queries
from cfp.domain.reviews.extensions import extended_until
from cfp.domain.reviews.leniency import is_told
from cfp.domain.reviews.rules import MINUTES_PER_REVIEW
from cfp.domain.submissions.states import State
from cfp.policy import Action, allowed, takes_bids
from cfp.web import context
from cfp.web.files import Table, add_files, without_only_track
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing, arguments_of
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.times import Clock, clock_of
from cfp.web.tagging import tags_on, typed_tags

PROGRESS = {
    "open": _l("to review"),
    "draft": _l("started"),
    "done": _l("done"),
    "abstained": _l("abstained"),
    "conflict": _l("conflict of interest"),
    "offered": _l("not assigned to you"),
    "shown": _l("to read, not assigned to you"),
}
SORTABLE = ("order", "title", "track", "type", "progress", "changed")


@blueprint.get("/<slug>/reviews/")
@permission(Action.REVIEW_QUEUE)
def queue(slug: str) -> tuple[str, int]:
    actor, conference = context.actor(), context.conference()
    listing, wanted = _listing().load(context.db()), request.args.get("show", "")
    progress = queries.progress_of(context.db(), actor, conference)
    extended = extended_until(context.db(), actor, conference)
    clock = clock_of(conference, context.now(), extended)
    body = render_template(
        "reviewer/queue.html",
        list=listing,
        tags=tags_on(listing),
        outdated=queries.outdated_of(context.db(), actor, _done(listing)),
        progress=progress,
        unanswered=_unanswered(clock),
        minutes_left=progress.left * MINUTES_PER_REVIEW,
        words=_words(clock),
        wanted=wanted,
        listed=as_listed(),
        clock=clock,
        is_open=clock.is_open,
        conference=conference,
        takes_bids=takes_bids(conference),
        is_reviewer=allowed(actor, Action.BE_REVIEWER, conference, context.now()),
        compares=is_told(conference, context.now()),
    )
    return body, listing.status


def _done(listing: Listing) -> list[int]:
    return [row.id for row in listing.rows if row.progress == "done"]


def _listing() -> Listing:
    listing, wanted = _found(), request.args.get("show", "")
    if wanted in PROGRESS:
        listing.where(listing.view.column(context.actor(), "progress") == wanted)
    return listing


def _found() -> Listing:
    """What the address searches for, however far its reviews are."""
    actor, conference = context.actor(), context.conference()
    view = queries.queue_for(actor, conference)
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="order")
    listing.where(view.column(actor, "state") == State.SUBMITTED)
    if takes_bids(conference):
        listing.where(view.column(actor, "progress") != "offered")
    listing.search(context.db())
    return listing


def as_listed() -> dict[str, Any]:
    """The search, filter and order of one's list, which the page of a review hands on."""
    given = arguments_of(request.args)
    return {name: given[name] for name in ("q", "show", "sort") if given.get(name)}


def next_waiting(code: str | None = None) -> str | None:
    """The next without one's review in the list as it was searched and sorted; None for none.

    After `code`, or else the first. An untouched list has its own quick statement.
    """
    db, actor, listed = context.db(), context.actor(), as_listed()
    if not listed.keys() & {"q", "sort"}:
        after = context.submission() if code else None
        return queries.next_open(db, actor, context.conference(), after=after)
    listing = _found()
    listing.where(listing.view.column(actor, "progress").in_(("open", "draft")))
    following = listing.neighbors(db, "code", code)[1] if code else None
    return following or next((row.code for row in listing.load(db).rows), None)


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title"), always=True),
    Field("track", _l("Track")),
    Field("format", _l("Format"), column="type"),
    Field("review", _l("Your review"), column="progress"),
    Field(
        "score",
        _l("Your score"),
        lambda row, _at: row.total if row.progress == "done" else None,
        column="total",
    ),
    Field("tags", _l("Tags"), lambda row, at: at.get(row.id, ""), column="tagged"),
)
add_files(
    blueprint,
    "queue",
    "/<slug>/reviews/queue",
    Action.REVIEW_QUEUE,
    Table(
        _listing,
        lambda: without_only_track(FIELDS),
        lambda rows: typed_tags([row.id for row in rows]),
    ),
    saved="my-reviews",
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
    return redirect(address_of_next(slug), 302)


def address_of_next(slug: str) -> str:
    """The same, as an address in which the list stays as it was."""
    code, listed = next_waiting(), as_listed()
    if code is None:
        return url_for("reviewer.queue", slug=slug, **listed)
    return url_for("reviewer.review", slug=slug, code=code, **listed)
