"""What speakers answer to the reviews before the decision, where the conference wants it.

Nothing of a review reaches a speaker until a chair has opened a round: that is one act, with its
preview, which shows the texts for speakers that are in by then and asks for answers by mail. A
later review shows in the next round, or after the decision.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import wording
from cfp.domain.reviews.models import Response, Review
from cfp.domain.reviews.rules import UNDER_REVIEW
from cfp.domain.submissions.letters import tell_owners
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, ForbiddenError, NotFoundError, NotNowError, StaleError
from cfp.links import Links
from cfp.policy import Action, Fact, Relation, Standing, allowed, predicate, sees
from cfp.records import record

RESPONSE_LIMIT = 50_000


@record
class Preview:
    """What opening a round does: submissions with a text for their speakers, and those texts."""

    submissions: int
    texts: int
    without: int


def words_in(text: str) -> int:
    """How many words a text has: what stands between blanks."""
    return len(text.split())


def is_open(conference: Conference, submission: Submission, now: datetime) -> bool:
    """Whether its speakers may answer now."""
    opened, until = conference.response_opened, conference.response_until
    if not conference.asks_response or opened is None or until is None:
        return False
    return opened <= now <= until and submission.state in UNDER_REVIEW


def preview(db: Session, actor: Actor, conference: Conference) -> Preview:
    """What opening now would show, in numbers, without what a conflict hides from who asks."""
    texts = (
        select(Review.submission_id, func.count(Review.id).label("n"))
        .where(
            Review.conference_id == conference.id,
            Review.state == "submitted",
            Review.speaker_text != "",
        )
        .group_by(Review.submission_id)
        .subquery()
    )
    row = db.execute(
        select(func.count(texts.c.n), func.coalesce(func.sum(texts.c.n), 0), func.count())
        .select_from(Submission)
        .outerjoin(texts, texts.c.submission_id == Submission.id)
        .where(
            Submission.state.in_(UNDER_REVIEW), predicate(actor, Fact.CHAIR_REVIEWS, conference)
        )
    ).one()
    return Preview(row[0], row[1], row[2] - row[0])


def open_round(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    until: datetime,
    links: Links,
    now: datetime,
) -> int:
    """Show the texts for speakers that are in, and ask for answers by mail.

    It is for all submissions, also those whose reviews this chair may not read: a mail says no more
    than that there are texts. Returns how many of those they may read it is about.

    Raises:
        DomainError: `response.past`, when the end is not ahead.
        NotNowError: `response.off`, or `response.nothing` to show.
    """
    if not allowed(actor, Action.CHAIR_ONLY, conference, now):
        raise ForbiddenError("forbidden")
    if not conference.asks_response:
        raise NotNowError("response.off")
    if until <= now:
        raise DomainError("response.past", field="until_date")
    asked = _with_texts(db, conference)
    if not asked:
        raise NotNowError("response.nothing")
    conference.response_round += 1
    conference.response_opened, conference.response_until = now, until
    db.flush()
    more = {
        "until": wording.moment(until, conference.zone, conference.language),
        "words": str(conference.response_words),
    }
    for submission in asked:
        tell_owners(
            db, conference, submission, "response_open", links=links, now=now, more=more
        )
    _record(db, actor, "response.open", conference, now)
    return preview(db, actor, conference).submissions


def close_round(db: Session, actor: Actor, conference: Conference, *, now: datetime) -> None:
    """End it now. What speakers have read stays theirs to read."""
    if not allowed(actor, Action.CHAIR_ONLY, conference, now):
        raise ForbiddenError("forbidden")
    if conference.response_until is None or conference.response_until <= now:
        raise NotNowError("not_now")
    conference.response_until = now
    _record(db, actor, "response.close", conference, now)


def answer(
    db: Session, actor: Actor, standing: Standing, *, text: str, revision: int, now: datetime
) -> Response:
    """Store the speakers' answer of this round; until its end it can be changed.

    Raises:
        NotNowError: `response.closed`.
        StaleError: another speaker has saved one meanwhile.
        DomainError: `response.empty`, or `response.too_many_words` (data: words, limit).
    """
    conference, submission = standing.conference, standing.submission
    if Relation.SPEAKER not in standing.relations:
        raise ForbiddenError("forbidden")
    if not conference.asks_response:
        raise NotFoundError("not_found")
    if not is_open(conference, submission, now):
        raise NotNowError("response.closed")
    words, limit = words_in(text), conference.response_words
    if not text:
        raise DomainError("response.empty", field="text")
    if words > limit or len(text) > RESPONSE_LIMIT:
        raise DomainError("response.too_many_words", field="text", words=words, limit=limit)
    found = own_response(db, standing)
    if (found.revision if found else 0) != revision:
        raise StaleError("stale", theirs={"text": found.text if found else ""})
    if found is None:
        found = Response(
            conference_id=conference.id,
            submission_id=submission.id,
            round=conference.response_round,
        )
        db.add(found)
    found.person_id, found.text, found.changed = actor.person_id or 0, text, now
    db.flush()
    return found


def own_response(db: Session, standing: Standing) -> Response | None:
    """This round's answer, for its speakers."""
    return db.scalars(
        select(Response).where(
            Response.submission_id == standing.submission.id,
            Response.round == standing.conference.response_round,
        )
    ).one_or_none()


def responses_of(db: Session, standing: Standing) -> Sequence[Response]:
    """All rounds' answers, for the committee; nobody reads them who may not read the reviews."""
    if not (standing.conference.asks_response and sees(standing, Fact.REVIEWS)):
        return []
    here = Response.submission_id == standing.submission.id
    return db.scalars(select(Response).where(here).order_by(Response.round)).all()


def _with_texts(db: Session, conference: Conference) -> Sequence[Submission]:
    told = select(Review.submission_id).where(
        Review.conference_id == conference.id,
        Review.state == "submitted",
        Review.speaker_text != "",
    )
    return db.scalars(
        select(Submission)
        .where(
            Submission.conference_id == conference.id,
            Submission.state.in_(UNDER_REVIEW),
            Submission.id.in_(told),
        )
        .order_by(Submission.id)
    ).all()


def _record(
    db: Session, actor: Actor, action: str, conference: Conference, now: datetime
) -> None:
    db.flush()
    audit.of_conference(db, actor, action, conference, now=now)
