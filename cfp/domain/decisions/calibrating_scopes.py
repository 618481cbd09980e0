"""What a calibration is computed from: a scope for every set of reviews somebody may know.

A run is made of the reviews of a set of submissions, and each of its figures of all of these. So
there is one run for every such set that somebody who decides may know in full: one for the chairs
without a conflict, one for each chair with some, one for the chairs of a track. Nobody's figures
then tell anything about what is hidden from them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleFact, RoleKind
from cfp.domain.assignment.proposals import tracks_of
from cfp.domain.conferences.models import Conference, Role, SubmissionType
from cfp.domain.decisions.board import on_board, scale_of
from cfp.domain.decisions.calibrating_rules import (
    REVIEWS,
    Basis,
    basis_by,
    basis_of,
    top_of,
    weight_of,
)
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.policy import Fact, predicate
from cfp.records import record


@record
class Given:
    """A review as far as it counts here."""

    submission_id: int
    person_id: int
    score: float
    weight: float


@record
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

    @property
    def given(self) -> int:
        """How many reviews."""
        return len(self.reviews)

    @property
    def means(self) -> Mapping[int, float]:
        """Of each submission, as lists show them."""
        return plain_means(self.reviews)


def load_scopes(db: Session, conference: Conference) -> list[Scope]:
    """A scope for each set of submissions that somebody who decides here may know in full."""
    reviews: dict[int, dict[int, Given]] = defaultdict(dict)
    for row in db.execute(_every_review(conference)):
        weight = weight_of(conference, row.confidence)
        given = Given(row.submission_id, row.person_id, row.total, weight)
        reviews[row.submission_id][row.person_id] = given  # of two rounds, the newer one
    scale, found = scale_of(db, conference), []
    for known in known_sets(db, conference, REVIEWS):
        scored = sorted(one for one in known.ids if one in reviews)
        if scored:
            found.append(
                Scope(
                    reviews=[given for one in scored for given in reviews[one].values()],
                    unreviewed=len(known.ids) - len(scored),
                    basis=known.basis,
                    top=known.top,
                    scale=scale,
                )
            )
    return found


@record
class KnownSet:
    """Submissions that somebody who decides may know in full, and what is asked about them."""

    ids: frozenset[int]
    basis: Basis
    top: int | None


def known_sets(db: Session, conference: Conference, source: str) -> list[KnownSet]:
    """Each such set once, whoever it is that knows it."""
    minutes: dict[int, int] = dict(db.execute(_minutes(conference)).all())
    found: dict[tuple[frozenset[int], Basis], KnownSet] = {}
    for actor in deciders(db, conference):
        ids = frozenset(db.scalars(select(Submission.id).where(known_in_full(actor, conference))))
        basis = basis_by(source, basis_of(conference, tracks_of(actor, conference)))
        if (ids, basis) not in found:
            top = top_of(basis, [minutes[one] for one in ids])
            found[ids, basis] = KnownSet(ids, basis, top)
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


def plain_means(reviews: Iterable[Given]) -> Mapping[int, float]:
    """Of each submission, as lists show them without any calibration."""
    given: dict[int, list[float]] = defaultdict(list)
    for one in reviews:
        given[one.submission_id].append(one.score)
    return {id_: sum(scores) / len(scores) for id_, scores in given.items()}


def known_in_full(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The rows of `submission` that this person decides about and whose reviews they may read."""
    return and_(on_board(actor, conference), predicate(actor, Fact.CHAIR_REVIEWS, conference))


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
