"""What the check of blind submissions finds, and what it leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfp.domain.reviews.blindness import Known, traces

PEOPLE = [
    Known("Zdeněk Müller", "CZ.NIC, z. s. p. o.", "zdenek@labs.nic.example"),
    Known("Ada Li", "IBM", "ada@gmail.com"),
    Known("Joan van der Long", "Czech Technical University (CTU)"),
    Known("王小明", "Independent"),
]


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in traces({"abstract": text}, PEOPLE)]


@pytest.mark.parametrize(
    ("text", "kind", "telling"),
    [
        ("As Zdenek Muller has shown", "name", "Zdenek Muller"),
        ("(Müller 2024)", "name", "Müller"),
        ("by Mueller et al.", "name", "Mueller"),
        ("Muller, Zdenek: a study", "name", "Muller, Zdenek"),
        ("by Z. Müller", "name", "Z. Müller"),
        ("ADA LI presents", "name", "ADA LI"),
        ("Li, Ada", "name", "Li, Ada"),
        ("A. Li wrote it", "name", "A. Li"),
        ("Joan Long measured", "name", "Joan Long"),
        ("J. Long", "name", "J. Long"),
        ("王小明的研究", "name", "王小明"),
        ("at CZ.NIC we run", "affiliation", "CZ.NIC"),
        ("our lab at labs.nic.example", "affiliation", "labs.nic.example"),
        ("IBM's tape library", "affiliation", "IBM"),
        ("at the Czech Technical\nUniversity", "affiliation", "Czech Technical\nUniversity"),
        ("the CTU network", "affiliation", "CTU"),
        ("write to x.y@example.org", "address", "x.y@example.org"),
        ("see https://github.com/zm/tool.", "link", "https://github.com/zm/tool"),
        ("http://a.example/~zm", "link", "http://a.example/~zm"),
        ("https://a.example/draft-muller-dns", "link", "https://a.example/draft-muller-dns"),
    ],
)
def test_it_finds(text: str, kind: str, telling: str) -> None:
    assert (kind, telling) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "A link to the list; Li is an element.",
        "Long talks, and a Long one.",
        "Every muller grinds.",
        "The ibm format of a struct, and CTUs",
        "An independent study of a university",
        "See https://datatracker.example/doc/rfc9000 and https://notgithub.com/x",
        "gmail.com users",
        "Adalia and Zdenekmuller are other words",
        "",
    ],
)
def test_it_leaves_alone(text: str) -> None:
    assert found(text) == []


def test_the_place_is_said() -> None:
    text = "First line.\nThen we at CZ.NIC did it.\nEnd."
    (one,) = traces({"title": "Plain", "abstract": text}, PEOPLE)
    assert (one.field, one.line, one.before, one.after) == (
        "abstract", 2, "Then we at ", " did it.",
    )  # fmt: skip
    assert text[one.start : one.end] == one.text


def test_what_is_inside_another_is_said_once() -> None:
    assert found("mail zdenek.muller@labs.nic.example now") == [
        ("address", "zdenek.muller@labs.nic.example")
    ]


@given(st.text(max_size=200), st.text(max_size=20), st.text(max_size=20))
def test_it_takes_any_text_and_says_true_places(text: str, name: str, employer: str) -> None:
    for one in traces({"abstract": text}, [Known(name, employer)]):
        assert text[one.start : one.end] == one.text
        assert one.text
