"""What an address, a password and a browser are called; how tries are spread over time."""

import unicodedata
from contextlib import suppress
from datetime import datetime, timedelta

from cfp.records import record

LOG_IN_DAYS = 30
LOG_IN_VALID = timedelta(hours=1)
STASH_VALID = timedelta(hours=24)
"""A log-in that carries what somebody typed lives as long as a greylisted mail may need."""
MERGE_VALID = timedelta(minutes=30)
CLAIM_VALID = timedelta(days=30)


def address_key(address: str) -> str:
    """What two spellings of one address have in common: the key under which it is looked up.

    Different people's addresses may fold into one key (the Kelvin sign is a k), so mail always
    goes to the address that was proved, never to the spelling that was typed.
    """
    text = unicodedata.normalize("NFKC", address.strip()).casefold()
    local, _, domain = text.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}" if local else domain


@record
class Pace:
    """How often something may be tried: `free` times at once, then with growing waits.

    One try is forgiven per `refill`. `first` is the wait after the free tries; it doubles with
    each further one up to `longest`, so nobody is ever locked out.
    """

    free: int
    refill: timedelta
    first: timedelta
    longest: timedelta

    def wait(self, tries: int) -> timedelta:
        """How long the next try must wait after `tries` unforgiven ones."""
        over = tries - self.free
        return timedelta(0) if over < 0 else min(self.first * 2 ** min(over, 30), self.longest)

    def left(self, tries: int, since: datetime, now: datetime) -> tuple[int, datetime]:
        """Tries not yet forgiven, and the moment up to which forgiving has been counted."""
        forgiven = max(0, (now - since) // self.refill)
        return max(0, tries - forgiven), since + forgiven * self.refill


MAIL_TO_ADDRESS = Pace(4, timedelta(minutes=10), timedelta(seconds=30), timedelta(minutes=10))
PASSWORD_OF_ADDRESS = Pace(5, timedelta(minutes=15), timedelta(seconds=5), timedelta(minutes=15))
CODE_OF_ADDRESS = Pace(5, timedelta(hours=1), timedelta(seconds=10), timedelta(hours=1))
FROM_NETWORK = Pace(300, timedelta(seconds=3), timedelta(seconds=1), timedelta(seconds=20))
"""A whole conference may sit behind one address, so a network's waits stay short."""

_PROGRAMS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """How a person recognizes a browser of theirs: "Firefox, Linux"; empty when it says nothing."""
    names = [
        next((name for mark, name in table if mark in user_agent), "")
        for table in (_PROGRAMS, _SYSTEMS)
    ]
    return ", ".join(name for name in names if name)
