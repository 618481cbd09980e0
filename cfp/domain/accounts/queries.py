"""Who a browser, an address or an account belongs to."""

import hashlib
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleFact, RoleKind
from cfp.domain.accounts.models import Account, Email, LoginSession, Person
from cfp.domain.accounts.rules import address_key
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Guest


def secret_hash(secret: str) -> str:
    """How a 256-bit secret is kept; no salt is needed for what cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _asked(how: ColumnElement[bool]) -> ScalarSelect[str]:
    """The conferences in which the person is asked for a single submission, in one value."""
    return (
        select(func.aggregate_strings(cast(Guest.conference_id, String), ","))
        .where(Guest.person_id == Person.id, how)
        .correlate(Person)
        .scalar_subquery()
    )


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
        _asked(Guest.for_id.is_(None)).label("guest_in"),
        _asked(Guest.for_id.is_not(None)).label("helps_in"),
        LoginSession.last_used,
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
            for conference_id, kind, track_id in (row[6:9] for row in rows)
            if conference_id is not None
        ),
        conferences=tuple(dict.fromkeys((row[9], row[10]) for row in rows if row[10])),
        at=now,
        guest_in=_ids(rows[0].guest_in),
        helps_in=_ids(rows[0].helps_in),
        last_used=rows[0].last_used,
    )


def _ids(joined: str | None) -> frozenset[int]:
    return frozenset(map(int, joined.split(","))) if joined else frozenset()


def actor_of_person(db: Session, person_id: int | None) -> Actor:
    """A person with the roles they have now: for work that was asked for and is done later."""
    roles = db.scalars(select(Role).where(Role.person_id == person_id)).all()
    asked = db.execute(
        select(
            _asked(Guest.for_id.is_(None)).label("guest_in"),
            _asked(Guest.for_id.is_not(None)).label("helps_in"),
        ).where(Person.id == person_id)
    ).first()
    return Actor(
        person_id=person_id,
        roles=frozenset(
            RoleFact(role.conference_id, RoleKind(role.kind), role.track_id) for role in roles
        ),
        guest_in=_ids(asked.guest_in) if asked else frozenset(),
        helps_in=_ids(asked.helps_in) if asked else frozenset(),
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
