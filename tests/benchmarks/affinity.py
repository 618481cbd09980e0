"""Loss of the text affinity on the gold-standard ratings, and its time and memory at full size.

    python -m tests.benchmarks.affinity

The loss (lower is better) is that of the data's README. Beside the measure that is used stand the
one it replaces and the choices that were open: they are printed to be seen, not to pick the best of
them, for with so few ratings they hardly differ by more than chance (the last column: the standard
deviation of the loss over samples of the reviewers).
"""

import gzip
import json
import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np

from cfp.algorithms import terms
from cfp.algorithms.affinity import Affinity, Candidates, Document
from cfp.algorithms.assignment import assign
from cfp.algorithms.problem import Problem
from cfp.domain.assignment.fillers import without_fillers
from cfp.domain.assignment.scoring import words_of

DATA = Path(__file__).parents[3] / "shared" / "data" / "affinity" / "goldstandard_open.json.gz"
PAPERS, REVIEWERS, DOCUMENTS = 5000, 1500, 5
SAMPLES = 500
COMMON_FROM = 10  # texts; among fewer of them a shared word says something
Scores = np.ndarray  # (papers, reviewers)
Bag = Callable[[Document], Mapping[str, int]]
Damped = Callable[[np.ndarray], np.ndarray]


class Gold:
    """The rated submissions, the reviewers' papers, and the ratings as (reviewer, pairs)."""

    def __init__(self) -> None:
        data = json.loads(gzip.decompress(DATA.read_bytes()))
        ids = list(data["submissions"])
        self.papers = [_document(data["submissions"][one]) for one in ids]
        self.reviewers = [[_document(one) for one in own] for own in data["profiles"].values()]
        self.ratings = [
            {ids.index(paper): rating for paper, rating in data["expertise"][name].items()}
            for name in data["profiles"]
        ]

    def losses(self, scores: Scores) -> np.ndarray:
        """(R, 2) what each reviewer's pairs lose, and what they could."""
        rows = []
        for reviewer, rated in enumerate(self.ratings):
            lost = most = 0.0
            for (one, a), (other, b) in combinations(rated.items(), 2):
                wrong = (scores[one, reviewer] - scores[other, reviewer]) * (a - b)
                most += abs(a - b)
                lost += abs(a - b) * (0.5 if wrong == 0 else float(wrong < 0))
            rows.append((lost, most))
        return np.array(rows)


def _document(stored: Mapping[str, str]) -> Document:
    return Document(stored["title"], stored["abstract"])


def used(gold: Gold, closest: int) -> Scores:
    affinity = Affinity(gold.papers, gold.reviewers, closest=closest)
    found = affinity.candidates(best=len(gold.reviewers))
    scores = np.zeros((len(gold.papers), len(gold.reviewers)))
    scores[found.paper, found.reviewer] = found.score
    return scores


def telling(texts: Mapping[int, str]) -> dict[int, frozenset[str]]:
    """The words of each text without those that more than 30 % of them share."""
    words = {number: words_of(text) for number, text in texts.items()}
    if len(words) < COMMON_FROM:
        return words
    seen = Counter(word for some in words.values() for word in some)
    common = {word for word, count in seen.items() if count > terms.MOST_COMMON * len(words)}
    return {number: some - common for number, some in words.items()}


def shared_words(gold: Gold) -> Scores:
    """Telling words in common with all a reviewer wrote, each further one worth less."""
    texts = {n: f"{one.title} {one.text}" for n, one in enumerate(gold.papers)}
    words = telling(texts)
    profiles = [
        set().union(*telling({n: f"{one.title} {one.text}" for n, one in enumerate(own)}).values())
        for own in gold.reviewers
    ]
    count = np.array([[len(words[paper] & own) for own in profiles] for paper in words])
    return count / (count + 2)


def other_words(gold: Gold, bag: Bag, damped: Damped = terms.logarithmic) -> Scores:
    """The mean of the five closest, over other words or another weight of their number."""
    bags = [bag(one) for one in [*gold.papers, *(one for own in gold.reviewers for one in own)]]
    rows = terms.vectors(bags, terms.vocabulary(bags), damped)
    similar = (rows[: len(gold.papers)] @ rows[len(gold.papers) :].T).toarray()
    ends = np.cumsum([0, *map(len, gold.reviewers)])
    means = [np.sort(similar[:, a:b])[:, -5:].mean(axis=1) for a, b in pairwise(ends)]
    return np.column_stack(means)


def unstemmed(document: Document) -> Mapping[str, int]:
    return Counter(terms.words(f"{document.title} {document.text}"))


