"""One slot: moved, pinned, swapped, replaced, taken out."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import flash, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from wtforms.fields.choices import SelectChoice

from cfp.domain.program import drafts
from cfp.domain.program.models import Placement
from cfp.domain.program.plans import Plan, draft_of, plan_of
from cfp.domain.program.queries import waitlisted
from cfp.domain.program.rules import Placed, warnings_of
from cfp.errors import StaleError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.program_forms import NO_ROOM, NO_SESSION, ReplaceForm, SlotForm, SwapForm
from cfp.web.chair.program_page import here, in_words, rooms_here
from cfp.web.forms import BaseForm, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.numbers import read_number


@blueprint.get("/<slug>/chair/program/slots/<int:placement_id>/")
@permission(Action.PUBLISH)
def slot(slug: str, placement_id: int) -> str:
    plan, placed = _asked(placement_id)
    return _slot_page(plan, placed, _filled(plan, placed))


@blueprint.post("/<slug>/chair/program/slots/<int:placement_id>/")
@permission(Action.PUBLISH)
def move_slot(slug: str, placement_id: int) -> ViewResponse:
    plan, placed = _asked(placement_id)
    form = SlotForm()
    _offer(form, plan)

    def act() -> str:
        if form.revision.data != str(placed.revision):
            raise _both(plan, placed, form)
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
            pinned=form.pinned.data,
            plenary=form.plenary.data,
            session=form.session.data or None,
            # What is dragged says nothing of it.
            audience=form.audience.data if form.audience.raw_data else drafts.KEEP,
        )
        return _back(plan, placement_id)

    return perform(form, act, lambda: _slot_page(plan, placed, form), done=_("Moved."))


@blueprint.post("/<slug>/chair/program/slots/<int:placement_id>/remove")
@permission(Action.PUBLISH)
def remove_slot(slug: str, placement_id: int) -> ViewResponse:
    plan, _placed = _asked(placement_id)

    def act() -> str:
        drafts.remove(
            context.db(),
            context.actor(),
            context.conference(),
            placement_id,
            now=context.now(),
            revision=_revision(),
        )
        return url_for("chair.program", slug=slug, draft=here(plan))

    return press(act, done=_("Taken out of the schedule."))


@blueprint.post("/<slug>/chair/program/slots/<int:placement_id>/pin")
@permission(Action.PUBLISH)
def pin_slot(slug: str, placement_id: int) -> ViewResponse:
    """Have it stay when the schedule is computed, or let it go free."""
    plan, placed = _asked(placement_id)

    def act() -> str:
        drafts.pin(
            context.db(),
            context.actor(),
            context.conference(),
            placement_id,
            revision=_revision() or placed.revision,
            pinned=request.form.get("pinned") == "1",
            now=context.now(),
        )
        return _back(plan, placement_id)

    return press(act)


@blueprint.post("/<slug>/chair/program/slots/<int:placement_id>/swap")
@permission(Action.PUBLISH)
def swap_slot(slug: str, placement_id: int) -> ViewResponse:
    plan, placed = _asked(placement_id)
    form = SwapForm()
    form.offer(placed, plan)

    def act() -> str:
        other_id, other_revision = form.chosen
        drafts.swap(
            context.db(),
            context.actor(),
            context.conference(),
            placement_id,
            revision=_revision() or placed.revision,
            other_id=other_id,
            other_revision=other_revision,
            now=context.now(),
        )
        return _back(plan, placement_id)

    def again() -> str:
        return _slot_page(plan, placed, _filled(plan, placed), swap=form)

    return perform(form, act, again, done=_("Swapped."))


@blueprint.post("/<slug>/chair/program/slots/<int:placement_id>/replace")
@permission(Action.PUBLISH)
def replace_slot(slug: str, placement_id: int) -> ViewResponse:
    """Another talk in its place, perhaps one of the waitlist, whose acceptance is then pending."""
    plan, placed = _asked(placement_id)
    form = ReplaceForm()
    form.by.choices = _candidates(plan, placed.code)

    def act() -> str:
        unannounced = drafts.replace(
            context.db(),
            context.actor(),
            context.conference(),
            placement_id,
            revision=_revision() or placed.revision,
            code=form.by.data,
            now=context.now(),
        )
        if unannounced:
            flash(_("Its acceptance is pending: it is published only once you have announced it."))
        return _back(plan, placement_id)

    def again() -> str:
        return _slot_page(plan, placed, _filled(plan, placed), replace=form)

    return perform(form, act, again, done=_("Replaced."))


def _asked(placement_id: int) -> tuple[Plan, Placed]:
    """The draft a slot is in and the slot, if this person may know of it."""
    db, conference = context.db(), context.conference()
    row = db.get(Placement, placement_id)
    if row is None or row.conference_id != conference.id:
        raise NotFound
    draft = draft_of(db, conference, row.draft_id)
    plan = plan_of(db, conference, actor=context.actor(), draft=draft)
    found = plan.by_id.get(placement_id)
    if found is None:
        raise NotFound
    return plan, found


def _revision() -> int | None:
    """What the form was made from; without it the button means the slot as it is."""
    return read_number(request.form.get("revision"))


def _back(plan: Plan, placement_id: int) -> str:
    slug = context.conference().slug
    return url_for("chair.program", slug=slug, _anchor=f"slot-{placement_id}", draft=here(plan))


def _filled(plan: Plan, placed: Placed) -> SlotForm:
    local = placed.start.astimezone(ZoneInfo(context.conference().zone))
    session = plan.sessions[placed.session].number if placed.session else NO_SESSION
    form = SlotForm(
        formdata=None,
        data={
            "day": local.date().isoformat(),
            "start": local.time(),
            "minutes": placed.minutes,
            "room": placed.room_id or NO_ROOM,
            "title": "" if placed.code else placed.title,
            "plenary": placed.plenary,
            "pinned": placed.pinned,
            "session": session,
            "audience": placed.audience,
            "revision": str(placed.revision),
        },
    )
    _offer(form, plan)
    return form


def _offer(form: SlotForm, plan: Plan) -> None:
    form.offer(context.conference(), rooms_here())
    form.offer_sessions(plan.sessions.values())


def _both(plan: Plan, placed: Placed, form: SlotForm) -> StaleError:
    """Where it is now beside where it was to go."""
    zone = ZoneInfo(context.conference().zone)
    label = str(_("Place"))
    rooms = {choice.value: str(choice.label) for choice in form.room.choices}
    now, typed = placed.start.astimezone(zone), form.moment(context.conference())
    theirs = (now, placed.minutes, rooms.get(placed.room_id or NO_ROOM, placed.room))
    yours = (typed, form.minutes.data or placed.minutes, rooms[form.room.data])
    back = url_for("chair.slot", slug=context.conference().slug, placement_id=placed.placement_id)
    return StaleError(
        "stale", theirs={label: _line(*theirs)}, yours={label: _line(*yours)}, back=back
    )


def _line(start: object, minutes: int, room: str) -> str:
    day = format_date(start, "EEE d MMM")
    return f"{day}, {start:%H:%M}, {_('%(n)s min', n=minutes)}, {room}"


def _candidates(plan: Plan, instead_of: str | None) -> list[SelectChoice]:
    """What could stand in a slot instead: what has none, then the waitlist, its next one first."""
    placed = {one.code for one in plan.placed}
    unplaced = {one.code for one in plan.unplaced}
    waiting = waitlisted(
        context.db(), context.actor(), context.conference(), instead_of=instead_of or ""
    )
    return [
        *(SelectChoice(one.code, one.title) for one in plan.unplaced),
        *(
            SelectChoice(code, _l("%(title)s (waitlist)", title=title))
            for code, title in waiting
            if code not in placed | unplaced
        ),
    ]


def _slot_page(
    plan: Plan,
    placed: Placed,
    form: SlotForm,
    *,
    swap: SwapForm | None = None,
    replace: BaseForm | None = None,
) -> str:
    if swap is None:
        swap = SwapForm(formdata=None)
        swap.offer(placed, plan)
    candidates: Sequence[SelectChoice] = ()
    if placed.code:
        candidates = _candidates(plan, placed.code)
    if replace is None:
        replace = ReplaceForm(formdata=None)
        replace.by.choices = candidates
    warnings = [
        in_words(one) for one in warnings_of(plan.placed) if placed.placement_id in one.placements
    ]
    return render_template(
        "chair/slot.html",
        form=form,
        swap=swap,
        replace=replace,
        candidates=candidates,
        placed=placed,
        plan=plan,
        here=here(plan),
        warnings=warnings,
        conference=context.conference(),
        several_rooms=len(form.room.choices) > 2,
    )
