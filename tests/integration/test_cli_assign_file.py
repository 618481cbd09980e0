"""`cfp assign-file`: a problem from a file, solved without any conference or database."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.cli import Done, run_cli

PROBLEM = {
    "paper": [0, 0, 1, 1],
    "reviewer": [0, 1, 0, 1],
    "score": [1.0, 0.5, 0.6, 0.2],
    "demand": [1, 1],
    "load_max": [1, 1],
}


def save(folder: Path, **changes) -> Path:
    file = folder / "instance.npz"
    arrays = {name: np.array(values) for name, values in {**PROBLEM, **changes}.items()}
    np.savez(file, **arrays)
    return file


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path) -> Run:
    """Run the command in a folder of its own."""
    return lambda *arguments: run_cli(tmp_path, {}, "assign-file", *arguments)


def test_it_needs_no_instance(tmp_path):
    save(tmp_path)
    settings = {"CFP_INSTANCE": str(tmp_path / "none"), "CFP_DATABASE_URL": "sqlite:////none/none"}
    done = run_cli(tmp_path, settings, "assign-file", "instance.npz")
    assert (done.returncode, done.stderr) == (0, "")
    assert [one.name for one in tmp_path.iterdir()] == ["instance.npz"]


def test_the_plan_is_written_and_measured(run, tmp_path):
    file = save(tmp_path)
    done = run(str(file), "--objective", "max", "--out", "plan.csv", "--json")
    figures = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "plan.csv").read_text() == "paper,reviewer\n0,0\n1,1\n"
    assert figures["total"] == figures["optimum"] == pytest.approx(1.2)
    assert (figures["worst"], figures["worst_bound"]) == pytest.approx((0.2, 0.6))
    assert figures["lowest_quartile"] == pytest.approx(0.4)
    assert (figures["shortfall"], figures["load_min_unmet"]) == (0, 0)
    assert min(figures[name] for name in ("cpu_seconds", "wall_seconds", "peak_rss_mib")) > 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["instance.npz", "plan.csv"]


def test_balanced_is_the_default_and_the_floor_its_price(run, tmp_path):
    file = save(tmp_path)
    fair = json.loads(run(str(file), "--floor", "0.9", "--json").stdout)
    strict = json.loads(run(str(file), "--json").stdout)
    assert (fair["total"], fair["worst"]) == pytest.approx((1.1, 0.5))
    assert (strict["total"], strict["worst"]) == pytest.approx((1.2, 0.2))


def test_what_cannot_be_had_is_said_and_the_rest_is_planned(run, tmp_path):
    file = save(tmp_path, demand=[1, 2], load_min=[0, 1])
    done = run(str(file), "--out", "plan.csv")
    assert done.returncode == 3
    assert "2 of 3 reviews, 1 missing." in done.stdout
    assert "cut short" not in done.stdout
    assert len((tmp_path / "plan.csv").read_text().splitlines()) == 3


def test_rules_that_pins_break_are_said(run, tmp_path):
    pins = {"pinned": [[0, 0], [1, 0], [1, 1]], "apart": [[0, 1]], "demand": [1, 2]}
    save(tmp_path, **pins, paper=[0, 0, 1], reviewer=[0, 1, 0], score=[1.0, 0.5, 0.6],
         senior=[0, 1], need_senior=[1, 0])  # fmt: skip
    done = run("instance.npz")
    assert done.returncode == 3
    assert "More than they take, by pins: reviewers 0." in done.stdout
    assert "Without a senior reviewer: papers 0." in done.stdout
    assert "Pinned, but no such pair: 1 to 1." in done.stdout
    save(tmp_path, **pins)
    done = run("instance.npz", "--json")
    assert json.loads(done.stdout)["crowded"] == [1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"score": [1.0]}, "score has the wrong shape: 1 where 4 is needed."),
        ({"demand": [[1, 1]]}, "demand has the wrong shape: (1, 2) where 1-d is needed."),
        ({"demand": 1}, "demand has the wrong shape: () where 1-d is needed."),
        ({"demand": [1, -1]}, "demand, row 1: -1 is negative."),
        ({"load_max": [-1, 1]}, "load_max, row 0: -1 is negative."),
        ({"load_min": [0, 2]}, "load_min, row 1: 2 is more than load_max, 1."),
        ({"paper": [0, 0, 1, 2]}, "paper, row 3: there is no number 2."),
        ({"reviewer": [0, -1, 0, 1]}, "reviewer, row 1: there is no number -1."),
        ({"paper": [0, 0, 0, 1]}, "paper, reviewer, row 2: paper 0 and reviewer 0 again."),
        ({"score": [1, np.nan, 1, 1]}, "score, row 1: nan is not a finite number."),
        ({"score": [1, 1, np.inf, 1]}, "score, row 2: inf is not a finite number."),
        ({"score": ["a"] * 4}, "score holds something else than numbers."),
        ({"paper": [0, 0.5, 1, 1]}, "paper, row 1: 0.5 is not a whole number."),
        ({"demand": [1, 2**40]}, "demand, row 1: 1099511627776 is too large."),
        ({"load_mim": [0, 0]}, "instance.npz holds an array 'load_mim' that no rule is known for."),
        ({"score": [{}] * 4}, "instance.npz: score is broken or no plain array of numbers."),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(run, tmp_path, changes, sentence):
    save(tmp_path, **changes)
    check_refused(run, tmp_path, sentence)


def test_a_missing_array_is_named(run, tmp_path):
    np.savez(tmp_path / "instance.npz", paper=[0], reviewer=[0], score=[1.0])
    check_refused(run, tmp_path, "instance.npz lacks an array: demand, load_max.")


@pytest.mark.parametrize("content", [b"", b"paper,reviewer\n0,0\n", b"PK\x03\x04", b"\x93NUMPY"])
def test_what_is_no_archive(run, tmp_path, content):
    (tmp_path / "instance.npz").write_bytes(content)
    check_refused(run, tmp_path, "instance.npz is not a whole NumPy archive (.npz).")


def test_an_archive_of_something_else(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "instance.npz", "w") as archive:
        archive.writestr("paper.npy", "hello")
    check_refused(run, tmp_path, "instance.npz: paper is broken or no plain array of numbers.")


def test_no_file(run, tmp_path):
    check_refused(run, tmp_path, "instance.npz can't be read: No such file or directory")


def test_a_place_that_cannot_be_written(run, tmp_path):
    save(tmp_path)
    done = run("instance.npz", "--out", "missing/plan.csv")
    assert done.returncode == 1
    assert done.stderr == "cfp: missing/plan.csv can't be written: No such file or directory\n"


def test_a_floor_that_is_no_number(run, tmp_path):
    save(tmp_path)
    done = run("instance.npz", "--floor", "nan")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "cfp: floor can't be nan; it is a share from 0 to 1.\n"


def check_refused(run: Run, folder: Path, sentence: str) -> None:
    before = sorted(folder.iterdir())
    done = run("instance.npz", "--out", "plan.csv", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"cfp: {sentence}\n"
    assert sorted(folder.iterdir()) == before
