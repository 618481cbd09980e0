"""Repairs that ask the reviewers on stand-by first, and everybody else only where those lack."""

from dataclasses import replace

import numpy as np

from cfp.algorithms import assignment as solver
from cfp.algorithms.arrays import Counts, Ids
from cfp.algorithms.problem import Plan, Problem
from cfp.domain.assignment.problems import Loaded, current_rows


def repaired(loaded: Loaded, problem: Problem) -> Plan:
    """The fewest changes that restore demand. What stand-by can do is settled before the rest."""
    current = _rows(loaded)
    if not loaded.facts.pool:
        return solver.repair(problem, current)
    standing = _standing(problem, current)
    have = np.bincount(standing[:, 0], minlength=problem.papers)
    new = from_standby(loaded, problem, np.maximum(problem.demand - have, 0))
    pinned = np.concatenate([problem.pinned, new])
    return solver.repair(replace(problem, pinned=pinned), np.concatenate([current, new]))


def from_standby(loaded: Loaded, problem: Problem, wanted: Counts) -> Ids:
    """(K, 2) rows (paper, reviewer) that stand-by can add: at most `wanted` (P,) for each paper.

    Nothing that stands is moved for it, so each row is one change.
    """
    standing = _standing(problem, _rows(loaded))
    load = np.bincount(standing[:, 1], minlength=problem.reviewers)
    in_pool = np.array([person_id in loaded.facts.pool for person_id in loaded.person_ids])
    plan = solver.repair(
        replace(
            problem,
            demand=np.bincount(standing[:, 0], minlength=problem.papers) + wanted,
            load_min=np.zeros(problem.reviewers, np.int64),
            load_max=np.where(in_pool, np.maximum(problem.load_max, load), load),
            pinned=standing,
        ),
        standing,
    )
    return np.column_stack([plan.paper, plan.reviewer])[~plan.pinned].astype(problem.pinned.dtype)


def _rows(loaded: Loaded) -> Ids:
    return np.array(current_rows(loaded), np.int32).reshape(-1, 2)


def _standing(problem: Problem, current: Ids) -> Ids:
    """(K, 2) rows that stand, or are pinned, and are still possible."""
    rows = np.concatenate([current, problem.pinned])
    keys, places = np.unique(problem.row_keys(rows), return_index=True)
    possible: Ids = rows[places[np.isin(keys, problem.keys())]]
    return possible
