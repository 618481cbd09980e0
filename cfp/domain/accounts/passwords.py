"""Passwords: argon2id, two hashes at a time per process, and what a good one is."""

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from cfp.domain.accounts.common_passwords import COMMON
from cfp.errors import DomainError, ThrottledError

SHORTEST, LONGEST = 15, 128
OWN_PART = 3
"""Letters from which a part of a name or an address is taken out before the rest is judged."""
REST = 8

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_two_at_a_time = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 10.0
_NOBODYS = (  # of random bytes that nobody has kept
    "$argon2id$v=19$m=19456,t=2,p=1$klfi06kiWeTDWg+RcgrvjQ"
    "$zvbhb9gidOupbrgfglvk75dL+Jc0bbqd13MmQWgquZA"
)


def check_rules(password: str, *, about: Sequence[str], field: str = "password") -> None:
    """Refuse a password that is short, common, or hardly more than its owner's name or address.

    Raises:
        DomainError: `password_short`, `password_long`, `password_common` or `password_about_you`.
    """
    if len(password) < SHORTEST:
        raise DomainError("password_short", field=field, least=SHORTEST)
    if len(password) > LONGEST:
        raise DomainError("password_long", field=field, most=LONGEST)
    if is_common(password):
        raise DomainError("password_common", field=field)
    if len(_without(password, about)) < REST:
        raise DomainError("password_about_you", field=field)


def is_common(password: str) -> bool:
    """Whether it is on the list of common ones, one of them repeated, or a simple pattern."""
    text = re.sub(r"[\W_]", "", password.casefold())
    unit = re.fullmatch(r"(.+?)\1*", text)
    repeated = unit.group(1) if unit else ""
    return (
        len(set(text)) < 5
        or repeated in COMMON
        or text in COMMON
        or text.strip("0123456789") in COMMON
        or (len(repeated) < 5 and len(text) > len(repeated))
        or _is_run(text)
    )


def hash_password(password: str) -> str:
    """The hash to store. Slow on purpose: call it outside of any transaction."""
    with _slot():
        return _hasher.hash(_composed(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; takes as long when there is no hash to compare with."""
    with _slot():
        try:
            _hasher.verify(password_hash or _NOBODYS, _composed(password)[: LONGEST + 1])
        except (VerifyMismatchError, InvalidHashError):
            return False
    return password_hash is not None


@contextmanager
def _slot() -> Iterator[None]:
    """Bounds the memory of hashing; who waits too long is asked to come back, not queued."""
    if not _two_at_a_time.acquire(timeout=_PATIENCE_SECONDS):
        raise ThrottledError("throttled", seconds=5)
    try:
        yield
    finally:
        _two_at_a_time.release()


def _composed(password: str) -> str:
    """One form for what keyboards and systems compose differently."""
    return unicodedata.normalize("NFC", password)


def _without(password: str, about: Sequence[str]) -> str:
    """What is left of it without the parts of its owner's name and addresses."""
    rest = password.casefold()
    parts = {part for text in about for part in re.split(r"[\W_]+", text.casefold())}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= OWN_PART:
            rest = rest.replace(part, "")
    return rest


def _is_run(text: str) -> bool:
    """Whether all neighbors are one apart, as in abcdefgh or 987654."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9}
