"""The one policy: who may see which fact, and who may do which act.

Both tables below are data. `sees` and `allowed` read them in Python for one object; `predicate`
and `visible` turn the same rows into SQL for lists, counts, searches and exports. What a person
may not see never reaches a filter, a sort or a count.

Relations to a submission (design.md and the permission tests use the same words):
speaker (its submitter or an accepted speaker), reviewer (of it: assigned to it, or everybody
reviews everything; or a guest, who has no role and is asked for this one), bidder (a reviewer while
bids are asked for: title and abstract, or there would be nothing to bid on), track chair (of its
track), chair, reader, helper (writes for one of its reviewers). `blocked` is a relation on top: a
conflict of interest that blocks. A grant marked `unblocked` does not count for the blocked.

What a reviewer may see and do depends on the phase of reviewing at the moment they ask,
`Actor.at`; `cfp.phases.in_force` says what holds then, for both forms of the tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Join,
    Label,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    false,
    func,
    null,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor, RoleKind
from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Guest, Review, ReviewExtension
from cfp.domain.submissions.models import Speaker, Submission
from cfp.phases import in_force


class Relation(StrEnum):
    SPEAKER = auto()
    REVIEWER = auto()
    BIDDER = auto()
    TRACK_CHAIR = auto()
    CHAIR = auto()
    READER = auto()
    HELPER = auto()


class Fact(StrEnum):
    """What there is to know about a submission; each has its row in `SEES`."""

    CONTENT = auto()
    SPEAKERS = auto()
    CHAIR_NOTE = auto()
    REVIEWERS = auto()
    REVIEWS = auto()
    CHAIR_REVIEWS = auto()
    SPEAKER_TEXT = auto()
    PENDING = auto()
    DECISION = auto()
    ADDRESSES = auto()
    REVIEW_MAIL = auto()
    MAIL = auto()
    CONFLICTS = auto()
    PLACEMENT = auto()
    LISTED = auto()  # that it stands in the lists of the committee
    LOG = auto()
    TAGS = auto()
    CHAIR_TAGS = auto()


class When(StrEnum):
    """A condition on the submission or on the person's own review, checked with the grant."""

    ALWAYS = auto()
    SUBMITTED = auto()
    NAMES_OPEN = auto()
    ANNOUNCED = auto()
    OTHERS_OPEN = auto()
    REVIEWERS_SHOWN = auto()
    TEXT_SENT = auto()
    DISCUSSED = auto()  # others' reviews are open, and the phase has a discussion
    WRITES = auto()  # the phase takes reviews of each submission one sees, or one was asked


@dataclass(frozen=True)
class Grant:
    """A relation that opens a fact, its condition, and whether a blocking conflict closes it."""

    relation: Relation
    when: When = When.SUBMITTED
    unblocked: bool = False


S, R, B, T, C, O, H = (  # noqa: E741 - the letters of the permission table
    Relation.SPEAKER,
    Relation.REVIEWER,
    Relation.BIDDER,
    Relation.TRACK_CHAIR,
    Relation.CHAIR,
    Relation.READER,
    Relation.HELPER,
)


def _all(*relations: Relation, when: When = When.SUBMITTED, unblocked: bool = False) -> list[Grant]:
    return [Grant(relation, when, unblocked) for relation in relations]


