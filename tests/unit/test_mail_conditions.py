"""Parts of a mail that only some readers get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfp.domain.mail.conditions import MARK, resolve
from cfp.domain.mail.render import MailText, check, fill
from cfp.errors import DomainError

VALUES = {"track": "Networking", "note": "", "name": "Ada"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("{if track}in{end}", "in"),
        ("{if note}in{else}out{end}", "out"),
        ("{if not note}in{end}", "in"),
        ('{if track is "networking"}in{else}out{end}', "in"),
        ('{if not track is "Networking"}in{else}out{end}', "out"),
        ('{if track is "Storage"}in{end}', ""),
        ("{if track}a{if note}b{else}c{end}d{else}e{end}f", "acdf"),
        ("{if note}a{if track}b{end}c{end}d", "d"),
        ("Hello\n{if track}\nyes\n{else}\nno\n{end}\nbye\n", "Hello\nyes\nbye\n"),
        ("Hello\n  {if note}  \nyes\n  {end}\nbye\n", "Hello\nbye\n"),
        ("no {conditions} { here }", "no {conditions} { here }"),
    ],
)
def test_what_holds_is_read(text: str, read: str) -> None:
    assert resolve(text, VALUES) == read


@pytest.mark.parametrize(
    ("text", "mark", "line"),
    [
        ("{if track}", "{if track}", 1),
        ("{if track}\n{if note}\n{end}\n", "{if track}", 1),
        ("a\n{end}", "{end}", 2),
        ("{else}", "{else}", 1),
        ("{if track}{else}\n{else}{end}", "{else}", 2),
        ("{if track = Networking}{end}", "{if track = Networking}", 1),
        ('{if track is "a" or "b"}{end}', '{if track is "a" or "b"}', 1),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(text: str, mark: str, line: int) -> None:
    with pytest.raises(DomainError, match=r"^mail\.bad_condition") as caught:
        resolve(text, VALUES)
    assert (caught.value.data["mark"], caught.value.data["line"]) == (mark, line)


@pytest.mark.parametrize("body", ["{if strange}a{end}", "{if note}{strange}{end}"])
def test_an_unknown_name_is_found_even_where_nobody_reads(body: str) -> None:
    with pytest.raises(DomainError, match=r"^mail\.unknown_placeholder") as caught:
        check(MailText("Subject", body), VALUES)
    assert caught.value.data == {"field": "body", "name": "{strange}"}


def test_what_people_typed_is_no_condition() -> None:
    typed = {"name": "{if track}x{end}{note}", "track": "{end}", "note": ""}
    filled = fill(MailText("{name}", "{if track}{track}{end}"), typed)
    assert (filled.subject, filled.body) == ("{if track}x{end}{note}", "{end}")


@given(st.lists(st.sampled_from(["{if track}", "{if not note}", "{else}", "{end}", "a", "\n"])))
def test_a_text_is_refused_or_read_without_any_mark(parts: list[str]) -> None:
    try:
        read = resolve("".join(parts), VALUES)
    except DomainError:
        return
    assert not MARK.search(read)
    assert read.count("a") <= parts.count("a")
