"""pretalx's lists of talks read: of its API (`/submissions/`, `/talks/`) and its schedule's widget.

Sources: https://docs.pretalx.org/api/ and the JSON its schedule page loads. The API's pages are
`{"count", "next", "results": [...]}`; a talk has `slot`, or `slots` with expanded rooms. The
widget's file has `talks`, `rooms`, `tracks` and `speakers` apart, joined by id and code.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from cfp.formats.errors import FormatError
from cfp.formats.grammar import clean_text, one_line
from cfp.formats.imported import Doubt, Imported, ImportedSlot, ImportedTalk, assemble
from cfp.formats.json_values import items, mapping, text, texts
from cfp.formats.moments import moment_of, zone_named
from cfp.formats.program import ProgramSpeaker
from cfp.formats.speakers import NameAndAffiliation

_HELD = ("", "accepted", "confirmed")


def is_pretalx(data: object) -> bool:
    """Whether it is a list of talks, bare or in one of the frames it comes in."""
    if isinstance(data, Mapping):
        return isinstance(data.get("results"), list) or isinstance(data.get("talks"), list)
    return isinstance(data, list) and all(isinstance(one, Mapping) for one in data) and bool(data)


def read_pretalx(data: object, start: date | None = None) -> Imported:
    """Read a list of talks; rejected, withdrawn and canceled ones are left out.

    Raises:
        FormatError: `format.field`, `format.zone`, `format.anchor`, `format.order`,
            `format.submissions`.
    """
    frame = data if isinstance(data, Mapping) else {}
    key = "results" if "results" in frame else "talks"
    listed = frame.get(key) if frame else data
    reader = _Reader(frame)
    for number, one in enumerate(items(listed, f"/{key}")):
        reader.take(mapping(one, f"/{key}/{number}"))
    found = Imported(
        reader.title, tuple(reader.talks), tuple(reader.slots), warnings=tuple(reader.doubts)
    )
    return assemble(found, page_start=None, start=start)


class _Reader:
    """Talks and rows read so far, with what the frame names by id."""

    def __init__(self, frame: Mapping[str, object]) -> None:
        self.title = one_line(texts(frame.get("event")) or texts(frame.get("name")))
        self.rooms = _by(frame.get("rooms"), "id", "name")
        self.tracks = _by(frame.get("tracks"), "id", "name")
        listed = frame.get("speakers")
        self.people = {
            text(one.get("code")): one
            for one in (listed if isinstance(listed, list) else [])
            if isinstance(one, Mapping)
        }
        self.clocks = zone_named(text(frame.get("timezone")))
        self.talks: list[ImportedTalk] = []
        self.slots: list[ImportedSlot] = []
        self.doubts: list[Doubt] = []

    def take(self, talk: Mapping[str, object]) -> None:
        title, code = one_line(texts(talk.get("title"))), text(talk.get("code"))
        if not title or text(talk.get("state")) not in _HELD:
            return
        anchor = f"t-{code}" if code else None
        if anchor is not None:
            people = tuple(self._speakers(talk.get("speakers")))
            self.talks.append(
                ImportedTalk(
                    title,
                    tuple(NameAndAffiliation(one.name, one.affiliation) for one in people),
                    clean_text(texts(talk.get("abstract")) or texts(talk.get("description"))),
                    anchor,
                    type=one_line(texts(talk.get("submission_type"))),
                    track=self._named(talk.get("track"), self.tracks),
                    language=text(talk.get("content_locale")),
                    code=code,
                    people=people,
                )
            )
        # What has no code is a break of the widget's.
        self.slots.extend(self._slots(talk, title, anchor))

    def _speakers(self, listed: object) -> Iterator[ProgramSpeaker]:
        """Speakers stand in the talk, or apart under the code that the talk names."""
        for one in listed if isinstance(listed, list) else []:
            person = one if isinstance(one, Mapping) else self.people.get(text(one))
            if person is None:
                person = {"name": text(one)}
            name = one_line(text(person.get("name")))
            if name:
                yield ProgramSpeaker(
                    text(person.get("code")) or None,
                    name,
                    one_line(text(person.get("affiliation"))),
                    clean_text(texts(person.get("biography"))),
                )

    def _named(self, value: object, names: Mapping[str, str]) -> str:
        named = names.get(text(value))
        return named if named is not None else one_line(texts(value))

    def _slots(
        self, talk: Mapping[str, object], title: str, anchor: str | None
    ) -> Iterator[ImportedSlot]:
        given = talk.get("slots") or talk.get("slot") or ([talk] if talk.get("start") else [])
        for one in given if isinstance(given, list) else [given]:
            if not isinstance(one, Mapping) or not one.get("start"):
                continue
            start, end = (
                moment_of(text(one.get(name)), self.clocks) for name in ("start", "end")
            )
            if start is None or end is None:
                self.doubts.append(Doubt(None, "times.row", {"title": title}))
            elif end < start:
                raise FormatError("format.order", title=title)
            room = self._named(one.get("room"), self.rooms)
            yield ImportedSlot(title, None, start, end, room, anchor=anchor)


def _by(listed: object, key: str, value: str) -> dict[str, str]:
    return {
        text(one.get(key)): one_line(texts(one.get(value)))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, Mapping)
    }
