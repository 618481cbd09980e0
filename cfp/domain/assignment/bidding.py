"""What the report of odd bids is made from, and the report as a chair may read it.

Submissions that the chair has a blocking conflict with are left out before anything is counted, so
that neither a finding nor a figure tells of bids on them. Six statements, whatever the size.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Bid, ReviewerProfile
from cfp.domain.assignment.odd_bids import (
    Facts,
    Odd,
    Report,
    far_wishes,
    lone_wishes,
    odd_bids,
    report,
)
from cfp.domain.assignment.scoring import words_of
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import State
from cfp.policy import Fact, predicate, takes_bids, unblocked
from cfp.records import record

REVIEWERS_FROM = 30
"""Fewer reviewers know each other's interests anyway, and chance says little of so few."""


def reports_odd_bids(db: Session, conference: Conference) -> bool:
    """Whether there is such a report: where reviewers bid, and there are enough of them."""
    if not takes_bids(conference):
        return False
    count = select(func.count()).where(
        Role.conference_id == conference.id, Role.kind == RoleKind.REVIEWER
    )
    return (db.scalar(count) or 0) >= REVIEWERS_FROM


@record
class Talk:
    """A submission as a finding names it."""

    code: str
    title: str


@record
class OddBids:
    """The report with names; `bids` and `reviewers` are what it was made from."""

    report: Report
    people: Mapping[int, str]
    talks: Mapping[int, Talk]
    bids: int
    reviewers: int


def odd_bids_for(db: Session, actor: Actor, conference: Conference) -> OddBids | None:
    """Look at all bids that this chair may know of; None where there is no such report."""
    reviewers = _reviewers(db, conference) if takes_bids(conference) else {}
    if len(reviewers) < REVIEWERS_FROM:
        return None
    here = _readable(actor, conference)
    facts = _facts(db, conference, here, reviewers)
    lone = lone_wishes(facts)
    texts = _words(db, here, {one for some in lone.values() for one in some})
    found = report([*odd_bids(facts), *far_wishes(facts, lone, texts)])
    told = [one for some in found.shown.values() for one in some]
    return OddBids(
        report=found,
        people={person: one.name for person, one in reviewers.items()},
        talks=_talks(db, here, told),
        bids=sum(len(bids) for bids in facts.bids.values()),
        reviewers=len(facts.bids),
    )


@record
class _Reviewer:
    name: str
    tracks: Collection[int]
    expertise: str


def _reviewers(db: Session, conference: Conference) -> Mapping[int, _Reviewer]:
    mine = and_(
        ReviewerProfile.person_id == Person.id, ReviewerProfile.conference_id == conference.id
    )
    rows = db.execute(
        select(Person.id, Person.name, ReviewerProfile.track_ids, ReviewerProfile.some_track_ids)
        .add_columns(ReviewerProfile.expertise)
        .join(Role, Role.person_id == Person.id)
        .outerjoin(ReviewerProfile, mine)
        .where(Role.conference_id == conference.id, Role.kind == RoleKind.REVIEWER)
    )
    return {
        id_: _Reviewer(name, [*(well or ()), *(some or ())], text or "")
        for id_, name, well, some, text in rows
    }


def _readable(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    return and_(
        predicate(actor, Fact.CONFLICTS, conference),
        unblocked(actor, conference),
        Submission.state != State.WITHDRAWN,
    )


def _facts(
    db: Session,
    conference: Conference,
    here: ColumnElement[bool],
    reviewers: Mapping[int, _Reviewer],
) -> Facts:
    tracks = dict(db.execute(select(Submission.id, Submission.track_id).where(here)).all())
    speakers: dict[int, set[int]] = defaultdict(set)
    authors: dict[int, set[str]] = defaultdict(set)
    for submission, person, code in db.execute(
        select(Speaker.submission_id, Speaker.person_id, Speaker.code).where(
            Speaker.conference_id == conference.id, Speaker.state != "removed"
        )
    ):
        if submission in tracks:
            authors[submission].add(code)
            if person is not None:
                speakers[submission].add(person)
    bids: dict[int, dict[int, str]] = defaultdict(dict)
    for person, submission, value in db.execute(
        select(Bid.person_id, Bid.submission_id, Bid.value).where(
            Bid.conference_id == conference.id
        )
    ):
        if submission in tracks and person in reviewers:
            bids[person][submission] = value
    return Facts(
        submissions=tracks,
        speakers=speakers,
        authors=authors,
        bids=bids,
        tracks={person: frozenset(one.tracks) for person, one in reviewers.items()},
        words={person: words_of(one.expertise) for person, one in reviewers.items()},
    )


def _words(
    db: Session, here: ColumnElement[bool], ids: Collection[int]
) -> Mapping[int, Collection[str]]:
    if not ids:
        return {}
    query = select(Submission.id, Submission.search_text).where(here, Submission.id.in_(ids))
    return {id_: words_of(text) for id_, text in db.execute(query)}


def _talks(
    db: Session, here: ColumnElement[bool], told: Sequence[Odd]
) -> Mapping[int, Talk]:
    ids = {submission for one in told for submission in one.submissions}
    query = select(Submission.id, Submission.code, Submission.title)
    rows = db.execute(query.where(here, Submission.id.in_(ids)))
    return {id_: Talk(code, title) for id_, code, title in rows}
