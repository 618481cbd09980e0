"""The list of everybody: which filters there are, and what an address asks for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Label, Select, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.people import ROLE_COLUMNS, everybody, people_view, these
from cfp.policy import View
from cfp.web.lists import Listing
from cfp.web.ordering import PAGE_SIZE

SORTABLE = ("name", "affiliation", "address", "talks", "confirmed")
_TEXTS = frozenset({"name", "affiliation", "address"})

FILTERS: Mapping[str, LazyString] = MappingProxyType(
    {
        "speakers": _l("speakers"),
        "committee": _l("the committee"),
        "confirmed": _l("speakers, confirmed"),
        "unconfirmed": _l("speakers, not confirmed"),
        "remote": _l("speakers, remote"),
        "no_slides": _l("speakers without slides"),
    }
)
_USES = {
    "speakers": ("talks",),
    "confirmed": ("confirmed",),
    "committee": ROLE_COLUMNS,
    "unconfirmed": ("accepted", "confirmed"),
    "remote": ("remote",),
    "no_slides": ("lacks_slides",),
}
"""The columns a filter reads; without them the filter does not exist for this person."""


class PeopleListing(Listing):
    """A page of the people's view, whose rows are grouped after the policy has been asked."""

    def statement(self) -> Select[Any]:
        """Names sort without regard to case."""
        rows = everybody(self.actor, self.view).where(*self.conditions)
        id_ = self.view.column(self.actor, "id")
        return rows.order_by(self._turned(self._sorted_by()), id_)

    def _sorted_by(self) -> SQLColumnExpression[Any]:
        column = self.view.column(self.actor, self.sort)
        return func.lower(column) if self.sort in _TEXTS else column

    def _turned(self, column: SQLColumnExpression[Any]) -> ColumnElement[Any]:
        return (column.desc() if self.descending else column.asc()).nulls_last()

    def _ids(self) -> Select[str, int]:
        """Who is on this page and the number of all, grouped and narrowed once for both."""
        id_: Label[str] = self.view.column(self.actor, "id").label("id")
        sort: Label[Any] = self._sorted_by().label("sort")
        rows = everybody(self.actor, self.view).where(*self.conditions)
        kept = rows.with_only_columns(id_, sort).cte("kept")
        total = select(func.count()).select_from(kept).scalar_subquery().label("all_rows")
        page = select(kept.c.id, total).order_by(self._turned(kept.c.sort), kept.c.id)
        return page.limit(PAGE_SIZE).offset((self.page - 1) * PAGE_SIZE)

    def load(self, db: Session) -> "PeopleListing":
        """First who is on this page, with the number of all; then what is said about these."""
        ids = db.execute(self._ids()).all()
        if not ids and self.page > 1:
            self.page = 1
            return self.load(db)
        self.total = ids[0].all_rows if ids else 0
        self.view, self.conditions = people_view(self.actor, self.view.conference, some=True), []
        asked = these(row.id for row in ids)
        self.rows = db.execute(self.statement(), asked).all() if ids else []
        return self

    def whole(self) -> "PeopleListing":
        """The list with all that is said about everybody in it."""
        self.view = people_view(self.actor, self.view.conference)
        self.conditions = conditions(self.view, self.actor, self.arguments)
        return self


def people_listing(actor: Actor, conference: Conference) -> PeopleListing:
    """The list as the address of the request asks for it, not loaded yet.

    Until it is, its view has the columns alone by which the address sorts and narrows it.
    """
    view = people_view(actor, conference, wanted=_asked(request.args))
    listing = PeopleListing.from_request(view, actor, sortable=SORTABLE, default="name")
    assert isinstance(listing, PeopleListing)  # noqa: S101 - what a classmethod returns
    for condition in conditions(view, actor, listing.arguments):
        listing.where(condition)
    return listing


def _asked(arguments: Mapping[str, str]) -> set[str]:
    asked = {"id", "name", arguments.get("sort", "").removeprefix("-")}
    if arguments.get("q", "").strip():
        asked |= {"affiliation", "address"}
    return asked | set(_USES.get(arguments.get("who", ""), ()))


def filters(view: View, actor: Actor) -> list[tuple[str, str]]:
    """The filters this person can use, in words."""
    known = frozenset(view.names(actor))
    offered = [(k, w) for k, w in FILTERS.items() if known.issuperset(_USES.get(k, ()))]
    return [(key, str(words)) for key, words in offered]


def conditions(view: View, actor: Actor, arguments: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What `q` and `who` of an address narrow the list by; what is not known narrows nothing."""
    found: list[ColumnElement[bool]] = []
    text = arguments.get("q", "").strip()
    if text:
        pattern = f"%{_escaped(text[:100])}%"
        columns = (view.column(actor, name) for name in ("name", "affiliation", "address"))
        found.append(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    who = arguments.get("who", "")
    if who in dict(filters(view, actor)):
        found.append(_who(view, actor, who))
    return found


def _who(view: View, actor: Actor, who: str) -> ColumnElement[bool]:
    def column(name: str) -> SQLColumnExpression[Any]:
        return view.column(actor, name)

    if who == "speakers":
        return column("talks") > 0
    if who == "confirmed":
        return column("confirmed") > 0
    if who == "committee":
        return or_(*(column(kind) > 0 for kind in ROLE_COLUMNS))
    if who == "unconfirmed":
        return column("accepted") > column("confirmed")
    return column("remote" if who == "remote" else "lacks_slides") > 0


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
