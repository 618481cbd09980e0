"""`cfp select-file`: what to accept of anyone's items, within their limits, and why."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np

from cfp.algorithms.selection import select
from cfp.algorithms.selection_problem import NONE, Selection
from cfp.cli.items_file import SelectionFile, read_items
from cfp.cli.runtime import json_option, report, solver_words_aside

DONE_WITH_WARNINGS = 3


@click.command("select-file")
@click.argument("items", metavar="ITEMS.json", type=click.Path(path_type=Path))
@click.option(
    "--explain/--no-explain",
    default=True,
    show_default=True,
    help="Solve again without each limit, to say what it costs.",
)
@click.option("--seed", default=0, show_default=True, help="Breaks ties between equal choices.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds for each solve.",
)
@json_option
def select_file(items: Path, explain: bool, seed: int, time_limit: float, as_json: bool) -> None:
    """Choose what to accept of a file's items: docs/decisions.md has its format.

    Ends with 3 when limits had to be given up, or the choice is not proven to be the best.
    """
    given = read_items(items)
    with solver_words_aside():
        found = select(
            given.items,
            given.limits,
            fixed=given.fixed,
            draws=given.draws,
            seed=abs(seed),
            explain=explain,
            time_limit=time_limit,
        )
    figures = figures_of(given, found)
    report("\n".join(_words(figures)), figures, as_json=as_json)
    sys.exit(0 if found.proven and not found.relaxed else DONE_WITH_WARNINGS)


def figures_of(given: SelectionFile, found: Selection) -> dict[str, Any]:
    """Everything by the file's own codes."""

    def codes(numbers: tuple[int, ...]) -> list[str]:
        return [given.ids[one] for one in numbers]

    chance = None
    if found.chance is not None:
        chance = dict(zip(given.ids, found.chance.tolist(), strict=True))
    return {
        "accepted": [given.ids[one] for one in np.flatnonzero(found.accepted)],
        "value": found.value,
        "bound": found.bound,
        "proven": found.proven,
        "relaxed": [{"name": one.name, "by": one.by} for one in found.relaxed],
        "binding": list(found.binding),
        "costs": [
            {
                "name": one.name,
                "gained": one.gained,
                "enters": codes(one.enters),
                "leaves": codes(one.leaves),
            }
            for one in found.costs
        ],
        "entering": [
            {
                "name": one.name,
                "item": None if one.item is None else given.ids[one.item],
                "blocked_by": list(one.blocked_by),
            }
            for one in found.entering
        ],
        "waitlist": [
            {
                "type": _code(given.types, one.type),
                "track": _code(given.tracks, one.track),
                "items": codes(one.items),
                "blocked": [{"item": given.ids[item], "by": list(by)} for item, by in one.blocked],
            }
            for one in found.waitlist
        ],
        "used": found.used,
        "chance": chance,
    }


def _code(codes: list[str], number: int) -> str | None:
    return None if number == NONE else codes[number]


def _words(figures: dict[str, Any]) -> Iterator[str]:
    accepted = figures["accepted"]
    yield f"{len(accepted)} accepted, worth {figures['value']:.6g}: {_listed(accepted)}."
    if not figures["proven"]:
        yield f"Not proven to be the best; none is worth over {figures['bound']:.6g}."
    for one in figures["relaxed"]:
        yield f"Given up, as the limits can't all be met: {one['name']}, by {one['by']:g}."
    for one in figures["costs"]:
        yield (
            f"Without {one['name']}: {one['gained']:.4g} more, "
            f"in {_listed(one['enters'])}, out {_listed(one['leaves'])}."
        )
    for one in figures["entering"]:
        blocked = f"nobody: {_listed(one['blocked_by'])} would be broken"
        yield f"One more in {one['name']}: {one['item'] or blocked}."
    for one in figures["waitlist"]:
        kind = ", ".join(filter(None, (one["type"], one["track"]))) or "any slot"
        yield f"Waiting for {kind}: {_listed(one['items'])}."


def _listed(codes: list[str]) -> str:
    return ", ".join(codes) or "nobody"
