"""The order of a list, and what stands in it before and after one of its rows.

Each neighbor is the first of the rows beyond, in the list's order, so nothing needs to be sorted.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Label,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    or_,
    select,
)

from cfp.policy import Rows, ids_of


@dataclass(frozen=True)
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


@lru_cache(maxsize=32)
def around(rows: Rows, order: Order, column: SQLColumnExpression[Any]) -> Select[Any, Any]:
    """The `column` of the rows before and after the one where it is `:value`.

    Kept for the list without filters, whose parts are always the same: making it takes longer than
    running it.
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
