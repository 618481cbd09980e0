"""What pages show of a scenario: its submissions, what has changed since, and its sums."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import (
    ColumnElement,
    Join,
    Select,
    String,
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
from cfp.domain.assignment.affiliations import NO_EMPLOYER
from cfp.domain.conferences.models import AffiliationAlias, Conference, SubmissionType, Track
from cfp.domain.decisions.models import PendingDecision, Scenario, ScenarioItem, SelectionWish
from cfp.domain.decisions.rules import capacity_key
from cfp.domain.decisions.selecting import open_to
from cfp.domain.decisions.selecting_limits import OPEN, Limits
from cfp.domain.reviews.models import ReviewTally
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.searching import SEARCHED
from cfp.policy import Column, Fact, View, predicate
from cfp.records import record

_OTHER = aliased(ScenarioItem, name="other_item")
_TYPE = aliased(SubmissionType, name="item_type")


def changed_since() -> ColumnElement[str]:
    """What has become of a submission since it was selected: state, pending, reviews, or "".

    A decision that agrees, or that applying the scenario has set, is no change.
    Over `scenario_item`, `submission`, and the outer joined `pending_decision` and `review_tally`.
    """
    item, tally = ScenarioItem, ReviewTally
    now = func.coalesce(PendingDecision.outcome, "")
    decided = and_(
        now != item.pending,
        now != func.coalesce(item.applied, item.pending),
        or_(item.accepted.is_(False), now != "accept"),
    )
    reviewed = or_(
        func.coalesce(tally.scored, 0) != item.reviews,
        func.abs(func.coalesce(tally.total, 0.0) - item.total) > 1e-9,
    )
    return case(
        (Submission.state != item.state, literal("state", String)),
        (decided, literal("pending", String)),
        (reviewed, literal("reviews", String)),
        else_=literal("", String),
    )


def items_of(conference: Conference, scenario: Scenario) -> View:
    """A row per submission of a scenario; `blocked` are the limits that keep it waiting."""
    item = ScenarioItem
    columns = {
        "id": Column(Submission.id),
        "code": Column(Submission.code),
        "title": Column(Submission.title),
        **SEARCHED,
        "track": Column(Track.name),
        "track_id": Column(item.track_id),
        "type": Column(_TYPE.name),
        "type_id": Column(item.type_id),
        "state": Column(Submission.state),
        "accepted": Column(item.accepted),
        "fixed": Column(item.fixed),
        "wish": Column(item.wish),
        "score": Column(item.score),
        "reviews": Column(item.reviews),
        "minutes": Column(item.minutes),
        "first_time": Column(item.first_time),
        "chance": Column(item.chance),
        "place": Column(item.place),
        "blocked": Column(item.blocked),
        "pending": Column(func.coalesce(PendingDecision.outcome, "")),
        "changed": Column(changed_since()),
    }
    return View(
        conference=conference,
        source=_with_item(scenario.id)
        .outerjoin(PendingDecision, PendingDecision.submission_id == Submission.id)
        .outerjoin(ReviewTally, ReviewTally.submission_id == Submission.id),
        rows=Fact.PENDING,
        columns=MappingProxyType(columns),
    )


def differing(conference: Conference, one: Scenario, other: Scenario) -> View:
    """The submissions of two scenarios; `differs` where it is in one of them only.

    One that came in between is in the later one alone, so both are joined to all submissions.
    """
    mine, theirs = ScenarioItem, _OTHER
    within = func.coalesce(mine.accepted, literal(False))
    columns = {
        "id": Column(Submission.id),
        "code": Column(Submission.code),
        "title": Column(Submission.title),
        "track": Column(Track.name),
        "type": Column(_TYPE.name),
        "minutes": Column(func.coalesce(mine.minutes, theirs.minutes)),
        "score": Column(func.coalesce(mine.score, theirs.score)),
        "accepted": Column(within),
        "differs": Column(within != func.coalesce(theirs.accepted, literal(False))),
    }
    type_id = func.coalesce(mine.type_id, theirs.type_id)
    source = (
        Submission.__table__.outerjoin(
            mine, and_(mine.submission_id == Submission.id, mine.scenario_id == one.id)
        )
        .outerjoin(
            theirs, and_(theirs.submission_id == Submission.id, theirs.scenario_id == other.id)
        )
        .join(Track, Track.id == Submission.track_id)
        .join(_TYPE, _TYPE.id == type_id)
    )
    return View(
        conference=conference,
        source=source,
        rows=Fact.PENDING,
        columns=MappingProxyType(columns),
    )


def _with_item(scenario_id: int) -> Join:
    item = ScenarioItem
    here = and_(item.submission_id == Submission.id, item.scenario_id == scenario_id)
    return (
        Submission.__table__.join(item, here)
        .join(Track, Track.id == item.track_id)
        .join(_TYPE, _TYPE.id == item.type_id)
    )


def choosable(conference: Conference) -> View:
    """A row per submission that could be chosen, with the chairs' word on it."""
    tally = ReviewTally
    columns = {
        "id": Column(Submission.id),
        "code": Column(Submission.code),
        "title": Column(Submission.title),
        **SEARCHED,
        "track": Column(Track.name),
        "track_id": Column(Submission.track_id),
        "type": Column(_TYPE.name),
        "state": Column(Submission.state),
        "choosable": Column(Submission.state.in_(OPEN)),
        "mean": Column(tally.mean, Fact.CHAIR_REVIEWS),
        "wish": Column(func.coalesce(SelectionWish.wish, "")),
    }
    return View(
        conference=conference,
        source=Submission.__table__.join(Track, Track.id == Submission.track_id)
        .join(_TYPE, _TYPE.id == Submission.type_id)
        .outerjoin(tally, tally.submission_id == Submission.id)
        .outerjoin(SelectionWish, SelectionWish.submission_id == Submission.id),
        rows=Fact.PENDING,
        columns=MappingProxyType(columns),
        one_each=True,
    )


