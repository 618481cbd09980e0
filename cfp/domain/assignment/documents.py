"""What reviewers have written: given by themselves for one conference, so that talks fit them.

Chairs see a title only as the reason of a match. Nothing here tells where a document comes from: a
reviewer may copy a talk that another conference has not accepted.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.assignment.models import ReviewerDocument
from cfp.domain.assignment.pasted import Piece
from cfp.domain.assignment.rules import (
    DOCUMENT_TEXT_LIMIT,
    DOCUMENT_TITLE_LIMIT,
    DOCUMENTS_LIMIT,
)
from cfp.domain.assignment.scoring import Because
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, NotFoundError
from cfp.policy import own


def documents_of(
    db: Session, actor: Actor, conference: Conference
) -> Sequence[ReviewerDocument]:
    """One's own, in the order in which they were added."""
    query = select(ReviewerDocument).where(
        ReviewerDocument.conference_id == conference.id,
        ReviewerDocument.person_id == actor.person_id,
    )
    return db.scalars(query.order_by(ReviewerDocument.id)).all()


def document_of(
    db: Session, actor: Actor, conference: Conference, document_id: int
) -> ReviewerDocument:
    """One of one's own. Raises NotFoundError."""
    query = select(ReviewerDocument).where(
        ReviewerDocument.id == document_id,
        ReviewerDocument.conference_id == conference.id,
        ReviewerDocument.person_id == actor.person_id,
    )
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found


def count_of(db: Session, actor: Actor, conference: Conference) -> int:
    """How many one has given here."""
    query = select(func.count(ReviewerDocument.id)).where(
        ReviewerDocument.conference_id == conference.id,
        ReviewerDocument.person_id == actor.person_id,
    )
    return db.scalar(query) or 0


def add_documents(
    db: Session, actor: Actor, conference: Conference, *, pieces: Sequence[Piece], now: datetime
) -> int:
    """Add several at once, or none; what is there already is not added again.

    Returns:
        How many are new.

    Raises:
        DomainError: `document.none`, `document.too_many`, `document.too_long` (data: title), at
            the field `pasted`.
    """
    if not pieces:
        raise DomainError("document.none", field="pasted")
    there = {(one.title, one.text) for one in documents_of(db, actor, conference)}
    new = [piece for piece in dict.fromkeys(pieces) if piece not in there]
    if len(there) + len(new) > DOCUMENTS_LIMIT:
        raise DomainError("document.too_many", field="pasted", limit=DOCUMENTS_LIMIT)
    for piece in new:
        _check(piece, "pasted")
        db.add(
            ReviewerDocument(
                conference_id=conference.id,
                person_id=actor.person_id,
                title=piece.title,
                text=piece.text,
                created=now,
            )
        )
    db.flush()
    return len(new)


def change_document(db: Session, document: ReviewerDocument, *, title: str, text: str) -> None:
    """Change one of one's own. Raises DomainError as `add_documents`, at `title` or `text`."""
    if not title:
        raise DomainError("document.no_title", field="title")
    _check(Piece(title, text), "text")
    document.title, document.text = title, text
    db.flush()


def remove_document(
    db: Session, actor: Actor, conference: Conference, *, document_id: int
) -> None:
    """Take one of one's own away. Raises NotFoundError."""
    db.delete(document_of(db, actor, conference, document_id))
    db.flush()


def past_talks(
    db: Session, actor: Actor, conference: Conference, *, there: Collection[ReviewerDocument]
) -> Sequence[Submission]:
    """What one has handed in elsewhere on this site, and not copied yet; the newest first.

    Only for the person's own eyes, whatever became of it.
    """
    copied = {(one.title, one.text) for one in there}
    query = select(Submission).where(
        own(actor), Submission.state != "draft", Submission.conference_id != conference.id
    )
    talks = db.scalars(query.order_by(Submission.created.desc(), Submission.id.desc()))
    return [talk for talk in talks if _piece(talk) not in copied]


def copy_talk(
    db: Session, actor: Actor, conference: Conference, *, code: str, now: datetime
) -> None:
    """Copy one of one's own past talks. Raises NotFoundError, or as `add_documents`."""
    there = documents_of(db, actor, conference)
    talks = past_talks(db, actor, conference, there=there)
    talk = next((talk for talk in talks if talk.code == code), None)
    if talk is None:
        raise NotFoundError("not_found")
    add_documents(db, actor, conference, pieces=[_piece(talk)], now=now)


def given_before(
    db: Session, actor: Actor, conference: Conference, *, there: Collection[ReviewerDocument]
) -> list[Piece]:
    """What one has given to other conferences here, and not to this one; the newest first."""
    query = select(ReviewerDocument.title, ReviewerDocument.text).where(
        ReviewerDocument.person_id == actor.person_id,
        ReviewerDocument.conference_id != conference.id,
    )
    before = [Piece(*row) for row in db.execute(query.order_by(ReviewerDocument.id.desc()))]
    known = {Piece(one.title, one.text) for one in there}
    return [piece for piece in dict.fromkeys(before) if piece not in known]


def copy_given_before(
    db: Session, actor: Actor, conference: Conference, *, now: datetime
) -> None:
    """Give this conference the same, as much as there is room for. Raises NotFoundError."""
    there = documents_of(db, actor, conference)
    pieces = given_before(db, actor, conference, there=there)[: DOCUMENTS_LIMIT - len(there)]
    if not pieces:
        raise NotFoundError("not_found")
    add_documents(db, actor, conference, pieces=pieces, now=now)


def ids_in(reasons: Iterable[Because | None]) -> set[int]:
    """The documents behind these reasons; what was taken back is no row any more."""
    found = (one.of for one in reasons if one is not None and one.kind == "document")
    return {id_ for id_ in found if isinstance(id_, int)}


def _piece(talk: Submission) -> Piece:
    return Piece(talk.title[:DOCUMENT_TITLE_LIMIT], talk.abstract[:DOCUMENT_TEXT_LIMIT])


def _check(piece: Piece, field: str) -> None:
    limits = ((piece.title, DOCUMENT_TITLE_LIMIT), (piece.text, DOCUMENT_TEXT_LIMIT))
    for text, limit in limits:
        if len(text) > limit:
            title = piece.title[:80]
            raise DomainError("document.too_long", field=field, title=title, limit=limit)
