"""Counts the changes that the public sees without a new version."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from cfp.db import insert_absent
from cfp.domain.program.models import ProgramStamp


def count_change(db: Session, conference_id: int, *, now: datetime) -> None:
    """Note that the public layer beside the versions is another one from now on.

    Counted, because nothing else tells a removal followed by an addition from no change at all.
    """
    first = {"conference_id": conference_id, "number": 0, "changed": now}
    db.execute(insert_absent(db.get_bind().dialect.name, ProgramStamp).values(first))
    db.execute(
        update(ProgramStamp)
        .where(ProgramStamp.conference_id == conference_id)
        .values(number=ProgramStamp.number + 1, changed=now)
        .execution_options(synchronize_session=False)
    )
