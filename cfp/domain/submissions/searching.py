"""What the search language means: a tree to conditions on a list's read model.

Every condition is made of `view.column`, so that what this person may not see is null in it, as it
is in the list, its filters and its order. A key exists for them when its column does; one that is
hidden is refused in the words of one that there is not. What is null holds for no term, and for
the opposite of every term.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.assignment.models import Conflict
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.submissions.models import Submission, SubmissionTag, Tag
from cfp.domain.submissions.rules import folded
from cfp.domain.submissions.search import Node, Not, Or, SearchError, Term, Word, parse
from cfp.domain.submissions.states import OUTCOMES, State
from cfp.domain.submissions.tag_rules import number_of
from cfp.domain.submissions.tags import audiences_of
from cfp.policy import Column, Fact, View, searchable

Condition = ColumnElement[bool]

SEARCHED: Mapping[str, Column] = MappingProxyType(
    {
        "text": Column(Submission.search_text, searched=True),
        "people": Column(Submission.people_text, Fact.SPEAKERS, searched=True),
        "note": Column(Submission.note, Fact.CHAIR_NOTE, searched=True),
        "tagged": Column(Submission.id, Fact.TAGS, searched=True),
        "chair_tagged": Column(Submission.id, Fact.CHAIR_TAGS, searched=True),
        "in_conflict": Column(Submission.id, Fact.CONFLICTS, searched=True),
    }
)
"""What a list of submissions is searched by beside the columns it shows."""

STATES = tuple(state.value for state in State if state is not State.DRAFT)
_SHOWN_DIGIT = 0.05
_KNOWN_SHOWN = 12
_TAG = re.compile(r"([^:=<>!]+)(?::?(!=|<=|>=|<|>|=)|:)?(.*)")


@dataclass(frozen=True)
class Names:
    """What can be called by its name: tracks, formats, and the tags this person may know of."""

    tracks: Sequence[str] = ()
    types: Sequence[str] = ()
    tags: Sequence[tuple[int, str, str]] = ()
    """Id, name and audience of each."""


def searched(db: Session, actor: Actor, view: View, text: str) -> Condition | None:
    """The rows that a (cleaned) text asks for; None when it asks for nothing.

    Raises:
        SearchError: those of `search.parse`, and those of `meaning`.
    """
    node = parse(text)
    if node is None:
        return None
    return meaning(node, actor, view, lambda: names_of(db, actor, view.conference))


def meaning(node: Node, actor: Actor, view: View, names: Callable[[], Names]) -> Condition:
    """The tree as a condition; `names` is asked only when one is used.

    Raises:
        SearchError: `search.unknown` for a key that is not or is not this person's,
            `search.no_such`, `search.number`, `search.date`, `search.no_order`, `search.no_value`.
    """
    return _Search(actor, view, names).condition(node)


def names_of(db: Session, actor: Actor, conference: Conference) -> Names:
    """Loaded in one statement."""
    here, none = conference.id, literal("")
    rows = db.execute(
        union_all(
            select(literal("track").label("kind"), Track.id.label("id"), Track.name, none)
            .where(Track.conference_id == here),
            select(literal("type"), SubmissionType.id, SubmissionType.name, none)
            .where(SubmissionType.conference_id == here),
            select(literal("tag"), Tag.id, Tag.name, Tag.audience)
            .where(Tag.conference_id == here, Tag.audience.in_(audiences_of(actor, conference))),
        ).order_by("kind", "id")
    ).all()  # fmt: skip
    return Names(
        tracks=[row[2] for row in rows if row[0] == "track"],
        types=[row[2] for row in rows if row[0] == "type"],
        tags=[(row[1], row[2], row[3]) for row in rows if row[0] == "tag"],
    )


class _Search:
    """One search by one person in one list."""

    def __init__(self, actor: Actor, view: View, names: Callable[[], Names]) -> None:
        self.actor, self.view, self.ask = actor, view, names

    @cached_property
    def names(self) -> Names:
        return self.ask()

    @cached_property
    def columns(self) -> frozenset[str]:
        return searchable(self.actor, self.view)

    def column(self, name: str) -> SQLColumnExpression[Any]:
        return self.view.column(self.actor, name)

    def condition(self, node: Node) -> Condition:
        if isinstance(node, Word):
            return self._word(node.text)
        if isinstance(node, Term):
            return self._term(node)
        if isinstance(node, Not):
            return _opposite(self.condition(node.part))
        parts = [self.condition(part) for part in node.parts]
        return or_(*parts) if isinstance(node, Or) else and_(*parts)

    def _word(self, text: str) -> Condition:
        word = folded(text)
        found = self.column("text").contains(word, autoescape=True)
        if "people" in self.columns:
            return or_(found, self.column("people").contains(word, autoescape=True))
        return found

    def _term(self, term: Term) -> Condition:
        rule = KEYS.get(term.key)
        known = rule is not None and rule.column in self.columns
        if not term.values and not known:
            return self._word(f"{term.key}{term.sign}")
        if rule is None or not known:
            raise unknown(term, term.key)
        if not term.values:
            raise wrong("search.no_value", term)
        if term.sign not in rule.signs:
            raise wrong("search.no_order", term)
        any_of = or_(*(rule.holds(self, term, value) for value in term.values))
        return _opposite(any_of) if term.sign == "!=" else any_of


def _opposite(condition: Condition) -> Condition:
    return not_(func.coalesce(condition, false()))


def wrong(key: str, term: Term, **data: object) -> SearchError:
    """An error at a term."""
    return SearchError(key, place=term.place, name=term.key, **data)


def unknown(term: Term, name: str) -> SearchError:
    """One error for what there is not and for what is hidden."""
    return SearchError("search.unknown", place=term.place, name=name)


@dataclass(frozen=True)
class Rule:
    """A key: the view's column it needs, what one of its values means, and its signs."""

    column: str
    holds: Callable[[_Search, Term, str], Condition]
    signs: frozenset[str] = frozenset({":", "!="})


