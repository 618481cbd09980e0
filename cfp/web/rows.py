"""What a list's rows have in common, worked out once and not fifty times in the template."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from urllib.parse import quote

from flask import url_for

from cfp.records import record

_MARK = "ANYROW"  # no slug has capitals, and the path comes before what people type
_NUMBER = 10**80  # no slug is as long


def addresses(endpoint: str, /, *parts: str, **values: object) -> Callable[..., str]:
    """The address for each row, where the rows differ in these parts alone, in their order."""
    whole = url_for(endpoint, **{**values, **dict.fromkeys(parts, _MARK)})  # type: ignore[arg-type]  # url_for types its own options
    before, *after = whole.split(_MARK, len(parts))

    def address(*given: str) -> str:
        rest = zip(given, after, strict=True)
        return before + "".join([quote(value, safe="") + piece for value, piece in rest])

    return address


def numbered(endpoint: str, part: str, /, **values: str) -> Callable[[int], str]:
    """As `addresses`, where the rows differ in a number that is a part of the path."""
    whole = url_for(endpoint, **{**values, part: _NUMBER})  # type: ignore[arg-type]  # url_for types its own options
    before, _mark, after = whole.partition(f"/{_NUMBER}")
    return lambda value: f"{before}/{value:d}{after}"


@record
class Dots:
    """A row's scores as the macro `charts.dots` draws them, 92 by 20; `said` in words."""

    mean: str
    said: str
    marks: Sequence[tuple[float, float]]
    x: float


def dots_of(scores: Sequence[float], low: float, high: float) -> Dots:
    """Where each of the scores stands on its line, equal ones on top of each other."""
    mean = sum(scores) / len(scores)
    ordered = sorted(scores)
    return Dots(
        mean=f"{mean:.1f}",
        said=", ".join(str(score) for score in ordered),
        marks=list(_stacked(ordered, low, high)),
        x=_across(mean, low, high),
    )


def _stacked(ordered: Sequence[float], low: float, high: float) -> Iterator[tuple[float, float]]:
    for score, same in groupby(ordered):
        for place, _one in enumerate(same):
            yield _across(score, low, high), 14.5 - 4.5 * min(place, 2)


def _across(score: float, low: float, high: float) -> float:
    return round(6 + 80 * (score - low) / (high - low), 1)
