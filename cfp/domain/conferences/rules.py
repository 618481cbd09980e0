"""What a conference must be, on plain facts: names in addresses, times on walls, pasted lines."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

from cfp.domain.accounts.rules import address_key
from cfp.domain.conferences.models import Conference, Invitation
from cfp.domain.mail.rules import is_address
from cfp.errors import DomainError
from cfp.records import record

AOE = "Etc/GMT+12"
SLUG_LIMIT = 40
RESERVED_SLUGS = frozenset(
    [
        *("about", "account", "accounts", "admin", "api", "bootstrap", "cfp", "chair", "confirm"),
        *("feed", "healthz", "help", "imprint", "login", "logout", "metrics", "new", "privacy"),
        *("readyz", "reviews", "search", "static", "submissions"),
    ]
)
SECTIONS = ("introduction", "attendance", "registration", "booking", "broadcast", "contact")
"""The parts of the page in the conference's own words, in the page's order."""

MINUTES_LIMIT = 1_440
GRACE_LIMIT = 1_440
RESPONSE_WORDS_LIMIT = 5_000
INVITATION_LIMIT = 500
INVITATION_LASTS = timedelta(days=60)
TRACKED_ROLES = frozenset({"track_chair"})

DEFAULT_TYPES: Sequence[tuple[str, int, int]] = (("Talk", 25, 5), ("Short talk", 10, 5))
DEFAULT_TRACK, DEFAULT_ROOM, DEFAULT_CRITERION = "Main track", "Main room", "Overall"
DEFAULT_LABELS: Sequence[str] = (
    "Should not be in the program",
    "Rather not",
    "Could be in",
    "Should be in",
    "Must be in",
)

_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAMED = re.compile(r"^(?P<name>[^<>]*)<(?P<address>[^<>]*)>$")


def runs_out(invitation: Invitation) -> datetime:
    """When an invitation that nobody has answered can be answered no more; sending it renews it."""
    return invitation.created + INVITATION_LASTS


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Whether it can still be answered."""
    return invitation.state == "sent" and now < runs_out(invitation)