def variants(gold: Gold) -> dict[str, Scores]:
    stems = terms.Stems()

    def plain(one: Document) -> Mapping[str, int]:
        return stems.bag(one.title, one.text)

    def telling_stems(one: Document) -> Mapping[str, int]:
        return stems.bag(without_fillers(one.title), without_fillers(one.text))

    def title_twice(one: Document) -> Mapping[str, int]:
        return stems.bag(one.title, one.title, one.text)

    def with_pairs(one: Document) -> Mapping[str, int]:
        words = terms.words(f"{one.title} {one.text}")
        pairs = Counter(f"{a} {b}" for a, b in pairwise(words))
        return plain(one) + pairs

    return {
        "used: log tf-idf, stems, 5 closest": used(gold, 5),
        "fillers left out, as in the domain": other_words(gold, telling_stems),
        "words in common (as before)": shared_words(gold),
        "closest document only": used(gold, 1),
        "mean of 3 closest": used(gold, 3),
        "mean of 10 closest": used(gold, 10),
        "mean of all documents": used(gold, 10**6),
        "words as written, no stems": other_words(gold, unstemmed),
        "title counted twice": other_words(gold, title_twice),
        "pairs of words as well": other_words(gold, with_pairs),
        "number of times as it is": other_words(gold, plain, lambda count: count),
        "number saturated as in BM25": other_words(gold, plain, lambda n: n * 2.2 / (n + 1.2)),
    }


def print_losses() -> None:
    gold = Gold()
    rng = np.random.default_rng(0)
    samples = rng.integers(0, len(gold.reviewers), (SAMPLES, len(gold.reviewers)))
    print(f"{'measure':36} loss   +-")
    for name, scores in variants(gold).items():
        each = gold.losses(scores)
        drawn = each[samples].sum(axis=1)
        lost, most = each.sum(axis=0)
        print(f"{name:36} {lost / most:.4f} {(drawn[:, 0] / drawn[:, 1]).std():.3f}")


def invented(gold: Gold, rng: np.random.Generator) -> Document:
    """Words of two real texts, as many as one has."""
    texts = [*gold.papers, *(one for own in gold.reviewers for one in own)]
    words: list[str] = []
    for number, share in zip(rng.integers(0, len(texts), 2), (0.6, 0.4), strict=True):
        here = texts[number].text.split()
        words += [here[place] for place in np.flatnonzero(rng.random(len(here)) < share)]
    return Document(" ".join(words[:8]), " ".join(words[8:]))


def print_speed() -> None:
    gold, rng = Gold(), np.random.default_rng(0)
    papers = [invented(gold, rng) for _ in range(PAPERS)]
    reviewers = [[invented(gold, rng) for _ in range(DOCUMENTS)] for _ in range(REVIEWERS)]
    before, cpu, wall = _peak(), time.process_time(), time.perf_counter()
    affinity = Affinity(papers, reviewers)
    read = time.process_time() - cpu
    found = affinity.candidates()
    spent, passed = time.process_time() - cpu, time.perf_counter() - wall
    cpu = time.process_time()
    for row in range(0, len(found.paper), len(found.paper) // 1000):
        affinity.nearest(int(found.paper[row]), int(found.reviewer[row]))
    each = time.process_time() - cpu
    print(
        f"{PAPERS} submissions x {REVIEWERS} reviewers with {DOCUMENTS} documents each: "
        f"{spent:.1f} cpu s ({read:.1f} of them reading), {passed:.1f} wall s, "
        f"{_peak():.0f} MiB ({before:.0f} before), {len(found.paper)} candidates; "
        f"why: {each:.2f} ms a pair"
    )
    print_plans(found)


def print_plans(found: Candidates) -> None:
    """Three reviews each from these candidates, the root of the affinity as the domain takes it."""
    problem = Problem(
        paper=found.paper,
        reviewer=found.reviewer,
        score=np.round(np.sqrt(found.score), 4),
        demand=np.full(PAPERS, 3),
        load_max=np.full(REVIEWERS, 12),
    )
    for objective in ("max", "balanced"):
        cpu, wall = time.process_time(), time.perf_counter()
        plan = assign(problem, objective=objective)
        print(
            f"{objective}: {time.process_time() - cpu:.1f} cpu s, "
            f"{time.perf_counter() - wall:.1f} wall s, {_peak():.0f} MiB, "
            f"total {plan.total:.3f} of {plan.optimum:.3f} (limit {plan.total_limit:.3f}), "
            f"worst {plan.worst:.4f} (limit {plan.worst_limit:.4f}, bound {plan.worst_bound:.4f}), "
            f"{int(plan.paper_missing.sum())} missing",
            flush=True,
        )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print_losses()
    print()
    print_speed()
