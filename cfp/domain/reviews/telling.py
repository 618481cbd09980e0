"""Mails about new comments: one for a while's worth of them, only to those who may read them now.

The worker looks; what is to be told hangs on the follower's row, not on mails made beforehand, so
whoever has lost sight of a submission meanwhile (by a conflict, or as no reviewer any more) is told
nothing. The text of a comment stays here: a mail can't be taken back when that happens later.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.assignment.letters import addresses_of
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import wording
from cfp.domain.mail.actions import queue
from cfp.domain.mail.render import fill, template_for
from cfp.domain.reviews.models import Comment, Follow
from cfp.domain.submissions import redaction
from cfp.domain.submissions.models import Submission
from cfp.links import Links
from cfp.policy import Fact, Standing, sees, standing_of

KIND = "comments"
QUIET, LONGEST = timedelta(minutes=10), timedelta(hours=2)
"""A mail waits until nobody has written for so long, but no longer than this."""


def due_submissions(db: Session, *, now: datetime) -> list[int]:
    """Ids of submissions with comments to tell somebody of; a plain read, which locks nothing."""
    quiet = func.max(Comment.created) <= now - QUIET
    old = func.min(Comment.created) <= now - LONGEST
    query = (
        select(Comment.submission_id)
        .join(Follow, Follow.submission_id == Comment.submission_id)
        .where(Follow.on, Comment.id > Follow.told, Comment.person_id != Follow.person_id)
        .group_by(Comment.submission_id)
        .having(or_(quiet, old))
    )
    return list(db.scalars(query.order_by(Comment.submission_id).limit(100)))


def tell(db: Session, *, submission_id: int, links: Links, now: datetime) -> int:
    """Tell its followers what is new to them; returns the mails. Who comes second finds none."""
    followers = db.scalars(
        select(Follow)
        .where(Follow.submission_id == submission_id, Follow.on)
        .order_by(Follow.id)
        .with_for_update()
    ).all()
    comments = db.scalars(
        select(Comment).where(Comment.submission_id == submission_id).order_by(Comment.id)
    ).all()
    if not comments:
        return 0
    submission = db.get_one(Submission, submission_id)
    conference = db.get_one(Conference, submission.conference_id)
    addresses = {person.id: address for person, address in addresses_of(db, _ids(followers))}
    mails = 0
    for one in followers:
        new = [c for c in comments if c.id > one.told and c.person_id != one.person_id]
        one.told = comments[-1].id
        actor = actor_of_person(db, one.person_id)
        standing = standing_of(db, actor, conference, submission.code)
        readable = _readable(standing, new) if standing and conference.discusses else []
        if readable and standing and one.person_id in addresses:
            _queue(db, standing, one, addresses[one.person_id], readable, links, now)
            mails += 1
    db.flush()
    return mails


def _ids(followers: Sequence[Follow]) -> list[int]:
    return [one.person_id for one in followers]


def _readable(standing: Standing, comments: Sequence[Comment]) -> list[Comment]:
    if not sees(standing, Fact.REVIEWS):
        return []
    chairs = sees(standing, Fact.CHAIR_REVIEWS)
    return [one for one in comments if chairs or one.audience != "chairs"]


def _queue(
    db: Session,
    standing: Standing,
    follow: Follow,
    address: str,
    new: Sequence[Comment],
    links: Links,
    now: datetime,
) -> None:
    conference, submission = standing.conference, standing.submission
    person = db.get_one(Person, follow.person_id)
    count = wording.part(
        "comments_one" if len(new) == 1 else "comments_many",
        {"count": str(len(new))},
        conference.language,
    )
    values = {
        "name": person.name,
        "conference": conference.name,
        "title": redaction.shown(db, standing)[0] or submission.code,
        "code": submission.code,
        "comments": count,
        "link": links.discussion(conference.slug, submission.code),
        "contact": conference.contact,
    }
    text = fill(template_for(db, conference, KIND), values)
    queue(
        db,
        kind=KIND,
        object_key=f"submission:{submission.id}",
        epoch=new[-1].id,
        person=person,
        recipient=address,
        recipient_name=person.name,
        subject=text.subject,
        body=text.body,
        conference=conference,
        submission=submission,
        due=now,
        now=now,
        about_review=True,
    )
