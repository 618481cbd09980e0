"""What a reviewer may compare, and what they have said: the read models of comparing."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.assignment.models import Conflict
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.reviews.comparing_rules import HANDFUL, Told, handful, next_pair
from cfp.domain.reviews.models import Comparison, ComparisonPlace
from cfp.domain.reviews.queries import BlindSubmission, NamedSubmission, own_order, reviewable
from cfp.domain.submissions import redaction
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy import Fact, blocking_kinds, predicate
from cfp.records import record

# Made once: an alias costs more than most queries.
_CONFLICT = aliased(Conflict, name="since_conflict")
_SPEAKER = aliased(Speaker, name="since_speaker")


@record
class OwnComparison:
    """One row of a reviewer's own; `told` without places was skipped."""

    id: int
    revision: int
    told: Told
    changed: datetime
    undone: bool


def own_comparisons(db: Session, actor: Actor, conference: Conference) -> list[OwnComparison]:
    """Everything this reviewer has compared here, also what they took back; one statement."""
    rows = db.execute(
        select(Comparison.id, Comparison.revision, Comparison.state, Comparison.changed)
        .add_columns(ComparisonPlace.submission_id, ComparisonPlace.place)
        .join(ComparisonPlace, ComparisonPlace.comparison_id == Comparison.id)
        .where(Comparison.conference_id == conference.id, Comparison.person_id == actor.person_id)
        .order_by(Comparison.id, ComparisonPlace.submission_id)
    )
    found: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    heads: dict[int, tuple[int, str, datetime]] = {}
    for id_, revision, state, changed, submission_id, place in rows:
        heads[id_] = (revision, state, changed)
        found[id_].append((submission_id, place))
    return [
        OwnComparison(id_, revision, _told(state, found[id_]), changed, state == "undone")
        for id_, (revision, state, changed) in heads.items()
    ]


def _told(state: str, places: Sequence[tuple[int, int | None]]) -> Told:
    members = [id_ for id_, _place in places]
    said = [place for _id, place in places if place is not None] if state == "said" else []
    return Told(members, said)


def own_candidates(
    db: Session, actor: Actor, conference: Conference, seen: Collection[int]
) -> list[int]:
    """The ids of what this reviewer may compare, in their own order: all `seen`, and some more.

    However many there are: the next question is about what was seen and a few that were not.
    """
    order = (case((Submission.id.in_(sorted(seen)), 0), else_=1), own_order(actor), Submission.id)
    query = select(Submission.id).where(reviewable(actor, conference))
    return list(db.scalars(query.order_by(*order).limit(len(seen) + HANDFUL)))


def for_comparing(
    db: Session, actor: Actor, conference: Conference, which: ColumnElement[bool]
) -> Mapping[int, BlindSubmission]:
    """Those that this reviewer may review, as they may read them, by id; two statements."""
    rows = db.execute(
        select(
            Submission.id,
            Submission.code,
            redaction.shown_title(actor, conference).label("title"),
            redaction.shown_abstract(actor, conference).label("abstract"),
            SubmissionType.name.label("type_name"),
            SubmissionType.minutes,
            Track.name.label("track_name"),
            Submission.revision.label("edited"),
            predicate(actor, Fact.SPEAKERS, conference).label("named"),
        )
        .join(SubmissionType, SubmissionType.id == Submission.type_id)
        .join(Track, Track.id == Submission.track_id)
        .where(which, reviewable(actor, conference))
    ).all()
    named = [row.id for row in rows if row.named]
    speakers = _speakers(db, named) if named else {}
    found: dict[int, BlindSubmission] = {}
    for row in rows:
        known = {one.name: getattr(row, one.name) for one in fields(BlindSubmission)}
        who = tuple(speakers.get(row.id, ()))
        found[row.id] = (
            NamedSubmission(**known, speakers=who) if row.named else BlindSubmission(**known)
        )
    return found


