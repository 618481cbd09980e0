"""A price for each coupling, paid on both its sides: then hardly any flow takes both.

Lagrangian relaxation: with prices the flow may break the rules, and its cost less the prices is
below that of every flow that keeps them. Prices rise where a coupling is broken and fall where it
is idle, by subgradient steps of a length that the best plan so far suggests. Every few steps the
side that is used less is closed and a plan is found.
Sources: Held, Karp, The traveling-salesman problem and minimum spanning trees, 1970; for the step
Polyak 1969; Fisher, The Lagrangian relaxation method for integer programming problems, 1981.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cfp.algorithms.arrays import Counts
from cfp.algorithms.couplings import Couplings
from cfp.algorithms.flow import Flow, Network

MOST_STEPS, FEWEST_STEPS, PAIRS_PRICED = 40, 12, 4_000_000
EACH = 4  # steps from one plan to the next
LENGTH, SHORTER = 1.0, 0.7  # of the first steps, and what follows a step that was too long
HOPED = 0.03  # of the cost: how far from the optimum the flow may be while no plan is complete
MEMORY = 0.7  # of the sides used before, when it is said which one is used less


@dataclass
class _Found:
    """The best plan so far, and the cost that none is below."""

    flow: Flow
    bound: int


def solve(network: Network, couplings: Couplings, root: Flow, bound: int) -> tuple[Flow, int]:
    """A flow that breaks no coupling, and a cost none such is below, at least `bound`.

    `root` is the cheapest flow that may break them.
    """
    price = np.zeros(couplings.count, np.int64)
    habit = couplings.used(root.amount).astype(np.float64)
    found = _Found(_kept(network, couplings, habit, price), bound)
    steps = int(np.clip(PAIRS_PRICED // (network.pairs + 1), FEWEST_STEPS, MOST_STEPS))
    flow, length, most = root, LENGTH, _highest_price(network, couplings)
    for step in range(1, steps + 1):
        over = couplings.used(flow.amount).sum(axis=1) - network.units
        over[(price == 0) & (over < 0)] = 0
        if not over.any():
            break
        size = length * _hoped(found, root, network.missing_price) / float((over * over).sum())
        price = np.clip(price + np.rint(size * over), 0, most).astype(np.int64)
        flow = network.solve(toll=couplings.tolls(price, network.pairs))
        below = flow.cost - int(price.sum()) * network.units
        length *= 1 if below > found.bound else SHORTER
        found.bound = max(found.bound, below)
        habit = MEMORY * habit + (1 - MEMORY) * couplings.used(flow.amount)
        if step % EACH == 0 or step == steps:
            plan = _kept(network, couplings, habit, price)
            found.flow = min(found.flow, plan, key=lambda one: one.cost)
        if found.flow.cost <= found.bound:
            break
    return found.flow, found.bound


def _hoped(found: _Found, root: Flow, missing: int) -> float:
    """How much the bound may still rise; a plan that lacks reviews says nothing about it."""
    gap = found.flow.cost - found.bound
    return float(gap if gap < missing else HOPED * abs(root.cost))


def _highest_price(network: Network, couplings: Couplings) -> int:
    """So that no pair's tolls outweigh a missing review: costs stay within the solver's range."""
    many = np.bincount(couplings.pair).max(initial=1)
    return network.missing_price // int(many)


def _kept(
    network: Network, couplings: Couplings, habit: NDArray[np.float64], price: Counts
) -> Flow:
    """A flow that breaks none: of those with a price or in use, the lesser side is closed."""
    lesser = 2 * np.arange(couplings.count) + (habit[:, 1] < habit[:, 0])
    sides = lesser[(price > 0) | (habit > 0).all(axis=1)]
    closed = couplings.closing(np.zeros(network.pairs, np.bool_), sides)
    while True:
        flow = network.solve(closed)
        broken = couplings.broken(flow.amount)
        if not len(broken):
            return flow
        closed = couplings.closing(closed, lesser[broken])
