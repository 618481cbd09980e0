"""Affinity does not depend on the order of anything, nor on what else is asked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cfp.algorithms.affinity import Affinity, Document

SUBJECTS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "c++"]
WORDS = st.lists(st.sampled_from(SUBJECTS), max_size=8)
TEXTS = st.builds(lambda title, text: Document(" ".join(title), " ".join(text)), WORDS, WORDS)


def scores(papers, reviewers, **options) -> dict[tuple[int, int], float]:
    found = Affinity(papers, reviewers).candidates(**options)
    pairs = zip(found.paper.tolist(), found.reviewer.tolist(), strict=True)
    return dict(zip(pairs, found.score.tolist(), strict=True))


@given(
    st.lists(TEXTS, min_size=1, max_size=6),
    st.lists(st.lists(TEXTS, max_size=7), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_the_order_is_no_matter(papers, reviewers, random) -> None:
    theirs = [random.sample(documents, len(documents)) for documents in reviewers]
    paper = random.sample(range(len(papers)), len(papers))
    reviewer = random.sample(range(len(reviewers)), len(reviewers))
    shuffled = scores([papers[p] for p in paper], [theirs[r] for r in reviewer])
    found = {(paper[p], reviewer[r]): score for (p, r), score in shuffled.items()}
    assert found == scores(papers, reviewers)
    assert all(0 < score <= 1 for score in found.values())


@given(
    st.lists(TEXTS, min_size=1, max_size=6),
    st.lists(st.lists(TEXTS, max_size=4), min_size=1, max_size=5),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_fewer_candidates_are_the_best_of_all(papers, reviewers, best, least) -> None:
    every, kept = scores(papers, reviewers), scores(papers, reviewers, best=best, least=least)
    table = np.zeros((len(papers), len(reviewers)))
    for pair, score in every.items():
        table[pair] = score
    assert kept.items() <= every.items()
    for pair in every.keys() - kept.keys():
        p, r = pair
        assert (table[p] >= every[pair]).sum() > best
        assert (table[:, r] >= every[pair]).sum() > least
