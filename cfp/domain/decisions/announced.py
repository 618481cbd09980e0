"""What has been announced: each decision with what became of its mails and of its confirmation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.decisions.announcements import object_key
from cfp.domain.decisions.letters import KINDS, REMINDER, readers
from cfp.domain.decisions.merging import MERGE, MERGED, merging_ids
from cfp.domain.decisions.models import Confirmation, Decision, PendingDecision
from cfp.domain.decisions.queries import newest_decision
from cfp.domain.mail.models import Message
from cfp.domain.submissions.models import Submission
from cfp.policy import Action, Column, Fact, View, may, seat_of
from cfp.records import record


def announced(conference: Conference) -> View:
    """A row per submission whose decision is announced: the newest one.

    `minutes` are those it is accepted for, with `discussion` after them; `answered` is when
    somebody confirmed or declined; what they said with it is for whoever may reach them.
    """
    kind = aliased(SubmissionType)
    source = (
        Submission.__table__.join(Decision, Decision.id == newest_decision())
        .join(Track, Track.id == Submission.track_id)
        .outerjoin(kind, kind.id == Decision.type_id)
        .outerjoin(Confirmation, Confirmation.submission_id == Submission.id)
    )
    columns = {
        "id": Submission.id,
        "code": Submission.code,
        "title": Submission.title,
        "track": Track.name,
        "state": Submission.state,
        "outcome": case((Decision.into_id.is_not(None), MERGED), else_=Decision.outcome),
        "type": kind.name,
        "minutes": func.coalesce(Decision.minutes, kind.minutes),
        "discussion": kind.discussion_minutes,
        "at": Decision.at,
        "answered": Confirmation.at,
    }
    said = {
        "remote": Confirmation.remote,
        "zone": Confirmation.zone,
        "recording": Confirmation.recording,
        "format_fits": Confirmation.format_fits,
        "remark": Confirmation.remark,
    }
    known = {name: Column(what) for name, what in columns.items()}
    known |= {name: Column(what, Fact.ADDRESSES) for name, what in said.items()}
    return View(
        conference=conference,
        source=source,
        rows=Fact.DECISION,
        columns=MappingProxyType(known),
    )


@record
class Delivery:
    """What became of one person's mail; `state` "" when there is none, for want of an address."""

    name: str
    address: str
    state: str
    refusal: str = ""


def deliveries(
    db: Session, rows: Sequence[Row[*tuple[Any, ...]]]
) -> Mapping[int, Sequence[Delivery]]:
    """For rows of `announced`, what happened to each reader's mail; a fixed number of statements.

    Whoever has left a talk since is not among its readers any more.
    """
    readers_of = readers(db, [row.id for row in rows])
    keys = {
        object_key(row.at, reader.person.id): row.id
        for row in rows
        for reader in readers_of[row.id]
    }
    newest = {
        message.object_key: message
        for message in db.scalars(
            select(Message)
            .where(Message.object_key.in_(keys), Message.kind.in_(KINDS))
            .order_by(Message.id)
        )
    }
    found: dict[int, list[Delivery]] = defaultdict(list)
    for row in rows:
        for reader in readers_of[row.id]:
            message = newest.get(object_key(row.at, reader.person.id))
            found[row.id].append(
                Delivery(reader.person.name, message.recipient, message.state, message.refusal)
                if message
                else Delivery(reader.person.name, reader.address, "")
            )
    return found


@record
class Outbox:
    """The announcing mails by state, and until when the held ones can be stopped.

    `reminded` is when somebody was last reminded to confirm.
    """

    counts: Mapping[str, int]
    held_until: datetime | None
    reminded: datetime | None

    @property
    def stoppable(self) -> int:
        """How many have not gone out."""
        return self.counts.get("held", 0) + self.counts.get("queued", 0)


def outbox(db: Session, conference: Conference) -> Outbox:
    """Counted in one statement; mails that were sent after all count once, as sent."""
    later = aliased(Message)
    again = select(later.id).where(
        later.object_key == Message.object_key, later.kind == Message.kind, later.id > Message.id
    )
    reminds = Message.kind == REMINDER
    latest = func.max(Message.due), func.max(Message.created)
    rows = db.execute(
        select(reminds, Message.state, func.count(Message.id), *latest)
        .where(
            Message.conference_id == conference.id,
            or_(reminds, and_(Message.kind.in_(KINDS), ~again.exists())),
        )
        .group_by(reminds, Message.state)
    ).all()
    announcing = [row for row in rows if not row[0]]
    held = next((row[3] for row in announcing if row[1] == "held"), None)
    reminded = max((row[4] for row in rows if row[0]), default=None)
    return Outbox({row[1]: row[2] for row in announcing}, held, reminded)


def pending_titles(
    db: Session, actor: Actor, conference: Conference
) -> Sequence[Row[str, str, str, str]]:
    """(code, title, outcome, track) of everything pending that this chair may announce."""
    merging = PendingDecision.submission_id.in_(merging_ids(seat_of(actor, conference)))
    outcome = case((merging, MERGE), else_=PendingDecision.outcome)
    return db.execute(
        select(Submission.code, Submission.title, outcome, Track.name)
        .join(PendingDecision, PendingDecision.submission_id == Submission.id)
        .join(Track, Track.id == Submission.track_id)
        .where(may(actor, Action.DECIDE_ONE, conference))
        .order_by(outcome, Submission.title, Submission.id)
    ).all()
