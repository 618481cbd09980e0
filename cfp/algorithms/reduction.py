"""Take the pins out of a problem: what is left to choose, and what the pins already use up."""


import numpy as np

from cfp.algorithms.arrays import Counts, Flags, Ids
from cfp.algorithms.problem import Problem
from cfp.records import record


@record(kw_only=True, eq=False)
class Reduced:
    """The open part of a problem.

    Attributes:
        problem: the whole.
        paper: (M,) paper of each pair that is still open to choice.
        reviewer: (M,) its reviewer.
        pair: (M,) its row in the problem's arrays. The order breaks ties between equal plans.
        held: rows in the problem's arrays of the pins that hold.
        refused: (K, 2) pinned rows that are no candidates.
        seats: (P,) reviews still to be found.
        room: (R,) reviews still allowed.
        owed: (R,) reviews still missing to the minimum.
        need_senior: (P,) True where no pin is senior yet and one has to be.
    """

    problem: Problem
    paper: Ids
    reviewer: Ids
    pair: Counts
    held: Counts
    refused: Ids
    seats: Counts
    room: Counts
    owed: Counts
    need_senior: Flags


def reduce(problem: Problem, seed: int) -> Reduced:
    """Remove pinned pairs with their demand and load, and every pair the pins rule out."""
    held, refused = _pins(problem)
    paper, reviewer = problem.paper[held], problem.reviewer[held]
    papers, reviewers = problem.papers, problem.reviewers
    load = np.bincount(reviewer, minlength=reviewers)
    seats = np.maximum(problem.demand - np.bincount(paper, minlength=papers), 0)
    room = np.maximum(problem.load_max - load, 0)
    has_senior = np.bincount(paper[problem.senior[reviewer]], minlength=papers) > 0
    open_pair = (room[problem.reviewer] > 0) & ~_ruled_out(problem, held)
    pair = _ordered(problem, np.flatnonzero(open_pair), seed)
    return Reduced(
        problem=problem,
        paper=problem.paper[pair],
        reviewer=problem.reviewer[pair],
        pair=pair,
        held=held,
        refused=refused,
        seats=seats,
        room=room,
        owed=np.maximum(problem.load_min - load, 0),
        need_senior=problem.need_senior & ~has_senior,
    )


def rows_of(problem: Problem, rows: Ids) -> tuple[Counts, Flags]:
    """Where candidate rows (paper, reviewer) are in the problem's arrays, and which are there."""
    keys, wanted = problem.keys(), problem.row_keys(rows)
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys, wanted, sorter=order)
    known = place < len(keys)
    found = order[place[known]]
    hit = keys[found] == wanted[known]
    known[known] = hit
    return found[hit], known


def _pins(problem: Problem) -> tuple[Counts, Ids]:
    held, known = rows_of(problem, problem.pinned)
    return np.sort(held), problem.pinned[~known]


def _ruled_out(problem: Problem, held: Counts) -> Flags:
    """(N,) pinned itself, or of a pinned reviewer's affiliation, or kept apart from one."""
    out = np.zeros(len(problem.paper), np.bool_)
    out[held] = True
    if not len(held):
        return out
    paper, reviewer = problem.paper[held], problem.reviewer[held]
    out |= _shares_affiliation(problem, paper, reviewer)
    for one, other in np.concatenate([problem.apart, problem.apart[:, ::-1]]):
        taken = paper[reviewer == one]
        out |= (problem.reviewer == other) & np.isin(problem.paper, taken)
    return out


def _shares_affiliation(problem: Problem, paper: Ids, reviewer: Ids) -> Flags:
    size = np.int64(problem.affiliation.max(initial=0)) + 1
    group = problem.affiliation[reviewer]
    tied = group >= 0
    taken = paper[tied] * size + group[tied]
    theirs = problem.affiliation[problem.reviewer]
    return (theirs >= 0) & np.isin(problem.paper * size + theirs, taken)


def _ordered(problem: Problem, pair: Counts, seed: int) -> Counts:
    """Shuffle papers and reviewers: ties favor nobody, and the order of the input is no matter."""
    rng = np.random.default_rng(seed)
    paper_rank = rng.permutation(problem.papers)[problem.paper[pair]]
    reviewer_rank = rng.permutation(problem.reviewers)[problem.reviewer[pair]]
    rank = paper_rank * problem.reviewers + reviewer_rank
    return pair[np.argsort(rank, kind="stable")]
