"""Which reviews are flagged, and which are not."""

import pytest

from cfp.domain.reviews.opinion_words import WORDS, Words
from cfp.domain.reviews.quality import Looked, look, opinions
from cfp.domain.submissions.rules import folded

SCALES = {1: (1, 5), 2: (1, 5), 3: (0, 10)}
LONG = "It says what was done and with which devices, and what came out of it in numbers, plainly."


def flags(text: str, scores: dict[int, int], language: str = "en") -> tuple[str, ...]:
    return look((text, "", ""), scores, SCALES, language).flags


def test_short_is_by_words_of_all_texts_together() -> None:
    assert flags("Good.", {1: 3}) == ("short",)
    half = "one two three four five six seven eight nine ten"
    assert look((half, half), {1: 3}, SCALES, "en").flags == ()
    assert look((half, ""), {1: 3}, SCALES, "en").words == 10


def test_equal_scores_need_several_questions() -> None:
    assert "equal" in flags(LONG, {1: 3, 2: 3, 3: 3})
    assert "equal" not in flags(LONG, {1: 3, 2: 3})
    assert "equal" not in flags(LONG, {1: 3, 2: 3, 3: 4})


@pytest.mark.parametrize(
    ("text", "scores", "odd"),
    [
        ("weak and unclear", {1: 5}, True),
        ("strong and clear", {1: 1}, True),
        ("strong and clear", {1: 5}, False),
        ("weak, but interesting, and unclear", {1: 5}, False),
        ("not weak and never unclear", {1: 5}, False),
        ("not strong, not clear", {1: 5, 2: 5}, True),
        ("weak", {1: 5}, False),
        ("weak and unclear", {1: 3}, False),
        ("weak and unclear", {}, False),
        ("weak and unclear", {3: 9}, True),
    ],
)
def test_score_and_text_at_odds(text: str, scores: dict[int, int], odd: bool) -> None:
    assert ("odds" in flags(text, scores)) is odd


def test_not_turns_the_next_words_round() -> None:
    english = WORDS["en"]
    assert opinions(["not", "very", "good"], english) == (0, 1)
    assert opinions(["not", "at", "all", "good"], english) == (1, 0)


def test_words_count_in_the_language_they_are_of() -> None:
    for text, language in (("schwach und unklar", "de"), ("weak and unclear", "en-GB")):
        assert "odds" in flags(text, {1: 5}, language)
        for other in ({"de", "en"} - {language[:2]}) | {"cs", ""}:
            assert "odds" not in flags(text, {1: 5}, other), other
    assert "odds" not in flags("nicht schwach, nicht unklar", {1: 5}, "de")


@pytest.mark.parametrize("listed", WORDS.values(), ids=WORDS)
def test_lists_are_folded_and_no_word_says_both(listed: Words) -> None:
    kinds = (listed.praise, listed.blame, listed.negations)
    assert all(word == folded(word) for words in kinds for word in words)
    assert len(listed.praise | listed.blame | listed.negations) == sum(map(len, kinds))


def test_equal_texts_have_one_key_whatever_case_and_punctuation() -> None:
    def key(text: str) -> Looked:
        return look((text,), {}, SCALES, "en")

    assert key(LONG).key == key(LONG.upper().replace(".", " !")).key != ""
    assert key(LONG).key != key(LONG + " Really.").key
    assert key("Very good.").key == "", "short texts are the same by chance"
