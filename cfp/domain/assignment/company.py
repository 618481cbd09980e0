"""What the chairs' rules about reviewers of one submission say against somebody joining others.

The same rules as the solver's: seniors, one of each employer, "never together".
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.assignment.affiliations import employers_of
from cfp.domain.assignment.apart import apart_pairs
from cfp.domain.assignment.models import ReviewerProfile
from cfp.domain.conferences.models import Conference

RULES = ("apart", "affiliation", "senior")


def rules_against(
    db: Session,
    conference: Conference,
    *,
    beside: Collection[int],
    instead_of: int,
    people: Collection[int],
) -> Mapping[int, Sequence[str]]:
    """Which of these people break which rules when they come in one's place, beside the others.

    A submission that has no senior already is no reason against anybody: the others are no worse.
    """
    found: dict[int, list[str]] = defaultdict(list)
    for one, other in apart_pairs(db, conference):
        for joins, is_there in ((one, other), (other, one)):
            if is_there in beside:
                found[joins].append("apart")
    if conference.one_per_affiliation:
        employers = employers_of(db, conference, {*people, *beside})
        taken = {employers[id_] for id_ in beside if id_ in employers}
        for id_ in people:
            if employers.get(id_) in taken:
                found[id_].append("affiliation")
    if conference.needs_senior:
        seniors = _seniors(db, conference)
        if instead_of in seniors and not seniors & set(beside):
            for id_ in set(people) - seniors:
                found[id_].append("senior")
    return {id_: found[id_] for id_ in people if id_ in found}


def _seniors(db: Session, conference: Conference) -> set[int]:
    query = select(ReviewerProfile.person_id).where(
        ReviewerProfile.conference_id == conference.id, ReviewerProfile.senior
    )
    return set(db.scalars(query))
