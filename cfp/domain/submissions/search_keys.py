"""The keys of the search language: which column each needs, and what its values mean.

Every condition is made of `Asked.column`, so that what this person may not see is null in it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from math import ceil, floor
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, not_, or_, select, true

from cfp.actors import Actor
from cfp.domain.assignment.models import Conflict
from cfp.domain.submissions.models import SubmissionTag
from cfp.domain.submissions.rules import folded
from cfp.domain.submissions.search import SearchError, Term
from cfp.domain.submissions.states import OUTCOMES, State
from cfp.domain.submissions.tag_rules import number_of
from cfp.domain.submissions.tags import audiences_of
from cfp.policy import View, searchable
from cfp.records import record

Condition = ColumnElement[bool]
STATES = tuple(state.value for state in State if state is not State.DRAFT)
_SHOWN_DIGIT = 0.05
_KNOWN_SHOWN = 12
_TAG = re.compile(r"([^:=<>!]+)(?::?(!=|<=|>=|<|>|=)|:)?(.*)")


@record
class Names:
    """What can be called by its name: tracks, formats, and the tags this person may know of."""

    tracks: Sequence[str] = ()
    types: Sequence[str] = ()
    tags: Sequence[tuple[int, str, str]] = ()
    """Id, name and audience of each."""


class Asked:
    """Who searches in which list; the names are loaded when one is used."""

    def __init__(self, actor: Actor, view: View, names: Callable[[], Names]) -> None:
        self.actor, self.view, self._load = actor, view, names

    @cached_property
    def names(self) -> Names:
        """What can be named here."""
        return self._load()

    @cached_property
    def columns(self) -> frozenset[str]:
        """What this person can search this list by."""
        return searchable(self.actor, self.view)

    def column(self, name: str) -> SQLColumnExpression[Any]:
        """The column as this person may use it: null where it is not theirs to know."""
        return self.view.column(self.actor, name)


def wrong(key: str, term: Term, **data: object) -> SearchError:
    """An error at a term."""
    return SearchError(key, place=term.place, name=term.key, **data)


def unknown(term: Term, name: str) -> SearchError:
    """One error for what there is not and for what is hidden."""
    return SearchError("search.unknown", place=term.place, name=name)


@record
class Rule:
    """A key: the view's column it needs, what one of its values means, and its signs."""

    column: str
    holds: Callable[[Asked, Term, str], Condition]
    signs: frozenset[str] = frozenset({":", "!="})


# Texts ----------------------------------------------------------------------------------------


def _line(before: str, after: str) -> Callable[[Asked, Term, str], Condition]:
    """In one line of the three that are searched."""

    def holds(asked: Asked, term: Term, value: str) -> Condition:
        word = folded(value).replace("/", "//").replace("%", "/%").replace("_", "/_")
        return asked.column("text").like(f"{before}%{word}%{after}", escape="/")

    return holds


def _people(asked: Asked, term: Term, value: str) -> Condition:
    return asked.column("people").contains(folded(value), autoescape=True)


def _code(asked: Asked, term: Term, value: str) -> Condition:
    return asked.column("code") == value.upper()


# Names ----------------------------------------------------------------------------------------


def _named(column: str, known: Callable[[Names], Sequence[str]]) -> Callable[..., Condition]:
    """The one of that name, or without one all that have it in their names."""

    def holds(asked: Asked, term: Term, value: str) -> Condition:
        names, wanted = known(asked.names), folded(value)
        found = [name for name in names if folded(name) == wanted]
        found = found or [name for name in names if wanted in folded(name)]
        if not found:
            raise _no_such(term, value, names)
        return asked.column(column).in_(found)

    return holds


def _no_such(term: Term, value: str, known: Sequence[str]) -> SearchError:
    shown = [*known[:_KNOWN_SHOWN], *(["…"] if len(known) > _KNOWN_SHOWN else [])]
    return wrong("search.no_such", term, value=value, known=", ".join(shown) or "-")


def _state(asked: Asked, term: Term, value: str) -> Condition:
    if value.casefold() not in STATES:
        raise _no_such(term, value, STATES)
    return asked.column("state") == value.casefold()


