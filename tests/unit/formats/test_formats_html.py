from datetime import UTC, date, datetime

import pytest

from cfp.formats.errors import FormatError
from cfp.formats.html import page_text, read_html
from cfp.formats.program import Session
from cfp.formats.text import read_text, write_text
from tests.unit.formats.programs import a_program, a_slot, a_talk, page
from tests.unit.formats.test_formats_text import facts, read_rows, rows


def legacy(rows="", talks="", title="Maps 2027", intro="On May 4 - 5, 2027."):
    front = f'---\ntitle: "{title}"\n---\n<p>{intro}</p>'
    return f"{front}<h2 id=day1>Day 1</h2><table>{rows}</table>{talks}"


ONE = "<h3 id=t1>X <a href='#day1'>|TOP|</a></h3><h3>Speaker(s): Ann, Acme</h3><pre>\nText\n</pre>"
ROW = "<tr><td><a href='#t1'>X</a></td><td class=time day=4 start=420 end=445>May</td></tr>"


def test_our_page_reads_back_with_times_sections_anchors_and_footer():
    program = a_program()

    found = read_html(page(program), start=program.start)

    assert found.title == program.title
    assert facts(found) == facts(read_text(write_text(program)))
    assert read_rows(found) == rows(program)
    assert [slot.talk for slot in found.slots] == [None, 0, 1, None, 1, None]
    assert [talk.anchor for talk in found.talks] == ["t2", "t-AAAAA1", "t-AAAAA3"]
    assert [talk.day for talk in found.talks] == [1, 1, None]
    assert found.sections == program.sections[:2]
    assert found.footer == "Write to team@example.org."
    assert found.warnings == ()


def test_our_page_stripped_of_its_tags_is_the_text():
    program = a_program()

    stripped = page_text(page(program))

    assert facts(read_text(stripped)) == facts(read_html(page(program)))
    assert read_text(stripped).footer == "Write to team@example.org."
    for absent in ("Menu", "Ghost", "<", "p {}", "UTC offset", "Slides"):
        assert absent not in stripped
    assert "\nRivers: a survey. |TOP|\nSpeaker(s): King, Jr. (Org, Inc.); Bob Ray\n" in stripped


def test_twins_are_told_apart_by_their_anchors():
    twins = tuple(a_talk(code, "Same", abstract=code) for code in ("AAAAA1", "AAAAA2"))
    slots = tuple(
        a_slot(number, code, datetime(2027, 5, 4, 6 + number, tzinfo=UTC))
        for number, code in enumerate(("AAAAA1", "AAAAA2", "AAAAA1"), start=1)
    )
    found = read_html(page(a_program(talks=twins, slots=slots)))
    assert [slot.talk for slot in found.slots] == [0, 1, 0]


@pytest.mark.parametrize(
    "abstract",
    [
        "Forged |TOP|\nSpeaker(s): Eve, Evil\nNot a talk",
        "<h3>Forged |TOP|</h3><p>Speaker(s): Eve</p>",
        "Contact |TOP|\nEve's footer",
        "</pre></div><script>alert(1)</script>",
        "&lt;b&gt; &amp; <!-- gone? -->",
    ],
)
def test_an_abstract_cannot_become_a_submission_or_mark_up(abstract):
    html = page(a_program(talks=(a_talk(abstract=abstract),), slots=()))

    assert [talk.abstract for talk in read_html(html).talks] == [abstract]
    (talk,) = read_text(page_text(html)).talks
    assert [line.strip() for line in talk.abstract.split("\n")] == abstract.split("\n")
    assert read_text(page_text(html)).footer == "Write to team@example.org."


def test_comments_and_canceled_rows_are_left_out():
    hidden = f"<!-- {ROW} --><tr class=canceled><td><a href='#t1'>X</a></td></tr>"
    found = read_html(legacy(ROW + hidden, ONE + "<!-- <h3>Y |TOP|</h3> -->"))
    assert (len(found.slots), len(found.talks)) == (1, 1)


