"""How lenient each reviewer is, and how much of all disagreement that is.

With q flat the submissions drop out, and the reviewers' biases are the solution of S b = rhs with
S = A + I / ratio. A is the Laplacian of "scored the same submission", so S is well conditioned: few
steps of conjugate gradients solve it, and few of Lanczos tell its determinant at every ratio.

Sources: Patterson & Thompson 1971 (REML); Golub & Meurant, Matrices, Moments and Quadrature (1994);
Ubaru, Chen, Saad 2017 (log-determinants by Lanczos). That the quadrature's weights are adjusted to
the moments known exactly is the calibration estimator of Deville & Särndal 1992.
"""

from dataclasses import replace
from math import log

import numpy as np
from scipy.linalg import cho_factor, cho_solve, eigh, eigh_tridiagonal
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_array, diags_array

from cfp.algorithms.arrays import Scores
from cfp.algorithms.calibrating.reviews import Reviews
from cfp.algorithms.calibrating.sorting import Solve, sorted_by
from cfp.algorithms.gradients import NOTHING, conjugate_gradients
from cfp.records import record

PRIOR = 0.2
"""Variance of leniency over that of noise; measured as .19 in the NIPS 2014 experiment."""

LEAST_COMPARISONS = 10
RATIOS = (1e-4, 1e3)
EXACT = 250
"""Up to so many reviewers the eigenvalues themselves; above, they take longer than all the rest."""

PROBES, STEPS = 24, 40
AGAINST, LOOSER = -3.09, 10.0
"""So surely have the strict the better submissions in one of a thousand conferences in which nobody
chose; then leniency may vary so many times as much as disagreement alone suggests."""


@record(eq=False)
class Spectrum:
    """Of the Laplacian A: nodes for its log-determinant, and for rhs' (A + I / L)^-1 rhs."""

    values: Scores
    counts: Scores
    levels: Scores
    energy: Scores

    def log_determinant(self, ratio: float) -> float:
        """The log of |I + ratio A|, which is log |S| + m log ratio."""
        return float(self.counts @ np.log1p(ratio * self.values))

    def explained(self, ratio: float) -> float:
        """What the biases take off the squares of the disagreement."""
        return float(self.energy @ (ratio / (1 + ratio * self.levels)))


@record(eq=False)
class Bias:
    """The reviewers' biases on the scaled scores.

    Attributes:
        ratio: variance of the biases over that of the noise; 0 = there are none.
        variance: of the noise, for a review of weight 1.
        value: (m,)
        solve: S x = anything of (m, ...), with a relative error of 1e-6.
        estimated: whether the data said the ratio.
        noise_known: whether the data said the variance.
        against: whether the strict have the better submissions, so the ratio was raised.
    """

    ratio: float
    variance: float
    value: Scores
    solve: Solve
    estimated: bool
    noise_known: bool
    against: bool = False


def find(reviews: Reviews, ratio: float | None) -> Bias:
    """By restricted maximum likelihood with a weak prior, or at the ratio given."""
    rhs = reviews.at_reviewer(reviews.weight * reviews.apart)
    squares, freedom = float(reviews.weight @ reviews.apart**2), reviews.comparisons
    if ratio == 0:
        biases, left = np.zeros(len(rhs)), squares
        return _bias(reviews, 0.0, left, biases, np.zeros_like, estimated=False)
    laplacian = _laplacian(reviews)
    estimated = ratio is None and freedom >= LEAST_COMPARISONS
    estimated &= squares > NOTHING * len(reviews.score)
    if estimated:
        ratio = likeliest(_spectrum(laplacian, rhs), squares, freedom)
    ratio = PRIOR if ratio is None else ratio
    solve = _solver(laplacian, ratio)
    biases = solve(rhs[:, None])[:, 0]
    left = squares - float(rhs @ biases)
    found = _bias(reviews, ratio, left, biases, solve, estimated=estimated)
    return _loosened(reviews, laplacian, found, rhs) if estimated else found


def _loosened(reviews: Reviews, laplacian: csr_array, found: Bias, rhs: Scores) -> Bias:
    """Hold leniency back less where the strict have the better submissions.

    The noise stays as the likelihood found it.
    """
    free, known = _solver(laplacian, RATIOS[1]), {"ratio": found.ratio, "variance": found.variance}
    if sorted_by(reviews, laplacian, free, _probes(len(rhs)), **known) > AGAINST:
        return found
    ratio = min(LOOSER * found.ratio, RATIOS[1])
    solve = _solver(laplacian, ratio)
    return replace(found, ratio=ratio, value=solve(rhs[:, None])[:, 0], solve=solve, against=True)


