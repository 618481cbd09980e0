"""The schedule, its two published versions, slides, and the program of the year before."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from cfp.demo import script
from cfp.demo.script import Named, Talk
from cfp.demo.stage import Stage
from cfp.demo.talks import send_in
from cfp.domain.conferences import actions as conferences
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.queries import rooms_of
from cfp.domain.decisions import actions as decisions
from cfp.domain.decisions import announcements, confirmations
from cfp.domain.decisions.confirmations import Answer
from cfp.domain.program import blocks, drafts, materials, versions
from cfp.domain.program.models import Placement, ProgramItem

Row = Sequence[Any]
"""day, "HH:MM", minutes, room or "", the talk's or the break's title"""


def publish(stage: Stage, conference: Conference, day: int) -> None:
    """Place everything, then freeze it as version 1."""
    for row in script.conference()["schedule"]["first"]:
        _place(stage, conference, row, day)
    for title, chair, titles in script.conference()["schedule"]["sessions"]:
        _session(stage, conference, title, chair, titles, day)
    note = "The program is out. A few slots are still free."
    versions.publish(stage.db, stage.chair, conference, note=note, now=stage.then(day, 16))


def publish_again(stage: Stage, conference: Conference, day: int) -> None:
    """Version 2: what was called off goes, something takes its place, something moves."""
    off = [talk.title for talk in script.talks() if talk.state in {"declined", "canceled"}]
    for title in off:
        placed = _placement(stage, conference, title)
        if placed is not None:
            now = stage.then(day, 11)
            drafts.remove(stage.db, stage.chair, conference, placed.id, now=now)
    for row in script.conference()["schedule"]["second"]:
        placed = _placement(stage, conference, row[-1])
        if placed is not None:
            _move(stage, conference, placed, row, day)
        else:
            _place(stage, conference, row, day)
    note = "Two talks can't take place; day 2 ends a little earlier."
    versions.publish(stage.db, stage.chair, conference, note=note, now=stage.then(day, 18))


def _place(stage: Stage, conference: Conference, row: Row, day: int) -> None:
    number, start, minutes, room, title = row
    submission = stage.submissions.get(title)
    drafts.place(
        stage.db,
        stage.chair,
        conference,
        code=submission.code if submission else None,
        title="" if submission else title,
        room_id=_room_id(stage, conference, room),
        start=stage.wall(_date(conference, number), start),
        minutes=minutes,
        now=stage.then(day),
        plenary=title in script.conference()["schedule"]["plenary"],
    )


def _session(
    stage: Stage,
    conference: Conference,
    title: str,
    chair: str,
    titles: Sequence[str],
    day: int,
) -> None:
    """A block of those of its talks that are placed."""
    found = [_placement(stage, conference, one) for one in titles]
    slots = {one.id: one.revision for one in found if one is not None}
    now = stage.then(day)
    blocks.make_session(
        stage.db,
        stage.chair,
        conference,
        slots=slots,
        title=title,
        chair=chair,
        posters=False,
        now=now,
    )


def _move(stage: Stage, conference: Conference, placed: Placement, row: Row, day: int) -> None:
    number, start, minutes, room, _title = row
    drafts.move(
        stage.db,
        stage.chair,
        conference,
        placed.id,
        revision=placed.revision,
        room_id=_room_id(stage, conference, room),
        start=stage.wall(_date(conference, number), start),
        minutes=minutes,
        now=stage.then(day),
    )


def _room_id(stage: Stage, conference: Conference, name: str) -> int | None:
    return {one.name: one.id for one in rooms_of(stage.db, conference)}.get(name)


def _date(conference: Conference, number: int) -> date:
    return conference.start_date + timedelta(days=number - 1)


def _placement(stage: Stage, conference: Conference, title: str) -> Placement | None:
    """Where the talk or the break of this title stands, if anywhere."""
    submission = stage.submissions.get(title)
    what = (
        ProgramItem.submission_id == submission.id if submission else ProgramItem.title == title
    )
    query = select(Placement).join(ProgramItem, ProgramItem.id == Placement.item_id)
    here = query.where(Placement.conference_id == conference.id, what)
    return stage.db.scalars(here).one_or_none()


def give_materials(stage: Stage, conference: Conference, day: int) -> None:
    """Slides and a recording, by the speakers themselves."""
    for talk in script.talks():
        for kind, url in (("slides", talk.slides), ("video", talk.video)):
            if url:
                owner = stage.actor(talk.owner)
                standing = stage.standing(owner, conference, stage.submissions[talk.title])
                now = stage.then(day)
                materials.give(stage.db, owner, standing, kind=kind, url=url, now=now)


def play_year_before(stage: Stage, conference: Conference) -> None:
    """From the call to the archive, in a few lines: everything comes in and is accepted."""
    rows = script.conference()["before"]
    talks = [_talk_of(row) for row in rows]
    first = (conference.start_date - stage.today).days
    send_in(stage, conference, talks, first=first - 110, last=first - 65)
    for talk in talks:
        decisions.set_pending(
            stage.db,
            stage.chair,
            stage.standing(stage.chair, conference, stage.submissions[talk.title]),
            outcome="accept",
            revision="",
            now=stage.then(first - 50),
        )
    announcements.announce(
        stage.db, stage.chair, conference, links=stage.links, now=stage.then(first - 49)
    )
    for talk in talks:
        owner = stage.actor(talk.owner)
        confirmations.confirm(
            stage.db,
            owner,
            stage.standing(owner, conference, stage.submissions[talk.title]),
            answer=Answer(),
            links=stage.links,
            now=stage.then(first - 44),
        )
    for placed in _rows_of(rows):
        _place(stage, conference, placed, first - 30)
    versions.publish(stage.db, stage.chair, conference, note="", now=stage.then(first - 29))
    conferences.archive(stage.db, stage.chair, conference, now=stage.then(first + 60))


def _talk_of(row: Mapping[str, Any]) -> Talk:
    speaker = Named.read(row["speaker"])
    return Talk(row["title"], "Talk", row["track"], (speaker,), "confirmed", 4.0, row["abstract"])


def _rows_of(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    talks = [[row["day"], row["time"], 30, "Rope Hall", row["title"]] for row in rows]
    breaks = [[day, "11:00", 30, "", "Break"] for day in (1, 2)]
    return [*talks, *breaks, [1, "12:30", 90, "", "Lunch"], [2, "12:00", 30, "", "Farewell"]]


def deadline_before(first_day: date, today: date) -> int:
    """When the call of the year before ended, in days from today."""
    return (first_day - today).days - 60