# Texts ----------------------------------------------------------------------------------------


def _line(before: str, after: str) -> Callable[[_Search, Term, str], Condition]:
    """In one line of the three that are searched."""

    def holds(search: _Search, term: Term, value: str) -> Condition:
        word = folded(value).replace("/", "//").replace("%", "/%").replace("_", "/_")
        return search.column("text").like(f"{before}%{word}%{after}", escape="/")

    return holds


def _people(search: _Search, term: Term, value: str) -> Condition:
    return search.column("people").contains(folded(value), autoescape=True)


def _code(search: _Search, term: Term, value: str) -> Condition:
    return search.column("code") == value.upper()


# Names ----------------------------------------------------------------------------------------


def _named(column: str, known: Callable[[Names], Sequence[str]]) -> Callable[..., Condition]:
    """The one of that name, or without one all that have it in their names."""

    def holds(search: _Search, term: Term, value: str) -> Condition:
        names, wanted = known(search.names), folded(value)
        found = [name for name in names if folded(name) == wanted]
        found = found or [name for name in names if wanted in folded(name)]
        if not found:
            raise _no_such(term, value, names)
        return search.column(column).in_(found)

    return holds


def _no_such(term: Term, value: str, known: Sequence[str]) -> SearchError:
    shown = [*known[:_KNOWN_SHOWN], *(["…"] if len(known) > _KNOWN_SHOWN else [])]
    return wrong("search.no_such", term, value=value, known=", ".join(shown) or "-")


def _state(search: _Search, term: Term, value: str) -> Condition:
    if value.casefold() not in STATES:
        raise _no_such(term, value, STATES)
    return search.column("state") == value.casefold()


_DECIDED = MappingProxyType(
    {name: (state, *({State.CONFIRMED, State.DECLINED, State.CANCELED} if name == "accept" else ()))
     for name, state in OUTCOMES.items()}
)  # fmt: skip
"""The states that an announced outcome leads to."""


def _pending(search: _Search, term: Term, value: str) -> Condition:
    wanted, pending = value.casefold(), search.column("pending")
    if wanted == "any":
        return pending != ""
    if wanted not in {*OUTCOMES, "none"}:
        raise _no_such(term, value, (*OUTCOMES, "none", "any"))
    return pending == ("" if wanted == "none" else wanted)


def _decision(search: _Search, term: Term, value: str) -> Condition:
    """Pending or announced."""
    wanted, state = value.casefold(), search.column("state")
    pending = _pending(search, term, value)
    if wanted == "none":
        return and_(pending, state.in_((State.SUBMITTED, State.WITHDRAWN)))
    if wanted == "any":
        return or_(pending, state.not_in((State.SUBMITTED, State.WITHDRAWN)))
    return or_(pending, state.in_(sorted(_DECIDED[wanted])))


# Figures and days -----------------------------------------------------------------------------

