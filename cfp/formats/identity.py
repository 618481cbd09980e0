"""Names and numbers by which other programs know what is in a version, the same in every version.

Consumers want UUIDs, positive integers and slugs that are unique in a file. Ours mostly are; what
is not (a talk given twice has one number, a speaker has a code) derives from what lasts.
"""

import re
import unicodedata
import uuid
from collections.abc import Collection, Mapping

from cfp.formats.grammar import one_line
from cfp.formats.program import Program, ProgramSpeaker

_NAMESPACE = uuid.UUID("5d0a3c53-3b0d-5b62-9d5f-3ad7b8f6a2c4")
"""Ours alone, so that equal words elsewhere give other UUIDs. It must never change."""

OFTEN = 20
"""No talk is given that often: guids of so many slots are looked for."""

_DERIVED = 1_000_000_000
"""Derived numbers start here: above every number of an item, and within 32 bits."""


def uuid_of(program: Program, kind: str, name: str) -> str:
    """Return the UUID of something of this conference; a name that is a UUID stays as it is."""
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return str(uuid.uuid5(_NAMESPACE, f"{program.conference}\n{kind}\n{name}"))


def speaker_uuid(program: Program, speaker: ProgramSpeaker) -> str:
    """Return the UUID of a person: by the code, which lasts, else by name and affiliation."""
    name = speaker.code or f"{speaker.name}\n{speaker.affiliation}"
    return uuid_of(program, "speaker", name)


def numbers(program: Program) -> Mapping[str, int]:
    """Return a positive integer for each slot's guid and for each unscheduled talk's.

    The item's own number for the slot with the talk's own guid, wherever it moves; another slot of
    the talk derives one, also when it is the only one left.
    """
    talks = program.talk_by_code
    wanted = [
        (slot.guid, slot.id if slot.talk is None or slot.guid == talks[slot.talk].guid else 0)
        for slot in program.ordered_slots
    ]
    wanted.sort(key=lambda pair: not pair[1])
    wanted += [(talk.guid or talk.code, talk.id) for talk in program.unscheduled()]
    found: dict[str, int] = {}
    taken: set[int] = set()
    for guid, number in wanted:
        free = number if 0 < number < _DERIVED else 0
        if not free or free in taken:
            free = _DERIVED + uuid.uuid5(_NAMESPACE, guid).int % _DERIVED
        while free in taken:
            free += 1
        taken.add(free)
        found[guid] = free
    return found


def nth_guid(guid: str, number: int) -> str:
    """Return the guid of an item's slot: the item's own, for a second one derived for ever."""
    return guid if number == 1 else str(uuid.uuid5(uuid.UUID(guid), str(number)))


def as_guid(text: str) -> str:
    """Return a UUID as it is written here, or nothing for what is none."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


def first_guid(guids: Collection[str]) -> str:
    """Return the one of a talk's guids from which the others derive; without one, the first."""
    for guid in guids:
        if as_guid(guid) and {nth_guid(guid, one) for one in range(1, OFTEN)}.issuperset(guids):
            return guid
    return next(iter(guids))


def slug(text: str, limit: int = 60) -> str:
    """Return the words of a text as `small-letters`; nothing of a text without Latin letters."""
    plain = unicodedata.normalize("NFKD", one_line(text)).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain.lower())[:limit].strip("-")


def acronym(program: Program) -> str:
    """Return the conference's slug as c3voc's schemas want it: four characters or more, no dash."""
    return re.sub("[^a-z0-9]", "_", program.conference.lower()).ljust(4, "_")
