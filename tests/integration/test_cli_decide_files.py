"""`cfp calibrate-file` and `cfp select-file`: anyone's data, without any conference or database."""

import json
from collections.abc import Callable

import pytest

from tests.support.cli import Done, run_cli

HEADING = "submission,reviewer,score,weight\n"
FAIR = HEADING + "".join(
    f"T{paper},r{(paper + step) % 4},{1 + paper * 2 % 5 + paper * step % 3 / 2},1\n"
    for paper in range(12)
    for step in range(3)
)
ITEMS = {
    "items": [
        {"id": "A", "score": 4.5, "minutes": 30, "track": "net", "speakers": ["ann"]},
        {"id": "B", "score": 4.0, "minutes": 30, "track": "os", "speakers": ["ann"]},
        {"id": "C", "score": 3.0, "minutes": 10, "track": "os", "speakers": ["bob"]},
    ],
    "limits": [
        {"name": "room", "of": "minutes", "most": 60},
        {"name": "one each", "per_speaker": 1},
    ],
}


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path) -> Run:
    """Run a command in a folder of its own, on a file "given"."""

    def command(name: str, content: str | bytes | dict, *arguments: str) -> Done:
        data = json.dumps(content) if isinstance(content, dict) else content
        (tmp_path / "given").write_bytes(data.encode() if isinstance(data, str) else data)
        return run_cli(tmp_path, {}, name, "given", *arguments)

    return command


def test_they_need_no_instance(tmp_path):
    (tmp_path / "reviews.csv").write_text(FAIR)
    settings = {"CFP_INSTANCE": str(tmp_path / "none"), "CFP_DATABASE_URL": "sqlite:////none/none"}
    done = run_cli(tmp_path, settings, "calibrate-file", "reviews.csv", "--top", "4", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert [one.name for one in tmp_path.iterdir()] == ["reviews.csv"]


def test_calibrated_scores(run):
    done = run("calibrate-file", FAIR, "--top", "4", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    first = done.data["submissions"][0]
    assert list(first) == ["submission", "raw", "score", "se", "p_top", "n", "band", "group"]
    assert (first["submission"], first["n"]) == ("T0", 3)
    assert {one["band"] for one in done.data["submissions"]} <= {"in", "lean in", "lean out", "out"}
    assert [one["reviewer"] for one in done.data["reviewers"]] == ["r0", "r1", "r2", "r3"]
    assert sum(one["p_top"] for one in done.data["submissions"]) == pytest.approx(4)
    assert "T0" in run("calibrate-file", FAIR, "--top", "4").stdout


def test_warnings_name_the_codes_and_show_in_the_status(run):
    done = run("calibrate-file", FAIR + "T12,r0,5,\nT13,r9,n/a,1\n", "--json")
    found = {one["key"]: one for one in done.data["warnings"]}
    assert done.returncode == 3
    assert found["single"]["submissions"] == ["T12"]
    assert found["unreviewed"]["text"] == "Without any review: T13."
    assert found["left_out"]["reviews"] == 1
    last = done.data["submissions"][-1]
    assert (last["raw"], last["score"], last["p_top"], last["band"]) == (None,) * 4


def test_other_programs_tables(run):
    table = "\ufeff\r\nTitle;Score;Reviewer;Submission\r\n;3;ann;A\r\n\r\n;4;bob;A\r\n"
    found = run("calibrate-file", table, "--json").data["submissions"]
    assert [(one["submission"], one["raw"]) for one in found] == [("A", 3.5)]


def test_files_larger_than_any_upload(run):
    """The scores of thousands of items, drawn hundreds of times, are no page's business."""
    notes = "submission,reviewer,score,note\n" + "".join(
        f"T{paper},r{paper % 3},3,{'x' * 100_000}\n" for paper in range(60)
    )
    assert len(run("calibrate-file", notes, "--json").data["submissions"]) == 60


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the file is empty"),
        (HEADING, "the table has no row below its heading"),
        ("submission,score\nA,1\n", "line 1: columns are missing: reviewer"),
        ("submission,reviewer,score,score\n", "line 1: the column score comes twice"),
        (HEADING + "A,r,four,1\n", "line 2: score can't be 'four'; it is a number such as 3.5"),
        (HEADING + "A,r,1,1\n\nA,,1,1\n", "line 4: reviewer is empty"),
        (HEADING + "A,r,1,-1\n", "line 2: weight can't be -1; it is from 0 to 1,000,000"),
        (HEADING + "A,r,1,nan\n", "line 2: weight can't be nan; it is from 0 to 1,000,000"),
        (
            HEADING + "A,r,inf,1\n",
            "line 2: score can't be inf; it is from -1,000,000,000 to 1,000,000,000",
        ),
        ("submission,reviewer,score\nA,r,3,5\n", "line 2: the row has 4 cells, the heading 3; a"),
        (HEADING + 'A,r,1,1\nB,"r,2,1\nC,r,3,1\n', "line 4: the table can't be read: "),
        (HEADING + "A,r,1,1\nA,r,2,1\n", "line 3: 'r' reviewed 'A' in line 2 already"),
        (HEADING + "A,r,,1\n", "No review has a score."),
        (b"submission,reviewer,score\nA,r\xff,1\n", "line 2: byte 29 (0xff) is not UTF-8"),
        (HEADING + 'A,"' + "x" * 140_000, "line 2: the table can't be read: field larger than"),
    ],
)
def test_a_bad_table_is_one_sentence_with_its_line(run, content, sentence):
    done = run("calibrate-file", content, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"cfp: {sentence}")
    assert done.stderr.count("\n") == 1


