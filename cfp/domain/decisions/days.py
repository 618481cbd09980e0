"""The minutes of each day, where chairs have said how many there are.

A day's minutes are those of the slots that accepted submissions have in the current draft of the
plan, each as long as its slot; what has no slot yet counts on no day. Days are the conference's, in
its zone. Nothing is asked of the database while no day has minutes set.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.figures import Minutes, judged
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.decisions.rules import capacity_key
from cfp.domain.program.models import Placement, ProgramDraft, ProgramItem
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.policy import seat_of

MOST_DAYS = 14
"""A conference with more days is not planned by the day."""


def days_of(conference: Conference) -> Sequence[date]:
    """The days whose minutes can be set: of a conference with several, but not with very many."""
    number = (conference.end_date - conference.start_date).days + 1
    if not 1 < number <= MOST_DAYS:
        return []
    return [conference.start_date + timedelta(days=n) for n in range(number)]


def day_key(day: date) -> str:
    """The key in `Conference.capacities`."""
    return capacity_key("day", day.isoformat())


def minutes_by_day(db: Session, actor: Actor, conference: Conference) -> Mapping[str, Minutes]:
    """By `day_key`, without what `figures` leaves out; nothing where no day has minutes set."""
    found: dict[str, Minutes] = defaultdict(Minutes)
    if not any(day_key(day) in conference.capacities for day in days_of(conference)):
        return found
    zone = ZoneInfo(conference.zone)
    rows = db.execute(
        select(Placement.start, Placement.minutes, Submission.state, PendingDecision.outcome)
        .join(ProgramDraft, ProgramDraft.id == Placement.draft_id)
        .join(ProgramItem, ProgramItem.id == Placement.item_id)
        .join(Submission, Submission.id == ProgramItem.submission_id)
        .outerjoin(PendingDecision, PendingDecision.submission_id == Submission.id)
        .where(
            ProgramDraft.conference_id == conference.id,
            ProgramDraft.current.is_(True),
            judged(seat_of(actor, conference)),
        )
    )
    for start, minutes, state, outcome in rows:
        key = day_key(start.astimezone(zone).date())
        if outcome == "accept":
            found[key] += Minutes(pending=minutes)
        elif not outcome and state in IN_PROGRAM:
            found[key] += Minutes(used=minutes)
    return found
