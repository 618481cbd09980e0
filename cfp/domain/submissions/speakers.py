"""Who is named on a submission: in which order, who is whom, who was asked and has answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Email, Person
from cfp.domain.accounts.rules import address_key
from cfp.domain.accounts.tokens import Purpose, issue
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.rules import is_address
from cfp.domain.submissions import letters
from cfp.domain.submissions.codes import speaker_code
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import (
    SpeakerEntry,
    affiliation_key,
    folded,
    named_twice,
    people_text,
)
from cfp.domain.submissions.states import State
from cfp.errors import DomainError, NotNowError
from cfp.links import Links

INVITATION_DAYS_AT_LEAST = 14
INVITE_AGAIN_AFTER = timedelta(minutes=10)


def speakers_of(db: Session, submission: Submission) -> list[Speaker]:
    """Those on the submission now, in their order."""
    return [speaker for speaker in _all_of(db, submission) if speaker.state != "removed"]


def set_speakers(
    db: Session,
    conference: Conference,
    submission: Submission,
    entries: Sequence[SpeakerEntry],
) -> list[Speaker]:
    """Make the submission's speakers those of the form; returns the ones that were taken off.

    Raises:
        DomainError: `speaker_twice`, `speaker_left` (said "that's not me"), `speaker_linked`
            (the address of somebody who has accepted), `bad_address`; all at field `speakers`.
    """
    _check_entries(entries)
    before = _all_of(db, submission)
    unclaimed = list(before)
    rows = [_row_of(conference, submission, entry, unclaimed) for entry in entries]
    _link_submitter(db, submission, rows)
    for position, row in enumerate(rows):
        row.position = position
    kept = {id(row) for row in rows}
    gone = [row for row in before if id(row) not in kept and row.state != "removed"]
    for row in gone:
        _take_off(db, submission, row)
    _give_codes(db, conference, rows, before)
    db.flush()
    submission.people_text = people_text([(row.name, row.affiliation) for row in rows])
    return gone


def invite(
    db: Session,
    actor: Actor,
    conference: Conference,
    submission: Submission,
    speaker: Speaker,
    *,
    links: Links,
    now: datetime,
) -> None:
    """Ask a named speaker by mail whether it is them; again at the earliest ten minutes later.

    Raises:
        NotNowError: `invitation_not_now` without an address or after an answer,
            `invited_just_now`.
    """
    if speaker.state not in {"named", "invited"} or speaker.left or not speaker.address:
        raise NotNowError("invitation_not_now")
    if speaker.invited is not None and now < speaker.invited + INVITE_AGAIN_AFTER:
        raise NotNowError("invited_just_now")
    until = max(
        conference.edits_until or conference.deadline,
        now + timedelta(days=INVITATION_DAYS_AT_LEAST),
    )
    issued = issue(
        db,
        Purpose.SPEAKER_INVITATION,
        email=speaker.address,
        now=now,
        valid=until - now,
        payload={"speaker": speaker.id},
        conference_id=conference.id,
        submission_id=submission.id,
    )
    letters.tell_invited(
        db, conference, submission, speaker, actor.name, issued.secret, links=links, now=now
    )
    speaker.state, speaker.invited = "invited", now
    _note(db, actor, submission, "speaker.invite", speaker, now)


def invite_named(
    db: Session,
    actor: Actor,
    conference: Conference,
    submission: Submission,
    *,
    links: Links,
    now: datetime,
) -> None:
    """Ask everybody who has an address and has not been asked yet."""
    for speaker in speakers_of(db, submission):
        if speaker.state == "named" and speaker.address and not speaker.left:
            invite(db, actor, conference, submission, speaker, links=links, now=now)


def accept_invitation(
    db: Session, actor: Actor, *, submission: Submission, speaker: Speaker, now: datetime
) -> None:
    """Say "that's me": the place on the submission is this person's from now on.

    Raises:
        NotNowError: `invitation_over`, when the place was taken off or answered by somebody else;
            `already_speaker`, when the person stands on the submission already.
    """
    if speaker.person_id == actor.person_id and speaker.state == "accepted":
        return
    if speaker.state not in {"named", "invited"} or speaker.person_id is not None:
        raise NotNowError("invitation_over")
    others = [row for row in speakers_of(db, submission) if row is not speaker]
    if any(row.person_id == actor.person_id for row in others):
        raise NotNowError("already_speaker")
    person = db.get_one(Person, actor.person_id)
    speaker.person_id, speaker.state = person.id, "accepted"
    speaker.bio = speaker.bio or person.bio
    speaker.code = _known_code(db, speaker, others) or speaker.code
    _note(db, actor, submission, "speaker.accept", speaker, now)


def add_accepted(
    db: Session, actor: Actor, *, submission: Submission, like: Speaker, now: datetime
) -> Speaker:
    """Put somebody who has agreed to it last on a submission, as they stand on another.

    Without the address: whoever edits this one was never told it.
    """
    others = _all_of(db, submission)
    code = speaker_code(
        db,
        submission.conference_id,
        person_id=like.person_id,
        name=like.name,
        affiliation_key=like.affiliation_key,
        address_key="",
        taken={row.code for row in others},
    )
    row = Speaker(
        conference_id=submission.conference_id,
        submission_id=submission.id,
        person_id=like.person_id,
        code=code,
        name=like.name,
        affiliation=like.affiliation,
        affiliation_key=like.affiliation_key,
        bio=like.bio,
        position=max((one.position for one in others), default=-1) + 1,
        speaks=like.speaks,
        state="accepted",
    )
    db.add(row)
    db.flush()
    rest = speakers_of(db, submission)
    submission.people_text = people_text([(one.name, one.affiliation) for one in rest])
    _note(db, actor, submission, "speaker.join", row, now)
    return row


def leave(
    db: Session,
    actor: Actor,
    *,
    conference: Conference,
    submission: Submission,
    speaker: Speaker,
    links: Links,
    now: datetime,
) -> None:
    """Say "that's not me": at any time, and nobody can undo it for them.

    The caller has established that it is them: by their account or by the token of their mail.
    """
    if speaker.state == "removed":
        return
    name = speaker.name
    speaker.state, speaker.left, speaker.address, speaker.person_id = "removed", True, "", None
    db.flush()
    rest = speakers_of(db, submission)
    submission.people_text = people_text([(row.name, row.affiliation) for row in rest])
    _note(db, actor, submission, "speaker.leave", speaker, now)
    if submission.state != State.DRAFT:
        letters.tell_owners(
            db,
            conference,
            submission,
            "speaker_left",
            links=links,
            now=now,
            more={"speaker": name},
        )


def _all_of(db: Session, submission: Submission) -> list[Speaker]:
    """Removed ones too, in their order."""
    mine = select(Speaker).where(Speaker.submission_id == submission.id)
    return list(db.scalars(mine.order_by(Speaker.position, Speaker.id)))


def _check_entries(entries: Sequence[SpeakerEntry]) -> None:
    for entry in entries:
        if entry.address and not is_address(entry.address):
            raise DomainError("bad_address", field="speakers", address=entry.address)
    twice = named_twice(entries)
    if twice is not None:
        raise DomainError("speaker_twice", field="speakers", name=twice)


def _row_of(
    conference: Conference,
    submission: Submission,
    entry: SpeakerEntry,
    unclaimed: list[Speaker],
) -> Speaker:
    """The row of an entry, filled; one row is claimed by at most one entry."""
    row = _known(entry, unclaimed)
    if row is not None:
        unclaimed.remove(row)
    key = address_key(entry.address)
    if row is None:
        row = Speaker(
            conference_id=conference.id, submission_id=submission.id, code="", state="named"
        )
    elif row.address_key != key:
        if row.state == "accepted" and row.person_id != submission.submitter_id:
            raise DomainError("speaker_linked", field="speakers", name=row.name)
        if row.state == "invited":
            row.state, row.invited = "named", None
    row.name, row.affiliation, row.speaks = entry.name, entry.affiliation, entry.speaks
    row.affiliation_key = affiliation_key(entry.affiliation)
    row.address, row.address_key = entry.address, key
    return row


def _known(entry: SpeakerEntry, before: Sequence[Speaker]) -> Speaker | None:
    """The row this entry is about: the one shown in the form, or one that was taken off before."""
    key = address_key(entry.address)
    for row in before:
        if row.state != "removed" and entry.code and row.code == entry.code:
            return row
    for row in before:
        if row.state != "removed" or row.address_key != key:
            continue
        if key and row.left:
            raise DomainError("speaker_left", field="speakers", name=entry.name)
        if key or (row.name, row.affiliation) == (entry.name, entry.affiliation):
            row.state, row.invited, row.left, row.person_id = "named", None, False, None
            return row
    return None


def _link_submitter(db: Session, submission: Submission, rows: Sequence[Speaker]) -> None:
    """Find the submitter among those named, by a proved address or else by name.

    Who submits need not speak, so the row that is renamed to somebody else is theirs no more.
    """
    me = db.get_one(Person, submission.submitter_id)
    proved = select(Email).where(Email.person_id == me.id, Email.verified.is_not(None))
    emails = list(db.scalars(proved.order_by(Email.primary.desc(), Email.id)))
    keys = {email.key for email in emails}

    def is_me(row: Speaker) -> bool:
        named_so = not row.address_key and folded(row.name) == folded(me.name) != ""
        return row.address_key in keys or named_so

    for row in rows:
        if row.person_id == me.id and not is_me(row):
            row.person_id, row.state = None, "named"
    found = next((row for row in rows if row.person_id == me.id), None)
    if found is None:
        found = next((row for row in rows if row.person_id is None and is_me(row)), None)
    if found is None:
        return
    found.person_id, found.state, found.bio = me.id, "accepted", found.bio or me.bio
    me.affiliation = me.affiliation or found.affiliation  # reused by the next form
    if emails and not found.address:
        found.address, found.address_key = emails[0].address, emails[0].key


def _take_off(db: Session, submission: Submission, row: Speaker) -> None:
    """Of a draft nobody has been told; later the row stays, so that its invitation stays over."""
    if submission.state == State.DRAFT and row.invited is None:
        db.delete(row)
        return
    row.state = "removed"


def _give_codes(
    db: Session, conference: Conference, rows: Sequence[Speaker], before: Sequence[Speaker]
) -> None:
    """New rows get their code last, when it is known who they are."""
    taken = {row.code for row in before}
    for row in rows:
        if not row.code:
            row.code = speaker_code(
                db,
                conference.id,
                person_id=row.person_id,
                name=row.name,
                affiliation_key=row.affiliation_key,
                address_key=row.address_key,
                taken=taken,
            )
            taken.add(row.code)
            db.add(row)


def _known_code(db: Session, speaker: Speaker, others: Sequence[Speaker]) -> str | None:
    """The code under which this person's other talks of the conference stand."""
    return db.scalar(
        select(Speaker.code)
        .where(
            Speaker.conference_id == speaker.conference_id,
            Speaker.person_id == speaker.person_id,
            Speaker.id != speaker.id,
            Speaker.code.not_in([row.code for row in others]),
        )
        .limit(1)
    )


def _note(
    db: Session, actor: Actor, submission: Submission, action: str, speaker: Speaker, now: datetime
) -> None:
    audit.of_submission(db, actor, action, submission, now=now, detail={"speaker": speaker.code})