def test_wrong_usage(run):
    assert run("calibrate-file", FAIR, "--top", "0").returncode == 2
    assert run("select-file", ITEMS, "--time-limit", "0").returncode == 2


def test_no_file(tmp_path):
    for command in ("calibrate-file", "select-file"):
        done = run_cli(tmp_path, {}, command, "none")
        assert done.returncode == 1
        assert done.stderr == "cfp: none can't be read: No such file or directory\n"


def test_what_to_accept_and_why(run):
    done = run("select-file", ITEMS, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.data["accepted"] == ["A", "C"]
    cost = {"name": "one each", "gained": 1, "enters": ["B"], "leaves": ["C"]}
    assert done.data["costs"] == [cost]
    assert done.data["used"] == {"room": 40}
    blocked = [{"item": "B", "by": ["one each"]}]
    waiting = {"type": None, "track": "os", "items": [], "blocked": blocked}
    assert done.data["waitlist"] == [waiting]
    words = run("select-file", ITEMS).stdout.splitlines()
    assert words[0] == "2 accepted, worth 7.5: A, C."


def test_the_solver_s_own_words_are_not_in_the_result(run, capfd):
    """HiGHS prints a line of its own about these, below Python's standard output."""
    items = [
        {"id": "A", "score": 0.4, "minutes": 10, "affiliations": [None]},
        {"id": "B", "score": 2.86, "minutes": 10, "affiliations": ["C2", "C1"]},
        {"id": "C", "score": 3, "minutes": 10, "track": "b", "affiliations": [None]},
        {"id": "D", "score": 4.27, "minutes": 30, "affiliations": ["C0"], "announced": True},
        {"id": "E", "score": 4.11, "track": "b", "affiliations": [None, "C2"]},
    ]
    limits = [
        {"name": "room", "of": "minutes", "most": 55},
        {"name": "firms", "per_affiliation": 0.2},
        {"name": "b", "track": "b", "most": 1},
    ]
    assert run("select-file", {"items": items, "limits": limits}, "--json").data["accepted"]
    assert capfd.readouterr().out == ""


def test_limits_that_cannot_be_met_are_named(run):
    floor = {"name": "network", "track": "net", "least": 3}
    done = run("select-file", ITEMS | {"limits": [floor]}, "--json")
    assert done.returncode == 3
    assert done.data["relaxed"] == [{"name": "network", "by": 2}]


def test_draws_and_announced_ones(run):
    announced = [ITEMS["items"][0], ITEMS["items"][1] | {"announced": True}, ITEMS["items"][2]]
    done = run("select-file", {**ITEMS, "items": announced, "draws": [[9, 1, 1]]}, "--json")
    assert done.data["accepted"] == ["B", "C"]
    assert done.data["chance"] == {"A": 0, "B": 1, "C": 1}


def item(**changes) -> dict:
    return {"items": [{"id": "A", "score": 1} | changes]}


def limit(**changes) -> dict:
    return ITEMS | {"limits": [{"name": "x"} | changes]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the file is empty"),
        ("{", "line 1: this is not JSON"),
        ("[]", "the file is not what it should be (object)"),
        ({"limits": []}, "items is missing"),
        ({"items": [], "limit": []}, "limit is not known here; known are items, limits, draws"),
        ({"items": [{"id": "A"}]}, "items[0].score is missing"),
        ({"items": [{"id": "A", "score": 1}] * 2}, "items[1].id: 'A' comes twice"),
        (item(score="1"), "items[0].score can't be '1'; it is a number"),
        (item(minutes=1.5), "items[0].minutes can't be 1.5; it is a whole number"),
        (item(score=float("nan")), "items[0].score can't be nan; it is a number"),
        (item(must=1), "items[0].must can't be 1; it is true or false"),
        (item(must=True, never=True), "items[0] is both must and never"),
        (item(speakers="ann"), "items[0].speakers is not what it should be (list)"),
        (item(tarck="net"), "items[0].tarck is not known here"),
        (item(id=["A"]), "items[0].id can't be ['A']; it is a code"),
        (limit(), "limits[0] limits nothing, or several things"),
        (limit(most=1, per_speaker=1), "limits[0] limits nothing, or several things"),
        (limit(track="nte", most=1), "limits[0].track: no item is of 'nte'"),
        (limit(most=1, of="hours"), "limits[0].of can't be hours; it is items or minutes"),
        (limit(least=2, most=1), "The limit 'x' asks for 2, but at most 1."),
        (limit(per_affiliation=2), "The limit 'x' can't be 2; a share is from 0 to 1."),
        (ITEMS | {"limits": ITEMS["limits"] * 2}, "Two limits are called 'room'."),
        (ITEMS | {"draws": [[1]]}, "draws[0] is not what it should be (a list of 3 scores)"),
    ],
)
def test_a_bad_file_is_one_sentence_with_its_place(run, content, sentence):
    done = run("select-file", content, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"cfp: {sentence}")
    assert done.stderr.count("\n") == 1
