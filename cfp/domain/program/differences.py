"""What is other in one program than in another: for readers in words, for calendars in stamps."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from cfp.formats import program as frozen
from cfp.formats.program import Difference


def same(old: frozen.Program, new: frozen.Program) -> bool:
    """Whether readers would see no difference at all."""
    return not differences(old, new) and same_frame(old, new)


def same_frame(old: frozen.Program, new: frozen.Program) -> bool:
    """Whether there is none in what `differences` leaves out."""
    return _frame(old) == _frame(new)


def differences(old: frozen.Program | None, new: frozen.Program) -> list[Difference]:
    """What `new` changes: talks first, then breaks, in the order of the program."""
    if old is None:
        return []
    return [
        *_talk_differences(old, new),
        *_break_differences(old, new),
        *_session_differences(old, new),
    ]


def in_order(program: frozen.Program) -> list[frozen.Talk]:
    """All talks as one goes through the days; a canceled one where it would have been."""
    scheduled = [program.talk_by_code[code] for code in program.slots_by_talk]
    return [*scheduled, *(one for one in program.talks if one.code not in program.slots_by_talk)]


def _talk_differences(old: frozen.Program, new: frozen.Program) -> Iterable[Difference]:
    for talk in in_order(new):
        before = old.talk_by_code.get(talk.code)
        if before is None:
            yield Difference("new", talk.title)
        elif talk.canceled and not before.canceled:
            yield Difference("canceled", talk.title)
        else:
            yield from _changed(
                talk.title,
                _placed(_places(old, talk.code), _places(new, talk.code)),
                [name for name in _SHOWN if getattr(before, name) != getattr(talk, name)],
            )
    for code, talk in old.talk_by_code.items():
        if code not in new.talk_by_code:
            yield Difference("removed", talk.title)


_SHOWN = (
    *("title", "speakers", "abstract", "type", "track", "canceled"),
    *("minutes", "language", "recorded"),
)


Places = list[tuple[datetime, datetime, str]]


def _placed(before: Places, now: Places) -> str:
    """What became of a talk's place: nothing, if it is where it was."""
    if before == now:
        return ""
    return "moved" if before and now else "scheduled" if now else "unscheduled"


def _changed(title: str, placed: str, details: Sequence[str]) -> Iterable[Difference]:
    if placed:
        yield Difference(placed, title)
    if details:
        yield Difference("changed", title, tuple(details))


def _places(program: frozen.Program, code: str) -> Places:
    return [(slot.start, slot.end, slot.room) for slot in program.slots_by_talk.get(code, ())]


def _break_differences(old: frozen.Program, new: frozen.Program) -> Iterable[Difference]:
    before = {slot.guid: slot for slot in old.slots if slot.talk is None}
    after = {slot.guid: slot for slot in new.slots if slot.talk is None}
    for guid, slot in after.items():
        known = before.get(guid)
        if known is None:
            yield Difference("new", slot.title)
        else:
            moved = (known.start, known.end, known.room) != (slot.start, slot.end, slot.room)
            details = ["title"] if known.title != slot.title else []
            yield from _changed(slot.title, "moved" if moved else "", details)
    for guid, slot in before.items():
        if guid not in after:
            yield Difference("removed", slot.title)


def _session_differences(old: frozen.Program, new: frozen.Program) -> Iterable[Difference]:
    for number, session in new.session_by_id.items():
        before = old.session_by_id.get(number)
        if before is None:
            yield Difference("new", session.title)
        else:
            yield from _changed(
                session.title,
                "moved" if _members(old, number) != _members(new, number) else "",
                [name for name in _TOLD if getattr(before, name) != getattr(session, name)],
            )
    for number, session in old.session_by_id.items():
        if number not in new.session_by_id:
            yield Difference("removed", session.title)


_TOLD = ("title", "chair", "posters")


def _members(program: frozen.Program, number: int) -> set[str]:
    return {slot.guid for slot in program.slots if slot.session == number}


def _frame(program: frozen.Program) -> tuple[object, ...]:
    """What surrounds the talks and slots, which `differences` covers."""
    about = (program.title, program.zone, program.start, program.end, program.place)
    plenary = {slot.guid for slot in program.slots if slot.plenary}
    texts = (program.language, program.contact, program.sections, program.markdown)
    return *about, *texts, program.rooms, program.broadcasts, plenary

def stamped(program: frozen.Program, before: frozen.Program) -> frozen.Program:
    """The program with the stamps of `before` where a slot is as it was, else with its own.

    Calendars see a change only where there is one.
    """
    own = [
        replace(slot, changed_in=program.number, changed_at=program.published_at)
        for slot in program.slots
    ]
    return replace(program, slots=keep_stamps(own, program, before))

def keep_stamps(
    slots: Sequence[frozen.Slot], program: frozen.Program, before: frozen.Program | None
) -> tuple[frozen.Slot, ...]:
    """Keep the stamp of what is as it was: calendars see a change only where there is one."""
    if before is None:
        return tuple(slots)
    known = {slot.guid: slot for slot in before.slots}
    stamped = []
    for slot in slots:
        old = known.get(slot.guid)
        same = old is not None and _as_seen(old, before) == _as_seen(slot, program)
        stamped.append(
            replace(slot, changed_in=old.changed_in, changed_at=old.changed_at)
            if same and old is not None
            else slot
        )
    return tuple(stamped)


def _as_seen(slot: frozen.Slot, program: frozen.Program) -> tuple[object, ...]:
    talk = program.talk_by_code.get(slot.talk) if slot.talk else None
    plain = replace(slot, changed_in=0, changed_at=None)
    return plain, talk and (talk.title, talk.speakers, talk.abstract, talk.canceled)
