"""Employers and mail domains that so many share that they tell nothing of two people.

Where half a large committee and half of the speakers write from one domain, to list every pair
would be millions of rows, none of which anybody reads. Such a sign is named once instead.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.domain.assignment.grounds import Member, Named
from cfp.domain.assignment.mail_providers import PUBLIC_DOMAINS
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.submissions.models import Submission
from cfp.records import record

COUNTED = ("affiliation", "domain")
"""Kinds of conflicts that hold for everybody with the same sign."""

MOST_PAIRS = 50_000
"""Of one employer or domain. Beyond, it is too common: no conference of a few hundred talks has so
many, not even where everybody works for one company."""

FEW_PEOPLE, FEW_SUBMISSIONS = 10, 30
"""Of which nobody has to count the other side: it would have to be thousands."""


@record
class Common:
    """A sign that is too common, how many of the committee have it, and how many submissions."""

    kind: str
    key: str
    people: int
    submissions: int


def may_be_common(
    db: Session,
    conference: Conference,
    members: Mapping[int, Member],
    places: Sequence[Named],
    person_id: int | None,
    targets: set[int] | None,
) -> bool:
    """Whether the whole conference may have so many pairs; a statement only where that is open."""
    people, submissions = len(members), len({place.submission_id for place in places})
    if person_id is None and targets is None:
        return people * submissions > MOST_PAIRS
    if people <= FEW_PEOPLE and submissions <= FEW_SUBMISSIONS:
        return False
    role = select(func.count(Role.id)).where(Role.conference_id == conference.id)
    papers = select(func.count(Submission.id)).where(Submission.conference_id == conference.id)
    most = db.execute(select(role.scalar_subquery(), papers.scalar_subquery())).one()
    return bool(most[0] * most[1] > MOST_PAIRS)


def common_among(members: Mapping[int, Member], places: Sequence[Named]) -> list[Common]:
    """What more than `MOST_PAIRS` pairs have in common; of all there are."""
    employers, domains = by_sign(members)
    speaking: dict[str, Counter[str]] = {kind: Counter() for kind in COUNTED}
    seen = {
        (place.submission_id, kind, key)
        for place in places
        for kind, key in (
            ("affiliation", place.employer), *(("domain", one) for one in domains_of(place))
        )
    }  # fmt: skip
    for _submission_id, kind, key in seen:
        speaking[kind][key] += 1
    return [
        Common(kind, key, len(people), speaking[kind][key])
        for kind, found in (("affiliation", employers), ("domain", domains))
        for key, people in sorted(found.items())
        if len(people) * speaking[kind][key] > MOST_PAIRS
    ]


def by_sign(
    members: Mapping[int, Member],
) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Who of the committee has each employer, and an address at each domain."""
    employers: dict[str, list[int]] = defaultdict(list)
    domains: dict[str, list[int]] = defaultdict(list)
    for id_, member in members.items():
        for employer in member.employers:
            employers[employer].append(id_)
        for domain in {address.rpartition("@")[2] for address in member.addresses}:
            if domain not in PUBLIC_DOMAINS:
                domains[domain].append(id_)
    return employers, domains


def domains_of(place: Named) -> list[str]:
    """Where whoever stands at this place has addresses."""
    return sorted({address.rpartition("@")[2] for address in place.addresses})
