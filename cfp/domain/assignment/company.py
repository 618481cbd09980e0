"""What the chairs' rules about reviewers of one submission say against somebody joining others.

The same rules as the solver's: seniors, one of each employer, "never together". They are read as
parts of a statement that a page makes anyway.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, literal, select

from cfp.actors import RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.affiliations import NO_EMPLOYER
from cfp.domain.assignment.models import ReviewerProfile, ReviewersApart
from cfp.domain.conferences.models import AffiliationAlias, Conference, Role
from cfp.domain.submissions.rules import affiliation_key

RULES = ("apart", "affiliation", "senior")

Fact = Select[str, int, int, str, str]

_NOBODY, _NOTHING = literal(0), literal("")


def facts_for_rules(conference: Conference) -> list[Fact]:
    """Rows (what, person, other, text, text) to be read by a union, as far as rules are in use."""
    row, alias, profile = ReviewersApart, AffiliationAlias, ReviewerProfile
    parts: list[Fact] = [
        select(literal("apart"), row.person_id, row.other_id, _NOTHING, _NOTHING).where(
            row.conference_id == conference.id
        )
    ]
    if conference.needs_senior:
        parts.append(
            select(literal("senior"), profile.person_id, _NOBODY, _NOTHING, _NOTHING).where(
                profile.conference_id == conference.id, profile.senior
            )
        )
    if conference.one_per_affiliation:
        reviewers = select(Role.person_id).where(
            Role.conference_id == conference.id, Role.kind == RoleKind.REVIEWER
        )
        parts += [
            select(literal("works"), Person.id, _NOBODY, Person.affiliation, _NOTHING).where(
                Person.id.in_(reviewers)
            ),
            select(
                literal("alias"), _NOBODY, _NOBODY, alias.key, alias.canonical_key
            ).where(alias.conference_id == conference.id),
        ]
    return parts


def rules_against(
    rows: Iterable[Sequence[Any]],
    conference: Conference,
    *,
    beside: Collection[int],
    instead_of: int,
    people: Collection[int],
) -> Mapping[int, Sequence[str]]:
    """Which of these people break which rules when they come in one's place, beside the others.

    `rows` are what `facts_for_rules` reads. A submission that has no senior already is no reason
    against anybody: the others are no worse.
    """
    said: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in rows:
        said[row[0]].append(row)
    met = {pair for _, one, other, *_ in said["apart"] for pair in ((one, other), (other, one))}
    employers = _employers(said)
    taken = {employers[id_] for id_ in beside if id_ in employers}
    seniors = {row[1] for row in said["senior"]}
    loses = conference.needs_senior and instead_of in seniors and not seniors & set(beside)
    broken = {
        "apart": lambda id_: any((id_, one) in met for one in beside),
        "affiliation": lambda id_: employers.get(id_) in taken,
        "senior": lambda id_: loses and id_ not in seniors,
    }
    found = {id_: [rule for rule in RULES if broken[rule](id_)] for id_ in people}
    return {id_: rules for id_, rules in found.items() if rules}


def _employers(said: Mapping[str, Sequence[Sequence[Any]]]) -> dict[int, str]:
    joined = {key: canonical for *_, key, canonical in said.get("alias", ())}
    keys = {id_: affiliation_key(text) for _, id_, _, text, _ in said.get("works", ())}
    return {id_: joined.get(key, key) for id_, key in keys.items() if key not in NO_EMPLOYER}
