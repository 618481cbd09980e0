"""How many reviewers submissions have, how many they need, and which ones too few may review."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import (
    BindParameter,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.assignment.blocking import blocked_among, lost_from, people_asked
from cfp.domain.assignment.eligible import assignable, assignable_from, reviewers_of
from cfp.domain.assignment.models import Assignment, ReviewerProfile
from cfp.domain.assignment.rules import ACTIVE, REFUSED
from cfp.domain.conferences.models import Conference, Role, SubmissionType, Track
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.queries import reviews_wanted
from cfp.policy import Seat, seat_of
from cfp.records import record

NOT_COVERED_SHOWN = 20


# Made once: an alias costs more than most queries.
_ASKED = aliased(Assignment, name="asked_there")


@record
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
    have = _have(seat)
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


def _have(seat: Seat) -> ScalarSelect[int]:
    """How many reviewers a row of `submission` has."""
    lost = lost_from(seat)
    return (
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


def lacking(db: Session, actor: Actor, conference: Conference) -> int:
    """`coverage_of(...).lacking` alone, for less: most are told by how many were ever asked."""
    return db.scalar(_lacking(seat_of(actor, conference), conference.reviews_per_submission)) or 0


@lru_cache(maxsize=64)
def _lacking(seat: Seat, usual: int) -> Select[int]:
    """One by one only those that somebody was lost to, or that need another number."""
    here = _ASKED.conference_id == seat.conference_id
    refused = select(_ASKED.submission_id).where(
        here,
        _ASKED.person_id.in_(select(people_asked(seat.conference_id))),
        _ASKED.state.in_(REFUSED),
    )
    lost = Submission.id.in_(union(refused, select(lost_from(seat).c.submission_id)))
    wanted = func.coalesce(Submission.reviews_wanted, usual)
    asked = select(_ASKED.submission_id).where(here).group_by(_ASKED.submission_id)
    enough = asked.having(func.count() >= usual)
    return select(func.count(Submission.id)).where(
        assignable_from(seat),
        case(
            (or_(Submission.reviews_wanted.is_not(None), lost), _have(seat) < wanted),
            else_=Submission.id.not_in(enough),
        ),
    )


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


@record
class NotCovered:
    """A submission that fewer people may review than it needs."""

    code: str
    title: str
    conflicts: int
    declined: int
    eligible: int


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
    reviewers = reviewers_of(here).where(Role.person_id.not_in(takes_none))
    blocked = blocked_among(here, seat.kinds, reviewers)
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
