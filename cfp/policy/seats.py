"""Many objects: the tables turned into SQL, for the rows of `submission` a person may have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from cfp.actors import Actor, RoleKind
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from cfp.phases import in_force
from cfp.policy import relations
from cfp.policy.meanings import ROLES, blocking_kinds, takes_bids
from cfp.policy.tables import ON_SUBMISSION, SEES, Action, Fact, Grant, Relation, When


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

    def unknown(self, fact: Fact) -> Select[int]:
        """As the function of that name."""
        return _unknown(self, tuple(SEES[fact]))

    def blocked(self) -> ColumnElement[bool]:
        """The rows of `submission` with which the person has a blocking conflict."""
        return relations.is_blocked(self.person_id or 0, self.conference_id, self.kinds)

    def blocked_anywhere(self) -> ColumnElement[bool]:
        """As the function of that name."""
        return relations.is_blocked_anywhere(self.person_id or 0, self.conference_id, self.kinds)


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


def own(actor: Actor) -> ColumnElement[bool]:
    """The rows of `submission` that are the person's own, in any conference, in any state."""
    return relations.is_speaker(actor.person_id) if actor.person_id is not None else false()


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
    return seat_of(actor, conference).unknown(fact)


def unblocked(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The rows of `submission` with which the person has no blocking conflict."""
    return ~seat_of(actor, conference).blocked()


def blocked_anywhere(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """Whether the person has a blocking conflict with any submission here, a draft aside.

    What is told of all submissions at once then leaves those out, or is not told.
    """
    return seat_of(actor, conference).blocked_anywhere()


# Kept, because a page asks for the same few dozens of times and making one is slow.


@lru_cache(maxsize=256)
def _known(seat: Seat, fact: Fact) -> ColumnElement[bool]:
    return _any_grant(seat, tuple(SEES[fact]))


@lru_cache(maxsize=256)
def _open_to(seat: Seat, action: Action) -> ColumnElement[bool]:
    return _any_grant(seat, tuple(ON_SUBMISSION[action]))


@lru_cache(maxsize=256)
def _unknown(seat: Seat, grants: tuple[Grant, ...]) -> Select[int]:
    """Each condition turned over by itself, so that an index finds the few rows that fail it."""
    here = Submission.conference_id == seat.conference_id
    closed = (or_(*(~one for one in each)) for each in _conditions(seat, grants))
    return select(Submission.id).where(here, *closed).correlate(None)


@lru_cache(maxsize=256)
def _any_grant(seat: Seat, grants: tuple[Grant, ...]) -> ColumnElement[bool]:
    """One and the same for facts that the same grants open, so that it can be asked once."""
    if seat.person_id is None:
        return false()
    parts = (and_(*each) for each in _conditions(seat, grants))
    return and_(Submission.conference_id == seat.conference_id, or_(false(), *parts))


def _conditions(seat: Seat, grants: tuple[Grant, ...]) -> Iterator[list[ColumnElement[bool]]]:
    """For each grant the person can have here, what must hold of the row."""
    if seat.person_id is None:
        return
    # The role's grants first: where one holds, a database looks no further into the rows of others.
    of_rows = {Relation.SPEAKER, Relation.REVIEWER}
    for grant in sorted(grants, key=lambda one: one.relation in of_rows):
        if can_be(seat, grant.relation):
            blocked = [~seat.blocked()] if grant.unblocked else []
            yield [related(seat, grant.relation), _holds_in_sql(seat, grant.when), *blocked]


def can_be(seat: Seat, relation: Relation) -> bool:
    """Whether the person can be that to any submission of the conference, by role."""
    if relation is Relation.SPEAKER:
        return True
    if relation is Relation.TRACK_CHAIR:
        return bool(seat.tracks)
    if relation is Relation.HELPER:
        return seat.helps
    if relation is Relation.REVIEWER and seat.guest:
        return True
    return ROLES[relation] in seat.roles and (relation is not Relation.BIDDER or seat.bids)


def related(seat: Seat, relation: Relation) -> ColumnElement[bool]:
    """SQL for "this person is that to the submission", where `can_be` says so."""
    me = seat.person_id or 0
    if relation is Relation.SPEAKER:
        return relations.is_speaker(me)
    if relation is Relation.TRACK_CHAIR:
        return Submission.track_id.in_(sorted(seat.tracks))
    if relation is Relation.HELPER:
        everybody = seat.reads_all and seat.writes_all
        return relations.is_helper(me, seat.conference_id, seat.kinds, everybody_writes=everybody)
    if relation is Relation.REVIEWER and RoleKind.REVIEWER not in seat.roles:
        return relations.is_guest(me)
    if relation is Relation.REVIEWER and not seat.reads_all:
        return relations.is_asked(me)
    return true()


def _holds_in_sql(seat: Seat, when: When) -> ColumnElement[bool]:
    """As `standing._holds`."""
    me = seat.person_id or 0
    submitted = Submission.state != "draft"
    announced = Submission.announced.is_not(None)
    if when is When.WRITES:
        return submitted if seat.writes_all else and_(submitted, relations.is_asked(me))
    if when is When.DISCUSSED and not seat.discusses:
        return false()
    if when in {When.OTHERS_OPEN, When.DISCUSSED}:
        if seat.others_reviews == "always":
            return submitted
        after_own = seat.others_reviews == "after_own"
        return and_(submitted, relations.own_review_in(me)) if after_own else false()
    if when is When.REVIEWERS_SHOWN:
        return and_(submitted, relations.own_review_in(me)) if seat.names_shown else false()
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
    """As `standing._was_shown`."""
    if opened is None:
        return false()
    later = or_(Submission.announced.is_(None), Submission.announced >= opened)
    return and_(Submission.state != "draft", later)
