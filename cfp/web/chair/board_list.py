"""The board as a list: what its address asks for, its columns, and its files."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, SQLColumnExpression

from cfp.domain.conferences import queries as conferences
from cfp.domain.decisions import rules
from cfp.domain.decisions.board import board, on_board, scores_by_submission, spread
from cfp.domain.decisions.calibrating_queries import Run, run_of
from cfp.domain.decisions.calibrating_rules import BANDS, OPEN_BANDS
from cfp.domain.decisions.merging import (
    MERGE,
    MERGED,
    merged_ids,
    merging_ids,
    pending_merges,
)
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import OUTCOMES, State
from cfp.policy import Action, seat_of
from cfp.records import record
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.files import Table, add_files
from cfp.web.lists import Field, Listing, listed
from cfp.web.numbers import read_number
from cfp.web.tagging import typed_tags

SORTABLE = ("title", "mean", "variance", "reviews", "track", "calibrated", "chance")
FILTERS = ("q", "view", "track", "type", "outcome", "fewer", "band", "sort", "page", "columns")
BANDS_ASKED = {"open": OPEN_BANDS, **{name: (name,) for name in BANDS}}


def run_shown() -> Run | None:
    """The run whose figures stand beside the means, where the conference wants them."""
    conference = context.conference()
    return run_of(context.db(), context.actor(), conference) if conference.adjusts_scores else None


def board_listing(calibration_id: int | None = None, default: str = "-mean") -> Listing:
    """The board as the address asks for it, with the figures of this run of the calibration."""
    actor, conference = context.actor(), context.conference()
    view = board(actor, conference, calibration_id)
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default=default)
    listing.where(on_board(actor, conference), always=True)
    for name in ("track", "type"):
        asked = read_number(request.args.get(name))
        if asked is not None:
            listing.where(view.column(actor, f"{name}_id") == asked)
    _narrow_by_outcome(listing, request.args.get("outcome", ""))
    fewer = read_number(request.args.get("fewer"))
    if fewer is not None:
        listing.where(view.column(actor, "reviews") < fewer)
    band = request.args.get("band", "")
    if calibration_id is not None and band in BANDS_ASKED:
        listing.where(view.column(actor, "band").in_(BANDS_ASKED[band]))
    listing.search(context.db())
    return listing


def calibrated_listing(calibration_id: int) -> Listing:
    """Of the board what this run could calibrate."""
    listing = board_listing(calibration_id, default="-calibrated")
    listing.where(_there(listing.view.column(listing.actor, "calibrated")), always=True)
    return listing


@lru_cache(maxsize=64)
def _there(column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return column.is_not(None)


def _narrow_by_outcome(listing: Listing, asked: str) -> None:
    """open: nothing pending or announced; pending: anything; an outcome; an announced state."""
    if not asked:
        return
    names, conference = ("pending", "state", "id"), context.conference()
    pending, state, id_ = (listing.view.column(listing.actor, name) for name in names)
    merging = id_.in_(merging_ids(seat_of(listing.actor, conference)))
    merged = id_.in_(merged_ids())
    narrowed: dict[str, tuple[ColumnElement[bool], ...]] = {
        "open": (pending == "", state == State.SUBMITTED),
        "pending": (pending != "",),
        **{name: (pending == name,) for name in OUTCOMES},
        **{name: (state == name,) for name in rules.DECIDABLE},
        "reject": (pending == "reject", ~merging),
        MERGE: (pending == "reject", merging),
        State.REJECTED: (state == State.REJECTED, ~merged),
        MERGED: (state == State.REJECTED, merged),
    }
    for condition in narrowed.get(asked, ()):
        listing.where(condition)


def board_url() -> str:
    """The board as this address asks for it."""
    kept: dict[str, Any] = {n: v for n, v in request.args.items() if n in FILTERS}
    return url_for("chair.decisions", slug=context.conference().slug, **kept)


def scores_of(ids: Sequence[int]) -> dict[int, list[float]]:
    """The totals to draw as dots; whole ones without a fraction, as reviewers gave them."""
    known = scores_by_submission(context.db(), context.actor(), context.conference(), ids)
    return {
        id_: [int(one) if one == int(one) else round(one, 1) for one in totals]
        for id_, totals in known.items()
    }


def merges_of(ids: Sequence[int]) -> Mapping[int, Submission]:
    """What is to be merged into another, of those whose pending decision this person knows."""
    if not ids:
        return {}
    return pending_merges(context.db(), context.actor(), context.conference(), ids)


@record
class _Gathered:
    """What the cells of a file need beside the rows."""

    scores: dict[int, list[float]]
    tags: dict[int, str]
    merges: Mapping[int, Submission]


def _gathered(rows: Sequence[Any]) -> _Gathered:
    ids = [row.id for row in rows]
    rejected = [row.id for row in rows if getattr(row, "pending", "") == "reject"]
    return _Gathered(scores_of(ids), typed_tags(ids), merges_of(rejected))


def _into(row: Row[Any], at: _Gathered) -> str:
    return at.merges[row.id].code if row.id in at.merges else ""


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title"), always=True),
    Field("track", _l("Track")),
    Field("format", _l("Format"), column="type"),
    Field("state", _l("State")),
    Field("scores", _l("Scores"), lambda row, at: listed(at.scores.get(row.id, ())), "reviews"),
    Field("mean", _l("Mean")),
    Field("adjusted", _l("Adjusted"), column="calibrated"),
    Field("adjusted_error", _l("Adjusted: its error"), column="se"),
    Field("chance", _l("Chance to be in")),
    Field("spread", _l("Spread"), lambda row, _at: spread(row.variance), column="variance"),
    Field("reviews", _l("Reviews")),
    Field("comments", _l("Comments"), column="remarks"),
    Field("pending", _l("Pending decision")),
    Field("merged_into", _l("Merged into"), _into, column="pending"),
    Field("accepted_format", _l("Format it is accepted for"), column="accepted_type"),
    Field("minutes", _l("Minutes")),
    Field("tags", _l("Tags"), lambda row, at: at.tags.get(row.id, ""), column="tagged"),
)
"""The columns of page and file; a file's are named in one language only."""


BY_PAIRS = {
    "adjusted": Field("compared", _l("Compared"), column="calibrated"),
    "adjusted_error": Field("compared_error", _l("Compared: its error"), column="se"),
}
"""What stands instead where the second score comes from comparisons."""


def fields_of_board(*, several_tracks: bool) -> list[Field]:
    """The columns of this conference; the policy leaves out what is not this person's."""
    other = BY_PAIRS if context.conference().adjusts_by == "pairs" else {}
    kept = (one for one in FIELDS if several_tracks or one.name != "track")
    return [other.get(one.name, one) for one in kept]


def _fields_of_file() -> list[Field]:
    tracks = conferences.tracks_of(context.db(), context.conference())
    return fields_of_board(several_tracks=len(tracks) > 1)


def _listing_of_file() -> Listing:
    """The board with the same figures as on its page."""
    run = run_shown()
    return board_listing(run.calibration.id if run else None)


add_files(
    blueprint,
    "decisions",
    "/<slug>/chair/decisions",
    Action.DECIDE,
    Table(_listing_of_file, _fields_of_file, _gathered),
)
