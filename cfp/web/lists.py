"""A list page: which page, which order, which filters, kept in the address and safe to link."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, make_response, request, url_for
from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.formats.table import Cell, csv_bytes
from cfp.policy import View, counted, found, visible

PAGE_SIZE = 50
_NO_FILTERS = frozenset({"slug", "code", "endpoint"})
"""Names that `url_for` gives a meaning of its own, as it does those with a leading underscore."""


@dataclass
class Listing:
    """One page of a View as one person sees it; `rows` has the view's columns by name."""

    view: View
    actor: Actor
    sort: str
    descending: bool
    page: int
    arguments: Mapping[str, str]
    conditions: list[ColumnElement[bool]] = field(default_factory=list)
    rows: Sequence[Row[Any]] = ()
    total: int = 0

    @classmethod
    def from_request(
        cls, view: View, actor: Actor, *, sortable: Sequence[str], default: str
    ) -> "Listing":
        """Read page and sort from the address; a sort this person has not is ignored."""
        asked = request.args.get("sort", default)
        name = asked.removeprefix("-")
        if name not in sortable or name not in view.names(actor):
            asked, name = default, default.removeprefix("-")
        page = request.args.get("page", "1")
        return cls(
            view=view,
            actor=actor,
            sort=name,
            descending=asked.startswith("-"),
            page=int(page) if page.isascii() and page.isdigit() and 0 < int(page) < 10**6 else 1,
            arguments={
                name: value
                for name, value in request.args.items()
                if name not in _NO_FILTERS and not name.startswith("_")
            },
        )

    def where(self, condition: ColumnElement[bool]) -> None:
        """Narrow the list; build conditions from `view.column(actor, name)` only."""
        self.conditions.append(condition)

    def load(self, db: Session) -> "Listing":
        """Fetch this page: the total and the rows, two statements whatever the size."""
        self.total = db.scalar(counted(self.actor, self.view, self.conditions)) or 0
        self.page = min(self.page, self.pages)
        offset = (self.page - 1) * PAGE_SIZE
        query = self.statement()
        if self.view.one_each:
            # Sorting ids is quick; sorting whole rows works out every column of every row first.
            ids = found(self.actor, self.view, [*self.conditions], self._order())
            here = ids.limit(PAGE_SIZE).offset(offset).subquery()
            query = visible(self.actor, self.view).order_by(*self._order())
            query = query.where(self.view.columns["id"].expression.in_(select(here.c[0])))
        else:
            query = query.limit(PAGE_SIZE).offset(offset)
        self.rows = db.execute(query).all()
        return self

    def load_all(self, db: Session) -> "Listing":
        """Fetch every row: for an export of exactly what is shown."""
        self.rows = db.execute(self.statement()).all()
        self.total = len(self.rows)
        return self

    def statement(self) -> Select[Any]:
        """What this person may see, narrowed and ordered; the id makes the order complete."""
        return visible(self.actor, self.view).where(*self.conditions).order_by(*self._order())

    def neighbors(self, db: Session, name: str, value: object) -> tuple[Any, Any]:
        """The column `name` of the rows before and after the one where it is `value`, or None."""
        column = self.view.column(self.actor, name)
        before, after = (
            step(column).over(order_by=self._order()).label(label)
            for step, label in ((func.lag, "before"), (func.lead, "after"))
        )
        around = self.statement().order_by(None)
        ordered = around.with_only_columns(column.label("here"), before, after).subquery()
        row = db.execute(
            select(ordered.c.before, ordered.c.after).where(ordered.c.here == value)
        ).first()
        return (row[0], row[1]) if row else (None, None)

    def _order(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        column = self.view.column(self.actor, self.sort)
        order = column.desc().nulls_last() if self.descending else column.asc().nulls_last()
        return order, self.view.columns["id"].expression.asc()

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))

    def url(self, **changes: object) -> str:
        """This list's address with some arguments changed; None drops one."""
        arguments = {**self.arguments, **changes}
        kept: dict[str, Any] = {
            key: str(value) for key, value in arguments.items() if value not in (None, "")
        }
        assert request.endpoint is not None  # noqa: S101 - a list page has a route
        return url_for(request.endpoint, **(request.view_args or {}), **kept)

    def sort_url(self, name: str) -> str:
        """The address that sorts by this column, or turns the order round."""
        turned = f"-{name}" if self.sort == name and not self.descending else name
        return self.url(sort=turned, page=None)


def csv_file(name: str, header: Sequence[object], rows: Iterable[Sequence[Cell]]) -> Response:
    """A table to save as `name`.csv; the columns' names are words of the page."""
    response = make_response(csv_bytes([str(one) for one in header], rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
