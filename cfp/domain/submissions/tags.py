"""Tags: the committee's own words on submissions, made by using them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission, SubmissionTag, Tag
from cfp.domain.submissions.rules import folded
from cfp.domain.submissions.tag_rules import (
    AUDIENCES,
    COLORS,
    NAME_LIMIT,
    TAG_LIMIT,
    Typed,
    check_name,
    next_color,
    number_of,
)
from cfp.errors import DomainError, NotFoundError
from cfp.policy import Action, Column, Fact, Seat, View, can_ever_see, may, seat_of
from cfp.records import record

_FACTS = {"chairs": Fact.CHAIR_TAGS, "reviewers": Fact.TAGS}


@record
class Tagged:
    """A tag as it stands on a submission."""

    name: str
    color: str
    audience: str
    value: str


def audiences_of(actor: Actor, conference: Conference) -> list[str]:
    """Whose tags this person can be shown at all."""
    return [one for one in AUDIENCES if can_ever_see(actor, _FACTS[one], conference)]


def tags_here(db: Session, actor: Actor, conference: Conference) -> Sequence[Tag]:
    """The tags this person may know of, by name."""
    shown = audiences_of(actor, conference)
    here = and_(Tag.conference_id == conference.id, Tag.audience.in_(shown))
    return db.scalars(select(Tag).where(here).order_by(Tag.key)).all()


def tags_by_submission(
    db: Session, actor: Actor, conference: Conference, ids: Collection[int]
) -> Mapping[int, Sequence[Tagged]]:
    """The tags on each of the submissions that this person may see; one statement for a list."""
    if not ids or not audiences_of(actor, conference):
        return {}
    found: dict[int, list[Tagged]] = defaultdict(list)
    for submission_id, *what in db.execute(_standing(seat_of(actor, conference)), {"ids": ids}):
        found[submission_id].append(Tagged(*what))
    return found


@lru_cache(maxsize=64)
def _standing(seat: Seat) -> Select[int, str, str, str, str]:
    """The tags on the submissions `:ids`; kept, because every list asks it."""
    ids: BindParameter[int] = bindparam("ids", expanding=True)
    return (
        select(SubmissionTag.submission_id, Tag.name, Tag.color, Tag.audience, SubmissionTag.value)
        .join(Tag, Tag.id == SubmissionTag.tag_id)
        .join(Submission, Submission.id == SubmissionTag.submission_id)
        .where(SubmissionTag.submission_id.in_(ids), _seen_from(seat))
        .order_by(Tag.key)
    )


def _seen(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The rows of tag on submission that this person may know."""
    return _seen_from(seat_of(actor, conference))


def _seen_from(seat: Seat) -> ColumnElement[bool]:
    parts = [and_(Tag.audience == one, seat.knows(_FACTS[one])) for one in AUDIENCES]
    return or_(false(), *parts)


@record
class Counted:
    """A tag and on how many submissions this person sees it; `numbers` of those have a number."""

    tag: Tag
    count: int
    values: int
    numbers: int


def counted_tags(db: Session, actor: Actor, conference: Conference) -> list[Counted]:
    """The tags with their counts, those of submissions that are not this person's left out."""
    valued = case((SubmissionTag.value != "", 1))
    counts = (
        select(
            SubmissionTag.tag_id,
            func.count().label("count"),
            func.count(valued).label("valued"),
            func.count(SubmissionTag.number).label("numbers"),
        )
        .join(Tag, Tag.id == SubmissionTag.tag_id)
        .join(Submission, Submission.id == SubmissionTag.submission_id)
        .where(_seen(actor, conference))
        .group_by(SubmissionTag.tag_id)
        .subquery()
    )
    here = and_(
        Tag.conference_id == conference.id, Tag.audience.in_(audiences_of(actor, conference))
    )
    rows = db.execute(
        select(Tag, counts.c.count, counts.c.valued, counts.c.numbers)
        .outerjoin(counts, counts.c.tag_id == Tag.id)
        .where(here)
        .order_by(Tag.key)
    )
    return [Counted(tag, *(count or 0 for count in counted)) for tag, *counted in rows]


