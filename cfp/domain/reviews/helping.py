"""Writing a review for one of its reviewers, and what they make of it.

What is written is a draft on the helper's row. It becomes part of a review only when the reviewer
takes it over into their own, reads it there and submits it: no count, total or list knows of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.reviewers import declare_conflict
from cfp.domain.conferences.models import Criterion, ReviewField
from cfp.domain.conferences.queries import fields_of
from cfp.domain.reviews import actions, guest_letters, guest_rules, guests, queries
from cfp.domain.reviews import answers as form_answers
from cfp.domain.reviews.content import (
    Content,
    check_values,
    content_of,
    from_json,
    joined,
    missing_in,
)
from cfp.domain.reviews.extensions import until_of
from cfp.domain.reviews.models import Guest
from cfp.domain.reviews.rules import asked_of, phase_now
from cfp.errors import (
    DomainError,
    ForbiddenError,
    NotFoundError,
    NotNowError,
    StaleError,
    raise_together,
)
from cfp.links import Links
from cfp.policy import HELPING, Action, Standing, allowed
from cfp.records import record


@record
class Task:
    """What somebody writes, for whom, and what is asked; `every` are all criteria there are."""

    guest: Guest
    reviewer: str
    every: Sequence[Criterion]
    criteria: Sequence[Criterion]
    fields: Sequence[ReviewField]

    @property
    def content(self) -> Content:
        return from_json(self.guest.draft)

    @property
    def is_open(self) -> bool:
        """Whether it can be changed: not while the reviewer has it."""
        return guest_rules.can("hand_in", self.guest.state)


def task_of(db: Session, actor: Actor, standing: Standing, now: datetime) -> Task:
    """What this person writes about the submission. Raises NotFoundError."""
    row = db.execute(
        select(Guest, Person.name)
        .join(Person, Person.id == Guest.for_id)
        .where(
            Guest.submission_id == standing.submission.id,
            Guest.person_id == actor.person_id,
            Guest.state.in_(HELPING),
        )
        .order_by(Guest.id)
        .limit(1)
    ).first()
    if row is None:
        raise NotFoundError("not_found")
    guest, reviewer = row
    return Task(guest, reviewer, *_form(db, standing, guest, now))


def save(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    content: Content,
    hand_in: bool,
    revision: int,
    links: Links,
    now: datetime,
) -> Guest:
    """Store what a helper has written, and hand it in to the reviewer once it is complete.

    Raises:
        NotNowError: reviewing is closed, or it is with the reviewer.
        StaleError: it was saved elsewhere meanwhile.
        DomainError: as `actions.save`, at its field.
    """
    if not allowed(actor, Action.HELP, standing, now):
        raise ForbiddenError("forbidden")
    task = task_of(db, actor, standing, now)
    guest = task.guest
    handed = guest_rules.after("hand_in", guest.state)
    guests.check_open(db, guest, standing.conference, standing.submission, now)
    if guest.revision != revision:
        raise StaleError("stale", theirs=_texts(task.content))
    check_values(task.criteria, content)
    form_answers.check(task.fields, content.answers, task.content.answers)
    guest.draft, guest.changed = content.as_json(), now
    if hand_in:
        raise_together(missing_in(task.criteria, task.fields, content))
        guest.state, guest.handed, guest.note = handed, now, ""
        _record(db, actor, "guest.hand_in", standing, guest, now)
        link = links.help(standing.conference.slug, standing.submission.code)
        _tell(db, "review_handed", standing, guest, link=link, now=now)
    db.flush()
    return guest


def decline(
    db: Session, actor: Actor, standing: Standing, *, reason: str, now: datetime
) -> None:
    """Give it back unwritten; nothing of the submission is open to them any more."""
    task = task_of(db, actor, standing, now)
    guests.decline(db, actor, task.guest, standing.submission, reason=reason, now=now)


def decline_for_conflict(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    type: str,
    reason: str,
    now: datetime,
) -> None:
    """The same because of a conflict of interest: chairs read which, the reviewer only the no."""
    task = task_of(db, actor, standing, now)
    declare_conflict(db, actor, standing, type=type, reason=reason, now=now)
    guest = task.guest
    guest.state, guest.changed = guest_rules.MOVES["decline"].target, now
    db.flush()
    _record(db, actor, "guest.decline", standing, guest, now)


def own_guest(db: Session, actor: Actor, standing: Standing, number: int) -> Guest:
    """One of those who write for this reviewer, locked. Raises NotFoundError for any other."""
    guest = guests.guest_of(db, standing, number)
    if guest.for_id is None or guest.for_id != actor.person_id:
        raise NotFoundError("not_found")
    return guest


def send_back(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    number: int,
    note: str,
    links: Links,
    now: datetime,
) -> None:
    """Ask for more, with a note. Raises DomainError `guest.no_note` without one."""
    actions.check_may_review(actor, standing, now)
    guest = own_guest(db, actor, standing, number)
    if not note:
        raise DomainError("guest.no_note", field="note")
    guest.state, guest.changed = guest_rules.after("send_back", guest.state), now
    guest.note = note
    db.flush()
    _record(db, actor, "guest.send_back", standing, guest, now)
    link = links.helping(standing.conference.slug, standing.submission.code)
    _tell(db, "review_returned", standing, guest, link=link, now=now)


def use(
    db: Session, actor: Actor, standing: Standing, *, number: int, links: Links, now: datetime
) -> None:
    """Take it over into one's own draft, below what stands there; submitting stays one's own act.

    The helper reads nothing of the submission from then on, and is named to the chairs.

    Raises:
        NotNowError: it was not handed in, or one's own review is submitted already.
    """
    actions.check_may_review(actor, standing, now)
    guest = own_guest(db, actor, standing, number)
    guest.state, guest.changed = guest_rules.after("use", guest.state), now
    own = queries.own_review(db, actor, standing.submission)
    if own is not None and own.state != "draft":
        raise NotNowError("guest.reviewed")
    _every, criteria, fields = _form(db, standing, guest, now)
    content = _asked_only(joined(content_of(own), from_json(guest.draft), _chosen(fields)),
                          criteria, fields)  # fmt: skip
    actions.save(
        db,
        actor,
        standing,
        scores=content.scores,
        confidence=content.confidence,
        committee_text=content.committee_text,
        chair_text=content.chair_text,
        speaker_text=content.speaker_text,
        answers=content.answers,
        ai_statement=own.ai_statement if own else False,
        submit=False,
        revision=own.revision if own else 0,
        now=now,
    )
    _record(db, actor, "guest.use", standing, guest, now)
    link = links.conference(standing.conference.slug)
    _tell(db, "review_used", standing, guest, link=link, now=now)


def as_read(task: Task) -> queries.OtherReview:
    """What was written, to read."""
    content = task.content
    return queries.OtherReview(
        reviewer=task.guest.name,
        total=None,
        scores=content.scores,
        confidence=content.confidence,
        committee_text=content.committee_text,
        chair_text=content.chair_text,
        speaker_text=content.speaker_text,
        late=False,
        outdated=False,
        pseudonym="",
        changes=0,
        own=False,
        rating=None,
        answers=form_answers.as_read(task.fields, content.answers),
    )


def handed_to(db: Session, actor: Actor, standing: Standing, now: datetime) -> Sequence[Task]:
    """Everybody this reviewer has asked, with what is handed in; the newest first."""
    asked = db.scalars(
        select(Guest)
        .where(
            Guest.submission_id == standing.submission.id, Guest.for_id == actor.person_id
        )
        .order_by(Guest.id.desc())
    ).all()
    form = _form(db, standing, asked[0], now) if asked else ([], [], [])
    return [Task(one, actor.name, *form) for one in asked]


def handed_in_by(db: Session, actor: Actor, standing: Standing) -> Sequence[str]:
    """Names of those who have written this reviewer's review and wait for it to be read."""
    query = select(Guest.name).where(
        Guest.submission_id == standing.submission.id,
        Guest.for_id == actor.person_id,
        Guest.state == "handed",
    )
    return db.scalars(query.order_by(Guest.id)).all()


