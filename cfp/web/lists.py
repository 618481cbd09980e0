"""A list page: which page, which order, which filters, kept in the address and safe to link."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from flask import Response, make_response, render_template, request, url_for
from flask_babel import LazyString
from sqlalchemy import ColumnElement, Row, Select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from cfp.actors import Actor
from cfp.domain.conferences.models import SavedView
from cfp.domain.conferences.views import kept_query, views_on
from cfp.domain.submissions.search import SearchError, cleaned
from cfp.domain.submissions.searching import keys_for, searched
from cfp.formats.table import Cell, csv_bytes
from cfp.policy import Rows, View, counted, rows_of, visible
from cfp.records import record
from cfp.web.numbers import LAST_PAGE, read_number
from cfp.web.ordering import PAGE_SIZE, Order, around, page_of
from cfp.web.searching import said

BATCH = 500
MOST = 2_000
"""Characters read of one argument: a page repeats them in each of its links."""

_NO_FILTERS = frozenset({"slug", "code", "endpoint"})
"""Names that `url_for` gives a meaning of its own, as it does those with a leading underscore."""


@record
class Field:
    """A column of a list and of its files: `name` stands in addresses and in a file's first row.

    `cell` gets a row and what the list has gathered about its rows; without one the cell is the
    row's column. It exists for whoever has `column` (by itself the one of its name) of the view.
    `heading` stands in a file's first row instead, where the name could be no word there.
    """

    name: str
    label: LazyString | str
    cell: Callable[[Any, Any], Cell] | None = None
    column: str = ""
    always: bool = False
    """Whether it stands whatever columns are asked for: what a row is."""
    heading: str = ""

    def of(self, row: Any, gathered: object) -> Cell:  # noqa: ANN401 - a row of any list
        """The cell of a row; figures to the third digit."""
        found = self.cell(row, gathered) if self.cell else getattr(row, self.column or self.name)
        cell: Cell = round(found, 3) if isinstance(found, float) else found
        return cell


def arguments_of(asked: MultiDict[str, str]) -> dict[str, str]:
    """The arguments of a list's address; its form asks for each column by itself."""
    return {
        name: (",".join(asked.getlist(name)) if name == "columns" else value)[:MOST]
        for name, value in asked.items()
        if name not in _NO_FILTERS and not name.startswith("_")
    }


class Filed:
    """A list that can be saved as it is shown."""

    arguments: Mapping[str, str]

    @property
    def has_files(self) -> bool:
        """Whether there is anything to put into a file."""
        return True

    def file_url(self, kind: str) -> str:
        """The address of a file of exactly what is shown, all pages of it: csv or xlsx."""
        kept = {name: value for name, value in self.arguments.items() if name != "page" and value}
        return url_for(f"{request.endpoint}_{kind}", **{**(request.view_args or {}), **kept})


@dataclass(kw_only=True)
class Chosen(Filed):
    """Which of a list's columns an address asks for: page and file have the same."""

    arguments: Mapping[str, str]
    fields: Sequence[Field] = ()

    @property
    def shown(self) -> Sequence[Field]:
        """The columns the address asks for, or all."""
        asked = frozenset(self.arguments.get("columns", "").split(","))
        chosen = {one.name for one in self.fields if one.name in asked}
        return [one for one in self.fields if not chosen or one.always or one.name in chosen]

    @property
    def names_shown(self) -> frozenset[str]:
        """The same by name, for a page to ask about each of its cells."""
        return frozenset(one.name for one in self.shown)


class Paging:
    """The pages of a list and its order, as addresses: whatever its rows are read from."""

    arguments: Mapping[str, str]
    sort: str
    descending: bool
    total: int

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


