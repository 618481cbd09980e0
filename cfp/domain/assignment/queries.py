"""What is read about assignments: who is blocked, who is asked, what is lacking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Assignment, Conflict, ReviewerProfile, ReviewRound
from cfp.domain.assignment.rules import ACTIVE, REFUSED
from cfp.domain.conferences.models import Conference, Role, SubmissionType, Track
from cfp.domain.reviews.models import Guest, Review
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.queries import reviews_wanted
from cfp.domain.submissions.states import State
from cfp.policy import (
    DEFAULT_CONFLICT_POLICIES,
    Action,
    Column,
    Fact,
    Seat,
    View,
    blocking_kinds,
    conflict_policy,
    seat_of,
)

NOT_COVERED_SHOWN = 20

# Made once: an alias costs more than most queries.
_ASKED, _BEGUN = aliased(Assignment, name="asked"), aliased(Review, name="begun")
_JUDGE = aliased(Person, name="judge")
_DEMANDING = aliased(Submission, name="demanding")


def current_round(db: Session, conference: Conference) -> int:
    """The round that is assigned and reviewed now."""
    newest = select(ReviewRound.id).where(ReviewRound.conference_id == conference.id)
    return db.scalars(newest.order_by(ReviewRound.number.desc()).limit(1)).one()


def guest_ids(conference_id: int) -> Any:  # noqa: ANN401 - a Select whose type says less
    """Who reviews as a guest, as SQL: has a place on what they were invited to, and no role."""
    return select(Guest.person_id).where(
        Guest.conference_id == conference_id, Guest.for_id.is_(None), Guest.state == "accepted"
    )


def lock_round(db: Session, conference: Conference) -> None:
    """One assignment at a time: two chairs at once would each see the other's as not there."""
    round_id = current_round(db, conference)
    db.execute(select(ReviewRound.id).where(ReviewRound.id == round_id).with_for_update())


