"""The submissions as the committee lists them: what stands on them, and what is said about them.

Every figure of reviews is a column of a stricter fact: for a chair with a blocking conflict it is
null there, in the list, its filters and its order alike.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sqlalchemy import Join, func

from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.reviews.models import VARIANCE, ReviewTally
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.rules import folded
from cfp.domain.submissions.searching import SEARCHED
from cfp.policy import Column, Fact, View

SEARCH_LIMIT, SEARCH_WORDS = 200, 10


def committee_list(conference: Conference) -> View:
    """A row per submission that is no draft.

    `variance` is the sample variance of the reviews' totals: what is shown is its root, which
    sorts the same. `pending` is "" where nothing is pending.
    """
    source, columns = _columns()
    return View(
        conference=conference,
        source=source,
        rows=Fact.LISTED,
        columns=columns,
        one_each=True,
    )


@cache
def _columns() -> tuple[Join, Mapping[str, Column]]:
    """Made once: nothing in it is of one conference."""
    tally = ReviewTally
    # Outer joins all, though each submission has both: a database skips those nothing asks about.
    source = (
        Submission.__table__.outerjoin(Track, Track.id == Submission.track_id)
        .outerjoin(SubmissionType, SubmissionType.id == Submission.type_id)
        .outerjoin(tally, tally.submission_id == Submission.id)
        .outerjoin(PendingDecision, PendingDecision.submission_id == Submission.id)
    )
    columns = {
        "id": Column(Submission.id),
        "code": Column(Submission.code),
        "title": Column(Submission.title),
        "track": Column(Track.name),
        "type": Column(SubmissionType.name),
        "state": Column(Submission.state),
        "submitted": Column(Submission.submitted),
        "reviews": Column(func.coalesce(tally.reviews, 0), Fact.CHAIR_REVIEWS),
        "mean": Column(tally.mean, Fact.CHAIR_REVIEWS),
        "variance": Column(VARIANCE, Fact.CHAIR_REVIEWS),
        "pending": Column(func.coalesce(PendingDecision.outcome, ""), Fact.PENDING),
        **SEARCHED,
    }
    return source, MappingProxyType(columns)


def search_words(query: str) -> list[str]:
    """The words to look for, folded as the searched texts are; without what no text holds."""
    kept = "".join(c for c in query[:SEARCH_LIMIT] if unicodedata.category(c) not in {"Cc", "Cs"})
    return folded(kept).split()[:SEARCH_WORDS]
