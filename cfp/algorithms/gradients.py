"""Conjugate gradients for many right-hand sides at once.

Source: Hestenes & Stiefel, Methods of Conjugate Gradients for Solving Linear Systems (1952).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cfp.algorithms.arrays import Scores

NOTHING = 1e-12
"""Of the scaled scores' squares: what is less is rounding."""


def conjugate_gradients(
    system: csr_array, rhs: Scores, *, tolerance: float = 1e-6, most: int = 1000
) -> Scores:
    """Solve for every column of (m, k) at once, each scaled by the diagonal first."""
    scale: NDArray[np.float64] = 1 / np.sqrt(system.diagonal())[:, None]
    solution = np.zeros_like(rhs)
    residual = scale * rhs
    direction = residual.copy()
    size = (residual**2).sum(axis=0)
    goal = tolerance**2 * np.maximum(size, NOTHING)
    for _ in range(most):
        if (size <= goal).all():
            break
        image = scale * (system @ (scale * direction))
        along = (direction * image).sum(axis=0)
        step = size / np.maximum(along, np.finfo(float).tiny)
        solution += step * direction
        residual -= step * image
        size, last = (residual**2).sum(axis=0), size
        direction *= size / np.maximum(last, np.finfo(float).tiny)
        direction += residual
    return scale * solution
