"""What the page of the schedule shows: the days, the warnings in words, who can't when."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from cfp.domain.conferences.models import Conference, Room
from cfp.domain.program.plans import Plan, Unplaced, draft_of, plan_of
from cfp.domain.program.rules import Needs, Placed, PlanWarning, warnings_of
from cfp.records import record
from cfp.web import context
from cfp.web.numbers import read_number

WARNINGS = {
    "room_twice": _l("Two things at once in %(name)s"),
    "speaker_twice": _l("%(name)s speaks twice at once"),
    "beside_plenary": _l("At the same time as “%(name)s”, which is for everybody"),
    "not_in_program": _l("This talk will not take place: take it out or replace it"),
    "unavailable": _l("Its speakers can't at this time"),
    "room_small": _l("For everybody, but %(name)s is not the largest room"),
    "room_full": _l("More people are expected than %(name)s has seats"),
    "talk_cut": _l("Shorter than the talk was accepted for"),
    "discussion_cut": _l("No time left for the discussion"),
}
DAY = 1_440


@record
class Row:
    """A slot as a row of its day: times on the conference's clock, minutes since midnight there."""

    slot: Placed
    start: datetime
    end: datetime
    warnings: Sequence[str]
    data: Mapping[str, object]
    """What the script reads of it, as attributes."""


def asked_draft() -> int | None:
    """The draft that the address names, None for the current one."""
    value = request.args.get("draft", "")
    if not value:
        return None
    number = read_number(value)
    if number is None:
        raise NotFound
    return number


def asked_plan() -> Plan:
    """The draft of the address as this person may know it."""
    db, conference = context.db(), context.conference()
    draft = draft_of(db, conference, asked_draft())
    return plan_of(db, conference, actor=context.actor(), draft=draft)


def here(plan: Plan) -> int | None:
    """What an address about this draft says of it: nothing for the current one."""
    return None if plan.draft.current else plan.draft.id


def rooms_here() -> Sequence[Room]:
    """The rooms that are in use, in their order."""
    return (
        context.db()
        .scalars(
            select(Room)
            .where(Room.conference_id == context.conference().id, Room.archived.is_(False))
            .order_by(Room.position, Room.id)
        )
        .all()
    )


def in_words(warning: PlanWarning) -> str:
    """The sentence of a warning."""
    return str(WARNINGS[warning.key]) % {"name": warning.name}


def warned(
    plan: Plan,
) -> tuple[Mapping[int, Sequence[str]], Sequence[tuple[str, Sequence[Placed]]]]:
    """What is wrong: sentences by placement, and each sentence once with what it is about."""
    by_slot: dict[int, list[str]] = defaultdict(list)
    every = []
    for warning in warnings_of(plan.placed):
        words = in_words(warning)
        every.append((words, [plan.by_id[id_] for id_ in warning.placements]))
        for id_ in warning.placements:
            # What is for everybody is not beside itself, and says the same of several but once.
            its_own = warning.key == "beside_plenary" and plan.by_id[id_].title == warning.name
            if not its_own and words not in by_slot[id_]:
                by_slot[id_].append(words)
    return by_slot, every


def days_of(
    plan: Plan, conference: Conference, by_slot: Mapping[int, Sequence[str]]
) -> list[tuple[date, list[Row]]]:
    """Every day of the conference, empty ones too, with what stands on it."""
    zone, keys = ZoneInfo(conference.zone), speaker_keys(plan)
    length = (conference.end_date - conference.start_date).days
    days: dict[date, list[Row]] = {
        conference.start_date + timedelta(days=offset): [] for offset in range(length + 1)
    }
    for one in plan.placed:
        start, end = one.start.astimezone(zone), one.end.astimezone(zone)
        warnings = by_slot.get(one.placement_id, ())
        data = _slot_data(plan, one, _minutes(start), keys, zone, warned=bool(warnings))
        days.setdefault(start.date(), []).append(Row(one, start, end, warnings, data))
    return sorted(days.items())


def talk_data(plan: Plan, conference: Conference) -> Mapping[str, Mapping[str, object]]:
    """The same of the talks without a slot, by code."""
    zone, keys = ZoneInfo(conference.zone), speaker_keys(plan)
    return {
        talk.code: {
            "data-talk": talk.code,
            "data-minutes": talk.minutes,
            **_common_data(talk, keys, zone),
        }
        for talk in plan.unplaced
    }


def _slot_data(
    plan: Plan,
    slot: Placed,
    begins: int,
    keys: Mapping[int | str, int],
    zone: ZoneInfo,
    *,
    warned: bool,
) -> Mapping[str, object]:
    session = plan.sessions.get(slot.session or 0)
    flags = {
        "data-pinned": slot.pinned,
        "data-plenary": slot.plenary,
        "data-pending": slot.pending,
        "data-gone": slot.gone,
        "data-warned": warned,
        "data-posters": slot.posters,
    }
    return {
        "data-slot": slot.placement_id,
        "data-revision": slot.revision,
        "data-room": slot.room_id or 0,
        "data-room-name": slot.room,
        "data-from": begins,
        "data-minutes": slot.minutes,
        "data-code": slot.code or None,
        "data-session": session.number if session else None,
        "data-session-title": session.title if session else None,
        **{name: "" for name, holds in flags.items() if holds},
        **_common_data(slot, keys, zone),
    }


def _common_data(
    one: Placed | Unplaced, keys: Mapping[int | str, int], zone: ZoneInfo
) -> Mapping[str, object]:
    people = sorted(one.speakers, key=lambda pair: pair[1])
    return {
        "data-title": one.title,
        "data-speakers": ";".join(f"{keys[key]}:{name}" for key, name in people) or None,
        "data-shut": shut_words(one.needs, zone) or None,
    }


def shut_words(needs: Needs, zone: ZoneInfo) -> str:
    """When speakers can't, for the script: "2026-11-19 0 540" (day, from, until; minutes)."""
    found = []
    for since, until in needs.shut:
        first, last = since.astimezone(zone), until.astimezone(zone)
        minutes = _minutes(last) or DAY
        found.append(f"{first.date().isoformat()} {_minutes(first)} {minutes}")
    return ",".join(found)


def _minutes(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def speaker_keys(plan: Plan) -> Mapping[int | str, int]:
    """A number for every speaker, of this page alone: ids stay inside."""
    groups = [one.speakers for one in plan.placed] + [one.speakers for one in plan.unplaced]
    keys = (key for people in groups for key, _name in sorted(people, key=str))
    return {key: number for number, key in enumerate(dict.fromkeys(keys))}
