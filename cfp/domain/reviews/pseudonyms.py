"""Names of disguise: random per submission and person, and then kept."""

import secrets

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from cfp.domain.reviews.models import Comment, Follow, Review
from cfp.policy import Standing

_TABLES: tuple[type[Review] | type[Comment] | type[Follow], ...] = (Review, Comment, Follow)


def pseudonym_of(db: Session, standing: Standing, person_id: int | None) -> str:
    """What those who may not know the person call them at this submission."""
    known = union_all(
        *(
            select(table.pseudonym, literal(place).label("place")).where(
                table.submission_id == standing.submission.id, table.person_id == person_id
            )
            for place, table in enumerate(_TABLES)
        )
    ).subquery()
    found = db.scalars(select(known.c.pseudonym).order_by(known.c.place).limit(1)).first()
    return found or secrets.token_hex(3).upper()
