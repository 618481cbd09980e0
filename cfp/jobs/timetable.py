"""The job of a timetable: read the draft, solve outside any transaction, store a proposal."""

from typing import Any

from cfp.algorithms import timetable as solver
from cfp.algorithms.steps import Progress
from cfp.algorithms.timetable_problem import Timetable
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import Conference
from cfp.domain.program.proposals import store_proposal
from cfp.domain.program.timetables import Loaded, Options, load_problem, result_from
from cfp.jobs.context import JobContext


def run(context: JobContext) -> dict[str, Any]:
    """Solve for the draft as the asker may know it; the result names the proposal."""
    options = Options.from_json(context.parameters)
    with context.reading() as db:
        conference = db.get_one(Conference, context.conference_id)
        asker = actor_of_person(db, context.actor.person_id)
        loaded = load_problem(db, conference, asker, options, draft_id=context.parameters["draft"])
    found = solve(loaded, lambda _step, share: context.report(share))
    proposal = store_proposal(
        context.storing(),
        context.actor,
        conference,
        loaded,
        result_from(loaded, found),
        now=context.now(),
    )
    return {"proposal_id": proposal.id}


def solve(loaded: Loaded, on_progress: Progress | None = None) -> Timetable:
    """The timetable asked for."""
    return solver.timetable(
        loaded.problem,
        previous=loaded.previous,
        time_limit=loaded.options.seconds,
        on_progress=on_progress,
    )
