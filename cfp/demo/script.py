"""What is in `data/`: the people, the talks and the words of the demo conference."""

import tomllib
from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any

from cfp.records import record

DATA = Path(__file__).parent / "data"
ROLES = ("speaker", "reviewer", "chair", "administrator")
"""Whose logins are printed."""


@record
class Named:
    """Somebody on a talk as typed: "Name, Affiliation <address>"; the address may be missing."""

    name: str
    affiliation: str
    address: str

    @classmethod
    def read(cls, text: str) -> "Named":
        """The parts of the line."""
        rest, _, address = text.partition("<")
        name, _, affiliation = rest.partition(",")
        return cls(name.strip(), affiliation.strip(), parseaddr(f"<{address}")[1])


@record
class Talk:
    """One talk with what becomes of it; `late` ones come in the second round."""

    title: str
    type: str
    track: str
    speakers: tuple[Named, ...]
    state: str
    merit: float
    abstract: str
    note: str = ""
    pending: str = ""
    reason: str = ""
    slides: str = ""
    video: str = ""

    @property
    def late(self) -> bool:
        """Whether it came after the first deadline, and is still under review."""
        return self.state == "submitted"

    @property
    def owner(self) -> str:
        """Address of whoever submits it."""
        return self.speakers[0].address

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Talk":
        """A row of talks.toml."""
        speakers = tuple(Named.read(text) for text in row["speakers"])
        return cls(**{**row, "speakers": speakers, "abstract": row["abstract"].strip()})


@lru_cache
def people() -> Mapping[str, Any]:
    """people.toml: the four of `ROLES`, `committee` and `invited`."""
    return _read("people")


@lru_cache
def talks() -> Sequence[Talk]:
    """talks.toml, in its order."""
    return [Talk.read(row) for row in _read("talks")["talk"]]


@lru_cache
def conference() -> Mapping[str, Any]:
    """conference.toml."""
    return _read("conference")


@lru_cache
def reviews() -> Mapping[str, Any]:
    """reviews.toml."""
    return _read("reviews")


def logins() -> list[dict[str, str]]:
    """Role, e-mail and password of those whom the visitor can be."""
    return [
        {"role": role, "email": people()[role]["email"], "password": people()[role]["password"]}
        for role in ROLES
    ]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
