"""What a calibration is asked, and how its answer is read: plain facts.

How the figures come about is in docs/decisions.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.rules import CAPACITY_LIMIT, capacity_key
from cfp.errors import DomainError
from cfp.records import record

REVIEWS, PAIRS = SOURCES = ("reviews", "pairs")
"""What scores can come from: reviews, adjusted for leniency, or comparisons."""

CONFIDENCE_WEIGHTS: Mapping[int, float] = MappingProxyType(
    {1: 0.5, 2: 0.75, 3: 1.0, 4: 1.25, 5: 1.5}
)
"""Confidence of a reviewer -> weight of the review, where a conference has no weights of its own.

Against 1 for an ordinary one.
"""
LEAST_WEIGHT, WEIGHT_LIMIT = 0.1, 10.0
"""A review that is in counts, if little."""

BANDS = ("in", "lean_in", "lean_out", "out")
OPEN_BANDS = ("lean_in", "lean_out")
"""Neither in nor out: within these, the order says next to nothing."""

WORTH = 0.05
"""Share of those who can be accepted that has to change before it is worth a debate."""

BINS = 10
SIGN_FROM = 2.0
"""In standard errors: a leniency closer to none has no sign worth telling anybody."""


@record
class Basis:
    """What a run rests on beside the reviews; once it is another, the run is out of date.

    Attributes:
        confidence: whether reviews are weighted by it.
        weights: what its levels weigh, where that is the conference's own.
        typed: how many can be accepted, where a chair has said it.
        minutes: there are to fill, where that is set.
    """

    confidence: bool
    typed: int | None
    minutes: int | None
    weights: tuple[float, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The attributes, by name; the usual weights are left out, as in older runs."""
        values = asdict(self)
        del values["weights"]
        return values | ({"weights": list(self.weights)} if self.weights else {})


def basis_of(conference: Conference, tracks: Sequence[int] | None) -> Basis:
    """For the whole conference, or for those who decide in some `tracks` alone.

    The number a chair types is one for all tracks together, so it is nothing to a track chair.
    """
    minutes, asks = conference.capacities, conference.asks_confidence
    weights = tuple(conference.confidence_weights or ()) if asks else ()
    if tracks is None:
        whole = minutes.get(capacity_key("all"))
        return Basis(asks, conference.accept_count, whole, weights)
    own = [minutes.get(capacity_key("track", one)) for one in tracks]
    known = [one for one in own if one is not None]
    every = sum(known) if known and len(known) == len(own) else None
    return Basis(asks, None, every, weights)


def basis_by(source: str, basis: Basis) -> Basis:
    """Comparisons are all worth the same, whatever reviews are."""
    return basis if source == REVIEWS else replace(basis, confidence=False)


def top_of(basis: Basis, minutes: Sequence[int]) -> int | None:
    """How many can be accepted: as typed, or as many of average length as fill the minutes.

    `minutes` are those of each submission; the answer may be 0, or more than there are.
    """
    if basis.typed is not None:
        return basis.typed
    if basis.minutes is None or not sum(minutes):
        return None
    return basis.minutes * len(minutes) // sum(minutes)


def check_count(count: int | None) -> None:
    """Raise DomainError `calibration.bad_count` for what can't be a number of accepted ones."""
    if count is not None and not 1 <= count <= CAPACITY_LIMIT:
        raise DomainError("calibration.bad_count", field="count", limit=CAPACITY_LIMIT)


def confidence_weights_of(conference: Conference) -> Mapping[int, float]:
    """What each level of confidence weighs here; the usual weights, or the conference's own."""
    own = conference.confidence_weights
    return dict(zip(CONFIDENCE_WEIGHTS, own, strict=True)) if own else CONFIDENCE_WEIGHTS


def check_weights(weights: Sequence[float]) -> None:
    """Raise DomainError `confidence.bad_weight` unless each level has a weight within bounds."""
    bounds = {"least": LEAST_WEIGHT, "limit": WEIGHT_LIMIT}
    for level, weight in zip(CONFIDENCE_WEIGHTS, weights, strict=True):
        if not LEAST_WEIGHT <= weight <= WEIGHT_LIMIT:
            raise DomainError("confidence.bad_weight", field=f"level_{level}", **bounds)


def weight_of(conference: Conference, confidence: int | None) -> float:
    """The weight of a review; 1 where confidence is not asked for, or was not given."""
    if not conference.asks_confidence:
        return 1.0
    return confidence_weights_of(conference).get(confidence or 0, 1.0)


def moves(means: Mapping[int, float], scores: Mapping[int, float], top: int) -> Mapping[int, int]:
    """1 for who is among the `top` by score only, -1 by mean only; nothing for the others.

    Where one figure ties, the other decides, so that a tie alone moves nobody.
    """
    by_mean = sorted(scores, key=lambda one: (*_falling(means[one], scores[one]), one))
    by_score = sorted(scores, key=lambda one: (*_falling(scores[one], means[one]), one))
    before, after = set(by_mean[:top]), set(by_score[:top])
    return {**dict.fromkeys(after - before, 1), **dict.fromkeys(before - after, -1)}


def _falling(*values: float) -> tuple[float, ...]:
    """For sorting downwards; what differs by rounding only is equal."""
    return tuple(-round(one, 9) for one in values)


def worth_it(changed: int, top: int) -> bool:
    """Whether the calibration changes enough to be acted on."""
    return changed > WORTH * top


def line_between(scores: Sequence[float], top: int | None) -> float | None:
    """Midway between the last of the best `top` and the next; None where all or none are in."""
    if top is None or not 0 < top < len(scores):
        return None
    ordered = sorted(scores, reverse=True)
    return (ordered[top - 1] + ordered[top]) / 2


def bins_of(
    scores: Sequence[float], low: float, high: float
) -> tuple[float, float, Sequence[int]]:
    """Lower end, width and the number in each of `BINS` equal parts that hold every score."""
    low, high = min([low, *scores]), max([high, *scores])
    width = (high - low) / BINS or 1.0
    counts = [0] * BINS
    for one in scores:
        counts[min(int((one - low) / width), BINS - 1)] += 1
    return low, width, counts


def sign_of(leniency: float, se: float) -> int:
    """1 for lenient, -1 for strict, 0 where the reviews do not tell."""
    if abs(leniency) < SIGN_FROM * se or not leniency:
        return 0
    return 1 if leniency > 0 else -1
