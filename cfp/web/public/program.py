"""The public program: its page, a page per talk, and the formats. Only versions are read here.

The argument is `event`, not `slug`: the gate need not load a conference for what is kept as bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone, tzinfo

from flask import Response, abort, render_template, request
from flask_babel import ngettext
from markupsafe import Markup

from cfp.formats.errors import FormatError
from cfp.formats.ics import write_calendar
from cfp.formats.offsets import offset_name, read_offset
from cfp.formats.program import CONTACT, Material, Program, Slot, Talk
from cfp.formats.speakers import write_entries
from cfp.formats.writers import WRITERS
from cfp.policy import Action
from cfp.web.gate import permission
from cfp.web.public import blueprint
from cfp.web.public.published import Published, answer


@dataclass(frozen=True)
class Clock:
    """In which zone a page shows its times, and what that is called."""

    zone: tzinfo
    name: str

    def wall(self, moment: datetime) -> datetime:
        """The moment on this clock's wall."""
        return moment.astimezone(self.zone)


def clock_time_of(moment: datetime, clock: Clock, day: date) -> Markup:
    """A time on the page: the instant for machines, the wall clock for people, a shifted day."""
    wall = clock.wall(moment)
    shift = (wall.date() - day).days
    days = Markup(" ({0:+d} {1})").format(shift, ngettext("day", "days", abs(shift)))
    text = Markup('<time datetime="{0}" data-clock>{1:%H:%M}</time>').format(wall.isoformat(), wall)
    return text + days if shift else text


@blueprint.app_context_processor
def program_functions() -> dict[str, object]:
    """What the program's templates call."""
    return {"clock_time_of": clock_time_of}


@blueprint.get("/<event>/program/")
@permission(Action.VISIT)
def program(event: str) -> Response | tuple[str, int]:
    """All days, then all abstracts; `?utc=` shows the times at another offset."""
    asked = request.args.get("utc", "")
    try:
        offset = read_offset(asked) if asked else None
    except FormatError:
        refused = answer(
            event,
            ("program", "refused", asked[:40]),
            lambda found: program_page(
                found.program, found.materials, refused=asked[:40]
            ).encode(),
            mimetype="text/html",
        )
        refused.status_code = 422
        refused.headers["Cache-Control"] = "no-store"
        return refused
    return answer(
        event,
        ("program", offset),
        lambda found: program_page(found.program, found.materials, offset).encode(),
        mimetype="text/html",
    )


def program_page(
    shown: Program,
    materials: Sequence[Material],
    offset: timezone | None = None,
    refused: str = "",
) -> str:
    """The page of a program, published or about to be; `refused` is an offset nobody can read."""
    zone = Clock(offset, offset_name(offset)) if offset else Clock(shown.zone_info, shown.zone)
    by_talk = {(one.talk, one.kind): one for one in materials}
    return render_template(
        "public/program.html",
        program=shown,
        clock=zone,
        offset=offset,
        refused=refused,
        material=lambda code, kind: by_talk.get((code, kind)),
        speakers_line=write_entries,
        has_materials={kind: any(m.kind == kind for m in materials) for kind in KINDS},
        contact=shown.section(CONTACT),
    )


KINDS = ("slides", "video")


@blueprint.get("/<event>/program/talks/<talk_code>/")
@permission(Action.VISIT)
def talk(event: str, talk_code: str) -> Response:
    """One talk: when, who, what, slides and video, and the way to its neighbors."""

    def make(found: Published) -> bytes:
        one = found.program.talk_by_code.get(talk_code)
        if one is None:
            abort(404)
        return _talk_page(found, one).encode()

    return answer(event, ("talk", talk_code), make, mimetype="text/html")


def _talk_page(found: Published, one: Talk) -> str:
    shown = found.program
    order = [talk for talk in shown.in_order() if talk.code in shown.slots_by_talk]
    place = order.index(one) if one in order else None
    slots = shown.slots_by_talk.get(one.code, ())
    return render_template(
        "public/talk.html",
        program=shown,
        talk=one,
        slots=slots,
        clock=Clock(shown.zone_info, shown.zone),
        speakers_line=write_entries(one.speakers),
        before=order[place - 1] if place else None,
        after=order[place + 1] if place is not None and place + 1 < len(order) else None,
        parallel=[other for other in shown.ordered_slots if _parallel(other, slots, shown)],
        material=found.material,
    )


def _parallel(other: Slot, slots: tuple[Slot, ...], shown: Program) -> bool:
    """Talks elsewhere at the same time; breaks and canceled ones are no choice."""
    if other.talk is None or other in slots or shown.is_canceled(other):
        return False
    return any(other.start < slot.end and slot.start < other.end for slot in slots)


@blueprint.get("/<event>/program/<file>")
@permission(Action.VISIT)
def program_file(event: str, file: str) -> Response:
    """Every format of the registry; of the calendar, `?talks=A1B2C3,D4E5F6` gives some talks."""
    writer = WRITERS.get(file)
    if writer is None:
        abort(404)
    asked = request.args.get("talks") if file == CALENDAR else None
    only = frozenset(asked.split(",")[:TALKS_LIMIT]) if asked else None

    def make(found: Published) -> bytes:
        edition = found.edition()
        return write_calendar(edition, only) if only is not None else writer.write(edition)

    return answer(
        event,
        ("file", file, only),
        make,
        mimetype=writer.mimetype,
        download=f"{event}-{file}",
    )


CALENDAR = "schedule.ics"
TALKS_LIMIT = 300
"""Codes in one address; a browser's favorites are fewer."""
