"""What the plan for late reviews does by itself, and when; the worker's sweep calls it.

Each moment is dealt with once: its mails and the note that it is done are one transaction. Whoever
was down for long sends the newest that is due and passes over the older ones.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import SYSTEM, Actor, RoleFact, RoleKind
from cfp.domain import jobs
from cfp.domain.accounts import choices
from cfp.domain.assignment import handing, proposals
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.assignment.lateness import is_due, moment, plan_of, reminders_of
from cfp.domain.assignment.letters import letter_values
from cfp.domain.assignment.models import LatePlan, LateReminder
from cfp.domain.assignment.openings import Openings, openings_of
from cfp.domain.assignment.picks import Options
from cfp.domain.assignment.rules import REMINDERS
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.queries import own_mails
from cfp.domain.mail.models import Message
from cfp.domain.mail.queries import readable
from cfp.domain.mail.render import MailText, fill, shipped
from cfp.domain.reviews import reminders
from cfp.domain.reviews.figures import Progress, progress_of_all
from cfp.domain.reviews.rules import has_more_time, reviewing_is_open
from cfp.domain.submissions.models import Submission
from cfp.links import Links
from cfp.records import record

HAND_OVER = "hand_over"


@record
class Event:
    """One moment of the plan: `kind` is a kind of mail, or HAND_OVER.

    `count` is of whom (or which reviews) it is about: as things are now, or of the mails that went
    out. state: ahead, running, failed, sent or passed.
    """

    at: datetime
    kind: str
    days: int
    state: str
    count: int


def events(
    db: Session,
    actor: Actor,
    conference: Conference,
    planned: Sequence[LateReminder],
    progress: Sequence[Progress],
    *,
    now: datetime,
) -> list[Event]:
    """What will happen and what has, by time; nothing while no day is set for the reviews."""
    plan, sent = plan_of(db, conference), _sent(db, actor, conference)
    waiting = sum(one.open > 0 and not has_more_time(one.extended, now) for one in progress)
    found = []
    for one in planned:
        at = moment(conference.reviews_due, conference.zone, one.days, plan.send_at)
        if at is not None:
            state = _state(at, one.handled, sent.get(_epoch(at), 0), now)
            count = waiting if state == "ahead" else sent.get(_epoch(at), 0)
            found.append(Event(at, one.kind, one.days, state, count))
    at = _hand_over_at(conference, plan) if conference.reviewing == "assigned" else None
    if at is not None:
        handed = handing.handed_since(db, actor, conference, at)
        state = _state(at, plan.handed, handed, now)
        state = _unfinished(db, conference) or state if state == "passed" else state
        count = handing.late_count(db, actor, conference) if state == "ahead" else handed
        found.append(Event(at, HAND_OVER, plan.hand_over_days or 0, state, count))
    return sorted(found, key=lambda event: event.at)


def previews(
    db: Session,
    conference: Conference,
    planned: Sequence[LateReminder],
    progress: Sequence[Progress],
    *,
    links: Links,
) -> Mapping[str, MailText]:
    """Each kind of reminder as the first who waits would read it now; none where nobody does."""
    first = next((one for one in progress if one.open > 0), None)
    if first is None:
        return {}
    values = letter_values(conference, links, first.name, first.open, first.extended)
    own = own_mails(db, conference)
    texts = {
        kind: MailText(own[kind].subject, own[kind].body)
        if kind in own
        else shipped(kind, conference.language)
        for kind in {one.kind for one in planned}
    }
    return {
        kind: choices.with_way_out(fill(text, values), conference.language, links.choices())
        for kind, text in texts.items()
    }


def due_conferences(db: Session, *, now: datetime) -> list[int]:
    """Conferences whose plan has something to do: plain reads, so idle workers lock nothing."""
    found = set()
    columns = (Conference.id, Conference.reviews_due, Conference.zone)
    planned = select(*columns, LatePlan.send_at, LateReminder.days, LateReminder.handled).join(
        LatePlan, LatePlan.conference_id == Conference.id
    )
    for id_, due, zone, send_at, days, handled in db.execute(
        planned.join(LateReminder, LateReminder.conference_id == Conference.id)
    ):
        if is_due(moment(due, zone, days, send_at), handled, now):
            found.add(id_)
    switched = select(Conference, LatePlan).join(LatePlan, LatePlan.conference_id == Conference.id)
    for conference, plan in db.execute(
        switched.where(Conference.reviewing == "assigned", Conference.archived.is_(False))
    ):
        if is_due(_hand_over_at(conference, plan), plan.handed, now) or _unproposed(
            db, conference, plan, now
        ):
            found.add(conference.id)
    return sorted(found)


def act(db: Session, *, conference_id: int, links: Links, now: datetime) -> None:
    """Do what is due in one conference. Whoever comes second finds it done."""
    plan = db.scalars(
        select(LatePlan).where(LatePlan.conference_id == conference_id).with_for_update()
    ).one_or_none()
    conference = db.get(Conference, conference_id)
    if plan is None or conference is None:
        return
    _remind(db, conference, plan, links, now)
    if conference.reviewing == "assigned":
        _start_hand_over(db, conference, plan, links, now)
        _propose(db, conference, plan, now)
    db.flush()


def _remind(
    db: Session, conference: Conference, plan: LatePlan, links: Links, now: datetime
) -> None:
    newest: tuple[str, datetime] | None = None
    for one in reminders_of(db, conference):
        at = moment(conference.reviews_due, conference.zone, one.days, plan.send_at)
        if at is not None and is_due(at, one.handled, now):
            one.handled, newest = at, (one.kind, at)
    if newest is None or not reviewing_is_open(conference, now):
        return
    kind, at = newest
    known = progress_of_all(db, everything(conference), conference)
    progress = [one for one in known if not has_more_time(one.extended, now)]
    ready = reminders.written(db, conference, progress, kind=kind, links=links, now=now)
    reminders.send(db, conference, ready, kind=kind, epoch=_epoch(at), links=links, now=now)
    _record(db, "late.remind", conference, {"mails": len(ready)}, now)


def _start_hand_over(
    db: Session, conference: Conference, plan: LatePlan, links: Links, now: datetime
) -> None:
    at = _hand_over_at(conference, plan)
    if not is_due(at, plan.handed, now):
        return
    plan.handed = at
    if not plan.standby or not reviewing_is_open(conference, now):
        return
    find_conflicts(db, conference, now=now)
    parameters = {"base": links.base}
    jobs.enqueue(
        db, SYSTEM, kind=handing.JOB_KIND, parameters=parameters, conference=conference, now=now
    )


def _propose(db: Session, conference: Conference, plan: LatePlan, now: datetime) -> None:
    """Ask for a repair whenever something new needs somebody; chairs read and apply it."""
    found = _unproposed(db, conference, plan, now)
    if found is None:
        return
    plan.proposed = found.digest
    if not found.reviews:
        return
    find_conflicts(db, conference, now=now)
    options = Options(repair=True, replaced=found.silent).as_json()
    jobs.enqueue(
        db, SYSTEM, kind=proposals.JOB_KIND, parameters=options, conference=conference, now=now
    )


def _unproposed(
    db: Session, conference: Conference, plan: LatePlan, now: datetime
) -> Openings | None:
    """What needs somebody new, if a repair is to be proposed and none was for just this."""
    if not plan.proposes or not reviewing_is_open(conference, now):
        return None
    found = openings_of(db, everything(conference), conference, now=now)
    return found if found.digest != plan.proposed else None


def _hand_over_at(conference: Conference, plan: LatePlan) -> datetime | None:
    if plan.hand_over_days is None:
        return None
    days = plan.hand_over_days
    return moment(conference.reviews_due, conference.zone, days, plan.send_at)


def everything(conference: Conference) -> Actor:
    """Somebody who may know all of a conference: a mail counts for its reader, not for a chair."""
    return Actor(person_id=0, roles=frozenset({RoleFact(conference.id, RoleKind.CHAIR)}))


def _state(at: datetime, handled: datetime | None, done: int, now: datetime) -> str:
    if is_due(at, handled, now) or at > now:
        return "ahead"
    return "sent" if done else "passed"


def _unfinished(db: Session, conference: Conference) -> str:
    """What keeps the newest hand-over from having an outcome: running, failed or nothing."""
    query = select(jobs.Job.state).where(
        jobs.Job.conference_id == conference.id, jobs.Job.kind == handing.JOB_KIND
    )
    newest = db.scalars(query.order_by(jobs.Job.id.desc()).limit(1)).first() or ""
    if jobs.can("cancel", newest):
        return "running"
    return "failed" if newest == jobs.JobState.FAILED else ""


def _sent(db: Session, actor: Actor, conference: Conference) -> Mapping[str, int]:
    """Epoch -> mails of planned reminders, of those this person may read."""
    rows = db.execute(
        select(Message.epoch, func.count())
        .outerjoin(Submission, Submission.id == Message.submission_id)
        .where(
            readable(actor, conference),
            Message.kind.in_(REMINDERS),
            Message.epoch.startswith("late:"),
        )
        .group_by(Message.epoch)
    )
    return dict(rows.all())


def _epoch(at: datetime) -> str:
    return f"late:{at.isoformat()}"


def _record(
    db: Session, action: str, conference: Conference, detail: Mapping[str, int], now: datetime
) -> None:
    name = f"conference:{conference.id}"
    audit.record(db, SYSTEM, action, name, now=now, conference_id=conference.id, detail=detail)
