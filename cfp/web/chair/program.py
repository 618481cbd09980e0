"""The schedule: what stands where and when, what still needs a place, and what is wrong."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _l

from cfp.domain.program import drafts, steps, versions
from cfp.domain.program.plans import Plan
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.program_forms import BREAK, NewSessionForm, PlaceForm
from cfp.web.chair.program_page import (
    asked_draft,
    asked_plan,
    days_of,
    here,
    talk_data,
    warned,
)
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "slot_minutes": _l("Please give between 1 and %(limit)s minutes."),
        "slot_day": _l("The conference does not take place on that day."),
        "break_title": _l("Please give the break a title of at most %(limit)s characters."),
        "title_marks": _l(
            "Write the title as one line without doubled blanks, and not with |TOP| at its end: "
            "the program page ends titles so."
        ),
        "no_such_room": _l("There is no such room any more."),
        "nothing_changed": _l("Nothing has changed since the last version."),
        "schedule.placed_already": _l(
            "Somebody has just given this talk a slot. Nothing was changed; look where it is."
        ),
        "schedule.nothing_to_undo": _l("There is nothing of yours to take back."),
        "schedule.moved_on": _l(
            "Somebody has changed this part of the schedule since, so your step can't be taken "
            "back as a whole. Nothing was changed."
        ),
    }
)

STEPS = {
    "place": _l("place"),
    "move": _l("move"),
    "swap": _l("swap"),
    "pin": _l("pin"),
    "unpin": _l("unpin"),
    "remove": _l("take out"),
    "replace": _l("replace"),
    "session": _l("session"),
    "dissolve": _l("dissolve a session"),
    "late": _l("shift a room"),
    "proposal": _l("apply the proposal"),
}


@blueprint.get("/<slug>/chair/program/")
@permission(Action.READ_PROGRAM_DRAFT)
def program(slug: str) -> str:
    return page(asked_plan(), PlaceForm(formdata=None))


@blueprint.post("/<slug>/chair/program/")
@permission(Action.PUBLISH)
def place(slug: str) -> ViewResponse:
    """Put a talk or a break into the schedule; without minutes, a talk gets its own."""
    form, plan = PlaceForm(), asked_plan()
    _offer(form, plan)

    def act() -> str:
        drafts.place(
            context.db(),
            context.actor(),
            context.conference(),
            code=form.code,
            title=form.title.data or "",
            room_id=form.room_id,
            start=form.moment(context.conference()),
            minutes=form.minutes.data or _own_minutes(plan, form.code),
            now=context.now(),
            draft_id=asked_draft(),
            plenary=form.plenary.data,
            again=form.again,
        )
        return url_for("chair.program", slug=slug, after=form.day.data, draft=here(plan))

    return perform(form, act, lambda: page(plan, form))


def page(plan: Plan, form: PlaceForm, session: NewSessionForm | None = None) -> str:
    """The schedule with its forms; one of them may have been sent and refused."""
    db, conference, actor = context.db(), context.conference(), context.actor()
    _offer(form, plan)
    by_slot, every = warned(plan)
    may_edit = allowed(actor, Action.PUBLISH, conference, context.now())
    last, following = steps.around(db, actor, plan.draft) if may_edit else (None, None)
    return render_template(
        "chair/program.html",
        form=form,
        session=session or NewSessionForm(formdata=None),
        plan=plan,
        here=here(plan),
        days=days_of(plan, conference, by_slot),
        warnings=every,
        latest=versions.latest(db, conference),
        conference=conference,
        may_edit=may_edit,
        rooms=plan.rooms,
        room_names=[[room.id, room.name] for room in plan.rooms],
        last=last,
        next=following,
        steps=STEPS,
        titles={one.item_id: one.title for one in plan.placed},
        talk_data=talk_data(plan, conference),
    )


def _own_minutes(plan: Plan, code: str | None) -> int:
    wanted = {one.code: one.wanted_minutes for one in plan.placed if one.code}
    waiting = {talk.code: talk.minutes for talk in plan.unplaced}
    return {**wanted, **waiting}.get(code or "") or 30


def _offer(form: PlaceForm, plan: Plan) -> None:
    form.offer(context.conference(), plan.rooms)
    form.offer_sessions(plan.sessions.values())
    form.offer_talks(
        plan, form.code or "" if form.is_submitted() else request.args.get("again", "")
    )
    if form.is_submitted():
        return
    offered = {choice.value for choice in form.what.choices}
    wanted = request.args.get("talk") or f"again-{request.args.get('again', '')}"
    form.what.data = wanted if wanted in offered else BREAK
    day = request.args.get("after") or context.conference().start_date.isoformat()
    form.day.data = day
    zone = ZoneInfo(context.conference().zone)
    ends = [one.end.astimezone(zone) for one in plan.placed if _day(one.start, zone) == day]
    if ends:
        form.start.data = max(ends).time()


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat()
