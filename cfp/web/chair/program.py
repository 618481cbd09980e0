"""The schedule: what stands where and when, and what still needs a place."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from cfp.domain.conferences.models import Conference, Room
from cfp.domain.program import drafts, versions
from cfp.domain.program.drafts import Plan
from cfp.domain.program.rules import MINUTES_LIMIT, Placed, warnings_of
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.program_forms import BREAK, NO_ROOM, PlaceForm, SlotForm
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "slot_minutes": _l("Please give between 1 and %(limit)s minutes."),
        "slot_day": _l("The conference does not take place on that day."),
        "break_title": _l("Please give the break a title of at most %(limit)s characters."),
        "no_such_room": _l("There is no such room any more."),
        "nothing_changed": _l("Nothing has changed since the last version."),
    }
)

WARNINGS = {
    "room_twice": _l("Two things at once in %(name)s"),
    "speaker_twice": _l("%(name)s speaks twice at once"),
    "not_in_program": _l("This talk will not take place: take it out or replace it"),
    "talk_cut": _l("Shorter than the talk was accepted for"),
    "discussion_cut": _l("No time left for the discussion"),
}


@blueprint.get("/<slug>/chair/program/")
@permission(Action.READ_PROGRAM_DRAFT)
def program(slug: str) -> str:
    return _page(PlaceForm())


@blueprint.post("/<slug>/chair/program/")
@permission(Action.PUBLISH)
def place(slug: str) -> ViewResponse:
    """Put a talk or a break into the schedule; without minutes, a talk gets its own."""
    form = PlaceForm()
    plan = drafts.plan_of(context.db(), context.conference())
    _offer(form, plan)

    def act() -> str:
        code = form.what.data or None
        drafts.place(
            context.db(),
            context.actor(),
            context.conference(),
            code=code,
            title=form.title.data or "",
            room_id=form.room_id,
            start=form.moment(context.conference()),
            minutes=form.minutes.data or _own_minutes(plan, code),
            now=context.now(),
        )
        return url_for("chair.program", slug=slug, after=form.day.data)

    return perform(form, act, lambda: _page(form))


def _own_minutes(plan: Plan, code: str | None) -> int:
    return next((talk.minutes for talk in plan.unplaced if talk.code == code), 30)


@blueprint.get("/<slug>/chair/program/slots/<int:placement_id>/")
@permission(Action.PUBLISH)
def slot(slug: str, placement_id: int) -> str:
    placed = _placed(placement_id)
    local = placed.start.astimezone(ZoneInfo(context.conference().zone))
    form = SlotForm(
        data={
            "day": local.date().isoformat(),
            "start": local.time(),
            "minutes": placed.minutes,
            "room": placed.room_id or NO_ROOM,
            "title": "" if placed.code else placed.title,
            "revision": str(placed.revision),
        }
    )
    form.offer(context.conference(), _rooms())
    return _slot_page(form, placed)


@blueprint.post("/<slug>/chair/program/slots/<int:placement_id>/")
@permission(Action.PUBLISH)
def move_slot(slug: str, placement_id: int) -> ViewResponse:
    placed = _placed(placement_id)
    form = SlotForm()
    form.offer(context.conference(), _rooms())

    def act() -> str:
        form.expect(placed.revision)
        drafts.move(
            context.db(),
            context.actor(),
            context.conference(),
            placement_id,
            revision=placed.revision,
            title=form.title.data if placed.code is None else None,
            room_id=form.room_id,
            start=form.moment(context.conference()),
            minutes=form.minutes.data or placed.minutes,
            now=context.now(),
        )
        return url_for("chair.program", slug=slug, _anchor=f"slot-{placement_id}")

    return perform(form, act, lambda: _slot_page(form, placed), done=_("Moved."))


@blueprint.post("/<slug>/chair/program/slots/<int:placement_id>/remove")
@permission(Action.PUBLISH)
def remove_slot(slug: str, placement_id: int) -> ViewResponse:
    def act() -> str:
        drafts.remove(
            context.db(),
            context.actor(),
            context.conference(),
            placement_id,
            now=context.now(),
        )
        return url_for("chair.program", slug=slug)

    return press(act, done=_("Taken out of the schedule."))


def _placed(placement_id: int) -> Placed:
    plan = drafts.plan_of(context.db(), context.conference())
    found = next((one for one in plan.placed if one.placement_id == placement_id), None)
    if found is None:
        raise NotFound
    return found


def _rooms() -> Sequence[Room]:
    return context.db().scalars(
        select(Room)
        .where(Room.conference_id == context.conference().id, Room.archived.is_(False))
        .order_by(Room.position, Room.id)
    ).all()


def _offer(form: PlaceForm, plan: Plan) -> None:
    form.offer(context.conference(), _rooms())
    form.offer_talks(plan.unplaced)
    if form.is_submitted():
        return
    form.what.data = request.args.get("talk", BREAK)
    here = request.args.get("after") or context.conference().start_date.isoformat()
    form.day.data = here
    zone = ZoneInfo(context.conference().zone)
    same_day = [one.end.astimezone(zone) for one in plan.placed if _day(one, zone) == here]
    if same_day:
        form.start.data = max(same_day).time()


def _day(placed: Placed, zone: ZoneInfo) -> str:
    return placed.start.astimezone(zone).date().isoformat()


def _page(form: PlaceForm) -> str:
    db, conference = context.db(), context.conference()
    plan = drafts.plan_of(db, conference)
    _offer(form, plan)
    warnings: dict[int, list[str]] = defaultdict(list)
    for warning in warnings_of(plan.placed):
        for placement in warning.placements:
            warnings[placement].append(str(WARNINGS[warning.key]) % {"name": warning.name})
    return render_template(
        "chair/program.html",
        form=form,
        plan=plan,
        days=_by_day(plan, conference),
        warnings=warnings,
        warning_count=sum(map(len, warnings.values())),
        latest=versions.latest(db, conference),
        conference=conference,
        may_edit=allowed(context.actor(), Action.PUBLISH, conference, context.now()),
        several_rooms=len(form.room.choices) > 2,
        limit=MINUTES_LIMIT,
    )


def _by_day(plan: Plan, conference: Conference) -> list[tuple[date, list[Placed]]]:
    """Every day of the conference, empty ones too, with what stands on it."""
    zone = ZoneInfo(conference.zone)
    length = (conference.end_date - conference.start_date).days
    days: dict[date, list[Placed]] = {
        conference.start_date + timedelta(days=offset): [] for offset in range(length + 1)
    }
    for day, placed in groupby(plan.placed, key=lambda one: one.start.astimezone(zone).date()):
        days.setdefault(day, []).extend(placed)
    return sorted(days.items())


def _slot_page(form: SlotForm, placed: Placed) -> str:
    return render_template(
        "chair/slot.html", form=form, placed=placed, conference=context.conference()
    )