def _form(
    db: Session, standing: Standing, guest: Guest, now: datetime
) -> tuple[Sequence[Criterion], Sequence[Criterion], Sequence[ReviewField]]:
    """What the reviewer is asked of this submission, in the phase they are in."""
    conference, submission = standing.conference, standing.submission
    phase = phase_now(conference, now, until_of(db, conference, guest.for_id))
    every = queries.criteria_of(db, conference)
    fields = asked_of(fields_of(db, conference), submission, phase=phase)
    return every, asked_of(every, submission), fields


def _asked_only(
    content: Content, criteria: Sequence[Criterion], fields: Sequence[ReviewField]
) -> Content:
    """Without what is asked no more, or has another scale by now."""
    kept = {
        one.id: content.scores[one.id]
        for one in criteria
        if one.low <= content.scores.get(one.id, one.low - 1) <= one.high
    }
    said: Mapping[int, str] = {
        one.id: content.answers[one.id] for one in fields if one.id in content.answers
    }
    return replace(content, scores=kept, answers=said)


def _chosen(fields: Sequence[ReviewField]) -> frozenset[int]:
    return frozenset(one.id for one in fields if one.kind != "text")


def _texts(content: Content) -> dict[str, str]:
    return {
        "committee_text": content.committee_text,
        "chair_text": content.chair_text,
        "speaker_text": content.speaker_text,
        **{f"field_{key}": text for key, text in content.answers.items()},
    }


def _tell(
    db: Session, kind: str, standing: Standing, guest: Guest, *, link: str, now: datetime
) -> None:
    """What a helper has done goes to the reviewer, everything else to the helper."""
    ends = (guest.for_id, guest.person_id)
    to, by = ends if kind == "review_handed" else ends[::-1]
    guest_letters.tell(
        db,
        kind,
        standing.conference,
        standing.submission,
        guest,
        person_id=to,
        other_id=by,
        link=link,
        now=now,
    )


def _record(
    db: Session, actor: Actor, action: str, standing: Standing, guest: Guest, now: datetime
) -> None:
    audit.of_submission(db, actor, action, standing.submission, now=now, detail={"guest": guest.id})
