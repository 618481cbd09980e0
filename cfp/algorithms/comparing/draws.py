"""How sure the strengths are: draws from the normal distribution around the maximum.

Small systems are drawn by their factor. Large ones solve for a disturbed right-hand side that has
the Hessian as its covariance (Papandreou & Yuille 2010), which needs no factor.
"""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import diags_array

from cfp.algorithms.arrays import Counts, Scores
from cfp.algorithms.comparing.fit import Fit, disturbed
from cfp.algorithms.gradients import conjugate_gradients
from cfp.records import record

BLOCK_VALUES = 15_000_000  # numbers in memory at a time
ENOUGH = 1e-3  # of a draw's size: its noise is far larger
EDGE = 0.05


@record(eq=False)
class Drawn:
    """All (n,): the standard error, the places at 5 % and 95 %, the chance to be in the top."""

    error: Scores
    rank_low: Counts
    rank_high: Counts
    p_top: Scores | None


def draw(found: Fit, *, top: int | None, draws: int, seed: int) -> Drawn:
    """Draw often; errors are exact where there is a factor.

    What moves all of them alike says nothing about any of them, so it is taken out.
    """
    size = len(found.value) - 1
    random, root = np.random.default_rng(seed), found.root()
    blocks = _by_root(root, draws, random) if root is not None else _by_steps(found, draws, random)
    squares, ranks = np.zeros(size), []
    for errors in blocks:
        moved = _centered(errors[:size]).T
        squares += (moved**2).sum(axis=0)
        ranks.append(places(found.value[:size] + moved).astype(np.int32))
    every = np.concatenate(ranks)
    low, high = np.quantile(every, (EDGE, 1 - EDGE), axis=0, method="closest_observation")
    error = np.sqrt(squares / draws)
    if root is not None:
        error = np.sqrt((_centered(disturbed(root, np.eye(size + 1))[:size]) ** 2).sum(axis=1))
    chance = None if top is None else (every <= top).mean(axis=0)
    return Drawn(error, low.astype(np.int64), high.astype(np.int64), chance)


def _centered(errors: Scores) -> Scores:
    centered: Scores = errors - errors.mean(axis=0)
    return centered


def places(values: Scores) -> Counts:
    """(d, n) place of each in its row, 1 the largest; of equals the first is before."""
    order = np.argsort(-values, axis=-1, kind="stable")
    found = np.empty(values.shape, np.int64)
    np.put_along_axis(found, order, np.arange(1, values.shape[-1] + 1)[None], axis=-1)
    return found


def _by_root(root: Scores, draws: int, random: np.random.Generator) -> Iterator[Scores]:
    size = max(1, BLOCK_VALUES // len(root))
    for start in range(0, draws, size):
        noise = random.standard_normal((len(root), min(size, draws - start)))
        yield disturbed(root, noise)


def _by_steps(found: Fit, draws: int, random: np.random.Generator) -> Iterator[Scores]:
    # Half the precision is plenty for noise, and half the time.
    prior = np.sqrt(found.precision)
    across = (found.centered.T @ diags_array(np.sqrt(found.chance))).astype(np.float32).tocsr()
    rows = len(found.chance)
    size = max(1, BLOCK_VALUES // (rows + len(prior)))
    for start in range(0, draws, size):
        count = min(size, draws - start)
        said = across @ random.standard_normal((rows, count), np.float32)
        own = prior[:, None] * random.standard_normal((len(prior), count))
        yield conjugate_gradients(found.hessian, said + own, tolerance=ENOUGH)
