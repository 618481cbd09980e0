"""What the speakers answer to an acceptance: one of them, for the talk."""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts.models import Person, Token
from cfp.domain.accounts.tokens import Purpose, find, issue, use
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions import confirm_answers
from cfp.domain.decisions.models import Confirmation
from cfp.domain.submissions.actions import move
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import State
from cfp.errors import DomainError, NotFoundError, NotNowError
from cfp.links import Links
from cfp.policy import Action, Standing, allowed, standing_of
from cfp.records import record

TOKEN_DAYS = 60
NOON = time(13)
"""Where "only in the morning" ends, on the conference's clock."""
PARTS_OF_DAY = ("any", "morning", "afternoon", "none")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")


@record
class Answer:
    """A confirmation as given.

    `days`: the conference's days -> one of `PARTS_OF_DAY`, or a span in which it can be given, as
    `span` writes it; without `bio` it stays as it is. `own`: ids of
    the conference's own questions -> what is answered.
    """

    format_fits: bool = True
    remote: bool = False
    zone: str = ""
    recording: bool = True
    days: Mapping[date, str] = field(default_factory=dict)
    remark: str = ""
    bio: str | None = None
    own: Mapping[int, str] = field(default_factory=dict)


def confirm(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    answer: Answer,
    links: Links,
    now: datetime,
) -> None:
    """Say that the talk is given, and how; said again it replaces what was said before.

    Raises:
        NotNowError: `not_now`, unless it is accepted or confirmed.
        DomainError: as `confirm_answers.put`; `availability_span`.
    """
    submission = standing.submission
    for part in answer.days.values():
        if part not in PARTS_OF_DAY and not _SPAN.fullmatch(part):
            raise DomainError("availability_span")
    if submission.state != State.CONFIRMED:
        move(db, actor, standing, "confirm", now=now, links=links)
    confirm_answers.put(db, submission, answer.own)
    row = _row(db, actor, submission, now)
    row.format_fits, row.remote, row.zone = answer.format_fits, answer.remote, answer.zone
    row.recording, row.remark, row.reason = answer.recording, answer.remark, ""
    row.availability = {day.isoformat(): part for day, part in answer.days.items()}
    own = own_place(db, actor, submission)
    if own is not None and answer.bio is not None:
        own.bio = answer.bio


def decline(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    reason: str,
    links: Links,
    now: datetime,
) -> None:
    """Say that the talk can't be given. Raises NotNowError `not_now` as `confirm` does."""
    move(db, actor, standing, "decline", now=now, links=links)
    _row(db, actor, standing.submission, now).reason = reason


def confirmation_of(db: Session, submission: Submission) -> Confirmation | None:
    """What has been answered, if anything."""
    query = select(Confirmation).where(Confirmation.submission_id == submission.id)
    return db.scalars(query).one_or_none()


def own_place(db: Session, actor: Actor, submission: Submission) -> Speaker | None:
    """The row under which this person stands on the submission; the submitter may have none."""
    query = select(Speaker).where(
        Speaker.submission_id == submission.id,
        Speaker.person_id == actor.person_id,
        Speaker.state == "accepted",
    )
    return db.scalars(query).first()


def unavailable(
    conference: Conference, confirmation: Confirmation
) -> list[tuple[datetime, datetime]]:
    """When the speakers have said they can't, as intervals of aware times for the schedule."""
    zone = ZoneInfo(conference.zone)

    def at(day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, zone)

    intervals = []
    for text, part in sorted(confirmation.availability.items()):
        day = date.fromisoformat(text)
        start, noon, end = at(day, time(0)), at(day, NOON), at(day + timedelta(days=1), time(0))
        shut = {"none": (start, end), "morning": (noon, end), "afternoon": (start, noon)}
        if part in shut:
            intervals.append(shut[part])
        elif _SPAN.fullmatch(part):
            since, until = part.split("-")
            opens = at(day, time.fromisoformat(since))
            closes = end if until == "24:00" else at(day, time.fromisoformat(until))
            intervals += [pair for pair in ((start, opens), (closes, end)) if pair[0] < pair[1]]
    return intervals


def span(since: time | None, until: time | None) -> str:
    """A part of a day as it is stored, "09:00-12:30"; an open end is the day's.

    Raises:
        DomainError: `availability_span`, unless it begins before it ends.
    """
    first = since.strftime("%H:%M") if since else "00:00"
    last = until.strftime("%H:%M") if until else "24:00"
    if first >= last:
        raise DomainError("availability_span")
    return f"{first}-{last}"


def issue_confirm_token(
    db: Session, conference: Conference, submission: Submission, person: Person, *, now: datetime
) -> str:
    """The secret for `Links.confirm_by_token` in the mail of an acceptance or a reminder."""
    issued = issue(
        db,
        Purpose.CONFIRM_TALK,
        now=now,
        valid=timedelta(days=TOKEN_DAYS),
        person_id=person.id,
        conference_id=conference.id,
        submission_id=submission.id,
    )
    return issued.secret


def standing_of_token(db: Session, secret: str, *, now: datetime) -> tuple[Token, Actor, Standing]:
    """Who holds the button of the mail, as nobody but a speaker of this one talk.

    Raises:
        NotFoundError: no such token, or its person is no speaker of the talk any more.
        NotNowError: `confirm_link_old`. One that was used is returned: it shows what was answered.
    """
    token = find(db, secret, Purpose.CONFIRM_TALK)
    if token is None or token.person_id is None:
        raise NotFoundError("not_found")
    conference = db.get_one(Conference, token.conference_id)
    submission, person = (
        db.get_one(Submission, token.submission_id),
        db.get_one(Person, token.person_id),
    )
    actor = Actor(person_id=person.id, name=person.name, zone=person.zone)
    standing = standing_of(db, actor, conference, submission.code)
    if standing is None or not allowed(actor, Action.CONFIRM, standing, now):
        raise NotFoundError("not_found")
    if token.expires <= now:
        raise NotNowError("confirm_link_old")
    return token, actor, standing


def use_token(db: Session, token: Token, *, now: datetime) -> None:
    """Consume the button's token with the act it has served."""
    use(db, token, now=now)


def _row(db: Session, actor: Actor, submission: Submission, now: datetime) -> Confirmation:
    row = confirmation_of(db, submission)
    if row is None:
        row = Confirmation(
            conference_id=submission.conference_id, submission_id=submission.id, availability={}
        )
        db.add(row)
    row.person_id, row.at = actor.person_id, now
    return row
