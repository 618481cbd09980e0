import subprocess
import sys

import numpy as np
import pytest

from cfp.algorithms.problem import Problem, ProblemError


def plain(**changes):
    two_papers_two_reviewers = {
        "paper": [0, 0, 1],
        "reviewer": [0, 1, 1],
        "score": [0.5, 0.25, 1.0],
        "demand": [1, 1],
        "load_max": [1, 2],
    }
    return two_papers_two_reviewers | changes


def test_what_is_left_out_is_no_rule():
    problem = Problem(**plain())
    assert problem.load_min.tolist() == [0, 0]
    assert problem.affiliation.tolist() == [-1, -1]
    assert not problem.senior.any()
    assert not problem.need_senior.any()
    assert problem.pinned.shape == problem.previous.shape == problem.apart.shape == (0, 2)
    assert problem.cap is None


@pytest.mark.parametrize(
    ("changes", "key", "data"),
    [
        ({"score": [0.5, 0.25]}, "shape", {"field": "score", "expected": 3, "found": 2}),
        ({"reviewer": [0, 1]}, "shape", {"field": "reviewer", "expected": 3, "found": 2}),
        ({"load_min": [0]}, "shape", {"field": "load_min", "expected": 2, "found": 1}),
        ({"senior": [True]}, "shape", {"field": "senior", "expected": 2, "found": 1}),
        ({"need_senior": [1, 0, 0]}, "shape", {"field": "need_senior", "expected": 2, "found": 3}),
        ({"affiliation": [1]}, "shape", {"field": "affiliation", "expected": 2, "found": 1}),
        ({"demand": 3}, "shape", {"field": "demand", "expected": "1-d", "found": "()"}),
        ({"pinned": [0, 1]}, "shape", {"field": "pinned", "expected": "2-d", "found": "(2,)"}),
        ({"pinned": [[0, 1, 2]]}, "shape", {"field": "pinned", "found": "(1, 3)"}),
        ({"pinned": [[0, 1], [0]]}, "shape", {"field": "pinned"}),
        ({"score": [1, np.nan, 1]}, "not_finite", {"field": "score", "row": 1}),
        ({"score": [1, 1, -np.inf]}, "not_finite", {"field": "score", "row": 2, "value": -np.inf}),
        ({"score": ["a", "b", "c"]}, "not_numbers", {"field": "score"}),
        ({"paper": [0, 0.5, 1]}, "not_whole", {"field": "paper", "row": 1, "value": 0.5}),
        ({"demand": [1, np.nan]}, "not_finite", {"field": "demand", "row": 1}),
        ({"demand": [1, -2]}, "negative", {"field": "demand", "row": 1, "value": -2}),
        ({"load_max": [-1, 2]}, "negative", {"field": "load_max", "row": 0, "value": -1}),
        ({"load_min": [0, -1]}, "negative", {"field": "load_min", "row": 1, "value": -1}),
        ({"demand": [1, 2**40]}, "too_large", {"field": "demand", "row": 1, "value": 2**40}),
        ({"paper": [0, 0, 2]}, "unknown_id", {"field": "paper", "row": 2, "value": 2}),
        ({"reviewer": [0, -1, 1]}, "unknown_id", {"field": "reviewer", "row": 1, "value": -1}),
        ({"pinned": [[0, 0], [2, 0]]}, "unknown_id", {"field": "pinned", "row": 1, "value": 2}),
        ({"previous": [[0, 5]]}, "unknown_id", {"field": "previous", "row": 0, "value": 5}),
        ({"apart": [[0, 1], [0, 9]]}, "unknown_id", {"field": "apart", "row": 1, "value": 9}),
        (
            {"paper": [1, 0, 1], "reviewer": [1, 0, 1]},
            "duplicate_pair",
            {"row": 2, "paper": 1, "reviewer": 1},
        ),
        ({"pinned": [[0, 1], [0, 1]]}, "duplicate_pair", {"field": "pinned", "row": 1}),
        ({"apart": [[1, 1]]}, "same_reviewer", {"field": "apart", "row": 0, "reviewer": 1}),
        ({"senior": [0, 2]}, "not_flags", {"field": "senior", "row": 1}),
        ({"load_min": [2, 0]}, "load_min_above_max", {"reviewer": 0, "load_min": 2}),
        ({"cap": 1.5}, "cap_range", {"field": "cap", "value": 1.5}),
    ],
)
def test_a_fault_is_named_with_its_place(changes, key, data):
    with pytest.raises(ProblemError) as caught:
        Problem(**plain(**changes))
    assert caught.value.key == f"problem.{key}"
    assert data.items() <= caught.value.data.items()


def test_the_problem_needs_no_solver():
    """Domain code imports it in the serving process, which has no room for solvers."""
    script = (
        "import sys, cfp.algorithms.problem\n"
        "print([name for name in ('ortools', 'scipy') if name in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"
