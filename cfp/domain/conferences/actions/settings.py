"""What a conference is called, says on its page, and how its reviewing works."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences import rules
from cfp.domain.conferences.models import Conference
from cfp.domain.program.models import Placement
from cfp.errors import DomainError
from cfp.policy import DEFAULT_CONFLICT_POLICIES


def change(
    db: Session,
    actor: Actor,
    conference: Conference,
    action: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Set columns of the conference and note in the log which ones changed; none, no entry."""
    changed = {name: v for name, v in values.items() if getattr(conference, name) != v}
    if not changed and not detail:
        return
    before = {name: getattr(conference, name) for name in changed}
    for name, value in changed.items():
        setattr(conference, name, value)
    db.flush()
    audit.of_conference(
        db,
        actor,
        action,
        conference,
        now=now,
        detail={"fields": sorted(changed), **(detail or {})},
        before=before,
        after=changed,
    )


def change_basics(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    name: str,
    start_date: date,
    end_date: date,
    place: str,
    zone: str,
    keep: str,
    now: datetime,
) -> None:
    """Change name, days, place and time zone.

    Moving to another zone asks what stays: `keep` "wall" (a slot at 10:00 is at 10:00 there) or
    "instants" (it stays the same moment). The deadline is a moment and never moves with it.

    Raises:
        DomainError: with the field it is about.
    """
    rules.check_basics(name=name, start_date=start_date, end_date=end_date, zone=zone)
    if keep not in {"wall", "instants"}:
        raise DomainError("conference.keep_what", field="keep")
    moved = 0
    if zone != conference.zone and keep == "wall":
        moved = _keep_wall_times(db, conference, zone)
    values = {
        "name": name,
        "start_date": start_date,
        "end_date": end_date,
        "place": place,
        "zone": zone,
    }
    change(
        db,
        actor,
        conference,
        "conference.change_basics",
        values,
        now=now,
        detail={"slots_moved": moved} if moved else None,
    )


def change_page(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    sections: Mapping[str, str],
    registration_url: str,
    mailing_list: str,
    contact: str,
    now: datetime,
    markdown: bool = False,
) -> None:
    """Change what the conference says about itself; an empty section is not shown.

    Raises:
        DomainError: `conference.bad_address` for the contact, `conference.bad_link`.
    """
    rules.check_address(contact, field="contact")
    if registration_url and not registration_url.startswith(("https://", "http://")):
        raise DomainError("conference.bad_link", field="registration_url")
    imported = {k: v for k, v in conference.sections.items() if k not in rules.SECTIONS}
    values = {
        "sections": {
            **{key: sections[key] for key in rules.SECTIONS if sections.get(key)},
            **imported,
        },
        "registration_url": registration_url,
        "mailing_list": mailing_list,
        "contact": contact,
        "markdown": markdown,
    }
    change(db, actor, conference, "conference.change_page", values, now=now)


def change_reviewing(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    switches: Mapping[str, Any],
    conflict_policies: Mapping[str, str],
    now: datetime,
) -> None:
    """Change how reviewing works; `switches` are columns of the conference by name.

    Where comparing ends, scores that come from it stand beside no mean any more.

    Raises:
        DomainError: for a value that is none of its choices.
    """
    for name, choices in rules.REVIEWING_CHOICES.items():
        if name in switches and switches[name] not in choices:
            raise DomainError("conference.bad_choice", field=name)
    for kind, policy in conflict_policies.items():
        if kind not in DEFAULT_CONFLICT_POLICIES or policy not in rules.CONFLICT_POLICIES:
            raise DomainError("conference.bad_choice", field=f"policy_{kind}")
    _check_moments(conference, switches)
    values = {**switches}
    if switches.get("compares_pairs") is False and conference.adjusts_by == "pairs":
        values |= {"adjusts_scores": False, "adjusts_by": "reviews"}
    if conflict_policies:
        values["conflict_policies"] = {**conference.conflict_policies, **conflict_policies}
    change(db, actor, conference, "conference.change_reviewing", values, now=now)


def _check_moments(conference: Conference, switches: Mapping[str, Any]) -> None:
    due = switches.get("reviews_due", conference.reviews_due)
    close = switches.get("reviews_close", conference.reviews_close)
    if due is not None and close is not None and close < due:
        raise DomainError("conference.closes_early", field="close_date")


def archive(db: Session, actor: Actor, conference: Conference, *, now: datetime) -> None:
    """Put the conference away: its call is closed, and everything stays readable."""
    change(db, actor, conference, "conference.archive", {"archived": True}, now=now)


def unarchive(db: Session, actor: Actor, conference: Conference, *, now: datetime) -> None:
    """Take the conference out of the archive."""
    change(db, actor, conference, "conference.unarchive", {"archived": False}, now=now)


def _keep_wall_times(db: Session, conference: Conference, zone: str) -> int:
    """Move what is planned but not published; published versions are what they were."""
    placements = db.scalars(select(Placement).where(Placement.conference_id == conference.id)).all()
    for placement in placements:
        placement.start = rules.same_wall_time(placement.start, conference.zone, zone)
    return len(placements)
