"""Saying which of two is better, ranking a handful, and taking it back.

A comparison is a review's little sister: who may review both may compare them, while reviews are
taken. Each row has its writer and time, and only its writer changes it, so the log has none of it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import flag_modified

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.comparing_rules import HANDFUL
from cfp.domain.reviews.extensions import extended_until
from cfp.domain.reviews.models import Comparison, ComparisonPlace
from cfp.domain.reviews.queries import reviewable
from cfp.domain.reviews.rules import reviewing_is_open
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, NotFoundError, NotNowError, StaleError


def compare(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    codes: tuple[str, str],
    places: tuple[int, int] | None,
    revision: int,
    now: datetime,
) -> Comparison:
    """Say how two stand to each other; None for `places`: skipped, and not asked again.

    `revision` is that of the row when the question was asked, 0 for none. The same said twice is
    said once.

    Raises:
        NotFoundError: comparing is off, or one of them is not this person's to review.
        NotNowError: `comparing.closed`.
        StaleError: something else was said of these two meanwhile; `theirs` and `yours` are places.
    """
    _check_open(db, actor, conference, now)
    ids = _ids(db, actor, conference, codes)
    found = _existing(db, actor, conference, ids)
    said = dict(zip(ids, places or (None, None), strict=True))
    if found is not None and found.state != "undone" and _places(found) == said:
        return found
    if (found.revision if found else 0) != revision:
        stored = _places(found) if found and found.state == "said" else {}
        theirs = tuple(stored.get(one) for one in ids)
        raise StaleError("stale", theirs_places=theirs, yours_places=places)
    return _put(db, actor, conference, found, said, now)


def rank(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    places: Sequence[tuple[str, int]],
    now: datetime,
) -> Comparison:
    """Rank a handful, (code, place) each; ranking the same ones again replaces it.

    Raises:
        NotFoundError, NotNowError: as `compare`.
        DomainError: `comparing.too_few`, `comparing.too_many`, or `comparing.same_place`.
    """
    _check_open(db, actor, conference, now)
    if len(places) < 2:
        raise DomainError("comparing.too_few", field="places")
    if len(places) > HANDFUL:
        raise DomainError("comparing.too_many", field="places", limit=HANDFUL)
    numbers = [place for _code, place in places]
    for number, (code, place) in enumerate(places):
        if place in numbers[:number]:
            raise DomainError("comparing.same_place", field=f"place_{code}", place=place)
    ids = _ids(db, actor, conference, [code for code, _place in places])
    order = sorted(zip(numbers, ids, strict=True))
    said = {id_: place for place, (_typed, id_) in enumerate(order, start=1)}
    found = _existing(db, actor, conference, ids)
    if found is not None and found.state == "said" and _places(found) == said:
        return found
    return _put(db, actor, conference, found, said, now)


def undo(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    number: int,
    revision: int,
    now: datetime,
) -> None:
    """Take one's own comparison back; what was taken back already stays so.

    Raises:
        NotFoundError: comparing is off, or it is nobody's or somebody else's.
        NotNowError: `comparing.closed`.
        StaleError: something else was said of these meanwhile.
    """
    _check_open(db, actor, conference, now)
    found = db.get(Comparison, number)
    if found is None or (found.conference_id, found.person_id) != (conference.id, actor.person_id):
        raise NotFoundError("not_found")
    if found.state == "undone":
        return
    if found.revision != revision:
        raise StaleError("stale")
    found.state, found.changed = "undone", now
    db.flush()


def is_open(db: Session, actor: Actor, conference: Conference, now: datetime) -> bool:
    """Whether this person's comparisons are taken now."""
    return reviewing_is_open(conference, now, extended_until(db, actor, conference))


def _check_open(db: Session, actor: Actor, conference: Conference, now: datetime) -> None:
    if not conference.compares_pairs:
        raise NotFoundError("not_found")
    if not is_open(db, actor, conference, now):
        raise NotNowError("comparing.closed")


def _ids(
    db: Session, actor: Actor, conference: Conference, codes: Sequence[str]
) -> list[int]:
    """In the order of the codes; each of them once, and this person's to review."""
    query = select(Submission.code, Submission.id).where(
        Submission.code.in_(codes), reviewable(actor, conference)
    )
    known: dict[str, int] = dict(db.execute(query).all())
    if len(set(codes)) < len(codes) or not known.keys() >= set(codes):
        raise NotFoundError("not_found")
    return [known[code] for code in codes]


def _existing(
    db: Session, actor: Actor, conference: Conference, ids: Sequence[int]
) -> Comparison | None:
    """This person's row about these; two tabs of theirs come one after the other."""
    db.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
    return db.scalars(
        select(Comparison)
        .where(
            Comparison.conference_id == conference.id,
            Comparison.person_id == actor.person_id,
            Comparison.members == members_of(ids),
        )
        .options(selectinload(Comparison.places))
    ).one_or_none()


def members_of(ids: Sequence[int]) -> str:
    """The same for the same submissions, whichever way round."""
    return "-".join(map(str, sorted(ids)))


def _places(found: Comparison) -> dict[int, int | None]:
    return {one.submission_id: one.place for one in found.places}


def _put(
    db: Session,
    actor: Actor,
    conference: Conference,
    found: Comparison | None,
    said: dict[int, int | None] | dict[int, int],
    now: datetime,
) -> Comparison:
    if found is None:
        found = Comparison(
            conference_id=conference.id,
            person_id=actor.person_id,
            members=members_of(list(said)),
            created=now,
            places=[ComparisonPlace(submission_id=id_) for id_ in sorted(said)],
        )
        db.add(found)
    for one in found.places:
        one.place = said[one.submission_id]
    found.state = "said" if any(said.values()) else "skipped"
    found.changed = now
    flag_modified(found, "changed")  # a new revision, also where only its places are others
    db.flush()
    return found
