"""The job of an assignment: read, solve outside any transaction, store a proposal."""

import secrets
from typing import Any

from cfp.algorithms import assignment as solver
from cfp.algorithms.problem import Plan, Problem
from cfp.algorithms.steps import Progress
from cfp.domain.assignment.problems import (
    Loaded,
    figures_from,
    load_problem,
    picks_from,
    store_matches,
)
from cfp.domain.assignment.proposals import Options, store_proposal
from cfp.domain.conferences.models import Conference
from cfp.jobs.context import JobContext
from cfp.jobs.repairing import repaired


def run(context: JobContext) -> dict[str, Any]:
    """Solve what the job's parameters ask for; the result names the proposal."""
    options = Options.from_json(context.parameters)
    with context.reading() as db:
        conference = db.get_one(Conference, context.conference_id)
        loaded = load_problem(db, conference, context.actor, options)
    plan = solve(loaded, lambda _step, share: context.report(share))
    picks, figures = list(picks_from(loaded, plan)), figures_from(loaded, plan)
    db = context.storing()
    store_matches(db, conference, loaded, now=context.now())
    proposal = store_proposal(
        db,
        context.actor,
        conference,
        options=options,
        picks=picks,
        figures=figures,
        now=context.now(),
    )
    return {"proposal_id": proposal.id}


def solve(loaded: Loaded, on_progress: Progress | None = None) -> Plan:
    """The best plan by the objective asked for, or with `repair` the one that changes least.

    Of a large conference only promising pairs are looked at; a submission that lacks reviews
    then gets all its pairs, so that what is reported missing cannot be had at all.
    """
    problem, whole = loaded.problem, set[int]()
    while True:
        plan = _solved(loaded, problem, on_progress)
        if loaded.narrow(plan) <= whole:
            return plan
        whole |= loaded.narrow(plan)
        problem = loaded.problem_with(whole)


def _solved(loaded: Loaded, problem: Problem, on_progress: Progress | None) -> Plan:
    if loaded.options.repair:
        return repaired(loaded, problem)
    if problem.cap is not None:
        # Who could foresee the draw could still arrange to get what they want.
        seed = secrets.randbits(32)
        return solver.assign(problem, objective="max", seed=seed, on_progress=on_progress)
    objective = loaded.options.objective
    return solver.assign(problem, objective=objective, on_progress=on_progress)
