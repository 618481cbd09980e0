"""What a person says about themselves; talks keep what was given for them."""

from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts.models import Account, Person


def own_person(db: Session, actor: Actor) -> Person:
    """The actor's person; the actor is logged in."""
    return db.get_one(Person, actor.person_id)


def own_account(db: Session, actor: Actor) -> Account:
    """The actor's account; the actor is logged in."""
    return db.get_one(Account, actor.account_id)


def change(
    db: Session, actor: Actor, *, name: str, affiliation: str, bio: str, zone: str
) -> None:
    """Store the profile; `zone` is an IANA name, or empty for each conference's own."""
    person = own_person(db, actor)
    person.name, person.affiliation, person.bio, person.zone = name, affiliation, bio, zone


def say_name(db: Session, actor: Actor, *, name: str, affiliation: str) -> Person:
    """Name a person who has just logged in for the first time."""
    person = own_person(db, actor)
    person.name, person.affiliation = name, affiliation or person.affiliation
    return person
