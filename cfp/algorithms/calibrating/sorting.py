"""Whether the strict reviewers were given the better submissions.

Restricted maximum likelihood believes that leniency has nothing to do with what somebody is given.
Where the strict have the good ones, reviewers of a kind meet on the same submissions, their
disagreements look small, and leniency is held back too much, always to the harm of the same
submissions.

The sum over all reviews of leniency times quality tells: both as least squares takes them, less
what errors that they share put into it, in standard errors of what independence would give.

Sources: Abowd, Kramarz, Margolis 1999 (the sum, of firms and workers); Andrews, Gill, Schank,
Upward 2008 (its bias by shared errors); Hausman 1978 (such a figure chooses between estimators).
"""

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from cfp.algorithms.arrays import Counts, Scores
from cfp.algorithms.calibrating.reviews import Reviews

Solve = Callable[[Scores], Scores]


def sorted_by(
    reviews: Reviews,
    laplacian: csr_array,
    free: Solve,
    probes: Scores,
    *,
    ratio: float,
    variance: float,
) -> float:
    """How surely the lenient (above 0) or the strict have the better ones, in standard errors.

    Args:
        reviews: all that count.
        laplacian: (m, m) of "scored the same submission".
        free: solves its equations while hardly holding leniency back.
        probes: (m, k), vectors whose outer products average to the unit matrix, for a trace.
        ratio: variance of leniency over that of the noise.
        variance: of the noise.
    """
    part = connected_components(laplacian, directed=False)[1].astype(np.int64)
    given = reviews.at_reviewer(reviews.weight)
    rhs = reviews.at_reviewer(reviews.weight * reviews.apart)
    lenient = free(rhs[:, None])
    quality = reviews.mean - reviews.share @ lenient[:, 0]
    got = reviews.at_reviewer(reviews.weight * quality[reviews.paper])[:, None]
    got = _within(part, given, got)
    errors = free(probes)
    shared = _within(part, given, laplacian @ errors - given[:, None] * errors)
    expected = variance * float((probes * shared).sum()) / probes.shape[1]
    spread = variance * float((got * (ratio * got + free(got))).sum())
    return (float((lenient * got).sum()) - expected) / spread**0.5 if spread > 0 else 0.0


def _within(part: Counts, given: Scores, sums: Scores) -> Scores:
    """(m, k) sums over a reviewer's reviews, less those of an average one of the same part."""
    size = int(part.max()) + 1
    members = csr_array((np.ones(len(part)), (part, np.arange(len(part)))), shape=(size, len(part)))
    each: Scores = sums - given[:, None] * ((members @ sums) / (members @ given)[:, None])[part]
    return each
