"""Announcing: in one transaction what is pending becomes decided, with one mail per person."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session, aliased

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, SubmissionType
from cfp.domain.decisions.confirmations import issue_confirm_token
from cfp.domain.decisions.letters import (
    KINDS,
    ConfirmLink,
    Joining,
    Letter,
    Reader,
    Told,
    readers,
    write_announcement,
)
from cfp.domain.decisions.merging import MERGED, Target, joiners, targets_in
from cfp.domain.decisions.models import Decision, DecisionBatch, PendingDecision
from cfp.domain.decisions.rewording import Words, check_words, reworded
from cfp.domain.decisions.rules import DECIDABLE, STATE_OF, can_become
from cfp.domain.mail import actions as mail
from cfp.domain.mail.models import Message
from cfp.domain.submissions.actions import move
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM, State
from cfp.errors import DomainError, ForbiddenError, NotNowError
from cfp.links import Links
from cfp.policy import Action, Fact, Relation, Standing, may, predicate
from cfp.records import record

HOLD_LIMIT = 1_440


@record
class Plan:
    """What announcing would do now.

    Attributes:
        told: the decisions, in the order of titles.
        letters: one per person who has an address.
        unreached: (submission, person) of those who have none and learn it only from the page.
        moved_on: decisions that can't be announced, as the talk's state has changed since.
        stuck: (submission, what it is to be merged into) where that is not accepted, then either;
            None for one that is not this person's to decide on.
        news: for those whose talk is joined by others.
    """

    told: tuple[Told, ...]
    letters: tuple[Letter, ...]
    unreached: tuple[tuple[Submission, Person], ...]
    moved_on: tuple[Submission, ...]
    pending: Mapping[int, PendingDecision]
    stuck: tuple[tuple[Submission, Submission | None], ...] = ()
    news: tuple[Told, ...] = ()

    @property
    def counts(self) -> list[tuple[str, int]]:
        """(state it leads to, or "merged", and number of talks), accepted first."""
        found = Counter(one.kind for one in self.told)
        return [(kind, found[kind]) for kind in (*STATE_OF.values(), MERGED) if found[kind]]

    @property
    def odd(self) -> list[Letter]:
        """The mails to read first: those that say different outcomes."""
        return [letter for letter in self.letters if len(letter.outcomes) > 1]

    @property
    def digest(self) -> str:
        """Differs as soon as a decision, a recipient or a word of a mail does."""
        content = [
            [
                *([one.submission.code, one.outcome, one.note] for one in self.told),
                *([id_, row.id, row.revision] for id_, row in sorted(self.pending.items())),
            ],
            [[one.reader.address, one.text.subject, one.text.body] for one in self.letters],
        ]
        return hashlib.sha256(json.dumps(content).encode("utf-8", "surrogatepass")).hexdigest()


def plan(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    codes: Collection[str] | None = None,
    links: Links,
    lock: bool = False,
) -> Plan:
    """What this chair would announce: everything pending, or only the submissions of `codes`.

    What the chair has a blocking conflict with is not in it. In place of each recipient's own
    button the mails hold the confirm page's common address.
    """
    which = Submission.code.in_(codes) if codes is not None else None
    rows = _pending_rows(db, actor, conference, which, lock=lock)
    possible = [row for row in rows if can_become(row[0].state, row[1].outcome)]
    into = targets_in(
        db, actor, conference, {row.into_id for _, row, _ in possible if row.into_id}, lock=lock
    )
    stuck = _stuck(possible, into)
    ready = [row for row in possible if row[0].id not in stuck]
    told = [
        Told(
            one,
            STATE_OF[row.outcome],
            kind,
            row.minutes,
            row.note,
            into=into[row.into_id].submission if row.into_id else None,
        )
        for one, row, kind in ready
    ]
    news = _news(db, told)
    readers_of = readers(db, [one.submission.id for one in (*told, *news)])
    return Plan(
        told=tuple(told),
        letters=tuple(
            write_announcement(
                db,
                conference,
                [*told, *news],
                readers_of,
                confirm_link=common_button(conference, links),
                links=links,
            )
        ),
        unreached=tuple(_unreached(told, readers_of)),
        moved_on=tuple(one for one, row, _ in rows if not can_become(one.state, row.outcome)),
        pending={one.id: row for one, row, _ in ready},
        stuck=tuple((one, stuck[one.id]) for one, _, _ in possible if one.id in stuck),
        news=tuple(news),
    )


@record
class Pace:
    """When mails go out: from `start` on, at most `per_hour` in an hour, or all at once."""

    start: datetime
    per_hour: int | None

    def of(self, number: int) -> datetime:
        """When the mail of this number goes, counted from 0."""
        hours = number // self.per_hour if self.per_hour else 0
        return self.start + timedelta(hours=hours)


@record
class Announced:
    """How many decisions were announced, and the mails that say so."""

    decisions: int
    mails: int


def announce(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    codes: Collection[str] | None = None,
    expected: str | None = None,
    links: Links,
    now: datetime,
    hold_minutes: int = 0,
    per_hour: int | None = None,
    words: Words = MappingProxyType({}),
) -> Announced:
    """Announce what is pending: decisions, states, mails and the log, all or nothing.

    `expected` is the digest of the plan that was previewed: what has changed since is not sent
    unread. Of two chairs at once one announces; the other is told that there is nothing left, or
    something else. With `hold_minutes` the mails wait for that long and can be stopped; with
    `per_hour` no more than so many go out in an hour, and those that wait can be stopped too.
    `words` are single mails that a chair has changed.

    Raises:
        ForbiddenError: `forbidden`, for anybody but a chair.
        NotNowError: `announce.nothing`.
        DomainError: `announce.changed` and `announce.bad_hold`, each at its field, and as
            `check_words`.
    """
    if not 0 <= hold_minutes <= HOLD_LIMIT:
        raise DomainError("announce.bad_hold", field="hold_minutes", limit=HOLD_LIMIT)
    ready = plan(db, actor, conference, codes=codes, links=links, lock=True)
    check_asked(actor, conference, ready, expected)
    check_words(ready.letters, words)
    _take(db, conference, ready)
    for one in ready.told:
        _decide(db, actor, conference, one, ready.pending[one.submission.id], now)
    pace = Pace(now + timedelta(minutes=hold_minutes), per_hour)
    _send(db, conference, ready, words, links, now, pace)
    detail = {**dict(ready.counts), "mails": len(ready.letters), "hold_minutes": hold_minutes}
    detail |= {"changed": len(words)} if words else {}
    audit.of_conference(db, actor, "decision.announce_batch", conference, now=now, detail=detail)
    return Announced(len(ready.told), len(ready.letters))


def check_asked(
    actor: Actor, conference: Conference, ready: Plan, expected: str | None
) -> None:
    """Refuse what is not a chair's to announce, or is not what was read. Raises as `announce`."""
    if not actor.has(conference.id, RoleKind.CHAIR):
        raise ForbiddenError("forbidden")
    if not ready.told:
        raise NotNowError("announce.nothing")
    if expected is not None and expected != ready.digest:
        raise DomainError("announce.changed", field="count")


