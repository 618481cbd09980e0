"""Items and limits from a JSON file: anyone's, with whatever codes they use."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cfp.algorithms.arrays import Scores
from cfp.algorithms.selection_problem import (
    LARGEST,
    NONE,
    Amount,
    FirstTime,
    Items,
    Limit,
    PerAffiliation,
    PerSpeaker,
)
from cfp.cli.files import read_text
from cfp.formats.errors import FormatError
from cfp.formats.json_values import items as as_list
from cfp.formats.json_values import mapping, parse_json
from cfp.records import record

KINDS = ("type", "track", "day")
FLAGS = ("first_time", "must", "never", "announced")
LISTS = ("speakers", "affiliations")
ITEM = ("id", "score", "minutes", *KINDS, *LISTS, *FLAGS)
SHARES = ("per_affiliation", "first_time")
AMOUNT = ("of", "least", "most", *KINDS)
LIMIT = ("name", "price", "per_speaker", *SHARES, *AMOUNT)


@record(eq=False)
class SelectionFile:
    """A file's content by numbers; the codes are looked up by them."""

    ids: list[str]
    types: list[str]
    tracks: list[str]
    items: Items
    limits: list[Limit]
    fixed: list[int]
    draws: Scores | None


def read_items(path: Path) -> SelectionFile:
    """Read a file of `items`, `limits` and, if given, `draws`.

    Raises:
        FormatError: with the path of the first fault, such as items[3].minutes.
        ProblemError: a limit that no choice could meet.
        CfpError: `unreadable`.
    """
    text = read_text(path)
    if not text.strip():
        raise FormatError("format.empty")
    whole = _known(parse_json(text), "the file", ("items", "limits", "draws"))
    if "items" not in whole:
        raise FormatError("items.missing", path="items")
    codes: dict[str, dict[str, int]] = {name: {} for name in ("id", *KINDS, *LISTS)}
    read = [
        _item(each, f"items[{place}]", codes)
        for place, each in enumerate(as_list(whole["items"], "items"))
    ]
    columns = {name: [each[name] for each in read] for name in ITEM}
    del columns["id"]
    announced = columns.pop("announced")
    limits = as_list(whole.get("limits", []), "limits")
    return SelectionFile(
        ids=list(codes["id"]),
        types=list(codes["type"]),
        tracks=list(codes["track"]),
        items=Items(**columns),
        limits=[_limit(each, f"limits[{n}]", codes) for n, each in enumerate(limits)],
        fixed=[number for number, flag in enumerate(announced) if flag],
        draws=_draws(whole["draws"], len(read)) if "draws" in whole else None,
    )


def _item(value: object, path: str, codes: dict[str, dict[str, int]]) -> dict[str, Any]:
    given = _known(value, path, ITEM)
    for name in ("id", "score"):
        if name not in given:
            raise FormatError("items.missing", path=f"{path}.{name}")
    code = _code(given["id"], f"{path}.id")
    if code in codes["id"]:
        raise FormatError("items.twice", path=f"{path}.id", value=code)
    codes["id"][code] = len(codes["id"])
    item: dict[str, Any] = {
        "id": code,
        "score": _number(given["score"], f"{path}.score", least=-LARGEST),
        "minutes": _number(given.get("minutes", 0), f"{path}.minutes", whole=True),
    }
    for name in KINDS:
        item[name] = _numbered(given.get(name), f"{path}.{name}", codes[name])
    for name in LISTS:
        listed = as_list(given.get(name, []), f"{path}.{name}")
        item[name] = [_numbered(one, f"{path}.{name}", codes[name]) for one in listed]
    for name in FLAGS:
        item[name] = _flag(given.get(name, False), f"{path}.{name}")
    if item["must"] and item["never"]:
        raise FormatError("items.must_never", path=path)
    return item


