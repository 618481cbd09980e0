"""The chairs' list of submissions: searched, filtered, sorted, and as a table to save."""

import re
from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from cfp.domain.conferences import queries as conferences
from cfp.domain.decisions.board import spread
from cfp.domain.submissions.committee import committee_list
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.queries import speakers_by_submission
from cfp.domain.submissions.states import OUTCOMES, State
from cfp.domain.submissions.tags import with_tag
from cfp.formats.speakers import write_entries
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.write import add_source
from cfp.web.files import Table, add_files, without_only_track
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing, arguments_of
from cfp.web.tagging import tags_on, typed_tags

SORTABLE = ("title", "track", "type", "state", "reviews", "mean", "variance", "submitted")
FILTERS = ("q", "track", "type", "state", "pending", "reviews")
STATES = [state for state in State if state is not State.DRAFT]
BY_TAG = "tag."
_REVIEWS = re.compile(r"(?P<below>lt)?(?P<count>[0-9]{1,3})(?P<more>\+)?")


@blueprint.get("/<slug>/chair/submissions/")
@permission(Action.READ_COMMITTEE)
def submissions(slug: str) -> tuple[str, int]:
    """One page of the list."""
    db, conference = context.db(), context.conference()
    tracks = conferences.tracks_of(db, conference)
    listing = committee_listing()
    listing.offer(one for one in FIELDS if one.name != "track" or len(tracks) > 1)
    listing.load(db)
    return listing.page_of(
        "chair/submissions.html",
        db,
        names=listing.view.names(listing.actor),
        speakers=speakers_by_submission(db, [row.id for row in listing.rows]),
        tags=tags_on(listing),
        tracks=tracks,
        types=conferences.types_of(db, conference),
        conference=conference,
        states=STATES,
        outcomes=OUTCOMES,
        spread=spread,
        review_choices=review_choices(conference.reviews_per_submission),
        bulk=_bulk(slug),
        write_url=_write_url(listing),
    )


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title"), always=True),
    Field("speakers", _l("Speakers"), lambda row, at: at[0].get(row.id, ""), column="people"),
    Field("track", _l("Track")),
    Field("format", _l("Format"), column="type"),
    Field("state", _l("State")),
    Field("reviews", _l("Reviews")),
    Field("mean", _l("Mean")),
    Field("spread", _l("Spread"), lambda row, _at: spread(row.variance), column="variance"),
    Field("pending", _l("Pending decision")),
    Field("submitted", _l("Submitted")),
    Field("tags", _l("Tags"), lambda row, at: at[1].get(row.id, ""), column="tagged"),
)
"""The columns of page and file; a file's are named in one language only."""


def _gathered(rows: Sequence[Any]) -> tuple[dict[int, str], dict[int, str]]:
    """The speakers and the tags of some rows, as they are typed."""
    ids = [row.id for row in rows]
    speakers = speakers_by_submission(context.db(), ids)
    return {id_: write_entries(found) for id_, found in speakers.items()}, typed_tags(ids)


def committee_listing() -> Listing:
    """The list as the address asks for it; an item's page asks the same for its neighbors."""
    actor, conference = context.actor(), context.conference()
    view, sortable = committee_list(conference), list(SORTABLE)
    asked = request.args.get("sort", "").removeprefix("-")
    if asked.startswith(BY_TAG):
        view = with_tag(context.db(), actor, view, asked, name=asked.removeprefix(BY_TAG))
        sortable.append(asked)
    listing = Listing.from_request(view, actor, sortable=sortable, default="-submitted")
    narrow(listing)
    return listing


add_files(
    blueprint,
    "submissions",
    "/<slug>/chair/submissions",
    Action.READ_COMMITTEE,
    Table(committee_listing, lambda: without_only_track(FIELDS), _gathered),
)


def picked() -> ColumnElement[bool]:
    """What is ticked in the list, or without a tick all of it."""
    codes = request.args.getlist("picked")
    if codes:
        return Submission.code.in_(codes)
    shown = committee_listing().statement().order_by(None)
    return Submission.id.in_(shown.with_only_columns(Submission.id))


def list_url() -> str:
    names = (*FILTERS, "sort", "page", "columns")
    kept = {name: value for name, value in arguments_of(request.args).items() if name in names}
    return url_for("chair.submissions", slug=context.conference().slug, **kept)  # type: ignore[arg-type]  # url_for types its own options


add_source("submissions", condition=picked, back=list_url)


def without_page(listing: Listing) -> dict[str, Any]:
    """The arguments that say which rows, in which order."""
    return {name: value for name, value in listing.arguments.items() if name != "page"}


def narrow(listing: Listing) -> None:
    """Search and filters of the address."""
    view, actor, asked = listing.view, listing.actor, listing.arguments
    listing.search(context.db())
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
        (Action.TAG, _("Tag these"), "chair.tag_several"),
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
    kept = without_page(listing)
    shown = {name: value for name, value in kept.items() if name not in {"to", "columns"}}
    return url_for("chair.write", slug=conference.slug, to="submissions", **shown)


def review_choices(wanted: int) -> list[tuple[str, str]]:
    """What one can ask about the number of reviews, where `wanted` are enough."""
    return [
        ("", _("All")),
        (f"lt{wanted}", _("fewer than %(n)s", n=wanted)),
        *((str(count), str(count)) for count in range(wanted)),
        (f"{wanted}+", _("%(n)s or more", n=wanted)),
    ]
