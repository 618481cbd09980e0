"""The calendar files of mails: they move the entries that readers have, instead of adding some.

RFC 5546: PUBLISH gives entries to whoever wants them, without asking for an answer, and replaces
those of the same UID and a lower SEQUENCE; CANCEL takes entries out of the calendar. Both name an
organizer, which a calendar that is only read by subscription need not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cfp.domain.mail.actions import Attachment
from cfp.domain.program.changes import slots_of
from cfp.formats.ics import write_ics
from cfp.formats.program import Program, Slot
from cfp.links import Links


def attachments(
    old: Program | None, new: Program, codes: Iterable[str], *, contact: str, links: Links
) -> list[Attachment]:
    """What brings a calendar with the old entries of these talks to the new ones."""
    wanted = list(codes)
    now = slots_of(new, wanted)
    kept = {slot.guid for slot in now}
    gone = [slot for slot in slots_of(old, wanted) if slot.guid not in kept]
    found = []
    if now:
        found.append(_attachment("PUBLISH", replace(new, slots=tuple(now)), contact, links))
    if gone and old is not None:
        found.append(_attachment("CANCEL", _canceled(old, new, gone), contact, links))
    return found


def _canceled(old: Program, new: Program, gone: Sequence[Slot]) -> Program:
    """A program of nothing but canceled talks where they stood, as of the new version."""
    codes = {slot.talk for slot in gone}
    known = {**old.talk_by_code, **new.talk_by_code}
    return replace(
        new,
        talks=tuple(replace(known[code], canceled=True) for code in known if code in codes),
        slots=tuple(
            replace(slot, session=None, changed_in=new.number, changed_at=new.published_at)
            for slot in gone
        ),
    )


def _attachment(method: str, program: Program, contact: str, links: Links) -> Attachment:
    # The library is slow to import, and most serving processes never publish a program.
    from icalendar import Calendar, vCalAddress, vText  # noqa: PLC0415 - as said

    plain = write_ics(
        program, url_for_talk=lambda talk: links.talk(program.conference, talk.code)
    )
    calendar = Calendar.from_ical(plain)
    calendar["METHOD"] = vText(method)
    organizer = vCalAddress(f"mailto:{contact}")
    organizer.params["CN"] = vText(program.title)
    for event in calendar.walk("VEVENT"):
        event["ORGANIZER"] = organizer
    name = "canceled.ics" if method == "CANCEL" else "program.ics"
    kind = f"text/calendar; method={method}; charset=utf-8"
    return Attachment(name, kind, calendar.to_ical())
