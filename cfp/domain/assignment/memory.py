"""What chairs have said of two people is remembered, for this conference and for later ones.

The memory is of a pair, never of a submission. It crosses from one conference to another only where
somebody chairs both: they know already what it tells (that the two have met there), and could say
the same again by hand. Nobody else learns where, why and by whom it was said. A chair's word about
themselves does not count, so it does not cross by the chair it is about either.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Email, Person
from cfp.domain.assignment.grounds import Key, Partner, Wanted
from cfp.domain.assignment.models import Conflict, JudgedPair
from cfp.domain.assignment.rules import MEMORABLE
from cfp.domain.conferences.models import Conference, Role
from cfp.records import record

# Made once: an alias costs more than most queries.
_THERE, _HERE = aliased(Role, name="chair_there"), aliased(Role, name="chair_here")


@record
class Recall:
    """An earlier verdict that holds for a conflict found now."""

    pair_id: int
    verdict: str


def remember(
    db: Session,
    actor: Actor,
    conflict: Conflict,
    partners: Iterable[Partner],
    *,
    verdict: str,
    reason: str,
    now: datetime,
) -> None:
    """Keep the verdict for everybody through whom the conflict holds; "open" takes it back."""
    about = (conflict.conference_id, conflict.person_id, conflict.kind)
    here = select(JudgedPair).where(
        JudgedPair.conference_id == about[0],
        JudgedPair.person_id == about[1],
        JudgedPair.kind == about[2],
    )
    known = {(one.other_id, one.other_key): one for one in db.scalars(here)}
    for other in {one for partner in partners for one in _names(partner)}:
        pair = known.get(other)
        if pair is None:
            pair = JudgedPair(
                conference_id=about[0],
                person_id=about[1],
                kind=about[2],
                other_id=other[0],
                other_key=other[1],
            )
            db.add(pair)
        pair.verdict, pair.reason, pair.at = verdict, reason, now
        pair.judged_by_id = actor.person_id


def _names(partner: Partner) -> list[tuple[int | None, str]]:
    """By what they are remembered: as the person they are, or else by each address."""
    if partner.person_id is not None:
        return [(partner.person_id, "")]
    return [(None, address) for address in sorted(partner.addresses)]


def recalled(
    db: Session,
    conference: Conference,
    wanted: Mapping[Key, Wanted],
    *,
    known: Collection[int],
) -> dict[Key, Recall]:
    """What was said before of the people between whom these conflicts hold.

    One that counts counts, whoever else stands there. One that does not count says nothing of
    others: all through whom the conflict holds must have been dismissed. The last word counts, one
    said here before others. `known` are the verdicts that have come here already; they stay,
    whoever chairs meanwhile.
    """
    people = {key[1] for key in wanted if key[2] in MEMORABLE}
    if not people:
        return {}
    rows = db.execute(
        select(
            JudgedPair.id,
            JudgedPair.person_id,
            JudgedPair.kind,
            JudgedPair.other_id,
            JudgedPair.other_key,
            JudgedPair.verdict,
            Email.key,
        )
        .outerjoin(Email, and_(Email.person_id == JudgedPair.other_id, Email.verified.is_not(None)))
        .where(or_(_told_here(conference, people), JudgedPair.id.in_(known)))
        .order_by(JudgedPair.conference_id == conference.id, JudgedPair.at, JudgedPair.id)
    )
    said: dict[tuple[int, str], dict[int | str, Recall]] = {}
    for id_, person_id, kind, other_id, other_key, verdict, address in rows:
        last = said.setdefault((person_id, kind), {})
        last.update({name: Recall(id_, verdict) for name in (other_id, other_key, address) if name})
    found = {key: _verdict(said.get(key[1:], {}), one.partners) for key, one in wanted.items()}
    return {key: recall for key, recall in found.items() if recall is not None}


def _told_here(conference: Conference, people: Collection[int]) -> ColumnElement[bool]:
    """Verdicts on these members of the committee that are to be known here."""
    chairs = (
        select(_THERE.id)
        .join(_HERE, _HERE.person_id == _THERE.person_id)
        .where(
            _THERE.conference_id == JudgedPair.conference_id,
            _THERE.kind == RoleKind.CHAIR,
            _HERE.conference_id == conference.id,
            _HERE.kind == RoleKind.CHAIR,
            _HERE.person_id != JudgedPair.person_id,
            or_(JudgedPair.other_id.is_(None), _HERE.person_id != JudgedPair.other_id),
        )
    )
    known = or_(JudgedPair.conference_id == conference.id, chairs.exists())
    return and_(JudgedPair.person_id.in_(people), known)


def _verdict(said: Mapping[int | str, Recall], partners: Iterable[Partner]) -> Recall | None:
    if not said:
        return None
    words = [_word(said, partner) for partner in partners]
    confirmed = [word for word in words if word is not None and word.verdict == "confirmed"]
    if confirmed:
        return confirmed[0]
    dismissed = [word for word in words if word is not None and word.verdict == "dismissed"]
    return dismissed[0] if dismissed and len(dismissed) == len(words) else None


def _word(said: Mapping[int | str, Recall], partner: Partner) -> Recall | None:
    """What was said of the other last: as a person before by an address."""
    by_person = said.get(partner.person_id) if partner.person_id is not None else None
    by_address = (said[one] for one in sorted(partner.addresses) if one in said)
    return by_person or next(by_address, None)


@record
class Told:
    """Where, by whom and why a verdict was given, for somebody who chairs there."""

    conference: str
    judge: str | None
    reason: str


def told(db: Session, actor: Actor, pair_ids: Iterable[int | None]) -> dict[int, Told]:
    """What this person may know of these verdicts; the others are not in it."""
    ids = sorted({id_ for id_ in pair_ids if id_ is not None})
    chaired = {role.conference_id for role in actor.roles if role.kind is RoleKind.CHAIR}
    if not ids or not chaired:
        return {}
    rows = db.execute(
        select(JudgedPair.id, Conference.name, Person.name, JudgedPair.reason)
        .join(Conference, Conference.id == JudgedPair.conference_id)
        .outerjoin(Person, Person.id == JudgedPair.judged_by_id)
        .where(JudgedPair.id.in_(ids), JudgedPair.conference_id.in_(chaired))
    )
    return {id_: Told(*rest) for id_, *rest in rows}
