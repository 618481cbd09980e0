"""The phases of reviewing: stretches of time, each with what reviewers may see and write.

Nothing switches them. Whoever asks `in_force` for a moment is told what holds then, so a phase
begins on time with no worker running, and what a page shows is what the policy judges by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from cfp.domain.conferences.models import Conference
from cfp.errors import DomainError
from cfp.records import record

NAME_LIMIT, PHASES_LIMIT = 80, 20

CHOICES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "reads": ("assigned", "all"),
        "writes": ("nobody", "assigned", "all"),
        "others": ("never", "after_own", "always"),
    }
)


@record
class Phase:
    """One phase: from `starts` until the next one starts, or until `ends` if that is sooner.

    `key` names it for the fields of the review form that are asked in it. Without a start it is
    only planned. reads: the submissions a reviewer sees; writes: of which a review may be written
    and changed; others: when others' reviews are shown.
    """

    key: str
    name: str
    starts: datetime | None = None
    ends: datetime | None = None
    reads: str = "assigned"
    writes: str = "assigned"
    others: str = "after_own"
    names_shown: bool = False
    discusses: bool = False


@record
class InForce:
    """What holds for reviewers at one moment.

    `reads_all`: each sees each submission, not only the assigned ones. `writes_all`: and may
    review each they see. `open`: whether reviews are taken at all. `until` is when this changes
    by itself, and `following` what comes then, both None where nothing is planned.
    """

    reads_all: bool
    writes_all: bool
    open: bool
    others: str
    names_shown: bool
    discusses: bool
    phase: Phase | None = None
    until: datetime | None = None
    following: Phase | None = None


def in_force(conference: Conference, at: datetime | None) -> InForce:
    """What holds at a moment: by the phase it falls into, or the conference's own switches.

    Before the first phase, and for whoever asks at no moment, everything is closed. After one has
    ended and before the next begins, what could be read can be read and nothing is written.
    """
    dated = _dated(conference.phases)
    if not dated:
        return _without_phases(
            conference.reviewing,
            conference.reviewing_open,
            conference.others_reviews,
            conference.reviewer_names_shown,
        )
    begun = [one for one in dated if at is not None and one.starts and one.starts <= at]
    following = dated[len(begun)] if len(begun) < len(dated) else None
    next_start = following.starts if following else None
    if not begun or at is None:
        return InForce(
            reads_all=conference.reviewing == "everyone",
            writes_all=False,
            open=False,
            others="never",
            names_shown=False,
            discusses=False,
            until=next_start,
            following=following,
        )
    now = begun[-1]
    ended = now.ends is not None and at > now.ends
    return InForce(
        reads_all=conference.reviewing == "everyone" or now.reads == "all",
        writes_all=conference.reviewing == "everyone" or now.writes == "all",
        open=conference.reviewing_open and not ended and now.writes != "nobody",
        others=now.others,
        names_shown=now.names_shown,
        discusses=now.discusses and not ended,
        phase=None if ended else now,
        until=next_start if ended or now.ends is None else now.ends,
        following=following,
    )


@lru_cache
def _without_phases(reviewing: str, is_open: bool, others: str, names_shown: bool) -> InForce:
    """Kept, because the policy asks dozens of times for a page."""
    return InForce(
        reads_all=reviewing == "everyone",
        writes_all=True,
        open=is_open,
        others=others,
        names_shown=names_shown,
        discusses=True,
    )


def phases_of(conference: Conference) -> list[Phase]:
    """The phases, those with dates first, by their start."""
    return [_read(row) for row in conference.phases]


def stored(phases: Sequence[Phase]) -> list[dict[str, Any]]:
    """The phases as the conference keeps them, in the order `phases_of` promises."""
    planned = [one for one in phases if not one.starts]
    rows = [asdict(one) for one in (*_by_start(phases), *planned)]
    for row in rows:
        for name in ("starts", "ends"):
            row[name] = row[name].isoformat() if row[name] else None
    return rows


def undated(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Stored phases without their dates, for another year: planned, and in force at no time."""
    return [{**row, "starts": None, "ends": None} for row in rows]


def check_phases(phases: Sequence[Phase], *, assigns: bool) -> None:
    """Raise DomainError at `rows`, with the phase's name, for what cannot be.

    assigns: whether the conference assigns reviewers; otherwise each sees each submission.
    """
    if len(phases) > PHASES_LIMIT:
        raise DomainError("phase.too_many", field="rows", limit=PHASES_LIMIT)
    names = [one.name.casefold() for one in phases]
    for one in phases:
        _check_one(one, assigns=assigns)
        if names.count(one.name.casefold()) > 1:
            raise DomainError("phase.twice", field="rows", name=one.name)
    for one, after in pairwise(_by_start(phases)):
        if one.starts == after.starts or (one.ends and after.starts and one.ends > after.starts):
            raise DomainError("phase.overlap", field="rows", name=one.name, other=after.name)


def _check_one(one: Phase, *, assigns: bool) -> None:
    if not one.name or len(one.name) > NAME_LIMIT:
        raise DomainError("phase.nameless", field="rows")
    for field, choices in CHOICES.items():
        if getattr(one, field) not in choices:
            raise DomainError("phase.bad_choice", field="rows", name=one.name)
    if one.ends and not one.starts:
        raise DomainError("phase.no_start", field="rows", name=one.name)
    if one.starts and one.ends and one.ends <= one.starts:
        raise DomainError("phase.turned", field="rows", name=one.name)
    if assigns and one.writes == "all" and one.reads != "all":
        raise DomainError("phase.unseen", field="rows", name=one.name)


def _by_start(phases: Sequence[Phase]) -> list[Phase]:
    dated = [(one.starts, one) for one in phases if one.starts]
    return [one for _start, one in sorted(dated, key=lambda pair: pair[0])]


def _dated(rows: Sequence[Mapping[str, Any]]) -> list[Phase]:
    return [_read(row) for row in rows if row["starts"]]


def _read(row: Mapping[str, Any]) -> Phase:
    moments = {
        name: datetime.fromisoformat(row[name]) if row[name] else None
        for name in ("starts", "ends")
    }
    return Phase(**{**row, **moments})