def assignable(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The submissions whose reviewers this person chooses: under review, their own to assign."""
    return assignable_from(seat_of(actor, conference))


def assignable_from(seat: Seat) -> ColumnElement[bool]:
    """As `assignable`, for everybody who sits alike."""
    return and_(Submission.state == State.SUBMITTED, seat.may(Action.ASSIGN_ONE))


def blocked_pairs(
    conference: Conference,
    among: Any = None,  # noqa: ANN401 - a Select whose type says less
) -> CTE:
    """(submission_id, person_id) of every blocking conflict: the policy's rule, for all at once.

    Or of the people `among` alone. Named, so that a statement that reads it twice makes it once.
    """
    return _blocked(conference.id, blocking_kinds(conference), among)


def blocked_from(seat: Seat) -> CTE:
    """As `blocked_pairs`, for everybody who sits alike."""
    return _blocked(seat.conference_id, seat.kinds, None)


def _blocked(conference_id: int, kinds: Sequence[str], among: Any) -> CTE:  # noqa: ANN401 - as above
    submitters = select(
        Submission.id.label("submission_id"), Submission.submitter_id.label("person_id")
    ).where(Submission.conference_id == conference_id)
    speakers = select(Speaker.submission_id, Speaker.person_id).where(
        Speaker.conference_id == conference_id,
        Speaker.person_id.is_not(None),
        Speaker.state != "removed",
    )
    conflicts = select(Conflict.submission_id, Conflict.person_id).where(
        Conflict.conference_id == conference_id, _blocks(kinds)
    )
    if among is not None:
        submitters = submitters.where(Submission.submitter_id.in_(among))
        speakers = speakers.where(Speaker.person_id.in_(among))
        conflicts = conflicts.where(Conflict.person_id.in_(among))
    return union(submitters, speakers, conflicts).cte("blocked_pair")


def lost_assignments(conference: Conference, among: Sequence[int] | None = None) -> CTE:
    """(id, submission_id) of active assignments whose reviewer is blocked; they are few.

    The same rule as `blocked_pairs`, but starting from the people asked and going by indexes.
    Named, as those people are: a statement that reads them twice works them out once.
    """
    kinds = tuple(blocking_kinds(conference))
    if among is None:
        return _all_lost(conference.id, kinds)
    return _lost(conference.id, kinds, among)


def lost_from(seat: Seat) -> CTE:
    """As `lost_assignments`, for everybody who sits alike."""
    return _all_lost(seat.conference_id, seat.kinds)


@lru_cache(maxsize=64)
def _all_lost(conference_id: int, kinds: tuple[str, ...]) -> CTE:
    return _lost(conference_id, kinds, None)


def _lost(conference_id: int, kinds: Sequence[str], among: Sequence[int] | None) -> CTE:
    here = and_(Assignment.conference_id == conference_id, Assignment.state.in_(ACTIVE))
    if among is not None:
        here = and_(here, Assignment.submission_id.in_(among))
    lost = select(Assignment.id, Assignment.submission_id).where(here)
    people = select(_ASKED.person_id).where(_ASKED.conference_id == conference_id).distinct()
    asked = select(people.cte("asked_people"))
    by_conflict = lost.join(
        Conflict,
        and_(
            Conflict.submission_id == Assignment.submission_id,
            Conflict.person_id == Assignment.person_id,
        ),
    ).where(Conflict.person_id.in_(asked), _blocks(kinds))
    by_submitter = lost.join(Submission, Submission.id == Assignment.submission_id).where(
        Submission.submitter_id.in_(asked), Submission.submitter_id == Assignment.person_id
    )
    by_speaker = lost.join(Speaker, Speaker.person_id == Assignment.person_id).where(
        Speaker.person_id.in_(asked),
        Speaker.submission_id == Assignment.submission_id,
        Speaker.conference_id == conference_id,
        Speaker.state != "removed",
    )
    return union(by_conflict, by_submitter, by_speaker).cte("lost_assignment")


def _blocks(kinds: Sequence[str]) -> ColumnElement[bool]:
    """The conflicts that block: confirmed ones, and open ones of `blocking_kinds`."""
    is_open = and_(Conflict.state == "open", Conflict.kind.in_(kinds))
    return or_(Conflict.state == "confirmed", is_open)


def blocked_set(db: Session, conference: Conference) -> set[tuple[int, int]]:
    """The same pairs, read."""
    pair = blocked_pairs(conference)
    rows = db.execute(select(pair.c.submission_id, pair.c.person_id))
    return {(submission_id, person_id) for submission_id, person_id in rows}


def is_blocked_pair(db: Session, conference: Conference, submission_id: int, person: int) -> bool:
    """Whether the person has a blocking conflict with the submission."""
    pair = blocked_pairs(conference)
    query = select(pair.c.person_id).where(
        pair.c.submission_id == submission_id, pair.c.person_id == person
    )
    return db.execute(query.limit(1)).first() is not None


def avoided_kinds(conference: Conference) -> list[str]:
    """The kinds of conflicts that cost score while they are open."""
    kinds = DEFAULT_CONFLICT_POLICIES
    return [kind for kind in kinds if conflict_policy(conference, kind) == "avoid"]


def reviewer_ids(conference: Conference) -> Any:  # noqa: ANN401 - a Select whose type says less
    """Who may be asked now, as SQL: with the role and not paused."""
    return _reviewer_ids(conference.id)


def _reviewer_ids(conference_id: int) -> Any:  # noqa: ANN401 - as above
    paused = exists().where(
        ReviewerProfile.conference_id == conference_id,
        ReviewerProfile.person_id == Role.person_id,
        ReviewerProfile.paused,
    )
    return select(Role.person_id).where(
        Role.conference_id == conference_id, Role.kind == RoleKind.REVIEWER, ~paused
    )


@dataclass(frozen=True)
class Coverage:
    """How many submissions have how many reviewers, by track.

    `demand` is what a submission usually needs; sums count what each needs.
    """

    demand: int
    tracks: Mapping[str, Mapping[int, int]]
    wanted: int
    assigned: int
    lacking: int

    @property
    def submissions(self) -> int:
        return sum(sum(counts.values()) for counts in self.tracks.values())


def coverage_of(db: Session, actor: Actor, conference: Conference) -> Coverage:
    """Counted over the submissions this person may assign, in one statement.

    `assigned` are the reviews that count towards the demand, `lacking` the submissions with too
    few reviewers.
    """
    usual = conference.reviews_per_submission
    tracks: dict[str, dict[int, int]] = {}
    wanted = assigned = lacking = 0
    for name, number, needed, count in db.execute(_coverage(seat_of(actor, conference), usual)):
        counts = tracks.setdefault(name, {})
        counts[number] = counts.get(number, 0) + count
        wanted += needed * count
        assigned += min(number, needed) * count
        lacking += count if number < needed else 0
    return Coverage(usual, tracks, wanted, assigned, lacking)


@lru_cache(maxsize=64)
def _coverage(seat: Seat, usual: int) -> Select[str, int, int, int]:
    """Kept, as the others here: making one takes about as long as answering it.

    Tracks are named after counting: sorting by numbers alone is quicker.
    """
    lost = lost_from(seat)
    have = (
        select(func.count(Assignment.id))
        .where(
            Assignment.conference_id == seat.conference_id,
            Assignment.submission_id == Submission.id,
            Assignment.state.in_(ACTIVE),
            Assignment.id.not_in(select(lost.c.id)),
        )
        .correlate(Submission)
        .scalar_subquery()
    )
    each = (
        select(
            Submission.track_id,
            have.label("asked"),
            func.coalesce(Submission.reviews_wanted, usual).label("need"),
        )
        .where(assignable_from(seat))
        .subquery()
        .c
    )
    alike = (each.track_id, each.asked, each.need)
    counts = select(*alike, func.count().label("n")).group_by(*alike).subquery().c
    return (
        select(Track.name, counts.asked, counts.need, counts.n)
        .join(Track, Track.id == counts.track_id)
        .order_by(Track.position, Track.id)
    )


def lacking(db: Session, actor: Actor, conference: Conference) -> int:
    """`coverage_of(...).lacking` alone, for less: those that have enough are left out.

    Few submissions have a demand of their own, so that their rows are looked at apart.
    """
    return db.scalar(_lacking(seat_of(actor, conference), conference.reviews_per_submission)) or 0


@lru_cache(maxsize=64)
def _lacking(seat: Seat, wanted: int) -> Select[int]:
    usual = Submission.reviews_wanted.is_(None)
    asked = _asked_enough(seat, wanted)
    own = _asked_enough(seat, _DEMANDING.reviews_wanted)
    return select(func.count(Submission.id)).where(
        assignable_from(seat),
        case((usual, Submission.id.not_in(asked)), else_=Submission.id.not_in(own)),
    )


def _asked_enough(seat: Seat, wanted: int | InstrumentedAttribute[int | None]) -> Select[int]:
    """Ids of submissions with as many reviewers as wanted; a column is that of `_DEMANDING`."""
    lost = lost_from(seat)
    query = select(Assignment.submission_id).where(
        Assignment.conference_id == seat.conference_id,
        Assignment.state.in_(ACTIVE),
        Assignment.id.not_in(select(lost.c.id)),
    )
    if isinstance(wanted, int):
        query = query.group_by(Assignment.submission_id)
    else:
        query = query.join(_DEMANDING, _DEMANDING.id == Assignment.submission_id)
        query = query.where(wanted.is_not(None)).group_by(Assignment.submission_id, wanted)
    return query.having(func.count(Assignment.id) >= wanted)


def wanted_counts(
    db: Session, actor: Actor, conference: Conference
) -> Sequence[tuple[str, str, int, int]]:
    """(track, format, reviews wanted, number of submissions) of those this person may assign."""
    need = reviews_wanted(conference).label("need")
    rows = db.execute(
        select(Track.name, SubmissionType.name, need, func.count(Submission.id))
        .select_from(Submission)
        .join(Track, Track.id == Submission.track_id)
        .join(SubmissionType, SubmissionType.id == Submission.type_id)
        .where(assignable(actor, conference))
        .group_by(
            *(Track.id, Track.name, Track.position),
            *(SubmissionType.id, SubmissionType.name, SubmissionType.position, need),
        )
        .order_by(Track.position, Track.id, SubmissionType.position, SubmissionType.id, need)
    )
    return [(track, type_, wanted, count) for track, type_, wanted, count in rows]


@dataclass(frozen=True)
class NotCovered:
    """A submission that fewer people may review than it needs."""

    code: str
    title: str
    conflicts: int
    declined: int
    eligible: int


@dataclass(frozen=True)
class Capacity:
    """How much all who may be asked take together: `unlimited` of them have said no limit."""

    reviewers: int
    unlimited: int
    room: int
    none: int
    paused: int

    @property
    def takers(self) -> int:
        """Who may be asked and takes any."""
        return self.reviewers - self.none

    def missing(self, wanted: int) -> int:
        """Reviews that cannot be had even if everybody could review everything."""
        return 0 if self.unlimited else max(wanted - self.room, 0)


def capacity_of(db: Session, conference: Conference) -> Capacity:
    """Added up over everybody with the role; one statement."""
    row = db.execute(_CAPACITY, {"conference": conference.id}).one()
    return Capacity(*(value or 0 for value in row))


def _capacity() -> Select[int, int, Any, int, int]:
    """Of the conference given at execution."""
    profile = ReviewerProfile
    limit = func.coalesce(profile.load_capped, profile.load_wished)
    paused = func.coalesce(profile.paused, False)
    asked = ~paused
    here = and_(profile.person_id == Role.person_id, profile.conference_id == Role.conference_id)
    return (
        select(
            _count(asked),
            _count(and_(asked, limit.is_(None))),
            func.sum(case((asked, func.coalesce(limit, 0)), else_=0)),
            _count(and_(asked, limit == 0)),
            _count(paused),
        )
        .select_from(Role)
        .outerjoin(profile, here)
        .where(Role.conference_id == bindparam("conference"), Role.kind == RoleKind.REVIEWER)
    )


def not_covered(
    db: Session, actor: Actor, conference: Conference, *, takers: int
) -> Sequence[NotCovered]:
    """The first submissions that too few may review, of so many who take any: see `Capacity`."""
    query = _not_covered(seat_of(actor, conference), conference.reviews_per_submission)
    return [
        NotCovered(code, title, some, others, takers - some - others)
        for code, title, some, others in db.execute(query, {"takers": takers})
    ]


@lru_cache(maxsize=64)
def _not_covered(seat: Seat, usual: int) -> Select[str, str, int, int]:
    """Of as many `takers` as are given at execution."""
    here = seat.conference_id
    takers: BindParameter[int] = bindparam("takers", type_=Integer)
    takes_none = select(ReviewerProfile.person_id).where(
        ReviewerProfile.conference_id == here,
        func.coalesce(ReviewerProfile.load_capped, ReviewerProfile.load_wished) == 0,
    )
    reviewers = _reviewer_ids(here).where(Role.person_id.not_in(takes_none))
    blocked = _blocked(here, seat.kinds, reviewers)
    no = (
        select(blocked.c.submission_id, func.count().label("number"))
        .group_by(blocked.c.submission_id)
        .subquery()
    )
    declines = (
        select(Assignment.submission_id, func.count().label("number"))
        .outerjoin(
            blocked,
            and_(
                blocked.c.submission_id == Assignment.submission_id,
                blocked.c.person_id == Assignment.person_id,
            ),
        )
        .where(
            Assignment.conference_id == here,
            Assignment.state.in_(REFUSED),
            Assignment.person_id.in_(reviewers),
            blocked.c.person_id.is_(None),
        )
        .group_by(Assignment.submission_id)
        .subquery()
    )
    conflicts, declined = func.coalesce(no.c.number, 0), func.coalesce(declines.c.number, 0)
    return (
        select(Submission.code, Submission.title, conflicts, declined)
        .outerjoin(no, no.c.submission_id == Submission.id)
        .outerjoin(declines, declines.c.submission_id == Submission.id)
        .where(
            assignable_from(seat),
            takers - conflicts - declined < func.coalesce(Submission.reviews_wanted, usual),
        )
        .order_by(takers - conflicts - declined, Submission.id)
        .limit(NOT_COVERED_SHOWN)
    )


@dataclass(frozen=True)
class Load:
    """What a reviewer has been given, of what this person may know, and what they can take."""

    person_id: int
    code: str
    name: str
    assigned: int
    done: int
    declined: int
    wished: int | None
    capped: int | None
    paused: bool
    least: int | None
    senior: bool

    @property
    def limit(self) -> int | None:
        """The chair's word, or else the reviewer's own wish."""
        return self.capped if self.capped is not None else self.wished


def loads_of(db: Session, actor: Actor, conference: Conference) -> list[Load]:
    """Every reviewer, by name; one statement."""
    counts = (
        select(
            Assignment.person_id,
            _count(Assignment.state.in_(ACTIVE)).label("assigned"),
            _count(Assignment.state == "done").label("done"),
            _count(Assignment.state == "declined").label("declined"),
        )
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(
            Submission.state != State.WITHDRAWN,
            seat_of(actor, conference).may(Action.ASSIGN_ONE),
        )
        .group_by(Assignment.person_id)
        .subquery()
    )
    rows = db.execute(
        select(
            Person.id,
            Person.code,
            Person.name,
            func.coalesce(counts.c.assigned, 0),
            func.coalesce(counts.c.done, 0),
            func.coalesce(counts.c.declined, 0),
            ReviewerProfile.load_wished,
            ReviewerProfile.load_capped,
            func.coalesce(ReviewerProfile.paused, False),
            ReviewerProfile.load_least,
            func.coalesce(ReviewerProfile.senior, False),
        )
        .join(Role, Role.person_id == Person.id)
        .outerjoin(
            ReviewerProfile,
            and_(
                ReviewerProfile.person_id == Person.id,
                ReviewerProfile.conference_id == conference.id,
            ),
        )
        .outerjoin(counts, counts.c.person_id == Person.id)
        .where(Role.conference_id == conference.id, Role.kind == RoleKind.REVIEWER)
        .order_by(func.lower(Person.name), Person.id)
    )
    return [Load(*row) for row in rows]


def senior_count(db: Session, conference: Conference) -> int:
    """How many of those who may be asked count as senior."""
    query = select(func.count(ReviewerProfile.id)).where(
        ReviewerProfile.conference_id == conference.id,
        ReviewerProfile.senior,
        ReviewerProfile.person_id.in_(reviewer_ids(conference)),
    )
    return db.scalar(query) or 0


def assignment_list(actor: Actor, conference: Conference) -> View:
    """A row per submission under review with its reviewers counted; narrow by `assignable`.

    `lost` are those asked who meanwhile have a blocking conflict: they cannot review it.
    """
    have = _effective(conference)
    asked = func.coalesce(have.c.effective, 0)
    columns: dict[str, Any] = {
        "id": Submission.id,
        "code": Submission.code,
        "title": Submission.title,
        "track": Track.name,
        "asked": asked,
        "wanted": reviews_wanted(conference),
        "lost": func.coalesce(have.c.lost, 0),
        "declined": func.coalesce(have.c.declined, 0),
        "done": func.coalesce(have.c.done, 0),
    }
    source = Submission.__table__.join(Track, Track.id == Submission.track_id).outerjoin(
        have, have.c.submission_id == Submission.id
    )
    return View(
        conference=conference,
        source=source,
        rows=Fact.REVIEWERS,
        columns=MappingProxyType({name: Column(what) for name, what in columns.items()}),
        one_each=True,
    )


@dataclass(frozen=True)
class Asked:
    """Somebody asked to review a submission."""

    submission_id: int
    person_id: int
    person_code: str
    name: str
    state: str
    reason: str
    pinned: bool
    blocked: bool
    started: bool


def asked_about(
    db: Session, conference: Conference, submission_ids: Sequence[int]
) -> dict[int, list[Asked]]:
    """Who is, or was, asked about each submission; one statement for a list."""
    lost, review = lost_assignments(conference, submission_ids), _BEGUN
    rows = db.execute(
        select(
            Assignment.submission_id,
            Assignment.person_id,
            Person.code,
            Person.name,
            Assignment.state,
            Assignment.reason,
            Assignment.pinned,
            Assignment.id.in_(select(lost.c.id)),
            review.id.is_not(None),
        )
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(
            review,
            and_(
                review.submission_id == Assignment.submission_id,
                review.person_id == Assignment.person_id,
            ),
        )
        .where(
            Assignment.conference_id == conference.id,
            Assignment.submission_id.in_(submission_ids),
        )
        .order_by(Assignment.state == "declined", func.lower(Person.name), Person.id)
    )
    found: dict[int, list[Asked]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Asked(*row))
    return found


def _effective(conference: Conference) -> Subquery:
    """Assignments counted per submission; `effective` are active and not blocked since."""
    lost = lost_assignments(conference)
    gone = (
        select(lost.c.submission_id, func.count().label("number"))
        .group_by(lost.c.submission_id)
        .subquery()
    )
    counts = (
        select(
            Assignment.submission_id,
            _count(Assignment.state.in_(ACTIVE)).label("active"),
            _count(Assignment.state == "declined").label("declined"),
            _count(Assignment.state == "done").label("done"),
        )
        .where(Assignment.conference_id == conference.id)
        .group_by(Assignment.submission_id)
        .subquery()
    )
    number = func.coalesce(gone.c.number, 0)
    return (
        select(
            counts.c.submission_id,
            (counts.c.active - number).label("effective"),
            number.label("lost"),
            counts.c.declined,
            counts.c.done,
        )
        .outerjoin(gone, gone.c.submission_id == counts.c.submission_id)
        .subquery()
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


_CAPACITY = _capacity()


def conflicts_list(conference: Conference) -> View:
    """A row per conflict of interest, found or declared."""
    judge = _JUDGE
    source = (
        Conflict.__table__.join(Submission, Submission.id == Conflict.submission_id)
        .join(Person, Person.id == Conflict.person_id)
        .outerjoin(judge, judge.id == Conflict.judged_by_id)
    )
    columns: dict[str, Any] = {
        "id": Conflict.id,
        "submission": Submission.code,
        "title": Submission.title,
        "person": Person.name,
        "person_id": Conflict.person_id,
        "person_code": Person.code,
        "kind": Conflict.kind,
        "type": Conflict.type,
        "reason": Conflict.reason,
        "source": Conflict.source,
        "state": Conflict.state,
        "judgment": Conflict.judgment,
        "judge": judge.name,
        "recalled_id": Conflict.recalled_id,
    }
    return View(
        conference=conference,
        source=source,
        rows=Fact.CONFLICTS,
        columns=MappingProxyType({name: Column(what) for name, what in columns.items()}),
    )
