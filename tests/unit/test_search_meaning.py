"""What a search compiles to, without a database: columns by the policy, values as parameters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ColumnElement
from sqlalchemy.dialects import postgresql, sqlite

from cfp.actors import Actor, RoleFact, RoleKind
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.committee import committee_list
from cfp.domain.submissions.search import SearchError, cleaned, parse
from cfp.domain.submissions.search_keys import HAS, KEYS, Names
from cfp.domain.submissions.searching import keys_for, meaning

CONFERENCE = Conference(
    id=1, slug="conf", zone="Europe/Prague", conflict_policies={}, reviewing="everyone",
    blind=False, others_reviews="never", reviewer_names_shown=False, sends_speaker_text=False,
    uses_bids=False, archived=False, reviews_per_submission=3, phases=[],
)  # fmt: skip
VIEW = committee_list(CONFERENCE)
NAMES = Names(("Networks", "Storage"), ("Talk",), ((7, "hot", "chairs"), (8, "ask", "reviewers")))


def somebody(kind: str) -> Actor:
    return Actor(person_id=3, roles=frozenset({RoleFact(1, RoleKind(kind), None)}))


def unasked() -> Names:
    raise AssertionError("no name was used")


def compiled(text: str, kind: str = "chair", ask: object = None) -> ColumnElement[bool]:
    node = parse(cleaned(text))
    assert node is not None
    return meaning(node, somebody(kind), VIEW, ask or (lambda: NAMES))  # type: ignore[arg-type]


def sql(condition: ColumnElement[bool], dialect: object = None) -> tuple[str, list[object]]:
    made = condition.compile(dialect=dialect or sqlite.dialect())  # type: ignore[arg-type]
    return str(made), list(made.params.values())


def test_what_is_typed_is_a_parameter_and_never_sql() -> None:
    text, values = sql(compiled("""title:"x'; DROP TABLE person" -speaker:50%_"""))
    assert "drop" not in text.lower()
    assert "%\n%x'; drop table person%\n%" in values
    assert "50/%/_" in values
    assert "ESCAPE '/'" in text


def test_figures_stand_behind_the_policy_and_content_does_not() -> None:
    """A chair's condition on a score asks for conflicts of interest first."""
    assert sql(compiled("score>3"))[0].startswith("CASE WHEN")
    assert "conflict" in sql(compiled("score>3"))[0]
    assert "conflict" not in sql(compiled("state:submitted title:x"))[0]


def test_the_opposite_holds_where_nothing_is_known() -> None:
    assert sql(compiled("-score>3"))[0].count("coalesce") == 1
    assert sql(compiled("score!=3"))[0].count("coalesce") == 1


def test_names_are_loaded_only_when_one_is_used() -> None:
    compiled("kernel score>3 state:accepted submitted>2026-03-01 has:review", ask=unasked)
    with pytest.raises(AssertionError, match="no name was used"):
        compiled("track:net", ask=unasked)


def test_days_are_those_of_the_conferences_clocks() -> None:
    values = [str(one) for one in sql(compiled("submitted:2026-07-01"))[1] if "2026" in str(one)]
    assert values == ["2026-06-30 22:00:00+00:00", "2026-07-01 22:00:00+00:00"]


def test_a_reader_has_no_key_of_what_a_reader_may_not_see() -> None:
    for kind, hidden in (
        ("chair", set()),
        ("reader", {"score", "spread", "reviews", "decision", "pending", "tag"}),
    ):
        keys = {one for one in keys_for(somebody(kind), VIEW) if not one.startswith("has:")}
        assert keys == KEYS.keys() - {"has"} - hidden
    assert not [one for one in keys_for(somebody("reader"), VIEW) if one.startswith("has:")]
    assert {f"has:{one}" for one in HAS} < set(keys_for(somebody("chair"), VIEW))
    answers = set()
    for name in ("score", "nothing"):
        with pytest.raises(SearchError) as caught:
            compiled(f"{name}:1", "reader")
        answers.add((caught.value.key, caught.value.data["name"].replace(name, "KEY")))
    assert answers == {("search.unknown", "KEY")}


VALUES = st.one_of(
    st.sampled_from(["3", "3..4", "..", "hot", "hot:1", "ask>2", "2026-02-30", "any", "Net"]),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=12),
)
QUERIES = st.tuples(
    st.sampled_from([*KEYS, "nothing"]),
    st.sampled_from([":", "!=", "<", "<=", ">", ">="]),
    VALUES.map(lambda value: '"' + value.replace("\\", "/").replace('"', "'") + '"'),
)


@given(QUERIES, st.sampled_from(["chair", "reader", "track_chair"]))
def test_any_term_is_compiled_for_both_databases_or_refused(
    term: tuple[str, str, str], kind: str
) -> None:
    try:
        condition = compiled("".join(term), kind)
    except SearchError:
        return
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        assert sql(condition, dialect)[0]
