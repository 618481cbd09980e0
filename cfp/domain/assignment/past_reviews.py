"""What reviewers know from reviewing at other conferences on this site, where they let it count.

Who reviewed what is a secret of those other conferences' chairs. So nothing counts until its
reviewer says so, several talks count as one text, and a match neither names a talk nor its words:
that somebody knows a subject can be seen, not which talk told so.
"""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State

LEAST = 3
"""Talks from which on they count: the text of one alone could be recognized by who knows it."""


def count_of(db: Session, actor: Actor, conference: Conference) -> int:
    """How many talks one has reviewed elsewhere."""
    query = select(func.count(Review.submission_id.distinct())).join(
        Submission, Submission.id == Review.submission_id
    )
    return db.scalar(query.where(_elsewhere(conference, [actor.person_id or 0]))) or 0


def known_from(db: Session, conference: Conference, people: Collection[int]) -> dict[int, str]:
    """Person id -> all they have reviewed elsewhere, as one text; who has too few is left out."""
    rows = db.execute(
        select(Review.person_id, Submission.title, Submission.abstract)
        .join(Submission, Submission.id == Review.submission_id)
        .where(_elsewhere(conference, people))
        .group_by(Review.person_id, Submission.id)
        .order_by(Submission.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for person_id, title, abstract in rows:
        found[person_id].append(f"{title}\n{abstract}")
    return {id_: "\n\n".join(each) for id_, each in found.items() if len(each) >= LEAST}


def _elsewhere(conference: Conference, people: Collection[int]) -> ColumnElement[bool]:
    """What a speaker has taken back is nobody's knowledge any more."""
    return and_(
        Review.person_id.in_(people),
        Review.conference_id != conference.id,
        Review.state == "submitted",
        Submission.state.not_in((State.DRAFT, State.WITHDRAWN)),
    )
