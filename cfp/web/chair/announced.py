"""What is announced: whether its mails arrived, and what its speakers have answered since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from cfp.domain.decisions.announced import Delivery, deliveries, last_reminder, outbox
from cfp.domain.decisions.announced import announced as announced_view
from cfp.domain.decisions.confirm_answers import Answered, answers_among, questions_to_read
from cfp.domain.decisions.merging import MERGED
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.announce import scheduled_in_words
from cfp.web.chair.confirm_columns import SAID, columns
from cfp.web.files import Table, add_files
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing

STATES = ("accepted", "confirmed", "declined", "waitlisted", "rejected", MERGED, "revise")


@blueprint.get("/<slug>/chair/decisions/announced")
@permission(Action.ANNOUNCE)
def announced(slug: str) -> tuple[str, int]:
    """Each announced decision, whether its mail arrived and whether it is confirmed."""
    db, conference = context.db(), context.conference()
    listing = _announced()
    listing.offer(_fields())
    listing.load(db)
    known = frozenset(one.name for one in FIELDS)
    asked = [one for one in listing.shown if "columns" in request.args and one.name not in known]
    return listing.page_of(
        "chair/announced.html",
        db,
        conference=conference,
        gathered=_gathered(listing.rows, answers=bool(asked)),
        answers=asked,
        said=SAID,
        outbox=outbox(db, conference),
        scheduled=scheduled_in_words(),
        reminded=last_reminder(db, conference),
        states=STATES,
    )


def _announced() -> Listing:
    actor, view = context.actor(), announced_view(context.conference())
    listing = Listing.from_request(
        view, actor, sortable=("title", "outcome", "state", "at"), default="-at"
    )
    state, merged = request.args.get("state", ""), view.column(actor, "outcome") == MERGED
    if state == MERGED:
        listing.where(merged)
    elif state.isascii() and state.isalpha():
        listing.where(view.column(actor, "state") == state)
        listing.where(~merged)
    return listing


@dataclass(frozen=True)
class _Gathered:
    """What some rows' cells need beside them."""

    deliveries: Mapping[int, Sequence[Delivery]]
    answers: Mapping[int, Answered]


def _gathered(rows: Sequence[Any], *, answers: bool = True) -> _Gathered:
    db, actor, conference = context.db(), context.actor(), context.conference()
    confirmed = [row.id for row in rows if row.state == "confirmed"] if answers else []
    found = answers_among(db, actor, conference, confirmed) if confirmed else ()
    return _Gathered(deliveries(db, rows), {one.submission.id: one for one in found})


def _mails(row: Row[Any], at: _Gathered) -> str:
    return "; ".join(f"{one.name}: {one.state or 'no mail'}" for one in at.deliveries[row.id])


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title"), always=True),
    Field("announced", _l("Announced as"), column="outcome"),
    Field("format", _l("Format"), column="type"),
    Field("minutes", _l("Minutes")),
    Field("at", _l("When")),
    Field("state", _l("State")),
    Field("answered", _l("Answered")),
    Field("mails", _l("Mails"), _mails, column="id"),
)


def _fields() -> list[Field]:
    """With what is asked on the confirm page."""
    asked = questions_to_read(context.db(), context.conference())
    return [*FIELDS, *columns(asked, lambda row, at: at.answers.get(row.id))]


add_files(
    blueprint,
    "announced",
    "/<slug>/chair/decisions/announced",
    Action.ANNOUNCE,
    Table(_announced, _fields, _gathered),
)
