"""Saved views: a list's filters, order and columns by a name, one's own or shared by the chairs."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.conferences.models import Conference, SavedView
from cfp.errors import DomainError, NotFoundError

NAME_LIMIT, QUERY_LIMIT, VIEW_LIMIT = 60, 2_000, 100
_NOT_KEPT = frozenset({"page", "slug", "code", "endpoint", "to", "picked"})


def is_chair(actor: Actor, conference: Conference) -> bool:
    """Whether the person is among those with whom views are shared."""
    kinds = (RoleKind.CHAIR, RoleKind.TRACK_CHAIR)
    return any(actor.has(conference.id, kind) for kind in kinds)


def kept_query(query: str) -> str:
    """What of an address's query says how a list looks: filters, order, columns."""
    pairs = parse_qsl(query[: 2 * QUERY_LIMIT], errors="replace")
    kept = [
        (name, value)
        for name, value in pairs
        if value and name not in _NOT_KEPT and not name.startswith("_")
    ]
    return urlencode(kept)


def views_on(
    db: Session, actor: Actor, conference: Conference, *, page: str
) -> Sequence[SavedView]:
    """The views of a list that this person has: their own and the shared ones, by name."""
    theirs = _on_page(shared=is_chair(actor, conference))
    asked = {"here": conference.id, "me": actor.person_id, "page": page}
    return db.scalars(theirs, asked).all()


@cache
def _on_page(*, shared: bool) -> Select[SavedView]:
    """Made once, with the shared ones or without: every list asks it."""
    own: ColumnElement[bool] = SavedView.person_id == bindparam("me")
    theirs = or_(own, SavedView.shared.is_(True)) if shared else own
    query = select(SavedView).where(
        SavedView.conference_id == bindparam("here"), SavedView.page == bindparam("page"), theirs
    )
    return query.order_by(func.lower(SavedView.name), SavedView.id)


def views_to_change(db: Session, actor: Actor, conference: Conference) -> Sequence[SavedView]:
    """The views this person can change: their own, and for a chair the shared ones too."""
    query = select(SavedView).where(_changeable(actor, conference))
    return db.scalars(query.order_by(SavedView.page, func.lower(SavedView.name))).all()


def view_to_change(db: Session, actor: Actor, conference: Conference, view_id: int) -> SavedView:
    """One of those. Raises NotFoundError."""
    query = select(SavedView).where(_changeable(actor, conference), SavedView.id == view_id)
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found


def _changeable(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    own = SavedView.person_id == actor.person_id
    chairs = actor.has(conference.id, RoleKind.CHAIR)
    return and_(
        SavedView.conference_id == conference.id,
        or_(own, SavedView.shared.is_(True)) if chairs else own,
    )


def save_view(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    page: str,
    name: str,
    query: str,
    shared: bool,
    now: datetime,
) -> SavedView:
    """Keep a list as it looks. One's own view of that name is replaced.

    Raises:
        DomainError: at its field: `view.name_missing`, `view.long_query`, `view.many`.
    """
    kept = _checked(name, query)
    mine = select(SavedView).where(
        SavedView.conference_id == conference.id, SavedView.person_id == actor.person_id
    )
    own = {(one.page, one.name): one for one in db.scalars(mine)}
    if len(own) >= VIEW_LIMIT:
        raise DomainError("view.many", field="name", limit=VIEW_LIMIT)
    found = own.get((page, name))
    if found is None:
        found = SavedView(
            conference_id=conference.id, person_id=actor.person_id, page=page, created=now
        )
        db.add(found)
    _set(db, actor, conference, found, name=name, query=kept, shared=shared)
    return found


def change_view(
    db: Session,
    actor: Actor,
    conference: Conference,
    view: SavedView,
    *,
    name: str,
    shared: bool,
) -> None:
    """Rename it, share it, or stop sharing it.

    Raises:
        DomainError: at its field: `view.name_missing`, `view.taken`.
    """
    _set(db, actor, conference, view, name=name, query=_checked(name, view.query), shared=shared)


def delete_view(
    db: Session, actor: Actor, conference: Conference, view: SavedView, *, now: datetime
) -> None:
    """Forget it; a shared one that was another's is noted in the log."""
    if view.person_id != actor.person_id:
        audit.record(
            db,
            actor,
            "view.delete",
            f"saved_view:{view.id}",
            now=now,
            conference_id=conference.id,
        )
    db.delete(view)
    db.flush()


def _checked(name: str, query: str) -> str:
    if not name.strip():
        raise DomainError("view.name_missing", field="name")
    kept = kept_query(query)
    if len(kept) > QUERY_LIMIT:
        raise DomainError("view.long_query", field="name", limit=QUERY_LIMIT)
    return kept


def _set(
    db: Session,
    actor: Actor,
    conference: Conference,
    view: SavedView,
    *,
    name: str,
    query: str,
    shared: bool,
) -> None:
    view.name, view.query = name.strip()[:NAME_LIMIT], query
    view.shared = shared and is_chair(actor, conference)
    try:
        with db.begin_nested():
            db.flush()
    except IntegrityError:
        raise DomainError("view.taken", field="name", name=name) from None
