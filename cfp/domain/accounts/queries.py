"""Who a browser, an address or an account belongs to."""

import hashlib
from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleFact, RoleKind
from cfp.domain.accounts.models import Account, Email, LoginSession, Person
from cfp.domain.accounts.rules import address_key
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Guest


def secret_hash(secret: str) -> str:
    """How a 256-bit secret is kept; no salt is needed for what cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


# Made once: every page asks it.
_OF_SESSION = (
    select(
        LoginSession.id,
        Account.id,
        Account.administrator,
        Person.id,
        Person.name,
        Person.zone,
        Role.conference_id,
        Role.kind,
        Role.track_id,
        Conference.name,
        Conference.slug,
        exists().where(Guest.person_id == Person.id).label("guest"),
    )
    .join(Account, Account.id == LoginSession.account_id)
    .join(Person, Person.id == Account.person_id)
    .outerjoin(Role, Role.person_id == Person.id)
    .outerjoin(Conference, Conference.id == Role.conference_id)
    .where(
        LoginSession.id_hash == bindparam("hash"),
        LoginSession.expires > bindparam("now"),
        Account.disabled.is_(False),
    )
    .order_by(Conference.start_date.desc(), Role.id)
)


def actor_of_session(
    db: Session, opaque: str, *, now: datetime, open_creation: bool = False
) -> Actor | None:
    """The person behind a browser's opaque id, with all roles, in one statement."""
    rows = db.execute(_OF_SESSION, {"hash": secret_hash(opaque), "now": now}).all()
    if not rows:
        return None
    session_id, account_id, administrator, person_id, name, zone = rows[0][:6]
    return Actor(
        person_id=person_id,
        account_id=account_id,
        session_id=session_id,
        name=name,
        zone=zone,
        administrator=administrator,
        creates_conferences=administrator or open_creation,
        roles=frozenset(
            RoleFact(conference_id, RoleKind(kind), track_id)
            for *_, conference_id, kind, track_id, _name, _slug, _guest in rows
            if conference_id is not None
        ),
        conferences=tuple(dict.fromkeys((row[9], row[10]) for row in rows if row[10])),
        at=now,
        **(_as_guest(db, person_id) if rows[0].guest else {}),
    )


def _as_guest(db: Session, person_id: int) -> dict[str, frozenset[int]]:
    """Where somebody is asked for single submissions, in a statement that only guests need."""
    rows = db.execute(
        select(Guest.conference_id, Guest.for_id.is_(None)).where(Guest.person_id == person_id)
    ).all()
    return {
        "guest_in": frozenset(here for here, alone in rows if alone),
        "helps_in": frozenset(here for here, alone in rows if not alone),
    }


def actor_of_person(db: Session, person_id: int | None) -> Actor:
    """A person with the roles they have now: for work that was asked for and is done later."""
    roles = db.scalars(select(Role).where(Role.person_id == person_id)).all()
    return Actor(
        person_id=person_id,
        roles=frozenset(
            RoleFact(role.conference_id, RoleKind(role.kind), role.track_id) for role in roles
        ),
    )


def account_with_address(db: Session, address: str) -> Account | None:
    """The account that logs in with a proved address."""
    query = select(Account).join(Email, Email.person_id == Account.person_id)
    proved = query.where(Email.key == address_key(address), Email.verified.is_not(None))
    return db.scalars(proved).one_or_none()


def addresses_of(db: Session, person_id: int) -> list[Email]:
    """A person's addresses, the primary one first."""
    query = select(Email).where(Email.person_id == person_id)
    return list(db.scalars(query.order_by(Email.primary.desc(), Email.id)))


def login_sessions_of(db: Session, account_id: int, *, now: datetime) -> list[LoginSession]:
    """The browsers that are logged in, the one used last first."""
    query = select(LoginSession).where(
        LoginSession.account_id == account_id, LoginSession.expires > now
    )
    return list(db.scalars(query.order_by(LoginSession.last_used.desc(), LoginSession.id)))