def left_to_others(db: Session, actor: Actor, conference: Conference) -> int:
    """How many undecided submissions this person has a blocking conflict with.

    Whether something is pending for them is not theirs to know, so that does not count here.
    """
    query = select(Submission.id).where(
        Submission.state.in_(sorted(DECIDABLE)),
        Submission.announced.is_(None),
        predicate(actor, Fact.LISTED, conference),
        ~may(actor, Action.DECIDE_ONE, conference),
    )
    return len(db.scalars(query).all())


def stop_mails(db: Session, actor: Actor, conference: Conference, *, now: datetime) -> int:
    """Stop every announcing mail that has not gone out; the decisions stay announced."""
    return sum(
        mail.stop_all(db, actor, conference=conference, kind=kind, now=now) for kind in KINDS
    )


def resume_mails(db: Session, actor: Actor, conference: Conference, *, now: datetime) -> int:
    """Send what was stopped after all, as it was; returns how many mails that are."""
    again = aliased(Message)
    resumed = select(again.id).where(
        again.object_key == Message.object_key, again.kind == Message.kind, again.id > Message.id
    )
    stopped = db.scalars(
        select(Message)
        .where(
            Message.conference_id == conference.id,
            Message.kind.in_(KINDS),
            Message.state == "canceled",
            ~resumed.exists(),
        )
        .order_by(Message.id)
    ).all()
    people = select(Person).where(Person.id.in_([one.person_id for one in stopped]))
    talks = select(Submission).where(Submission.id.in_([one.submission_id for one in stopped]))
    person_of = {one.id: one for one in db.scalars(people)}
    talk_of = {one.id: one for one in db.scalars(talks)}
    for one in stopped:
        mail.queue(
            db,
            kind=one.kind,
            object_key=one.object_key,
            epoch=now.isoformat(),
            person=person_of.get(one.person_id or 0),
            recipient=one.recipient,
            recipient_name=one.recipient_name,
            subject=one.subject,
            body=one.body,
            conference=conference,
            submission=talk_of.get(one.submission_id or 0),
            due=now,
            now=now,
        )
    if stopped:
        detail = {"mails": len(stopped)}
        audit.of_conference(db, actor, "decision.resume_mails", conference, now=now, detail=detail)
    return len(stopped)


def object_key(at: datetime, person_id: int) -> str:
    """The object of a mail: this announcement, for this person."""
    return f"announcement:{at.astimezone(UTC).isoformat()}:{person_id}"


Row = tuple[Submission, PendingDecision, SubmissionType | None]


def _pending_rows(
    db: Session,
    actor: Actor,
    conference: Conference,
    which: ColumnElement[bool] | None,
    *,
    lock: bool,
) -> list[Row]:
    query = (
        select(Submission, PendingDecision, SubmissionType)
        .join(PendingDecision, PendingDecision.submission_id == Submission.id)
        .outerjoin(SubmissionType, SubmissionType.id == PendingDecision.type_id)
        .where(may(actor, Action.DECIDE_ONE, conference))
        .order_by(Submission.title, Submission.id)
    )
    if which is not None:
        query = query.where(which)
    if lock:
        # In the order of ids, so that two chairs never wait for each other.
        ids = db.scalars(
            query.with_only_columns(Submission.id)
            .order_by(None)
            .order_by(Submission.id)
            .with_for_update(of=Submission)
        ).all()
        query = query.where(Submission.id.in_(ids)).execution_options(populate_existing=True)
    return [(row[0], row[1], row[2]) for row in db.execute(query)]


