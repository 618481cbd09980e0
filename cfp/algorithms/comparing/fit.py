"""The most likely strengths under a weak prior, by Newton's method.

The logarithm of the likelihood is a sum of linear functions less logarithms of sums of exponentials
of such, so it is concave, in the strengths and in the logarithm of Davidson's nu alike; with the
prior it has exactly one maximum, wherever nothing connects two parts or one has lost to nobody.
"""

from collections.abc import Callable

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.sparse import csr_array, diags_array

from cfp.algorithms.arrays import Scores
from cfp.algorithms.comparing.choices import Choices
from cfp.algorithms.gradients import conjugate_gradients
from cfp.records import record

PRIOR_SD = 2.0
"""Of a strength: seven in eight comparisons won against a middling one are nothing unusual."""
TIE_SD = 2.0
"""Of the logarithm of nu, whose prior mean is 0: of two alike a third are taken to be equal."""

EXACT = 1_000
"""Up to so many submissions the system is factored; above, it is solved by steps."""
STEPS, HALVINGS = 100, 40
PRECISE = 1e-9

Solve = Callable[[Scores], Scores]


@record(eq=False)
class Fit:
    """The maximum, and what it is like around it.

    Attributes:
        value: (n + 1,) strengths, and the logarithm of nu, which is 0 and idle without ties.
        chance: (R,) of each alternative to be taken.
        centered: (R, n + 1) features less their mean over the choice's alternatives.
        precision: (n + 1,) of the prior.
        hessian: (n + 1, n + 1) of the negative logarithm of the posterior.
    """

    value: Scores
    chance: Scores
    centered: csr_array
    precision: Scores
    hessian: csr_array

    def solve(self, rhs: Scores) -> Scores:
        """The Hessian's inverse times each column."""
        return solver(self.hessian)(rhs)

    def root(self) -> Scores | None:
        """The lower Cholesky factor where the system is small enough for it."""
        if self.hessian.shape[0] > EXACT + 1:
            return None
        factor: Scores = np.tril(cho_factor(self.hessian.toarray(), lower=True)[0])
        return factor


def disturbed(factor: Scores, noise: Scores) -> Scores:
    """Columns distributed as N(0, inverse Hessian) from a Cholesky factor and white noise."""
    found: Scores = solve_triangular(factor, noise, lower=True, trans="T")
    return found


def fit(choices: Choices, *, tie: float | None) -> Fit:
    """The maximum; `tie` is nu where it is known, else it is estimated."""
    size = choices.features.shape[1]
    precision = np.full(size, PRIOR_SD**-2)
    precision[-1] = TIE_SD**-2
    value = np.zeros(size)
    if tie is not None:
        value[-1] = np.log(tie)
    held = tie is not None
    found, reached = _around(choices, value, precision, held), _worth(choices, value, precision)
    for _ in range(STEPS):
        gradient = _gradient(choices, found, held)
        step = found.solve(gradient[:, None])[:, 0]
        if np.abs(step).max() < PRECISE:
            break
        value, reached = _climb(choices, found.value, step, precision, reached)
        found = _around(choices, value, precision, held)
    return found


def _climb(
    choices: Choices, value: Scores, step: Scores, precision: Scores, reached: float
) -> tuple[Scores, float]:
    """A step that does not lead down, halved until it doesn't."""
    for _ in range(HALVINGS):
        there = value + step
        worth = _worth(choices, there, precision)
        if worth >= reached - 1e-12 * abs(reached):
            return there, worth
        step = step / 2
    return value, reached


def worth(choices: Choices, value: Scores) -> float:
    """The logarithm of the posterior, up to a constant; for whoever checks the maximum."""
    precision = np.full(len(value), PRIOR_SD**-2)
    precision[-1] = TIE_SD**-2
    return _worth(choices, value, precision)


def _worth(choices: Choices, value: Scores, precision: Scores) -> float:
    utility = choices.features @ value
    highest = np.maximum.reduceat(utility, choices.starts)
    sums = choices.sums @ np.exp(utility - highest[choices.choice])
    said = (utility[choices.taken] - highest - np.log(sums)).sum()
    return float(said - (precision * value**2).sum() / 2)


def _around(choices: Choices, value: Scores, precision: Scores, held: bool) -> Fit:
    utility = choices.features @ value
    highest = np.maximum.reduceat(utility, choices.starts)
    weight = np.exp(utility - highest[choices.choice])
    chance = weight / (choices.sums @ weight)[choices.choice]
    features = _without_last(choices.features) if held else choices.features
    mean = choices.sums @ (diags_array(chance) @ features)
    centered = csr_array(features - choices.sums.T @ mean)
    curved = centered.T @ (diags_array(chance) @ centered)
    return Fit(value, chance, centered, precision, csr_array(curved + diags_array(precision)))


def _without_last(features: csr_array) -> csr_array:
    """What is known moves nothing."""
    kept = np.ones(features.shape[1])
    kept[-1] = 0
    return csr_array(features @ diags_array(kept))


def _gradient(choices: Choices, found: Fit, held: bool) -> Scores:
    taken = np.bincount(choices.taken, minlength=len(found.chance))
    gradient: Scores = choices.features.T @ (taken - found.chance) - found.precision * found.value
    if held:
        gradient[-1] = 0
    return gradient


def solver(system: csr_array) -> Solve:
    """Of symmetric systems, small ones by their factor."""
    if system.shape[0] > EXACT + 1:
        return lambda rhs: conjugate_gradients(system, rhs, tolerance=1e-9)
    factor = cho_factor(system.toarray())
    return lambda rhs: cho_solve(factor, rhs)
