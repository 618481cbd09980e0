"""The summary of a submission's reviews (a meta-review): one text, by a lead whom chairs choose.

A draft is read by those who may write it. Submitted it is for reviewers and chairs; what is in it
for speakers goes the way of the reviews' texts for speakers, and never before.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.reviews import discussion
from cfp.domain.reviews.models import Summary
from cfp.errors import DomainError, ForbiddenError, NotFoundError, StaleError
from cfp.policy import Fact, Standing, sees
from cfp.records import record

SUMMARY_LIMIT = 20_000


@record
class Seen:
    """A summary as somebody may read it; `writes` says whether it is theirs to write.

    `summary` is None for who may not read it (yet). `lead` is for those who see who reviews.
    """

    summary: Summary | None
    lead: str | None
    writes: bool


def summary_of(db: Session, actor: Actor, standing: Standing) -> Seen:
    """The summary of the submission for this person; one statement."""
    if not (standing.conference.summarizes and sees(standing, Fact.REVIEWS)):
        return Seen(None, None, False)
    row = db.execute(
        select(Summary, Person.name)
        .outerjoin(Person, Person.id == Summary.lead_id)
        .where(Summary.submission_id == standing.submission.id)
    ).one_or_none()
    found, name = (row[0], row[1]) if row else (None, None)
    writes = _writes(actor, standing, found)
    shown = found if found is not None and (writes or found.submitted) else None
    return Seen(shown, name if sees(standing, Fact.REVIEWERS) else None, writes)


def choose_lead(
    db: Session, actor: Actor, standing: Standing, *, person_id: int | None, now: datetime
) -> None:
    """Let somebody who reviews it, or chairs, write the summary; None leaves it to the chairs.

    Raises DomainError `summary.no_such_lead`: nobody with a part in it, or with a conflict.
    """
    if not sees(standing, Fact.CHAIR_REVIEWS):
        raise ForbiddenError("forbidden")
    _refuse_off(standing)
    people = {one.person_id for one in discussion.participants(db, actor, standing)}
    if person_id is not None and person_id not in people:
        raise DomainError("summary.no_such_lead", field="lead")
    found = _row(db, standing, now)
    found.lead_id, found.changed = person_id, now
    _record(db, actor, "summary.lead", standing, now)


def save(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    text: str,
    speaker_text: str,
    submit: bool,
    revision: int,
    now: datetime,
) -> Summary:
    """Store the summary, as a draft or for the others to read; what was submitted stays so.

    `revision` is the one the form was rendered from, 0 for none yet.

    Raises:
        StaleError: it was saved elsewhere meanwhile.
        DomainError: `summary.empty`, `too_long`.
    """
    _refuse_off(standing)
    found = db.get(Summary, standing.submission.id)
    if not _writes(actor, standing, found):
        raise ForbiddenError("forbidden")
    if (found.revision if found else 0) != revision:
        raise StaleError("stale", theirs=_texts(found))
    for field, value in (("text", text), ("speaker_text", speaker_text)):
        if len(value) > SUMMARY_LIMIT:
            raise DomainError("too_long", field=field)
    if submit and not text:
        raise DomainError("summary.empty", field="text")
    found = found or _row(db, standing, now)
    found.text, found.speaker_text, found.changed = text, speaker_text, now
    if submit and found.submitted is None:
        found.submitted = now
        _record(db, actor, "summary.submit", standing, now)
    db.flush()
    return found


def text_for_speakers(db: Session, standing: Standing) -> str:
    """What the summary says to the speakers, once the decision is announced; "" for nothing."""
    conference = standing.conference
    announced = standing.submission.announced is not None
    if not (conference.summarizes and conference.sends_speaker_text and announced):
        return ""
    if not sees(standing, Fact.SPEAKER_TEXT):
        return ""
    found = db.get(Summary, standing.submission.id)
    return found.speaker_text if found is not None and found.submitted else ""


def _writes(actor: Actor, standing: Standing, found: Summary | None) -> bool:
    if not sees(standing, Fact.REVIEWS):
        return False
    is_lead = found is not None and found.lead_id == actor.person_id
    return is_lead or sees(standing, Fact.CHAIR_REVIEWS)


def _refuse_off(standing: Standing) -> None:
    if not standing.conference.summarizes:
        raise NotFoundError("not_found")


def _row(db: Session, standing: Standing, now: datetime) -> Summary:
    found = db.get(Summary, standing.submission.id)
    if found is None:
        submission = standing.submission
        here = {"submission_id": submission.id, "conference_id": submission.conference_id}
        found = Summary(**here, changed=now)
        db.add(found)
        db.flush()
    return found


def _texts(found: Summary | None) -> dict[str, str]:
    return {"text": found.text, "speaker_text": found.speaker_text} if found else {}


def _record(db: Session, actor: Actor, action: str, standing: Standing, now: datetime) -> None:
    db.flush()
    audit.of_submission(db, actor, action, standing.submission, now=now)
