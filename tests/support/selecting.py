"""A scenario as if it had been computed, for tests that are not about what a solver finds."""

from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import Scenario
from cfp.domain.decisions.scenarios import store_scenario
from cfp.domain.decisions.selecting import Outcome, load_problem
from cfp.domain.decisions.selecting_limits import Limits
from tests.factories import NOW


def make_scenario(db: Session, chair: Person, conference: Conference, name: str) -> Scenario:
    """Everything this chair can choose but the last is in; that one would be next."""
    actor, limits = actor_of_person(db, chair.id), Limits({"all": 600})
    problem = load_problem(db, actor, conference, limits)
    *chosen, last = [one.id for one in problem.candidates]
    figures = {
        "value": 9.0, "bound": 9.0, "proven": True, "draws": 0, "seconds": 0.1,
        "used": {"all": 600.0}, "relaxed": [{"key": "all", "by": 10.0}],
        "costs": [{"key": "all", "gained": 1.0, "enters": [last], "leaves": chosen}],
        "entering": [{"key": "all", "id": last, "blocked": []}],
    }  # fmt: skip
    found = Outcome(frozenset(chosen), places={last: 1}, figures=figures)
    return store_scenario(db, actor, conference, name=name, problem=problem, found=found, now=NOW)
