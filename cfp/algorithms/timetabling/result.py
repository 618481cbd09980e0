"""What a timetable and a look before it say: plain values.

Times are minutes since 00:00 UTC of the first day, as in the problem.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from cfp.records import record

NOWHERE = -1
"""Day and room of what is not placed; also: no track."""


@record(kw_only=True)
class Places:
    """Where and when each item is. `start` says nothing where `room` is NOWHERE."""

    room: Sequence[int]
    start: Sequence[int]

    def take(self, items: Iterable[int]) -> "Places":
        """Those of the items given, in that order: what stands once others have dropped out."""
        chosen = list(items)
        return Places(
            room=tuple(self.room[item] for item in chosen),
            start=tuple(self.start[item] for item in chosen),
        )


@record(kw_only=True)
class Unplaced:
    """An item without a place.

    Attributes:
        item: which.
        why: "too_long" for what breaks and pins leave of every room; "unavailable" = it fits, but
            not while its speakers are all there; "pin" = what is pinned of it leaves no place;
            "together" = its group as a whole has none; "no_time" = it has places, but not
            beside what is placed.
        needed: minutes it takes.
        longest: minutes of the longest time that `why` leaves it.
    """

    item: int
    why: str
    needed: int
    longest: int


@record(kw_only=True)
class Broken:
    """A rule that pins break.

    Attributes:
        rule: "room" or "speaker" = two items at once; "closed" = in a break, a closed room or out
            of the days; "unavailable" = when it may not be or a speaker cannot.
        item: which.
        other: the other one of two.
    """

    rule: str
    item: int
    other: int | None = None


@record(kw_only=True)
class Timetable(Places):
    """A timetable with its figures and with everything that could not be had.

    Attributes:
        room: (n,) room of each item, or NOWHERE.
        start: (n,) its start.
        day: (n,) its day, or NOWHERE.
        unplaced: what has no place, and why.
        broken: rules that are broken, all by pins.
        placed_bound: no timetable places more items.
        penalties: by name. "track": tracks beyond the first of each room between two breaks,
            summed; "parallel": pairs of popular items that overlap; "room": people without a
            seat; "moves": items that are not where `previous` has them.
        bounds: by name; no timetable that places as many has less of it.
        objective: weighted sum of track, parallel and room.
        bound: no timetable that places as many, and moves as few, has a lower one.
        model: "interval" = one exact model, cut short if `bound` is below `objective`; "stages" =
            stretches, rooms, minutes one after the other, then improved part by part; "previous" =
            what stood was kept, and only what had no place in it was placed.
        seconds: wall seconds of each step.
    """

    day: Sequence[int]
    unplaced: Sequence[Unplaced]
    broken: Sequence[Broken]
    placed_bound: int
    penalties: Mapping[str, int]
    bounds: Mapping[str, int]
    objective: int
    bound: int
    model: str
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def placed(self) -> int:
        return sum(room != NOWHERE for room in self.room)


@record(kw_only=True)
class Shortfall:
    """Days whose minutes do not suffice for what can only be on them.

    Attributes:
        days: which; all of them = the conference as a whole is too short.
        items: what can only be on these days.
        needed: room minutes these take (a plenary item takes all rooms).
        available: room minutes there are.
    """

    days: Sequence[int]
    items: Sequence[int]
    needed: int
    available: int

    @property
    def missing(self) -> int:
        return self.needed - self.available


@record(kw_only=True)
class Overbooked:
    """A speaker whose items take more minutes than there are while they are available."""

    speaker: int
    items: Sequence[int]
    needed: int
    available: int


@record(kw_only=True)
class Precheck:
    """What cannot fit, known before solving. Nothing here is no promise that everything fits.

    Attributes:
        needed: room minutes of everything that is not wholly pinned.
        available: room minutes there are for it.
        missing: at least so many minutes stay without a place, items of `unplaced` aside.
        day_minutes: (D,) room minutes available on each day.
        shortfalls: days that are too short, each group named only if it says more than its parts.
        unplaced: items that have no place even alone.
        overbooked: speakers who cannot give all their talks.
    """

    needed: int
    available: int
    missing: int
    day_minutes: Sequence[int]
    shortfalls: Sequence[Shortfall]
    unplaced: Sequence[Unplaced]
    overbooked: Sequence[Overbooked]

    @property
    def fits(self) -> bool:
        return not (self.shortfalls or self.unplaced or self.overbooked)
