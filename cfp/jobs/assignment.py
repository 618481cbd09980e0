"""The job of an assignment: read, solve outside any transaction, store a proposal."""

from typing import Any

from cfp.algorithms import assignment as solver
from cfp.algorithms.problem import Plan
from cfp.algorithms.steps import Progress
from cfp.domain.assignment.problems import (
    Loaded,
    figures_from,
    load_problem,
    picks_from,
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
    proposal = store_proposal(
        context.storing(),
        context.actor,
        conference,
        options=options,
        picks=picks_from(loaded, plan),
        figures=figures_from(loaded, plan),
        now=context.now(),
    )
    return {"proposal_id": proposal.id}


def solve(loaded: Loaded, on_progress: Progress | None = None) -> Plan:
    """The best plan by the objective asked for, or with `repair` the one that changes least."""
    if loaded.options.repair:
        return repaired(loaded)
    objective = loaded.options.objective
    return solver.assign(loaded.problem, objective=objective, on_progress=on_progress)
