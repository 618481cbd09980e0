"""SQL for what a person is to the rows of `submission`; what a role adds, `seats.py` knows."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, or_, select, union
from sqlalchemy.orm import aliased

from cfp.actors import RoleKind
from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.conferences.models import Role
from cfp.domain.reviews.models import Guest, Review
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy.meanings import ACTIVE_ASSIGNMENTS, HELPING

# Aliased, so that they never correlate with a view's own speakers; and once, because making an
# alias costs more than running most of the queries it stands in.
_SUBMISSION = aliased(Submission, name="its_submission")
_SPEAKER = aliased(Speaker, name="its_speaker")
_CONFLICT = aliased(Conflict, name="its_conflict")
_REVIEW = aliased(Review, name="its_review")
_ASSIGNMENT = aliased(Assignment, name="its_assignment")
_GUEST = aliased(Guest, name="its_guest")


def is_speaker(person_id: int) -> ColumnElement[bool]:
    accepted = select(_SPEAKER.submission_id).where(
        _SPEAKER.person_id == person_id, _SPEAKER.state == "accepted"
    )
    return or_(Submission.submitter_id == person_id, Submission.id.in_(accepted))


@lru_cache(maxsize=256)
def is_blocked(person_id: int, conference_id: int, kinds: Sequence[str]) -> ColumnElement[bool]:
    """Own and co-spoken submissions always block; found and declared conflicts by their policy.

    One set, made once per statement from the person's side: they are few of many submissions. It is
    named ahead of the statement, which may ask for it in a dozen columns; kept, because only then
    it is the same in all of them. `kinds` is a tuple: it is part of what it is kept under.
    """
    here, mine = _SUBMISSION.conference_id == conference_id, _SUBMISSION.submitter_id == person_id
    submitted = select(_SUBMISSION.id).where(mine, here)
    spoken = select(_SPEAKER.submission_id).where(_names(person_id))
    conflicting = select(_CONFLICT.submission_id).where(_blocks(person_id, kinds))
    blocked = union(submitted, spoken, conflicting).cte()
    return Submission.id.in_(select(blocked.c[0]))


def _names(person_id: int | SQLColumnExpression[int | None]) -> ColumnElement[bool]:
    return and_(_SPEAKER.person_id == person_id, _SPEAKER.state != "removed")


def _blocks(
    person_id: int | SQLColumnExpression[int | None], kinds: Sequence[str]
) -> ColumnElement[bool]:
    # Each kind apart: a list has to be written out anew at every execution.
    some_kind = or_(false(), *(_CONFLICT.kind == kind for kind in kinds))
    open_and_blocking = and_(_CONFLICT.state == "open", some_kind)
    return and_(
        _CONFLICT.person_id == person_id, or_(_CONFLICT.state == "confirmed", open_and_blocking)
    )


@lru_cache(maxsize=256)
def is_blocked_anywhere(
    person_id: int, conference_id: int, kinds: Sequence[str]
) -> ColumnElement[bool]:
    """Whether a submission of the conference that is no draft blocks the person.

    `kinds` is a tuple here: it is part of what the answer is kept under.
    """
    known = and_(Submission.conference_id == conference_id, Submission.state != "draft")
    own = select(Submission.id).where(known, Submission.submitter_id == person_id)
    others = [
        select(Submission.id).join(table, table.submission_id == Submission.id).where(known, mine)
        for table, mine in ((_SPEAKER, _names(person_id)), (_CONFLICT, _blocks(person_id, kinds)))
    ]
    return or_(*(one.correlate(None).exists() for one in (own, *others)))


def own_review_in(person_id: int) -> ColumnElement[bool]:
    submitted = select(_REVIEW.submission_id).where(
        _REVIEW.person_id == person_id, _REVIEW.state == "submitted"
    )
    return Submission.id.in_(submitted)


def is_asked(person_id: int) -> ColumnElement[bool]:
    assigned = select(_ASSIGNMENT.submission_id).where(
        _ASSIGNMENT.person_id == person_id, _ASSIGNMENT.state.in_(ACTIVE_ASSIGNMENTS)
    )
    return Submission.id.in_(assigned)


def is_guest(person_id: int) -> ColumnElement[bool]:
    """Asked by a chair for this one, has said yes, and is still assigned to it."""
    invited = select(_GUEST.submission_id).where(
        _GUEST.person_id == person_id, _GUEST.for_id.is_(None), _GUEST.state == "accepted"
    )
    return and_(Submission.id.in_(invited), is_asked(person_id))


def is_helper(
    person_id: int, conference_id: int, kinds: Sequence[str], *, everybody_writes: bool
) -> ColumnElement[bool]:
    """Writes for a reviewer who could still write themselves, and it is not decided yet.

    Whoever stops being a reviewer of it, or has a conflict, leaves nobody behind who reads it.
    """
    asker, about = _GUEST.for_id, _GUEST.submission_id
    stands = [
        select(Role.id).where(
            Role.conference_id == conference_id,
            Role.person_id == asker,
            Role.kind == RoleKind.REVIEWER,
        )
    ]
    if not everybody_writes:
        stands.append(
            select(_ASSIGNMENT.id).where(
                _ASSIGNMENT.submission_id == about,
                _ASSIGNMENT.person_id == asker,
                _ASSIGNMENT.state.in_(ACTIVE_ASSIGNMENTS),
            )
        )
    in_the_way = [
        select(_SPEAKER.id).where(_SPEAKER.submission_id == about, _names(asker)),
        select(_CONFLICT.id).where(_CONFLICT.submission_id == about, _blocks(asker, kinds)),
        select(_SUBMISSION.id).where(_SUBMISSION.id == about, _SUBMISSION.submitter_id == asker),
    ]
    helped = select(about).where(
        _GUEST.person_id == person_id,
        asker.is_not(None),
        _GUEST.state.in_(HELPING),
        *(one.correlate(_GUEST).exists() for one in stands),
        *(~one.correlate(_GUEST).exists() for one in in_the_way),
    )
    undecided = and_(Submission.state != "draft", Submission.announced.is_(None))
    return and_(Submission.id.in_(helped), undecided)