_ORDER: Mapping[str, Callable[[Any, Any], Condition]] = MappingProxyType(
    {
        "<": lambda one, other: one < other,
        "<=": lambda one, other: one <= other,
        ">": lambda one, other: one > other,
        ">=": lambda one, other: one >= other,
    }
)
_ALL_SIGNS = frozenset({":", "!=", *_ORDER})


def _figure(
    column: str, digit: float = 0.0, scaled: Callable[[float], float] = float
) -> Callable[[_Search, Term, str], Condition]:
    """A number, or a range of them; equal is what looks the same to the digit that is shown."""

    def holds(search: _Search, term: Term, value: str) -> Condition:
        figure = search.column(column)
        low, high = _ends(term, value)
        if term.sign in _ORDER:
            if low != high or low is None:
                raise wrong("search.number", term, value=value)
            return _ORDER[term.sign](figure, scaled(low))
        conditions = []
        if low is not None:
            conditions.append(figure >= scaled(low - digit))
        if high is not None and digit:
            conditions.append(figure < scaled(high + digit))
        elif high is not None:
            conditions.append(figure <= scaled(high))
        return and_(*conditions)

    return holds


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


def _day(search: _Search, term: Term, value: str) -> Condition:
    """A day of the conference's zone, or from one to another."""
    moment, zone = search.column("submitted"), ZoneInfo(search.view.conference.zone)
    first, dots, last = value.partition("..")
    start = _start_of(term, first, zone) if first or not dots else None
    end = _start_of(term, last if dots else first, zone, days=1) if last or not dots else None
    if start is None and end is None:
        raise wrong("search.date", term, value=value)
    if term.sign in _ORDER:
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


def _tag(search: _Search, term: Term, value: str) -> Condition:
    """hot, room:large, points>3, points:2..4: the tag, or the tag with such a value."""
    match = _TAG.fullmatch(value)
    tags = search.names.tags
    wanted = folded(match[1]) if match else ""
    found = [one for one in tags if folded(one[1]) == wanted]
    if match is None or not found:
        raise _no_such(term, value, [name for _id, name, _audience in tags])
    sign = (match[2] or ":").replace("=", ":", match[2] == "=")
    bare = match[2] is None and not match[3]
    on = [SubmissionTag.tag_id == found[0][0]]
    if not bare:
        on.append(_with_value(term, sign, match[3]))
    return _tag_column(search, found[0][2]).in_(select(SubmissionTag.submission_id).where(*on))


def _with_value(term: Term, sign: str, value: str) -> Condition:
    if sign in _ORDER:
        number = number_of(value)
        if number is None:
            raise wrong("search.number", term, value=value)
        return _ORDER[sign](SubmissionTag.number, number)
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


def _tag_column(search: _Search, audience: str) -> SQLColumnExpression[Any]:
    return search.column("tagged" if audience == "reviewers" else "chair_tagged")


def _any_tag(search: _Search) -> Condition:
    marked = []
    for audience in audiences_of(search.actor, search.view.conference):
        tags = [id_ for id_, _name, of in search.names.tags if of == audience]
        rows = select(SubmissionTag.submission_id).where(SubmissionTag.tag_id.in_(tags))
        marked.append(_tag_column(search, audience).in_(rows))
    return or_(false(), *marked)


def _in_conflict(search: _Search) -> Condition:
    rows = select(Conflict.submission_id).where(Conflict.state != "dismissed")
    return search.column("in_conflict").in_(rows)


HAS: Mapping[str, tuple[str, Callable[[_Search], Condition]]] = MappingProxyType(
    {
        "review": ("reviews", lambda search: search.column("reviews") > 0),
        "score": ("mean", lambda search: search.column("mean").is_not(None)),
        "pending": ("pending", lambda search: search.column("pending") != ""),
        "conflict": ("in_conflict", _in_conflict),
        "note": ("note", lambda search: search.column("note") != ""),
        "tag": ("tagged", _any_tag),
    }
)
"""What can follow `has:`, the column each needs, and what it means."""


def _has(search: _Search, term: Term, value: str) -> Condition:
    column, holds = HAS.get(value.casefold(), ("", None))
    if holds is None or column not in search.columns:
        raise unknown(term, f"has:{value}")
    return holds(search)


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


def keys_for(actor: Actor, view: View) -> list[str]:
    """The keys that exist for this person in this list, `has:` with each of what it knows."""
    columns = searchable(actor, view)
    has = [f"has:{name}" for name, (column, _holds) in HAS.items() if column in columns]
    return [name for name, rule in KEYS.items() if rule.column in columns and name != "has"] + has