def _probes(reviewers: int) -> Scores:
    """(m, k) for a trace: all of it, or where that is long of random signs (Hutchinson 1990)."""
    if reviewers <= EXACT:
        each: Scores = np.diag(np.full(reviewers, np.sqrt(reviewers)))
        return each
    return _signs(reviewers)


def _signs(reviewers: int) -> Scores:
    signs = np.random.default_rng(0).integers(0, 2, (reviewers, PROBES))
    return 2.0 * signs.astype(np.float64) - 1.0


def likeliest(spectrum: Spectrum, squares: float, freedom: int) -> float:
    """The ratio where the restricted likelihood and the prior are highest together."""
    least = NOTHING * squares

    def surprise(at: float) -> float:
        ratio = float(np.exp(at))
        left = max(squares - spectrum.explained(ratio), least)
        odd = (at - log(PRIOR)) ** 2
        return spectrum.log_determinant(ratio) + freedom * log(left / freedom) + odd

    grid = np.linspace(log(RATIOS[0]), log(RATIOS[1]), 33)
    best = int(np.argmin([surprise(at) for at in grid]))
    around = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = minimize_scalar(surprise, bounds=around, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def _bias(
    reviews: Reviews, ratio: float, left: float, biases: Scores, solve: Solve, *, estimated: bool
) -> Bias:
    freedom = reviews.comparisons
    agreed = left <= NOTHING * len(reviews.score)
    # Few reviews that happen to agree are no proof that there is no noise.
    known = freedom >= LEAST_COMPARISONS or (freedom > 0 and not agreed)
    variance = 0.0 if agreed else left / max(freedom, 1)
    if not known:
        variance = float(np.average((reviews.score - reviews.score.mean()) ** 2)) / 2
    return Bias(ratio, variance, biases, solve, estimated, known)


def _laplacian(reviews: Reviews) -> csr_array:
    """(m, m) weights less what each submission's mean takes of them."""
    given = reviews.at_reviewer(reviews.weight)
    return csr_array(diags_array(given) - reviews.table.T @ reviews.share)


def _spectrum(laplacian: csr_array, rhs: Scores) -> Spectrum:
    if len(rhs) <= EXACT:
        values, vectors = eigh(laplacian.toarray())
        values = np.maximum(values, 0)
        return Spectrum(values, np.ones(len(values)), values, (vectors.T @ rhs) ** 2)
    nodes, shares = _lanczos(laplacian, np.column_stack([rhs, _signs(len(rhs))]))
    values = nodes[1:].ravel()
    moments = [len(rhs), laplacian.trace(), laplacian.power(2).sum()]
    counts = _adjusted(values, shares[1:].ravel() * len(rhs) / PROBES, np.array(moments))
    return Spectrum(values, counts, nodes[0], shares[0] * float(rhs @ rhs))


def _lanczos(matrix: csr_array, starts: Scores) -> tuple[Scores, Scores]:
    """(C, STEPS) nodes and weights of the Gauss quadrature that belongs to each of C columns."""
    now = starts / np.maximum(np.linalg.norm(starts, axis=0), NOTHING)
    before, beta = np.zeros_like(now), np.zeros(starts.shape[1])
    diagonal, beside = [], []
    for _ in range(STEPS):
        after = matrix @ now - beta * before
        alpha = (after * now).sum(axis=0)
        after -= alpha * now
        beta = np.linalg.norm(after, axis=0)
        beta = np.where(beta > 1e-9, beta, 0)  # the column's space is used up
        before, now = now, np.where(beta > 0, after / np.where(beta > 0, beta, 1), 0)
        diagonal.append(alpha)
        beside.append(beta)
    found = [
        eigh_tridiagonal(np.array(diagonal)[:, one], np.array(beside)[:-1, one])
        for one in range(starts.shape[1])
    ]
    nodes = np.maximum(np.array([values for values, _ in found]), 0)
    return nodes, np.array([vectors[0] ** 2 for _, vectors in found])


def _adjusted(values: Scores, counts: Scores, moments: Scores) -> Scores:
    """The nearest counts that have the exact trace of A^0, A and A^2."""
    unit = max(float(values.max()), NOTHING)
    powers = np.vander(values / unit, 3, increasing=True)
    lacking = moments / unit ** np.arange(3) - counts @ powers
    change = np.linalg.lstsq(powers.T @ (counts[:, None] * powers), lacking, rcond=None)[0]
    adjusted: Scores = counts * (1 + powers @ change)
    return adjusted


def _solver(laplacian: csr_array, ratio: float) -> Solve:
    system = csr_array(laplacian + diags_array(np.full(laplacian.shape[0], 1 / ratio)))
    if laplacian.shape[0] > EXACT:
        return lambda rhs: conjugate_gradients(system, rhs)
    factor = cho_factor(system.toarray())
    return lambda rhs: cho_solve(factor, rhs)
