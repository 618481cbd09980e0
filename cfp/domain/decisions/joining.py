"""Joining the talk that one's own was merged into: asked by its speakers, answered by oneself.

The organizers have merged the two, so it does not matter whether the talk can still be edited.
Nobody stands on it, and so on a public page, before having said yes there; and whoever asks learns
no address by it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.queries import primary_address
from cfp.domain.decisions.merging import merged_ids
from cfp.domain.decisions.models import Decision
from cfp.domain.mail.actions import write_to
from cfp.domain.mail.render import fill, template_for
from cfp.domain.mail.rules import is_address
from cfp.domain.submissions import speakers
from cfp.domain.submissions.letters import submission_values
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.errors import NotNowError
from cfp.links import Links
from cfp.policy import Standing
from cfp.records import record

ASKED = "join_invitation"


@record
class Joiner:
    """Somebody of a talk that was merged into another, on which they do not stand yet."""

    place: Speaker
    """Theirs on the merged one; `asked_to_join` is when they were asked last."""
    merged: Submission
    person: Person
    address: str


def joiners_of(db: Session, submission: Submission) -> list[Joiner]:
    """Who could be asked to join it, by talk; none of those who have left it, nor of one not given.

    Somebody who has left is known by the code alone, under which they stand on all their talks.
    """
    if submission.state not in IN_PROGRAM:
        return []
    into = Decision.into_id == submission.id
    merged = merged_ids().where(into)
    here = select(Speaker).where(Speaker.submission_id == submission.id)
    stands = here.where(Speaker.state != "removed", Speaker.person_id.is_not(None))
    rows = db.execute(
        select(Speaker, Submission, Person, primary_address(Person.id))
        .join(Submission, Submission.id == Speaker.submission_id)
        .join(Person, Person.id == Speaker.person_id)
        .where(
            Speaker.submission_id.in_(merged),
            Speaker.state == "accepted",
            Speaker.person_id.not_in(stands.with_only_columns(Speaker.person_id)),
            Speaker.code.not_in(here.where(Speaker.left).with_only_columns(Speaker.code)),
        )
        .order_by(Submission.title, Submission.id, Speaker.position, Speaker.id)
    )
    found = [Joiner(row[0], row[1], row[2], row[3] or "") for row in rows]
    return list({one.person.id: one for one in reversed(found)}.values())[::-1]


def may_be_asked(one: Joiner, now: datetime) -> bool:
    """Whether a mail would reach them, and none has a moment ago."""
    last = one.place.asked_to_join
    return is_address(one.address) and (
        last is None or now >= last + speakers.INVITE_AGAIN_AFTER
    )


def ask(
    db: Session, actor: Actor, standing: Standing, *, links: Links, now: datetime
) -> Sequence[str]:
    """Ask all of them who can be asked; returns their names.

    Raises:
        NotNowError: `invited_just_now`; `joining.nobody`, when all have joined or left.
    """
    found = joiners_of(db, standing.submission)
    if not found:
        raise NotNowError("joining.nobody")
    asked = [one for one in found if may_be_asked(one, now)]
    if not asked:
        raise NotNowError("invited_just_now")
    for one in asked:
        _write(db, actor, standing, one, links=links, now=now)
        one.place.asked_to_join = now
        detail = {"speaker": one.place.code}
        audit.of_submission(
            db, actor, "speaker.ask_to_join", standing.submission, now=now, detail=detail
        )
    return [one.place.name for one in asked]


def _write(
    db: Session, actor: Actor, standing: Standing, one: Joiner, *, links: Links, now: datetime
) -> None:
    conference, submission = standing.conference, standing.submission
    values = {
        **submission_values(conference, submission, links),
        "name": one.person.name,
        "by": actor.name or conference.name,
        "merged": one.merged.title,
        "link": links.submission(conference.slug, one.merged.code),
    }
    text = fill(template_for(db, conference, ASKED), values)
    write_to(
        db,
        conference,
        one.person,
        one.address,
        text,
        kind=ASKED,
        object_key=f"speaker:{one.place.id}",
        epoch=now.isoformat(),
        submission=one.merged,
        now=now,
    )


def offer_of(db: Session, actor: Actor, standing: Standing) -> Joiner | None:
    """This person's place on a merged talk, if they are asked to join the other."""
    target = _target(db, standing.submission)
    if target is None:
        return None
    return next(
        (
            one
            for one in joiners_of(db, target)
            if one.merged.id == standing.submission.id
            and one.person.id == actor.person_id
            and one.place.asked_to_join is not None
        ),
        None,
    )


def join(db: Session, actor: Actor, standing: Standing, *, now: datetime) -> Submission:
    """Stand on the talk that one's own was merged into, as on one's own; returns that talk.

    Raises:
        NotNowError: `joining.not_asked`.
    """
    target = _target(db, standing.submission)
    if target is not None:
        db.refresh(target, with_for_update=True)  # of two presses at once one finds the other
    offer = offer_of(db, actor, standing)
    if offer is None or target is None:
        raise NotNowError("joining.not_asked")
    speakers.add_accepted(db, actor, submission=target, like=offer.place, now=now)
    return target


def _target(db: Session, submission: Submission) -> Submission | None:
    merged = merged_ids().where(Decision.submission_id == submission.id)
    into = merged.with_only_columns(Decision.into_id)
    return db.scalars(select(Submission).where(Submission.id.in_(into))).one_or_none()
