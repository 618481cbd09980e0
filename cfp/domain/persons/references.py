"""Where the schema points to a person or to a row that is to go, read from the schema itself.

A table that is added later is found too, so joining and erasing forget nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import Column, Table, UniqueConstraint, delete, select
from sqlalchemy.orm import Session

from cfp.db import Base


def table_of(model: type[Base]) -> Table:
    """The table of a mapped class."""
    return cast(Table, model.__table__)


def columns_to(target: Table) -> Iterator[Column[Any]]:
    """Every column that refers to the id of `target`."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is target.c.id for key in column.foreign_keys):
                yield column


def uniques_with(column: Column[Any]) -> Iterator[list[Column[Any]]]:
    """The other columns of each unique key that `column` is part of."""
    table = column.table
    keys = [c.columns for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys += [index.columns for index in table.indexes if index.unique]
    for key in keys:
        if column.name in key:
            yield [other for other in key if other.name != column.name]


def delete_rows(db: Session, table: Table, ids: Sequence[int]) -> None:
    """Delete rows by id, and before them every row that refers to one of them."""
    if not ids:
        return
    for column in columns_to(table):
        child = column.table
        if "id" in child.c:
            delete_rows(db, child, db.scalars(select(child.c.id).where(column.in_(ids))).all())
        else:
            db.execute(delete(child).where(column.in_(ids)))
    db.execute(delete(table).where(table.c.id.in_(ids)))
