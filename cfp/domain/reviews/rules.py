"""What counts as a complete review, when it is taken, and how its scores make one number."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from cfp.domain.assignment.rules import MINUTES_PER_REVIEW as MINUTES_PER_REVIEW
from cfp.domain.assignment.rules import due_of as due_of
from cfp.domain.conferences.models import Conference, Criterion, ReviewField
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.phases import in_force, phases_of

CONFIDENCE_LEVELS = (1, 2, 3, 4, 5)
UNDER_REVIEW = frozenset({State.SUBMITTED})
FINISHED = ("submitted", "abstained")
"""States of a review that wait for nothing more from its reviewer."""
FIELD_LIMIT = 20_000
DEFAULT_SCALE = (1, 5)

Asked = TypeVar("Asked", Criterion, ReviewField)


def reviewing_is_open(
    conference: Conference, now: datetime, extended: datetime | None = None
) -> bool:
    """Whether reviews may be written and changed now, by somebody with time until `extended`.

    The due date only reminds; the closing day and the phases close, but not for whoever has more
    time. The conference's own switch closes for everybody.
    """
    if conference.archived or not conference.reviewing_open:
        return False
    if has_more_time(extended, now):
        return True
    over = conference.reviews_close is not None and now > conference.reviews_close
    return in_force(conference, now).open and not over


def has_more_time(extended: datetime | None, now: datetime) -> bool:
    """Whether an extension is running."""
    return extended is not None and now <= extended


def can_be_reviewed(
    conference: Conference,
    submission: Submission,
    now: datetime,
    extended: datetime | None = None,
) -> bool:
    """Whether this submission waits for reviews now."""
    return reviewing_is_open(conference, now, extended) and submission.state in UNDER_REVIEW


def closing_of(
    conference: Conference, now: datetime, extended: datetime | None = None
) -> datetime | None:
    """When reviews are no longer taken, as far as that is planned; None where it is not.

    What comes first of the closing day and the end of a phase that takes reviews, unless somebody
    has more time.
    """
    rules = in_force(conference, now)
    ends = rules.phase.ends if rules.phase and rules.open else None
    planned = [one for one in (conference.reviews_close, ends) if one is not None]
    known = min(planned, default=None)
    return max(known, extended) if known is not None and extended is not None else known


def is_late(conference: Conference, now: datetime, extended: datetime | None = None) -> bool:
    """Whether the reviews were due before now."""
    due = due_of(conference, extended)
    return due is not None and now > due


def asked_of(
    form: Iterable[Asked], submission: Submission, *, phase: str | None = None
) -> list[Asked]:
    """The part of the form that reviews of this submission are asked; phase: the key of today's."""
    return [one for one in form if is_asked(one, submission.track_id, submission.type_id, phase)]


def is_asked(
    one: Criterion | ReviewField, track_id: int, type_id: int, phase: str | None = None
) -> bool:
    """Whether its limits let it be asked in this track and format, and a field in this phase."""
    if (one.tracks and track_id not in one.tracks) or (one.types and type_id not in one.types):
        return False
    return isinstance(one, Criterion) or not one.phases or phase in one.phases


def phase_now(
    conference: Conference, now: datetime, extended: datetime | None = None
) -> str | None:
    """The key of the phase whose fields are asked; who has more time is still in the last one.

    That is the last phase that took reviews before this moment.
    """
    rules = in_force(conference, now)
    if rules.open or not has_more_time(extended, now):
        return rules.phase.key if rules.phase else None
    taking = [
        one
        for one in phases_of(conference)
        if one.starts and one.starts <= now and one.writes != "nobody"
    ]
    return taking[-1].key if taking else None


def scale_of(criteria: Sequence[Criterion]) -> tuple[int, int]:
    """The scale of totals: that of the first criterion that counts."""
    counting = [one for one in criteria if one.counts] or criteria
    return (counting[0].low, counting[0].high) if counting else DEFAULT_SCALE


def total(
    criteria: Sequence[Criterion],
    scores: Mapping[int, int],
    scale: tuple[int, int] | None = None,
) -> float | None:
    """The weighted mean of the answered criteria that count, on `scale`; None if there are none.

    A criterion that was skipped is left out of the weights, never counted as 0. `scale` is that of
    the first one; it is given where these are only those asked of one submission.
    """
    low, high = scale or scale_of(criteria)
    answered = [
        (one, scores[one.id])
        for one in criteria
        if one.counts and one.id in scores and one.weight > 0
    ]
    weight = sum(one.weight for one, _value in answered)
    if not weight:
        return None
    share = sum(one.weight * (value - one.low) / (one.high - one.low) for one, value in answered)
    return low + (high - low) * share / weight


def unanswered(criteria: Sequence[Criterion], scores: Mapping[int, int]) -> list[Criterion]:
    """The required criteria without a score."""
    return [one for one in criteria if one.required and one.id not in scores]


def unwritten(fields: Sequence[ReviewField], answers: Mapping[int, str]) -> list[ReviewField]:
    """The required fields without an answer."""
    return [one for one in fields if one.required and not answers.get(one.id)]


def is_answer(field: ReviewField, text: str, before: str = "") -> bool:
    """Whether this can be answered; what was chosen before may stay when it is offered no more."""
    if len(text) > FIELD_LIMIT:
        return False
    if field.kind == "text" or not text:
        return True
    chosen, offered = text.split("\n"), {*map(str, field.options), *before.split("\n")} - {""}
    single = field.kind == "choice" and len(chosen) > 1
    return not single and len(set(chosen)) == len(chosen) and set(chosen) <= offered
