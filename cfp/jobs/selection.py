"""The job of a selection: read, solve outside any transaction, store a scenario."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from cfp.algorithms import selection as solver
from cfp.algorithms.arrays import Scores
from cfp.algorithms.selection_problem import (
    NONE,
    Amount,
    FirstTime,
    Items,
    Limit,
    PerAffiliation,
    PerSpeaker,
    Selection,
)
from cfp.algorithms.steps import Progress
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.scenarios import store_scenario
from cfp.domain.decisions.selecting import Candidate, Outcome, Problem, load_problem
from cfp.domain.decisions.selecting_limits import MINUTES, Limits, split
from cfp.errors import ForbiddenError
from cfp.jobs.context import JobContext
from cfp.policy import Action, allowed

DRAWS, DRAW_SECONDS = 200, 120.0
"""Of thousands of candidates fewer draws are made: as many as there is time for."""
SECONDS, SECONDS_IN_ALL = 60.0, 1_500.0
"""For one solve, and for the choice with the costs of all limits: each takes a solve of its own."""
PRICES = {"all": 4.0, "type": 4.0, "track": 4.0}
"""Of giving a limit up, 1 for the others: rooms and hours do not grow by wishing."""


def run(context: JobContext) -> dict[str, Any]:
    """Solve within the limits as they were when asked; the result names the scenario."""
    asked = context.parameters
    with context.reading() as db:
        conference = db.get_one(Conference, context.conference_id)
        asker = actor_of_person(db, context.actor.person_id)
        if not allowed(asker, Action.CHAIR_ONLY, conference, context.now()):
            raise ForbiddenError("forbidden")
        problem = load_problem(db, asker, conference, Limits.from_json(asked["limits"]))
    found = solve(problem, lambda _step, share: context.report(share))
    scenario = store_scenario(
        context.storing(),
        context.actor,
        conference,
        name=asked["name"],
        problem=problem,
        found=found,
        now=context.now(),
    )
    return {"scenario_id": scenario.id}


def solve(problem: Problem, on_progress: Progress | None = None) -> Outcome:
    """The selection worth most, with what each limit costs and who is next."""
    candidates, limits = problem.candidates, list(limits_of(problem.limits))
    found = solver.select(
        items_of(candidates),
        limits,
        fixed=[number for number, one in enumerate(candidates) if one.fixed],
        draws=draws_of(candidates),
        draw_seconds=DRAW_SECONDS,
        time_limit=min(SECONDS, SECONDS_IN_ALL / (len(limits) + 1)),
        on_progress=on_progress,
    )
    return outcome_of([one.id for one in candidates], found)


def items_of(candidates: Sequence[Candidate]) -> Items:
    """As the solver wants them. What is announced stays, whatever was wished before."""
    people: dict[str, int] = {}
    employers: dict[str, int] = {"": NONE}
    for one in candidates:
        for entry in one.speakers:
            people.setdefault(entry.person, len(people))
            employers.setdefault(entry.employer, len(employers))
    return Items(
        score=[one.scored.score for one in candidates],
        minutes=[one.minutes for one in candidates],
        type=[one.type_id for one in candidates],
        track=[one.track_id for one in candidates],
        speakers=[[people[e.person] for e in one.speakers if e.speaks] for one in candidates],
        affiliations=[[employers[e.employer] for e in one.speakers] for one in candidates],
        first_time=[one.first_time for one in candidates],
        must=[one.wish == "must" and not one.fixed for one in candidates],
        never=[one.wish == "never" and not one.fixed for one in candidates],
    )


def limits_of(limits: Limits) -> Iterator[Limit]:
    """Each under its key, by which it is named in the answer."""
    for key, number in limits.numbers.items():
        kind, id_ = split(key)
        match kind:
            case "least":
                yield Amount(name=key, least=number, track=id_)
            case "most":
                yield Amount(name=key, most=number, track=id_)
            case "speaker":
                yield PerSpeaker(name=key, most=number)
            case "affiliation":
                yield PerAffiliation(name=key, share=number / 100)
            case "first":
                yield FirstTime(name=key, share=number / 100)
            case _ if kind in MINUTES:
                of = {} if id_ is None else {kind: id_}
                yield Amount(name=key, of="minutes", most=number, price=PRICES[kind], **of)


def draws_of(candidates: Sequence[Candidate]) -> Scores | None:
    """(D, n) scores as they could have been, or None where nothing is uncertain."""
    error = np.array([one.scored.error for one in candidates])
    if not error.any():
        return None
    score = np.array([one.scored.score for one in candidates])
    return np.random.default_rng(0).normal(score, error, (DRAWS, len(candidates)))


def outcome_of(ids: Sequence[int], found: Selection) -> Outcome:
    """By ids again."""
    places: dict[int, int] = {}
    blocked: dict[int, Sequence[str]] = {}
    for waiting in found.waitlist:
        places |= {ids[item]: place for place, item in enumerate(waiting.items, start=1)}
        blocked |= {ids[item]: by for item, by in waiting.blocked}
    chances: Mapping[int, float] = {}
    if found.chance is not None:
        chances = dict(zip(ids, found.chance.tolist(), strict=True))
    return Outcome(
        accepted=frozenset(ids[one] for one in np.flatnonzero(found.accepted).tolist()),
        places=places,
        blocked=blocked,
        chances=chances,
        figures=_figures(ids, found),
    )


def _figures(ids: Sequence[int], found: Selection) -> dict[str, Any]:
    return {
        "value": found.value,
        "bound": found.bound,
        "proven": found.proven,
        "draws": found.drawn,
        "seconds": round(sum(found.seconds.values()), 1),
        "used": found.used,
        "relaxed": [{"key": one.name, "by": one.by} for one in found.relaxed],
        "costs": [
            {
                "key": one.name,
                "gained": one.gained,
                "enters": [ids[item] for item in one.enters],
                "leaves": [ids[item] for item in one.leaves],
            }
            for one in found.costs
        ],
        "entering": [
            {
                "key": one.name,
                "id": None if one.item is None else ids[one.item],
                "blocked": list(one.blocked_by),
            }
            for one in found.entering
        ],
    }
