"""Everything a solve is made from, read from the database and kept by id. No number is worked out.

Only jobs and the command line import this module, as those of the problem and the texts.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.algorithms.affinity import Document
from cfp.domain.assignment.affiliations import employers_of
from cfp.domain.assignment.apart import apart_pairs
from cfp.domain.assignment.blocking import avoided_kinds, blocked_set
from cfp.domain.assignment.eligible import guest_ids, reviewer_ids
from cfp.domain.assignment.models import Assignment, Bid, Conflict, ReviewerProfile
from cfp.domain.assignment.picks import Options, Pair
from cfp.domain.assignment.proposals import standing_pairs
from cfp.domain.assignment.rounds import current_round
from cfp.domain.assignment.rules import REFUSED
from cfp.domain.assignment.scoring import Expert, Parts, Rating, expert_of, weights_of
from cfp.domain.assignment.standby import pool_of
from cfp.domain.assignment.texts import Written, written_by
from cfp.domain.conferences.models import Conference, Role, Track
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.queries import reviews_wanted
from cfp.domain.submissions.states import State
from cfp.policy import takes_bids, unblocked
from cfp.records import record


@dataclass(frozen=True, slots=True)
class Paper:
    """A submission to be reviewed, and by how many."""

    id: int
    track_id: int
    demand: int
    document: Document


@record
class Facts:
    """Everything read from the database, by id; pairs are (submission, person).

    Attributes:
        written: the texts of each of `experts`, in their order.
        limits: what each takes at most, the chair's word before their own.
        least: what a chair wants each to have.
        outside: what each has where this solve does not reach.
        employers: key of each one's employer, only where one of each may review a submission.
        apart: pairs of people.
        pool: who is on stand-by, and for how many more; among those `asked` in a repair only.
        cap: the highest chance of any pair, in percent; None = nothing is drawn.
    """

    papers: Sequence[Paper]
    experts: Sequence[Expert]
    written: Sequence[Sequence[Written]]
    rating: Rating
    asked: Collection[int]
    limits: Mapping[int, int]
    least: Mapping[int, int]
    outside: Mapping[int, int]
    bids: Mapping[Pair, str]
    avoided: Collection[Pair]
    excluded: Collection[Pair]
    kept: Collection[Pair]
    stood: Collection[Pair]
    pool: Mapping[int, int]
    needs_senior: bool
    seniors: Collection[int]
    employers: Mapping[int, str]
    apart: Sequence[tuple[int, int]]
    cap: int | None

    def parts(self, paper: Paper, expert: Expert, affinity: float) -> Parts:
        """Why this pair has its score."""
        pair = (paper.id, expert.person_id)
        level = expert.level(paper.track_id)
        return self.rating.parts(level, self.bids.get(pair), affinity, pair in self.avoided)


def read_facts(db: Session, conference: Conference, actor: Actor, options: Options) -> Facts:
    """What `actor` may ask a solve about: their rights were checked when they asked."""
    papers = _papers(db, conference, actor, options)
    scope = {paper.id for paper in papers}
    stands = standing_pairs(db, conference)
    pool = pool_of(db, conference)
    asked = set(db.scalars(reviewer_ids(conference))) - (set() if options.repair else set(pool))
    members = set(
        db.scalars(
            select(Role.person_id).where(
                Role.conference_id == conference.id, Role.kind == RoleKind.REVIEWER
            )
        )
    )
    members |= set(db.scalars(guest_ids(conference.id)))
    blocked, declined = blocked_set(db, conference), _declined(db, conference)
    reviewed = _reviewed(db, conference)
    given = {pair for pair in options.imported or () if pair[1] not in asked}
    on_call = (one for one in stands if one.person_id in pool and not one.blocked)
    stay = (*(one for one in stands if one.kept or one.pair in given), *on_call)
    kept = {one.pair for one in stay if one.person_id in members} | reviewed
    excluded = blocked | declined | options.forbidden | options.replaced
    kept = {pair for pair in kept - excluded if pair[0] in scope}
    profiles = _profiles(db, conference)
    people = sorted(asked | {person_id for _submission_id, person_id in kept})
    visible = set(db.scalars(_scope_query(conference, actor, None)))
    return Facts(
        papers=papers,
        experts=[expert_of(person_id, profiles.get(person_id)) for person_id in people],
        written=written_by(db, conference, people, profiles),
        rating=_rating(db, conference),
        asked=asked,
        limits=_limits(profiles),
        least={id_: one.load_least for id_, one in profiles.items() if one.load_least},
        outside=Counter(
            one.person_id
            for one in stands
            if one.submission_id not in scope and one.submission_id in visible and not one.blocked
        ),
        bids=_bids(db, conference) if takes_bids(conference) else {},
        avoided=_avoided(db, conference),
        excluded=excluded,
        kept=kept,
        stood={one.pair for one in stands if one.submission_id in scope},
        pool=pool,
        needs_senior=conference.needs_senior,
        seniors={id_ for id_, profile in profiles.items() if profile.senior},
        employers=employers_of(db, conference, people) if conference.one_per_affiliation else {},
        apart=apart_pairs(db, conference),
        cap=conference.chance_cap,
    )


def _rating(db: Session, conference: Conference) -> Rating:
    tracks = db.scalars(select(Track.id).where(Track.conference_id == conference.id)).all()
    return Rating(
        uses_bids=takes_bids(conference),
        uses_tracks=len(tracks) > 1,
        weights=weights_of(conference.match_weights),
    )


def _papers(
    db: Session, conference: Conference, actor: Actor, options: Options
) -> list[Paper]:
    query = _scope_query(conference, actor, options.tracks).where(
        Submission.state == State.SUBMITTED
    )
    rows = db.execute(
        query.with_only_columns(
            Submission.id,
            Submission.track_id,
            reviews_wanted(conference),
            Submission.title,
            Submission.abstract,
        ).order_by(Submission.id)
    )
    return [
        Paper(id_, track_id, demand, Document(title, abstract))
        for id_, track_id, demand, title, abstract in rows
        if options.submissions is None or id_ in options.submissions
    ]


def _scope_query(conference: Conference, actor: Actor, tracks: tuple[int, ...] | None) -> Any:  # noqa: ANN401 - a Select whose columns are chosen by the caller
    """What the asker may know the reviewers of: their rights were checked when they asked."""
    query = select(Submission.id).where(
        Submission.conference_id == conference.id,
        Submission.state != State.DRAFT,
        unblocked(actor, conference),
    )
    return query if tracks is None else query.where(Submission.track_id.in_(tracks))


def _declined(db: Session, conference: Conference) -> set[Pair]:
    rows = db.execute(
        select(Assignment.submission_id, Assignment.person_id).where(
            Assignment.round_id == current_round(db, conference), Assignment.state.in_(REFUSED)
        )
    )
    return {(submission_id, person_id) for submission_id, person_id in rows}


def _reviewed(db: Session, conference: Conference) -> set[Pair]:
    """Who has reviewed what, asked or not: where everyone reviewed before, nobody was asked."""
    rows = db.execute(
        select(Review.submission_id, Review.person_id).where(
            Review.round_id == current_round(db, conference), Review.state == "submitted"
        )
    )
    return {(submission_id, person_id) for submission_id, person_id in rows}


def _bids(db: Session, conference: Conference) -> dict[Pair, str]:
    rows = db.execute(
        select(Bid.submission_id, Bid.person_id, Bid.value).where(
            Bid.conference_id == conference.id
        )
    )
    return {(submission_id, person_id): value for submission_id, person_id, value in rows}


def _avoided(db: Session, conference: Conference) -> set[Pair]:
    rows = db.execute(
        select(Conflict.submission_id, Conflict.person_id).where(
            and_(
                Conflict.conference_id == conference.id,
                Conflict.state == "open",
                Conflict.kind.in_(avoided_kinds(conference)),
            )
        )
    )
    return {(submission_id, person_id) for submission_id, person_id in rows}


def _profiles(db: Session, conference: Conference) -> dict[int, ReviewerProfile]:
    query = select(ReviewerProfile).where(ReviewerProfile.conference_id == conference.id)
    return {profile.person_id: profile for profile in db.scalars(query)}


def _limits(profiles: Mapping[int, ReviewerProfile]) -> dict[int, int]:
    """What each takes at most where somebody has said so: the chair's word before their own."""
    said = {
        id_: profile.load_capped if profile.load_capped is not None else profile.load_wished
        for id_, profile in profiles.items()
    }
    return {id_: limit for id_, limit in said.items() if limit is not None}
