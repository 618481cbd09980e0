"""What reviewers of a blind conference read in place of a title or abstract that tells who speaks.

A chair writes it. Null means "as submitted"; an empty text was emptied on purpose and stays empty.
Whoever may know the speakers reads what was submitted, so it counts for nobody else.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Redaction, Submission
from cfp.domain.submissions.rules import ABSTRACT_LIMIT, TITLE_LIMIT, content_text
from cfp.errors import DomainError, ForbiddenError
from cfp.policy import Action, Fact, Standing, allowed, predicate, sees


def redaction_of(db: Session, submission: Submission) -> Redaction | None:
    """The chairs' version, if there is one."""
    return db.get(Redaction, submission.id)


def shown(db: Session, standing: Standing) -> tuple[str, str]:
    """Title and abstract as this person may read them."""
    submission = standing.submission
    if sees(standing, Fact.SPEAKERS):
        return submission.title, submission.abstract
    found = redaction_of(db, submission)
    title = submission.title if found is None or found.title is None else found.title
    abstract = submission.abstract if found is None or found.abstract is None else found.abstract
    return title, abstract


def shown_title(actor: Actor, conference: Conference) -> ColumnElement[str]:
    """The title as this person may read, search and sort by it, as SQL on `submission`'s row."""
    return _shown(actor, conference, Submission.title, Redaction.title)


def shown_abstract(actor: Actor, conference: Conference) -> ColumnElement[str]:
    """The abstract likewise."""
    return _shown(actor, conference, Submission.abstract, Redaction.abstract)


def shown_text(actor: Actor, conference: Conference) -> ColumnElement[str]:
    """What is searched of a submission, likewise."""
    return _shown(actor, conference, Submission.search_text, Redaction.search_text)


def _shown(
    actor: Actor,
    conference: Conference,
    given: InstrumentedAttribute[str],
    redacted: InstrumentedAttribute[str | None] | InstrumentedAttribute[str],
) -> ColumnElement[str]:
    if not conference.blind:
        return given.expression
    theirs = (
        select(redacted)
        .where(Redaction.submission_id == Submission.id, redacted.is_not(None))
        .correlate(Submission)
        .scalar_subquery()
    )
    knows = predicate(actor, Fact.SPEAKERS, conference)
    return case((knows, given), else_=func.coalesce(theirs, given))


def redact(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    title: str | None,
    abstract: str | None,
    now: datetime,
) -> None:
    """Write what reviewers read; None takes the version of that text back.

    What the speakers wrote, and what is published of it, stays theirs.

    Raises DomainError `too_long`.
    """
    if not allowed(actor, Action.REDACT, standing, now):
        raise ForbiddenError("forbidden")
    for field, text, limit in (
        ("title", title, TITLE_LIMIT),
        ("abstract", abstract, ABSTRACT_LIMIT),
    ):
        if text is not None and len(text) > limit:
            raise DomainError("too_long", field=field)
    submission = standing.submission
    found = redaction_of(db, submission)
    before = _texts(found)
    if found is None:
        found = Redaction(submission_id=submission.id, conference_id=submission.conference_id)
        db.add(found)
    found.title, found.abstract = title, abstract
    found.by_id, found.changed = actor.person_id, now
    _index(found, submission)
    db.flush()
    audit.of_submission(
        db, actor, "submission.redact", submission, now=now, before=before, after=_texts(found)
    )


def follow_edit(db: Session, submission: Submission) -> None:
    """Let what reviewers search follow an edit of what is not redacted."""
    found = redaction_of(db, submission)
    if found is not None:
        _index(found, submission)


def _index(found: Redaction, submission: Submission) -> None:
    title = submission.title if found.title is None else found.title
    abstract = submission.abstract if found.abstract is None else found.abstract
    found.search_text = content_text(submission.code, title, abstract)


def _texts(found: Redaction | None) -> dict[str, str]:
    if found is None:
        return {}
    return {"title": found.title or "", "abstract": found.abstract or ""}
