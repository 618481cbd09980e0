"""An imported table of who reviews what: checked line by line, then a proposal like any other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain import jobs
from cfp.domain.accounts.models import Email, Person
from cfp.domain.assignment.blocking import blocked_set
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.assignment.eligible import reviewer_ids
from cfp.domain.assignment.models import Assignment
from cfp.domain.assignment.picks import Options, Pair, Stand
from cfp.domain.assignment.proposals import (
    check_assigned,
    request_proposal,
    standing_pairs,
    tracks_of,
)
from cfp.domain.assignment.rounds import current_round
from cfp.domain.assignment.rules import REFUSED
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.rules import folded
from cfp.domain.submissions.states import State
from cfp.errors import DomainError
from cfp.formats.pairs import PairRow
from cfp.policy import Action, may
from cfp.records import record

MISTAKES_SHOWN = 50


@record
class Mistake:
    """What is wrong with a line; `key` is to be worded, `text` what it is about."""

    line: int
    key: str
    text: str = ""


class ImportMistakesError(DomainError):
    """A table with mistakes; `mistakes` has all of them, and nothing was stored."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("assignment.import_mistakes", number=len(mistakes))
        self.mistakes = mistakes


@dataclass
class Checked:
    """What the lines ask for, as far as they can be used, and what is wrong with the others."""

    assign: dict[Pair, int] = field(default_factory=dict)
    remove: dict[Pair, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def submissions(self) -> frozenset[int]:
        return frozenset(pair[0] for pair in (*self.assign, *self.remove))


@record
class Known:
    """What a table can speak of, as the person who imports it may know it.

    `settled` are submissions that are not under review any more.
    """

    submissions: Mapping[str, int]
    settled: Mapping[str, int]
    people: Mapping[str, Sequence[int]]
    reviewers: frozenset[int]
    blocked: frozenset[Pair]
    declined: frozenset[Pair]
    stands: Mapping[Pair, Stand]


def request_import(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    rows: Sequence[PairRow],
    whole: bool,
    now: datetime,
) -> jobs.Job:
    """Ask for a proposal of what the table says; nothing is assigned before that is applied.

    Raises:
        ImportMistakesError: with every line that cannot be used.
        DomainError: `assignment.import_empty`, and those of `request_proposal`.
    """
    options = import_options(db, actor, conference, rows=rows, whole=whole, now=now)
    return request_proposal(db, actor, conference, options=options, now=now)


def import_options(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    rows: Sequence[PairRow],
    whole: bool,
    now: datetime,
) -> Options:
    """What the table asks for.

    Args:
        db: the session.
        actor: whose rights and conflicts of interest count.
        conference: where.
        rows: the table.
        whole: whether it says everything about the submissions it names: who stands and is not
            in it is taken away, unless they have said yes or begun. Otherwise it adds to that.
        now: for conflicts of interest that are found.

    Raises:
        As `request_import`.
    """
    check_assigned(conference)
    find_conflicts(db, conference, now=now)
    known = _known(db, actor, conference)
    checked = check(rows, known)
    if checked.mistakes:
        raise ImportMistakesError(checked.mistakes)
    if not checked.submissions:
        raise DomainError("assignment.import_empty", field="file")
    scope, removed = checked.submissions, set(checked.remove)
    stays = {
        pair
        for pair, one in known.stands.items()
        if pair[0] in scope and not one.blocked and (one.kept or not whole)
    }
    return Options(
        tracks=tracks_of(actor, conference),
        objective="max",
        submissions=scope,
        imported=frozenset((stays | set(checked.assign)) - removed),
        removed=frozenset(removed & set(known.stands)),
    )


def check(rows: Iterable[PairRow], known: Known) -> Checked:
    """Look at each line; a line is a mistake or asks for one thing.

    What is exported has the reviewers of what is decided too: such a line asks for nothing.
    """
    checked = Checked()
    for row in rows:
        if _is_settled(row, known):
            continue
        found = _pair(row, known)
        mistake = found if isinstance(found, Mistake) else _refused(row, found, known, checked)
        if mistake is not None:
            checked.mistakes.append(mistake)
        elif not isinstance(found, Mistake):
            wanted = checked.assign if row.act == "assign" else checked.remove
            wanted[found] = row.line
    return checked


def _is_settled(row: PairRow, known: Known) -> bool:
    """Whether the line only says what is so, of a submission that nothing is changed about."""
    submission_id = known.settled.get(row.submission.upper())
    people = known.people.get(folded(row.reviewer), ())
    if submission_id is None or len(people) != 1 or row.act is None:
        return False
    return ((submission_id, people[0]) in known.stands) == (row.act == "assign")


def _pair(row: PairRow, known: Known) -> Pair | Mistake:
    if row.act is None:
        return Mistake(row.line, "action", row.action)
    submission_id = known.submissions.get(row.submission.upper())
    if submission_id is None:
        return Mistake(row.line, "submission", row.submission)
    people = known.people.get(folded(row.reviewer), ())
    if len(people) > 1:
        return Mistake(row.line, "several", row.reviewer)
    if not people:
        return Mistake(row.line, "reviewer", row.reviewer)
    return submission_id, people[0]


def _refused(row: PairRow, pair: Pair, known: Known, checked: Checked) -> Mistake | None:
    seen = checked.assign.get(pair) or checked.remove.get(pair)
    if seen:
        return Mistake(row.line, "twice", str(seen))
    stands = known.stands.get(pair)
    if row.act == "remove":
        begun = stands is not None and stands.started and not stands.blocked
        return Mistake(row.line, "started", row.reviewer) if begun else None
    if pair in known.blocked:
        return Mistake(row.line, "blocked", row.reviewer)
    if pair in known.declined:
        return Mistake(row.line, "declined", row.reviewer)
    if pair[1] not in known.reviewers and stands is None:
        return Mistake(row.line, "paused", row.reviewer)
    return None


def _known(db: Session, actor: Actor, conference: Conference) -> Known:
    theirs = (
        may(actor, Action.ASSIGN_ONE, conference)
        if actor.person_id is not None
        else Submission.conference_id == conference.id
    )
    submissions: dict[str, int] = {}
    settled: dict[str, int] = {}
    for id_, code, state in db.execute(
        select(Submission.id, Submission.code, Submission.state).where(theirs)
    ):
        (submissions if state == State.SUBMITTED else settled)[code] = id_
    declined = select(Assignment.submission_id, Assignment.person_id).where(
        Assignment.round_id == current_round(db, conference), Assignment.state.in_(REFUSED)
    )
    ids = {*submissions.values(), *settled.values()}
    stands = {
        one.pair: one for one in standing_pairs(db, conference) if one.submission_id in ids
    }
    return Known(
        submissions=submissions,
        settled=settled,
        people=_people(db, actor, conference),
        reviewers=frozenset(db.scalars(reviewer_ids(conference))),
        blocked=frozenset(blocked_set(db, conference)),
        declined=frozenset((row[0], row[1]) for row in db.execute(declined)),
        stands=stands,
    )


def _people(db: Session, actor: Actor, conference: Conference) -> dict[str, list[int]]:
    """By code and name, folded, and for chairs by proved address; a name of several is nobody's."""
    roles = select(Role.person_id).where(
        Role.conference_id == conference.id, Role.kind == RoleKind.REVIEWER
    )
    asked = select(Assignment.person_id).where(Assignment.conference_id == conference.id)
    ids = union(roles, asked).subquery()
    people = select(Person.id, Person.code, Person.name).where(Person.id.in_(select(ids)))
    words = [(id_, word) for id_, code, name in db.execute(people) for word in (code, name)]
    if actor.person_id is None or actor.has(conference.id, RoleKind.CHAIR):
        addresses = select(Email.person_id, Email.address).where(
            Email.verified.is_not(None), Email.person_id.in_(select(ids))
        )
        words += [(id_, address) for id_, address in db.execute(addresses)]
    found: dict[str, list[int]] = {}
    for id_, word in words:
        if word and id_ not in found.setdefault(folded(word), []):
            found[folded(word)].append(id_)
    return found
