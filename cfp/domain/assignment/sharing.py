"""Submissions that together share too few reviewers, found before anything is solved.

A flow in plain integers, so that a page needs no solver: everybody who may review a submission is
one number with a bit for each, and a search looks at all of them in one step. The groups are the
solver's own (see `algorithms.flow.Network.contended`): Hall (1935), by the minimum cut.
"""

from collections.abc import Iterable, Iterator, Sequence

from cfp.records import record


@record
class Group:
    """Places of the submissions, and of everybody who may review any of them."""

    submissions: Sequence[int]
    reviewers: Sequence[int]
    wanted: int
    possible: int


def groups_short(
    wanted: Sequence[int],
    eligible: Sequence[int],
    room: Sequence[int],
    fixed: Iterable[tuple[int, int]] = (),
) -> list[Group]:
    """The smallest groups of submissions whose reviewers cannot give them all their reviews.

    Args:
        wanted: reviews each submission needs.
        eligible: who may review each: a number with the bit of each reviewer's place.
        room: reviews each reviewer gives, those of `fixed` among them.
        fixed: (submission, reviewer) places of what stays as it is.
    """
    seating = _Seating(wanted, eligible, room, fixed)
    return seating.groups()


class _Seating:
    """Who sits where so far; `given` are the bits of a submission's reviewers."""

    def __init__(
        self,
        wanted: Sequence[int],
        eligible: Sequence[int],
        room: Sequence[int],
        fixed: Iterable[tuple[int, int]],
    ) -> None:
        self.wanted = wanted
        self.given, self.left = [0] * len(wanted), list(room)
        self.moving: list[set[int]] = [set() for _ in room]
        for submission, reviewer in fixed:
            self.given[submission] |= 1 << reviewer
            self.left[reviewer] -= 1
        takers = sum(1 << one for one, most in enumerate(room) if most > 0)
        self.eligible = [
            (who & takers) | given for who, given in zip(eligible, self.given, strict=True)
        ]
        self.free = sum(1 << one for one, left in enumerate(self.left) if left > 0)
        self.open = [  # what is fixed never moves
            who & self.free & ~given for who, given in zip(self.eligible, self.given, strict=True)
        ]
        self.settled = 0  # full, and nobody can take anything from them
        self.last = 0
        for submission in sorted(
            range(len(wanted)), key=lambda one: self.eligible[one].bit_count()
        ):
            while self._lacks(submission) and self._seat(submission):
                pass

    def groups(self) -> list[Group]:
        """What those that lack reviews can reach, parted where nothing links them."""
        lacking = [one for one in range(len(self.wanted)) if self._lacks(one)]
        came, seen, _ = self._search(lacking, 0)
        return [
            Group(
                submissions=members,
                reviewers=list(_places(_union(self.eligible[one] for one in members))),
                wanted=sum(self.wanted[one] for one in members),
                possible=sum(self.wanted[one] - self._lacks(one) for one in members),
            )
            for members in _linked({one: self.open[one] & seen for one in sorted(came)})
        ]

    def _lacks(self, submission: int) -> int:
        return max(self.wanted[submission] - self.given[submission].bit_count(), 0)

    def _seat(self, submission: int) -> bool:
        """One reviewer more, if need be by moving others."""
        came, seen, end = self._search([submission], self.settled)
        if end < 0:
            self.settled |= seen
            return False
        reviewer = self._somebody(self.open[end] & ~self.given[end] & self.free)
        self.left[reviewer] -= 1
        if not self.left[reviewer]:
            self.free &= ~(1 << reviewer)
        self._give(end, reviewer)
        while end != submission:
            reviewer, before = came[end]
            self.given[end] &= ~(1 << reviewer)
            self.moving[reviewer].remove(end)
            self._give(before, reviewer)
            end = before
        return True

    def _search(
        self, starts: Sequence[int], closed: int
    ) -> tuple[dict[int, tuple[int, int]], int, int]:
        """From submission to submission over reviewers who could move, until one has room.

        Returns how each was come to (reviewer, from which), who was passed, and the end or -1.
        """
        came = dict.fromkeys(starts, (-1, -1))
        queue, seen = list(starts), 0
        for submission in queue:
            near = self.open[submission] & ~self.given[submission] & ~closed & ~seen
            if near & self.free:
                return came, seen, submission
            seen |= near
            for reviewer in _places(near):
                for other in self.moving[reviewer] - came.keys():
                    came[other] = reviewer, submission
                    queue.append(other)
        return came, seen, -1

    def _somebody(self, able: int) -> int:
        """In turn, so that nobody is full much earlier than others."""
        able = able >> self.last << self.last or able
        self.last = (able & -able).bit_length() - 1
        return self.last

    def _give(self, submission: int, reviewer: int) -> None:
        self.given[submission] |= 1 << reviewer
        self.moving[reviewer].add(submission)


def _linked(near: dict[int, int]) -> list[list[int]]:
    """Submissions with a reviewer in common, or with one in common with one of those, and so on."""
    found: list[tuple[int, list[int]]] = []
    for submission, who in near.items():
        joined = [part for part in found if part[0] & who]
        found = [part for part in found if not part[0] & who]
        members = [submission, *(one for part in joined for one in part[1])]
        found.append((who | _union(part[0] for part in joined), sorted(members)))
    return sorted(members for _, members in found)


def _union(several: Iterable[int]) -> int:
    found = 0
    for one in several:
        found |= one
    return found


def _places(bits: int) -> Iterator[int]:
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1
