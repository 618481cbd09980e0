"""How near a reviewer's documents are to a submission, from the words of both.

Source of the measure: Stelmakh, Wieting, Neubig, Shah, A Gold Standard Dataset for the Reviewer
Assignment Problem, 2023, on whose ratings it was measured; nothing is fitted to them. The mean of
the closest documents rather than of all: who works on two subjects is an expert of both.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from cfp.algorithms.arrays import Counts, Ids, Scores, as_rows, check_known
from cfp.algorithms.terms import Stems, vectors, vocabulary
from cfp.records import record

CLOSEST = 5
BLOCK_VALUES = 2_000_000  # similarities in memory at a time
DIGITS = 6  # what the solver tells apart, and more than the order of a sum can change


@record
class Document:
    """A submission, or something a reviewer has written or says about themselves."""

    title: str
    text: str = ""


@record(eq=False)
class Candidates:
    """(N,) parallel arrays, ordered by paper, then reviewer; scores above 0, at most 1."""

    paper: Ids
    reviewer: Ids
    score: Scores


@record
class Near:
    """A document that speaks for a pair.

    Attributes:
        document: its place among the reviewer's documents.
        similarity: 0 to 1.
        words: what it shares with the submission, the most telling first.
    """

    document: int
    similarity: float
    words: tuple[str, ...]


class Affinity:
    """The texts of submissions and reviewers as vectors, ready to be compared.

    Memory is that of the vectors (about 3 kB per document) and one block of similarities.
    """

    def __init__(
        self,
        papers: Sequence[Document],
        reviewers: Sequence[Sequence[Document]],
        *,
        closest: int = CLOSEST,
    ) -> None:
        """Read all texts.

        Args:
            papers: the submissions, in the order of the solver's paper numbers.
            reviewers: each one's documents; the same document twice counts once, and whoever has
                none is in no candidate pair.
            closest: how many documents of a reviewer a score is the mean of, at most.
        """
        stems = Stems()
        own = [list(dict.fromkeys(each)) for each in reviewers]
        bags = [stems.bag(paper.title, paper.text) for paper in papers]
        theirs = [stems.bag(each.title, each.text) for documents in own for each in documents]
        weights = vocabulary([*bags, *theirs])
        self.closest_documents = closest
        self.reviewers = len(own)
        rows = vectors(theirs, weights)
        telling = np.flatnonzero(np.diff(rows.indptr))
        self._papers, self._documents = vectors(bags, weights), rows[telling]
        self._owner = np.repeat(np.arange(len(own)), [len(each) for each in own])[telling]
        both = zip(reviewers, own, strict=True)
        place = [documents.index(each) for documents, once in both for each in once]
        self._place = np.array(place, np.int64)[telling]
        readable = stems.readable()
        self._words = [readable[stem] for stem in weights]

    def candidates(
        self,
        *,
        best: int = 100,
        least: int = 5,
        also: ArrayLike = (),
        on_progress: Callable[[float], None] | None = None,
    ) -> Candidates:
        """Pairs worth a thought: the best reviewers of each paper, and papers for each reviewer.

        Args:
            best: reviewers kept for each paper.
            least: papers kept for each reviewer, however many others are nearer to these papers.
            also: (K, 2) rows (paper, reviewer) wanted however low their score, if it is above 0.
            on_progress: is told the share done.
        """
        wanted = as_rows("also", also)
        check_known("also", wanted[:, 0], self._papers.shape[0])
        check_known("also", wanted[:, 1], self.reviewers)
        kept = _Kept(self.reviewers, best, least, wanted)
        for first, scores in self._blocks():
            kept.add(first, scores)
            if on_progress:
                on_progress((first + len(scores)) / self._papers.shape[0])
        return kept.candidates()

    def nearest(
        self, paper: int, reviewer: int, *, documents: int = 1, words: int = 5
    ) -> list[Near]:
        """Why a pair has its score: the reviewer's closest documents and what they share."""
        rows = np.flatnonzero(self._owner == reviewer).tolist()
        shared = [_shared(self._papers, paper, self._documents, row) for row in rows]
        order = sorted(range(len(rows)), key=lambda one: -shared[one][1].sum())
        return [
            Near(
                document=int(self._place[rows[one]]),
                similarity=round(float(shared[one][1].sum()), DIGITS),
                words=tuple(self._words[column] for column in _heaviest(*shared[one], words)),
            )
            for one in order[:documents]
            if len(shared[one][0])
        ]

    def _blocks(self) -> Iterator[tuple[int, Scores]]:
        """First paper and (papers, R) scores of one block after the other."""
        count = np.bincount(self._owner, minlength=self.reviewers)
        order = np.argsort(count[self._owner], kind="stable")  # equal counts side by side
        across = csr_array(self._documents[order].T)
        size = max(BLOCK_VALUES // max(len(order), self.reviewers, 1), 1)
        for first in range(0, self._papers.shape[0], size):
            similar = (self._papers[first : first + size] @ across).toarray()
            yield first, self._means(similar, count)

    def _means(self, similar: Scores, count: Counts) -> Scores:
        scores = np.zeros((len(similar), self.reviewers))
        start = 0
        for each in np.unique(count[count > 0]):
            members = np.flatnonzero(count == each)
            end = start + each * len(members)
            theirs = np.sort(similar[:, start:end].reshape(len(similar), len(members), each))
            scores[:, members] = theirs[:, :, -self.closest_documents :].mean(axis=2)
            start = end
        return np.minimum(np.round(scores, DIGITS), 1)


class _Kept:
    """The pairs to keep, while blocks of papers come in."""

    def __init__(self, reviewers: int, best: int, least: int, wanted: Ids) -> None:
        self.reviewers, self.best, self.least = reviewers, best, least
        self.wanted = wanted[np.argsort(wanted[:, 0], kind="stable")]
        self.keys: list[Counts] = []
        self.scores: list[Scores] = []
        self.top_score = np.zeros((0, reviewers))
        self.top_paper = np.zeros((0, reviewers), np.int64)

    def add(self, first: int, scores: Scores) -> None:
        chosen = _highest(scores, self.best, axis=1)
        papers = np.arange(len(scores))
        low, high = np.searchsorted(self.wanted[:, 0], (first, first + len(scores)))
        wanted = self.wanted[low:high].astype(np.int64)
        row = np.concatenate([np.repeat(papers, chosen.shape[1]), wanted[:, 0] - first])
        column = np.concatenate([chosen.ravel(), wanted[:, 1]])
        self._keep((first + row) * self.reviewers + column, scores[row, column])
        self._raise_top(first + papers, scores)

    def candidates(self) -> Candidates:
        keys = self.top_paper * self.reviewers + np.arange(self.reviewers)
        self._keep(keys.ravel(), self.top_score.ravel())
        keys, at = np.unique(np.concatenate(self.keys), return_index=True)
        score = np.concatenate(self.scores)[at]
        paper, owner = np.divmod(keys[score > 0], max(self.reviewers, 1))
        return Candidates(paper.astype(np.int32), owner.astype(np.int32), score[score > 0])

    def _keep(self, keys: Counts, scores: Scores) -> None:
        self.keys.append(keys)
        self.scores.append(scores)

    def _raise_top(self, papers: Counts, scores: Scores) -> None:
        both = np.concatenate([self.top_score, scores])
        whose = np.broadcast_to(papers[:, None], scores.shape)
        numbers = np.concatenate([self.top_paper, whose])
        top = _highest(both, self.least, axis=0)
        self.top_score = np.take_along_axis(both, top, axis=0)
        self.top_paper = np.take_along_axis(numbers, top, axis=0)


def _highest(scores: Scores, most: int, *, axis: int) -> Counts:
    """Where along an axis the highest values are, at most so many."""
    most = min(most, scores.shape[axis])
    if not most:
        return np.zeros_like(scores, np.int64).take(range(0), axis=axis)
    order = np.argpartition(-scores, most - 1, axis=axis)
    return order.take(range(most), axis=axis)


def _shared(papers: csr_array, paper: int, documents: csr_array, row: int) -> tuple[Ids, Scores]:
    """Columns that two rows have in common, and what each adds to their similarity."""
    mine = slice(*papers.indptr[paper : paper + 2])
    theirs = slice(*documents.indptr[row : row + 2])
    columns, at, other = np.intersect1d(
        papers.indices[mine], documents.indices[theirs], assume_unique=True, return_indices=True
    )
    return columns, papers.data[mine][at] * documents.data[theirs][other]


def _heaviest(columns: Ids, added: Scores, most: int) -> Ids:
    return columns[np.argsort(-added, kind="stable")[:most]]