_DECIDED = MappingProxyType(
    {name: (state, *({State.CONFIRMED, State.DECLINED, State.CANCELED} if name == "accept" else ()))
     for name, state in OUTCOMES.items()}
)  # fmt: skip
"""The states that an announced outcome leads to."""


def _pending(asked: Asked, term: Term, value: str) -> Condition:
    wanted, pending = value.casefold(), asked.column("pending")
    if wanted == "any":
        return pending != ""
    if wanted not in {*OUTCOMES, "none"}:
        raise _no_such(term, value, (*OUTCOMES, "none", "any"))
    return pending == ("" if wanted == "none" else wanted)


def _decision(asked: Asked, term: Term, value: str) -> Condition:
    """Pending or announced."""
    wanted, state = value.casefold(), asked.column("state")
    pending = _pending(asked, term, value)
    if wanted == "none":
        return and_(pending, state.in_((State.SUBMITTED, State.WITHDRAWN)))
    if wanted == "any":
        return or_(pending, state.not_in((State.SUBMITTED, State.WITHDRAWN)))
    return or_(pending, state.in_(sorted(_DECIDED[wanted])))


# Figures and days -----------------------------------------------------------------------------

ORDER: Mapping[str, Callable[[Any, Any], Condition]] = MappingProxyType(
    {
        "<": lambda one, other: one < other,
        "<=": lambda one, other: one <= other,
        ">": lambda one, other: one > other,
        ">=": lambda one, other: one >= other,
    }
)
_ALL_SIGNS = frozenset({":", "!=", *ORDER})


def _figure(
    column: str, digit: float = 0.0, scaled: Callable[[float], float] = float
) -> Callable[[Asked, Term, str], Condition]:
    """A number, or a range of them, compared as it is shown: with one digit, or a whole number.

    `digit` is half a step of what is shown, or 0.
    """

    def holds(asked: Asked, term: Term, value: str) -> Condition:
        figure = asked.column(column)
        low, high = _ends(term, value)
        if term.sign in ORDER:
            if low != high or low is None:
                raise wrong("search.number", term, value=value)
            sign, edge = _as_shown(term.sign, low, digit)
            return ORDER[sign](figure, scaled(edge))
        conditions = []
        if low is not None:
            conditions.append(figure >= scaled(low - digit))
        if high is not None and digit:
            conditions.append(figure < scaled(high + digit))
        elif high is not None:
            conditions.append(figure <= scaled(high))
        return and_(*conditions)

    return holds


def _as_shown(sign: str, value: float, digit: float) -> tuple[str, float]:
    """The comparison that holds where this one does for what is shown."""
    if not digit:
        return sign, value
    steps = round(value / (2 * digit), 6)
    first = floor(steps) + 1 if sign in {">", "<="} else ceil(steps)
    return ">=" if sign in {">", ">="} else "<", first * 2 * digit - digit


def _ends(term: Term, value: str) -> tuple[float | None, float | None]:
    """Both ends of 3, 3..4, 3.. and ..4."""
    low, dots, high = value.partition("..")
    ends = number_of(low), number_of(high) if dots else number_of(low)
    bad = (low and ends[0] is None) or (dots and high and ends[1] is None)
    if bad or ends == (None, None):
        raise wrong("search.number", term, value=value)
    return ends


def _squared(value: float) -> float:
    return value * abs(value)


def _day(asked: Asked, term: Term, value: str) -> Condition:
    """A day of the conference's zone, or from one to another."""
    moment, zone = asked.column("submitted"), ZoneInfo(asked.view.conference.zone)
    first, dots, last = value.partition("..")
    start = _start_of(term, first, zone) if first or not dots else None
    end = _start_of(term, last if dots else first, zone, days=1) if last or not dots else None
    if start is None and end is None:
        raise wrong("search.date", term, value=value)
    if term.sign in ORDER:
        if dots or start is None or end is None:
            raise wrong("search.date", term, value=value)
        return {"<": moment < start, "<=": moment < end, ">": moment >= end, ">=": moment >= start}[
            term.sign
        ]
    return and_(moment >= start if start else true(), moment < end if end else true())


def _start_of(term: Term, text: str, zone: ZoneInfo, days: int = 0) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong("search.date", term, value=text) from None
    if not 1970 <= day.year <= 2200:
        raise wrong("search.date", term, value=text)
    return datetime.combine(day + timedelta(days=days), time(), zone).astimezone(UTC)


