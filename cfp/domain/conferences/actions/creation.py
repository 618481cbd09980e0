"""A new conference, complete and with its call open, from seven answers or from last year's."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.assignment.models import ReviewRound
from cfp.domain.conferences import queries, rules
from cfp.domain.conferences.actions.limits import carried_over, ids_by_name, names_by_id
from cfp.domain.conferences.actions.roles import give_role, invite
from cfp.domain.conferences.models import (
    AffiliationAlias,
    Conference,
    ConfirmQuestion,
    Criterion,
    ReviewField,
    Room,
    SubmissionType,
    Track,
)
from cfp.domain.conferences.queries import Member
from cfp.domain.mail.models import MailTemplate
from cfp.domain.program.models import ProgramDraft
from cfp.domain.submissions.models import Tag
from cfp.errors import DomainError
from cfp.links import Links
from cfp.phases import undated
from cfp.records import record


@record
class NewConference:
    """What must be known of a conference before its call can be open; times are aware."""

    name: str
    slug: str
    start_date: date
    end_date: date
    place: str
    zone: str
    deadline: datetime
    deadline_zone: str
    contact: str
    blind: bool = False

    def check(self) -> None:
        """Raise DomainError naming the first field that will not do."""
        rules.check_basics(
            name=self.name, start_date=self.start_date, end_date=self.end_date, zone=self.zone
        )
        rules.check_slug(self.slug)
        rules.check_zone(self.deadline_zone, field="deadline_zone")
        rules.check_address(self.contact, field="contact")


def create(
    db: Session,
    actor: Actor,
    *,
    name: str,
    slug: str,
    start_date: date,
    end_date: date,
    place: str,
    zone: str,
    deadline: datetime,
    deadline_zone: str,
    contact: str,
    types: Sequence[tuple[str, int, int]],
    blind: bool,
    now: datetime,
) -> Conference:
    """Create a conference whose call is open at once; its creator is its chair.

    `types` are (name, minutes, minutes of discussion). The names of the one track, room and
    criterion are shown to nobody but chairs, who can change them.

    Raises:
        DomainError: with the `field` it is about; `conference.slug_taken` for a used address.
    """
    rules.check_names([name for name, _, _ in types], field="types")
    for type_name, minutes, discussion in types:
        rules.check_type(type_name, minutes, discussion, field="types")
    new = NewConference(
        name, slug, start_date, end_date, place, zone, deadline, deadline_zone, contact, blind
    )
    conference = _insert(db, new, now)
    here = conference.id
    db.add_all(
        SubmissionType(
            conference_id=here,
            name=type_name,
            minutes=minutes,
            discussion_minutes=discussion,
            position=position,
        )
        for position, (type_name, minutes, discussion) in enumerate(types)
    )
    db.add(Track(conference_id=here, name=rules.DEFAULT_TRACK))
    db.add(Room(conference_id=here, name=rules.DEFAULT_ROOM))
    labels = list(rules.DEFAULT_LABELS)
    db.add(Criterion(conference_id=here, name=rules.DEFAULT_CRITERION, labels=labels))
    _start(db, actor, conference, now, {"types": len(types)})
    return conference


def clone(
    db: Session,
    actor: Actor,
    source: Conference,
    *,
    new: NewConference,
    invited: int = 0,
    now: datetime,
) -> Conference:
    """Create a conference with the settings, formats, tracks, rooms, tags and texts of another.

    Submissions, people and dates are never copied; who is to be on the committee again is invited
    (`invite_again`), `invited` of them.

    Raises:
        DomainError: as `create`.
    """
    conference = _insert(db, new, now, _copied_settings(source))
    for model in (Track, SubmissionType, Room):
        _copy_rows(db, model, source, conference, archived=False)
    _copy_review_form(db, source, conference)
    _copy_rows(db, MailTemplate, source, conference)
    _copy_rows(db, AffiliationAlias, source, conference)
    _copy_rows(db, Tag, source, conference)
    _copy_rows(db, ConfirmQuestion, source, conference, archived=False)
    detail = {"from": source.slug, "invited": invited}
    _start(db, actor, conference, now, detail)
    return conference


def invite_again(
    db: Session,
    actor: Actor,
    source: Conference,
    target: Conference,
    *,
    members: Sequence[Member],
    links: Links,
    now: datetime,
) -> int:
    """Offer members of another conference's committee their roles in this one; returns how many.

    A track chair is invited for the track of the same name.
    """
    tracks = {track.name: track.id for track in queries.tracks_of(db, target)}
    offers: dict[tuple[str, int | None], list[tuple[str, str]]] = {}
    for member in members:
        for kind, track in member.roles:
            if not track or track in tracks:
                offer = offers.setdefault((kind, tracks.get(track)), [])
                offer.append((member.name, member.address))
    for (kind, track_id), entries in offers.items():
        invite(
            db, actor, target, entries=entries, kind=kind, track_id=track_id, links=links, now=now
        )
    return len(members)


COPIED_SETTINGS = (
    "language",
    "talk_word",
    "grace_minutes",
    "sections",
    "mailing_list",
    "markdown",
    "reviewing",
    "reviews_per_submission",
    "others_reviews",
    "reviewer_names_shown",
    "asks_confidence",
    "confidence_weights",
    "asks_speaker_text",
    "sends_speaker_text",
    "compares_pairs",
    "discusses",
    "summarizes",
    "rates_reviews",
    "asks_ai_statement",
    "asks_response",
    "response_words",
    "delegation",
    "uses_bids",
    "conflict_policies",
    "match_weights",
    "needs_senior",
    "one_per_affiliation",
    "chance_cap",
    "committee_shown",
    "asks_collaborators",
    "confirm_days",
    "materials_need_approval",
    "tells_leniency",
    "phases_zone",
)
"""What next year's conference takes over; dates, links and the call are its own."""

