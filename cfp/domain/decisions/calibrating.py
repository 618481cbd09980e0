"""Calibrating: asked for by whoever decides, read and stored for the job that computes it.

A run is made of the reviews of a set of submissions, and each of its figures of all of these. So
there is one run for every such set that somebody who decides may know in full: one for the chairs
without a conflict, one for each chair with some, one for the chairs of a track. Nobody's figures
then tell anything about what is hidden from them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, insert, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleFact, RoleKind
from cfp.domain import jobs
from cfp.domain.conferences.actions.settings import change
from cfp.domain.conferences.models import Conference, Role, SubmissionType
from cfp.domain.decisions.board import on_board, scale_of
from cfp.domain.decisions.calibrating_queries import run_of, tracks_of
from cfp.domain.decisions.calibrating_rules import (
    BANDS,
    OPEN_BANDS,
    Basis,
    basis_of,
    bins_of,
    check_count,
    line_between,
    moves,
    top_of,
    weight_of,
)
from cfp.domain.decisions.models import CalibratedReviewer, CalibratedSubmission, Calibration
from cfp.domain.jobs import Job, JobState
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.errors import NotNowError
from cfp.policy import Fact, predicate

JOB_KIND = "calibrate"


@dataclass(frozen=True)
class Given:
    """A review as far as it counts here."""

    submission_id: int
    person_id: int
    score: float
    weight: float


@dataclass(frozen=True)
class Scope:
    """The reviews of a set of submissions, and what is asked about them.

    Attributes:
        reviews: of each submission together.
        unreviewed: submissions of the set without a score; nothing is said of them.
        top: how many can be accepted, if that is known.
        scale: lowest and highest total of a review.
    """

    reviews: Sequence[Given]
    unreviewed: int
    basis: Basis
    top: int | None
    scale: tuple[int, int]

    @property
    def submissions(self) -> Sequence[int]:
        """Their ids, in the order of the reviews."""
        return list(dict.fromkeys(one.submission_id for one in self.reviews))

    @property
    def reviewers(self) -> Sequence[int]:
        """The ids of the people, by their first review."""
        return list(dict.fromkeys(one.person_id for one in self.reviews))

    @property
    def asked(self) -> int | None:
        """`top` where there is something to choose: some can be accepted, and not all."""
        return self.top if self.top and self.top < len(self.submissions) else None


@dataclass(frozen=True)
class FoundSubmission:
    """As `CalibratedSubmission` has it; `band` is one of `calibrating_rules.BANDS`, or ""."""

    submission_id: int
    raw: float
    score: float
    se: float
    reviews: int
    p_top: float | None
    band: str


@dataclass(frozen=True)
class FoundReviewer:
    """As `CalibratedReviewer` has it."""

    person_id: int
    leniency: float
    se: float
    spread: float | None
    agreement: float | None
    reviews: int


@dataclass(frozen=True)
class Found:
    """What the computation says of a scope; `cautions` are (key, plain figures)."""

    scope: Scope
    submissions: Sequence[FoundSubmission]
    reviewers: Sequence[FoundReviewer]
    cautions: Sequence[tuple[str, Mapping[str, Any]]]


# Asking ---------------------------------------------------------------------------------------


def request(db: Session, actor: Actor, conference: Conference, *, now: datetime) -> Job:
    """Ask for the figures to be computed anew, everybody's at once.

    One that has not begun yet will read all there is by then, so it serves as well.

    Raises:
        NotNowError: `calibration.no_reviews`, while no review that this person may read counts.
    """
    if not db.scalar(select(_counting(actor, conference).exists())):
        raise NotNowError("calibration.no_reviews")
    waiting = last_job(db, conference)
    if waiting is not None and waiting.state == JobState.QUEUED:
        return waiting
    return jobs.enqueue(
        db, actor, kind=JOB_KIND, parameters={}, conference=conference, now=now
    )


def last_job(db: Session, conference: Conference) -> Job | None:
    """The newest computation here, whoever has asked for it."""
    here = select(Job).where(Job.conference_id == conference.id, Job.kind == JOB_KIND)
    return db.scalars(here.order_by(Job.id.desc()).limit(1)).one_or_none()


def set_count(
    db: Session, actor: Actor, conference: Conference, *, count: int | None, now: datetime
) -> Job:
    """Say how many can be accepted (None: as many as the minutes hold), and compute with it.

    Raises:
        DomainError: `calibration.bad_count`.
        NotNowError: as in `request`.
    """
    check_count(count)
    change(
        db, actor, conference, "conference.change_calibration", {"accept_count": count}, now=now
    )
    return request(db, actor, conference, now=now)


def adjust(
    db: Session, actor: Actor, conference: Conference, *, on: bool, now: datetime
) -> None:
    """Let calibrated scores stand beside the means, or not; what is out of date is computed anew.

    Raises:
        NotNowError: `calibration.unseen`, while nothing has said what it would change.
    """
    run = run_of(db, actor, conference)
    if on and (run is None or run.calibration.top is None):
        raise NotNowError("calibration.unseen")
    values = {"adjusts_scores": on}
    change(db, actor, conference, "conference.change_calibration", values, now=now)
    if on and run is not None and not run.fresh:
        request(db, actor, conference, now=now)


# Reading and storing, for the job -------------------------------------------------------------


def load_scopes(db: Session, conference: Conference) -> list[Scope]:
    """A scope for each set of submissions that somebody who decides here may know in full."""
    reviews: dict[int, dict[int, Given]] = defaultdict(dict)
    for row in db.execute(_every_review(conference)):
        weight = weight_of(row.confidence, weighs=conference.asks_confidence)
        given = Given(row.submission_id, row.person_id, row.total, weight)
        reviews[row.submission_id][row.person_id] = given  # of two rounds, the newer one
    minutes: dict[int, int] = dict(db.execute(_minutes(conference)).all())
    scale = scale_of(db, conference)
    found: dict[tuple[frozenset[int], Basis], Scope] = {}
    for actor in deciders(db, conference):
        ids = frozenset(db.scalars(select(Submission.id).where(_known(actor, conference))))
        basis = basis_of(conference, tracks_of(actor, conference))
        scored = sorted(one for one in ids if one in reviews)
        if scored and (ids, basis) not in found:
            found[ids, basis] = Scope(
                reviews=[given for one in scored for given in reviews[one].values()],
                unreviewed=len(ids) - len(scored),
                basis=basis,
                top=top_of(basis, [minutes[one] for one in ids]),
                scale=scale,
            )
    return list(found.values())


def deciders(db: Session, conference: Conference) -> Iterable[Actor]:
    """Whoever decides in the conference or in some tracks of it, as far as that goes here."""
    roles: dict[int, set[RoleFact]] = defaultdict(set)
    query = select(Role).where(
        Role.conference_id == conference.id,
        Role.kind.in_((RoleKind.CHAIR, RoleKind.TRACK_CHAIR)),
    )
    for role in db.scalars(query.order_by(Role.id)):
        roles[role.person_id].add(RoleFact(conference.id, RoleKind(role.kind), role.track_id))
    return [Actor(person_id=one, roles=frozenset(facts)) for one, facts in roles.items()]


def store(
    db: Session, conference: Conference, found: Sequence[Found], *, read: datetime
) -> None:
    """Keep what was found in place of all earlier runs; `read` is when the reviews were read."""
    # Of two computations that end together, the second replaces what the first has stored.
    db.execute(select(Conference.id).where(Conference.id == conference.id).with_for_update())
    _discard(db, conference)
    for one in found:
        _store(db, conference, one, read)
    db.flush()


def _store(db: Session, conference: Conference, found: Found, read: datetime) -> None:
    scope, scores = found.scope, {one.submission_id: one.score for one in found.submissions}
    top = scope.asked
    moved = moves(plain_means(scope.reviews), scores, top) if top else {}
    run = Calibration(
        conference_id=conference.id,
        created=read,
        submissions=len(found.submissions),
        reviewers=len(found.reviewers),
        reviews=len(scope.reviews),
        top=top,
        changed=sum(one > 0 for one in moved.values()),
        basis=scope.basis.as_json(),
        figures=_figures(found),
        cautions=[[key, dict(figures)] for key, figures in found.cautions],
    )
    db.add(run)
    db.flush()
    here = {"calibration_id": run.id}
    rows = [{**here, **asdict(o), "move": moved.get(o.submission_id, 0)} for o in found.submissions]
    db.execute(insert(CalibratedSubmission), rows)
    db.execute(insert(CalibratedReviewer), [{**here, **asdict(one)} for one in found.reviewers])


def plain_means(reviews: Iterable[Given]) -> Mapping[int, float]:
    """Of each submission, as lists show them without any calibration."""
    given: dict[int, list[float]] = defaultdict(list)
    for one in reviews:
        given[one.submission_id].append(one.score)
    return {id_: sum(scores) / len(scores) for id_, scores in given.items()}


def _figures(found: Found) -> dict[str, Any]:
    """What the page draws and counts, so that it need not go through all of them."""
    scores = [one.score for one in found.submissions]
    low, width, counts = bins_of(scores, *found.scope.scale)
    bands = [one.band for one in found.submissions]
    return {
        "bins": {"low": low, "width": width, "counts": list(counts)},
        "line": line_between(scores, found.scope.asked),
        "bands": {name: bands.count(name) for name in BANDS},
        "open": sum(bands.count(name) for name in OPEN_BANDS),
        "unreviewed": found.scope.unreviewed,
        "asked": found.scope.top,
    }


def _discard(db: Session, conference: Conference) -> None:
    old = select(Calibration.id).where(Calibration.conference_id == conference.id)
    for table in (CalibratedSubmission, CalibratedReviewer):
        db.execute(delete(table).where(table.calibration_id.in_(old)))
    db.execute(delete(Calibration).where(Calibration.conference_id == conference.id))


def _known(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The rows of `submission` that this person decides about and whose reviews they may read."""
    return and_(on_board(actor, conference), predicate(actor, Fact.CHAIR_REVIEWS, conference))


def _counting(actor: Actor, conference: Conference) -> Select[Any]:
    return (
        select(Review.id)
        .join(Submission, Submission.id == Review.submission_id)
        .where(Review.state == "submitted", Review.total.is_not(None), _known(actor, conference))
    )


def _every_review(conference: Conference) -> Select[*tuple[Any, ...]]:
    return (
        select(Review.submission_id, Review.person_id, Review.total, Review.confidence)
        .where(
            Review.conference_id == conference.id,
            Review.state == "submitted",
            Review.total.is_not(None),
        )
        .order_by(Review.submission_id, Review.id)
    )


def _minutes(conference: Conference) -> Select[int, int]:
    kind = SubmissionType
    return (
        select(Submission.id, kind.minutes + kind.discussion_minutes)
        .join(kind, kind.id == Submission.type_id)
        .where(Submission.conference_id == conference.id)
    )


