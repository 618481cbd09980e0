"""Who speaks in what can be chosen: each person once, their employers, and who is new.

New is whom no published program of an earlier conference here names. What was accepted and never
published is known to that conference's committee alone, so nothing follows from it.
"""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session, aliased

from cfp.domain.assignment.affiliations import NO_EMPLOYER, canonical_keys
from cfp.domain.conferences.models import Conference
from cfp.domain.program.models import ProgramVersion
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import folded
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.records import record

_EARLIER, _OLD = aliased(Conference, name="earlier"), aliased(Speaker, name="earlier_speaker")
_TALK = aliased(Submission, name="earlier_talk")


@record
class Entry:
    """One speaker of a submission: a key that is the person's everywhere, and the employer's."""

    person: str
    speaks: bool
    employer: str


def entries_of(
    db: Session, conference: Conference, which: ColumnElement[bool]
) -> Mapping[int, list[Entry]]:
    """By submission, for the rows of `submission` in `which`; "" is no employer."""
    same = canonical_keys(db, conference)
    rows = db.execute(
        select(
            Speaker.submission_id,
            Speaker.person_id,
            Speaker.address_key,
            Speaker.name,
            Speaker.affiliation_key,
            Speaker.speaks,
        )
        .join(Submission, Submission.id == Speaker.submission_id)
        .where(Speaker.state != "removed", which)
        .order_by(Speaker.submission_id, Speaker.position, Speaker.id)
    )
    found: dict[int, list[Entry]] = defaultdict(list)
    for submission_id, person_id, address, name, employer, speaks in rows:
        person = f"{person_id}" if person_id else address or f"{folded(name)} / {employer}"
        key = "" if employer in NO_EMPLOYER else same.get(employer, employer)
        found[submission_id].append(Entry(person, speaks, key))
    return found


def not_first_time(
    db: Session, conference: Conference, which: ColumnElement[bool]
) -> frozenset[int]:
    """Ids of the submissions one of whose speakers an earlier published program names."""
    known = or_(
        Speaker.person_id.in_(_spoke(conference).with_only_columns(_OLD.person_id)),
        Speaker.address_key.in_(
            _spoke(conference).where(_OLD.address_key != "").with_only_columns(_OLD.address_key)
        ),
    )
    rows = db.scalars(
        select(Speaker.submission_id)
        .join(Submission, Submission.id == Speaker.submission_id)
        .where(Speaker.state != "removed", which, known)
    )
    return frozenset(rows)


def _spoke(conference: Conference) -> Select[int]:
    """Speakers of talks that were accepted before their program was last published."""
    published = exists().where(
        ProgramVersion.conference_id == _EARLIER.id, ProgramVersion.published >= _TALK.announced
    )
    return (
        select(_OLD.id)
        .join(_TALK, _TALK.id == _OLD.submission_id)
        .join(_EARLIER, _EARLIER.id == _TALK.conference_id)
        .where(
            _EARLIER.start_date < conference.start_date,
            _TALK.state.in_(IN_PROGRAM),
            _OLD.state != "removed",
            published.correlate(_EARLIER, _TALK),
        )
        .correlate(None)
    )