def with_tag(db: Session, actor: Actor, view: View, column: str, *, name: str) -> View:
    """The view with the values of a tag as a column to sort by: numbers where it has any.

    The view as it was where this person knows of no such tag.
    """
    numeric = exists().where(SubmissionTag.tag_id == Tag.id, SubmissionTag.number.is_not(None))
    shown = audiences_of(actor, view.conference)
    here = and_(Tag.conference_id == view.conference.id, Tag.audience.in_(shown))
    found = db.execute(
        select(Tag.id, Tag.audience, numeric).where(here, Tag.key == folded(name[:NAME_LIMIT]))
    ).one_or_none()
    if found is None:
        return view
    tag_id, audience, has_numbers = found
    value: ColumnElement[Any] = (
        select(SubmissionTag.number if has_numbers else SubmissionTag.value_key)
        .where(SubmissionTag.tag_id == tag_id, SubmissionTag.submission_id == Submission.id)
        .scalar_subquery()
    )
    added = Column(value, _FACTS[audience], searched=True)
    return replace(view, columns={**view.columns, column: added})


def set_tags(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    codes: Collection[str],
    add: Iterable[Typed] = (),
    remove: Iterable[Typed] = (),
    now: datetime,
) -> int:
    """Put tags on submissions and take others off; returns how many submissions changed.

    A tag that there is not is made. Those that are not this person's to tag are not touched.

    Raises:
        DomainError: `tag.nothing` when nothing is named, `tag.too_many` for a conference's limit.
    """
    added, removed = list(add), list(remove)
    if not added and not removed:
        raise DomainError("tag.nothing", field="tags")
    query = select(Submission.id).where(
        Submission.code.in_(codes),
        Submission.conference_id == conference.id,
        may(actor, Action.TAG_ONE, conference),
    )
    ids = db.scalars(query.order_by(Submission.id)).all()
    if not ids:
        return 0
    tags = _tags_for(db, conference, added)
    gone = {tags[one.key].id for one in removed if one.key in tags}
    rows = db.scalars(select(SubmissionTag).where(SubmissionTag.submission_id.in_(ids))).all()
    there: dict[int, dict[int, SubmissionTag]] = defaultdict(dict)
    for row in rows:
        there[row.submission_id][row.tag_id] = row
    changed = 0
    for id_ in ids:
        before = _values(there[id_])
        for typed in added:
            tag_id = tags[typed.key].id
            if tag_id not in there[id_]:
                there[id_][tag_id] = _new(db, conference, id_, tag_id)
            _set_value(there[id_][tag_id], typed.value)
        for tag_id in gone & there[id_].keys():
            db.delete(there[id_].pop(tag_id))
        after = _values(there[id_])
        if after != before:
            changed += 1
            _record_on(db, actor, conference, id_, before, after, now)
    db.flush()
    return changed


def _tags_for(db: Session, conference: Conference, typed: Sequence[Typed]) -> dict[str, Tag]:
    """The conference's tags by key, with those made that are typed and not there."""
    query = select(Tag).where(Tag.conference_id == conference.id).order_by(Tag.id)
    tags = {tag.key: tag for tag in db.scalars(query)}
    missing = [one for one in typed if one.key not in tags]
    if len(tags) + len(missing) > TAG_LIMIT:
        raise DomainError("tag.too_many", field="tags", limit=TAG_LIMIT)
    for one in missing:
        color = next_color(tag.color for tag in tags.values())
        tag = Tag(conference_id=conference.id, name=one.name, key=one.key, color=color)
        tag.audience = "chairs"
        tags[one.key] = tag
        db.add(tag)
    db.flush()
    return tags


def _new(db: Session, conference: Conference, id_: int, tag_id: int) -> SubmissionTag:
    row = SubmissionTag(conference_id=conference.id, submission_id=id_, tag_id=tag_id)
    db.add(row)
    return row


