"""The public pages of a program, made of a version alone.

The application and the static site show the same pages, and the command line makes them without
an application; so they are rendered here, by a Jinja environment of their own over the templates
of `templates/public`. Links between them are relative, which is why one text serves both.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from functools import cached_property
from typing import NamedTuple

from markupsafe import Markup

from cfp.formats.clock import Clock
from cfp.formats.days import Block, blocks_of, grid_of
from cfp.formats.jsonld import write_jsonld
from cfp.formats.people import Person, people_of
from cfp.formats.program import CONTACT, Material, Program, ProgramSpeaker, Slot, Talk
from cfp.formats.rendering import environment, escape
from cfp.formats.speakers import write_entry
from cfp.formats.words import words_of
from cfp.formats.writers import Edition
from cfp.records import record

CODE = "\0"
"""Stands for a code in an address that is made once, where hundreds of them are written."""


@record
class Inline:
    """What a page needs when it is one file: our own style and script."""

    style: Markup
    script: Markup


@record
class Place:
    """Where a page stands, so what its links begin with.

    Attributes:
        program: the way to the program page, as "../../"; empty on that page itself.
        static: the way to styles and scripts.
        home: the conference's own page; none on a site that is nothing but the program.
        mine: where somebody logs in.
        files: each page is a file, read without a server: links name index.html.
        formats: names of the files the program can be had in.
        inline: makes the program page one file, which leads to no other.
    """

    program: str = ""
    static: str = "/static/"
    home: str = ""
    mine: str = ""
    files: bool = False
    formats: Sequence[str] = ()
    inline: Inline | None = None

    @property
    def _index(self) -> str:
        return "index.html" if self.files else ""

    @property
    def start(self) -> str:
        """The program page."""
        return self.program + self._index or "./"

    @property
    def grid(self) -> str:
        return f"{self.program}grid/{self._index}"

    @property
    def people(self) -> str:
        return f"{self.program}speakers/{self._index}"

    def talk(self, code: str) -> str:
        """The page of one talk; none where there is but one page."""
        if self.inline:
            return ""
        return f"{self.program}talks/{code}/{self._index}"

    def speaker(self, code: str) -> str:
        return f"{self.program}speakers/{code}/{self._index}"

    def material(self, material: Material) -> str:
        """The address of slides or a video; a file of the site lies beside its program page."""
        return f"{self.program}{material.url}" if self.files and material.file else material.url

    def calendar(self, code: str) -> str:
        """The calendar of one talk."""
        if self.files:
            return f"{self.program}talks/{code}/{code}.ics"
        return f"{self.program}schedule.ics?talks={code}"


class Row(NamedTuple):
    """One line of a day's table; the template takes it apart in this order.

    `number` counts the times of a talk that is given several times.
    """

    title: str
    times: Markup
    room: str
    plenary: bool
    code: str = ""
    address: str = ""
    names: str = ""
    canceled: bool = False
    number: int = 0
    slides: str = ""
    video: str = ""


class Entry(NamedTuple):
    """One abstract; `_macros/talk.html` takes it apart in this order.

    `anchor` is an imported page's own, which keeps working; `top` the way back to the talk's day;
    `links` are the address and the words of what stands beside the title.
    """

    title: str
    speakers: Markup
    abstract: str
    code: str
    track: str
    type: str
    top: str
    anchor: str | None
    url: str
    links: list[tuple[str, str]]


@record
class Shown:
    """What every page of a program is made of.

    Attributes:
        edition: the version.
        place: where the page stands.
        clock: in which zone it shows its times.
    """

    edition: Edition
    place: Place
    clock: Clock

    @property
    def program(self) -> Program:
        return self.edition.program

    def render(self, template: str, **values: object) -> str:
        """Render one of `templates/public`."""
        return environment(self.program.language).get_template(f"public/{template}").render(
            program=self.program,
            to=self.place,
            clock=self.clock,
            several_rooms=len(self.program.rooms) > 1,
            contact=self.program.section(CONTACT),
            shown=self,
            **values,
        )

    @cached_property
    def _days(self) -> tuple[str, str]:
        words = words_of(self.program.language)
        return words.ngettext("day", "days", 1), words.ngettext("day", "days", 2)

    def span(self, slot: Slot, day: date | None = None) -> Markup:
        """The times of a slot; `day` is the date it is listed under, else its own."""
        listed = day or self.clock.wall(slot.start).date()
        return self.clock.span(slot, listed, days=self._days)

    def moment(self, moment: datetime, day: date) -> Markup:
        """A time on a page, under a day."""
        return self.clock.moment(moment, day, days=self._days)

    def materials(self, code: str) -> list[Material]:
        """Slides and videos of a talk."""
        return self.by_talk.get(code, [])

    @cached_property
    def by_talk(self) -> Mapping[str, list[Material]]:
        found: dict[str, list[Material]] = {}
        for one in self.edition.materials:
            found.setdefault(one.talk, []).append(one)
        return found

    def speakers(self, talk: Talk) -> Markup:
        """The line of speakers; whoever has a page is linked to it."""
        return Markup("; ".join([*map(self._speaker, talk.speakers)]))  # noqa: S704 - escaped below

    def _speaker(self, speaker: ProgramSpeaker) -> str:
        entry = escape(write_entry(speaker))
        if self.place.inline or not speaker.code:
            return entry
        name = escape(speaker.name)
        if not entry.startswith(name):
            return entry
        address = self._to_a_speaker.replace(CODE, escape(speaker.code))
        return f'<a href="{address}">{name}</a>{entry[len(name) :]}'

    @cached_property
    def _to_a_speaker(self) -> str:
        return escape(self.place.speaker(CODE))

    def broadcasts(self, day: int, room: str | None = None) -> list[tuple[str, str]]:
        """Where a day can be watched: a room's name (or none) and the address."""
        return [
            (one.room, one.url)
            for one in self.program.broadcasts
            if one.day == day and (room is None or one.room in ("", room))
        ]


