"""Shares of what is accepted: no group is told that is too small to say anything."""

from cfp.domain.decisions.shares import LEAST, MOST, Share, Submitted, grouped


def some(name: str, count: int, accepted: int = 0, pending: int = 0, start: int = 0):
    return [(name, Submitted(start + n, 1, n < accepted, n < pending)) for n in range(count)]


def test_groups_stand_in_their_order_or_the_largest_first() -> None:
    pairs = [*some("a", 5, accepted=2, pending=1), *some("b", 7, accepted=7, start=10)]
    a, b = Share("a", 2, 1, 5), Share("b", 7, 0, 7)
    assert grouped(pairs) == [b, a]
    assert grouped(pairs, order=["a", "b", "empty"]) == [a, b]


def test_small_groups_are_told_together_or_not_at_all() -> None:
    big = some("big", LEAST)
    few = [*some("x", 2, accepted=1, start=10), *some("y", 2, start=20)]
    assert [one.name for one in grouped(big + few)] == ["big"]
    assert grouped([*big, *few, *some("z", 1, start=30)])[1:] == [Share("", 1, 0, 5)]
    # What counts in two of them counts once.
    twice = [(name, one) for name in ("p", "q") for _name, one in some("", 4, start=40)]
    assert grouped(twice) == []


def test_only_so_many_are_told_apart() -> None:
    pairs = [
        pair for n in range(MOST + 2) for pair in some(f"{n:02}", LEAST, accepted=1, start=n * 10)
    ]
    told = grouped(pairs)
    assert len(told) == MOST + 1
    assert told[-1] == Share("", 2, 0, 2 * LEAST)
