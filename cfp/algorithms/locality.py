"""The part of a plan that has to move so that a few papers may rise: the rest stays as it is.

Source of the idea: large neighborhood search (Shaw 1998). What it finds is a plan; how good that is
another flow tells, with the price of the floors paid to the papers below them (Lagrange's bound).
"""

import numpy as np

from cfp.algorithms.arrays import Counts, Flags
from cfp.algorithms.reduction import Reduced

MOST_FREE = 10_000  # pairs; so many take about a second


def around(reduced: Reduced, chosen: Counts, low: Flags, near: Flags) -> Flags | None:
    """(M,) the open pairs set free: all of the `low` papers, and the `near` ones of those in reach.

    In reach is who has a reviewer that is near a paper in reach, as far as that stays small; None
    where it is not even small for the low papers and those whose reviewers they may take.
    """
    paper, reviewer = reduced.paper, reduced.reviewer
    best, papers, free = None, low, low[paper]
    while True:
        wanted = np.zeros(len(reduced.room), np.bool_)
        wanted[reviewer[free]] = True
        papers = papers.copy()
        papers[paper[chosen][wanted[reviewer[chosen]]]] = True
        free = papers[paper] & (near | low[paper])
        if free.sum() > MOST_FREE or (best is not None and (free == best).all()):
            return best
        best = free
