"""What conflicts of interest hold, from what is known of the committee and of who speaks."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, or_, select, true, union
from sqlalchemy.orm import Session, aliased

from cfp.actors import RoleKind
from cfp.domain.accounts.models import Email, Person
from cfp.domain.assignment.affiliations import NO_EMPLOYER, canonical_keys
from cfp.domain.assignment.common import (
    Common,
    by_sign,
    common_among,
    domains_of,
    may_be_common,
)
from cfp.domain.assignment.grounds import Found, Key, Member, Named, Partner, Wanted, partner_at
from cfp.domain.assignment.listed import keys_of, listed_by_reviewers, listed_for_submissions
from cfp.domain.assignment.listing import lists_of
from cfp.domain.assignment.rules import BY_ADDRESS
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Guest
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import affiliation_key
from cfp.policy import conflict_policy

COMMITTEE = (RoleKind.REVIEWER, RoleKind.CHAIR, RoleKind.TRACK_CHAIR)
"""Who can have a conflict: everybody who reviews, assigns or decides."""


def wanted_in(
    db: Session, conference: Conference, person_id: int | None, targets: set[int] | None
) -> dict[Key, Wanted]:
    """Every conflict that holds in the conference, or of one person, or with some submissions."""
    roots = canonical_keys(db, conference)
    members = members_of(db, conference, person_id, roots)
    if not members:
        return {}
    places = places_of(db, conference, targets, roots)
    keys = keys_of(places, roots) if targets is not None else ()
    lists = lists_of(db, conference, person_id=person_id, submissions=targets, keys=keys)
    common = common_signs(db, conference, members, places, roots, person_id, targets)
    wanted: dict[Key, Wanted] = {}
    for found in wanted_conflicts(members, places, targets, common):
        _want(wanted, found)
    on_it = {key[:2] for key in wanted if key[2] in {"own", "co_speaker"}}
    for found in (
        *listed_by_reviewers(places, lists, roots),
        *listed_for_submissions(members, places, lists, roots),
    ):
        if _in(found[0], targets) and found[0][:2] not in on_it:
            _want(wanted, found)
    return wanted


def _want(wanted: dict[Key, Wanted], found: Found) -> None:
    key, reason, partner = found
    one = wanted.setdefault(key, Wanted())
    one.reason = reason
    one.partners.append(partner)


def members_of(
    db: Session, conference: Conference, person_id: int | None, roots: Mapping[str, str]
) -> dict[int, Member]:
    """The committee and its guests (or one of them), with every employer they have named here."""
    roles: CompoundSelect[Any] = union(
        select(Role.person_id).where(
            Role.conference_id == conference.id, Role.kind.in_(COMMITTEE)
        ),
        select(Guest.person_id).where(
            Guest.conference_id == conference.id,
            Guest.person_id.is_not(None),
            Guest.state.not_in(("declined", "withdrawn")),
        ),
    )
    query = select(Person.id, Person.name, Person.affiliation).where(Person.id.in_(roles))
    if person_id is not None:
        query = query.where(Person.id == person_id)
    members: dict[int, Member] = {}
    for id_, name, affiliation in db.execute(query):
        members[id_] = Member(name)
        _add_employer(members[id_], affiliation_key(affiliation), roots)
    if not members:
        return members
    own = select(Speaker.person_id, Speaker.affiliation_key).where(
        Speaker.conference_id == conference.id,
        Speaker.state == "accepted",
        Speaker.person_id.in_(roles),
    )
    for speaks, key in db.execute(own.distinct()):
        if speaks in members:
            _add_employer(members[speaks], key, roots)
    proved = select(Email.person_id, Email.key).where(
        Email.verified.is_not(None), Email.person_id.in_(roles)
    )
    for id_, key in db.execute(proved):
        if id_ in members:
            members[id_].addresses.add(key)
    return members


def _add_employer(member: Member, key: str, roots: Mapping[str, str]) -> None:
    if key not in NO_EMPLOYER:
        member.employers.add(roots.get(key, key))


def neighbors_of(db: Session, submission: Submission) -> set[int]:
    """The submission and those that share a speaker with it, or did."""
    mine, other = aliased(Speaker), aliased(Speaker)
    shared = (
        select(other.submission_id)
        .join(mine, and_(mine.code == other.code, mine.conference_id == other.conference_id))
        .where(mine.submission_id == submission.id)
    )
    return {submission.id, *db.scalars(shared.distinct())}


def places_of(
    db: Session, conference: Conference, targets: set[int] | None, roots: Mapping[str, str]
) -> list[Named]:
    """Who stands on what; with `targets`, on them and on what shares a speaker with them."""
    wanted: ColumnElement[bool] = true()
    if targets is not None:
        mine, other = aliased(Speaker), aliased(Speaker)
        around = (
            select(other.submission_id)
            .join(mine, and_(mine.code == other.code, mine.conference_id == other.conference_id))
            .where(mine.submission_id.in_(targets))
        )
        wanted = or_(Submission.id.in_(targets), Submission.id.in_(around))
    rows = db.execute(
        select(
            Submission.id,
            Submission.code,
            Submission.submitter_id,
            Speaker.person_id,
            Speaker.code,
            Speaker.name,
            Speaker.affiliation_key,
            Speaker.affiliation,
            Speaker.address_key,
        )
        .outerjoin(
            Speaker, and_(Speaker.submission_id == Submission.id, Speaker.state != "removed")
        )
        .where(Submission.conference_id == conference.id, Submission.state != "draft", wanted)
        .order_by(Submission.id, Speaker.position, Speaker.id)
    ).all()
    proved = _proved_addresses(db, conference, targets and {row[0] for row in rows})
    return [
        Named(
            submission_id=id_,
            submission_code=code,
            submitter_id=submitter,
            person_id=person,
            code=speaker or "",
            name=name or "",
            employer=roots.get(key or "", key or ""),
            affiliation=text or "",
            addresses={address} - {"", None} | proved.get(person or 0, set()),
        )
        for id_, code, submitter, person, speaker, name, key, text, address in rows
    ]


def _proved_addresses(
    db: Session, conference: Conference, among: set[int] | None
) -> dict[int, set[str]]:
    speaking = select(Speaker.person_id).where(
        Speaker.conference_id == conference.id, Speaker.state != "removed"
    )
    if among is not None:
        speaking = speaking.where(Speaker.submission_id.in_(among))
    rows = db.execute(
        select(Email.person_id, Email.key).where(
            Email.verified.is_not(None), Email.person_id.in_(speaking)
        )
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, key in rows:
        found[person_id].add(key)
    return found


def common_signs(
    db: Session,
    conference: Conference,
    members: Mapping[int, Member],
    places: Sequence[Named],
    roots: Mapping[str, str],
    person_id: int | None,
    targets: set[int] | None,
) -> Collection[Common]:
    """Employers and domains too common to be listed pair by pair, also of one person's or few.

    For those the other side is read too, where it may be large enough at all. What a chair wants
    blocked is listed however common it is.
    """
    if not may_be_common(db, conference, members, places, person_id, targets):
        return ()
    everybody = members if person_id is None else members_of(db, conference, None, roots)
    everything = places if targets is None else places_of(db, conference, None, roots)
    found = common_among(everybody, everything)
    return [one for one in found if conflict_policy(conference, one.kind) != "block"]


def common_in(db: Session, conference: Conference) -> Collection[Common]:
    """The same for the whole conference, to be told to its chairs."""
    roots = canonical_keys(db, conference)
    members = members_of(db, conference, None, roots)
    places = places_of(db, conference, None, roots)
    return common_signs(db, conference, members, places, roots, None, None)


def wanted_conflicts(
    members: Mapping[int, Member],
    places: Sequence[Named],
    targets: set[int] | None,
    common: Collection[Common] = (),
) -> Iterator[Found]:
    """What holds by itself, with its reason; nothing weaker for who stands on it themselves.

    The reason is what was found and no name: an affiliation as typed, a mail domain, the code of
    the submission through which two people know each other.
    """
    standing = _standing(members, places)
    for key, (reason, partner) in standing.items():
        if _in(key, targets):
            yield key, reason, partner
    on_it = {(submission_id, person_id) for submission_id, person_id, _kind in standing}
    by_employer, by_domain = by_sign(members)
    for one in common:
        (by_employer if one.kind == "affiliation" else by_domain).pop(one.key, None)
    through = _through(on_it, places)
    for place in places:
        partner = partner_at(place)
        weaker = [
            ("affiliation", by_employer.get(place.employer, ()), place.affiliation),
            *(("domain", by_domain.get(domain, ()), domain) for domain in domains_of(place)),
        ]
        for kind, people, reason in weaker:
            for person_id in people:
                key = (place.submission_id, person_id, kind)
                if _in(key, targets) and key[:2] not in on_it:
                    yield key, reason, partner
        for person_id, code in through.get(place.code, {}).items():
            key = (place.submission_id, person_id, "transitive")
            if _in(key, targets) and key[:2] not in on_it:
                yield key, code, partner


def _in(key: Key, targets: set[int] | None) -> bool:
    return targets is None or key[0] in targets


def _standing(
    members: Mapping[int, Member], places: Sequence[Named]
) -> dict[Key, tuple[str, Partner]]:
    """Who of the committee has submitted it, speaks on it, or is named there by their address."""
    by_address = {key: id_ for id_, member in members.items() for key in member.addresses}
    found: dict[Key, tuple[str, Partner]] = {}
    for place in places:
        if place.submitter_id in members:
            found[place.submission_id, place.submitter_id, "own"] = "", partner_at(place)
        speaks = place.person_id
        if speaks is not None and speaks in members and speaks != place.submitter_id:
            found[place.submission_id, speaks, "co_speaker"] = "", partner_at(place)
    for place in places:
        for address in place.addresses if place.person_id is None else ():
            person_id = by_address.get(address)
            if person_id is not None and person_id != place.submitter_id:
                key = (place.submission_id, person_id, "co_speaker")
                found.setdefault(key, (BY_ADDRESS, partner_at(place)))
    return found


def _through(on_it: set[tuple[int, int]], places: Sequence[Named]) -> dict[str, dict[int, str]]:
    """Speaker code -> {member of the committee: code of a submission both stand on}."""
    people: dict[int, list[int]] = defaultdict(list)
    for submission_id, person_id in sorted(on_it):
        people[submission_id].append(person_id)
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for place in places:
        for person_id in people.get(place.submission_id, ()) if place.code else ():
            if person_id != place.person_id:
                found[place.code].setdefault(person_id, place.submission_code)
    return found
