"""How many rows of a group are such and such, as SQL."""

from sqlalchemy import ColumnElement, case, func


def count_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """None of no rows at all."""
    return func.sum(case((condition, 1), else_=0))
