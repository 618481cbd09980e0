"""Applying a scenario: what it would set as pending, and setting it in one step to be undone."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.actions import Changed, set_each
from cfp.domain.decisions.models import PendingDecision, Scenario, ScenarioItem
from cfp.domain.decisions.scenarios import record_applied, scenario_of
from cfp.domain.decisions.selecting import known
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.errors import DomainError, NotNowError
from cfp.records import record

FIRST_LIMIT = 1_000
CLEAR = "clear"
RESTS = ("", CLEAR, "reject", "waitlist")
"""What can become of who is neither in nor among the first of a waitlist; "" leaves it."""


@record
class Wanted:
    """What a chair chooses to apply.

    Attributes:
        first: so many of the waitlist of each format and track are put on it.
        rest: one of `RESTS`.
        anyway: also where somebody has decided since.
    """

    first: int = 0
    rest: str = ""
    anyway: bool = False

    def check(self) -> None:
        """Raise DomainError at the field that can't be."""
        if not 0 <= self.first <= FIRST_LIMIT:
            raise DomainError("scenario.bad_first", field="first", limit=FIRST_LIMIT)
        if self.rest not in RESTS:
            raise DomainError("scenario.bad_rest", field="rest")


@record
class Line:
    """One submission of a scenario against what is so now; never one announced as accepted."""

    id: int
    code: str
    title: str
    accepted: bool
    place: int | None
    was: str
    state: str
    pending: str
    decided: bool

    @property
    def gone(self) -> bool:
        """Whether it was announced, withdrawn or brought back since: it is not touched."""
        return self.state != self.was

    def outcome(self, wanted: Wanted) -> str:
        """What applying sets; "" for nothing. Those on the announced waitlist only move up."""
        if self.gone or (self.decided and not wanted.anyway):
            return ""
        if self.accepted:
            return "accept"
        if self.state == State.WAITLISTED:
            return ""
        if self.place is not None and self.place <= wanted.first:
            return "waitlist"
        return wanted.rest


@record
class Preview:
    """All that can be applied, and a mark of how it stands."""

    lines: Sequence[Line]

    @property
    def mark(self) -> str:
        """What a form remembers, to notice that something was decided while it was open."""
        facts = ";".join(f"{one.id} {one.state} {one.pending}" for one in self.lines)
        return hashlib.sha256(facts.encode()).hexdigest()

    def counts(self, wanted: Wanted) -> Mapping[str, int]:
        """How many get each outcome."""
        return Counter(filter(None, (one.outcome(wanted) for one in self.lines)))

    @property
    def free(self) -> list[Line]:
        """Those that nothing has happened to since."""
        return [one for one in self.lines if not one.gone and not one.decided]

    @property
    def against(self) -> list[Line]:
        """Those pending as accepted that are not in."""
        return [one for one in self.free if not one.accepted and one.pending == "accept"]

    @property
    def gone(self) -> list[Line]:
        return [one for one in self.lines if one.gone]

    @property
    def decided(self) -> list[Line]:
        return [one for one in self.lines if one.decided and not one.gone]


def preview(db: Session, actor: Actor, conference: Conference, scenario: Scenario) -> Preview:
    """What stands now beside what the scenario says; one statement."""
    item, pending = ScenarioItem, PendingDecision
    query = (
        select(
            Submission.id,
            Submission.code,
            Submission.title,
            Submission.state,
            item.accepted,
            item.place,
            item.state.label("was"),
            item.pending.label("then"),
            item.applied,
            pending.outcome,
        )
        .join(item, and_(item.submission_id == Submission.id, item.scenario_id == scenario.id))
        .outerjoin(pending, pending.submission_id == Submission.id)
        .where(known(actor, conference), item.fixed.is_(False))
        .order_by(Submission.id)
    )
    lines = []
    for row in db.execute(query):
        now = row.outcome or ""
        agreed = {row.then, row.then if row.applied is None else row.applied}
        decided = now not in agreed and not (row.accepted and now == "accept")
        lines.append(
            Line(
                id=row.id, code=row.code, title=row.title, accepted=row.accepted, place=row.place,
                was=row.was, state=row.state, pending=now, decided=decided,
            )
        )  # fmt: skip
    return Preview(lines)


def apply_scenario(
    db: Session,
    actor: Actor,
    conference: Conference,
    number: int,
    *,
    wanted: Wanted,
    mark: str,
    now: datetime,
) -> Changed:
    """Set what it says as pending, as one bulk change that its maker can undo.

    Never touched are those whose announced state has changed since, or which are announced as
    accepted. `mark` is that of the preview that was looked at.

    Raises:
        NotFoundError: there is none such.
        NotNowError: `scenario.moved_on`, when something was decided meanwhile.
        DomainError: `scenario.bad_first`, `scenario.bad_rest`, `scenario.nothing`, at the field.
    """
    wanted.check()
    scenario = scenario_of(db, actor, conference, number)
    _lock(db, scenario)
    shown = preview(db, actor, conference, scenario)
    if shown.mark != mark:
        raise NotNowError("scenario.moved_on", field="first")
    said = {one.id: one.outcome(wanted) for one in shown.lines}
    outcomes = {id_: None if one == CLEAR else one for id_, one in said.items() if one}
    if not outcomes:
        raise DomainError("scenario.nothing", field="first")
    changed = set_each(db, actor, conference, outcomes=outcomes, now=now)
    _remember(db, scenario, outcomes)
    record_applied(db, actor, scenario, now)
    return changed


def _lock(db: Session, scenario: Scenario) -> None:
    """Wait for whoever is deciding; in a statement of its own, so that the next sees what they did.

    PostgreSQL reads the tables that are joined to what it locks as they were before it waited.
    """
    db.execute(
        select(Submission.id)
        .join(ScenarioItem, ScenarioItem.submission_id == Submission.id)
        .where(ScenarioItem.scenario_id == scenario.id)
        .order_by(Submission.id)
        .with_for_update(of=Submission)
    ).all()


def _remember(db: Session, scenario: Scenario, outcomes: Mapping[int, str | None]) -> None:
    """So that what was set is no change somebody else has made since, nor is undoing it."""
    by_outcome: dict[str, list[int]] = defaultdict(list)
    for id_, outcome in outcomes.items():
        by_outcome[outcome or ""].append(id_)
    for outcome, ids in by_outcome.items():
        theirs = ScenarioItem.submission_id.in_(ids)
        db.execute(
            update(ScenarioItem)
            .where(ScenarioItem.scenario_id == scenario.id, theirs)
            .values(applied=outcome)
        )
