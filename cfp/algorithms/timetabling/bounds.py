"""What no timetable that places everything can go below, from relaxations of each penalty.

They hold however the timetable was found. Where something stays unplaced they say nothing (0).
"""

from collections import Counter
from math import ceil

from ortools.graph.python import min_cost_flow

from cfp.algorithms.timetable_precheck import room_minutes
from cfp.algorithms.timetable_problem import NOWHERE, Problem
from cfp.algorithms.timetabling.board import Terms
from cfp.algorithms.timetabling.windows import common, total

SCALE = 1000


def relaxed(terms: Terms) -> dict[str, int]:
    """Lower bound of each soft term when every item is placed."""
    return {"track": _track(terms), "parallel": _parallel(terms), "room": _room(terms)}


def most_placed(problem: Problem) -> int:
    """No timetable places more: the shortest items first, until the minutes are used up."""
    left = sum(map(total, problem.room_windows))
    count = len(problem.fixed)
    for needs in sorted(room_minutes(problem, i) for i in problem.items if i not in problem.fixed):
        left -= needs
        count += left >= 0
    return count


def _track(terms: Terms) -> int:
    """A track needs so many stretches of a room; each has one track for nothing."""
    cells = [
        total(common(windows, [stretch]))
        for windows in terms.problem.room_windows
        for stretch in terms.stretches
    ]
    minutes: Counter[int] = Counter()
    for item in terms.problem.items:
        if terms.following[item] != NOWHERE and item not in terms.problem.fixed:
            minutes[terms.following[item]] += terms.problem.lengths[item]
    longest = max(cells, default=0)
    if not longest or terms.problem.fixed:  # what is pinned may stand in a break or closed room
        return 0
    needed = sum(ceil(needs / longest) for needs in minutes.values())
    return max(needed - sum(free > 0 for free in cells), 0)


def _parallel(terms: Terms) -> int:
    """With `p` popular minutes in `t` minutes of conference, p/t run at once on average.

    k at once are k(k-1)/2 pairs, which is convex, so an even spread has the fewest pair-minutes;
    and no pair overlaps for longer than the shorter of the two.
    """
    problem = terms.problem
    popular = sorted(problem.lengths[i] for i in terms.popular if i not in problem.fixed)
    minutes, longest = total(terms.stretches), popular[-2] if len(popular) > 1 else 0
    if not minutes or not longest:
        return 0
    at_once, rest = divmod(sum(popular), minutes)
    pair_minutes = minutes * at_once * (at_once - 1) // 2 + rest * at_once
    return ceil(pair_minutes / longest)


def _room(terms: Terms) -> int:
    """Items flow into rooms minute by minute: a transportation problem (Ahuja et al. 1993)."""
    problem = terms.problem
    free = [item for item in problem.items if item not in problem.fixed]
    pinned = sum(terms.standing_people(i, room) for i, (room, _) in problem.fixed.items())
    flow = min_cost_flow.SimpleMinCostFlow()
    first = len(free)
    for number, item in enumerate(free):
        length = problem.lengths[item]
        flow.set_node_supply(number, length)
        for room, windows in problem.places(item).items():
            if windows:
                cost = terms.standing_people(item, room) * SCALE // length
                flow.add_arc_with_capacity_and_unit_cost(number, first + room, length, cost)
    sink = first + len(problem.rooms)
    for room, windows in enumerate(problem.room_windows):
        flow.add_arc_with_capacity_and_unit_cost(first + room, sink, total(windows), 0)
    flow.set_node_supply(sink, -sum(problem.lengths[item] for item in free))
    if not free or flow.solve() != flow.OPTIMAL:
        return pinned
    return pinned + -(-int(flow.optimal_cost()) // SCALE)
