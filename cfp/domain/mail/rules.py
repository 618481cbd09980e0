"""When to try again, and what may stand in a header."""

import re
from datetime import timedelta

MAX_ATTEMPTS = 8
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)

_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]+@[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]+")
_SECRET = re.compile(r"(/(?:confirm|account/[a-z]+)/)[\w-]{20,}")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")


def backoff(attempts: int, jitter: float) -> timedelta:
    """How long to wait after the `attempts`-th failure: 1, 3, 9, ... minutes, at most 6 hours.

    `jitter` in [0, 1) spreads what failed together by up to a fifth, so that a server which comes
    back is not met by everything at the same second. Eight tries take about half a day. The longest
    wait is spread by a sixth, to five hours, so that it stays longer than any before it.
    """
    base: timedelta = SHORTEST_WAIT * 3 ** min(attempts - 1, 10)
    return min(base * (1 + jitter / 5), LONGEST_WAIT * (1 - jitter / 6))


def is_address(text: str) -> bool:
    """Whether this is exactly one address: no name, no list, nothing that could start a header."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def header_text(text: str) -> str:
    """The text on one line: line breaks and control characters would end a header."""
    return _CONTROL.sub(" ", text).strip()


def without_secrets(body: str) -> str:
    """The text as somebody else may read it: the links that are its recipient's alone do not work.

    Whoever presses the button of a mail acts as its recipient, so not even a chair gets it.
    """
    return _SECRET.sub(r"\1…", body)
