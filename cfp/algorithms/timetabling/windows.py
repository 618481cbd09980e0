"""Times as sorted, disjoint, half-open windows of minutes: what is free, and where a thing fits."""

from collections.abc import Iterable, Sequence

Window = tuple[int, int]

ALWAYS: tuple[Window, ...] = ((-(2**30), 2**30),)


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Sorted, with those that overlap or touch made one: two free hours are two free hours."""
    result: list[Window] = []
    for start, end in sorted(windows):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def common(one: Sequence[Window], other: Sequence[Window]) -> tuple[Window, ...]:
    """What is in both; each is sorted and disjoint."""
    result: list[Window] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            result.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(result)


def without(windows: Sequence[Window], taken: Iterable[Window]) -> tuple[Window, ...]:
    """What is left of the windows."""
    if not windows or not (busy := merged(taken)):
        return tuple(windows)
    edges = (ALWAYS[0][0], *(edge for window in busy for edge in window), ALWAYS[0][1])
    gaps = [(edges[at], edges[at + 1]) for at in range(0, len(edges), 2)]
    return common(windows, [gap for gap in gaps if gap[0] < gap[1]])


def total(windows: Iterable[Window]) -> int:
    """Minutes in all of them."""
    return sum(end - start for start, end in windows)


def longest(windows: Iterable[Window]) -> int:
    """Minutes of the longest, 0 where there is none."""
    return max((end - start for start, end in windows), default=0)


def meet(one: Window, other: Window) -> bool:
    """Is any minute in both?"""
    return one[0] < other[1] and other[0] < one[1]