def program_page(
    edition: Edition, place: Place, *, offset: timezone | None = None, refused: str = ""
) -> str:
    """All days, then all abstracts; `refused` is an offset nobody can read."""
    program = edition.program
    shown = Shown(edition, place, Clock.of(program, offset))
    materials = _materials(shown)
    return shown.render(
        "program.html",
        offset=offset,
        refused=refused,
        days=[
            (day, _day_label(shown, day.number), _tables(shown, materials, day.number, day.date))
            for day in program.days
        ],
        slides=any(one.kind == "slides" for one in edition.materials),
        video=any(one.kind == "video" for one in edition.materials),
        choices=_choices(program),
        entries=_entries(shown),
        jsonld=Markup(write_jsonld(edition)),  # noqa: S704 - it cannot end its element
    )


def _day_label(shown: Shown, number: int) -> str:
    """The zone with its offset on that day."""
    slots = [slot for slot in shown.program.ordered_slots if slot.day == number]
    return shown.clock.label(slots[0].start if slots else _noon(shown.program, number))


def _noon(program: Program, number: int) -> datetime:
    day = next(day for day in program.days if day.number == number)
    return datetime(day.date.year, day.date.month, day.date.day, 12, tzinfo=program.zone_info)


Materials = Mapping[str, tuple[str, str]]
NO_MATERIALS = ("", "")


def _materials(shown: Shown) -> Materials:
    """The addresses of the slides and of the video of each talk that has any."""
    given = [
        (code, {one.kind: shown.place.material(one) for one in found})
        for code, found in shown.by_talk.items()
    ]
    return {code: (kinds.get("slides", ""), kinds.get("video", "")) for code, kinds in given}


def _tables(
    shown: Shown, materials: Materials, number: int, day: date
) -> list[tuple[Block, list[Row]]]:
    return [
        (block, [_row(shown, materials, slot, day) for slot in block.slots])
        for block in blocks_of(shown.program, number)
    ]


def _row(shown: Shown, materials: Materials, slot: Slot, day: date) -> Row:
    program, times = shown.program, shown.span(slot, day)
    if slot.talk is None:
        return Row(slot.title, times, slot.room, slot.plenary)
    talk = program.talk_by_code[slot.talk]
    code, given = talk.code, program.slots_by_talk[talk.code]
    slides, video = materials.get(code, NO_MATERIALS)
    return Row(
        talk.title,
        times,
        slot.room,
        slot.plenary,
        code,
        shown.place.talk(code) if talk.canceled else f"#t-{code}",
        ", ".join([speaker.name for speaker in talk.speakers]),
        talk.canceled,
        given.index(slot) + 1 if len(given) > 1 else 0,
        slides,
        video,
    )