def _stuck(
    rows: Sequence[Row], into: Mapping[int, Target]
) -> Mapping[int, Submission | None]:
    """Of what is to be merged, what its target does not take in, as it is not accepted then."""
    becomes = {one.id: STATE_OF[row.outcome] for one, row, _ in rows}
    found: dict[int, Submission | None] = {}
    for one, row, _kind in rows:
        if row.into_id is None:
            continue
        target = into[row.into_id]
        if becomes.get(row.into_id, target.submission.state) not in IN_PROGRAM:
            found[one.id] = target.submission if target.known else None
    return found


def _news(db: Session, told: Sequence[Told]) -> list[Told]:
    """What those learn whose talk others are merged into: who is new on it."""
    merged = [(one.submission, one.into) for one in told if one.into is not None]
    names = joiners(db, {one.id: into.id for one, into in merged})
    joined: dict[Submission, list[Joining]] = {}
    for one, into in merged:
        if names[one.id]:
            joined.setdefault(into, []).append(Joining(one, tuple(names[one.id])))
    return [
        Told(into, str(State.ACCEPTED), joined_by=tuple(parts)) for into, parts in joined.items()
    ]


def _unreached(
    told: Sequence[Told], readers_of: Mapping[int, Sequence[Reader]]
) -> list[tuple[Submission, Person]]:
    return [
        (one.submission, reader.person)
        for one in told
        for reader in readers_of[one.submission.id]
        if not reader.address
    ]


def common_button(conference: Conference, links: Links) -> ConfirmLink:
    """The confirm page for somebody who logs in: what previews show for everybody's own button."""
    return lambda submission, _person: links.confirm(conference.slug, submission.code)


def _take(db: Session, conference: Conference, ready: Plan) -> None:
    """Take the pending decisions as they were read; whoever comes second finds them gone."""
    exactly = [
        and_(PendingDecision.id == row.id, PendingDecision.revision == row.revision)
        for row in ready.pending.values()
    ]
    taken: set[int] = set()
    for start in range(0, len(exactly), 200):
        statement = delete(PendingDecision).where(or_(*exactly[start : start + 200]))
        taken.update(
            db.scalars(
                statement.returning(PendingDecision.submission_id).execution_options(
                    synchronize_session=False
                )
            )
        )
    for row in ready.pending.values():
        db.expunge(row)
    if taken != set(ready.pending):
        raise DomainError("announce.changed", field="count")
    theirs = DecisionBatch.conference_id == conference.id
    db.execute(delete(DecisionBatch).where(theirs))  # nothing may bring back what is announced


def _decide(
    db: Session,
    actor: Actor,
    conference: Conference,
    told: Told,
    pending: PendingDecision,
    now: datetime,
) -> None:
    standing = Standing(
        conference, told.submission, frozenset({Relation.CHAIR}), blocked=False, own_review_in=False
    )
    db.add(
        Decision(
            conference_id=conference.id,
            submission_id=told.submission.id,
            outcome=told.outcome,
            type_id=pending.type_id,
            minutes=pending.minutes,
            note=pending.note,
            into_id=pending.into_id,
            by_id=actor.person_id,
            at=now,
        )
    )
    move(db, actor, standing, pending.outcome, now=now, announcing=True)


def _send(
    db: Session,
    conference: Conference,
    ready: Plan,
    words: Words,
    links: Links,
    now: datetime,
    pace: Pace,
) -> None:
    """Queue the previewed mails, each with its reader's own button in it."""
    buttons: dict[tuple[int, int], str] = {}

    def own_button(submission: Submission, person: Person) -> str:
        here = (submission.id, person.id)
        if here not in buttons:
            token = issue_confirm_token(db, conference, submission, person, now=now)
            buttons[here] = links.confirm_by_token(token)
        return buttons[here]

    told = [*ready.told, *ready.news]
    readers_of: dict[int, list[Reader]] = {one.submission.id: [] for one in told}
    for letter in ready.letters:
        for id_ in {one.submission.id for one in letter.told}:
            readers_of[id_].append(letter.reader)
    written = write_announcement(
        db, conference, told, readers_of, confirm_link=own_button, links=links
    )
    common = common_button(conference, links)
    for number, letter in enumerate(written):
        goes, text = pace.of(number), reworded(letter, words, common, own_button)
        mail.write_to(
            db,
            conference,
            letter.reader.person,
            letter.reader.address,
            text,
            kind=letter.kind,
            object_key=object_key(now, letter.reader.person.id),
            epoch="",
            submission=letter.told[0].submission if len(letter.told) == 1 else None,
            hold_until=goes if goes > now else None,
            about_review=letter.about_review,
            now=now,
        )
