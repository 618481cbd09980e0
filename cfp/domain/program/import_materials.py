"""The links of an import: slides and videos of talks, and where rooms can be watched.

Slides that were uploaded become a link to their address: their bytes are in no file of ours.
"""

from collections.abc import Sequence

from sqlalchemy import select

from cfp.domain.program import broadcasts
from cfp.domain.program.import_frame import Work, room_of
from cfp.domain.program.materials import give, is_material_url
from cfp.domain.program.models import Material
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.formats import program as frozen
from cfp.formats.imported import Doubt
from cfp.policy import Relation, Standing


def take_materials(work: Work, talks: Sequence[Submission]) -> None:
    """Give the talks (in the file's order) what the file links; an uploaded file by its address."""
    named = work.found.talks + work.found.canceled
    by_code = dict(zip((talk.code for talk in named), talks, strict=True))
    for talk, submission in zip(named, talks, strict=True):
        for one in talk.materials:
            _take_or_leave(work, submission, one)
    for one in work.found.materials:
        _take_or_leave(work, by_code.get(one.talk), one)


def _take_or_leave(work: Work, submission: Submission | None, one: frozen.Material) -> None:
    if submission is not None and _may_be_given(submission, one):
        _take(work, submission, one)
        return
    data = {"title": submission.title if submission else one.talk, "url": one.url}
    work.outcome.left.append(Doubt(None, "left.material", data))


def _may_be_given(submission: Submission, one: frozen.Material) -> bool:
    return submission.state in IN_PROGRAM and is_material_url(one.url)


def _take(work: Work, submission: Submission, one: frozen.Material) -> None:
    query = select(Material).where(
        Material.submission_id == submission.id, Material.kind == one.kind
    )
    row = work.db.scalars(query).one_or_none()
    if row is not None and row.url in {"", one.url}:
        return  # an upload, without an address of its own, is as good as a link to it
    if row is not None and not work.change(submission.title, [one.kind]):
        return
    # What stood on the public page needs no second look by a chair.
    chairs = frozenset({Relation.CHAIR})
    standing = Standing(work.conference, submission, chairs, blocked=False, own_review_in=False)
    give(work.db, work.actor, standing, kind=one.kind, url=one.url, now=work.now)


def take_broadcasts(work: Work) -> None:
    """Set the links of the file's days and rooms where there is none yet."""
    program = work.found.program
    if program is None:
        return
    dates = {day.number: day.date for day in program.days}
    known = broadcasts.links_of(work.db, work.conference)
    links = {}
    for one in program.broadcasts:
        day, room = dates.get(one.day), room_of(work, one.room) if one.room else None
        if day is None or not is_material_url(one.url):
            work.outcome.left.append(Doubt(None, "left.broadcast", {"url": one.url}))
            continue
        here = known.get((day, room), "")
        if not here or (here != one.url and work.change(one.room or str(day), ["broadcast"])):
            links[day, room] = one.url
    broadcasts.change(work.db, work.actor, work.conference, links=links, now=work.now)
