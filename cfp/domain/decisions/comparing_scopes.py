"""What scores from comparisons are computed from: a scope for each set somebody may know in full.

As with reviews (`calibrating_scopes`): a run is made of what was said among the submissions of a
set, and who decides sees the run of a set that they may know all of. Of a ranking in which one is
hidden from them, the order of the others is theirs: in this model it stands by itself.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.board import scale_of
from cfp.domain.decisions.calibrating_rules import PAIRS, Basis
from cfp.domain.decisions.calibrating_scopes import known_sets
from cfp.domain.reviews.comparing_queries import counts
from cfp.domain.reviews.models import Comparison, ComparisonPlace, ReviewTally
from cfp.domain.submissions.models import Submission
from cfp.records import record


@record
class Statement:
    """What somebody said: (submission, place), the best first, at least two."""

    person_id: int
    places: Sequence[tuple[int, int]]


@record
class PairScope:
    """What was said among a set of submissions, and what is asked about them.

    Attributes:
        unreviewed: submissions of the set that nobody compared; nothing is said of them.
        top: how many can be accepted, if that is known.
        scale: lowest and highest total of a review.
        means: the plain means of the set's submissions with a review.
    """

    statements: Sequence[Statement]
    unreviewed: int
    basis: Basis
    top: int | None
    scale: tuple[int, int]
    means: Mapping[int, float]

    @property
    def submissions(self) -> Sequence[int]:
        """Their ids, in the order in which they were first spoken of."""
        return list(dict.fromkeys(id_ for one in self.statements for id_, _place in one.places))

    @property
    def reviewers(self) -> Sequence[int]:
        """The ids of the people, by what they said first."""
        return list(dict.fromkeys(one.person_id for one in self.statements))

    @property
    def asked(self) -> int | None:
        """`top` where there is something to choose: some can be accepted, and not all."""
        return self.top if self.top and self.top < len(self.submissions) else None

    @property
    def given(self) -> int:
        """How many comparisons, a ranking being one."""
        return len(self.statements)


def load_scopes(db: Session, conference: Conference) -> list[PairScope]:
    """A scope for each set of submissions that somebody who decides here may know in full."""
    said, means = _statements(db, conference), _means(db, conference)
    scale, found = scale_of(db, conference), []
    for known in known_sets(db, conference, PAIRS):
        within = [_within(one, known.ids) for one in said]
        statements = [one for one in within if len(one.places) > 1]
        compared = {id_ for one in statements for id_, _place in one.places}
        if statements:
            found.append(
                PairScope(
                    statements=statements,
                    unreviewed=len(known.ids) - len(compared),
                    basis=known.basis,
                    top=known.top,
                    scale=scale,
                    means={id_: means[id_] for id_ in known.ids if id_ in means},
                )
            )
    return found


def _within(statement: Statement, ids: frozenset[int]) -> Statement:
    kept = [one for one in statement.places if one[0] in ids]
    return Statement(statement.person_id, kept)


def _statements(db: Session, conference: Conference) -> list[Statement]:
    rows = db.execute(
        select(Comparison.id, Comparison.person_id)
        .add_columns(ComparisonPlace.submission_id, ComparisonPlace.place)
        .join(ComparisonPlace, ComparisonPlace.comparison_id == Comparison.id)
        .join(Submission, Submission.id == ComparisonPlace.submission_id)
        .where(counts(conference))
        .order_by(Comparison.id, ComparisonPlace.place, ComparisonPlace.submission_id)
    )
    found: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for id_, person_id, submission_id, place in rows:
        if place is not None:
            found[id_, person_id].append((submission_id, place))
    return [Statement(person_id, places) for (_id, person_id), places in found.items()]


def _means(db: Session, conference: Conference) -> dict[int, float]:
    tally = ReviewTally
    rows = db.execute(
        select(tally.submission_id, tally.mean).where(tally.conference_id == conference.id)
    )
    return {id_: mean for id_, mean in rows if mean is not None}