SEES: Mapping[Fact, list[Grant]] = MappingProxyType(
    {
        Fact.CONTENT: [Grant(S, When.ALWAYS), *_all(R, B, T, C, O, H)],
        Fact.SPEAKERS: [
            Grant(S, When.ALWAYS),
            *_all(R, B, H, when=When.NAMES_OPEN),
            *_all(T, C, O),
        ],
        Fact.CHAIR_NOTE: [Grant(S, When.ALWAYS), *_all(T, C)],
        Fact.REVIEWERS: [
            *_all(T, C, unblocked=True),
            Grant(R, When.REVIEWERS_SHOWN, unblocked=True),
        ],
        Fact.REVIEWS: [*_all(T, C, unblocked=True), Grant(R, When.OTHERS_OPEN, unblocked=True)],
        Fact.CHAIR_REVIEWS: _all(T, C, unblocked=True),
        Fact.SPEAKER_TEXT: [
            *_all(T, C, unblocked=True),
            Grant(R, When.OTHERS_OPEN, unblocked=True),
            Grant(S, When.TEXT_SENT),
        ],
        Fact.PENDING: _all(T, C, unblocked=True),
        Fact.DECISION: _all(S, T, C, R, O, when=When.ANNOUNCED),
        Fact.ADDRESSES: [Grant(S, When.ALWAYS), *_all(T, C)],
        Fact.REVIEW_MAIL: _all(C, unblocked=True),
        Fact.MAIL: _all(C, when=When.ALWAYS),
        Fact.CONFLICTS: _all(C),
        Fact.PLACEMENT: _all(T, C, O),
        Fact.LISTED: _all(T, C, O),
        Fact.LOG: _all(C, unblocked=True),
        Fact.TAGS: _all(T, C, R, unblocked=True),
        Fact.CHAIR_TAGS: _all(T, C, unblocked=True),
    }
)


class Action(StrEnum):
    """What can be done; each has its row in `DOES`, at the level its name's comment gives."""

    # Anywhere.
    VISIT = auto()
    LOG_IN = auto()
    HAVE_ACCOUNT = auto()
    CREATE_CONFERENCE = auto()
    ADMINISTER = auto()
    # In a conference.
    SUBMIT_NEW = auto()
    OWN_SUBMISSIONS = auto()
    REVIEW_QUEUE = auto()
    BE_REVIEWER = auto()  # what a guest does not have
    READ_COMMITTEE = auto()
    READ_SCORES = auto()
    READ_PEOPLE = auto()
    READ_PROGRAM_DRAFT = auto()
    ASSIGN = auto()
    DECIDE = auto()
    TAG = auto()
    CHAIR_ONLY = auto()
    ANNOUNCE = auto()
    SEND_MAIL = auto()
    PUBLISH = auto()
    SET_UP = auto()
    READ_AUDIT = auto()
    # On a submission.
    READ = auto()
    EDIT = auto()
    EDIT_AS_SPEAKER = auto()
    FOLLOW = auto()
    CONFIRM = auto()
    GIVE_MATERIAL = auto()
    MANAGE_MATERIAL = auto()
    BID = auto()
    DECLARE_CONFLICT = auto()
    JUDGE_CONFLICT = auto()
    READ_FOR_REVIEW = auto()
    REVIEW = auto()
    HELP = auto()
    READ_REVIEWS = auto()
    COMMENT = auto()
    REDACT = auto()
    ASSIGN_ONE = auto()
    DECIDE_ONE = auto()
    TAG_ONE = auto()
    WITHDRAW_FOR = auto()


ON_SITE: Mapping[Action, str] = MappingProxyType(
    {
        Action.VISIT: "anybody",
        Action.LOG_IN: "anybody",
        Action.HAVE_ACCOUNT: "person",
        Action.CREATE_CONFERENCE: "creator",
        Action.ADMINISTER: "administrator",
    }
)

IN_CONFERENCE: Mapping[Action, frozenset[Relation | str]] = MappingProxyType(
    {
        Action.SUBMIT_NEW: frozenset({"anybody"}),
        Action.OWN_SUBMISSIONS: frozenset({"person"}),
        Action.REVIEW_QUEUE: frozenset({R, "guest"}),
        Action.BE_REVIEWER: frozenset({R}),
        Action.READ_COMMITTEE: frozenset({C, T, O}),
        Action.READ_SCORES: frozenset({C, T}),
        Action.READ_PEOPLE: frozenset({C, T}),
        Action.READ_PROGRAM_DRAFT: frozenset({C, T, O}),
        Action.ASSIGN: frozenset({C, T}),
        Action.DECIDE: frozenset({C, T}),
        Action.TAG: frozenset({C, T}),
        Action.CHAIR_ONLY: frozenset({C}),
        Action.ANNOUNCE: frozenset({C}),
        Action.SEND_MAIL: frozenset({C}),
        Action.PUBLISH: frozenset({C}),
        Action.SET_UP: frozenset({C}),
        Action.READ_AUDIT: frozenset({C}),
    }
)

