"""Deleting one's account: the person goes, what others decided and published stays.

Kept: published versions, decisions, submitted reviews and the audit chain, all without the person.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, func, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.audit import AuditEntry, AuditSalt
from cfp.domain.accounts.administration import active_administrators
from cfp.domain.accounts.models import Account, Email, LoginSession, Person, Token
from cfp.domain.assignment.models import (
    Assignment,
    Bid,
    Collaborator,
    Conflict,
    JudgedPair,
    ReviewerDocument,
    ReviewerProfile,
    ReviewersApart,
    Standby,
)
from cfp.domain.conferences.models import Conference, Invitation, Role, SavedView
from cfp.domain.decisions.models import CalibratedReviewer, ConfirmAnswer, Confirmation
from cfp.domain.mail.models import MailChoice, Message
from cfp.domain.mail.states import move
from cfp.domain.persons.references import delete_rows, table_of
from cfp.domain.program.models import Material, StoredFile
from cfp.domain.program.stamps import count_change
from cfp.domain.reviews.models import Follow, Guest, Review, ReviewExtension
from cfp.domain.submissions.models import Speaker, Submission, SubmissionRevision
from cfp.domain.submissions.rules import people_text
from cfp.domain.submissions.speakers import speakers_of
from cfp.errors import NotNowError
from cfp.records import record

DELETED_NAME = "Deleted person"


@record
class _Who:
    """The person with everybody who was joined to them, and by which addresses they are known."""

    ids: Collection[int]
    keys: Collection[str]
    addresses: Collection[str]


def only_chair_of(db: Session, person_id: int) -> list[str]:
    """The names of conferences that would be left without a chair who can log in."""
    role, person, account = aliased(Role), aliased(Person), aliased(Account)
    others = (
        select(role.id)
        .join(person, person.id == role.person_id)
        .join(account, account.person_id == person.id)
        .where(
            role.conference_id == Conference.id,
            role.kind == RoleKind.CHAIR,
            role.person_id != person_id,
            account.disabled.is_(False),
        )
        .exists()
    )
    query = (
        select(Conference.name)
        .join(Role, Role.conference_id == Conference.id)
        .where(Role.person_id == person_id, Role.kind == RoleKind.CHAIR)
        .where(Conference.archived.is_(False), ~others)
    )
    return list(db.scalars(query.order_by(Conference.name)))


def erase(db: Session, actor: Actor, *, person_id: int, now: datetime) -> None:
    """Delete the account and everything that says who the person was.

    Raises:
        NotNowError: `only_chair` (data: conferences) or `only_administrator`.
    """
    _refuse_last(db, person_id)
    who = _who(db, person_id)
    audit.record(db, actor, "account.delete", f"person:{person_id}", now=now)
    drafts = select(Submission.id).where(
        Submission.submitter_id.in_(who.ids), Submission.state == "draft"
    )
    delete_rows(db, table_of(Submission), db.scalars(drafts).all())
    _erase_from_submissions(db, who)
    _erase_uploads(db, who, now)
    _erase_from_committees(db, who)
    _erase_mail(db, who)
    _erase_salts(db, who)
    _erase_person(db, who)
    db.expire_all()


def _refuse_last(db: Session, person_id: int) -> None:
    """Of the last two who leave at once, the second waits here and is told to hand over."""
    chaired = select(Role.conference_id).where(
        Role.person_id == person_id, Role.kind == RoleKind.CHAIR
    )
    locked = select(Conference.id).where(Conference.id.in_(chaired)).order_by(Conference.id)
    db.execute(locked.with_for_update())
    conferences = only_chair_of(db, person_id)
    if conferences:
        raise NotNowError("only_chair", conferences=", ".join(conferences))
    own = db.scalar(select(Account.id).where(Account.person_id == person_id))
    if active_administrators(db) == [own]:
        raise NotNowError("only_administrator")


def _who(db: Session, person_id: int) -> _Who:
    joined = select(Person.id).where(Person.merged_into_id == person_id)
    ids = [person_id, *db.scalars(joined)]
    emails = db.scalars(select(Email).where(Email.person_id.in_(ids))).all()
    return _Who(ids, [e.key for e in emails], [e.address.lower() for e in emails])


def _erase_from_submissions(db: Session, who: _Who) -> None:
    asked = (Speaker.address_key.in_(who.keys), Speaker.state.in_(("named", "invited")))
    db.execute(update(Speaker).where(*asked).values(address="", address_key=""))
    places = db.scalars(select(Speaker).where(Speaker.person_id.in_(who.ids))).all()
    for place in places:
        place.name, place.affiliation, place.affiliation_key = DELETED_NAME, "", ""
        place.bio = place.address = place.address_key = ""
    db.flush()
    codes = {place.code for place in places}
    for submission_id in {place.submission_id for place in places}:
        submission = db.get_one(Submission, submission_id)
        rest = speakers_of(db, submission)
        submission.people_text = people_text([(row.name, row.affiliation) for row in rest])
        _erase_from_history(db, submission_id, codes)
    mine = Confirmation.person_id.in_(who.ids)
    db.execute(update(Confirmation).where(mine).values(remark="", reason="", zone=""))
    talks = select(Confirmation.submission_id).where(mine)
    db.execute(delete(ConfirmAnswer).where(ConfirmAnswer.submission_id.in_(talks)))


def _erase_from_history(db: Session, submission_id: int, codes: Collection[str]) -> None:
    query = select(SubmissionRevision).where(SubmissionRevision.submission_id == submission_id)
    for revision in db.scalars(query):
        speakers = [
            {**s, "name": DELETED_NAME, "affiliation": ""} if s.get("code") in codes else s
            for s in revision.content.get("speakers", [])
        ]
        revision.content = {**revision.content, "speakers": speakers}


def _erase_uploads(db: Session, who: _Who, now: datetime) -> None:
    """Files the person has uploaded name them on every page; links to elsewhere stay."""
    query = select(Material).join(StoredFile, StoredFile.material_id == Material.id)
    theirs = db.scalars(query.where(Material.given_by_id.in_(who.ids))).all()
    delete_rows(db, table_of(Material), [one.id for one in theirs])
    for conference_id in {one.conference_id for one in theirs}:
        count_change(db, conference_id, now=now)


def _erase_from_committees(db: Session, who: _Who) -> None:
    """Submitted reviews stay, under their pseudonyms; what was begun or planned goes."""
    drafts = select(Review.id).where(Review.person_id.in_(who.ids), Review.state != "submitted")
    delete_rows(db, table_of(Review), db.scalars(drafts).all())
    planned = (ReviewerProfile, ReviewerDocument, ReviewExtension, Standby, Bid, Collaborator)
    for table in (Role, *planned, SavedView, Follow, MailChoice, CalibratedReviewer):
        db.execute(delete(table).where(table.person_id.in_(who.ids)))
    either = (ReviewersApart.person_id.in_(who.ids), ReviewersApart.other_id.in_(who.ids))
    db.execute(delete(ReviewersApart).where(or_(*either)))
    undone = (Assignment.person_id.in_(who.ids), Assignment.state != "done")
    db.execute(delete(Assignment).where(*undone))
    asked = (Guest.person_id.in_(who.ids), Guest.for_id.in_(who.ids), Guest.key.in_(who.keys))
    db.execute(delete(Guest).where(or_(*asked)))
    about = or_(Conflict.person_id.in_(who.ids), Conflict.declared_by_id.in_(who.ids))
    db.execute(update(Conflict).where(about).values(reason=""))
    db.execute(delete(Collaborator).where(Collaborator.address_key.in_(who.keys)))
    _erase_verdicts(db, who)
    invited = or_(Invitation.person_id.in_(who.ids), Invitation.key.in_(who.keys))
    key = literal("erased:") + cast(Invitation.id, String)
    db.execute(update(Invitation).where(invited).values(name="", address="", reason="", key=key))


def _erase_verdicts(db: Session, who: _Who) -> None:
    """What rests on a verdict about the person is open again; the next look takes it away."""
    about = or_(
        JudgedPair.person_id.in_(who.ids),
        JudgedPair.other_id.in_(who.ids),
        JudgedPair.other_key.in_(who.keys),
    )
    ids = db.scalars(select(JudgedPair.id).where(about)).all()
    resting = update(Conflict).where(Conflict.recalled_id.in_(ids))
    db.execute(resting.values(state="open", recalled_id=None))
    db.execute(delete(JudgedPair).where(JudgedPair.id.in_(ids)))


def _erase_mail(db: Session, who: _Who) -> None:
    theirs = or_(Message.person_id.in_(who.ids), func.lower(Message.recipient).in_(who.addresses))
    move(db, "stop", theirs)
    blank: dict[str, Any] = {
        **dict.fromkeys(("recipient_name", "subject", "body", "unsubscribe"), ""),
        "attachments": [],
    }
    recipient = literal("erased-") + cast(Message.id, String)
    db.execute(update(Message).where(theirs).values(recipient=recipient, **blank))
    about = or_(Token.person_id.in_(who.ids), func.lower(Token.email).in_(who.addresses))
    db.execute(delete(Token).where(about))


def _erase_salts(db: Session, who: _Who) -> None:
    """Without its salt an entry's digests say nothing; the chain is over the digests and holds."""
    objects = [f"person:{one}" for one in who.ids]
    entries = or_(AuditEntry.actor_id.in_(who.ids), AuditEntry.object.in_(objects))
    db.execute(delete(AuditSalt).where(AuditSalt.entry_id.in_(select(AuditEntry.id).where(entries))))


def _erase_person(db: Session, who: _Who) -> None:
    accounts = select(Account.id).where(Account.person_id.in_(who.ids))
    db.execute(delete(LoginSession).where(LoginSession.account_id.in_(accounts)))
    db.execute(delete(Account).where(Account.person_id.in_(who.ids)))
    db.execute(delete(Email).where(Email.person_id.in_(who.ids)))
    blank = {"name": DELETED_NAME, "affiliation": "", "bio": "", "zone": ""}
    db.execute(update(Person).where(Person.id.in_(who.ids)).values(**blank))
