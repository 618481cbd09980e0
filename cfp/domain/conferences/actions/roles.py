"""Who plays which role, and the invitations that lead to one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.accounts import tokens
from cfp.domain.accounts.models import Email, Token
from cfp.domain.accounts.rules import address_key
from cfp.domain.conferences import rules
from cfp.domain.conferences.models import Conference, Invitation, Role, Track
from cfp.domain.mail import actions as mail
from cfp.domain.mail import wording
from cfp.domain.mail.render import fill, template_for
from cfp.errors import DomainError, NotNowError
from cfp.links import Links

RoleChoice = tuple[str, int | None]
"""A kind of role and, for a track chair, the id of the track."""


def give_role(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    person_id: int,
    kind: str,
    track_id: int | None = None,
    now: datetime,
) -> bool:
    """Give a person a role; False when they have it. An administrator's own is in both logs.

    Raises:
        DomainError: `role.needs_track` or `role.unknown`.
    """
    _check_choice(db, conference, kind, track_id)
    here = (Role.conference_id == conference.id, Role.person_id == person_id)
    same = select(Role.id).where(
        *here, Role.kind == kind, Role.track_id.is_not_distinct_from(track_id)
    )
    if db.scalar(same) is not None:
        return False
    db.add(
        Role(
            conference_id=conference.id,
            person_id=person_id,
            kind=kind,
            track_id=track_id,
            created=now,
        )
    )
    db.flush()
    _record_role(db, actor, "role.give", conference, person_id, (kind, track_id), now)
    return True


def set_roles(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    person_id: int,
    roles: Collection[RoleChoice],
    now: datetime,
) -> None:
    """Leave the person with exactly these roles; [] takes them off the committee.

    Raises:
        DomainError: `role.last_chair`, `role.needs_track` or `role.unknown`.
    """
    # Of two chairs who take the role from each other at once, the second waits and is refused.
    db.execute(select(Conference.id).where(Conference.id == conference.id).with_for_update())
    held = db.scalars(
        select(Role).where(Role.conference_id == conference.id, Role.person_id == person_id)
    ).all()
    wanted = set(roles)
    for role in held:
        if (role.kind, role.track_id) not in wanted:
            _take_role(db, actor, conference, role, now)
    for kind, track_id in sorted(wanted, key=str):
        give_role(db, actor, conference, person_id=person_id, kind=kind, track_id=track_id, now=now)


def invite(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    entries: Sequence[tuple[str, str]],
    kind: str,
    track_id: int | None = None,
    links: Links,
    now: datetime,
) -> tuple[int, int]:
    """Offer a role to (name, address) pairs; returns how many were invited and how many passed by.

    Passed by is who has the role, or an invitation to it that can still be answered. Whether an
    address belongs to an account is asked of nobody and shown to nobody.

    Raises:
        DomainError: `invitation.too_many`, `role.needs_track` or `role.unknown`.
    """
    _check_choice(db, conference, kind, track_id)
    if len(entries) > rules.INVITATION_LIMIT:
        raise DomainError("invitation.too_many", field="lines", limit=rules.INVITATION_LIMIT)
    passed = _with_role(db, conference, kind, track_id)
    known = _invitations(db, conference, kind, track_id)
    invited = 0
    for name, address in entries:
        key = address_key(address)
        invitation = known.get(key)
        if key in passed or (invitation is not None and rules.is_open(invitation, now)):
            continue
        if invitation is None:
            invitation = Invitation(
                conference_id=conference.id, key=key, kind=kind, track_id=track_id
            )
            db.add(invitation)
        invitation.name, invitation.address, invitation.state = name, address, "sent"
        invitation.reason, invitation.person_id, invitation.answered = "", None, None
        invitation.invited_by_id, invitation.created = actor.person_id, now
        db.flush()
        _send(db, conference, invitation, links, now)
        invited += 1
    detail = {"kind": kind, "count": invited}
    _record(db, actor, "invitation.send", conference, f"conference:{conference.id}", now, detail)
    return invited, len(entries) - invited


def resend_invitation(
    db: Session,
    actor: Actor,
    conference: Conference,
    invitation: Invitation,
    *,
    links: Links,
    now: datetime,
) -> None:
    """Send an unanswered or declined invitation again: it lasts as long as a new one.

    Raises NotNowError for any other.
    """
    if invitation.state not in {"sent", "declined", "revoked"}:
        raise NotNowError("invitation.answered")
    before = invitation.state
    invitation.state, invitation.reason, invitation.answered = "sent", "", None
    invitation.invited_by_id, invitation.created = actor.person_id, now
    _withdraw_tokens(db, invitation, now)
    _send(db, conference, invitation, links, now)
    detail = {"from": before, "to": "sent"}
    _record(db, actor, "invitation.resend", conference, _name(invitation), now, detail)


def revoke_invitation(
    db: Session, actor: Actor, conference: Conference, invitation: Invitation, *, now: datetime
) -> None:
    """Take an unanswered invitation back; its link stops working. Raises NotNowError otherwise."""
    if invitation.state != "sent":
        raise NotNowError("invitation.answered")
    invitation.state = "revoked"
    _withdraw_tokens(db, invitation, now)
    _record(db, actor, "invitation.revoke", conference, _name(invitation), now, {})


def answer_invitation(
    db: Session,
    actor: Actor,
    invitation: Invitation,
    *,
    accept: bool,
    reason: str = "",
    now: datetime,
) -> None:
    """Accept or decline an invitation; accepting gives the role to whoever holds its link.

    Raises:
        NotNowError: `invitation.answered`, when it was answered or taken back.
        DomainError: `invitation.needs_person`, when nobody is logged in to accept it.
    """
    if invitation.state != "sent":
        raise NotNowError("invitation.answered")
    if accept and actor.person_id is None:
        raise DomainError("invitation.needs_person")
    conference = db.get_one(Conference, invitation.conference_id)
    invitation.state = "accepted" if accept else "declined"
    invitation.reason, invitation.answered = reason, now
    invitation.person_id = actor.person_id
    _withdraw_tokens(db, invitation, now)
    detail = {"kind": invitation.kind}
    action = "invitation.accept" if accept else "invitation.decline"
    _record(db, actor, action, conference, _name(invitation), now, detail)
    if accept and actor.person_id is not None:
        give_role(
            db,
            actor,
            conference,
            person_id=actor.person_id,
            kind=invitation.kind,
            track_id=invitation.track_id,
            now=now,
        )


def _check_choice(db: Session, conference: Conference, kind: str, track_id: int | None) -> None:
    if kind not in set(RoleKind):
        raise DomainError("role.unknown", field="kind")
    if (kind in rules.TRACKED_ROLES) != (track_id is not None):
        raise DomainError("role.needs_track", field="track")
    own = select(Track.id).where(Track.id == track_id, Track.conference_id == conference.id)
    if track_id is not None and db.scalar(own) is None:
        raise DomainError("role.needs_track", field="track")


def _take_role(
    db: Session, actor: Actor, conference: Conference, role: Role, now: datetime
) -> None:
    chairs = select(func.count(Role.id)).where(
        Role.conference_id == conference.id, Role.kind == RoleKind.CHAIR
    )
    if role.kind == RoleKind.CHAIR and (db.scalar(chairs) or 0) < 2:
        raise DomainError("role.last_chair", field="roles")
    choice = (role.kind, role.track_id)
    db.execute(delete(Role).where(Role.id == role.id))
    _record_role(db, actor, "role.take", conference, role.person_id, choice, now)


def _with_role(db: Session, conference: Conference, kind: str, track_id: int | None) -> set[str]:
    query = (
        select(Email.key)
        .join(Role, Role.person_id == Email.person_id)
        .where(
            Role.conference_id == conference.id,
            Role.kind == kind,
            Role.track_id.is_not_distinct_from(track_id),
        )
    )
    return set(db.scalars(query))


def _invitations(
    db: Session, conference: Conference, kind: str, track_id: int | None
) -> dict[str, Invitation]:
    query = select(Invitation).where(
        Invitation.conference_id == conference.id,
        Invitation.kind == kind,
        Invitation.track_id.is_not_distinct_from(track_id),
    )
    return {invitation.key: invitation for invitation in db.scalars(query)}


def _send(
    db: Session, conference: Conference, invitation: Invitation, links: Links, now: datetime
) -> None:
    """The mail is private: whoever can read it holds the link."""
    secret = tokens.issue(
        db,
        tokens.Purpose.ROLE_INVITATION,
        email=invitation.address,
        now=now,
        valid=rules.INVITATION_LASTS,
        payload={"invitation": invitation.id},
        conference_id=conference.id,
    ).secret
    values = {
        "name": invitation.name or invitation.address,
        "conference": conference.name,
        "role": wording.part(f"role_{invitation.kind}", {}, conference.language),
        "link": links.invitation(secret),
        "call": links.conference(conference.slug),
    }
    text = fill(template_for(db, conference, "role_invitation"), values)
    mail.queue(
        db,
        kind="role_invitation",
        object_key=_name(invitation),
        epoch=now.isoformat(),
        person=None,
        recipient=invitation.address,
        recipient_name=invitation.name,
        subject=text.subject,
        body=text.body,
        conference=conference,
        due=now,
        now=now,
        private=True,
    )


def _withdraw_tokens(db: Session, invitation: Invitation, now: datetime) -> None:
    db.execute(
        update(Token)
        .where(
            Token.purpose == tokens.Purpose.ROLE_INVITATION,
            Token.conference_id == invitation.conference_id,
            Token.email == invitation.address,
            Token.payload["invitation"].as_integer() == invitation.id,
            Token.used.is_(None),
        )
        .values(used=now)
    )


def _name(invitation: Invitation) -> str:
    return f"invitation:{invitation.id}"


def _record_role(
    db: Session,
    actor: Actor,
    action: str,
    conference: Conference,
    person_id: int,
    choice: RoleChoice,
    now: datetime,
) -> None:
    detail = {"kind": str(choice[0]), "track": choice[1], "own": person_id == actor.person_id}
    _record(db, actor, action, conference, f"person:{person_id}", now, detail)
    if actor.administrator and person_id == actor.person_id:
        audit.record(db, actor, action, f"conference:{conference.id}", now=now, detail=detail)


def _record(
    db: Session,
    actor: Actor,
    action: str,
    conference: Conference,
    object_: str,
    now: datetime,
    detail: Mapping[str, object],
) -> None:
    audit.record(db, actor, action, object_, now=now, conference_id=conference.id, detail=detail)
