"""`cfp compare-file`: anyone's comparisons, without any conference or database."""

from collections.abc import Callable

import pytest

from tests.support.cli import Done, run_cli

HEADING = "winner,loser,tie,reviewer\n"
FAIR = HEADING + "".join(
    f"T{min(one, other)},T{max(one, other)},{'yes' if other == 1 else ''},r{one % 3}\n"
    for one in range(6)
    for other in range(6)
    if one != other
)
FAIR += "T5,T0,,r0\nT1,T0,,r1\nT5,T4,,r2\n"


@pytest.fixture
def run(tmp_path) -> Callable[..., Done]:
    """Run it in a folder of its own, on a file "given"."""

    def command(content: str | bytes, *arguments: str) -> Done:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / "given").write_bytes(data)
        return run_cli(tmp_path, {}, "compare-file", "given", *arguments)

    return command


def test_scores_places_and_reviewers(run):
    done = run(FAIR, "--top", "2", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = done.data["submissions"]
    by_score = [one["submission"] for one in sorted(found, key=lambda one: -one["score"])]
    assert by_score == ["T0", "T1", "T2", "T3", "T4", "T5"]
    first = next(one for one in found if one["submission"] == "T0")
    assert 3 < first["score"] < 5
    assert first["se"] > 0
    assert first["rank"] == first["rank_low"] == 1 <= first["rank_high"]
    assert (first["n"], first["won"]) == (12, 9.5 / 12)
    assert sum(one["p_top"] for one in found) == pytest.approx(2)
    assert {one["reviewer"]: one["comparisons"] for one in done.data["reviewers"]} == {
        "r0": 11, "r1": 11, "r2": 11,
    }  # fmt: skip
    assert all(one["agreement"] > 0.5 for one in done.data["reviewers"])
    assert done.data["tie"] > 0
    words = run(FAIR, "--top", "2", "--scale", "0", "10").stdout
    assert "place" in words
    assert words.index("T0") < words.index("T5")


def test_warnings_name_the_codes_and_show_in_the_status(run):
    done = run("Loser;Winner\nB;A\n\nD;C\n", "--json")
    found = {one["key"]: one for one in done.data["warnings"]}
    assert done.returncode == 3
    assert found["few"]["submissions"] == ["A", "B", "C", "D"]
    assert found["parts"]["text"].startswith("Nothing connects the 2 groups of submissions")
    assert found["one_sided"]["text"].endswith("a guess: A, B, C, D.")
    assert done.data["reviewers"] == []
    assert (done.data["submissions"][0]["band"], done.data["tie"]) == (None, 0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the file is empty"),
        (HEADING, "the table has no row below its heading"),
        ("winner,reviewer\nA,1\n", "line 1: columns are missing: loser"),
        ("winner,loser,tie,tie\nA,B,,\n", "line 1: the column tie comes twice"),
        (HEADING + "A,B,,r\n\nA,,,r\n", "line 4: loser is empty"),
        (HEADING + "A,B,,\n", "line 2: reviewer is empty"),
        (HEADING + "A,B,,r\nA,A,,r\n", "line 3: 'A' is compared with itself"),
        (HEADING + "A,B,maybe,r\n", "line 2: tie can't be 'maybe'; it is yes, no or empty"),
        (b"winner,loser\nA,r\xff\n", "line 2: byte 16 (0xff) is not UTF-8"),
        (HEADING + 'A,"' + "x" * 140_000, "line 2: the table can't be read: field larger than"),
    ],
)
def test_a_bad_table_is_one_sentence_with_its_line(run, content, sentence):
    done = run(content, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"cfp: {sentence}")
    assert done.stderr.count("\n") == 1


def test_wrong_usage(run):
    assert run(FAIR, "--top", "0").returncode == 2
    for ends in (("5", "1"), ("nan", "5"), ("1", "inf")):
        assert run(FAIR, "--scale", *ends).returncode == 2