def _set_value(row: SubmissionTag, value: str) -> None:
    row.value, row.value_key, row.number = value, folded(value), number_of(value)


def _values(there: Mapping[int, SubmissionTag]) -> dict[str, str]:
    return {str(tag_id): row.value for tag_id, row in there.items()}


def _record_on(
    db: Session,
    actor: Actor,
    conference: Conference,
    id_: int,
    before: Mapping[str, str],
    after: Mapping[str, str],
    now: datetime,
) -> None:
    audit.record(
        db,
        actor,
        "submission.tag",
        f"submission:{id_}",
        now=now,
        conference_id=conference.id,
        submission_id=id_,
        detail={
            "added": len(after.keys() - before.keys()),
            "removed": len(before.keys() - after.keys()),
        },
        before=before,
        after=after,
    )


def tag_of(db: Session, conference: Conference, tag_id: int) -> Tag:
    """One of the conference's tags. Raises NotFoundError."""
    tag = db.get(Tag, tag_id)
    if tag is None or tag.conference_id != conference.id:
        raise NotFoundError("not_found")
    return tag


def change_tag(
    db: Session,
    actor: Actor,
    conference: Conference,
    tag: Tag,
    *,
    name: str,
    color: str,
    audience: str,
    now: datetime,
) -> None:
    """Rename, recolor, or show to others.

    Raises:
        DomainError: at its field: `tag.bad_name`, `tag.taken` (join the two instead), `tag.color`,
            `tag.audience`.
    """
    check_name(name, field="name")
    if color not in COLORS:
        raise DomainError("tag.color", field="color")
    if audience not in AUDIENCES:
        raise DomainError("tag.audience", field="audience")
    before = _facts(tag)
    tag.name, tag.key, tag.color, tag.audience = name, folded(name), color, audience
    try:
        with db.begin_nested():
            db.flush()
    except IntegrityError:
        raise DomainError("tag.taken", field="name", name=name) from None
    _record(db, actor, conference, tag, "tag.change", now, before)


def join_tags(
    db: Session, actor: Actor, conference: Conference, tag: Tag, *, into: Tag, now: datetime
) -> None:
    """Make one tag of two: what had `tag` has `into`, which keeps its own value where it has one.

    Raises:
        DomainError: `tag.same`.
    """
    if tag.id == into.id:
        raise DomainError("tag.same", field="into")
    before = _facts(tag)
    query = select(SubmissionTag).where(SubmissionTag.tag_id.in_((tag.id, into.id)))
    rows = db.scalars(query.order_by(SubmissionTag.id)).all()
    kept = {row.submission_id: row for row in rows if row.tag_id == into.id}
    for row in rows:
        if row.tag_id != tag.id:
            continue
        if row.submission_id not in kept:
            row.tag_id = into.id
            continue
        if not kept[row.submission_id].value:
            _set_value(kept[row.submission_id], row.value)
        db.delete(row)
    db.flush()
    _record(db, actor, conference, tag, "tag.join", now, before)
    db.delete(tag)
    db.flush()


def delete_tag(
    db: Session, actor: Actor, conference: Conference, tag: Tag, *, now: datetime
) -> None:
    """Take a tag off everything, and away."""
    db.execute(delete(SubmissionTag).where(SubmissionTag.tag_id == tag.id))
    _record(db, actor, conference, tag, "tag.delete", now, _facts(tag))
    db.delete(tag)
    db.flush()


def _facts(tag: Tag) -> dict[str, Any]:
    return {"name": tag.name, "color": tag.color, "audience": tag.audience}


def _record(
    db: Session,
    actor: Actor,
    conference: Conference,
    tag: Tag,
    action: str,
    now: datetime,
    before: Mapping[str, Any],
) -> None:
    audit.record(
        db,
        actor,
        action,
        f"tag:{tag.id}",
        now=now,
        conference_id=conference.id,
        before=before,
        after=_facts(tag),
    )
