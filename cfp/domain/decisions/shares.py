"""How many of whom are in: by track, by employer, and with somebody new or not.

Told apart by what is accepted or about to be, among all that was submitted. Of few a share says
nothing, so smaller groups are put together, or left out where even together they are few.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.assignment.affiliations import NO_EMPLOYER, canonical_keys
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.decisions.figures import judged
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.decisions.rules import lane_of
from cfp.domain.decisions.selecting_speakers import not_first_time
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.policy import seat_of
from cfp.records import record

LEAST = 5
"""Of fewer submissions no share is told."""
MOST = 15
"""So many groups are told apart; the smaller ones of more are put together."""


@record
class Submitted:
    """One submission: whether it is in, and if so, whether nobody but chairs knows yet."""

    id: int
    track_id: int
    accepted: bool
    pending: bool


@record
class Share:
    """Of so many submissions so many are accepted, `pending` of them not announced yet.

    `name` is "" for what is too small to be told apart.
    """

    name: str
    accepted: int
    pending: int
    total: int


@record
class Shares:
    """Each a sequence of groups; `experience` is empty where nobody has spoken here before."""

    tracks: Sequence[Share]
    employers: Sequence[Share]
    experience: Sequence[Share]
    total: int


OLD, NEW = "old", "new"
"""Groups of `experience`: somebody stood on an earlier published program, or nobody did."""


def shares(db: Session, actor: Actor, conference: Conference) -> Shares:
    """Without what this person has a conflict with or does not decide on; some statements."""
    which = judged(seat_of(actor, conference))
    found = _submitted(db, which)
    names, old = _tracks(db, conference), not_first_time(db, conference, which)
    by_track = [(names[one.track_id], one) for one in found]
    by_experience = [(OLD if one.id in old else NEW, one) for one in found]
    return Shares(
        tracks=grouped(by_track, order=list(names.values())) if len(names) > 1 else (),
        employers=grouped(_by_employer(db, conference, which, found)),
        experience=grouped(by_experience, order=(NEW, OLD)) if old else (),
        total=len(found),
    )


def grouped(
    pairs: Iterable[tuple[str, Submitted]], *, order: Sequence[str] = ()
) -> Sequence[Share]:
    """In this order or the largest first; what is too small together at the end."""
    groups: dict[str, list[Submitted]] = defaultdict(list)
    for name, one in pairs:
        groups[name].append(one)
    known = list(order) or sorted(groups, key=lambda name: (-len(groups[name]), name))
    told = [name for name in known if len(groups.get(name, ())) >= LEAST][:MOST]
    rest = {one for name in groups.keys() - set(told) for one in groups[name]}
    found = [_share(name, groups[name]) for name in told]
    return [*found, _share("", rest)] if len(rest) >= LEAST else found


def _share(name: str, group: Collection[Submitted]) -> Share:
    accepted = sum(one.accepted for one in group)
    return Share(name, accepted, sum(one.accepted and one.pending for one in group), len(group))


def _submitted(db: Session, which: ColumnElement[bool]) -> list[Submitted]:
    rows = db.execute(
        select(Submission.id, Submission.track_id, Submission.state, PendingDecision.outcome)
        .outerjoin(PendingDecision, PendingDecision.submission_id == Submission.id)
        .where(which)
    )
    return [
        Submitted(
            id=row.id,
            track_id=row.track_id,
            accepted=lane_of(row.state, row.outcome or "") == "accept",
            pending=row.state not in IN_PROGRAM,
        )
        for row in rows
    ]


def _by_employer(
    db: Session,
    conference: Conference,
    which: ColumnElement[bool],
    found: Sequence[Submitted],
) -> list[tuple[str, Submitted]]:
    """Each submission once for each employer of its speakers, as most of them write it."""
    same, by_id = canonical_keys(db, conference), {one.id: one for one in found}
    rows = db.execute(
        select(Speaker.submission_id, Speaker.affiliation_key, Speaker.affiliation)
        .join(Submission, Submission.id == Speaker.submission_id)
        .where(Speaker.state != "removed", which)
    )
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    pairs = set()
    for submission_id, typed, text in rows:
        key = same.get(typed, typed)
        if typed not in NO_EMPLOYER:
            spelt[key][text] += 1
            pairs.add((key, submission_id))
    names: Mapping[str, str] = {key: said.most_common(1)[0][0] for key, said in spelt.items()}
    return [(names[key], by_id[id_]) for key, id_ in sorted(pairs)]


def _tracks(db: Session, conference: Conference) -> dict[int, str]:
    query = select(Track.id, Track.name).where(Track.conference_id == conference.id)
    return dict(db.execute(query.order_by(Track.position, Track.id)).all())
