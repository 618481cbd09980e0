"""A table of reviews from a file: anyone's, with whatever codes they use."""

from dataclasses import dataclass, field
from pathlib import Path

from cfp.algorithms.calibrating.reviews import LARGEST_SCORE, WEIGHTS
from cfp.cli.csv_rows import number_of, rows
from cfp.cli.files import read_text
from cfp.formats.errors import FormatError

NEEDED = ("submission", "reviewer", "score")
NO_SCORE = ("", "-", "na", "n/a", "nan")


@dataclass
class ReviewTable:
    """Parallel lists, one entry a review.

    Attributes:
        submissions: code of each, in the order of the file; their places are the numbers below.
        reviewers: likewise.
        submission: number.
        reviewer: number.
        score: nan = none given.
        weight: 1 where the file says nothing.
    """

    submissions: dict[str, int] = field(default_factory=dict)
    reviewers: dict[str, int] = field(default_factory=dict)
    submission: list[int] = field(default_factory=list)
    reviewer: list[int] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)


def read_reviews(path: Path) -> ReviewTable:
    """Read a table with the columns submission, reviewer, score and, if given, weight.

    The separator is a comma, a semicolon or a tab; other columns are passed over.

    Raises:
        FormatError: with the line of the first fault.
        CfpError: `unreadable`.
    """
    text = read_text(path)
    if not text.strip():
        raise FormatError("format.empty")
    table, first = ReviewTable(), dict[tuple[int, int], int]()
    for line, row in rows(text, NEEDED, ("weight",)):
        pair = (
            number_of(table.submissions, line, row, "submission"),
            number_of(table.reviewers, line, row, "reviewer"),
        )
        if pair in first:
            codes = {name: row[name] for name in NEEDED[:2]}
            raise FormatError("table.twice", line, first=first[pair], **codes)
        first[pair] = line
        table.submission.append(pair[0])
        table.reviewer.append(pair[1])
        missing = row["score"].casefold() in NO_SCORE
        table.score.append(float("nan") if missing else _value(line, row, "score"))
        table.weight.append(_value(line, row, "weight") if row.get("weight") else 1.0)
    if not table.score:
        raise FormatError("table.no_rows")
    return table


def _value(line: int, row: dict[str, str], column: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        raise FormatError("table.number", line, column=column, value=row[column]) from None
    least, most = (0, WEIGHTS[1]) if column == "weight" else (-LARGEST_SCORE, LARGEST_SCORE)
    if not least <= value <= most or (column == "weight" and 0 < value < WEIGHTS[0]):
        raise FormatError(
            "table.range", line, column=column, value=row[column], least=least, most=most
        )
    return value
