"""Mentions are kept as pseudonyms and read as their reader may know them."""

import pytest

from cfp.domain.reviews.mentions import LOOKED_AT, decode, encode

PEOPLE = {"Rae Reviewer": "AAAAAA", "Rae": "BBBBBB", "Müller": "CCCCCC", "DDDDDD": "DDDDDD"}


@pytest.mark.parametrize(
    ("text", "stored", "who"),
    [
        ("@Rae Reviewer, look", "@AAAAAA, look", {"AAAAAA"}),
        ("(@rae reviewer)", "(@AAAAAA)", {"AAAAAA"}),
        ("@Rae!", "@BBBBBB!", {"BBBBBB"}),
        ("@Raeburn is a town", "@Raeburn is a town", set()),
        ("@muller", "@CCCCCC", {"CCCCCC"}),
        ("@DDDDDD and @Rae", "@DDDDDD and @BBBBBB", {"DDDDDD", "BBBBBB"}),
        ("mail rae@Rae", "mail rae@Rae", set()),
        ("@", "@", set()),
        ("@@Rae", "@@BBBBBB", {"BBBBBB"}),
        ("Rae Reviewer without the sign", "Rae Reviewer without the sign", set()),
    ],
)
def test_names_after_the_sign_become_pseudonyms(text: str, stored: str, who: set[str]) -> None:
    assert encode(text, PEOPLE) == (stored, who)


def test_behind_more_signs_than_anybody_means_nobody_is_looked_for() -> None:
    assert encode("@" * (LOOKED_AT - 1) + "@Rae", PEOPLE)[1] == {"BBBBBB"}
    assert encode("@" * LOOKED_AT + "@Rae", PEOPLE) == ("@" * LOOKED_AT + "@Rae", frozenset())


def test_each_reads_what_they_may() -> None:
    assert decode("@AAAAAA, see @EEEEEE", {"AAAAAA": "Rae"}) == "@Rae, see @EEEEEE"
    assert decode("@AAAAAA", {}) == "@AAAAAA"
    assert decode("@AAAAAAA", {"AAAAAA": "Rae"}) == "@AAAAAAA"