_NOT_COPIED = frozenset({"id", "conference_id", "revision"})


def _copied_settings(source: Conference) -> dict[str, Any]:
    """The phases are those of last year, too, and wait for this year's dates."""
    settings = {name: getattr(source, name) for name in COPIED_SETTINGS}
    return {**settings, "phases": undated(source.phases)}


def _insert(
    db: Session, new: NewConference, now: datetime, settings: dict[str, Any] | None = None
) -> Conference:
    new.check()
    conference = Conference(
        **{
            "sections": {},
            "conflict_policies": {},
            "match_weights": {},
            **(settings or {}),
            "slug": new.slug,
            "name": new.name.strip(),
            "zone": new.zone,
            "start_date": new.start_date,
            "end_date": new.end_date,
            "place": new.place.strip(),
            "contact": new.contact,
            "created": now,
            "opens": now,
            "deadline": new.deadline,
            "deadline_zone": new.deadline_zone,
            "blind": new.blind,
        }
    )
    taken = select(Conference.id).where(Conference.slug == new.slug)
    if db.scalar(taken) is not None:
        raise DomainError("conference.slug_taken", field="slug", slug=new.slug)
    try:
        with db.begin_nested():
            db.add(conference)
            db.flush()
    except IntegrityError:
        raise DomainError("conference.slug_taken", field="slug", slug=new.slug) from None
    return conference


def _copy_rows(
    db: Session, model: type[Any], source: Conference, target: Conference, **only: object
) -> None:
    names = [c.key for c in model.__table__.columns if c.key not in _NOT_COPIED]
    rows = select(model).filter_by(conference_id=source.id, **only).order_by(model.id)
    for row in db.scalars(rows).all():
        values = {name: getattr(row, name) for name in names}
        db.add(model(conference_id=target.id, **values))


def _copy_review_form(db: Session, source: Conference, target: Conference) -> None:
    """Criteria and fields, limited to what is called the same here; or not, if nothing is."""
    db.flush()
    lists: dict[str, tuple[Sequence[Track | SubmissionType], Sequence[Track | SubmissionType]]]
    lists = {
        "tracks": (queries.tracks_of(db, source), queries.tracks_of(db, target)),
        "types": (queries.types_of(db, source), queries.types_of(db, target)),
    }
    models: tuple[type[Any], ...] = (Criterion, ReviewField)
    for model in models:
        names = [c.key for c in model.__table__.columns if c.key not in _NOT_COPIED]
        rows = select(model).filter_by(conference_id=source.id, archived=False)
        for row in db.scalars(rows.order_by(model.id)).all():
            values = {name: getattr(row, name) for name in names}
            for name, (before, after) in lists.items():
                known, there = names_by_id(before), ids_by_name(after)
                values[name] = carried_over(values[name], known, there)
            if None not in (values["tracks"], values["types"]):
                db.add(model(conference_id=target.id, **values))


def _start(
    db: Session, actor: Actor, conference: Conference, now: datetime, detail: dict[str, Any]
) -> None:
    """What every conference has from its first moment, whoever it was made from."""
    db.add(ReviewRound(conference_id=conference.id, number=1))
    db.add(ProgramDraft(conference_id=conference.id, created=now))
    db.flush()
    audit.of_conference(
        db,
        actor,
        "conference.create",
        conference,
        now=now,
        detail={"slug": conference.slug, **detail},
    )
    if actor.person_id is not None:
        give_role(db, actor, conference, person_id=actor.person_id, kind=RoleKind.CHAIR, now=now)
