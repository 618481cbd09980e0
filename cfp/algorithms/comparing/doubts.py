"""What comparisons cannot tell, as cautions.

Circular trios are those of Kendall & Babington Smith 1940: of two in three comparisons by chance a
quarter of all trios are circles.
"""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from cfp.algorithms.arrays import Counts, Flags, Scores
from cfp.algorithms.calibrating.result import BANDS, Caution, bands
from cfp.algorithms.comparing.choices import Said
from cfp.algorithms.comparing.draws import Drawn
from cfp.records import record

FEW = 3
"""Whoever was laid beside fewer others is named."""

TRIOS, MANY = 8, 0.2
"""From so many trios on a share of circles says something; from this share on it is told."""


@record(eq=False)
class Tallies:
    """Counted over every two that were laid side by side.

    Attributes:
        won: (n,) a tie is half of one.
        compared: (n,)
        group: (n,) connected part, numbered by its first submission.
        circles: of the majorities.
        trios: of which every two have a majority.
    """

    won: Scores
    compared: Counts
    group: Counts
    circles: int
    trios: int

    @property
    def share_won(self) -> Scores:
        """(n,) .5 for whoever was not compared."""
        return np.where(self.compared > 0, self.won / np.maximum(self.compared, 1), 0.5)


def tally(said: Said) -> Tallies:
    """Count once what the cautions and the result ask for."""
    first, second, outcome, _who = said.pairs
    size = said.size
    compared = np.bincount(first, minlength=size) + np.bincount(second, minlength=size)
    ahead = (outcome + 1) / 2
    won = (np.bincount(first, ahead, size) + np.bincount(second, 1 - ahead, size)).astype(float)
    links = coo_array((np.ones(len(first)), (first, second)), shape=(size, size))
    group: Counts = connected_components(links, directed=False)[1].astype(np.int64)
    return Tallies(won, compared, group, *_circles(first, second, outcome, size))


def _circles(first: Counts, second: Counts, outcome: Counts, size: int) -> tuple[int, int]:
    """Circular trios, and all that are complete."""
    signs = np.concatenate([outcome, -outcome]).astype(np.float64)
    ends = (np.concatenate([first, second]), np.concatenate([second, first]))
    net = csr_array(coo_array((signs, ends), shape=(size, size)))
    beats = csr_array(net > 0).astype(np.float64)
    both = csr_array(beats + beats.T)
    circles = ((beats @ beats).multiply(beats.T)).sum() / 3
    trios = ((both @ both).multiply(both)).sum() / 6
    return round(float(circles)), round(float(trios))


def agreement(said: Said, strength: Scores) -> tuple[Counts, Scores]:
    """(m,) comparisons of each reviewer, and the share that the strengths agree with."""
    first, second, outcome, who = said.pairs
    known = who >= 0
    given = np.bincount(who[known])
    decided = known & (outcome != 0)
    agrees = (np.sign(strength[first] - strength[second]) == outcome)[decided]
    count = np.bincount(who[decided], minlength=len(given))
    share = np.bincount(who[decided], agrees, len(given)) / np.maximum(count, 1)
    return given, np.where(count > 0, share, 0.5)


def cautions(said: Said, counted: Tallies, given: Counts, drawn: Drawn) -> tuple[Caution, ...]:
    """In the order in which they matter."""
    found = [*_of_all(said, counted), *_of_submissions(counted), *_of_reviewers(given)]
    if drawn.p_top is not None:
        band = bands(drawn.p_top)
        open_ = int(((band > 0) & (band < len(BANDS) - 1)).sum())
        if open_:
            found.append(
                Caution("borderline", {"submissions": open_, "share": open_ / len(band)})
            )
    return tuple(found)


def _of_all(said: Said, counted: Tallies) -> Iterator[Caution]:
    outcome = said.pairs[2]
    if not outcome.any():
        yield Caution("all_equal", {"comparisons": len(outcome)})
    sizes = np.bincount(counted.group[counted.compared > 0])
    if (sizes > 0).sum() > 1:
        yield Caution("parts", {"groups": int((sizes > 0).sum()), "largest": int(sizes.max())})
    share = counted.circles / max(counted.trios, 1)
    if counted.trios >= TRIOS and share >= MANY:
        figures = {"circles": counted.circles, "trios": counted.trios, "share": share}
        yield Caution("circles", figures)


def _of_submissions(counted: Tallies) -> Iterator[Caution]:
    compared = counted.compared
    if (compared == 0).any():
        yield Caution("uncompared", {"submissions": _numbers(compared == 0)})
    few = (compared > 0) & (compared < FEW)
    if few.any():
        yield Caution("few", {"submissions": _numbers(few)})
    sided = (compared > 0) & ((counted.won == 0) | (counted.won == compared))
    if sided.any():
        yield Caution("one_sided", {"submissions": _numbers(sided)})


def _of_reviewers(given: Counts) -> Iterator[Caution]:
    if (given > 0).sum() == 1:
        yield Caution("one_reviewer", {"reviewers": _numbers(given > 0)})


def _numbers(chosen: Flags) -> list[int]:
    return [int(one) for one in np.flatnonzero(chosen)]
