"""A table of comparisons from a file: anyone's, with whatever codes they use."""

from dataclasses import dataclass, field
from pathlib import Path

from cfp.cli.csv_rows import number_of, rows
from cfp.cli.files import read_text
from cfp.formats.errors import FormatError

NEEDED = ("winner", "loser")
ALSO = ("tie", "reviewer")
TIES = {
    **dict.fromkeys(("", "0", "no", "n", "false"), False),
    **dict.fromkeys(("1", "yes", "y", "true", "tie", "equal", "x"), True),
}


@dataclass
class ComparisonTable:
    """Parallel lists, one entry a comparison.

    Attributes:
        submissions: code of each, in the order of the file; their places are the numbers below.
        reviewers: likewise; empty where the file has none.
        winner: number.
        loser: number.
        outcome: 1, or 0 where the two are equal.
        reviewer: number; empty where the file has none.
    """

    submissions: dict[str, int] = field(default_factory=dict)
    reviewers: dict[str, int] = field(default_factory=dict)
    winner: list[int] = field(default_factory=list)
    loser: list[int] = field(default_factory=list)
    outcome: list[int] = field(default_factory=list)
    reviewer: list[int] = field(default_factory=list)


def read_comparisons(path: Path) -> ComparisonTable:
    """Read a table with the columns winner, loser and, if given, tie and reviewer.

    Two may be compared as often as anybody likes; other columns are passed over.

    Raises:
        FormatError: with the line of the first fault.
        CfpError: `unreadable`.
    """
    text = read_text(path)
    if not text.strip():
        raise FormatError("format.empty")
    table = ComparisonTable()
    for line, row in rows(text, NEEDED, ALSO):
        winner, loser = (number_of(table.submissions, line, row, name) for name in NEEDED)
        if winner == loser:
            raise FormatError("table.with_itself", line, submission=row["winner"])
        table.winner.append(winner)
        table.loser.append(loser)
        table.outcome.append(0 if _is_tie(line, row.get("tie", "")) else 1)
        if "reviewer" in row:
            table.reviewer.append(number_of(table.reviewers, line, row, "reviewer"))
    if not table.winner:
        raise FormatError("table.no_rows")
    return table


def _is_tie(line: int, said: str) -> bool:
    if said.casefold() not in TIES:
        raise FormatError("table.tie", line, value=said)
    return TIES[said.casefold()]