def changes(
    db: Session, actor: Actor, conference: Conference, scenario: Scenario
) -> Mapping[str, int]:
    """How many submissions have changed since, by `changed_since`, and how many are "new"."""
    kind = changed_since().label("kind")
    changed = (
        select(kind, func.count().label("number"))
        .select_from(ScenarioItem)
        .join(Submission, Submission.id == ScenarioItem.submission_id)
        .outerjoin(PendingDecision, PendingDecision.submission_id == Submission.id)
        .outerjoin(ReviewTally, ReviewTally.submission_id == Submission.id)
        .where(ScenarioItem.scenario_id == scenario.id)
        .group_by(kind)
    )
    mine = and_(
        ScenarioItem.scenario_id == scenario.id, ScenarioItem.submission_id == Submission.id
    )
    new = select(literal("new", String), func.count(Submission.id)).where(
        open_to(actor, conference, Limits.from_json(scenario.limits)),
        ~exists().where(mine).correlate(Submission),
    )
    rows = db.execute(changed.union_all(new))
    return {row[0]: row[1] for row in rows if row[0] and row[1]}


@dataclass
class Sums:
    """The accepted of a scenario, added up.

    Attributes:
        numbers: how many, by `rules.capacity_key`.
        minutes: the same in minutes.
        score: of all.
        first_time: how many by first-time speakers.
        speakers: entries of speakers.
        employers: (key, as most wrote it, entries), most first; without whoever has none.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    minutes: dict[str, int] = field(default_factory=dict)
    score: float = 0.0
    first_time: int = 0
    speakers: int = 0
    employers: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return self.numbers.get(capacity_key("all"), 0)


def sums_of(
    db: Session, conference: Conference, scenarios: Sequence[Scenario]
) -> list[Sums]:
    """The sums of each, in two statements whatever the number.

    All of them must have come from `scenarios`: who may see one may know of all that is in it.
    """
    ids = [one.id for one in scenarios]
    found = {id_: Sums() for id_ in ids}
    for row in db.execute(_grouped(ids)):
        sums = found[row.scenario_id]
        for key in (
            capacity_key("all"),
            capacity_key("type", row.type_id),
            capacity_key("track", row.track_id),
        ):
            sums.numbers[key] = sums.numbers.get(key, 0) + row.number
            sums.minutes[key] = sums.minutes.get(key, 0) + int(row.minutes)
        sums.score += row.score
        sums.first_time += row.number if row.first_time else 0
    for scenario_id, key, text, number in db.execute(_employers(conference, ids)):
        sums = found[scenario_id]
        sums.speakers += number
        if key not in NO_EMPLOYER:
            sums.employers.append((key, text, number))
    return [found[id_] for id_ in ids]


def _grouped(ids: Collection[int]) -> Select[int, int, int, bool, int, int, float]:
    item = ScenarioItem
    groups = (item.scenario_id, item.type_id, item.track_id, item.first_time)
    return (
        select(
            *groups,
            func.count().label("number"),
            func.sum(item.minutes).label("minutes"),
            func.sum(item.score).label("score"),
        )
        .where(item.scenario_id.in_(ids), item.accepted)
        .group_by(*groups)
    )


def _employers(
    conference: Conference, ids: Collection[int]
) -> Select[int, str, str, int]:
    item, alias = ScenarioItem, AffiliationAlias
    key = func.coalesce(alias.canonical_key, Speaker.affiliation_key).label("key")
    number = func.count().label("number")
    same = and_(alias.conference_id == conference.id, alias.key == Speaker.affiliation_key)
    return (
        select(item.scenario_id, key, func.max(Speaker.affiliation).label("text"), number)
        .join(Speaker, Speaker.submission_id == item.submission_id)
        .outerjoin(alias, same)
        .where(item.scenario_id.in_(ids), item.accepted, Speaker.state != "removed")
        .group_by(item.scenario_id, key)
        .order_by(number.desc(), key)
    )


@record
class Queue:
    """The waitlist of one format and track: how many wait, and who is first."""

    type_id: int
    track_id: int
    number: int
    first_id: int


def queues_of(db: Session, scenario: Scenario) -> list[Queue]:
    """Those in which somebody waits, the longest first."""
    item, number = ScenarioItem, func.count().label("number")
    first = func.max(case((item.place == 1, item.submission_id)))
    rows = db.execute(
        select(item.type_id, item.track_id, number, first)
        .where(item.scenario_id == scenario.id, item.place.is_not(None))
        .group_by(item.type_id, item.track_id)
        .order_by(number.desc(), item.type_id, item.track_id)
    )
    return [Queue(*row) for row in rows]


def titles_of(
    db: Session, actor: Actor, conference: Conference, ids: Collection[int]
) -> Mapping[int, tuple[str, str]]:
    """Code and title of each of these submissions that this person decides in."""
    rows = db.execute(
        select(Submission.id, Submission.code, Submission.title).where(
            Submission.id.in_(ids), predicate(actor, Fact.PENDING, conference)
        )
    )
    return {row.id: (row.code, row.title) for row in rows}
