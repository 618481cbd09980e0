"""The order of a list: the statements of a page of it, and of what stands beside one of its rows.

They are kept for the list without filters, whose parts are always the same objects: making one
takes longer than running it.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Label,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from cfp.policy import Rows, ids_of
from cfp.records import record

PAGE_SIZE = 50


@record
class Order:
    """By a column, and by the id where that is the same; what is empty stands last either way."""

    column: SQLColumnExpression[Any]
    id: SQLColumnExpression[Any]
    descending: bool

    def by(self, *, back: bool = False) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """As a statement is ordered; `back` turns all of it round."""
        column, id_ = self.column, self.id
        order = column.desc() if self.descending is not back else column.asc()
        if back:
            return order.nulls_first(), id_.desc()
        return order.nulls_last(), id_.asc()

    def beyond(self, here: CTE, *, back: bool) -> ColumnElement[bool]:
        """The rows after the one in `here`, or with `back` before it."""
        column, id_ = self.column, self.id
        further = column < here.c.sort if self.descending is not back else column > here.c.sort
        same = or_(column == here.c.sort, and_(column.is_(None), here.c.sort.is_(None)))
        if back:
            from_empty = and_(here.c.sort.is_(None), column.is_not(None))
            return or_(further, from_empty, and_(same, id_ < here.c.id))
        to_empty = and_(here.c.sort.is_not(None), column.is_(None))
        return or_(further, to_empty, and_(same, id_ > here.c.id))


@lru_cache(maxsize=64)
def page_of(columns: tuple[Label[Any], ...], rows: Rows, order: Order) -> Select[Any]:
    """A page of rows from `:offset`, each with the number of all, which is counted once."""
    shown = select(*columns).select_from(rows.source).where(rows.known)
    if not rows.one_each:
        total = _number(ids_of(rows))
        shown = _window(shown.where(*rows.conditions))
    elif rows.conditions:
        ids, total = _narrowed(rows, order)
        shown = shown.where(rows.id.in_(ids))
    else:
        total = _number(ids_of(rows))
        # Sorting ids is quick; sorting whole rows works out every column of every row first.
        ids = select(_window(ids_of(rows, order.by())).subquery().c[0])
        shown = shown.where(rows.id.in_(ids))
    return shown.add_columns(total.label("all_rows")).order_by(*order.by())


def _narrowed(rows: Rows, order: Order) -> tuple[Select[Any], ScalarSelect[Any]]:
    """The ids of the page and the number of all, with the conditions judged once for both."""
    of_row: Label[Any] = order.column.label("sort")
    kept = ids_of(rows, order.by()).order_by(None).add_columns(of_row).cte("kept")
    id_, sort = kept.c
    page = _window(select(id_).order_by(*Order(sort, id_, order.descending).by()))
    return select(page.subquery().c[0]), select(func.count()).select_from(kept).scalar_subquery()


def _number(ids: Select[Any]) -> ScalarSelect[int]:
    return select(func.count()).select_from(ids.subquery()).scalar_subquery()


def _window(rows: Select[Any]) -> Select[Any]:
    return rows.limit(PAGE_SIZE).offset(bindparam("offset", type_=Integer))


@lru_cache(maxsize=32)
def around(rows: Rows, order: Order, column: SQLColumnExpression[Any]) -> Select[Any, Any]:
    """The `column` of the rows before and after the one where it is `:value`.

    Each neighbor is the first of the rows beyond, in the list's order: nothing is sorted.
    """
    listed = ids_of(rows, order.by()).order_by(None)
    of_row: Label[Any] = order.column.label("sort")
    this = listed.where(column == bindparam("value"))
    here = this.with_only_columns(of_row, order.id.label("id")).cte("here")
    before, after = (
        listed.with_only_columns(column)
        .where(order.beyond(here, back=back))
        .order_by(*order.by(back=back))
        .limit(1)
        .correlate(here)
        .scalar_subquery()
        for back in (True, False)
    )
    return select(before, after).select_from(here)
