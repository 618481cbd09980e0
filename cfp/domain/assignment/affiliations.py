"""Which spellings mean one employer: computed keys, joined by the chairs' word."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import AffiliationAlias, Conference, Role
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import affiliation_key
from cfp.errors import DomainError, NotFoundError
from cfp.records import record

NO_EMPLOYER = frozenset(
    {"", "-", "freelance", "freelancer", "independent", "n a", "na", "none", "private", "self"}
    | {"self employed", "student", "unaffiliated"}
)
"""Keys of what people write who share no employer with anybody."""


@record
class Spelling:
    """An affiliation as people wrote it, and how many times."""

    key: str
    text: str
    count: int


def canonical_keys(db: Session, conference: Conference) -> Mapping[str, str]:
    """The key that stands for each key with an alias; keys without one stand for themselves."""
    rows = db.execute(
        select(AffiliationAlias.key, AffiliationAlias.canonical_key)
        .where(AffiliationAlias.conference_id == conference.id)
        .order_by(AffiliationAlias.id)
    )
    return dict(rows.all())


def employers_of(
    db: Session, conference: Conference, people: Collection[int]
) -> dict[int, str]:
    """Whom each works for, as the chairs have joined the spellings; who has none is left out."""
    joined = canonical_keys(db, conference)
    rows = db.execute(select(Person.id, Person.affiliation).where(Person.id.in_(people)))
    keys = {id_: affiliation_key(affiliation) for id_, affiliation in rows}
    return {id_: joined.get(key, key) for id_, key in keys.items() if key not in NO_EMPLOYER}


def aliases_of(db: Session, conference: Conference) -> list[AffiliationAlias]:
    """The chairs' word so far."""
    query = select(AffiliationAlias).where(AffiliationAlias.conference_id == conference.id)
    return list(db.scalars(query.order_by(AffiliationAlias.canonical_key, AffiliationAlias.key)))


def spellings(db: Session, conference: Conference) -> list[Spelling]:
    """What speakers and committee wrote, most frequent first; one text for each key."""
    speakers = (
        select(Speaker.affiliation.label("text"))
        .join(Submission, Submission.id == Speaker.submission_id)
        .where(
            Speaker.conference_id == conference.id,
            Speaker.state != "removed",
            Submission.state != "draft",
        )
    )
    members = select(Role.person_id).where(Role.conference_id == conference.id)
    committee = select(Person.affiliation.label("text")).where(Person.id.in_(members))
    texts = union_all(speakers, committee).subquery()
    counted = select(texts.c.text, func.count()).where(texts.c.text != "").group_by(texts.c.text)
    found: dict[str, Spelling] = {}
    for text, count in sorted(db.execute(counted), key=lambda row: (-row[1], row[0])):
        key = affiliation_key(text)
        known = found.get(key, Spelling(key, text, 0))
        found[key] = Spelling(key, known.text, known.count + count)
    return sorted(found.values(), key=lambda one: (-one.count, one.key))


def join(
    db: Session, actor: Actor, conference: Conference, *, one: str, other: str, now: datetime
) -> None:
    """Say that two spellings mean the same; what was joined with either before is joined too.

    Raises:
        DomainError: `affiliation.empty` at the field that names no employer, or
            `affiliation.same` when nothing is to be joined.
    """
    keys = {"one": affiliation_key(one), "other": affiliation_key(other)}
    for field, key in keys.items():
        if key in NO_EMPLOYER:
            raise DomainError("affiliation.empty", field=field)
    known = canonical_keys(db, conference)
    roots = {field: known.get(key, key) for field, key in keys.items()}
    if roots["one"] == roots["other"]:
        raise DomainError("affiliation.same", field="other")
    for alias in aliases_of(db, conference):
        if alias.canonical_key == roots["one"]:
            alias.canonical_key = roots["other"]
    db.add(
        AffiliationAlias(
            conference_id=conference.id, key=roots["one"], canonical_key=roots["other"]
        )
    )
    db.flush()
    audit.of_conference(db, actor, "affiliation.join", conference, now=now)


def part(
    db: Session, actor: Actor, conference: Conference, *, alias_id: int, now: datetime
) -> None:
    """Take an alias back. Raises NotFoundError."""
    query = select(AffiliationAlias).where(
        AffiliationAlias.conference_id == conference.id, AffiliationAlias.id == alias_id
    )
    alias = db.scalars(query).one_or_none()
    if alias is None:
        raise NotFoundError("not_found")
    db.delete(alias)
    db.flush()
    audit.of_conference(db, actor, "affiliation.part", conference, now=now)
