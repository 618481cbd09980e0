"""The job of an assignment: read, solve outside any transaction, store a proposal.

An imported table goes the same way: it is not solved but judged, beside the best there could be.
"""

import secrets
from typing import Any

from cfp.algorithms import assignment as solver
from cfp.algorithms.alternatives import alternatives
from cfp.algorithms.problem import Plan, Problem
from cfp.algorithms.steps import Progress
from cfp.domain.assignment.picks import Options
from cfp.domain.assignment.problems import (
    Loaded,
    Solution,
    figures_from,
    highest_loads,
    load_problem,
    picks_from,
    store_matches,
)
from cfp.domain.assignment.proposals import store_proposal
from cfp.domain.conferences.models import Conference
from cfp.jobs import easing
from cfp.jobs.context import JobContext
from cfp.jobs.repairing import repaired


def run(context: JobContext) -> dict[str, Any]:
    """Solve what the job's parameters ask for; the result names the proposal."""
    options = Options.from_json(context.parameters)
    with context.reading() as db:
        conference = db.get_one(Conference, context.conference_id)
        loaded = load_problem(db, conference, context.actor, options)
    solution = solve(loaded, lambda _step, share: context.report(share))
    db = context.storing()
    store_matches(db, conference, loaded, now=context.now())
    proposal = store_proposal(
        db,
        context.actor,
        conference,
        options=options,
        picks=solution.picks,
        figures=solution.figures,
        now=context.now(),
    )
    return {"proposal_id": proposal.id}


def solve(loaded: Loaded, on_progress: Progress | None = None) -> Solution:
    """The best plan by the objective asked for, the one that changes least, or the one given.

    Of a large conference only promising pairs are looked at; a submission that lacks reviews
    then gets all its pairs, and who shares it more than an even load, so that what is reported
    missing cannot be had at all.
    """
    problem, whole = loaded.problem, set[int]()
    while True:
        plan = _solved(loaded, problem, on_progress)
        if loaded.narrow(plan) <= whole:
            break
        whole |= loaded.narrow(plan)
        problem = loaded.problem_with(whole)
    options = loaded.options
    if plan.shortfalls and options.most is None and options.imported is None:
        eased = easing.eased(problem, highest_loads(loaded.facts))
        if eased is not problem:
            problem, plan = eased, _solved(loaded, eased, on_progress)
    picks = list(picks_from(loaded, plan, alternatives(problem, plan)))
    return Solution(plan, picks, figures_from(loaded, plan, problem))


def _solved(loaded: Loaded, problem: Problem, on_progress: Progress | None) -> Plan:
    if loaded.options.imported is not None:
        return solver.judge(problem, loaded.imported_rows())
    if loaded.options.repair:
        return repaired(loaded, problem)
    if problem.cap is not None:
        # Who could foresee the draw could still arrange to get what they want.
        seed = secrets.randbits(32)
        return solver.assign(problem, objective="max", seed=seed, on_progress=on_progress)
    objective = loaded.options.objective
    return solver.assign(problem, objective=objective, on_progress=on_progress)
