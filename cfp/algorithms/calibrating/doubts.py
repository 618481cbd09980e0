"""What the data cannot tell, as cautions."""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import fdtrc

from cfp.algorithms.arrays import Counts, Flags, Scores
from cfp.algorithms.calibrating.bias import LEAST_COMPARISONS, Bias
from cfp.algorithms.calibrating.draws import Drawn
from cfp.algorithms.calibrating.result import BANDS, Caution, bands
from cfp.algorithms.calibrating.reviews import Reviews
from cfp.records import record

FEW = 3
"""Reviewers with fewer reviews are named."""

USUAL_WEIGHT = (0.2, 5.0)
MATCHED = 0.1
"""Share of the others' scores that may lie between reviewers before the chair is told."""

CHANCE = 1e-3
"""So rarely does a random assignment look matched."""

WORTH = 0.05
"""Share of the top that calibration has to change to be worth a debate."""


@record(eq=False)
class Others:
    """What the other reviewers say of each review's submission.

    Attributes:
        row: (K,) reviews whose submission somebody else reviewed as well.
        score: (K,) mean of these others' scores, leniency taken off.
    """

    row: Counts
    score: Scores


def others(reviews: Reviews, bias: Bias) -> Others:
    """Leave-one-out means, of the reviews that have any."""
    row = np.flatnonzero(reviews.n_reviews[reviews.paper] > 1)
    fair = reviews.weight * (reviews.score - bias.value[reviews.reviewer])
    paper = reviews.paper[row]
    rest = reviews.total[paper] - reviews.weight[row]
    return Others(row, (reviews.at_paper(fair)[paper] - fair[row]) / rest)


def cautions(
    reviews: Reviews, bias: Bias, beside: Others, drawn: Drawn, *, top: int | None, changed: int
) -> tuple[Caution, ...]:
    """In the order in which they matter."""
    found = [
        *_of_scores(reviews, bias, drawn),
        *_of_submissions(reviews),
        *_of_reviewers(reviews),
        *([Caution("against")] if bias.against else _matched(reviews, bias, beside)),
        *_of_top(drawn, top, changed),
    ]
    return tuple(found)


def _of_scores(reviews: Reviews, bias: Bias, drawn: Drawn) -> Iterator[Caution]:
    if not np.ptp(reviews.score):
        yield Caution("constant", {"score": reviews.center})
    elif not bias.noise_known:
        yield Caution("noise_assumed", {"comparisons": reviews.comparisons})
    elif drawn.variance == 0 and bias.variance > 0:
        yield Caution("no_differences")
    if reviews.comparisons < LEAST_COMPARISONS:
        yield Caution("ratio_assumed", {"comparisons": reviews.comparisons, "ratio": bias.ratio})
    if reviews.left_out:
        yield Caution("left_out", {"reviews": reviews.left_out})
    usual = float(reviews.weight.mean())
    if not USUAL_WEIGHT[0] <= usual <= USUAL_WEIGHT[1]:
        yield Caution("weights_unusual", {"mean": usual})


def _of_submissions(reviews: Reviews) -> Iterator[Caution]:
    count = reviews.n_reviews[reviews.papers]
    if (count == 0).any():
        yield Caution("unreviewed", {"submissions": _numbers(count == 0)})
    if (count == 1).any():
        yield Caution("single", {"submissions": _numbers(count == 1)})
    sizes = np.bincount(groups(reviews)[reviews.n_reviews > 0])
    if (sizes > 0).sum() > 1:
        yield Caution("groups", {"groups": int((sizes > 0).sum()), "largest": int(sizes.max())})


def _of_reviewers(reviews: Reviews) -> Iterator[Caution]:
    size = reviews.size[1]
    given = reviews.by_reviewer(np.bincount(reviews.reviewer, minlength=size))
    few = (given > 0) & (given < FEW)
    if few.any():
        yield Caution("few_reviews", {"reviewers": _numbers(few)})
    lowest, highest = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(lowest, reviews.reviewer, reviews.score)
    np.maximum.at(highest, reviews.reviewer, reviews.score)
    equal = (reviews.by_reviewer(highest - lowest) == 0) & (given >= FEW)
    if equal.any() and np.ptp(reviews.score):
        yield Caution("equal_scores", {"reviewers": _numbers(equal)})


def _matched(reviews: Reviews, bias: Bias, beside: Others) -> Iterator[Caution]:
    """Whether the others' scores of what a reviewer got are more alike than chance makes them.

    One-way analysis of variance; the share is the intraclass correlation.
    """
    owner = reviews.reviewer[beside.row]
    count = np.bincount(owner, minlength=reviews.size[1])
    between, within = int((count > 0).sum()) - 1, len(owner) - int((count > 0).sum())
    if between < 1 or within < LEAST_COMPARISONS:
        return
    safe = np.maximum(count, 1)
    mean = np.bincount(owner, beside.score, minlength=len(count)) / safe
    spread = float(((beside.score - mean[owner]) ** 2).sum()) / within
    apart = float((count * (mean - beside.score.mean()) ** 2).sum()) / between
    size = (len(owner) - float((count**2).sum()) / len(owner)) / between
    share = (apart - spread) / max(apart + (size - 1) * spread, 1e-12)
    if share > MATCHED and fdtrc(between, within, apart / max(spread, 1e-12)) < CHANCE:
        along = _correlation(mean[count > 0], bias.value[count > 0], count[count > 0])
        yield Caution("matched", {"share": share, "leniency": along})


def _of_top(drawn: Drawn, top: int | None, changed: int) -> Iterator[Caution]:
    if top is None or drawn.p_top is None:
        return
    if changed <= WORTH * top:
        yield Caution("little_changed", {"changed": changed, "top": top})
    band = bands(drawn.p_top)
    open_ = int(((band > 0) & (band < len(BANDS) - 1)).sum())
    if open_:
        yield Caution("borderline", {"submissions": open_, "share": open_ / len(band)})


def groups(reviews: Reviews) -> Counts:
    """(n,) connected part of each submission, numbered by its first review."""
    n, m = reviews.size
    links = coo_array((reviews.weight, (reviews.paper, n + reviews.reviewer)), shape=(n + m, n + m))
    part: Counts = connected_components(links, directed=False)[1][:n].astype(np.int64)
    return part


def agreement(reviews: Reviews, beside: Others, least: int) -> tuple[Counts, Scores]:
    """(m,) reviews compared, and their correlation with the others; 0 where they are too few."""
    owner, size = reviews.reviewer[beside.row], reviews.size[1]
    count = np.bincount(owner, minlength=size)
    safe = np.maximum(count, 1)

    def centered(values: Scores) -> Scores:
        return values - (np.bincount(owner, values, minlength=size) / safe)[owner]

    own, other = centered(reviews.score[beside.row]), centered(beside.score)
    both, mine, theirs = (
        np.bincount(owner, product, minlength=size)
        for product in (own * other, own * own, other * other)
    )
    scale = np.sqrt(mine * theirs)
    known = (count >= least) & (scale > 1e-12)
    return count, np.where(known, np.clip(both / np.where(known, scale, 1), -1, 1), 0)


def _correlation(one: Scores, other: Scores, weight: Counts) -> float:
    a = one - np.average(one, weights=weight)
    b = other - np.average(other, weights=weight)
    scale = np.sqrt((weight * a * a).sum() * (weight * b * b).sum())
    return float((weight * a * b).sum() / scale) if scale > 1e-12 else 0.0


def _numbers(chosen: Flags) -> list[int]:
    return [int(one) for one in np.flatnonzero(chosen)]
