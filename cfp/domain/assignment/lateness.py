"""A conference's plan for silence and late reviews: reminders, stand-by, hand-over, and when."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.assignment.models import LatePlan, LateReminder
from cfp.domain.assignment.rules import (
    DAYS_LIMIT,
    MINUTES_OF_A_DAY,
    REMINDERS,
    REMINDERS_LIMIT,
    SEND_AT,
    SILENT_DAYS,
)
from cfp.domain.conferences.models import Conference
from cfp.errors import DomainError
from cfp.records import record


@record
class Wanted:
    """What a chair wants to happen. `reminders`: days from the due day -> kind of mail."""

    reminders: Mapping[int, str]
    send_at: int
    standby: bool
    silent_days: int | None
    proposes: bool
    hand_over_days: int | None


def plan_of(db: Session, conference: Conference) -> LatePlan:
    """The stored plan, or the defaults, which are stored only when somebody changes them."""
    return db.get(LatePlan, conference.id) or LatePlan(
        conference_id=conference.id,
        standby=False,
        proposes=False,
        silent_days=SILENT_DAYS,
        send_at=SEND_AT,
        proposed="",
    )


def reminders_of(db: Session, conference: Conference) -> Sequence[LateReminder]:
    """The planned reminders, the first first."""
    query = select(LateReminder).where(LateReminder.conference_id == conference.id)
    return db.scalars(query.order_by(LateReminder.days)).all()


def moment(due: datetime | None, zone: str, days: int, send_at: int) -> datetime | None:
    """So many days from the day of `due`, at that minute of the day there; None without a day."""
    if due is None:
        return None
    hour, minute = divmod(send_at, 60)
    local = ZoneInfo(zone)
    day = due.astimezone(local).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), local).astimezone(UTC)


def is_due(at: datetime | None, handled: datetime | None, now: datetime) -> bool:
    """Whether a planned moment has come and nothing as late has been dealt with before."""
    return at is not None and at <= now and (handled is None or handled < at)


def change_plan(
    db: Session, actor: Actor, conference: Conference, *, wanted: Wanted, now: datetime
) -> None:
    """Store the plan. What would have been due in the past is passed over, never done at once.

    Raises:
        DomainError: `late.bad_time`, `late.bad_days`, `late.bad_kind`, `late.too_many`,
            `late.no_standby`, each at its field.
    """
    _check(wanted)
    plan = plan_of(db, conference)
    plan.standby, plan.proposes = wanted.standby, wanted.proposes
    plan.silent_days, plan.send_at = wanted.silent_days, wanted.send_at
    if wanted.hand_over_days is not None:
        plan.handed = _passed(conference, wanted.hand_over_days, wanted, plan.handed, now)
    plan.hand_over_days = wanted.hand_over_days
    db.add(plan)
    _set_reminders(db, conference, wanted, now)
    db.flush()
    audit.of_conference(
        db,
        actor,
        "late.plan",
        conference,
        now=now,
        detail={
            "reminders": len(wanted.reminders),
            "standby": wanted.standby,
            "hand_over": wanted.hand_over_days,
        },
    )


def _check(wanted: Wanted) -> None:
    if not 0 <= wanted.send_at < MINUTES_OF_A_DAY:
        raise DomainError("late.bad_time", field="send_at")
    if len(wanted.reminders) > REMINDERS_LIMIT:
        raise DomainError("late.too_many", field="rows", limit=REMINDERS_LIMIT)
    if any(abs(days) > DAYS_LIMIT for days in wanted.reminders):
        raise DomainError("late.bad_days", field="rows", limit=DAYS_LIMIT)
    if not set(wanted.reminders.values()) <= set(REMINDERS):
        raise DomainError("late.bad_kind", field="rows")
    for name, days in (
        ("silent_days", wanted.silent_days),
        ("hand_over_days", wanted.hand_over_days),
    ):
        if days is not None and not 1 <= days <= DAYS_LIMIT:
            raise DomainError("late.bad_days", field=name, limit=DAYS_LIMIT)
    if wanted.hand_over_days is not None and not wanted.standby:
        raise DomainError("late.no_standby", field="hand_over_days")


def _set_reminders(
    db: Session, conference: Conference, wanted: Wanted, now: datetime
) -> None:
    known = {one.days: one for one in reminders_of(db, conference)}
    for days, gone in known.items():
        if days not in wanted.reminders:
            db.delete(gone)
    for days, kind in wanted.reminders.items():
        one = known.get(days) or LateReminder(conference_id=conference.id, days=days)
        one.kind = kind
        one.handled = _passed(conference, days, wanted, one.handled, now)
        db.add(one)


def _passed(
    conference: Conference, days: int, wanted: Wanted, handled: datetime | None, now: datetime
) -> datetime | None:
    """What counts as dealt with: a moment that is over already, or what was before."""
    at = moment(conference.reviews_due, conference.zone, days, wanted.send_at)
    return at if is_due(at, handled, now) else handled
