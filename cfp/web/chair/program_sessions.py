"""Sessions of the schedule, and a room that runs late."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from cfp.domain.program import blocks
from cfp.domain.program.plans import Block, Plan
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint, program
from cfp.web.chair.program_forms import (
    NO_ROOM,
    LateForm,
    NewSessionForm,
    PlaceForm,
    SessionForm,
    WhereForm,
)
from cfp.web.chair.program_page import asked_draft, asked_plan, here, rooms_here
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "session_title": _l("Please give the session a title of at most %(limit)s characters."),
        "session_chair": _l("At most %(limit)s characters, please."),
        "chair_marks": _l(
            "Write this without semicolons and doubled blanks, and with each bracket closed: on "
            "the program page a semicolon stands between two people."
        ),
        "session_empty": _l("Choose the slots that belong to the session."),
        "late_nothing": _l("Nothing begins there before the next break."),
    }
)


@blueprint.post("/<slug>/chair/program/sessions")
@permission(Action.PUBLISH)
def make_session(slug: str) -> ViewResponse:
    """Put the chosen slots under one title."""
    form, plan = NewSessionForm(), asked_plan()
    form.offer(plan)

    def act() -> str:
        blocks.make_session(
            context.db(),
            context.actor(),
            context.conference(),
            slots=form.slots,
            title=form.title.data or "",
            chair=form.chair.data or "",
            posters=form.posters.data,
            now=context.now(),
            draft_id=asked_draft(),
        )
        return url_for("chair.program", slug=slug, draft=here(plan))

    def again() -> str:
        return program.page(plan, PlaceForm(formdata=None), form)

    return perform(form, act, again, done=_("The session is made."))


@blueprint.get("/<slug>/chair/program/sessions/<int:number>/")
@permission(Action.PUBLISH)
def session(slug: str, number: int) -> str:
    plan = asked_plan()
    return _page(plan, _session(plan, number))


@blueprint.post("/<slug>/chair/program/sessions/<int:number>/")
@permission(Action.PUBLISH)
def change_session(slug: str, number: int) -> ViewResponse:
    plan = asked_plan()
    block, form = _session(plan, number), SessionForm()

    def act() -> str:
        form.expect(block.revision)
        blocks.change_session(
            context.db(),
            context.actor(),
            context.conference(),
            number,
            revision=block.revision,
            title=form.title.data or "",
            chair=form.chair.data or "",
            posters=form.posters.data,
            now=context.now(),
            draft_id=asked_draft(),
        )
        return url_for("chair.program", slug=slug, draft=here(plan))

    return perform(form, act, lambda: _page(plan, block, form=form), done=_("Saved."))


@blueprint.post("/<slug>/chair/program/sessions/<int:number>/move")
@permission(Action.PUBLISH)
def move_session(slug: str, number: int) -> ViewResponse:
    """All of it, as it is, to another time or room."""
    plan = asked_plan()
    block, form = _session(plan, number), WhereForm()
    form.offer(context.conference(), rooms_here())

    def act() -> str:
        blocks.move_session(
            context.db(),
            context.actor(),
            context.conference(),
            number,
            room_id=form.room_id,
            start=form.moment(context.conference()),
            now=context.now(),
            draft_id=asked_draft(),
        )
        return url_for("chair.program", slug=slug, draft=here(plan))

    return perform(form, act, lambda: _page(plan, block, where=form), done=_("Moved."))


@blueprint.post("/<slug>/chair/program/sessions/<int:number>/dissolve")
@permission(Action.PUBLISH)
def dissolve_session(slug: str, number: int) -> ViewResponse:
    """Its slots stay where they are."""
    plan = asked_plan()
    _session(plan, number)

    def act() -> str:
        blocks.dissolve_session(
            context.db(),
            context.actor(),
            context.conference(),
            number,
            now=context.now(),
            draft_id=asked_draft(),
        )
        return url_for("chair.program", slug=slug, draft=here(plan))

    return press(act, done=_("The session is dissolved; its slots are where they were."))


@blueprint.get("/<slug>/chair/program/late")
@permission(Action.PUBLISH)
def late(slug: str) -> str:
    """A room runs late: what is still to come there until its next break moves on."""
    form = LateForm(formdata=None)
    form.offer(context.conference(), rooms_here())
    local = context.now().astimezone(ZoneInfo(context.conference().zone))
    days = {choice.value for choice in form.day.choices}
    if local.date().isoformat() in days:
        form.day.data, form.start.data = local.date().isoformat(), local.time()
    return _late_page(asked_plan(), form)


@blueprint.post("/<slug>/chair/program/late")
@permission(Action.PUBLISH)
def run_late(slug: str) -> ViewResponse:
    plan, form = asked_plan(), LateForm()
    form.offer(context.conference(), rooms_here())

    def act() -> str:
        since = form.moment(context.conference())
        blocks.run_late(
            context.db(),
            context.actor(),
            context.conference(),
            room_id=form.room_id,
            since=since,
            until=_midnight(since),
            minutes=form.minutes.data,
            now=context.now(),
            draft_id=asked_draft(),
        )
        return url_for("chair.program", slug=slug, draft=here(plan))

    return perform(form, act, lambda: _late_page(plan, form), done=_("Shifted."))


def _midnight(moment: datetime) -> datetime:
    """The end of its day on its own clock."""
    day = moment.date() + timedelta(days=1)
    return datetime.combine(day, time(0), tzinfo=moment.tzinfo)


def _late_page(plan: Plan, form: LateForm) -> str:
    return render_template(
        "chair/schedule_late.html",
        form=form,
        conference=context.conference(),
        here=here(plan),
        several_rooms=len(form.room.choices) > 2,
    )


def _session(plan: Plan, number: int) -> Block:
    found = next((one for one in plan.sessions.values() if one.number == number), None)
    if found is None:
        raise NotFound
    return found


def _page(
    plan: Plan, block: Block, *, form: SessionForm | None = None, where: WhereForm | None = None
) -> str:
    slots = [one for one in plan.placed if one.session == block.id]
    filled = {
        "title": block.title,
        "chair": block.chair,
        "posters": block.posters,
        "revision": str(block.revision),
    }
    if where is None:
        local = slots[0].start.astimezone(ZoneInfo(context.conference().zone))
        place = {
            "day": local.date().isoformat(),
            "start": local.time(),
            "room": slots[0].room_id or NO_ROOM,
        }
        where = WhereForm(formdata=None, data=place)
        where.offer(context.conference(), rooms_here())
    return render_template(
        "chair/schedule_session.html",
        block=block,
        form=form or SessionForm(formdata=None, data=filled),
        where=where,
        slots=slots,
        conference=context.conference(),
        here=here(plan),
        several_rooms=len(where.room.choices) > 2,
    )