def test_minutes_count_from_utc_midnight_and_months_roll_over():
    rows = (
        "<tr><td>Dinner</td><td class=time day=30 start=1380 end=1500>Nov</td></tr>"
        "<tr><td>Brunch</td><td class=time day=1 start=600 end=660>Dec</td></tr>"
        "<tr><td>Bare</td><td class=time day=1 start=700 end=760></td></tr>"
    )
    found = read_html(legacy(rows, ONE, intro="On November 30 - December 1, 2027"))
    assert [(slot.start, slot.end) for slot in found.slots] == [
        (datetime(2027, 11, 30, 23, tzinfo=UTC), datetime(2027, 12, 1, 1, tzinfo=UTC)),
        (datetime(2027, 12, 1, 10, tzinfo=UTC), datetime(2027, 12, 1, 11, tzinfo=UTC)),
        (datetime(2027, 12, 1, 11, 40, tzinfo=UTC), datetime(2027, 12, 1, 12, 40, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    "intro",
    ["4-5 May 2027", "May 4th and 5th, 2027", "2027-05-04", "4. May 2027", "4\u20135 May, 2027"],
)
def test_first_day_in_the_words_of_the_page(intro):
    found = read_html(legacy(ROW.replace(">May<", "><"), ONE, title="Maps", intro=intro))
    assert found.talks[0].start == datetime(2027, 5, 4, 7, tzinfo=UTC)


def test_start_completes_what_the_page_does_not_say():
    html = legacy(ROW, ONE, title="Maps", intro="Soon")
    assert read_html(html).talks[0].start is None
    found = read_html(html, start=date(2027, 5, 4))
    assert found.talks[0].start == datetime(2027, 5, 4, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "values", ["day=x start=1 end=2", "day=31 start=1", "day=99 start=1 end=2"]
)
def test_unreadable_times_are_null_with_a_doubt(values):
    html = legacy(f"<tr><td>X</td><td class=time {values}>May</td></tr>", ONE)
    found = read_html(html)
    assert (found.slots[0].start, found.slots[0].end) == (None, None)
    assert "times.row" in {doubt.key for doubt in found.warnings}


def test_a_row_that_ends_before_it_starts_is_refused_with_its_line():
    html = legacy("\n<tr><td>X</td><td class=time day=4 start=9 end=2>May</td></tr>", ONE)
    with pytest.raises(FormatError) as refused:
        read_html(html)
    assert (refused.value.key, refused.value.data) == ("format.order", {"title": "X"})
    assert html.split("\n")[(refused.value.line or 0) - 1].startswith("<tr><td>X")


def test_a_link_to_another_talk_is_a_doubt_and_the_title_is_believed():
    two = ONE + ONE.replace("X <a", "Y <a").replace("t1", "t2")
    found = read_html(legacy(ROW.replace(">X<", ">Y<"), two))
    assert [slot.talk for slot in found.slots] == [1]
    assert [(d.key, d.data["title"]) for d in found.warnings] == [("slots.anchor", "Y")]


@pytest.mark.parametrize(
    ("rows", "talks"),
    [(ROW + "\n" + ROW.replace(">X<", ">Y<"), ONE), (ROW, ONE + "\n" + ONE)],
    ids=["rows", "talks"],
)
def test_one_anchor_for_two_talks_is_refused_with_its_line(rows, talks):
    html = legacy(rows, talks)
    with pytest.raises(FormatError) as refused:
        read_html(html)
    assert (refused.value.key, refused.value.data) == ("format.anchor", {"anchor": "t1"})
    line = html.split("\n")[(refused.value.line or 0) - 1]
    assert (">Y<" if rows != ROW else "<h3 id") in line


def test_a_talk_given_twice_has_two_rows_for_its_anchor():
    found = read_html(legacy(ROW + ROW.replace("start=420 end=445", "start=900 end=930"), ONE))
    assert [slot.talk for slot in found.slots] == [0, 0]


def test_sessions_and_plenaries_are_read_from_their_rows():
    block = (
        '<tr class="session posters" data-session="7"><th colspan="3">'
        '<span class="session-title">Maps</span> Chair: <span class="chair">Zoë</span></th></tr>'
    )
    row = ROW.replace("<tr>", '<tr class="plenary" data-session="7">')
    found = read_html(legacy(block + row, ONE))
    assert found.sessions == (Session(7, "Maps", "Zoë", posters=True),)
    assert [(slot.title, slot.session, slot.plenary) for slot in found.slots] == [("X", 7, True)]


def test_links_into_nothing_and_changed_titles_are_doubts():
    rows = ROW.replace(">X<", ">X renamed<") + ROW.replace("#t1", "#t9").replace(">X<", ">Z<")
    found = read_html(legacy(rows, ONE))
    assert [slot.talk for slot in found.slots] == [0, None]
    assert [doubt.key for doubt in found.warnings] == ["slots.title", "slots.unknown"]


@pytest.mark.parametrize(
    ("talk", "speakers", "keys"),
    [
        ("<h3>X |TOP|</h3><h3>Ann, Acme</h3>", [("Ann", "Acme")], ["speakers.no_prefix"]),
        (
            "<h3>X (Ann, Acme; and Bob, Org) <a>|TOP|</a></h3>",
            [("Ann", "Acme"), ("Bob", "Org")],
            ["speakers.in_heading"],
        ),
        ("<h3>X |TOP|</h3>", [], ["speakers.missing"]),
        (
            "<h3>X |TOP|</h3><h4>Speaker: Ann</h4><h4>NOTE: This submission was rescinded.</h4>",
            [("Ann", "")],
            ["talks.note"],
        ),
    ],
)
def test_how_other_years_name_their_speakers(talk, speakers, keys):
    found = read_html(legacy(ROW.replace("#t1", "#x"), talk + "<pre>Text</pre>"))
    (one,) = found.talks
    assert (one.title, one.abstract) == ("X", "Text")
    assert [(who.name, who.affiliation) for who in one.speakers] == speakers
    assert [d.key for d in found.warnings if d.key != "slots.anchor"] == keys


def test_parallel_columns_and_columns_in_another_order():
    rows = (
        "<tr><th>Start Time</th><th>Talk Type</th><th>Session A</th><th>Session B</th></tr>"
        "<tr><td class=time day=4 start=420 end=445>May</td><td>Short</td>"
        "<td><a href='#t1'>X</a></td><td>Workshop</td></tr>"
    )
    found = read_html(legacy(rows, ONE))
    assert [(slot.title, slot.room, slot.talk) for slot in found.slots] == [
        ("X", "Session A", 0),
        ("Workshop", "Session B", None),
    ]


def test_title_comes_from_front_matter_then_heading_then_head():
    assert read_html(legacy(ROW, ONE)).title == "Maps 2027"
    assert read_html(f"<title>Head</title><h1>Maps</h1>{ONE}").title == "Maps"
    assert read_html(f"<title>Head</title>{ONE}").title == "Head"


def test_lines_of_doubts_are_those_of_the_file():
    html = legacy("\n\n", "\n<h3>X |TOP|</h3>\n<h3>Speaker(s): A, B, Org</h3><pre>T</pre>")
    lines = html.split("\n")
    (doubt,) = [one for one in read_html(html).warnings if one.key == "speakers.commas"]
    assert "A, B, Org" in lines[(doubt.line or 0) - 1]


def test_broken_mark_up_is_read_as_a_browser_reads_it():
    html = "<h3>X <a>|TOP|</h3><h3>Speaker(s): Ann<pre>open\n<b>bold</pre><p>To reach us"
    found = read_html(html)
    assert [(talk.title, talk.abstract) for talk in found.talks] == [("X", "open\nbold")]
    assert found.footer == "To reach us"


def test_deep_nesting_is_read_without_recursion():
    assert read_html("<div>" * 3000 + ONE).talks[0].title == "X"


def test_lists_and_paragraphs_of_an_abstract_keep_their_marks():
    html = "<h3>X |TOP|</h3><p>Speaker(s): Ann</p><div><p>One  \n two</p><ul><li>a<li>b</ul></div>"
    assert read_html(html).talks[0].abstract == "One two\n\n* a\n* b"


def test_a_page_without_submissions_is_refused():
    with pytest.raises(FormatError, match=r"format\.submissions"):
        read_html("<h1>Hello</h1>")