# Tags, and what a submission has --------------------------------------------------------------


def _tag(asked: Asked, term: Term, value: str) -> Condition:
    """hot, room:large, points>3, points:2..4: the tag, or the tag with such a value."""
    match = _TAG.fullmatch(value)
    tags = asked.names.tags
    wanted = folded(match[1]) if match else ""
    found = [one for one in tags if folded(one[1]) == wanted]
    if match is None or not found:
        raise _no_such(term, value, [name for _id, name, _audience in tags])
    sign = (match[2] or ":").replace("=", ":", match[2] == "=")
    bare = match[2] is None and not match[3]
    on = [SubmissionTag.tag_id == found[0][0]]
    if not bare:
        on.append(_with_value(term, sign, match[3]))
    return _tag_column(asked, found[0][2]).in_(select(SubmissionTag.submission_id).where(*on))


def _with_value(term: Term, sign: str, value: str) -> Condition:
    if sign in ORDER:
        number = number_of(value)
        if number is None:
            raise wrong("search.number", term, value=value)
        return ORDER[sign](SubmissionTag.number, number)
    same = SubmissionTag.value_key == folded(value)
    if ".." in value:
        low, high = _ends(term, value)
        number_is = SubmissionTag.number
        return and_(
            number_is >= low if low is not None else true(),
            number_is <= high if high is not None else true(),
        )
    equal = number_of(value)
    same = same if equal is None else or_(same, SubmissionTag.number == equal)
    return not_(same) if sign == "!=" else same


def _tag_column(asked: Asked, audience: str) -> SQLColumnExpression[Any]:
    return asked.column("tagged" if audience == "reviewers" else "chair_tagged")


def _any_tag(asked: Asked) -> Condition:
    marked = []
    for audience in audiences_of(asked.actor, asked.view.conference):
        tags = [id_ for id_, _name, of in asked.names.tags if of == audience]
        rows = select(SubmissionTag.submission_id).where(SubmissionTag.tag_id.in_(tags))
        marked.append(_tag_column(asked, audience).in_(rows))
    return or_(false(), *marked)


def _in_conflict(asked: Asked) -> Condition:
    rows = select(Conflict.submission_id).where(Conflict.state != "dismissed")
    return asked.column("in_conflict").in_(rows)


HAS: Mapping[str, tuple[str, Callable[[Asked], Condition]]] = MappingProxyType(
    {
        "review": ("reviews", lambda asked: asked.column("reviews") > 0),
        "score": ("mean", lambda asked: asked.column("mean").is_not(None)),
        "pending": ("pending", lambda asked: asked.column("pending") != ""),
        "conflict": ("in_conflict", _in_conflict),
        "note": ("note", lambda asked: asked.column("note") != ""),
        "tag": ("tagged", _any_tag),
    }
)
"""What can follow `has:`, the column each needs, and what it means."""


def _has(asked: Asked, term: Term, value: str) -> Condition:
    column, holds = HAS.get(value.casefold(), ("", None))
    if holds is None or column not in asked.columns:
        raise unknown(term, f"has:{value}")
    return holds(asked)


KEYS: Mapping[str, Rule] = MappingProxyType(
    {
        "title": Rule("text", _line("%\n", "\n%")),
        "abstract": Rule("text", _line("%\n%\n", "")),
        "speaker": Rule("people", _people),
        "code": Rule("code", _code),
        "track": Rule("track", _named("track", lambda names: names.tracks)),
        "format": Rule("type", _named("type", lambda names: names.types)),
        "type": Rule("type", _named("type", lambda names: names.types)),
        "state": Rule("state", _state),
        "decision": Rule("pending", _decision),
        "pending": Rule("pending", _pending),
        "score": Rule("mean", _figure("mean", _SHOWN_DIGIT), _ALL_SIGNS),
        "spread": Rule("variance", _figure("variance", _SHOWN_DIGIT, _squared), _ALL_SIGNS),
        "reviews": Rule("reviews", _figure("reviews"), _ALL_SIGNS),
        "submitted": Rule("submitted", _day, _ALL_SIGNS),
        "tag": Rule("tagged", _tag),
        "has": Rule("code", _has),
    }
)
"""Every key; it exists for whoever has the column in the list at hand."""
