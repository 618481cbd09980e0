"""One object: what a person may know of it and do with it, asked in plain Python."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from cfp.actors import Actor, RoleKind
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from cfp.phases import in_force
from cfp.policy.meanings import ACTIVE_ASSIGNMENTS, ROLES
from cfp.policy.tables import (
    IN_CONFERENCE,
    ON_SITE,
    ON_SUBMISSION,
    SEES,
    Action,
    Fact,
    Grant,
    Relation,
    When,
)


@dataclass(frozen=True)
class Standing:
    """Everything the tables ask about one person and one submission, loaded in one statement.

    `at` is the moment the person asks at; `extended` until when they were given more time.
    """

    conference: Conference
    submission: Submission
    relations: frozenset[Relation]
    blocked: bool
    own_review_in: bool
    assignment_state: str | None = None
    at: datetime | None = None
    extended: datetime | None = None


def sees(standing: Standing, fact: Fact) -> bool:
    """Whether the person may know this fact about the submission."""
    return _granted(standing, SEES[fact])


def allowed(actor: Actor, action: Action, obj: Conference | Standing | None, now: datetime) -> bool:
    """Whether `actor` may do `action` on the object: None (the site), a conference, a standing.

    Moments that depend on the call or the state (`now`) are rules of their own; this says who.
    """
    if action in ON_SITE:
        return _on_site(actor, ON_SITE[action])
    if isinstance(obj, Standing):
        return action in ON_SUBMISSION and _granted(obj, ON_SUBMISSION[action])
    if isinstance(obj, Conference) and action in IN_CONFERENCE:
        who = IN_CONFERENCE[action]
        if "anybody" in who or ("person" in who and actor.person_id is not None):
            return True
        if "guest" in who and obj.id in actor.guest_in:
            return True
        return any(actor.has(obj.id, RoleKind(relation)) for relation in who if relation in ROLES)
    return False


def _on_site(actor: Actor, who: str) -> bool:
    if who == "anybody":
        return True
    if who == "person":
        return actor.person_id is not None
    return actor.creates_conferences if who == "creator" else actor.administrator


def _granted(standing: Standing, grants: list[Grant]) -> bool:
    return any(
        grant.relation in standing.relations
        and not (grant.unblocked and standing.blocked)
        and _holds(standing, grant.when)
        for grant in grants
    )


def _holds(standing: Standing, when: When) -> bool:
    # Only what is asked is worked out: a page asks for all facts and acts there are.
    return when is When.ALWAYS or _HOLDS[when](standing)


def _submitted(standing: Standing) -> bool:
    return standing.submission.state != "draft"


def _names_open(standing: Standing) -> bool:
    return _submitted(standing) and not standing.conference.blind


def _announced(standing: Standing) -> bool:
    return standing.submission.announced is not None


def _others_open(standing: Standing) -> bool:
    others = in_force(standing.conference, standing.at).others
    opened = others == "always" or (others == "after_own" and standing.own_review_in)
    return opened and _submitted(standing)


def _reviewers_shown(standing: Standing) -> bool:
    shown = in_force(standing.conference, standing.at).names_shown
    return shown and standing.own_review_in and _submitted(standing)


def _text_sent(standing: Standing) -> bool:
    conference, announced = standing.conference, standing.submission.announced
    if announced is not None and conference.sends_speaker_text:
        return True
    return _submitted(standing) and _was_shown(conference.response_opened, announced)


def _discussed(standing: Standing) -> bool:
    return _others_open(standing) and in_force(standing.conference, standing.at).discusses


def _writes(standing: Standing) -> bool:
    asked = standing.assignment_state in ACTIVE_ASSIGNMENTS
    everybody = in_force(standing.conference, standing.at).writes_all
    return (everybody or asked) and _submitted(standing)


_HOLDS: Mapping[When, Callable[[Standing], bool]] = MappingProxyType(
    {
        When.SUBMITTED: _submitted,
        When.NAMES_OPEN: _names_open,
        When.ANNOUNCED: _announced,
        When.OTHERS_OPEN: _others_open,
        When.REVIEWERS_SHOWN: _reviewers_shown,
        When.TEXT_SENT: _text_sent,
        When.DISCUSSED: _discussed,
        When.WRITES: _writes,
    }
)


def _was_shown(opened: datetime | None, announced: datetime | None) -> bool:
    """Whether speakers were asked to answer to the reviews: it was not decided before that."""
    return opened is not None and (announced is None or announced >= opened)
