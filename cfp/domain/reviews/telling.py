"""Mails about new comments: one for a while's worth of them, only to those who may read them now.

The worker looks; what is to be told hangs on the follower's row, not on mails made beforehand, so
whoever has lost sight of a submission meanwhile (by a conflict, or as no reviewer any more) is told
nothing. The text of a comment stays here: a mail can't be taken back when that happens later.
For whoever wants one mail a day, `gather` does the same when that is made.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts import choices
from cfp.domain.accounts.choices import How, Kind
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.assignment.letters import addresses_of
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import wording
from cfp.domain.mail.actions import write_to
from cfp.domain.mail.render import fill, template_for
from cfp.domain.reviews.models import Comment, Follow
from cfp.domain.submissions import redaction
from cfp.domain.submissions.models import Submission
from cfp.links import Links
from cfp.policy import Fact, Standing, sees, standing_of
from cfp.records import record

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
        .where(_news(), ~_gathers())
        .group_by(Comment.submission_id)
        .having(or_(quiet, old))
    )
    return list(db.scalars(query.order_by(Comment.submission_id).limit(100)))


def tell(db: Session, *, submission_id: int, links: Links, now: datetime) -> int:
    """Tell its followers what is new to them; returns the mails. Who comes second finds none.

    What a daily mail will say is left to that; who wants no mail has it all behind them.
    """
    followers = db.scalars(
        select(Follow)
        .where(Follow.submission_id == submission_id, Follow.on, ~_gathers())
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
    hows = choices.hows(db, conference, Kind.COMMENTS, _ids(followers))
    addresses = {person.id: address for person, address in addresses_of(db, _ids(followers))}
    mails = 0
    for one in followers:
        new = [c for c in comments if c.id > one.told and c.person_id != one.person_id]
        one.told = comments[-1].id
        actor = actor_of_person(db, one.person_id)
        standing = standing_of(db, actor, conference, submission.code)
        readable = _readable(standing, new) if standing and conference.discusses else []
        wanted = hows[one.person_id] is How.ONCE and one.person_id in addresses
        if readable and standing and wanted:
            _queue(db, standing, one, addresses[one.person_id], readable, links, now)
            mails += 1
    db.flush()
    return mails


@record
class Talked:
    """What is new in one discussion, for one person: the title as they may know it."""

    code: str
    title: str
    comments: int


def gather(db: Session, actor: Actor, conference: Conference) -> list[Talked]:
    """What is new to this person in all they follow here; from now on they have been told it."""
    rows = db.execute(
        select(Follow, Comment, Submission.code)
        .join(Comment, Comment.submission_id == Follow.submission_id)
        .join(Submission, Submission.id == Follow.submission_id)
        .where(
            Follow.person_id == actor.person_id, Follow.conference_id == conference.id, _news()
        )
        .order_by(Submission.code, Comment.id)
        .with_for_update(of=Follow)
    ).all()
    new: dict[str, list[Comment]] = {}
    for follow, comment, code in rows:
        new.setdefault(code, []).append(comment)
        follow.told = max(follow.told, comment.id)
    found = []
    for code, comments in new.items() if conference.discusses else ():
        standing = standing_of(db, actor, conference, code)
        readable = _readable(standing, comments) if standing else []
        if standing and readable:
            title = redaction.shown(db, standing)[0] or code
            found.append(Talked(code, title, len(readable)))
    return found


def counted(number: int, language: str) -> str:
    """So many new comments, in words."""
    name = "comments_one" if number == 1 else "comments_many"
    return wording.part(name, {"count": str(number)}, language)


def _news() -> ColumnElement[bool]:
    """A comment that its follower has not been told of; over both tables."""
    by_others = Comment.person_id != Follow.person_id
    return and_(Follow.on, Comment.id > Follow.told, by_others)


def _gathers() -> ColumnElement[bool]:
    return choices.gathers(Kind.COMMENTS, Follow.person_id, Follow.conference_id)


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
    values = {
        "name": person.name,
        "conference": conference.name,
        "title": redaction.shown(db, standing)[0] or submission.code,
        "code": submission.code,
        "comments": counted(len(new), conference.language),
        "link": links.discussion(conference.slug, submission.code),
        "contact": conference.contact,
    }
    link = choices.way_out(
        db, person.id, kind=Kind.COMMENTS, conference=conference, links=links, now=now
    )
    filled = fill(template_for(db, conference, KIND), values)
    text = choices.with_way_out(filled, conference.language, link)
    write_to(
        db,
        conference,
        person,
        address,
        text,
        kind=KIND,
        epoch=new[-1].id,
        submission=submission,
        about_review=True,
        unsubscribe=link,
        now=now,
    )
