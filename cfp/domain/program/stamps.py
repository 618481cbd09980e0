"""Counts the changes that the public sees without a new version."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cfp.domain.program.models import ProgramStamp


def count_change(db: Session, conference_id: int, *, now: datetime) -> None:
    """Note that the public layer beside the versions is another one from now on.

    Counted, because nothing else tells a removal followed by an addition from no change at all.
    """
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    first = {"conference_id": conference_id, "number": 0, "changed": now}
    db.execute(insert(ProgramStamp).values(first).on_conflict_do_nothing())
    db.execute(
        update(ProgramStamp)
        .where(ProgramStamp.conference_id == conference_id)
        .values(number=ProgramStamp.number + 1, changed=now)
        .execution_options(synchronize_session=False)
    )
