"""What conflicts of interest are found from: the committee, who stands on what, who is listed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from cfp.domain.assignment.collaborators import Entry
from cfp.records import record

Key = tuple[int, int, str]
"""(submission, person, kind): what a conflict is unique by."""


@dataclass
class Member:
    """What is known of somebody on the committee."""

    name: str = ""
    employers: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)


@dataclass
class Named:
    """A place on a submission: a speaker's, or (with no code) the submitter's alone."""

    submission_id: int
    submission_code: str
    submitter_id: int
    person_id: int | None
    code: str
    name: str
    employer: str
    affiliation: str
    addresses: set[str]


@record
class Lists:
    """What is listed in a conference: by each reviewer, and for each submission."""

    by_person: Mapping[int, Sequence[Entry]] = field(default_factory=dict)
    by_submission: Mapping[int, Sequence[Entry]] = field(default_factory=dict)


@record
class Partner:
    """The other of the two people between whom a conflict is: a person, or only addresses."""

    person_id: int | None
    addresses: Collection[str] = ()


Found = tuple[Key, str, Partner]
"""A conflict that holds, its reason, and through whom."""


@dataclass
class Wanted:
    """A conflict that holds: the reason found last, and everybody through whom it does."""

    reason: str = ""
    partners: list[Partner] = field(default_factory=list)


def partner_at(place: Named) -> Partner:
    """Whoever stands at this place."""
    return Partner(place.person_id, frozenset(place.addresses))
