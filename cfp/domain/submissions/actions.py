"""What people do with submissions. `move` is the one place where a state changes."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.models import Message
from cfp.domain.submissions import contents, letters
from cfp.domain.submissions.models import Speaker, Submission, SubmissionRevision
from cfp.domain.submissions.rules import Content, lacking
from cfp.domain.submissions.speakers import invite_named
from cfp.domain.submissions.states import (
    MOVES,
    Moment,
    State,
    call_is_open,
    content_is_open,
    is_open,
)
from cfp.errors import DomainError, NotNowError
from cfp.links import Links
from cfp.policy import Relation, Standing

MAILS: Mapping[str, str] = MappingProxyType(
    {
        "submit": "received",
        "resubmit": "received",
        "withdraw": "withdrawn",
        "confirm": "confirmed",
        "decline": "declined",
        "cancel": "canceled",
    }
)
"""The mail each move sends to the talk's people; announcing sends one per person, by itself."""


def move(
    db: Session,
    actor: Actor,
    standing: Standing,
    name: str,
    *,
    now: datetime,
    links: Links | None = None,
    announcing: bool = False,
    received: datetime | None = None,
) -> None:
    """Make a move of the table: state, times, audit entry and the move's mail, or nothing.

    `links` is needed by moves that send a mail (`MAILS`). `announcing` is for the one action that
    announces a batch; without it those moves are never open. `received` is when the request came
    in, where that is not now: a talk sent in time counts, though its sender's proof took longer.

    Raises:
        NotNowError: `not_now`, for a wrong state, person or moment.
    """
    rule, submission, before = MOVES[name], standing.submission, standing.submission.state
    batch = announcing and rule.moment is Moment.ANNOUNCING
    if (
        before not in rule.sources
        or not rule.who & standing.relations
        or not (batch or is_open(rule.moment, standing.conference, received or now))
    ):
        raise NotNowError("not_now", state=before, move=name)
    submission.state = rule.target
    submission.changed = now
    if batch:
        submission.announced = now
    if rule.target is State.SUBMITTED:
        submission.submitted = submission.submitted or now
    audit.of_submission(
        db,
        actor,
        f"submission.{name}",
        submission,
        now=now,
        detail={"from": before, "to": str(rule.target)},
    )
    if name in MAILS:
        if links is None:
            raise ValueError(f"the mail of {name} needs links")
        letters.tell_owners(db, standing.conference, submission, MAILS[name], links=links, now=now)


def create(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    content: Content,
    now: datetime,
    received: datetime | None = None,
) -> Submission:
    """A draft of the person's own, half filled as it may be.

    Raises:
        NotNowError: `call_closed`, outside the call (the grace is for drafts there already).
        DomainError: `too_long` and what `set_speakers` raises, with their field.
    """
    if actor.person_id is None:
        raise ValueError("a submission belongs to somebody")
    if not call_is_open(conference, received or now):
        raise NotNowError("call_closed")
    submission = contents.new_draft(db, conference, actor.person_id, content, now)
    contents.write(db, conference, submission, content)
    _note(db, actor, submission, "submission.create", now)
    return submission


def keep(
    db: Session, actor: Actor, conference: Conference, *, content: Content, now: datetime
) -> Submission:
    """A draft of what was typed in good time, whatever has become of the call meanwhile.

    Where format or track are gone the first ones stand in; only what `too_long` and
    `set_speakers` refuse is refused.
    """
    if actor.person_id is None:
        raise ValueError("a submission belongs to somebody")
    content = contents.placed(db, conference, content)
    submission = contents.new_draft(db, conference, actor.person_id, content, now)
    contents.write(db, conference, submission, content)
    _note(db, actor, submission, "submission.create", now)
    return submission


