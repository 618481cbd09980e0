"""The worst-off paper as well off as possible, at a total close to the highest.

Source of the aim: maximin fairness (Stelmakh, Shah, Singh, PeerReview4All, 2019). The height of the
worst paper is searched: a linear program says which heights are out of reach and how far to step
down, a whole plan says which are not. Of a very large problem only what surrounds the papers below
the height is solved; a bound then tells how good that is.
"""

from collections.abc import Callable

import numpy as np

from cfp.algorithms import locality
from cfp.algorithms.arrays import Counts, Flags, Scores
from cfp.algorithms.couplings import couplings_of
from cfp.algorithms.floored import TOLERANCE, Floored, Relaxed, Whole
from cfp.algorithms.plans import best_of_papers, sum_by
from cfp.algorithms.prices import SCORE_UNITS
from cfp.algorithms.reduction import Reduced
from cfp.algorithms.rows import program, promising
from cfp.records import record

MOST_TRIALS, FEWEST_TRIALS, PAIRS_TRIED = 40, 8, 4_000_000
FINEST = 1e-5  # of a height: the integer programs keep their rows within 1e-6
MOST_PAIRS = 1_000_000  # of a linear program over the whole; beyond it takes minutes
MOST_COUPLED = 100_000  # the same where rules hold that no flow does: very many rows bind then


@record(eq=False)
class Balanced:
    """What was found.

    Attributes:
        chosen: positions of the open pairs taken.
        limit: no plan of such a total has a better worst paper.
        gap: no plan at this height has a total higher by more; nan where that was not looked for.
        height: below it none of the fair papers is.
        price: (P,) what a point of height costs each paper, for a bound where `gap` is nan.
    """

    chosen: Counts
    limit: float
    gap: float
    height: float
    price: Scores


