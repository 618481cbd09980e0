"""Conflicts that hold because one side has listed the other. Plain facts only.

A name that is the same is never more than this: a conflict that a chair can look at, with the line
as it was typed for the reason; nobody becomes anybody else by it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from cfp.domain.assignment.collaborators import Entry, name_key
from cfp.domain.assignment.grounds import Found, Lists, Member, Named, Partner, partner_at

Sign = tuple[str, str, str]
"""(kind of conflict, what is compared, its key): what two sides must have in common."""


def listed_by_reviewers(
    places: Sequence[Named], lists: Lists, roots: Mapping[str, str]
) -> Iterator[Found]:
    """Speakers whom reviewers have listed, or who work for an organization that they have."""
    known: dict[Sign, dict[int, str]] = defaultdict(dict)
    for person_id, entries in lists.by_person.items():
        for entry in entries:
            for sign in _signs_of(entry, roots):
                known[sign][person_id] = entry.text
    for place in places if known else ():
        for sign in _signs(place.name, place.addresses, {place.employer}):
            for person_id, line in known.get(sign, {}).items():
                yield (place.submission_id, person_id, sign[0]), line, partner_at(place)


def listed_for_submissions(
    members: Mapping[int, Member],
    places: Sequence[Named],
    lists: Lists,
    roots: Mapping[str, str],
) -> Iterator[Found]:
    """Members of the committee whom speakers have listed; between them and who submitted it."""
    submitters = {place.submission_id: place.submitter_id for place in places}
    known: dict[Sign, list[int]] = defaultdict(list)
    for person_id, member in members.items() if lists.by_submission else ():
        for sign in _signs(member.name, member.addresses, member.employers):
            known[sign].append(person_id)
    for submission_id, entries in lists.by_submission.items():
        if submission_id not in submitters:
            continue
        partner = Partner(submitters[submission_id])
        for entry in entries:
            for sign in _signs_of(entry, roots):
                for person_id in known.get(sign, ()):
                    yield (submission_id, person_id, sign[0]), entry.text, partner


def keys_of(places: Sequence[Named], roots: Mapping[str, str]) -> set[str]:
    """What an entry of a reviewer's list must have one of to be about one of these places."""
    employers = {place.employer for place in places}
    spelled = {key for key, root in roots.items() if root in employers}
    addresses = {address for place in places for address in place.addresses}
    return (employers | spelled | addresses | {name_key(one.name) for one in places}) - {""}


def _signs_of(entry: Entry, roots: Mapping[str, str]) -> Iterator[Sign]:
    if entry.organization:
        yield "organization", "", roots.get(entry.affiliation_key, entry.affiliation_key)
    if entry.name_key:
        yield "collaborator", "name", entry.name_key
    if entry.address_key:
        yield "collaborator", "address", entry.address_key


def _signs(name: str, addresses: Collection[str], employers: Collection[str]) -> Iterator[Sign]:
    yield "collaborator", "name", name_key(name)
    yield from (("collaborator", "address", address) for address in addresses)
    yield from (("organization", "", employer) for employer in employers)
