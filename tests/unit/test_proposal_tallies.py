"""How uneven the submissions of a proposal match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfp.domain.assignment.tallies import gini


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1.0, 1.0, 1.0], 0.0), ([0.0, 0.0, 3.0], 0.6667), ([1.0, 3.0], 0.25)],
)
def test_gini(values, expected) -> None:
    assert gini(values) == expected


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [-1.0, 5.0]])
def test_gini_of_nothing_means_nothing(values) -> None:
    assert gini(values) is None


@given(st.lists(st.integers(0, 100), min_size=1, max_size=20).filter(any))
def test_gini_is_half_the_relative_mean_difference(numbers: list[int]) -> None:
    values = sorted(float(number) for number in numbers)
    pairs = [abs(one - other) for one in values for other in values]
    mean = sum(values) / len(values)
    assert gini(values) == pytest.approx(sum(pairs) / len(pairs) / mean / 2, abs=1e-4)
