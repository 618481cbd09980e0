"""Lists of collaborators as people type them: one to a line, in HotCRP's way of writing them.

    Ada Lovelace <ada@example.org> (Analytical Engines)

Address and affiliation may be left out, or all but the address. A line that says nothing about
anybody ("none") is skipped. Plain text in, plain facts out; see `listing` for where they are kept.
"""

import re

from cfp.domain.accounts.rules import address_key
from cfp.domain.assignment.affiliations import NO_EMPLOYER
from cfp.domain.assignment.rules import LISTED_AT_MOST
from cfp.domain.submissions.rules import affiliation_key, folded
from cfp.errors import DomainError
from cfp.records import record

LINE_LIMIT = 200
_MARK = re.compile(r"^(?:[-*•]|\d{1,3}[.)])\s+")
_AFFILIATION = re.compile(r"\(([^()]*)\)")
_ADDRESS = re.compile(r"<?([^\s<>(),;@]+@[^\s<>(),;@]+\.[^\s<>(),;@.]+)>?")
_TITLES = frozenset({"dr", "prof", "professor", "mr", "mrs", "ms", "mx", "phd"})
_NOTHING = frozenset({"none", "n/a", "na", "-", "nobody", "no one"})


@record
class Entry:
    """One line: as typed, and what it is compared by ("" is compared with nothing)."""

    text: str
    organization: bool = False
    name_key: str = ""
    address_key: str = ""
    affiliation_key: str = ""


def name_key(name: str) -> str:
    """One key for one name: no titles, no initials between, and in any order of its words.

    "Dr. Wei Q. Li" is "Li Wei". Two people may have one name; so whoever uses this must only ever
    ask, never join.
    """
    words = [word for word in re.findall(r"\w+", folded(name)) if word not in _TITLES]
    whole = [word for word in words if len(word) > 1]
    return " ".join(sorted(whole if len(whole) > 1 else words))


def read_people(text: str) -> list[Entry]:
    """The people of a list. Raises DomainError, with the field `people` and the number `line`."""
    return [_person(number, line) for number, line in _lines(text, "people")]


def read_organizations(text: str) -> list[Entry]:
    """The same for organizations, one name to a line; the field is `organizations`."""
    return [_organization(number, line) for number, line in _lines(text, "organizations")]


def _lines(text: str, field: str) -> list[tuple[int, str]]:
    stripped = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    lines = [(number, _MARK.sub("", line)) for number, line in stripped if line]
    for number, line in lines:
        if len(line) > LINE_LIMIT:
            raise DomainError("collaborator.long", field=field, line=number, limit=LINE_LIMIT)
    if len(lines) > LISTED_AT_MOST:
        first = lines[LISTED_AT_MOST][0]
        raise DomainError("collaborator.many", field=field, line=first, limit=LISTED_AT_MOST)
    return [(number, line) for number, line in lines if folded(line).rstrip(".") not in _NOTHING]


def _person(number: int, line: str) -> Entry:
    about: dict[str, object] = {"field": "people", "line": number}
    addresses = _ADDRESS.findall(line)
    if len(addresses) > 1 or ";" in line:
        raise DomainError("collaborator.several", **about)
    rest = _AFFILIATION.sub(" ", _ADDRESS.sub(" ", line))
    if set("()<>@") & set(rest):
        raise DomainError("collaborator.unreadable", **about)
    if "," in rest.rstrip(" ,"):
        raise DomainError("collaborator.comma", **about)
    name = name_key(rest)
    if not _is_whole(name) and not addresses:
        raise DomainError("collaborator.short", **about)
    address = address_key(addresses[0]) if addresses else ""
    return Entry(line, name_key=name if _is_whole(name) else "", address_key=address)


def _is_whole(name: str) -> bool:
    """Whether it says enough: one word fits too many people, unless its script has no blanks."""
    return " " in name or any(character >= "\u2e80" for character in name)


def _organization(number: int, line: str) -> Entry:
    key = affiliation_key(line)
    if key in NO_EMPLOYER or "@" in line:
        raise DomainError("collaborator.no_organization", field="organizations", line=number)
    return Entry(line, organization=True, affiliation_key=key)
