"""What reviews add up to: each review's total, and the sums kept for each submission."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.decisions.models import Calibration
from cfp.domain.reviews.models import Review, ReviewTally, Score
from cfp.domain.reviews.rules import total


def refresh(db: Session, conference: Conference) -> None:
    """Weigh every review of the conference anew; two reads and one batch, whatever the number."""
    criteria = db.scalars(
        select(Criterion)
        .where(Criterion.conference_id == conference.id, Criterion.archived.is_(False))
        .order_by(Criterion.position, Criterion.id)
    ).all()
    here = Review.conference_id == conference.id
    scores: dict[int, dict[int, int]] = defaultdict(dict)
    rows = db.execute(
        select(Score.review_id, Score.criterion_id, Score.value)
        .join(Review, Review.id == Score.review_id)
        .where(here)
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
    count_again(db, db.scalars(select(Review.submission_id).where(here).distinct()).all())
    runs = update(Calibration).where(Calibration.conference_id == conference.id)
    db.execute(runs.values(outdated=True))
    db.expire_all()


def count_again(db: Session, submission_ids: Collection[int]) -> None:
    """Make the tallies of these submissions anew from their submitted reviews."""
    db.flush()
    db.execute(delete(ReviewTally).where(ReviewTally.submission_id.in_(submission_ids)))
    sums = (
        select(
            Review.submission_id,
            Review.conference_id,
            func.count(Review.id),
            func.count(Review.total),
            func.coalesce(func.sum(Review.total), literal(0.0)),
            func.coalesce(func.sum(Review.total * Review.total), literal(0.0)),
        )
        .where(Review.submission_id.in_(submission_ids), Review.state == "submitted")
        .group_by(Review.submission_id, Review.conference_id)
    )
    names = ["submission_id", "conference_id", "reviews", "scored", "total", "squares"]
    db.execute(insert(ReviewTally).from_select(names, sums))
