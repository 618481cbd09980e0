"""Which pairs a solve looks at: all of a small conference, the promising ones of a large one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfp.algorithms.affinity import Document
from cfp.algorithms.assignment import assign
from cfp.domain.assignment import pairs
from cfp.domain.assignment.facts import Facts, Paper
from cfp.domain.assignment.pairs import Matches, candidate_pairs
from cfp.domain.assignment.picks import Options
from cfp.domain.assignment.problems import Loaded
from cfp.domain.assignment.scoring import Expert, Rating
from cfp.domain.assignment.texts import Texts, Written
from cfp.jobs.assignment import solve

SUBMISSION, PERSON = 1000, 5000
"""What row and column numbers are added to, so that no test takes an id for a number."""


def facts_of(papers: int, reviewers: int, *, demand: int = 3, **changes: object) -> Facts:
    """A conference where everybody may review everything and nothing is known."""
    people = [PERSON + number for number in range(reviewers)]
    values: dict[str, object] = {
        "papers": [Paper(SUBMISSION + n, 1, demand, Document(f"t{n}")) for n in range(papers)],
        "experts": [Expert(person_id) for person_id in people],
        "written": [[] for _person in people],
        "rating": Rating(uses_bids=True, uses_tracks=True),
        "asked": set(people),
        **{name: {} for name in ("limits", "least", "outside", "bids", "employers", "pool")},
        **{name: set() for name in ("avoided", "excluded", "kept", "stood", "seniors")},
        **{"needs_senior": False, "apart": [], "cap": None},
    }
    return Facts(**{**values, **changes})  # type: ignore[arg-type]


def loaded_of(facts: Facts, **options: object) -> Loaded:
    papers = [paper.id for paper in facts.papers]
    people = [expert.person_id for expert in facts.experts]
    return Loaded(papers, people, facts, Options(**options))  # type: ignore[arg-type]


def chosen(loaded: Loaded, rows: pairs.Pairs) -> set[tuple[int, int]]:
    numbers = zip(rows.paper.tolist(), rows.reviewer.tolist(), strict=True)
    return {loaded.pair(*row) for row in numbers}


def test_every_score_is_the_sum_of_its_parts():
    written = [[Written("profile", "", Document("", "tunnels and offload"))], []]
    facts = replace(
        facts_of(2, 2),
        papers=[Paper(1, 7, 1, Document("Nested tunnels")), Paper(2, 8, 1, Document("Cooking"))],
        experts=[Expert(11, frozenset({7}), frozenset({8})), Expert(12)],
        written=written, asked={11, 12}, bids={(1, 12): "want", (2, 11): "rather_not"},
        avoided={(2, 12)},
    )  # fmt: skip
    loaded = loaded_of(facts)
    problem = loaded.problem
    assert len(problem.score) == 4
    for row, score in enumerate(problem.score):
        parts = loaded.parts(problem.paper[row], problem.reviewer[row])
        assert score == parts.total
    assert loaded.parts(0, 0).text > 0 == loaded.parts(1, 0).text
    assert (loaded.parts(0, 0).track, loaded.parts(1, 0).track) == (0.2, 0.1)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_large_conference_keeps_what_it_must_and_enough_to_choose_from(data):
    size = st.integers(2, 30)
    papers, reviewers = data.draw(size), data.draw(size)
    pair = st.tuples(
        st.integers(SUBMISSION, SUBMISSION + papers - 1),
        st.integers(PERSON, PERSON + reviewers - 1),
    )
    some = st.sets(pair, max_size=20)
    excluded, kept, pinned = data.draw(some), data.draw(some), data.draw(some)
    bids = dict.fromkeys(data.draw(some), "want")
    kept -= excluded
    facts = facts_of(papers, reviewers, excluded=excluded, kept=kept, bids=bids)
    room = data.draw(st.lists(st.integers(0, 5), min_size=reviewers, max_size=reviewers))
    none = Matches(Texts([], []).candidates(best=1, least=1), papers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "COMPLETE", 0)
        patch.setattr(pairs, "BEST", 4)
        found = candidate_pairs(facts, none, room=room, pinned=pinned)
        whole = candidate_pairs(facts, none, room=room, pinned=pinned, whole=range(papers))
    loaded = loaded_of(facts)
    few, every = chosen(loaded, found), chosen(loaded, whole)
    assert every == {
        (paper.id, expert.person_id) for paper in facts.papers for expert in facts.experts
    } - excluded
    assert (kept | pinned | set(bids)) - excluded <= few <= every
    keys = found.paper * reviewers + found.reviewer
    assert (np.diff(keys) > 0).all()
    for paper in facts.papers:
        eligible = sum(submission_id == paper.id for submission_id, _person in every)
        assert sum(submission_id == paper.id for submission_id, _person in few) >= min(4, eligible)


def test_what_is_kept_is_over_ones_own_limit_or_a_chairs_but_not_over_the_even_load():
    begun = {(SUBMISSION + number, PERSON + one) for number in range(3) for one in range(2)}
    facts = facts_of(6, 9, demand=2, kept=begun, limits={PERSON: 16, PERSON + 1: 2})
    busy = replace(facts, outside={PERSON: 9, PERSON + 1: 1})
    even = loaded_of(busy).problem.load_max.tolist()
    assert even == [3, 1, *[even[2]] * 7], "of 16 and 2, of which 9 and 1 are elsewhere"
    assert loaded_of(busy, most=2).problem.load_max.tolist()[:2] == [0, 1]


def test_a_few_favorites_do_not_hide_who_else_could(monkeypatch):
    """Ten reviewers know the track of sixty submissions; they can give a third of the reviews."""
    monkeypatch.setattr(pairs, "COMPLETE", 0)
    monkeypatch.setattr(pairs, "BEST", 10)
    facts = facts_of(60, 40)
    favorites = [Expert(PERSON + n, frozenset({1})) for n in range(10)]
    facts = facts_of(60, 40, experts=[*favorites, *facts.experts[10:]])
    loaded = loaded_of(facts)
    plan = assign(loaded.problem, objective="max")
    assert len(loaded.problem.score) < 60 * 25
    assert plan.complete
    assert (plan.reviewer_load > 0).all()


def test_what_seems_missing_is_looked_for_among_everybody(monkeypatch):
    """The best candidate of each of four submissions is the same one, who can take one."""
    monkeypatch.setattr(pairs, "COMPLETE", 0)
    monkeypatch.setattr(pairs, "BEST", 1)
    monkeypatch.setattr(pairs, "IN_TURN", 0)
    bids = {(SUBMISSION + paper, PERSON): "want" for paper in range(4)}
    loaded = loaded_of(facts_of(4, 4, demand=1, bids=bids), most=1)
    assert len(loaded.problem.score) == 4
    assert solve(loaded).plan.complete
