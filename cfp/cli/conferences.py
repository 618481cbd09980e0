"""`cfp conference create`: a conference from the command line."""

from datetime import UTC, date, datetime, time, timedelta
from email.utils import parseaddr
from zoneinfo import available_timezones

import click
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM, RoleKind
from cfp.cli.arguments import Day, WallTime, checked_address, checked_line, checked_name
from cfp.cli.connecting import session
from cfp.cli.runtime import json_option, report
from cfp.config import Config
from cfp.domain.accounts.queries import account_with_address
from cfp.domain.conferences import actions
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.rules import AOE, DEFAULT_TYPES, instant
from cfp.errors import DomainError
from cfp.links import Links

BEFORE_THE_CONFERENCE = timedelta(days=56)
"""When the call ends unless said otherwise: time to review, to decide, and to book a journey."""


@click.group()
def conference() -> None:
    """The conferences of this installation."""


def _zone(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """An IANA time zone; AoE (anywhere on earth) is the usual name of one."""
    zone = AOE if value is not None and value.casefold() == "aoe" else value
    if zone is not None and zone not in available_timezones():
        raise click.BadParameter(f"{value!r} is not a time zone such as Europe/Prague")
    return zone


@conference.command()
@click.argument("slug")
@click.option("--name", required=True, callback=checked_name, help="As its page is headed.")
@click.option("--zone", required=True, callback=_zone, help="Its clocks, as Europe/Prague.")
@click.option("--start", required=True, type=Day(), help="First day, as 2027-05-20.")
@click.option("--end", required=True, type=Day(), help="Last day.")
@click.option("--place", default="", callback=checked_line, help="City and venue.")
@click.option(
    "--deadline",
    type=WallTime(),
    help="When the call ends, as '2027-03-01 23:59'; eight weeks before the first day otherwise.",
)
@click.option("--deadline-zone", callback=_zone, help="Its zone, or AoE; the conference's own.")
@click.option("--chair", callback=checked_address, metavar="EMAIL", help="Who runs it.")
@click.option(
    "--contact",
    callback=checked_address,
    help="Replies go here; the chair's address, else CFP_MAIL_FROM.",
)
@click.option("--blind", is_flag=True, help="Reviewers see no names.")
@json_option
@click.pass_obj
def create(
    config: Config,
    slug: str,
    name: str,
    zone: str,
    start: date,
    end: date,
    place: str,
    deadline: datetime | None,
    deadline_zone: str | None,
    chair: str | None,
    contact: str | None,
    blind: bool,
    as_json: bool,
) -> None:
    """Create a conference at /SLUG/ whose call is open until its deadline.

    A chair who has an account gets the role; anybody else is invited by mail. For a conference of
    the past or of next month, whose program is imported, the call is closed.
    """
    address = contact or chair or parseaddr(config.mail_from)[1]
    wall = deadline or datetime.combine(start - BEFORE_THE_CONFERENCE, time(23, 59))
    until, now = _until(wall, deadline_zone or zone), clock.now()
    if deadline is not None:
        _refuse_past(until, now)
    with session(config, writes=True) as db:
        made = actions.create(
            db,
            SYSTEM,
            name=name,
            slug=slug,
            start_date=start,
            end_date=end,
            place=place,
            zone=zone,
            deadline=until,
            deadline_zone=deadline_zone or zone,
            contact=address,
            types=DEFAULT_TYPES,
            blind=blind,
            now=now,
        )
        links = Links(config.base_url)
        chaired = _give_chair(db, made, chair, links, now) if chair else "nobody chairs it yet"
        db.commit()
    page = links.conference(slug)
    data = {"slug": slug, "url": page, "deadline": until.isoformat(), "chair": chair}
    report(f"{name}: {page} ({chaired})", data, as_json=as_json)


def _until(wall: datetime, zone: str) -> datetime:
    return instant(wall.date(), wall.time(), zone, field="deadline")


def _refuse_past(deadline: datetime, now: datetime) -> None:
    """Nobody types a deadline that has passed on purpose; one nobody typed closes the call."""
    if deadline <= now:
        shown = deadline.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        raise DomainError("conference.deadline_passed", field="deadline", deadline=shown)


def _give_chair(
    db: Session, made: Conference, chair: str, links: Links, now: datetime
) -> str:
    account = account_with_address(db, chair)
    if account is not None:
        actions.give_role(
            db, SYSTEM, made, person_id=account.person_id, kind=RoleKind.CHAIR, now=now
        )
        return f"{chair} chairs it"
    actions.invite(
        db, SYSTEM, made, entries=[("", chair)], kind=RoleKind.CHAIR, links=links, now=now
    )
    return f"{chair} is invited to chair it"