def edit(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    content: Content,
    links: Links,
    now: datetime,
) -> bool:
    """Replace what the form shows: texts, format, track and speakers; False when nothing differs.

    What it said before is kept, except of drafts, which nobody else has read. Its speakers edit
    while that is open; chairs at any time, and then the speakers are told.

    Raises:
        NotNowError: `edit_closed`.
        DomainError: `lacks_title` and the like once submitted; `too_long`; see `set_speakers`.
    """
    conference, submission = standing.conference, standing.submission
    as_speaker = Relation.SPEAKER in standing.relations
    if as_speaker and not content_is_open(conference, submission, now):
        as_speaker = False
    if not as_speaker and not (standing.relations & _EDITORS and submission.state != State.DRAFT):
        raise NotNowError("edit_closed")
    draft = submission.state == State.DRAFT
    if not draft:
        _refuse_lacking(content)
    number, was = submission.revision, contents.read(db, submission)
    gone = contents.write(db, conference, submission, content)
    now_is = contents.read(db, submission)
    if was == now_is:
        return False
    submission.changed = now
    if draft:
        return True
    before, after = contents.snapshot(was), contents.snapshot(now_is)
    if before != after:
        _keep(db, actor, submission, number, before, now)
    _note(db, actor, submission, "submission.edit", now, before, after)
    for speaker in gone:
        was_asked = speaker.invited is not None or speaker.person_id is not None
        if was_asked and speaker.address and speaker.person_id != actor.person_id:
            letters.tell_removed(db, conference, submission, speaker, links=links, now=now)
    invite_named(db, actor, conference, submission, links=links, now=now)
    if not as_speaker:
        changes = contents.changed_fields(before, after)
        letters.tell_changed(db, conference, submission, changes, links=links, now=now)
    return True


def submit(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    links: Links,
    now: datetime,
    received: datetime | None = None,
) -> None:
    """Hand the draft in: complete from here on, its co-speakers are asked.

    Raises:
        DomainError: `lacks_title`, `lacks_abstract` or `lacks_speakers`, at that field.
        NotNowError: `not_now`.
    """
    submission = standing.submission
    _refuse_lacking(contents.read(db, submission))
    name = "resubmit" if submission.state == State.REVISE else "submit"
    move(db, actor, standing, name, now=now, links=links, received=received)
    invite_named(db, actor, standing.conference, submission, links=links, now=now)


def withdraw(db: Session, actor: Actor, standing: Standing, *, links: Links, now: datetime) -> None:
    """Take it back, by one of its speakers or by a chair on their behalf."""
    move(db, actor, standing, "withdraw", now=now, links=links)


def discard(db: Session, actor: Actor, standing: Standing, *, now: datetime) -> None:
    """Delete a draft for good. Raises NotNowError `not_a_draft` for anything handed in."""
    submission = standing.submission
    if submission.state != State.DRAFT or Relation.SPEAKER not in standing.relations:
        raise NotNowError("not_a_draft")
    _note(db, actor, submission, "submission.discard", now)
    reminders = update(Message).where(Message.submission_id == submission.id)
    db.execute(reminders.values(submission_id=None))
    db.execute(delete(Speaker).where(Speaker.submission_id == submission.id))
    db.delete(submission)
    db.flush()


_EDITORS = frozenset({Relation.CHAIR, Relation.TRACK_CHAIR})


def _refuse_lacking(content: Content) -> None:
    for field in lacking(content):
        raise DomainError(f"lacks_{field}", field=field)


def _keep(
    db: Session,
    actor: Actor,
    submission: Submission,
    number: int,
    before: Mapping[str, object],
    now: datetime,
) -> None:
    db.add(
        SubmissionRevision(
            conference_id=submission.conference_id,
            submission_id=submission.id,
            number=number,
            content=dict(before),
            by_id=actor.person_id,
            at=now,
        )
    )


def _note(
    db: Session,
    actor: Actor,
    submission: Submission,
    action: str,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.of_submission(
        db,
        actor,
        action,
        submission,
        now=now,
        detail={"state": submission.state},
        before=before,
        after=after,
    )
