"""By what calendars and apps know things: kept as the file has it, where it is free."""

import uuid

from sqlalchemy import select

from cfp.domain.program.drafts import next_number
from cfp.domain.program.import_frame import Work, fits
from cfp.domain.program.models import ProgramItem
from cfp.formats.identity import as_guid


def make_item(
    work: Work, guid: str, number: int, *, submission_id: int | None = None, title: str = ""
) -> ProgramItem:
    """An identity with the file's guid and number, or new ones where they are another's.

    Guids are the instance's, numbers the conference's.
    """
    item = ProgramItem(
        conference_id=work.conference.id,
        guid=_free_guid(work, guid),
        number=_free_number(work, number),
        submission_id=submission_id,
        title=title,
    )
    work.db.add(item)
    work.db.flush()
    return item


def note_identity(work: Work, item: ProgramItem, guid: str, number: int) -> None:
    """Note that something is known by another guid or number than in the file."""
    if (item.guid, item.number) != (as_guid(guid), number):
        work.kept = False


def _free_guid(work: Work, guid: str) -> str:
    wanted = as_guid(guid)
    used = select(ProgramItem.id).where(ProgramItem.guid == wanted)
    return wanted if wanted and work.db.scalar(used) is None else str(uuid.uuid4())


def _free_number(work: Work, number: int) -> int:
    here = (ProgramItem.conference_id == work.conference.id, ProgramItem.number == number)
    if fits(number) and work.db.scalar(select(ProgramItem.id).where(*here)) is None:
        return number
    return next_number(work.db, work.conference.id)
