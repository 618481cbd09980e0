"""The JSON of Sessionize's API, view "All": sites built on it keep working.

Their times are the event's wall clock without an offset, their session ids strings, all other ids
of sessions numbers. Tracks, formats and our session blocks are categories.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from cfp.formats.codec import Json
from cfp.formats.frab import room_names
from cfp.formats.grammar import clean_text, one_line
from cfp.formats.identity import numbers, speaker_uuid
from cfp.formats.program import ProgramSpeaker, Slot, Talk
from cfp.formats.writers import Edition


def write_sessionize(edition: Edition) -> str:
    """Return sessions, speakers, questions, categories and rooms; canceled talks are left out."""
    view = _View(edition)
    data: dict[str, Json] = {
        "sessions": [*map(view.slot, view.slots), *map(view.unscheduled, view.waiting)],
        "speakers": [_speaker(key, one, view) for key, one in view.speakers.items()],
        "questions": [],
        "categories": [
            {"id": number, "title": title, "items": items, "sort": number, "type": "session"}
            for number, (title, items) in enumerate(view.categories.items(), start=1)
        ],
        "rooms": [
            {"id": number, "name": name, "sort": number} for name, number in view.rooms.items()
        ],
    }
    return json.dumps(data, ensure_ascii=False)


class _View:
    """A program with the numbers Sessionize gives to what is in it."""

    def __init__(self, edition: Edition) -> None:
        program = edition.program
        self.edition, self.program = edition, program
        self.numbers = numbers(program)
        self.slots = [slot for slot in program.ordered_slots if not program.is_canceled(slot)]
        self.waiting = program.unscheduled()
        self.rooms = {name: number for number, name in enumerate(room_names(program), start=1)}
        self.items: dict[tuple[str, str], int] = {}
        self.categories: dict[str, Json] = {
            "Session format": self._items("format", [talk.type for talk in program.talks]),
            "Track": self._items("track", [talk.track for talk in program.talks]),
            "Session": self._items("session", [one.title for one in program.sessions]),
        }
        self.speakers: dict[str, ProgramSpeaker] = {}
        self.given: dict[str, list[int]] = {}
        self._meet_speakers()

    def _items(self, kind: str, names: Iterable[str]) -> list[Json]:
        found: list[Json] = []
        for sort, name in enumerate(sorted({one_line(name) for name in names} - {""}), start=1):
            number = self.items[kind, name] = len(self.items) + 1
            found.append({"id": number, "name": name, "sort": sort})
        return found

    def _meet_speakers(self) -> None:
        for talk in self.program.in_order():
            slots = self.program.slots_by_talk.get(talk.code, ())
            given = [self.numbers[slot.guid] for slot in slots] or [self._waiting_number(talk)]
            for speaker in talk.speakers:
                key = speaker_uuid(self.program, speaker)
                self.speakers.setdefault(key, speaker)
                held = self.given.setdefault(key, [])
                held.extend(number for number in given if number not in held)

    def _waiting_number(self, talk: Talk) -> int:
        return self.numbers[talk.guid or talk.code]

    def slot(self, slot: Slot) -> Json:
        talk = self.program.talk_by_code[slot.talk] if slot.talk is not None else None
        place: dict[str, Json] = {
            "startsAt": self._local(slot.start),
            "endsAt": self._local(slot.end),
            "isServiceSession": talk is None,
            "isPlenumSession": slot.plenary or not slot.room,
            "roomId": self.rooms.get(one_line(slot.room)),
            "liveUrl": self._live(slot),
        }
        session = self.program.session_of(slot)
        about = self._about(talk, session.title if session else "")
        return _session(str(self.numbers[slot.guid]), self.program.title_of(slot), about, place)

    def unscheduled(self, talk: Talk) -> Json:
        place: dict[str, Json] = {
            "startsAt": None,
            "endsAt": None,
            "isServiceSession": False,
            "isPlenumSession": False,
            "roomId": None,
            "liveUrl": None,
        }
        number = self._waiting_number(talk)
        return _session(str(number), talk.title, self._about(talk, ""), place)

    def _about(self, talk: Talk | None, block: str) -> Mapping[str, Json]:
        named = [("session", one_line(block))]
        if talk is not None:
            named += [("format", one_line(talk.type)), ("track", one_line(talk.track))]
        videos = self.edition.materials_of(talk.code, "video") if talk else ()
        return {
            "description": (clean_text(talk.abstract) or None) if talk else None,
            "speakers": [speaker_uuid(self.program, one) for one in talk.speakers] if talk else [],
            "categoryItems": [self.items[key] for key in named if key in self.items],
            "recordingUrl": self.edition.absolute(videos[0].url) if videos else None,
        }

    def _local(self, moment: datetime) -> str:
        local = moment.astimezone(self.program.zone_info)
        return local.replace(tzinfo=None).isoformat()

    def _live(self, slot: Slot) -> str | None:
        found = self.program.broadcast_of(slot)
        return self.edition.absolute(found) if found else None


def _session(
    number: str, title: str, about: Mapping[str, Json], place: Mapping[str, Json]
) -> dict[str, Json]:
    return {
        "id": number,
        "title": one_line(title),
        **about,
        **place,
        "questionAnswers": [],
        "status": "Accepted",
        "isInformed": True,
        "isConfirmed": True,
    }


def _speaker(key: str, speaker: ProgramSpeaker, view: _View) -> Json:
    """Sessionize parts names in two; the last word is the family's name more often than not."""
    name = one_line(speaker.name)
    first, _, last = name.rpartition(" ")
    return {
        "id": key,
        "firstName": first or last,
        "lastName": last if first else "",
        "fullName": name,
        "bio": clean_text(speaker.bio) or None,
        "tagLine": one_line(speaker.affiliation),
        "profilePicture": None,
        "isTopSpeaker": False,
        "links": [],
        "sessions": list(view.given[key]),
        "categoryItems": [],
        "questionAnswers": [],
    }
