"""The totals of all reviews, after a chair has changed what the criteria count."""

from collections import defaultdict

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.reviews.models import Review, Score
from cfp.domain.reviews.rules import total


def refresh(db: Session, conference: Conference) -> None:
    """Weigh every review of the conference anew; two reads and one batch, whatever the number."""
    criteria = db.scalars(
        select(Criterion)
        .where(Criterion.conference_id == conference.id, Criterion.archived.is_(False))
        .order_by(Criterion.position, Criterion.id)
    ).all()
    scores: dict[int, dict[int, int]] = defaultdict(dict)
    rows = db.execute(
        select(Score.review_id, Score.criterion_id, Score.value)
        .join(Review, Review.id == Score.review_id)
        .where(Review.conference_id == conference.id)
    )
    for review_id, criterion_id, value in rows:
        scores[review_id][criterion_id] = value
    if not scores:
        return
    statement = update(Review.__table__).where(Review.__table__.c.id == bindparam("review"))  # type: ignore[arg-type]  # a Table, typed as FromClause
    db.connection().execute(
        statement.values(total=bindparam("value")),
        [{"review": key, "value": total(criteria, given)} for key, given in scores.items()],
    )
    db.expire_all()
