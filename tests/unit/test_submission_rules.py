"""How names and affiliations are compared, and what a talk must have."""

import pytest

from cfp.domain.submissions.rules import (
    ABSTRACT_LIMIT,
    SPEAKER_LIMIT,
    TITLE_LIMIT,
    Content,
    SpeakerEntry,
    affiliation_key,
    folded,
    lacking,
    named_twice,
    too_long,
)

ADA = SpeakerEntry("Ada Example", "University A", "ada@example.org")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Red Hat, Inc.", "Red Hat"),
        ("red  hat", "Red Hat Inc"),
        ("Škoda Auto a.s.", "Skoda Auto"),
        ("ACME GmbH & Co. KG", "Acme"),
        ("Foo Co., Ltd.", "FOO"),
        ("The Example Foundation", "Example Foundation"),
        ("Bar Sp. z o.o.", "bar"),
        ("Łódź Systems", "lodz systems"),
    ],
)
def test_one_employer_has_one_key(one: str, other: str) -> None:
    assert affiliation_key(one) == affiliation_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Red Hat", "Blue Hat"), ("SAS", "ABB"), ("AB", "AG"), ("!!!", "???")]
)
def test_different_employers_have_different_keys(one: str, other: str) -> None:
    assert affiliation_key(one) != affiliation_key(other)


def test_a_legal_form_alone_is_a_name() -> None:
    assert affiliation_key("S.A.S.") == "sas"
    assert affiliation_key("") == ""
    assert affiliation_key("株式会社 例") == "株式会社 例"


def test_search_finds_without_accents_and_case() -> None:
    assert folded("  Dvořák\tSTRAẞE  ØRSTED ") == "dvorak strasse orsted"


def test_what_is_lacking_is_named_in_the_order_of_the_form() -> None:
    empty = Content("", " ", 1, 1, (SpeakerEntry("", "Somewhere"),))
    assert lacking(empty) == ["title", "abstract", "speakers"]
    assert lacking(Content("T", "A", 1, 1, (ADA,))) == []


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Content("x" * TITLE_LIMIT, "", 1, 1, ()), None),
        (Content("x" * (TITLE_LIMIT + 1), "", 1, 1, ()), "title"),
        (Content("", "x" * (ABSTRACT_LIMIT + 1), 1, 1, ()), "abstract"),
        (Content("", "", 1, 1, (ADA,) * (SPEAKER_LIMIT + 1)), "speakers"),
    ],
)
def test_the_first_field_beyond_its_limit(content: Content, field: str | None) -> None:
    assert too_long(content) == field


@pytest.mark.parametrize(
    ("speakers", "twice"),
    [
        ([ADA, SpeakerEntry("Ada E.", "", "ADA@example.org ")], "Ada E."),
        ([SpeakerEntry("Ben", "Red Hat"), SpeakerEntry("bén", "Red Hat, Inc.")], "bén"),
        ([SpeakerEntry("Ben", "Red Hat"), SpeakerEntry("Ben", "Blue Hat")], None),
        ([SpeakerEntry("Ben", "Red Hat"), SpeakerEntry("Ben", "Red Hat", "b@example.org")], None),
        ([SpeakerEntry("", ""), SpeakerEntry("", "")], None),
    ],
)
def test_who_is_named_twice(speakers: list[SpeakerEntry], twice: str | None) -> None:
    assert named_twice(speakers) == twice
