"""Scenarios: what selections have found, kept under a name, as secret as what is pending.

A scenario is about the submissions its asker decided in. Who may not know of every one of them
sees none of it, for who is in and how full it is would tell of the missing one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, insert, select
from sqlalchemy.orm import Session, defer

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import Scenario, ScenarioItem
from cfp.domain.decisions.selecting import Candidate, Outcome, Problem, check_name
from cfp.errors import NotFoundError, StaleError
from cfp.policy import Fact, unknown

REMEMBERED = 20
"""Scenarios of one person that are kept; beyond, their oldest goes that was not applied last."""


def store_scenario(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    name: str,
    problem: Problem,
    found: Outcome,
    now: datetime,
) -> Scenario:
    """Keep what was found; the person's oldest go where there are too many."""
    scenario = Scenario(
        conference_id=conference.id,
        name=name,
        by_id=actor.person_id,
        created=now,
        limits=problem.limits.as_json(),
        outcome=dict(found.figures),
    )
    db.add(scenario)
    db.flush()
    here = {"conference_id": conference.id, "scenario_id": scenario.id}
    rows = [{**here, **_item(one, found)} for one in problem.candidates]
    if rows:
        db.execute(insert(ScenarioItem), rows)
    _prune(db, actor, conference)
    return scenario


def _item(one: Candidate, found: Outcome) -> dict[str, Any]:
    return {
        "submission_id": one.id,
        "type_id": one.type_id,
        "track_id": one.track_id,
        "accepted": one.id in found.accepted,
        "fixed": one.fixed,
        "wish": one.wish,
        "score": one.scored.score,
        "minutes": one.minutes,
        "first_time": one.first_time,
        "state": one.state,
        "pending": one.pending,
        "reviews": one.scored.reviews,
        "total": one.scored.total,
        "place": found.places.get(one.id),
        "blocked": list(found.blocked.get(one.id, ())),
        "chance": found.chances.get(one.id),
    }


def _prune(db: Session, actor: Actor, conference: Conference) -> None:
    mine = and_(Scenario.conference_id == conference.id, Scenario.by_id == actor.person_id)
    newest = db.execute(
        select(Scenario.id, Scenario.applied).where(mine).order_by(Scenario.id.desc())
    ).all()
    applied = max((row for row in newest if row.applied), key=lambda row: row.applied, default=None)
    old = [row.id for row in newest[REMEMBERED:] if applied is None or row.id != applied.id]
    _drop(db, old)


def _drop(db: Session, ids: Sequence[int]) -> None:
    db.execute(delete(ScenarioItem).where(ScenarioItem.scenario_id.in_(ids)))
    db.execute(delete(Scenario).where(Scenario.id.in_(ids)))


def seen(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The rows of `scenario` that this person may know: of everything in them they may."""
    secret = exists().where(
        ScenarioItem.scenario_id == Scenario.id,
        ScenarioItem.submission_id.in_(unknown(actor, Fact.PENDING, conference)),
    )
    return and_(Scenario.conference_id == conference.id, ~secret.correlate(Scenario))


def scenarios_of(
    db: Session, actor: Actor, conference: Conference
) -> Sequence[tuple[Scenario, str]]:
    """Those this person may know with their makers' names, newest first, without outcomes."""
    query = (
        select(Scenario, Person.name)
        .outerjoin(Person, Person.id == Scenario.by_id)
        .where(seen(actor, conference))
        .options(defer(Scenario.outcome))
        .order_by(Scenario.id.desc())
    )
    return [(row[0], row[1] or "") for row in db.execute(query)]


def scenario_of(db: Session, actor: Actor, conference: Conference, number: int) -> Scenario:
    """One of them. Raises NotFoundError."""
    query = select(Scenario).where(seen(actor, conference), Scenario.id == number)
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found


def rename_scenario(
    db: Session,
    actor: Actor,
    conference: Conference,
    number: int,
    *,
    name: str,
    revision: str,
    now: datetime,
) -> None:
    """Call it otherwise.

    Raises:
        StaleError: `stale`, when somebody else has named or applied it since.
        DomainError: `select.no_name`, `select.long_name`, at its field.
    """
    scenario = scenario_of(db, actor, conference, number)
    if revision != str(scenario.revision):
        raise StaleError("stale")
    check_name(name)
    scenario.name = name.strip()
    db.flush()
    _record(db, actor, scenario, "scenario.rename", now)


def delete_scenario(
    db: Session, actor: Actor, conference: Conference, number: int, *, now: datetime
) -> None:
    """Throw it away; decisions it has set stay. Raises NotFoundError."""
    scenario = scenario_of(db, actor, conference, number)
    _record(db, actor, scenario, "scenario.delete", now)
    _drop(db, [scenario.id])
    db.expunge(scenario)


def _record(db: Session, actor: Actor, scenario: Scenario, action: str, now: datetime) -> None:
    """Without counts: the log is read by chairs, too, who may not know the scenario."""
    audit.record(
        db,
        actor,
        action,
        f"scenario:{scenario.id}",
        now=now,
        conference_id=scenario.conference_id,
    )


def record_applied(db: Session, actor: Actor, scenario: Scenario, now: datetime) -> None:
    """Note when it was applied, here and in the log."""
    scenario.applied = now
    db.flush()
    _record(db, actor, scenario, "scenario.apply", now)
