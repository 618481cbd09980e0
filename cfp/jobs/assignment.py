"""The job of an assignment: read, solve outside any transaction, store a proposal.

An imported table goes the same way: it is not solved but judged, beside the best there could be.
"""

from typing import Any

from cfp.algorithms import assignment as solver
from cfp.algorithms.alternatives import alternatives
from cfp.algorithms.problem import Plan
from cfp.algorithms.steps import Progress
from cfp.domain.assignment.problems import (
    Loaded,
    current_rows,
    figures_from,
    imported_rows,
    load_problem,
    picks_from,
)
from cfp.domain.assignment.proposals import Options, store_proposal
from cfp.domain.conferences.models import Conference
from cfp.jobs.context import JobContext


def run(context: JobContext) -> dict[str, Any]:
    """Solve what the job's parameters ask for; the result names the proposal."""
    options = Options.from_json(context.parameters)
    with context.reading() as db:
        conference = db.get_one(Conference, context.conference_id)
        loaded = load_problem(db, conference, context.actor, options)
    plan = solve(loaded, lambda _step, share: context.report(share))
    picks = list(picks_from(loaded, plan, alternatives(loaded.problem, plan)))
    proposal = store_proposal(
        context.storing(),
        context.actor,
        conference,
        options=options,
        picks=picks,
        figures=figures_from(loaded, plan),
        now=context.now(),
    )
    return {"proposal_id": proposal.id}


def solve(loaded: Loaded, on_progress: Progress | None = None) -> Plan:
    """The best plan by the objective asked for, the one that changes least, or the one given."""
    if loaded.options.imported is not None:
        return solver.judge(loaded.problem, imported_rows(loaded))
    if loaded.options.repair:
        return solver.repair(loaded.problem, current_rows(loaded))
    objective = loaded.options.objective
    return solver.assign(loaded.problem, objective=objective, on_progress=on_progress)
