"""What reviews add up to: each review's total, and the sums kept for each submission."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.decisions.models import Calibration
from cfp.domain.reviews.models import Review, ReviewTally, Score
from cfp.domain.reviews.rules import is_asked, scale_of, total
from cfp.domain.submissions.models import Submission


def refresh(
    db: Session, conference: Conference, *, submission_id: int | None = None
) -> None:
    """Weigh every review of the conference, or of one submission, anew.

    Three reads and one batch, whatever the number.
    """
    criteria = db.scalars(
        select(Criterion)
        .where(Criterion.conference_id == conference.id, Criterion.archived.is_(False))
        .order_by(Criterion.position, Criterion.id)
    ).all()
    here = Review.conference_id == conference.id
    if submission_id is not None:
        here = and_(here, Review.submission_id == submission_id)
    scores, asked = _scores(db, criteria, here)
    if not scores:
        return
    scale = scale_of(criteria)
    statement = update(Review.__table__).where(Review.__table__.c.id == bindparam("review"))  # type: ignore[arg-type]  # a Table, typed as FromClause
    db.connection().execute(
        statement.values(total=bindparam("value")),
        [
            {"review": key, "value": total(asked[key], given, scale)}
            for key, given in scores.items()
        ],
    )
    count_again(db, db.scalars(select(Review.submission_id).where(here).distinct()).all())
    runs = update(Calibration).where(Calibration.conference_id == conference.id)
    db.execute(runs.values(outdated=True))
    db.expire_all()


def _scores(
    db: Session, criteria: Sequence[Criterion], here: ColumnElement[bool]
) -> tuple[Mapping[int, Mapping[int, int]], Mapping[int, Sequence[Criterion]]]:
    """By review: its scores, and which of the criteria its submission is asked."""
    scores: dict[int, dict[int, int]] = defaultdict(dict)
    asked: dict[int, Sequence[Criterion]] = {}
    applies: dict[tuple[int, int], Sequence[Criterion]] = {}
    rows = db.execute(
        select(Score.review_id, Score.criterion_id, Score.value)
        .add_columns(Submission.track_id, Submission.type_id)
        .join(Review, Review.id == Score.review_id)
        .join(Submission, Submission.id == Review.submission_id)
        .where(here)
    )
    for review_id, criterion_id, value, track_id, type_id in rows:
        scores[review_id][criterion_id] = value
        place = (track_id, type_id)
        if place not in applies:
            applies[place] = [one for one in criteria if is_asked(one, *place)]
        asked[review_id] = applies[place]
    return scores, asked


def count_again(db: Session, submission_ids: Collection[int]) -> None:
    """Make the tallies of these submissions anew from their submitted reviews."""
    db.flush()
    these = {"submissions": list(submission_ids)}
    db.execute(_FORGET, these)
    db.execute(_COUNT, these)


# Made once: every review that is saved asks them, and making them takes longer than running them.
_THESE: BindParameter[int] = bindparam("submissions", expanding=True)
_FORGET = (
    delete(ReviewTally)
    .where(ReviewTally.submission_id.in_(_THESE))
    .execution_options(synchronize_session=False)
)
_SUMS = (
    select(
        Review.submission_id,
        Review.conference_id,
        func.count(Review.id),
        func.count(Review.total),
        func.coalesce(func.sum(Review.total), literal(0.0)),
        func.coalesce(func.sum(Review.total * Review.total), literal(0.0)),
        func.sum(Review.total) / func.nullif(func.count(Review.total), 0),
    )
    .where(Review.submission_id.in_(_THESE), Review.state == "submitted")
    .group_by(Review.submission_id, Review.conference_id)
)
_COUNT = insert(ReviewTally.__table__).from_select(  # type: ignore[arg-type]  # a Table, typed as FromClause
    ["submission_id", "conference_id", "reviews", "scored", "total", "squares", "mean"], _SUMS
)
