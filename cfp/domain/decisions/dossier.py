"""What the committee reads of one submission beside its reviews; each part asks the policy."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.conferences.models import ConfirmQuestion, Role, SubmissionType, Track
from cfp.domain.conferences.queries import primary_address
from cfp.domain.decisions.calibrating_queries import Certainty, in_run
from cfp.domain.decisions.merging import MERGED
from cfp.domain.decisions.models import (
    CalibratedSubmission,
    Calibration,
    ConfirmAnswer,
    Confirmation,
    Decision,
    PendingDecision,
)
from cfp.domain.mail.models import Message
from cfp.domain.program.models import Material
from cfp.domain.reviews.discussion import Glance, glance_columns, glance_of
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Speaker
from cfp.policy import Fact, Standing, sees
from cfp.records import record


@record
class Placing:
    """Format and track; what is pending, by whom, and what its speakers confirmed, if known.

    `tracks` is how many tracks there are: the only one is not worth showing.
    """

    type: str
    minutes: int
    discussion_minutes: int
    track: str
    tracks: int
    pending: PendingDecision | None
    decider: str | None
    confirmation: Confirmation | None
    certainty: Certainty | None
    glance: Glance | None


# Made once: an alias costs more than most queries.
_DECIDER, _JUDGE = aliased(Person, name="decider"), aliased(Person, name="judge")
_TRACK = aliased(Track, name="a_track")

# Statements made of nothing but what is asked for are made once: making one takes longer than
# running it, and there are many on this page.
_ID: BindParameter[int] = bindparam("submission")
_HERE: BindParameter[int] = bindparam("conference")


def placing_of(db: Session, actor: Actor, standing: Standing) -> Placing:
    """Where the submission stands among formats, tracks and decisions; one statement.

    With a glance at its discussion and what a calibration has found of it: they are a row each.
    """
    submission, conference = standing.submission, standing.conference
    glance = glance_columns(standing)
    query = _placing(
        pending=sees(standing, Fact.PENDING), people=sees(standing, Fact.ADDRESSES)
    ).add_columns(*glance)
    if conference.adjusts_scores:
        calibrated = CalibratedSubmission
        query = (
            query.add_columns(calibrated, Calibration.top, Calibration.source)
            .outerjoin(calibrated, in_run(actor, standing))
            .outerjoin(Calibration, Calibration.id == calibrated.calibration_id)
        )
    asked = {"submission": submission.id, "conference": conference.id}
    asked |= {"type": submission.type_id, "track": submission.track_id}
    values: Sequence[Any] = db.execute(query, asked).one()
    line, top, source = values[-3:] if conference.adjusts_scores else (None, None, "")
    certainty = Certainty(line, top, source) if line else None
    return Placing(*[*values[:8], certainty, glance_of(values[8:]) if glance else None])


@cache
def _placing(*, pending: bool, people: bool) -> Select[Any]:
    tracks = (
        select(func.count(_TRACK.id))
        .where(_TRACK.conference_id == _HERE, _TRACK.archived.is_(False))
        .scalar_subquery()
    )
    knows_pending, knows_people = (true() if known else false() for known in (pending, people))
    return (
        select(
            *(SubmissionType.name, SubmissionType.minutes, SubmissionType.discussion_minutes),
            *(Track.name, tracks, PendingDecision, _DECIDER.name, Confirmation),
        )
        .select_from(SubmissionType)
        .join(Track, Track.id == bindparam("track"))
        .outerjoin(PendingDecision, and_(PendingDecision.submission_id == _ID, knows_pending))
        .outerjoin(_DECIDER, _DECIDER.id == PendingDecision.by_id)
        .outerjoin(Confirmation, and_(Confirmation.submission_id == _ID, knows_people))
        .where(SubmissionType.id == bindparam("type"))
    )


def speakers_with_addresses(db: Session, standing: Standing) -> list[tuple[Speaker, str]]:
    """Who stands on it, each with where mail reaches them; "" where that is not to be known."""
    if not sees(standing, Fact.SPEAKERS):
        return []
    typed = sees(standing, Fact.ADDRESSES)
    rows = db.execute(_standing_on(addressed=typed), {"submission": standing.submission.id})
    return [(speaker, address or (speaker.address if typed else "")) for speaker, address in rows]


@cache
def _standing_on(*, addressed: bool) -> Select[Speaker, str | None]:
    proved = primary_address(Speaker.person_id) if addressed else null()
    return (
        select(Speaker, cast(proved, String))
        .where(Speaker.submission_id == _ID, Speaker.state != "removed")
        .order_by(Speaker.position, Speaker.id)
    )


@record
class Interest:
    """A conflict of interest, whose it is, and who has judged it."""

    conflict: Conflict
    name: str
    judge: str | None


def conflicts_of(db: Session, standing: Standing) -> list[Interest]:
    """The conflicts of interest with it, those to be judged first."""
    if not sees(standing, Fact.CONFLICTS):
        return []
    rows = db.execute(_interests(), {"submission": standing.submission.id})
    return [Interest(*row) for row in rows]


@cache
def _interests() -> Select[Conflict, str, str]:
    return (
        select(Conflict, Person.name, _JUDGE.name)
        .join(Person, Person.id == Conflict.person_id)
        .outerjoin(_JUDGE, _JUDGE.id == Conflict.judged_by_id)
        .where(Conflict.submission_id == _ID)
        .order_by(Conflict.state != "open", Person.name, Conflict.id)
    )


@record
class Reviewing:
    """A reviewer and one submission: the states of assignment and review, None without one."""

    person_id: int
    code: str
    name: str
    assignment: str | None
    reason: str | None
    review: str | None


def reviewers_of(db: Session, standing: Standing) -> list[Reviewing]:
    """Every reviewer of the conference and what they have to do with this submission."""
    if not sees(standing, Fact.REVIEWERS):
        return []
    asked = {"submission": standing.submission.id, "conference": standing.conference.id}
    return [Reviewing(*row) for row in db.execute(_reviewing(), asked)]


@cache
def _reviewing() -> Select[int, str, str, str, Any, str]:
    return (
        select(
            Person.id,
            Person.code,
            Person.name,
            Assignment.state,
            func.coalesce(func.nullif(Review.abstention, ""), Assignment.reason),
            Review.state,
        )
        .join(Role, and_(Role.person_id == Person.id, Role.kind == "reviewer"))
        .outerjoin(
            Assignment, and_(Assignment.person_id == Person.id, Assignment.submission_id == _ID)
        )
        .outerjoin(Review, and_(Review.person_id == Person.id, Review.submission_id == _ID))
        .where(Role.conference_id == _HERE)
        .order_by(func.lower(Person.name), Person.id)
    )


@record
class Event:
    """Something that happened to a submission.

    `kind` is decision, answer, mail, material or log. `key` is the outcome, the question that was
    answered on the confirm page, the mail's kind, the material's kind, the log's action; `state`
    and `text` are further words of it: of an answer how it is given, and what it says.
    """

    kind: str
    id: int
    at: datetime
    who: str
    key: str
    state: str
    text: str


def events_of(db: Session, standing: Standing) -> list[Event]:
    """Decisions, answers, materials, mails, log entries that one may know, oldest first."""
    facts = (Fact.DECISION, Fact.ADDRESSES, Fact.MAIL, Fact.LOG, Fact.REVIEW_MAIL)
    known = frozenset(fact for fact in facts if sees(standing, fact))
    if not known - {Fact.REVIEW_MAIL}:
        return []
    asked = {"submission": standing.submission.id, "conference": standing.conference.id}
    rows = db.execute(_events(known), asked).all()
    return sorted((Event(*row) for row in rows), key=lambda event: (event.at, event.id))


@cache
def _events(known: frozenset[Fact]) -> CompoundSelect[Any]:
    parts = []
    if Fact.DECISION in known:
        parts += [_decisions(), _materials()]
    if Fact.ADDRESSES in known:
        parts.append(_answers())
    if Fact.MAIL in known:
        parts.append(_mails(with_reviews=Fact.REVIEW_MAIL in known))
    if Fact.LOG in known:
        parts.append(_log())
    return union_all(*parts)


def _event(
    kind: str,
    columns: tuple[Any, Any, Any, Any],
    *,
    state: object = "",
    text: object = "",
) -> Select[Any]:
    id_, at, who, key = columns
    return select(
        literal(kind).label("kind"),
        id_.label("id"),
        at.label("at"),
        func.coalesce(who, "").label("who"),
        cast(key, String).label("key"),
        cast(state, String).label("state"),
        cast(text, String).label("text"),
    )


def _decisions() -> Select[Any]:
    outcome = case((Decision.into_id.is_not(None), MERGED), else_=Decision.outcome)
    columns = (Decision.id, Decision.at, Person.name, outcome)
    query = _event("decision", columns, state=Decision.minutes, text=Decision.note)
    return (
        query.select_from(Decision)
        .outerjoin(Person, Person.id == Decision.by_id)
        .where(Decision.submission_id == _ID)
    )


def _answers() -> Select[Any]:
    """In the order in which they are asked."""
    columns = (ConfirmQuestion.position, Confirmation.at, Person.name, ConfirmQuestion.name)
    return (
        _event("answer", columns, state=ConfirmQuestion.kind, text=ConfirmAnswer.text)
        .select_from(ConfirmAnswer)
        .join(ConfirmQuestion, ConfirmQuestion.id == ConfirmAnswer.question_id)
        .join(Confirmation, Confirmation.submission_id == ConfirmAnswer.submission_id)
        .outerjoin(Person, Person.id == Confirmation.person_id)
        .where(ConfirmAnswer.submission_id == _ID)
    )


def _materials() -> Select[Any]:
    columns = (Material.id, Material.given, Person.name, Material.kind)
    return (
        _event("material", columns, state=Material.state, text=Material.url)
        .select_from(Material)
        .outerjoin(Person, Person.id == Material.given_by_id)
        .where(Material.submission_id == _ID)
    )


def _mails(*, with_reviews: bool) -> Select[Any]:
    columns = (Message.id, Message.created, Message.recipient_name, Message.kind)
    about_review = true() if with_reviews else false()
    return _event("mail", columns, state=Message.state, text=Message.subject).where(
        Message.submission_id == _ID,
        Message.private.is_(False),
        or_(Message.about_review.is_(False), about_review),
    )


def _log() -> Select[Any]:
    columns = (AuditEntry.id, AuditEntry.at, Person.name, AuditEntry.action)
    return (
        _event("log", columns)
        .select_from(AuditEntry)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(
            AuditEntry.submission_id == _ID,
            AuditEntry.conference_id == _HERE,
        )
    )
