"""Abstracts in Markdown: what is made of them, what is not, and what is read back of them."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from cfp.formats.formatted import formatted
from cfp.formats.pages import Place, program_page, talk_page
from cfp.formats.reading import read
from tests.unit.formats.programs import a_program, an_edition

MARKS = "Why *maps* fold:\n\n- once\n- twice, see https://maps.example.org/a_b_c.\n\nSo **there**."


def test_emphasis_lists_and_links():
    assert str(formatted(MARKS)).replace("\n", "") == (
        "<p>Why <em>maps</em> fold:</p><ul><li>once</li><li>twice, see "
        '<a href="https://maps.example.org/a_b_c" rel="nofollow noopener ugc">'
        "https://maps.example.org/a_b_c</a>.</li></ul><p>So <strong>there</strong>.</p>"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "![maps](https://evil.example.org/pixel.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        "<https://a.example.org/\"onmouseover=\"x>",
        "# Not a heading |TOP|\n\nSpeaker(s): Nobody",
        "Title |TOP|\n===",
        "[a]: https://x.example.org 'onload=x'\n\n[a]",
    ],
)
def test_nothing_dangerous_and_no_heading_comes_of_it(text):
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))
    parser.feed(str(formatted(text)))
    assert {tag for tag, _ in found} <= {"p", "a", "br"}
    for _, attributes in found:
        assert attributes.keys() <= {"href", "rel"}
        assert attributes.get("href", "https://").startswith("https://")


def test_the_page_shows_it_and_reads_back_as_the_same_talks():
    program = a_program(markdown=True)
    talks = tuple(replace(talk, abstract=MARKS) for talk in program.talks)
    edition = an_edition(replace(program, talks=talks))
    page = program_page(edition, Place(home="/"))
    assert page.count("<li>once</li>") == len(program.in_order())
    assert "<em>maps</em>" in talk_page(edition, talks[0], Place("../../"))
    found = read(page.encode())
    assert [talk.title for talk in found.talks] == [talk.title for talk in program.in_order()]
    plain = program_page(an_edition(replace(program, talks=talks, markdown=False)), Place())
    assert {talk.abstract for talk in read(plain.encode()).talks} == {MARKS}
