"""What is announced: whether its mails arrived, and what its speakers have answered since."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from cfp.domain.conferences.models import ConfirmQuestion
from cfp.domain.decisions.announced import Delivery, deliveries, outbox
from cfp.domain.decisions.announced import announced as announced_view
from cfp.domain.decisions.confirm_answers import asked_and_said
from cfp.domain.decisions.merging import MERGED
from cfp.policy import Action
from cfp.records import record
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.announce import scheduled_in_words
from cfp.web.chair.confirm_columns import SAID, Answers, columns
from cfp.web.files import Table, add_files
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing

STATES = ("accepted", "confirmed", "declined", "waitlisted", "rejected", MERGED, "revise")


@blueprint.get("/<slug>/chair/decisions/announced")
@permission(Action.ANNOUNCE)
def announced(slug: str) -> tuple[str, int]:
    """Each announced decision, whether its mail arrived and whether it is confirmed."""
    db, conference = context.db(), context.conference()
    listing = _announced().load(db)
    rows = listing.rows if "columns" in listing.arguments else ()
    questions, said = asked_and_said(db, conference, _confirmed(rows))
    listing.offer(_fields(questions))
    known = frozenset(one.name for one in FIELDS)
    sent = outbox(db, conference)
    return listing.page_of(
        "chair/announced.html",
        db,
        conference=conference,
        gathered=_Gathered(deliveries(db, listing.rows), said),
        answers=[one for one in listing.shown if rows and one.name not in known],
        said=SAID,
        outbox=sent,
        scheduled=scheduled_in_words(),
        reminded=sent.reminded,
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


@record
class _Gathered:
    """What some rows' cells need beside them."""

    deliveries: Mapping[int, Sequence[Delivery]]
    answers: Answers


def _gathered(rows: Sequence[Any]) -> _Gathered:
    db = context.db()
    _asked, said = asked_and_said(db, context.conference(), _confirmed(rows))
    return _Gathered(deliveries(db, rows), said)


def _confirmed(rows: Sequence[Any]) -> list[int]:
    return [row.id for row in rows if row.state == "confirmed"]


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


def _fields(questions: Sequence[ConfirmQuestion]) -> list[Field]:
    """With what is asked on the confirm page."""
    return [*FIELDS, *columns(questions, lambda at: at.answers)]


def _fields_of_file() -> list[Field]:
    questions, _said = asked_and_said(context.db(), context.conference(), ())
    return _fields(questions)


add_files(
    blueprint,
    "announced",
    "/<slug>/chair/decisions/announced",
    Action.ANNOUNCE,
    Table(_announced, _fields_of_file, _gathered),
)
