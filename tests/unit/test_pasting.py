"""Tables of links as people paste them."""

import pytest

from cfp.domain.program.pasting import read_links

KNOWN = {"A1B2C3", "D4E5F6"}
V, S = "https://v.example.org/1", "https://s.example.org/1.pdf"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"A1B2C3 {V}", [("A1B2C3", "video", V)]),
        (f"A1B2C3\t{V}\t{S}", [("A1B2C3", "slides", S), ("A1B2C3", "video", V)]),
        (f"A1B2C3 → {V}", [("A1B2C3", "video", V)]),
        (f"a1b2c3,,{S}", [("A1B2C3", "slides", S)]),
        (f'"A1B2C3","{V}","{S}"', [("A1B2C3", "slides", S), ("A1B2C3", "video", V)]),
        (f"A1B2C3;{V};{S}", [("A1B2C3", "slides", S), ("A1B2C3", "video", V)]),
        ("A1B2C3,https://e.org/a,b;c=1", [("A1B2C3", "video", "https://e.org/a,b;c=1")]),
        (f"code,slides,video\nA1B2C3,{S},{V}", [("A1B2C3", "slides", S), ("A1B2C3", "video", V)]),
        (f"Talk code\tSomething\tVideo URL\nA1B2C3\twords\t{V}", [("A1B2C3", "video", V)]),
        (f"\ufeff\n  A1B2C3 {V}  \n\nD4E5F6 {V}", [("A1B2C3", "video", V), ("D4E5F6", "video", V)]),
        ("", []),
    ],
)
def test_what_is_meant_is_found(text: str, found: list[tuple[str, str, str]]) -> None:
    pasted = read_links(text, KNOWN)
    assert pasted.mistakes == ()
    assert [(one.code, one.kind, one.url) for one in pasted.links] == found


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (f"ZZZZZZ {V}", "unknown_code"),
        ("nonsense", "no_code"),
        (V, "no_code"),
        ("A1B2C3", "no_url"),
        ("A1B2C3 tomorrow", "bad_url"),
        ("A1B2C3 http://v.example.org", "bad_url"),
        ("A1B2C3 javascript:alert(1)", "bad_url"),
        (f"A1B2C3 {V} {S} {S}", "columns"),
        (f"D4E5F6 {V}", "twice"),
    ],
)
def test_each_mistake_is_named_with_its_line(line: str, key: str) -> None:
    pasted = read_links(f"D4E5F6 {S}\n\n{line}", KNOWN)
    assert [(one.line, one.key) for one in pasted.mistakes] == [(3, key)]
    assert [one.line for one in pasted.links] == [1]


def test_more_than_any_conference_has_is_not_read_on() -> None:
    pasted = read_links("x\n" * 10_000, KNOWN)
    assert pasted.mistakes[-1].key == "too_many"
    assert len(pasted.mistakes) < 3_000