def _limit(value: object, path: str, codes: dict[str, dict[str, int]]) -> Limit:
    given = _known(value, path, LIMIT)
    if "name" not in given:
        raise FormatError("items.missing", path=f"{path}.name")
    name = _code(given["name"], f"{path}.name")
    price = _number(given.get("price", 1), f"{path}.price")
    kinds = [kind for kind in ("per_speaker", *SHARES) if kind in given]
    amounts = [one for one in AMOUNT if one in given]
    if len(kinds) + bool(amounts) != 1 or (amounts and not {"least", "most"} & given.keys()):
        raise FormatError("items.kind", path=path)
    if amounts:
        return _amount(given, path, codes, name, price)
    number = _number(given[kinds[0]], f"{path}.{kinds[0]}", whole=kinds[0] == "per_speaker")
    match kinds[0]:
        case "per_speaker":
            return PerSpeaker(name=name, most=int(number), price=price)
        case "per_affiliation":
            return PerAffiliation(name=name, share=number, price=price)
        case _:
            return FirstTime(name=name, share=number, price=price)


def _amount(
    given: Mapping[str, object],
    path: str,
    codes: dict[str, dict[str, int]],
    name: str,
    price: float,
) -> Amount:
    of = given.get("of", "items")
    if of not in ("items", "minutes"):
        raise FormatError("items.value", path=f"{path}.of", value=of, expected="items or minutes")
    bounds = {
        bound: _number(given[bound], f"{path}.{bound}") if bound in given else None
        for bound in ("least", "most")
    }
    return Amount(
        name=name,
        of="minutes" if of == "minutes" else "items",
        least=bounds["least"],
        most=bounds["most"],
        price=price,
        **dict(_filters(given, path, codes)),
    )


def _filters(
    given: Mapping[str, object], path: str, codes: dict[str, dict[str, int]]
) -> Iterator[tuple[str, Any]]:
    """A type no item has is a slip of the pen, and the limit would hold nothing back."""
    for kind in KINDS:
        if kind in given:
            code = _code(given[kind], f"{path}.{kind}")
            if code not in codes[kind]:
                raise FormatError("items.nothing", path=f"{path}.{kind}", value=code)
            yield kind, codes[kind][code]


def _draws(value: object, count: int) -> Scores:
    rows = [as_list(row, f"draws[{n}]") for n, row in enumerate(as_list(value, "draws"))]
    for n, row in enumerate(rows):
        if len(row) != count:
            expected = f"a list of {count} scores"
            raise FormatError("format.field", path=f"draws[{n}]", expected=expected)
    numbers = [
        [_number(one, f"draws[{n}][{at}]", least=-LARGEST) for at, one in enumerate(row)]
        for n, row in enumerate(rows)
    ]
    return np.array(numbers, np.float64).reshape(len(rows), count)


def _known(value: object, path: str, names: tuple[str, ...]) -> Mapping[str, object]:
    given = mapping(value, path)
    for name in given:
        if name not in names:
            where = name if path == "the file" else f"{path}.{name}"
            raise FormatError("items.unknown", path=where, known=", ".join(names))
    return given


def _code(value: object, path: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise FormatError("items.value", path=path, value=_short(value), expected="a code")
    return str(value)


def _numbered(value: object, path: str, codes: dict[str, int]) -> int:
    return NONE if value is None else codes.setdefault(_code(value, path), len(codes))


def _number(value: object, path: str, *, least: float = 0, whole: bool = False) -> float:
    expected = ("a whole number" if whole else "a number") + f" from {least:,.0f} to {LARGEST:,.0f}"
    number = (
        float("nan") if isinstance(value, bool) or not isinstance(value, int | float) else value
    )
    if least <= number <= LARGEST and (not whole or number == int(number)):
        return float(number)
    raise FormatError("items.value", path=path, value=_short(value), expected=expected)


def _flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise FormatError("items.value", path=path, value=_short(value), expected="true or false")
    return value


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:37] + "..."
