"""Conferences of any size whose talks are known to fit: one timetable is planted in each.

Speakers give several talks, some are there for half a day only, tracks are of different sizes, few
talks draw many people, keynotes are plenary, and some talks are pinned. The planted timetable
follows none of the soft terms.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cfp.algorithms.timetable_problem import Pin, Problem, Room, Window

OPEN, LUNCH, CLOSE = 9 * 60, 12 * 60 + 30, 17 * 60 + 30
BREAKS = ((10 * 60 + 30, 11 * 60), (LUNCH, LUNCH + 60), (15 * 60, 15 * 60 + 30))
KEYNOTE = 45


@dataclass(frozen=True)
class Size:
    """How many, and which formats (minutes, discussion minutes, share)."""

    submissions: int
    rooms: int
    days: int
    tracks: int
    formats: Sequence[tuple[int, int, float]]

    def __str__(self) -> str:
        return f"{self.submissions} / {self.rooms} / {self.days}"


SIZES = (
    Size(35, 1, 2, 5, ((15, 5, 0.6), (25, 5, 0.15), (10, 0, 0.25))),
    Size(150, 5, 3, 8, ((25, 5, 0.8), (30, 15, 0.2))),
    Size(600, 15, 3, 12, ((25, 5, 0.6), (10, 5, 0.4))),
)


@dataclass
class Planted:
    """One item of the timetable that is known to work."""

    minutes: int
    discussion: int
    room: int
    start: int

    @property
    def window(self) -> Window:
        return self.start, self.start + self.minutes + self.discussion


def make(size: Size, seed: int = 1) -> Problem:
    """The instance of this size and seed."""
    chance = random.Random(seed)  # noqa: S311 - a benchmark's data
    days = [(day * 1440 + OPEN, day * 1440 + CLOSE) for day in range(size.days)]
    breaks = [(day * 1440 + a, day * 1440 + b) for day in range(size.days) for a, b in BREAKS]
    keynotes = size.days if size.rooms > 1 else 0
    planted = [Planted(KEYNOTE, 0, 0, days[day][0]) for day in range(keynotes)]
    planted += _talks(size, chance, size.submissions - keynotes)
    speakers = _speakers(planted, chance)
    return Problem(
        minutes=[one.minutes for one in planted],
        discussion=[one.discussion for one in planted],
        speakers=speakers,
        days=days,
        breaks=breaks,
        rooms=[Room(capacity=max(400 // (number + 1), 40)) for number in range(size.rooms)],
        available=dict(_availability(planted, speakers, days, chance)),
        plenary=range(keynotes),
        track=[min(int(chance.expovariate(3) * size.tracks), size.tracks - 1) for _ in planted],
        audience=[min(int(chance.lognormvariate(3.6, 0.9)), 380) for _ in planted],
        pinned={
            item: Pin(room=one.room, start=one.start)
            for item, one in enumerate(planted)
            if item < keynotes or chance.random() < 0.02
        },
    )


def _talks(size: Size, chance: random.Random, count: int) -> Iterator[Planted]:
    """Best fit into stretches of rooms, the longest first, alike ones in a random order."""
    weights = [share for _, _, share in size.formats]
    formats = chance.choices([(a, b) for a, b, _ in size.formats], weights, k=count)
    formats.sort(key=lambda one: -sum(one))
    edges = [OPEN, *(edge for window in BREAKS for edge in window), CLOSE]
    if size.rooms > 1:
        edges[0] += KEYNOTE
    cells = [
        [room, day * 1440 + edges[at], day * 1440 + edges[at + 1]]
        for room in range(size.rooms)
        for day in range(size.days)
        for at in range(0, len(edges), 2)
    ]
    for minutes, discussion in formats:
        chance.shuffle(cells)
        wide = [cell for cell in cells if cell[2] - cell[1] >= minutes + discussion]
        cell = min(wide, key=lambda cell: cell[2] - cell[1])
        yield Planted(minutes, discussion, cell[0], cell[1])
        cell[1] += minutes + discussion


def _speakers(planted: Sequence[Planted], chance: random.Random) -> list[list[int]]:
    """One to three each; every fourth is somebody who has a talk at another time already."""
    speakers: list[list[int]] = []
    busy: list[list[Window]] = []
    for one in planted:
        mine: list[int] = []
        for _ in range(chance.choices((1, 2, 3), (60, 30, 10))[0]):
            free = [
                speaker
                for speaker in chance.sample(range(len(busy)), min(len(busy), 5))
                if all(b <= one.window[0] or one.window[1] <= a for a, b in busy[speaker])
            ]
            if free and chance.random() < 0.25:
                mine.append(free[0])
            else:
                mine.append(len(busy))
                busy.append([])
            busy[mine[-1]].append(one.window)
        speakers.append(mine)
    return speakers


def _availability(
    planted: Sequence[Planted], speakers: Sequence[Sequence[int]], days: Sequence[Window],
    chance: random.Random,
) -> Iterator[tuple[int, list[Window]]]:  # fmt: skip
    """One in six is there for half days only: those in which the planted talks are."""
    halves = [half for a, b in days for half in ((a, a - OPEN + LUNCH), (a - OPEN + LUNCH, b))]
    talks: dict[int, list[Window]] = {}
    for one, mine in zip(planted, speakers, strict=True):
        for speaker in mine:
            talks.setdefault(speaker, []).append(one.window)
    for speaker, windows in talks.items():
        if chance.random() < 1 / 6:
            yield (
                speaker,
                [half for half in halves if any(half[0] <= a and b <= half[1] for a, b in windows)],
            )
