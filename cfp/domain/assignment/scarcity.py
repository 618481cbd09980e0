"""Which submissions together have too few reviewers, before anything is solved.

Counted as a solve does it: who is on stand-by is not asked, what is agreed to or begun stays, and
limits on loads leave out what somebody has where this person may not assign. Rules on employers and
on who never meet are left to the solve.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.blocking import blocked_pairs
from cfp.domain.assignment.eligible import assignable, guest_ids, reviewer_ids
from cfp.domain.assignment.models import (
    Assignment,
    LatePlan,
    ReviewerProfile,
    ReviewRound,
    Standby,
)
from cfp.domain.assignment.rules import ACTIVE, KEPT, REFUSED
from cfp.domain.assignment.sharing import Group, groups_short
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.queries import reviews_wanted
from cfp.domain.submissions.states import State
from cfp.policy import unblocked
from cfp.records import record

CHECKED_AT_ONCE = 100_000
"""Pairs of submissions and reviewers up to which the overview looks; beyond, when asked to."""


@record
class Scarce:
    """Submissions (code, title) that only these may review, who cannot give them all they need.

    `senior`: what they lack is one senior reviewer each, and these are all senior ones.
    """

    submissions: Sequence[tuple[str, str]]
    reviewers: Sequence[str]
    wanted: int
    possible: int
    senior: bool = False

    @property
    def missing(self) -> int:
        return self.wanted - self.possible


class _Talk(NamedTuple):
    id: int
    code: str
    title: str
    wanted: int


class _Taker(NamedTuple):
    id: int
    name: str
    most: int | None
    senior: bool


class _Settled(NamedTuple):
    """A pair that a solve must keep (`stays`), that stands (`active`), or that it never makes."""

    submission_id: int
    person_id: int
    name: str
    senior: bool
    stays: bool
    active: bool
    refused: bool
    blocked: bool

    @property
    def pair(self) -> tuple[int, int]:
        return self.submission_id, self.person_id


@record
class _Facts:
    talks: Sequence[_Talk]
    takers: Sequence[_Taker]
    given: Sequence[_Settled]
    excluded: Collection[tuple[int, int]]


def is_possible(conference: Conference, *, takers: int, unlimited: int) -> bool:
    """Whether groups can share too few at all: nobody is full where nobody has a limit."""
    return unlimited < takers or conference.needs_senior


def scarce_groups(db: Session, actor: Actor, conference: Conference) -> list[Scarce]:
    """The smallest groups, those of the same reviewers as one; three statements."""
    settled = _settled(db, actor, conference)
    blocked = {one.pair for one in settled if one.blocked}
    facts = _Facts(
        talks=_talks(db, actor, conference),
        takers=_takers(db, conference),
        given=[one for one in settled if one.pair not in blocked],
        excluded=blocked | {one.pair for one in settled if one.refused},
    )
    found = _groups(facts, senior=False)
    return found + _groups(facts, senior=True) if conference.needs_senior else found


def _groups(facts: _Facts, *, senior: bool) -> list[Scarce]:
    """Of all reviewers, or one senior reviewer for each."""
    place = {talk.id: row for row, talk in enumerate(facts.talks)}
    kept = {one.pair: one for one in facts.given if one.stays and one.submission_id in place}
    fixed = [one for one in kept.values() if one.senior or not senior]
    takers = [one for one in facts.takers if one.senior or not senior]
    names = {one.person_id: one.name for one in fixed} | {one.id: one.name for one in takers}
    people = {id_: row for row, id_ in enumerate(names)}
    room = _room(takers, [one.person_id for one in kept.values()], facts.given, place)
    groups = groups_short(
        [min(talk.wanted, 1) if senior else talk.wanted for talk in facts.talks],
        _eligible(facts, place, people, [one.id for one in takers]),
        [room[id_] for id_ in names],
        [(place[one.submission_id], people[one.person_id]) for one in fixed],
    )
    return [_said(facts, group, list(names.values()), senior=senior) for group in _merged(groups)]


def _room(
    takers: Iterable[_Taker],
    kept: Iterable[int],
    given: Iterable[_Settled],
    place: Collection[int],
) -> dict[int, int]:
    """Person id -> reviews they give here; who is not asked gives what they keep."""
    elsewhere = Counter(
        one.person_id for one in given if one.active and one.submission_id not in place
    )
    room = dict(Counter(kept))
    for one in takers:
        most = len(place) if one.most is None else one.most - elsewhere[one.id]
        room[one.id] = max(most, room.get(one.id, 0))
    return room


def _eligible(
    facts: _Facts, place: Mapping[int, int], people: Mapping[int, int], takers: Iterable[int]
) -> list[int]:
    """Everybody's bits, without those who have a conflict or do not want to."""
    eligible = [sum(1 << people[id_] for id_ in takers)] * len(place)
    for submission_id, person_id in facts.excluded:
        if submission_id in place and person_id in people:
            eligible[place[submission_id]] &= ~(1 << people[person_id])
    return eligible


