"""The chairs' list of submissions: searched, filtered, sorted, and as a table to save."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from cfp.domain.conferences import queries as conferences
from cfp.domain.decisions.board import spread
from cfp.domain.submissions.committee import committee_list, holding, search_words
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.queries import speakers_by_submission
from cfp.domain.submissions.states import OUTCOMES, State
from cfp.formats.speakers import write_entries
from cfp.formats.table import Cell
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.write import add_source
from cfp.web.gate import permission
from cfp.web.lists import Listing, csv_file

SORTABLE = ("title", "track", "type", "state", "reviews", "mean", "variance", "submitted")
FILTERS = ("q", "track", "type", "state", "pending", "reviews")
STATES = [state for state in State if state is not State.DRAFT]
_REVIEWS = re.compile(r"(?P<below>lt)?(?P<count>[0-9]{1,3})(?P<more>\+)?")


@blueprint.get("/<slug>/chair/submissions/")
@permission(Action.READ_COMMITTEE)
def submissions(slug: str) -> str:
    """One page of the list."""
    db, conference = context.db(), context.conference()
    listing = committee_listing().load(db)
    return render_template(
        "chair/submissions.html",
        list=listing,
        names=listing.view.names(listing.actor),
        speakers=speakers_by_submission(db, [row.id for row in listing.rows]),
        tracks=conferences.tracks_of(db, conference),
        types=conferences.types_of(db, conference),
        conference=conference,
        states=STATES,
        outcomes=OUTCOMES,
        spread=spread,
        review_choices=review_choices(conference.reviews_per_submission),
        bulk=_bulk(slug),
        save_url=url_for("chair.submissions_csv", slug=slug, **without_page(listing)),
        write_url=_write_url(listing),
    )


@blueprint.get("/<slug>/chair/submissions.csv")
@permission(Action.READ_COMMITTEE)
def submissions_csv(slug: str) -> Response:
    """The same rows and columns, all pages of them."""
    db, conference = context.db(), context.conference()
    listing = committee_listing().load_all(db)
    several = len(conferences.tracks_of(db, conference)) > 1
    names = listing.view.names(listing.actor)
    shown = [name for name in _HEADERS if name in names and (name != "track" or several)]
    speakers = speakers_by_submission(db, [row.id for row in listing.rows])
    rows = (_cells(row, shown, speakers.get(row.id, ())) for row in listing.rows)
    return csv_file(f"{slug}-submissions", [_HEADERS[name] for name in shown], rows)


_HEADERS = {
    "code": "code",
    "title": "title",
    "people": "speakers",
    "track": "track",
    "type": "format",
    "state": "state",
    "reviews": "reviews",
    "mean": "mean",
    "variance": "spread",
    "pending": "pending",
    "submitted": "submitted",
}
"""The columns of the table by the view's names; a file's columns are not translated."""


def _cells(row: object, names: Sequence[str], speakers: Sequence[Speaker]) -> list[Cell]:
    made: dict[str, Cell] = {
        "people": write_entries(speakers),
        "variance": spread(getattr(row, "variance", None)),
    }
    cells = [made[name] if name in made else getattr(row, name) for name in names]
    return [round(cell, 3) if isinstance(cell, float) else cell for cell in cells]


def committee_listing() -> Listing:
    """The list as the address asks for it; an item's page asks the same for its neighbors."""
    actor = context.actor()
    view = committee_list(context.conference())
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="-submitted")
    narrow(listing)
    return listing


def _picked() -> ColumnElement[bool]:
    """What is ticked in the list, or without a tick all of it."""
    codes = request.args.getlist("picked")
    if codes:
        return Submission.code.in_(codes)
    shown = committee_listing().statement().order_by(None)
    return Submission.id.in_(shown.with_only_columns(Submission.id))


def _list_url() -> str:
    kept = {
        name: value for name, value in request.args.items() if name in (*FILTERS, "sort", "page")
    }
    return url_for("chair.submissions", slug=context.conference().slug, **kept)  # type: ignore[arg-type]  # url_for types its own options


add_source("submissions", condition=_picked, back=_list_url)


def without_page(listing: Listing) -> dict[str, Any]:
    """The arguments that say which rows, in which order."""
    return {name: value for name, value in listing.arguments.items() if name != "page"}


def narrow(listing: Listing) -> None:
    """Search and filters of the address."""
    view, actor, asked = listing.view, listing.actor, listing.arguments
    if search_words(asked.get("q", "")):
        listing.where(holding(view, actor, asked["q"]))
    for name in ("track", "type"):
        value = asked.get(name, "")
        if value:
            listing.where(view.column(actor, name) == value)
    if asked.get("state") in STATES:
        listing.where(view.column(actor, "state") == asked["state"])
    if asked.get("pending") == "none" or asked.get("pending") in OUTCOMES:
        wanted = "" if asked["pending"] == "none" else asked["pending"]
        listing.where(view.column(actor, "pending") == wanted)
    _narrow_by_reviews(listing, asked.get("reviews", ""))


def _narrow_by_reviews(listing: Listing, asked: str) -> None:
    """2: exactly so many, 3+: so many or more, lt3: fewer."""
    match = _REVIEWS.fullmatch(asked)
    if match is None:
        return
    reviews, count = listing.view.column(listing.actor, "reviews"), int(match["count"])
    if match["below"]:
        listing.where(reviews < count)
    elif match["more"]:
        listing.where(reviews >= count)
    else:
        listing.where(reviews == count)


def _bulk(slug: str) -> list[tuple[str, str]]:
    """What can be done with what is picked: (label, address)."""
    conference, actor, now = context.conference(), context.actor(), context.now()
    acts = [
        (Action.SEND_MAIL, _("Write to these"), "chair.write"),
        (Action.DECIDE, _("Decide on these"), "chair.decide_several"),
    ]
    return [
        (label, url_for(endpoint, slug=slug))
        for action, label, endpoint in acts
        if allowed(actor, action, conference, now)
    ]


def _write_url(listing: Listing) -> str | None:
    """Where one writes to everybody in the list."""
    conference = context.conference()
    if not allowed(listing.actor, Action.SEND_MAIL, conference, context.now()):
        return None
    shown = {name: value for name, value in without_page(listing).items() if name != "to"}
    return url_for("chair.write", slug=conference.slug, to="submissions", **shown)


def review_choices(wanted: int) -> list[tuple[str, str]]:
    """What one can ask about the number of reviews, where `wanted` are enough."""
    return [
        ("", _("All")),
        (f"lt{wanted}", _("fewer than %(n)s", n=wanted)),
        *((str(count), str(count)) for count in range(wanted)),
        (f"{wanted}+", _("%(n)s or more", n=wanted)),
    ]
