"""What the words kept in the database mean to the policy: plain questions, no person in them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cfp.actors import RoleKind
from cfp.domain.conferences.models import Conference
from cfp.policy.tables import Relation

ROLES = {
    Relation.REVIEWER: RoleKind.REVIEWER,
    Relation.BIDDER: RoleKind.REVIEWER,
    Relation.TRACK_CHAIR: RoleKind.TRACK_CHAIR,
    Relation.CHAIR: RoleKind.CHAIR,
    Relation.READER: RoleKind.READER,
}

ACTIVE_ASSIGNMENTS = ("assigned", "accepted", "done", "abstained")
"""Whoever has abstained still reads it: they may change their mind."""

HELPING = ("accepted", "handed", "returned")
"""States of a guest in which they read what they write about for somebody."""


def takes_bids(conference: Conference) -> bool:
    """Whether reviewers say what they want to review: only where somebody then assigns."""
    return conference.uses_bids and conference.reviewing == "assigned"


DEFAULT_CONFLICT_POLICIES: Mapping[str, str] = MappingProxyType(
    {
        "own": "block",
        "co_speaker": "block",
        "declared": "block",
        "by_speaker": "block",
        "collaborator": "avoid",
        "organization": "avoid",
        "affiliation": "avoid",
        "domain": "avoid",
        "transitive": "show",
    }
)
"""Every kind there is. own: submitted it; co_speaker: stands on it; declared: by the person or a
chair; by_speaker: declared by a speaker; collaborator and organization: listed by either side;
affiliation and domain: the same employer or e-mail domain; transitive: through a co-speaker."""


def conflict_policy(conference: Conference, kind: str) -> str:
    """block, avoid or show: what an open conflict of this kind means in this conference."""
    return _meant(conference.conflict_policies, kind)


def _meant(policies: Mapping[str, Any], kind: str) -> str:
    chosen = policies.get(kind)
    return chosen if isinstance(chosen, str) else DEFAULT_CONFLICT_POLICIES[kind]


def blocking_kinds(conference: Conference) -> list[str]:
    """The kinds whose open conflicts block."""
    policies = conference.conflict_policies
    return [kind for kind in DEFAULT_CONFLICT_POLICIES if _meant(policies, kind) == "block"]
