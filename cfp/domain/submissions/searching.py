"""What the search language means: a tree to conditions on a list's read model.

Every condition is made of `view.column`, so that what this person may not see is null in it, as it
is in the list, its filters and its order. A key exists for them when its column does; one that is
hidden is refused in the words of one that there is not. What is null holds for no term, and for
the opposite of every term.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlalchemy import and_, false, func, literal, not_, or_, select, union_all
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.submissions.models import Submission, Tag
from cfp.domain.submissions.rules import folded
from cfp.domain.submissions.search import Node, Not, Or, Term, Word, parse
from cfp.domain.submissions.search_keys import (
    HAS,
    KEYS,
    ORDER,
    Asked,
    Condition,
    Names,
    unknown,
    wrong,
)
from cfp.domain.submissions.tags import audiences_of
from cfp.policy import Column, Fact, View, searchable

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
            `search.no_such`, `search.number`, `search.date`, `search.no_order`, `search.no_value`,
            `search.one_value`.
    """
    return _condition(Asked(actor, view, names), node)


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


def _condition(asked: Asked, node: Node) -> Condition:
    if isinstance(node, Word):
        return _word(asked, node.text)
    if isinstance(node, Term):
        return _term(asked, node)
    if isinstance(node, Not):
        return _opposite(_condition(asked, node.part))
    parts = [_condition(asked, part) for part in node.parts]
    return or_(*parts) if isinstance(node, Or) else and_(*parts)


def _word(asked: Asked, text: str) -> Condition:
    word = folded(text)
    found = asked.column("text").contains(word, autoescape=True)
    if "people" in asked.columns:
        return or_(found, asked.column("people").contains(word, autoescape=True))
    return found


def _term(asked: Asked, term: Term) -> Condition:
    rule = KEYS.get(term.key)
    known = rule is not None and rule.column in asked.columns
    if not term.values and not known:
        return _word(asked, f"{term.key}{term.sign}")
    if rule is None or not known:
        raise unknown(term, term.key)
    if not term.values:
        raise wrong("search.no_value", term)
    if term.sign not in rule.signs:
        raise wrong("search.no_order", term)
    if term.sign in ORDER and len(term.values) > 1:  # so "3,5" is not taken for 3 or 5
        raise wrong("search.one_value", term, sign=term.sign)
    any_of = or_(*(rule.holds(asked, term, value) for value in term.values))
    return _opposite(any_of) if term.sign == "!=" else any_of


def _opposite(condition: Condition) -> Condition:
    return not_(func.coalesce(condition, false()))


def keys_for(actor: Actor, view: View) -> list[str]:
    """The keys that exist for this person in this list, `has:` with each of what it knows."""
    columns = searchable(actor, view)
    has = [f"has:{name}" for name, (column, _holds) in HAS.items() if column in columns]
    return [name for name, rule in KEYS.items() if rule.column in columns and name != "has"] + has