def balance(
    reduced: Reduced,
    highest: Counts,
    *,
    fair: Flags,
    floor: float,
    on_trial: Callable[[float], None],
) -> Balanced:
    """Raise the worst sum of the `fair` papers (P,), then the total, from the highest total's plan.

    Args:
        reduced: the open part of the problem.
        highest: positions of the open pairs in the plan of the highest total.
        fair: papers that count for the worst.
        floor: share of the highest total to keep.
        on_trial: is told the share of the trials done.
    """
    search = _Search(reduced, highest, fair, floor)
    coupled = couplings_of(reduced).count > 0
    large = len(reduced.pair) > (min(MOST_COUPLED, MOST_PAIRS) if coupled else MOST_PAIRS)
    trials = int(np.clip(PAIRS_TRIED // (len(reduced.pair) + 1), FEWEST_TRIALS, MOST_TRIALS))
    for trial in range(trials):
        if search.done:
            break
        on_trial(trial / trials)
        search.step_around() if large else search.step()
    return search.nearly() if large else search.finish()


class _Search:
    """Between a height that a plan has and one that none can exceed."""

    def __init__(self, reduced: Reduced, highest: Counts, fair: Flags, floor: float) -> None:
        self.reduced, self.fair, self.chosen = reduced, fair, highest
        self.score = reduced.problem.score[reduced.pair]
        held = reduced.problem.score[reduced.held]
        self.pinned = sum_by(reduced.problem.paper[reduced.held], held, len(fair))
        total = self.score[highest].sum() + held.sum()
        kept = total - (1 - floor) * abs(total) - 1e-9 * (1 + abs(total))
        self.most_cost = held.sum() - kept
        self.grid, self.on_grid = _grid(np.append(self.score, held))
        self.low = self._worst(highest)
        self.high = self.limit = float(best_of_papers(reduced)[fair].min(initial=np.inf))
        self.halving, self.low_turn = False, True
        self.found: tuple[float, Relaxed, Whole] | None = None
        self.near = promising(reduced, highest)
        self.model = _model(reduced, highest, fair, self.near)

    @property
    def done(self) -> bool:
        return not self.fair.any() or self.high - self.low < self.grid / 2

    def step(self) -> None:
        """Try one height; a linear program that is too dear says how far to come down."""
        height = self._next()
        relaxed = self.model.relax(height)
        if relaxed.cost > self.most_cost:
            down = (relaxed.cost - self.most_cost) / max(relaxed.slope, 1e-9)
            self._out_of_reach(height - max(down, self.grid), proven=True)
            return
        whole = self.model.settle(height, relaxed, self.most_cost, best=False)
        self._judge(height, relaxed, whole, proven=whole.proven)

    def step_around(self) -> None:
        """Try one height near the papers below it; that it is out of reach is then not sure."""
        height, columns = self._next(), len(self.model.program.cost)
        low = self.fair & (self._sums(self.chosen) < height - TOLERANCE)
        free = locality.around(self.reduced, self.chosen, low, self.near)
        if free is None:
            self._fail(height, proven=False)
            return
        x = np.zeros(columns)
        x[self.chosen] = 1
        rest = np.ones(columns - len(free), np.bool_)
        relaxed, whole = self.model.around(height, x, np.append(free, rest))
        self._judge(height, relaxed, whole, proven=False)

    def finish(self) -> Balanced:
        """Raise the total as far as the height found allows."""
        if self.found is None:
            return self._balanced(self.low, 0.0)
        height, relaxed, whole = self.found
        better = self.model.settle(height, relaxed, whole.cost, best=True)
        if better.x is not None and better.cost <= whole.cost:
            self._take(better.x)
        least = min(better.cost, whole.cost)
        return self._balanced(height, 0.0 if better.proven else least - relaxed.cost)

    def nearly(self) -> Balanced:
        """What is found so far; how much more total there could be is not known."""
        if self.found is None:
            return self._balanced(self.low, 0.0)
        height, relaxed, _ = self.found
        return self._balanced(height, np.nan, relaxed.floor_price)

    def _balanced(self, height: float, gap: float, price: Scores | None = None) -> Balanced:
        prices = np.zeros(len(self.fair))
        if price is not None:
            prices[self.model.program.floor_papers] = price
        return Balanced(self.chosen, max(self.limit, self.low), gap, height, prices)

    def _judge(self, height: float, relaxed: Relaxed, whole: Whole, *, proven: bool) -> None:
        if whole.x is not None and whole.cost <= self.most_cost:
            self.found = height, relaxed, whole
            self._take(whole.x)
            self.low = self._worst(self.chosen)
        else:
            self._fail(height, proven=proven)

    def _fail(self, height: float, *, proven: bool) -> None:
        self.halving = True
        self._out_of_reach(height - self.grid, proven=proven)

    def _take(self, x: Scores) -> None:
        self.chosen = np.flatnonzero(x[: self.model.program.pairs])

    def _next(self) -> float:
        """The highest, then by turns the middle and just above what is had: that may end it."""
        height = self.high
        if self.halving:
            self.low_turn = not self.low_turn
            height = self.low if self.low_turn else (self.low + self.high) / 2
        return max(self._down(height), self.low + self.grid)

    def _down(self, height: float) -> float:
        return float(np.floor(height / self.grid + 1e-3)) * self.grid

    def _out_of_reach(self, high: float, *, proven: bool) -> None:
        high = self._down(high) if self.on_grid else high
        self.high = min(self.high, high)
        if proven:
            self.limit = min(self.limit, high)

    def _worst(self, chosen: Counts) -> float:
        return float(self._sums(chosen)[self.fair].min(initial=np.inf))

    def _sums(self, chosen: Counts) -> Scores:
        paper = self.reduced.paper[chosen]
        return self.pinned + sum_by(paper, self.score[chosen], len(self.fair))


def best_total(reduced: Reduced, chosen: Counts) -> Balanced:
    """The highest total, where no flow tells: as many reviews and minima as `chosen` has."""
    nobody = np.zeros(len(reduced.seats), np.bool_)
    model = _model(reduced, chosen, nobody, promising(reduced, chosen))
    cost = -float(reduced.problem.score[reduced.pair[chosen]].sum())
    relaxed = model.relax(0.0)
    whole = model.settle(0.0, relaxed, cost, best=True)
    if whole.x is not None and whole.cost < cost:
        chosen, cost = np.flatnonzero(whole.x[: len(reduced.pair)]), whole.cost
    gap = 0.0 if whole.proven else max(cost - relaxed.cost, 0.0)
    return Balanced(chosen, np.inf, gap, 0.0, np.zeros(len(nobody)))


def _model(reduced: Reduced, chosen: Counts, fair: Flags, near: Flags) -> Floored:
    """The program of all plans that lack as much as this one."""
    filled = np.bincount(reduced.paper[chosen], minlength=len(fair))
    load = np.bincount(reduced.reviewer[chosen], minlength=len(reduced.room))
    unmet = int(np.maximum(reduced.owed - load, 0).sum())
    return Floored(program(reduced, reduced.seats - filled, unmet, fair), near)


def _grid(scores: Scores) -> tuple[float, bool]:
    """A step, and whether every sum of these scores is a multiple of it.

    Real bids and rounded scores have such a step; for others it is what the solver tells apart.
    """
    whole = np.rint(scores * SCORE_UNITS[0])
    if not np.allclose(whole, scores * SCORE_UNITS[0], rtol=0, atol=1e-3):
        return FINEST, False
    step = int(np.gcd.reduce(whole.astype(np.int64), initial=0))
    return max(step, 1) / SCORE_UNITS[0], True