@dataclass(kw_only=True)
class Listing(Chosen, Paging):
    """One page of a View as one person sees it; `rows` has the view's columns by name.

    `error` is what is wrong with the search of the address; nothing is listed then.
    """

    view: View
    actor: Actor
    sort: str
    descending: bool
    page: int
    conditions: list[ColumnElement[bool]] = field(default_factory=list)
    narrowed: bool = False
    rows: Sequence[Row[Any]] = ()
    total: int = 0
    error: SearchError | None = None
    saved: Sequence[SavedView] = ()

    @property
    def has_files(self) -> bool:
        return not self.error and self.total > 0

    @classmethod
    def from_request(
        cls, view: View, actor: Actor, *, sortable: Sequence[str], default: str
    ) -> Self:
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
            page=read_number(page, LAST_PAGE) or 1,
            arguments=arguments_of(request.args),
        )

    def where(self, condition: ColumnElement[bool], *, always: bool = False) -> None:
        """Narrow the list; build conditions from `view.column(actor, name)` only.

        One that holds `always`, whatever the address asks, is the same object each time.
        """
        self.conditions.append(condition)
        self.narrowed = self.narrowed or not always

    def search(self, db: Session) -> None:
        """Narrow by the search of the address, in what this person may search by."""
        try:
            condition = searched(db, self.actor, self.view, cleaned(self.arguments.get("q", "")))
        except SearchError as error:
            self.error = error
        else:
            if condition is not None:
                self.where(condition)

    @property
    def query(self) -> str:
        """The search as it was read."""
        return cleaned(self.arguments.get("q", ""))

    @property
    def trouble(self) -> str:
        """What is wrong with the search, in words."""
        return said(self.error) if self.error else ""

    @property
    def around_error(self) -> tuple[str, str, str]:
        """The search before the trouble, the word it begins with, and what follows."""
        query, place = self.query, self.error.place if self.error else 0
        end = query.find(" ", place)
        end = len(query) if end < 0 else max(end, place + 1)
        return query[:place], query[place:end], query[end:]

    @property
    def looks(self) -> str:
        """What of the address says how the list looks: what a saved view keeps."""
        return kept_query(request.query_string.decode("ascii", "ignore"))

    @property
    def keys(self) -> list[str]:
        """What this person can search this list by."""
        return keys_for(self.actor, self.view)

    def offer(self, fields: Iterable[Field]) -> None:
        """Say which columns there are; those that are not this person's are left out."""
        known = frozenset(self.view.names(self.actor))
        self.fields = [one for one in fields if (one.column or one.name) in known]

    def page_of(self, template: str, db: Session, **values: object) -> tuple[str, int]:
        """The list's page and its status, with the views that are saved of it."""
        conference, endpoint = self.view.conference, request.endpoint or ""
        self.saved = views_on(db, self.actor, conference, page=endpoint.rpartition(".")[2])
        return render_template(template, list=self, **values), self.status

    @property
    def status(self) -> int:
        """The page's status: that of the search's error, if there is one."""
        return self.error.status if self.error else 200

    def load(self, db: Session) -> "Listing":
        """Fetch this page and the total: one statement whatever the size."""
        if self.error is not None:
            return self
        self.rows = self._page(db)
        if self.rows:
            self.total = self.rows[0].all_rows
        elif self.page > 1:  # behind the end: to the last page there is
            self.total = db.scalar(counted(self.actor, self.view, self.conditions)) or 0
            self.page = self.pages
            self.rows = self._page(db)
        return self

    def _page(self, db: Session) -> Sequence[Row[Any]]:
        """The rows of the page, each with the number of all, which is counted once."""
        parts = self.view.selected(self.actor), self._rows(), self._ordered()
        statement = page_of.__wrapped__(*parts) if self.narrowed else page_of(*parts)
        return db.execute(statement, {"offset": (self.page - 1) * PAGE_SIZE}).all()

    def _rows(self) -> Rows:
        return rows_of(self.actor, self.view, self.conditions)

    def load_all(self, db: Session) -> "Listing":
        """Fetch every row: for an export of exactly what is shown."""
        self.rows = db.execute(self.statement()).all()
        self.total = len(self.rows)
        return self

    def batches(self, db: Session) -> Iterator[Sequence[Row[Any]]]:
        """Every row as `load_all` has them, some at a time: a file holds no more in memory."""
        result = db.execute(self.statement().execution_options(yield_per=BATCH))
        yield from result.partitions()

    def statement(self) -> Select[Any]:
        """What this person may see, narrowed and ordered; the id makes the order complete.

        Raises:
            SearchError: for a search that is not understood; nothing acts on more than was meant.
        """
        if self.error is not None:
            raise self.error
        return visible(self.actor, self.view).where(*self.conditions).order_by(*self._order())

    def neighbors(self, db: Session, name: str, value: object) -> tuple[Any, Any]:
        """The column `name` of the rows before and after the one where it is `value`, or None."""
        if self.error is not None:
            return None, None
        query = around(self._rows(), self._ordered(), self.view.column(self.actor, name))
        row = db.execute(query, {"value": value}).first()
        return (row[0], row[1]) if row else (None, None)

    def _ordered(self) -> Order:
        id_ = self.view.columns["id"].expression
        return Order(self.view.column(self.actor, self.sort), id_, self.descending)

    def _order(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """The id makes it complete."""
        return self._ordered().by()


def listed(figures: Iterable[float]) -> str:
    """Some figures in one cell."""
    return " ".join(f"{one:g}" for one in figures)


def csv_file(name: str, header: Sequence[object], rows: Iterable[Sequence[Cell]]) -> Response:
    """A table to save as `name`.csv; the columns' names are words of the page."""
    response = make_response(csv_bytes([str(one) for one in header], rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