def _merged(groups: Sequence[Group]) -> list[Group]:
    """Those of the same people are one to who reads it."""
    found: dict[tuple[int, ...], Group] = {}
    for one in groups:
        who = tuple(one.reviewers)
        other = found.get(who, Group([], who, 0, 0))
        found[who] = Group(
            submissions=[*other.submissions, *one.submissions],
            reviewers=who,
            wanted=other.wanted + one.wanted,
            possible=other.possible + one.possible,
        )
    return list(found.values())


def _said(facts: _Facts, group: Group, names: Sequence[str], *, senior: bool) -> Scarce:
    talks = [facts.talks[row] for row in group.submissions]
    return Scarce(
        submissions=[(talk.code, talk.title) for talk in talks],
        reviewers=sorted((names[row] for row in group.reviewers), key=str.lower),
        wanted=group.wanted,
        possible=group.possible,
        senior=senior,
    )


def _talks(db: Session, actor: Actor, conference: Conference) -> list[_Talk]:
    query = select(
        Submission.id, Submission.code, Submission.title, reviews_wanted(conference)
    ).where(assignable(actor, conference))
    return [_Talk(*row) for row in db.execute(query.order_by(Submission.id))]


def _takers(db: Session, conference: Conference) -> list[_Taker]:
    """Who may be asked by a solve."""
    profile = ReviewerProfile
    rows = db.execute(
        select(
            Person.id,
            Person.name,
            func.coalesce(profile.load_capped, profile.load_wished),
            func.coalesce(profile.senior, False),
        )
        .outerjoin(
            profile,
            and_(profile.person_id == Person.id, profile.conference_id == conference.id),
        )
        .where(Person.id.in_(reviewer_ids(conference)), Person.id.not_in(_on_standby(conference)))
        .order_by(Person.id)
    )
    return [_Taker(*row) for row in rows]


def _on_standby(conference: Conference) -> Select[int]:
    return (
        select(Standby.person_id)
        .join(LatePlan, LatePlan.conference_id == Standby.conference_id)
        .where(Standby.conference_id == conference.id, LatePlan.standby)
    )


def _settled(db: Session, actor: Actor, conference: Conference) -> list[_Settled]:
    """Who is or was asked in this round, reviews written without being asked, and conflicts."""
    begun = exists().where(
        Review.submission_id == Assignment.submission_id,
        Review.person_id == Assignment.person_id,
        Review.round_id == Assignment.round_id,
    )
    here = Assignment.person_id
    member = or_(
        here.in_(
            select(Role.person_id).where(
                Role.conference_id == conference.id, Role.kind == RoleKind.REVIEWER
            )
        ),
        here.in_(guest_ids(conference.id)),
    )
    stays = or_(
        Assignment.state.in_(KEPT), Assignment.pinned, begun, here.in_(_on_standby(conference))
    )
    active, refused = Assignment.state.in_(ACTIVE), Assignment.state.in_(REFUSED)
    asked = _of_pairs(actor, conference, Assignment, and_(active, stays, member), active, refused)
    written = _of_pairs(actor, conference, Review, true(), false(), false())
    written = written.where(Review.state == "submitted")
    pair, no = blocked_pairs(conference), false()
    conflicts = select(pair.c.submission_id, pair.c.person_id, literal(""), no, no, no, no, true())
    rows = db.execute(union_all(asked, written, conflicts))
    return [_Settled(*row) for row in rows]


def _of_pairs(
    actor: Actor,
    conference: Conference,
    pair: type[Assignment] | type[Review],
    *states: ColumnElement[bool],
) -> Select[Any]:
    newest = select(func.max(ReviewRound.id)).where(ReviewRound.conference_id == conference.id)
    profile = ReviewerProfile
    return (
        select(pair.submission_id, pair.person_id, Person.name)
        .add_columns(func.coalesce(profile.senior, False), *states, false())
        .join(Person, Person.id == pair.person_id)
        .join(Submission, Submission.id == pair.submission_id)
        .outerjoin(
            profile,
            and_(profile.person_id == pair.person_id, profile.conference_id == conference.id),
        )
        .where(
            pair.round_id == newest.scalar_subquery(),
            Submission.state.not_in((State.DRAFT, State.WITHDRAWN)),
            unblocked(actor, conference),
        )
    )
