"""Codes that stand in addresses: random, given once."""

import secrets
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.submissions.models import Speaker, Submission

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SUBMISSION_LENGTH, SPEAKER_LENGTH = 6, 8


def new_submission_code(db: Session) -> str:
    """A code no submission of the instance has."""
    while True:
        code = _random(SUBMISSION_LENGTH)
        if db.scalar(select(Submission.id).where(Submission.code == code)) is None:
            return code


def speaker_code(
    db: Session,
    conference_id: int,
    *,
    person_id: int | None,
    name: str,
    affiliation_key: str,
    address_key: str,
    taken: Iterable[str] = (),
) -> str:
    """One code for one person in a conference: their page lists all their talks.

    The same person is the same account's person, or, of those who have none, whoever is named with
    the same name, affiliation and address. `taken` are the codes of the submission itself.
    """
    alike = (
        Speaker.person_id.is_(None),
        Speaker.name == name,
        Speaker.affiliation_key == affiliation_key,
        Speaker.address_key == address_key,
    )
    here = Speaker.conference_id == conference_id
    if person_id is not None:
        query = select(Speaker.code).where(here, Speaker.person_id == person_id)
    else:
        query = select(Speaker.code).where(here, *alike)
    free = Speaker.code.not_in(list(taken))
    found = db.scalar(query.where(free).order_by(Speaker.id).limit(1))
    return found or _unused(db, conference_id)


def _unused(db: Session, conference_id: int) -> str:
    while True:
        code = _random(SPEAKER_LENGTH)
        used = (Speaker.conference_id == conference_id, Speaker.code == code)
        if db.scalar(select(Speaker.id).where(*used).limit(1)) is None:
            return code


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
