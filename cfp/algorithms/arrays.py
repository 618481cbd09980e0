"""Turn whatever a caller has into checked arrays, or say which value is wrong and where."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cfp.algorithms.errors import ProblemError

Ids = NDArray[np.int32]
Counts = NDArray[np.int64]
Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]

_LARGEST = np.iinfo(np.int32).max


def as_ids(name: str, values: ArrayLike) -> Ids:
    """1-D whole numbers that fit in int32."""
    return _whole(name, _shaped(name, values, 1)).astype(np.int32)


def as_rows(name: str, values: ArrayLike) -> Ids:
    """(K, 2) whole numbers; anything empty is (0, 2)."""
    array = _array(name, values)
    if array.size == 0:
        return np.zeros((0, 2), np.int32)
    array = _shaped(name, array, 2)
    if array.shape[1:] != (2,):
        raise ProblemError("problem.shape", field=name, expected="(K, 2)", found=str(array.shape))
    return _whole(name, array.ravel()).astype(np.int32).reshape(-1, 2)


def as_counts(name: str, values: ArrayLike) -> Counts:
    """1-D whole numbers, none negative."""
    counts = _whole(name, _shaped(name, values, 1))
    _refuse("problem.negative", name, counts, counts < 0)
    return counts


def as_scores(name: str, values: ArrayLike) -> Scores:
    """1-D numbers, all finite."""
    array = _shaped(name, values, 1)
    if array.size and array.dtype.kind not in "iufb":
        raise ProblemError("problem.not_numbers", field=name)
    scores = array.astype(np.float64)
    _refuse("problem.not_finite", name, scores, ~np.isfinite(scores))
    return scores


def as_flags(name: str, values: ArrayLike) -> Flags:
    """1-D true or false, or 1 and 0."""
    numbers = as_scores(name, values)
    _refuse("problem.not_flags", name, numbers, (numbers != 0) & (numbers != 1))
    return numbers.astype(np.bool_)


def check_known(name: str, ids: Ids, size: int) -> None:
    """Raise ProblemError unless every id is in 0..size-1."""
    _refuse("problem.unknown_id", name, ids, (ids < 0) | (ids >= size))


def check_unique(name: str, keys: Counts, reviewers: int) -> None:
    """Raise ProblemError where a pair key occurs twice, naming its second row."""
    if (np.diff(keys) > 0).all():  # sorted input, the usual case, needs no sort
        return
    order = np.argsort(keys, kind="stable")
    again = order[1:][np.diff(keys[order]) == 0]
    if len(again):
        row = int(again.min())
        paper, reviewer = divmod(int(keys[row]), reviewers)
        raise ProblemError(
            "problem.duplicate_pair", field=name, row=row, paper=paper, reviewer=reviewer
        )


def _array(name: str, values: ArrayLike) -> NDArray[np.generic]:
    try:
        return np.asarray(values)
    except ValueError as error:  # rows of different lengths
        wanted = {"expected": "rows of one length", "found": "several"}
        raise ProblemError("problem.shape", field=name, **wanted) from error


def _shaped(name: str, values: ArrayLike, dimensions: int) -> NDArray[np.generic]:
    array = _array(name, values)
    if array.ndim != dimensions:
        found = str(array.shape)
        raise ProblemError("problem.shape", field=name, expected=f"{dimensions}-d", found=found)
    return array


def _whole(name: str, array: NDArray[np.generic]) -> Counts:
    numbers = as_scores(name, array)
    _refuse("problem.not_whole", name, numbers, numbers != np.rint(numbers))
    _refuse("problem.too_large", name, numbers, np.abs(numbers) > _LARGEST)
    return numbers.astype(np.int64)


def _refuse(key: str, name: str, values: NDArray[np.generic], wrong: Flags) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        row = int(rows[0])
        raise ProblemError(key, field=name, row=row, value=values[row].item())