def proposed_slug(name: str) -> str:
    """The conference's name as it could stand in an address; "" when nothing of it can."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    ascii_only = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    return _NOT_IN_SLUG.sub("-", ascii_only).strip("-")[:SLUG_LIMIT].strip("-")


def check_slug(slug: str) -> None:
    """Raise DomainError `conference.bad_slug` or `conference.reserved_slug`."""
    if len(slug) > SLUG_LIMIT or not _SLUG.fullmatch(slug):
        raise DomainError("conference.bad_slug", field="slug")
    if slug in RESERVED_SLUGS:
        raise DomainError("conference.reserved_slug", field="slug", slug=slug)


def check_basics(*, name: str, start_date: date, end_date: date, zone: str) -> None:
    """Raise DomainError for a nameless conference, days in the wrong order, an unknown zone."""
    if not name.strip():
        raise DomainError("conference.no_name", field="name")
    if end_date < start_date:
        raise DomainError("conference.days_turned", field="end_date")
    check_zone(zone, field="zone")


def check_zone(zone: str, *, field: str) -> None:
    """Raise DomainError `conference.unknown_zone`."""
    if zone not in available_timezones():
        raise DomainError("conference.unknown_zone", field=field)


def check_address(address: str, *, field: str) -> None:
    """Raise DomainError `conference.bad_address`."""
    if not is_address(address):
        raise DomainError("conference.bad_address", field=field)


def check_type(name: str, minutes: int, discussion: int, *, field: str) -> None:
    """Raise DomainError for a format without a name or with impossible minutes."""
    if not name.strip():
        raise DomainError("conference.nameless_row", field=field)
    if not (1 <= minutes <= MINUTES_LIMIT and 0 <= discussion <= MINUTES_LIMIT):
        raise DomainError("conference.bad_minutes", field=field, name=name)


def check_names(names: Sequence[str], *, field: str) -> None:
    """Raise DomainError unless there is at least one name, none empty, none twice."""
    if not names:
        raise DomainError("conference.none_left", field=field)
    if not all(name.strip() for name in names):
        raise DomainError("conference.nameless_row", field=field)
    folded = [name.casefold() for name in names]
    doubled = next((n for n in names if folded.count(n.casefold()) > 1), None)
    if doubled is not None:
        raise DomainError("conference.doubled_name", field=field, name=doubled)


def instant(day: date, at: wall_time, zone: str, *, field: str) -> datetime:
    """The moment a wall clock in `zone` shows this, in UTC.

    Of the two moments of an hour that clocks show twice, the earlier. Raises DomainError
    `conference.no_such_time` for an hour that clocks skip.
    """
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    try:
        moment = local.astimezone(UTC)
    except OverflowError:
        raise DomainError("conference.no_such_time", field=field) from None
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise DomainError("conference.no_such_time", field=field)
    return moment


def same_wall_time(moment: datetime, old_zone: str, new_zone: str) -> datetime:
    """The moment at which clocks in the new zone show what those in the old one showed.

    An hour that the new zone's clocks skip becomes the one after it.
    """
    shown = moment.astimezone(ZoneInfo(old_zone)).replace(tzinfo=None)
    return shown.replace(tzinfo=ZoneInfo(new_zone)).astimezone(UTC)


def call_state(conference: Conference, now: datetime) -> str:
    """One of archived, unopened (no opening set), ahead, open, grace (for open drafts), closed."""
    if conference.archived:
        return "archived"
    if conference.opens is None:
        return "unopened"
    if now < conference.opens:
        return "ahead"
    if now <= conference.deadline:
        return "open"
    grace = timedelta(minutes=conference.grace_minutes)
    return "grace" if now <= conference.deadline + grace else "closed"


@record
class PastedLine:
    """One line of a pasted list; `problem` is a key: no_address, bad_address or doubled."""

    number: int
    text: str
    name: str = ""
    address: str = ""
    problem: str = ""


def read_lines(text: str) -> list[PastedLine]:
    """Read `Name <address>`, one a line; bare addresses and lists from mail programs work too."""
    lines: list[PastedLine] = []
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        entry = line.strip().rstrip(",;").strip()
        if entry:
            lines.append(_read_line(number, entry, seen))
    return lines


def _read_line(number: int, entry: str, seen: set[str]) -> PastedLine:
    named = _NAMED.match(entry)
    address = (named["address"] if named else entry).strip()
    name = named["name"].strip().strip("\"'").strip() if named else ""
    if "@" not in address:
        return PastedLine(number, entry, problem="no_address")
    if not is_address(address):
        return PastedLine(number, entry, problem="bad_address")
    if address_key(address) in seen:
        return PastedLine(number, entry, name, address, problem="doubled")
    seen.add(address_key(address))
    return PastedLine(number, entry, name, address)


CONFLICT_POLICIES = ("block", "avoid", "show")

REVIEWING_CHOICES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "reviewing": ("everyone", "assigned"),
        "others_reviews": ("never", "after_own", "always"),
        "delegation": ("off", "on", "approved"),
    }
)


def check_scale(low: int, high: int, labels: Sequence[str]) -> None:
    """Raise DomainError for a scale that is none, or labels that do not word each value."""
    if not (0 <= low < high <= 10):
        raise DomainError("criterion.bad_scale", field="high")
    if labels and len(labels) != high - low + 1:
        raise DomainError("criterion.wrong_labels", field="labels", count=high - low + 1)


FIELD_KINDS = ("text", "choice", "choices")
CONFIRM_KINDS = ("text", "yes_no", "choice")
AUDIENCES = ("chairs", "reviewers", "speakers")
"""Who reads an answer, the fewest first: each reads what is meant for those before it, too."""
FIELD_NAME_LIMIT, OPTION_LIMIT, OPTIONS_LIMIT = 120, 200, 50


def check_options(kind: str, options: Sequence[str]) -> None:
    """Raise DomainError at `options` for a choice that is none, or a text with choices."""
    if kind == "text":
        if options:
            raise DomainError("field.no_options", field="options")
        return
    folded = [one.casefold() for one in options]
    if len(options) < 2 or len(set(folded)) < len(folded):
        raise DomainError("field.few_options", field="options")
    if len(options) > OPTIONS_LIMIT or any(len(one) > OPTION_LIMIT for one in options):
        raise DomainError("field.long_options", field="options", limit=OPTIONS_LIMIT)


def widens(before: str, after: str) -> bool:
    """Whether more people read what is meant for the second audience than for the first."""
    return AUDIENCES.index(after) > AUDIENCES.index(before)