def _speakers(db: Session, ids: Collection[int]) -> Mapping[int, list[tuple[str, str]]]:
    rows = db.execute(
        select(Speaker.submission_id, Speaker.name, Speaker.affiliation)
        .where(Speaker.submission_id.in_(ids), Speaker.state != "removed")
        .order_by(Speaker.submission_id, Speaker.position, Speaker.id)
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for submission_id, name, affiliation in rows:
        found[submission_id].append((name, affiliation))
    return found


@record
class Last:
    """What a reviewer said last, to be taken back; titles, the best first, equal ones together.

    None in place of a title that is not theirs to review any more; skipped ones have no order.
    """

    number: int
    revision: int
    titles: Sequence[Sequence[str | None]]
    skipped: bool


@record
class Question:
    """What a reviewer is asked to compare, and what they have compared.

    Attributes:
        pair: which of them is better; None when nothing is left to ask.
        revision: of the row about these two, 0 for none.
        comparisons: how many were made, skipped ones left out.
        covered: submissions that are in one.
        last: None before the first.
    """

    pair: tuple[BlindSubmission, BlindSubmission] | None
    revision: int
    comparisons: int
    covered: int
    last: Last | None


def question_for(db: Session, actor: Actor, conference: Conference) -> Question:
    """The next two for this reviewer; four statements."""
    own = own_comparisons(db, actor, conference)
    standing = [one for one in own if not one.undone]
    told = [one.told for one in standing]
    order = own_candidates(db, actor, conference, {id_ for one in told for id_ in one.members})
    pair = next_pair(order, told)
    newest = max(standing, key=lambda one: (one.changed, one.id), default=None)
    wanted = {*(pair or ()), *(newest.told.members if newest else ())}
    shown = for_comparing(db, actor, conference, Submission.id.in_(sorted(wanted)))
    said = [one for one in told if one.places]
    rows = (one.revision for one in own if set(one.told.members) == set(pair or ()))
    return Question(
        pair=(shown[pair[0]], shown[pair[1]]) if pair else None,
        revision=next(rows, 0),
        comparisons=len(said),
        covered=len({id_ for one in said for id_ in one.members} & {*order}),
        last=_last(newest, shown) if newest else None,
    )


@record
class Handful:
    """What a reviewer is asked to rank, in the order in which it is shown."""

    submissions: Sequence[BlindSubmission]
    last: Last | None


def handful_for(
    db: Session, actor: Actor, conference: Conference, codes: Sequence[str] = ()
) -> Handful:
    """Those they have compared least, or those of these codes that are theirs to review."""
    own = [one for one in own_comparisons(db, actor, conference) if not one.undone]
    told = [one.told for one in own]
    newest = max(own, key=lambda one: (one.changed, one.id), default=None)
    mine = newest.told.members if newest else ()
    asked: list[int] = []
    if not codes:
        seen = {id_ for one in told for id_ in one.members}
        asked = handful(own_candidates(db, actor, conference, seen), told)
    which = or_(Submission.id.in_(sorted({*asked, *mine})), Submission.code.in_(codes))
    shown = for_comparing(db, actor, conference, which)
    by_code = {one.code: one for one in shown.values()}
    listed = [by_code[one] for one in codes if one in by_code] or [shown[one] for one in asked]
    return Handful(listed, _last(newest, shown) if newest else None)


def _last(newest: OwnComparison, shown: Mapping[int, BlindSubmission]) -> Last:
    told = newest.told
    places = told.places or (1,) * len(told.members)
    titles: dict[int, list[str | None]] = defaultdict(list)
    for place, id_ in sorted(zip(places, told.members, strict=True)):
        titles[place].append((shown[id_].title or shown[id_].code) if id_ in shown else None)
    return Last(newest.id, newest.revision, list(titles.values()), skipped=not told.places)


def changed_since(
    conference: Conference, moment: SQLColumnExpression[datetime], known: ColumnElement[bool]
) -> ColumnElement[int]:
    """How much was said, taken back or barred after a moment about what somebody knows, as SQL.

    `known` are the rows of `submission` that they know; two of a comparison have to be.
    """
    place, conflict = ComparisonPlace, _CONFLICT
    about = (
        select(func.count(place.submission_id))
        .join(Submission, Submission.id == place.submission_id)
        .where(place.comparison_id == Comparison.id, place.place.is_not(None), known)
        .correlate(Comparison)
        .scalar_subquery()
    )
    said = select(func.count(Comparison.id)).where(
        Comparison.conference_id == conference.id, Comparison.changed > moment, about > 1
    )
    barred = (
        select(func.count(place.submission_id))
        .join(Comparison, Comparison.id == place.comparison_id)
        .join(Submission, Submission.id == place.submission_id)
        .join(
            conflict,
            and_(
                conflict.submission_id == place.submission_id,
                conflict.person_id == Comparison.person_id,
            ),
        )
        .where(
            conflict.conference_id == conference.id,
            conflict.created > moment,
            _blocks(conference),
            Comparison.state == "said",
            Comparison.changed <= moment,
            known,
        )
    )
    return said.scalar_subquery() + barred.scalar_subquery()


def counts(conference: Conference) -> ColumnElement[bool]:
    """Whether a place counts, as SQL on rows of comparison, its place and the submission.

    What was said stands, but for what its reviewer has since been found to be barred from: their
    own, their co-speakers', and wherever a conflict blocks.
    """
    conflict, speaker = _CONFLICT, _SPEAKER
    conflicting = exists(literal(1)).where(
        conflict.submission_id == Submission.id,
        conflict.person_id == Comparison.person_id,
        _blocks(conference),
    )
    speaks = exists(literal(1)).where(
        speaker.submission_id == Submission.id,
        speaker.person_id == Comparison.person_id,
        speaker.state != "removed",
    )
    return and_(
        Comparison.conference_id == conference.id,
        Comparison.state == "said",
        Submission.submitter_id.is_distinct_from(Comparison.person_id),
        ~conflicting.correlate(Submission, Comparison),
        ~speaks.correlate(Submission, Comparison),
    )


def _blocks(conference: Conference) -> ColumnElement[bool]:
    open_and_blocking = and_(
        _CONFLICT.state == "open", _CONFLICT.kind.in_(blocking_kinds(conference))
    )
    return or_(_CONFLICT.state == "confirmed", open_and_blocking)