ON_SUBMISSION: Mapping[Action, list[Grant]] = MappingProxyType(
    {
        Action.READ: SEES[Fact.CONTENT],
        Action.EDIT: [Grant(S, When.ALWAYS), *_all(T, C)],
        Action.EDIT_AS_SPEAKER: _all(S, when=When.ALWAYS),
        Action.FOLLOW: _all(S, when=When.ALWAYS),
        Action.CONFIRM: _all(S, when=When.ANNOUNCED),
        Action.GIVE_MATERIAL: _all(S, C, when=When.ANNOUNCED),
        Action.MANAGE_MATERIAL: _all(C, when=When.ANNOUNCED),
        Action.BID: _all(B),
        Action.DECLARE_CONFLICT: _all(R, B, T, C),
        Action.JUDGE_CONFLICT: _all(C),
        Action.READ_FOR_REVIEW: _all(R, unblocked=True),
        Action.REVIEW: _all(R, when=When.WRITES, unblocked=True),
        Action.HELP: _all(H, unblocked=True),
        Action.READ_REVIEWS: SEES[Fact.REVIEWS],
        Action.COMMENT: [
            *_all(T, C, unblocked=True),
            Grant(R, When.DISCUSSED, unblocked=True),
        ],
        Action.REDACT: _all(T, C, unblocked=True),
        Action.ASSIGN_ONE: _all(T, C, unblocked=True),
        Action.DECIDE_ONE: _all(T, C, unblocked=True),
        Action.TAG_ONE: _all(T, C, unblocked=True),
        Action.WITHDRAW_FOR: _all(C),
    }
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


# One object -----------------------------------------------------------------------------------


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


ROLES = {
    Relation.REVIEWER: RoleKind.REVIEWER,
    Relation.BIDDER: RoleKind.REVIEWER,
    Relation.TRACK_CHAIR: RoleKind.TRACK_CHAIR,
    Relation.CHAIR: RoleKind.CHAIR,
    Relation.READER: RoleKind.READER,
}


def _granted(standing: Standing, grants: list[Grant]) -> bool:
    return any(
        grant.relation in standing.relations
        and not (grant.unblocked and standing.blocked)
        and _holds(standing, grant.when)
        for grant in grants
    )


def _holds(standing: Standing, when: When) -> bool:
    conference, submission = standing.conference, standing.submission
    submitted = submission.state != "draft"
    announced = submission.announced is not None
    own_in, rules = standing.own_review_in, in_force(conference, standing.at)
    others = submitted and (rules.others == "always" or (rules.others == "after_own" and own_in))
    asked = standing.assignment_state in ACTIVE_ASSIGNMENTS
    return {
        When.ALWAYS: True,
        When.SUBMITTED: submitted,
        When.NAMES_OPEN: submitted and not conference.blind,
        When.ANNOUNCED: announced,
        When.OTHERS_OPEN: others,
        When.REVIEWERS_SHOWN: submitted and rules.names_shown and own_in,
        When.TEXT_SENT: (announced and conference.sends_speaker_text)
        or (submitted and _was_shown(conference.response_opened, submission.announced)),
        When.DISCUSSED: others and rules.discusses,
        When.WRITES: submitted and (rules.writes_all or asked),
    }[when]


def _was_shown(opened: datetime | None, announced: datetime | None) -> bool:
    """Whether speakers were asked to answer to the reviews: it was not decided before that."""
    return opened is not None and (announced is None or announced >= opened)


def standing_of(db: Session, actor: Actor, conference: Conference, code: str) -> Standing | None:
    """Load a submission by code with what this person is to it; None when there is no such code."""
    row = db.execute(_standing_row(seat_of(actor, conference)), {"code": code}).one_or_none()
    if row is None:
        return None
    submission, speaks, blocked, own_review_in, assignment_state, extended, guest, helps = row
    relations = {
        relation
        for relation, kind in ROLES.items()
        if relation not in (R, B, T) and actor.has(conference.id, kind)
    }
    if speaks:
        relations.add(S)
    if submission.track_id in actor.tracks(conference.id):
        relations.add(T)
    if actor.has(conference.id, RoleKind.REVIEWER) and (
        in_force(conference, actor.at).reads_all or assignment_state in ACTIVE_ASSIGNMENTS
    ):
        relations.add(R)
    if takes_bids(conference) and actor.has(conference.id, RoleKind.REVIEWER):
        relations.add(B)
    relations |= {relation for relation, is_it in ((R, guest), (H, helps)) if is_it}
    return Standing(
        conference,
        submission,
        frozenset(relations),
        blocked,
        own_review_in,
        assignment_state,
        actor.at,
        extended,
    )


@lru_cache(maxsize=256)
def _standing_row(seat: "Seat") -> Select[Any]:
    """A submission by its `:code`, with what the person is to it; kept, as `_known` is."""
    me = seat.person_id or 0
    asked = (
        select(Assignment.state)
        .where(Assignment.submission_id == Submission.id, Assignment.person_id == me)
        .order_by(Assignment.round_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    extended = (
        select(ReviewExtension.until)
        .where(
            ReviewExtension.conference_id == seat.conference_id, ReviewExtension.person_id == me
        )
        .scalar_subquery()
    )
    return select(
        Submission,
        _is_speaker(me).label("speaks"),
        _is_blocked(me, seat.conference_id, seat.kinds).label("blocked"),
        _own_review_in(me).label("own_review_in"),
        asked.label("assignment_state"),
        extended.label("extended"),
        (_is_guest(me) if seat.guest else false()).label("guest"),
        (_is_helper(seat) if seat.helps else false()).label("helps"),
    ).where(Submission.conference_id == seat.conference_id, Submission.code == bindparam("code"))


ACTIVE_ASSIGNMENTS = ("assigned", "accepted", "done", "abstained")
"""Whoever has abstained still reads it: they may change their mind."""


def takes_bids(conference: Conference) -> bool:
    """Whether reviewers say what they want to review: only where somebody then assigns."""
    return conference.uses_bids and conference.reviewing == "assigned"


# Many objects ---------------------------------------------------------------------------------


# Aliased, so that they never correlate with a view's own speakers; and once, because making an
# alias costs more than running most of the queries it stands in.
_SUBMISSION = aliased(Submission, name="its_submission")
_SPEAKER = aliased(Speaker, name="its_speaker")
_CONFLICT = aliased(Conflict, name="its_conflict")
_REVIEW = aliased(Review, name="its_review")
_ASSIGNMENT = aliased(Assignment, name="its_assignment")
_GUEST = aliased(Guest, name="its_guest")


def _is_speaker(person_id: int) -> ColumnElement[bool]:
    accepted = select(_SPEAKER.submission_id).where(
        _SPEAKER.person_id == person_id, _SPEAKER.state == "accepted"
    )
    return or_(Submission.submitter_id == person_id, Submission.id.in_(accepted))


def _is_blocked(person_id: int, conference_id: int, kinds: Sequence[str]) -> ColumnElement[bool]:
    """Own and co-spoken submissions always block; found and declared conflicts by their policy.

    One set, made once per statement from the person's side: they are few of many submissions.
    """
    here, mine = _SUBMISSION.conference_id == conference_id, _SUBMISSION.submitter_id == person_id
    submitted = select(_SUBMISSION.id).where(mine, here)
    spoken = select(_SPEAKER.submission_id).where(_names(person_id))
    conflicting = select(_CONFLICT.submission_id).where(_blocks(person_id, kinds))
    return Submission.id.in_(union(submitted, spoken, conflicting))


def _names(person_id: int | SQLColumnExpression[int | None]) -> ColumnElement[bool]:
    return and_(_SPEAKER.person_id == person_id, _SPEAKER.state != "removed")


def _blocks(
    person_id: int | SQLColumnExpression[int | None], kinds: Sequence[str]
) -> ColumnElement[bool]:
    # Each kind apart: a list has to be written out anew at every execution.
    some_kind = or_(false(), *(_CONFLICT.kind == kind for kind in kinds))
    open_and_blocking = and_(_CONFLICT.state == "open", some_kind)
    return and_(
        _CONFLICT.person_id == person_id, or_(_CONFLICT.state == "confirmed", open_and_blocking)
    )


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


def _own_review_in(person_id: int) -> ColumnElement[bool]:
    submitted = select(_REVIEW.submission_id).where(
        _REVIEW.person_id == person_id, _REVIEW.state == "submitted"
    )
    return Submission.id.in_(submitted)


def own(actor: Actor) -> ColumnElement[bool]:
    """The rows of `submission` that are the person's own, in any conference, in any state."""
    return _is_speaker(actor.person_id) if actor.person_id is not None else false()


def predicate(actor: Actor, fact: Fact, conference: Conference) -> ColumnElement[bool]:
    """The rows of `submission` about which the person may know the fact, as SQL."""
    return seat_of(actor, conference).knows(fact)


def may(actor: Actor, action: Action, conference: Conference) -> ColumnElement[bool]:
    """The rows of `submission` on which the person may do the action, as SQL."""
    return seat_of(actor, conference).may(action)


def unknown(actor: Actor, fact: Fact, conference: Conference) -> Select[int]:
    """The ids of the conference's submissions about which the person may not know the fact.

    What hangs on submissions in great numbers leaves these out, instead of joining each: a set
    made once, and for a chair a small one.
    """
    here, known = Submission.conference_id == conference.id, predicate(actor, fact, conference)
    return select(Submission.id).where(here, ~known).correlate(None)


def blocked(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The rows of `submission` with which the person has a blocking conflict."""
    return seat_of(actor, conference).blocked()


def unblocked(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The rows of `submission` with which the person has no blocking conflict."""
    return ~blocked(actor, conference)


def blocked_anywhere(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """Whether the person has a blocking conflict with any submission here, a draft aside.

    What is told of all submissions at once then leaves those out, or is not told.
    """
    return seat_of(actor, conference).blocked_anywhere()


@dataclass(frozen=True)
class Seat:
    """One person in one conference: all that the SQL of the grants is made from.

    A plain value, so that a statement made from nothing else can be made once and kept: making
    one takes several times as long as a database needs to answer it.
    """

    person_id: int | None
    conference_id: int
    roles: frozenset[RoleKind]
    tracks: frozenset[int]
    kinds: tuple[str, ...]
    reads_all: bool
    writes_all: bool
    bids: bool
    blind: bool
    others_reviews: str
    names_shown: bool
    discusses: bool
    sends_text: bool
    response_opened: datetime | None
    guest: bool
    helps: bool

    def knows(self, fact: Fact) -> ColumnElement[bool]:
        """The rows of `submission` about which the person may know the fact, as SQL."""
        return _known(self, fact)

    def may(self, action: Action) -> ColumnElement[bool]:
        """The rows of `submission` on which the person may do the action, as SQL."""
        return _open_to(self, action)

    def blocked(self) -> ColumnElement[bool]:
        """As the function of that name."""
        return _is_blocked(self.person_id or 0, self.conference_id, self.kinds)

    def blocked_anywhere(self) -> ColumnElement[bool]:
        """As the function of that name."""
        return _blocked_anywhere(self)


def seat_of(actor: Actor, conference: Conference) -> Seat:
    """Where the person sits; what the conference's rules are at this time is part of it."""
    here, rules = conference.id, in_force(conference, actor.at)
    return Seat(
        person_id=actor.person_id,
        conference_id=here,
        roles=frozenset(role.kind for role in actor.roles if role.conference_id == here),
        tracks=actor.tracks(here),
        kinds=tuple(blocking_kinds(conference)),
        reads_all=rules.reads_all,
        writes_all=rules.writes_all,
        bids=takes_bids(conference),
        blind=conference.blind,
        others_reviews=rules.others,
        names_shown=rules.names_shown,
        discusses=rules.discusses,
        sends_text=conference.sends_speaker_text,
        response_opened=conference.response_opened,
        guest=here in actor.guest_in,
        helps=conference.delegation != "off" and here in actor.helps_in,
    )


# Kept, because a page asks for the same few dozens of times and making one is slow.


@lru_cache(maxsize=256)
def _known(seat: Seat, fact: Fact) -> ColumnElement[bool]:
    return _any_grant(seat, tuple(SEES[fact]))


@lru_cache(maxsize=256)
def _open_to(seat: Seat, action: Action) -> ColumnElement[bool]:
    return _any_grant(seat, tuple(ON_SUBMISSION[action]))


@lru_cache(maxsize=256)
def _any_grant(seat: Seat, grants: tuple[Grant, ...]) -> ColumnElement[bool]:
    """One and the same for facts that the same grants open, so that it can be asked once."""
    if seat.person_id is None:
        return false()
    parts = []
    # The role's grants first: where one holds, a database looks no further into the rows of others.
    for grant in sorted(grants, key=lambda one: one.relation in {S, R}):
        if not _can_be(seat, grant.relation):
            continue
        related = _related(seat, grant.relation)
        condition = [related, _holds_in_sql(seat, seat.person_id, grant.when)]
        if grant.unblocked:
            condition.append(~_is_blocked(seat.person_id, seat.conference_id, seat.kinds))
        parts.append(and_(*condition))
    return and_(Submission.conference_id == seat.conference_id, or_(false(), *parts))


@lru_cache(maxsize=256)
def _blocked_anywhere(seat: Seat) -> ColumnElement[bool]:
    me, here = seat.person_id or 0, Submission.conference_id == seat.conference_id
    known = and_(here, Submission.state != "draft")
    own = select(Submission.id).where(known, Submission.submitter_id == me)
    others = [
        select(Submission.id).join(table, table.submission_id == Submission.id).where(known, mine)
        for table, mine in ((_SPEAKER, _names(me)), (_CONFLICT, _blocks(me, seat.kinds)))
    ]
    return or_(*(one.correlate(None).exists() for one in (own, *others)))


def _can_be(seat: Seat, relation: Relation) -> bool:
    """Whether the person can be that to any submission of the conference, by role."""
    if relation is S:
        return True
    if relation is T:
        return bool(seat.tracks)
    if relation is H:
        return seat.helps
    if relation is R and seat.guest:
        return True
    return ROLES[relation] in seat.roles and (relation is not B or seat.bids)


def _related(seat: Seat, relation: Relation) -> ColumnElement[bool]:
    """SQL for "this person is that to the submission"."""
    if relation is S:
        return _is_speaker(seat.person_id or 0)
    if relation is T:
        return Submission.track_id.in_(sorted(seat.tracks))
    if relation is H:
        return _is_helper(seat)
    if relation is R and RoleKind.REVIEWER not in seat.roles:
        return _is_guest(seat.person_id or 0)
    if relation is R and not seat.reads_all:
        return _is_asked(seat.person_id or 0)
    return true()


def _is_asked(person_id: int) -> ColumnElement[bool]:
    assigned = select(_ASSIGNMENT.submission_id).where(
        _ASSIGNMENT.person_id == person_id, _ASSIGNMENT.state.in_(ACTIVE_ASSIGNMENTS)
    )
    return Submission.id.in_(assigned)


def _is_guest(person_id: int) -> ColumnElement[bool]:
    """Asked by a chair for this one, has said yes, and is still assigned to it."""
    invited = select(_GUEST.submission_id).where(
        _GUEST.person_id == person_id, _GUEST.for_id.is_(None), _GUEST.state == "accepted"
    )
    return and_(Submission.id.in_(invited), _is_asked(person_id))


HELPING = ("accepted", "handed", "returned")
"""States of a guest in which they read what they write about for somebody."""


def _is_helper(seat: Seat) -> ColumnElement[bool]:
    """Writes for a reviewer who could still write themselves, and it is not decided yet.

    Whoever stops being a reviewer of it, or has a conflict, leaves nobody behind who reads it.
    """
    asker, about = _GUEST.for_id, _GUEST.submission_id
    stands = [
        select(Role.id).where(
            Role.conference_id == seat.conference_id,
            Role.person_id == asker,
            Role.kind == RoleKind.REVIEWER,
        )
    ]
    if not (seat.reads_all and seat.writes_all):
        stands.append(
            select(_ASSIGNMENT.id).where(
                _ASSIGNMENT.submission_id == about,
                _ASSIGNMENT.person_id == asker,
                _ASSIGNMENT.state.in_(ACTIVE_ASSIGNMENTS),
            )
        )
    in_the_way = [
        select(_SPEAKER.id).where(_SPEAKER.submission_id == about, _names(asker)),
        select(_CONFLICT.id).where(_CONFLICT.submission_id == about, _blocks(asker, seat.kinds)),
        select(_SUBMISSION.id).where(_SUBMISSION.id == about, _SUBMISSION.submitter_id == asker),
    ]
    helped = select(about).where(
        _GUEST.person_id == seat.person_id,
        asker.is_not(None),
        _GUEST.state.in_(HELPING),
        *(one.correlate(_GUEST).exists() for one in stands),
        *(~one.correlate(_GUEST).exists() for one in in_the_way),
    )
    undecided = and_(Submission.state != "draft", Submission.announced.is_(None))
    return and_(Submission.id.in_(helped), undecided)


def _holds_in_sql(seat: Seat, person_id: int, when: When) -> ColumnElement[bool]:
    submitted = Submission.state != "draft"
    announced = Submission.announced.is_not(None)
    if when is When.WRITES:
        return submitted if seat.writes_all else and_(submitted, _is_asked(person_id))
    if when is When.DISCUSSED and not seat.discusses:
        return false()
    if when in {When.OTHERS_OPEN, When.DISCUSSED}:
        if seat.others_reviews == "always":
            return submitted
        after_own = seat.others_reviews == "after_own"
        return and_(submitted, _own_review_in(person_id)) if after_own else false()
    if when is When.REVIEWERS_SHOWN:
        return and_(submitted, _own_review_in(person_id)) if seat.names_shown else false()
    return {
        When.ALWAYS: true(),
        When.SUBMITTED: submitted,
        When.NAMES_OPEN: false() if seat.blind else submitted,
        When.ANNOUNCED: announced,
        When.TEXT_SENT: or_(
            announced if seat.sends_text else false(), _was_shown_in_sql(seat.response_opened)
        ),
    }[when]


def _was_shown_in_sql(opened: datetime | None) -> ColumnElement[bool]:
    """As `_was_shown`."""
    if opened is None:
        return false()
    later = or_(Submission.announced.is_(None), Submission.announced >= opened)
    return and_(Submission.state != "draft", later)


@dataclass(frozen=True)
class Column:
    """An expression over a view's source; `fact` is what it tells, when stricter than the row.

    One that is only `searched` stands in conditions and is never fetched.
    """

    expression: SQLColumnExpression[Any]
    fact: Fact | None = None
    searched: bool = False


@dataclass(frozen=True)
class View:
    """A read model: rows of submissions (or of what hangs on them) for one conference.

    `rows` is the fact a person must be allowed to know for the row to exist at all; `columns`
    declares everything that can be shown, filtered or sorted by.
    """

    conference: Conference
    source: FromClause
    rows: Fact
    columns: Mapping[str, Column]
    one_each: bool = False
    """Whether there is one row per submission, whatever is joined: counting may skip the joins."""

    def column(self, actor: Actor, name: str) -> SQLColumnExpression[Any]:
        """The column as this person may use it anywhere: null where the fact is not theirs."""
        return self._column(seat_of(actor, self.conference), name)

    def _column(self, seat: Seat, name: str) -> SQLColumnExpression[Any]:
        column = self.columns[name]
        if column.fact is None:
            return column.expression
        if not _could_see(seat, column.fact):
            return null()
        return case((seat.knows(column.fact), column.expression), else_=null())

    def told(self, actor: Actor, name: str) -> ColumnElement[bool]:
        """The rows in which the column is this person's to know, even where it is empty."""
        fact = self.columns[name].fact
        return predicate(actor, fact or self.rows, self.conference)

    def names(self, actor: Actor) -> list[str]:
        """The columns that exist for this person; the others are absent, not empty."""
        seat = seat_of(actor, self.conference)
        return [
            name
            for name, column in self.columns.items()
            if column.fact is None or _could_see(seat, column.fact)
        ]

    def selected(self, actor: Actor) -> list[Label[Any]]:
        """Each of `names` that is not for searching alone, as a column of that name."""
        seat = seat_of(actor, self.conference)
        return [
            self._column(seat, name).label(name)
            for name in self.names(actor)
            if not self.columns[name].searched
        ]

    def known(self, actor: Actor) -> ColumnElement[bool]:
        """The rows that exist for this person."""
        return predicate(actor, self.rows, self.conference)


def can_ever_see(actor: Actor, fact: Fact, conference: Conference) -> bool:
    """Whether any submission of the conference could show this person the fact, by role."""
    return _could_see(seat_of(actor, conference), fact)


def searchable(actor: Actor, view: View) -> frozenset[str]:
    """The columns of a list that this person has by their roles, so that they may search by them.

    That they stand on a talk themselves does not make names or notes something to search by.
    """
    seat = seat_of(actor, view.conference)
    return frozenset(
        name
        for name, column in view.columns.items()
        if column.fact is None
        or any(_can_be(seat, g.relation) for g in SEES[column.fact] if g.relation is not S)
    )


def _could_see(seat: Seat, fact: Fact) -> bool:
    return any(_can_be(seat, grant.relation) for grant in SEES[fact])


def visible(actor: Actor, view: View) -> Select[Any]:
    """The view's rows and columns as this person may have them; narrow with `view.column`."""
    return select(*view.selected(actor)).select_from(view.source).where(view.known(actor))


def found(
    actor: Actor,
    view: View,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]] = (),
) -> Select[Any]:
    """The ids of the rows `visible` has under these conditions (made of `view.column`).

    Where there is one row per submission, joins that nothing asks about are left out.
    """
    id_, known = cast(ColumnElement[Any], view.columns["id"].expression), view.known(actor)
    ids, source = select(id_).where(known, *conditions).order_by(*order), view.source
    if view.one_each:
        asked = (id_, known, *conditions, *order)
        source = _without_idle(source, {table for one in asked for table in one._from_objects})
    return ids.select_from(source)


def _without_idle(source: FromClause, asked: set[FromClause]) -> FromClause:
    """The source without the outer joins whose columns nothing asks about."""
    if not isinstance(source, Join):
        return source
    if source.isouter and source.right not in asked:
        return _without_idle(source.left, asked)
    on = cast(ColumnElement[bool], source.onclause)
    left = _without_idle(source.left, asked | set(on._from_objects))
    return left.join(source.right, on, isouter=source.isouter)


def counted(actor: Actor, view: View, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """How many rows `visible` has under these conditions."""
    return select(func.count()).select_from(found(actor, view, conditions).subquery())
