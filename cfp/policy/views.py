"""Lists: a read model's rows and columns as one person may have them, counted and found."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Join,
    Label,
    Select,
    SQLColumnExpression,
    case,
    func,
    null,
    select,
)

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.policy.seats import Seat, can_be, predicate, seat_of
from cfp.policy.tables import SEES, Fact, Relation
from cfp.records import record


@record
class Column:
    """An expression over a view's source; `fact` is what it tells, when stricter than the row.

    One that is only `searched` stands in conditions and is never fetched.
    """

    expression: SQLColumnExpression[Any]
    fact: Fact | None = None
    searched: bool = False


@record
class View:
    """A read model: rows of submissions (or of what hangs on them) for one conference.

    `rows` is the fact a person must be allowed to know for the row to exist at all; `columns`
    declares everything that can be shown, filtered or sorted by.
    """

    conference: Conference
    source: FromClause
    rows: Fact
    columns: Mapping[str, Column]
    one_each: bool = False
    """Whether there is one row per `id`, whatever is joined: counting may skip the joins."""

    def column(self, actor: Actor, name: str) -> SQLColumnExpression[Any]:
        """The column as this person may use it anywhere: null where the fact is not theirs."""
        column = self.columns[name]
        if column.fact is None:
            return column.expression
        return _told(seat_of(actor, self.conference), column.fact, column.expression)

    def told(self, actor: Actor, name: str) -> ColumnElement[bool]:
        """The rows in which the column is this person's to know, even where it is empty."""
        fact = self.columns[name].fact
        return predicate(actor, fact or self.rows, self.conference)

    def names(self, actor: Actor) -> list[str]:
        """The columns that exist for this person; the others are absent, not empty."""
        seat = seat_of(actor, self.conference)
        return [
            name
            for name, column in self.columns.items()
            if column.fact is None or _could_see(seat, column.fact)
        ]

    def selected(self, actor: Actor) -> tuple[Label[Any], ...]:
        """Each of `names` that is not for searching alone, as a column of that name."""
        return _selected(seat_of(actor, self.conference), tuple(self.columns.items()))

    def known(self, actor: Actor) -> ColumnElement[bool]:
        """The rows that exist for this person."""
        return predicate(actor, self.rows, self.conference)


# Kept: for the same person and the same list they are the same objects, and so is then what is
# made of them.


@lru_cache(maxsize=256)
def _selected(seat: Seat, columns: Sequence[tuple[str, Column]]) -> tuple[Label[Any], ...]:
    shown = ((name, column) for name, column in columns if not column.searched)
    return tuple(
        (column.expression if column.fact is None else _told(seat, column.fact, column.expression))
        .label(name)
        for name, column in shown
        if column.fact is None or _could_see(seat, column.fact)
    )


@lru_cache(maxsize=512)
def _told(
    seat: Seat, fact: Fact, expression: SQLColumnExpression[Any]
) -> SQLColumnExpression[Any]:
    if not _could_see(seat, fact):
        return null()
    return case((seat.knows(fact), expression), else_=null())


def can_ever_see(actor: Actor, fact: Fact, conference: Conference) -> bool:
    """Whether any submission of the conference could show this person the fact, by role."""
    return _could_see(seat_of(actor, conference), fact)


def searchable(actor: Actor, view: View) -> frozenset[str]:
    """The columns of a list that this person has by their roles, so that they may search by them.

    That they stand on a talk themselves does not make names or notes something to search by.
    """
    seat = seat_of(actor, view.conference)
    return frozenset(
        name
        for name, column in view.columns.items()
        if column.fact is None
        or any(
            can_be(seat, g.relation)
            for g in SEES[column.fact]
            if g.relation is not Relation.SPEAKER
        )
    )


def _could_see(seat: Seat, fact: Fact) -> bool:
    return any(can_be(seat, grant.relation) for grant in SEES[fact])


def visible(actor: Actor, view: View) -> Select[Any]:
    """The view's rows and columns as this person may have them; narrow with `view.column`."""
    return select(*view.selected(actor)).select_from(view.source).where(view.known(actor))


class Rows(NamedTuple):
    """The parts that say which rows `ids_of` finds.

    What is made of nothing else can be kept: for the same person and the same list they are the
    same objects.
    """

    id: ColumnElement[Any]
    known: ColumnElement[bool]
    conditions: tuple[ColumnElement[bool], ...]
    source: FromClause
    one_each: bool


def rows_of(actor: Actor, view: View, conditions: Sequence[ColumnElement[bool]]) -> Rows:
    """The rows `visible` has under these conditions (made of `view.column`)."""
    id_ = cast(ColumnElement[Any], view.columns["id"].expression)
    return Rows(id_, view.known(actor), tuple(conditions), view.source, view.one_each)


def ids_of(rows: Rows, order: Sequence[ColumnElement[Any]] = ()) -> Select[Any]:
    """Their ids; where there is one row per id, without joins that nothing asks about."""
    ids = select(rows.id).where(rows.known, *rows.conditions).order_by(*order)
    source = rows.source
    if rows.one_each:
        asked = (rows.id, rows.known, *rows.conditions, *order)
        source = _without_idle(source, {table for one in asked for table in one._from_objects})
    return ids.select_from(source)


def _without_idle(source: FromClause, asked: set[FromClause]) -> FromClause:
    """The source without the outer joins whose columns nothing asks about."""
    if not isinstance(source, Join):
        return source
    if source.isouter and source.right not in asked:
        return _without_idle(source.left, asked)
    on = cast(ColumnElement[bool], source.onclause)
    left = _without_idle(source.left, asked | set(on._from_objects))
    return left.join(source.right, on, isouter=source.isouter)


def counted(actor: Actor, view: View, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """How many rows `visible` has under these conditions."""
    return select(func.count()).select_from(ids_of(rows_of(actor, view, conditions)).subquery())
