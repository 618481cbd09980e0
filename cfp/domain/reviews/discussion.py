"""The committee's discussion of one submission: remarks, whom they mention, and who follows it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    false,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.blocking import blocked_pairs
from cfp.domain.assignment.models import Assignment
from cfp.domain.conferences.models import Role
from cfp.domain.reviews.mentions import decode, encode
from cfp.domain.reviews.models import Comment, Follow, Response, Review, Summary
from cfp.domain.reviews.pseudonyms import pseudonym_of
from cfp.errors import DomainError, ForbiddenError, NotFoundError
from cfp.policy import ACTIVE_ASSIGNMENTS, Fact, Standing, sees
from cfp.records import record

AUDIENCES = ("reviewers", "chairs")
COMMENT_LIMIT = 5_000


@record
class Participant:
    """Somebody who has to do with a submission's review; `label` is what the reader calls them.

    `pseudonym` is None for who has neither written nor been mentioned.
    """

    person_id: int
    label: str
    pseudonym: str | None
    chairs: bool
    code: str


@record
class Remark:
    """A comment as its reader may see it."""

    writer: str
    audience: str
    text: str
    own: bool
    comment: Comment


@record
class Thread:
    """Everything said so far, whom one may mention, and whether one follows it."""

    remarks: Sequence[Remark]
    people: Sequence[Participant]
    follows: bool


@record
class Glance:
    """A discussion from outside: how many remarks, the last one, and what else there is."""

    remarks: int
    last: datetime | None
    summarized: bool
    responses: int


def refuse_closed(standing: Standing) -> None:
    """Where the conference does not discuss, there is nothing; who may not read it, learns that."""
    if not standing.conference.discusses:
        raise NotFoundError("not_found")
    if not sees(standing, Fact.REVIEWS):
        raise ForbiddenError("forbidden")


def thread_of(db: Session, actor: Actor, standing: Standing) -> Thread:
    """The discussion as this person may read it, oldest first; two statements."""
    people = participants(db, actor, standing)
    names = {one.pseudonym: one.label for one in people if one.pseudonym}
    me = Follow.person_id == actor.person_id
    rows = db.execute(
        select(Comment, Person.name, Follow.on)
        .join(Person, Person.id == Comment.person_id)
        .outerjoin(Follow, and_(Follow.submission_id == Comment.submission_id, me))
        .where(_readable(standing))
        .order_by(Comment.id)
    ).all()
    named = sees(standing, Fact.REVIEWERS)
    remarks = [
        Remark(
            writer=name if named else comment.pseudonym,
            audience=comment.audience,
            text=decode(comment.text, names),
            own=comment.person_id == actor.person_id,
            comment=comment,
        )
        for comment, name, _on in rows
    ]
    follows = rows[0][2] if rows else _follows(db, actor, standing)
    others = [one for one in people if one.person_id != actor.person_id]
    return Thread(remarks, others, bool(follows))


def glance_at(db: Session, standing: Standing) -> Glance | None:
    """For the pages that lead to the discussion; None where there is none for this person."""
    columns = glance_columns(standing)
    return glance_of(db.execute(select(*columns)).one()) if columns else None


def glance_columns(standing: Standing) -> Sequence[ScalarSelect[Any]]:
    """What `glance_of` reads, for a statement that asks for more; () where there is nothing."""
    if not (standing.conference.discusses and sees(standing, Fact.REVIEWS)):
        return ()
    here, readable = standing.submission.id, _readable(standing)
    summaries = Summary.submission_id == here, Summary.submitted.is_not(None)
    return (
        select(func.count(Comment.id)).where(readable).scalar_subquery(),
        select(func.max(Comment.created)).where(readable).scalar_subquery(),
        select(func.count()).where(*summaries).scalar_subquery(),
        select(func.count(Response.id)).where(Response.submission_id == here).scalar_subquery(),
    )


def glance_of(values: Sequence[Any]) -> Glance:
    """From the values of `glance_columns`."""
    return Glance(values[0], values[1], bool(values[2]), values[3])


def participants(db: Session, actor: Actor, standing: Standing) -> list[Participant]:
    """Whom the person may know to have a part in this, themselves with them, by label.

    Those who see who reviews know everybody by name; the others know whoever has said something
    they may read, by pseudonym. Nobody with a blocking conflict is among them.
    """
    rows = db.execute(_known(standing)).all()
    named = sees(standing, Fact.REVIEWERS)
    found: dict[int, Participant] = {}
    for person_id, pseudonym, is_chair, name, code in rows:
        before = found.get(person_id)
        known = pseudonym or (before.pseudonym if before else None)
        chairs = bool(is_chair) or (before is not None and before.chairs)
        if named or known or person_id == actor.person_id:
            label = name if named else known or ""
            found[person_id] = Participant(person_id, label, known, chairs, code)
    return sorted(found.values(), key=lambda one: one.label.casefold())


def comment(
    db: Session, actor: Actor, standing: Standing, *, text: str, audience: str, now: datetime
) -> Comment:
    """Add a remark for reviewers and chairs, or for chairs alone.

    Whoever writes or is mentioned follows from then on. Raises DomainError `bad_audience`,
    `empty_comment` or `too_long`.
    """
    refuse_closed(standing)
    if audience not in AUDIENCES:
        raise DomainError("bad_audience", field="audience")
    if not text:
        raise DomainError("empty_comment", field="text")
    if len(text) > COMMENT_LIMIT:
        raise DomainError("too_long", field="text")
    stored, mentioned = _mention(db, actor, standing, text, audience)
    me, disguise = actor.person_id or 0, pseudonym_of(db, standing, actor.person_id)
    remark = Comment(
        conference_id=standing.conference.id,
        submission_id=standing.submission.id,
        person_id=me,
        pseudonym=disguise,
        audience=audience,
        text=stored,
        created=now,
    )
    db.add(remark)
    db.flush()
    for person_id, pseudonym in {me: disguise, **mentioned}.items():
        _follow(db, standing, person_id, told=remark.id - 1, pseudonym=pseudonym)
    return remark


def set_following(db: Session, actor: Actor, standing: Standing, *, on: bool) -> None:
    """Be told of new comments from now on, or no more."""
    refuse_closed(standing)
    newest = select(func.max(Comment.id)).where(Comment.submission_id == standing.submission.id)
    follow = _follow(db, standing, actor.person_id or 0, told=0)
    if on and (not follow.on or not follow.told):
        follow.told = db.scalar(newest) or 0
    follow.on = on
    db.flush()


def _mention(
    db: Session, actor: Actor, standing: Standing, text: str, audience: str
) -> tuple[str, Mapping[int, str]]:
    """The text as it is stored, and those it mentions with their pseudonyms.

    What is for chairs alone leaves no trace with the others it mentions.
    """
    if "@" not in text:
        return text, {}
    people = [
        one for one in participants(db, actor, standing) if one.person_id != actor.person_id
    ]
    disguises = {
        one.label: one.pseudonym or pseudonym_of(db, standing, one.person_id) for one in people
    }
    stored, found = encode(text, disguises)
    readers = [one for one in people if one.chairs or audience != "chairs"]
    mentioned = [one for one in readers if disguises[one.label] in found]
    return stored, {one.person_id: disguises[one.label] for one in mentioned}


def _follow(
    db: Session, standing: Standing, person_id: int, *, told: int, pseudonym: str = ""
) -> Follow:
    """The row of a follower, a new one as told up to there; who has stopped stays so."""
    here = standing.submission
    found = db.scalars(
        select(Follow).where(Follow.submission_id == here.id, Follow.person_id == person_id)
    ).one_or_none()
    if found is None:
        found = Follow(
            conference_id=here.conference_id,
            submission_id=here.id,
            person_id=person_id,
            pseudonym=pseudonym or pseudonym_of(db, standing, person_id),
            told=told,
        )
        db.add(found)
        db.flush()
    return found


def _follows(db: Session, actor: Actor, standing: Standing) -> bool:
    query = select(Follow.on).where(
        Follow.submission_id == standing.submission.id, Follow.person_id == actor.person_id
    )
    return bool(db.scalar(query))


def _readable(standing: Standing) -> ColumnElement[bool]:
    audiences = AUDIENCES if sees(standing, Fact.CHAIR_REVIEWS) else AUDIENCES[:1]
    return and_(
        Comment.submission_id == standing.submission.id, Comment.audience.in_(audiences)
    )


def _known(standing: Standing) -> Select[Any]:
    """(person_id, pseudonym, whether a chair, name, code) of everybody with a part in it.

    Pseudonyms only of those who have said something readable.
    """
    here, conference = standing.submission, standing.conference
    said: list[Any] = [
        select(Review.person_id, Review.pseudonym, false().label("chairs")).where(
            Review.submission_id == here.id, Review.state == "submitted"
        ),
        select(Comment.person_id, Comment.pseudonym, false()).where(_readable(standing)),
    ]
    if sees(standing, Fact.REVIEWERS):
        said += [
            select(Follow.person_id, Follow.pseudonym, false()).where(
                Follow.submission_id == here.id
            ),
            select(Assignment.person_id, null(), false()).where(
                Assignment.submission_id == here.id, Assignment.state.in_(ACTIVE_ASSIGNMENTS)
            ),
            select(Role.person_id, null(), true()).where(
                Role.conference_id == conference.id,
                or_(
                    Role.kind == "chair",
                    and_(Role.kind == "track_chair", Role.track_id == here.track_id),
                ),
            ),
        ]
    part = union_all(*said).subquery("part")
    blocked = blocked_pairs(conference)
    barred = select(blocked.c.person_id).where(blocked.c.submission_id == here.id)
    return (
        select(part.c.person_id, part.c.pseudonym, part.c.chairs, Person.name, Person.code)
        .join(Person, Person.id == part.c.person_id)
        .where(part.c.person_id.not_in(barred))
    )
