"""Texts as bags of word stems, and bags as vectors whose products say how much two texts share.

Source: tf-idf with a logarithmic term frequency and cosine normalization (Salton, Buckley,
Term-weighting approaches in automatic text retrieval, 1988); stems by Porter's Snowball.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from scipy.sparse import csr_array

LANGUAGE = "english"
MOST_COMMON = 0.3  # share of the documents beyond which a stem tells nothing
NEVER_COMMON = 6  # documents; among a handful every shared word would be common
_WORD = re.compile(r"[^\W_]+(?:\+\+|#)?")  # C++ and C# are subjects
_SHORTEST = 2


class Stems:
    """Cuts texts into stems, and remembers a word for each stem that people can read."""

    def __init__(self) -> None:
        self._stemmer = snowballstemmer.stemmer(LANGUAGE)
        self._stem_of: dict[str, str] = {}
        self._seen: Counter[str] = Counter()

    def bag(self, *texts: str) -> Counter[str]:
        """How often each stem occurs in these texts."""
        found = Counter(word for text in texts for word in words(text))
        self._seen.update(found)
        stems: Counter[str] = Counter()
        for word, count in found.items():
            stems[self._stem(word)] += count
        return stems

    def readable(self) -> dict[str, str]:
        """Stem -> the word that was met most often with it."""
        often = sorted(self._seen, key=lambda word: (self._seen[word], word))
        return {self._stem_of[word]: word for word in often}

    def _stem(self, word: str) -> str:
        if word not in self._stem_of:
            self._stem_of[word] = self._stemmer.stemWord(_plain(word))
        return self._stem_of[word]


def vocabulary(bags: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """Stem -> weight, in alphabetical order: the rarer the heavier, the common ones left out."""
    documents = Counter(stem for bag in bags for stem in bag)
    most = max(MOST_COMMON * len(bags), min(NEVER_COMMON, len(bags) - 1))
    return {
        stem: float(np.log((1 + len(bags)) / (1 + documents[stem])) + 1)
        for stem in sorted(documents)
        if documents[stem] <= most
    }


def logarithmic(count: NDArray[np.float64]) -> NDArray[np.float64]:
    """The tenth time a stem occurs tells less than the second."""
    return 1 + np.log(count)


def vectors(
    bags: Sequence[Mapping[str, int]],
    weights: Mapping[str, float],
    damped: Callable[[NDArray[np.float64]], NDArray[np.float64]] = logarithmic,
) -> csr_array:
    """(documents, stems) rows of length 1, or 0 where no stem of a bag is in the vocabulary."""
    column = {stem: number for number, stem in enumerate(weights)}
    known = [[stem for stem in bag if stem in column] for bag in bags]
    ends = np.cumsum([0, *map(len, known)])
    stems = np.fromiter((column[stem] for row in known for stem in row), np.int32, ends[-1])
    counts = (bag[stem] for bag, row in zip(bags, known, strict=True) for stem in row)
    heavy = np.fromiter(weights.values(), np.float64, len(weights))
    values = damped(np.fromiter(counts, np.float64, ends[-1])) * heavy[stems]
    rows = csr_array((values, stems, ends), shape=(len(bags), len(column)))
    rows.sort_indices()  # the same sums in the same order, whatever the order of the documents
    length = np.sqrt((rows * rows).sum(axis=1))
    rows.data /= np.repeat(length, np.diff(ends))
    return rows


def words(text: str) -> list[str]:
    """The words of a text in their order, in small letters."""
    return [word for word in _WORD.findall(text.casefold()) if len(word) >= _SHORTEST]


def _plain(word: str) -> str:
    """Without accents: people write naïve and naive."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFKD", word)
    return "".join(part for part in parts if not unicodedata.combining(part))