def _entries(shown: Shown) -> list[Entry]:
    words, way = words_of(shown.program.language).gettext, shown.place
    calendar, kinds = words("Add to calendar"), {"slides": words("Slides"), "video": words("Video")}
    file, page = way.calendar(CODE), way.talk(CODE)
    slots_by_talk, materials, alone = shown.program.slots_by_talk, shown.by_talk, bool(way.inline)
    found = []
    for talk in shown.program.in_order():
        code = talk.code
        slots = slots_by_talk.get(code)
        links = [(file.replace(CODE, code), calendar)] if slots and not alone else []
        if code in materials:
            links += [(way.material(one), one.label or kinds[one.kind]) for one in materials[code]]
        found.append(
            Entry(
                talk.title,
                shown.speakers(talk),
                talk.abstract,
                code,
                talk.track,
                talk.type,
                f"#day{slots[0].day}" if slots else "#unscheduled",
                talk.anchor,
                page.replace(CODE, code),
                links,
            )
        )
    return found


def _choices(program: Program) -> list[tuple[str, list[str]]]:
    """What the filters offer: tracks, types and rooms where there are several."""
    held = program.in_order()
    offered = [
        ("track", sorted({talk.track for talk in held if talk.track})),
        ("type", sorted({talk.type for talk in held if talk.type})),
        ("room", [room.name for room in program.rooms]),
    ]
    return [(kind, values) for kind, values in offered if len(values) > 1]


def grid_page(edition: Edition, place: Place) -> str:
    """Rooms side by side, day by day."""
    shown = Shown(edition, place, Clock.of(edition.program))
    days = [
        (day, _day_label(shown, day.number), grid_of(edition.program, day.number))
        for day in edition.program.days
    ]
    return shown.render("grid.html", days=days)


def talk_page(edition: Edition, talk: Talk, place: Place) -> str:
    """One talk: when, who, what, slides and video, and the way to its neighbors."""
    program = edition.program
    order = [one for one in program.in_order() if one.code in program.slots_by_talk]
    at = order.index(talk) if talk in order else None
    slots = program.slots_by_talk.get(talk.code, ())
    return Shown(edition, place, Clock.of(program)).render(
        "talk.html",
        talk=talk,
        slots=slots,
        before=order[at - 1] if at else None,
        after=order[at + 1] if at is not None and at + 1 < len(order) else None,
        parallel=[slot for slot in program.ordered_slots if _parallel(slot, slots, program)],
    )


def _parallel(other: Slot, slots: tuple[Slot, ...], program: Program) -> bool:
    """Talks elsewhere at the same time; breaks and canceled ones are no choice."""
    if other.talk is None or other in slots or program.is_canceled(other):
        return False
    return any(other.start < slot.end and slot.start < other.end for slot in slots)


def speakers_page(edition: Edition, place: Place) -> str:
    """Everybody who speaks, by name."""
    people = [one for one in people_of(edition.program) if one.comes]
    return Shown(edition, place, Clock.of(edition.program)).render("speakers.html", people=people)


def speaker_page(edition: Edition, code: str, place: Place) -> str | None:
    """The page of whoever has this code; None where nobody has."""
    found = next((one for one in people_of(edition.program) if code in one.codes), None)
    return person_page(edition, found, place) if found else None


def person_page(edition: Edition, person: Person, place: Place) -> str:
    """One person with what they hold."""
    shown = Shown(edition, place, Clock.of(edition.program))
    return shown.render("speaker.html", person=person)


def embed_page(edition: Edition, place: Place) -> str:
    """The schedule alone, as a fragment for somebody else's page."""
    shown = Shown(edition, place, Clock.of(edition.program))
    materials = _materials(shown)
    days = [
        (day, _day_label(shown, day.number), _tables(shown, materials, day.number, day.date))
        for day in edition.program.days
    ]
    return shown.render("embed.html", days=days)
