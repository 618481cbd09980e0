"""The search language: any text is read or refused in its own words, and what is read is stable."""

from hypothesis import given
from hypothesis import strategies as st

from cfp.domain.submissions.search import (
    LENGTH,
    And,
    Node,
    Not,
    Or,
    SearchError,
    Term,
    Word,
    cleaned,
    parse,
    printed,
)

PIECES = st.sampled_from(
    [
        *("(", ")", "-", '"', "\\", ",", ":", "=", "!=", "<=", "<", ">", "..", " ", "  ", "\0"),
        *(" OR ", " AND ", "OR", "AND", "track", "score", "tag:hot", "Ada L", "é", "3.5", "\ud800"),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))
PHRASES = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=8)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
KEYS = st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True)
SIGNS = st.sampled_from([":", "!=", "<", "<=", ">", ">="])
LEAVES = st.one_of(
    PHRASES.map(Word),
    st.builds(Term, KEYS, SIGNS, st.lists(PHRASES, min_size=1, max_size=3).map(tuple)),
)


def _several(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return kind(tuple(flat))


TREES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        parts.map(Not),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: _several(And, some)),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: _several(Or, some)),
    ),
    max_leaves=6,
)


def read(text: str) -> Node | SearchError | None:
    try:
        return parse(text)
    except SearchError as error:
        return error


@given(TEXTS)
def test_any_text_is_read_or_refused_at_a_place_of_it(text: str) -> None:
    shown = cleaned(text)
    assert len(shown) <= LENGTH + 1
    assert "\0" not in shown
    found = read(shown)
    if isinstance(found, SearchError):
        assert found.status == 400
        assert 0 <= found.place < max(1, len(shown))
    else:
        again = printed(found)
        assert len(again) > LENGTH or parse(cleaned(again)) == found


@given(TREES)
def test_a_printed_tree_is_read_as_it_was(tree: Node) -> None:
    text = printed(tree)
    if len(text) <= LENGTH:
        assert parse(cleaned(text)) == tree


REPEATED = st.sampled_from(["(", "-(", '"', "-", "a ", "a:", "OR ", "\\", ",", "a,", "x(", "<="])


@given(st.integers(1, 100_000), REPEATED)
def test_endless_texts_end(times: int, piece: str) -> None:
    found = read(cleaned(piece * times))
    assert found is not None
    assert not isinstance(found, SearchError) or found.key.startswith("search.")
