import pytest

from cfp.formats.speakers import (
    NameAndAffiliation,
    carries,
    read_speakers,
    write_speakers,
)


def people(text):
    return [(one.name, one.affiliation) for one in read_speakers(text).speakers]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Speaker(s): Ann, Acme; Bob, Org", [("Ann", "Acme"), ("Bob", "Org")]),
        ("Speaker: Ann", [("Ann", "")]),
        ("Speakers: Ann, Acme; and Bob, Org", [("Ann", "Acme"), ("Bob", "Org")]),
        ("Ann (Acme)", [("Ann", "Acme")]),
        ("Ann (Acme; Brno), Org", [("Ann (Acme; Brno)", "Org")]),
        ("Ann, Org, Inc.", [("Ann", "Org, Inc.")]),
        ("Ann, Org, Ltd; Bob, Org GmbH", [("Ann", "Org, Ltd"), ("Bob", "Org GmbH")]),
        ("King, Jr. (Org, Inc.)", [("King, Jr.", "Org, Inc.")]),
        ("Ann (Uni (Prague))", [("Ann", "Uni (Prague)")]),
        ("שרה כהן, מכללה", [("שרה כהן", "מכללה")]),
        ("Ann 🗺, Acme", [("Ann 🗺", "Acme")]),
        ("Speaker(s):", []),
        ("Speaker(s): ; Ann, Acme;", [("Ann", "Acme")]),
    ],
)
def test_clear_lines_are_read_without_a_doubt(line, expected):
    assert people(line) == expected
    assert read_speakers(line).doubts == ()


@pytest.mark.parametrize(
    ("line", "key", "expected", "others"),
    [
        ("A, B, Org", "commas", [("A", "B, Org")], ("A, Org; B, Org", "A, B (Org)")),
        ("King, Jr., Org", "commas", [("King", "Jr., Org")], ("King, Jr. (Org)",)),
        ("A, B, Org, Inc.", "commas", [("A", "B, Org, Inc.")], None),
        ("Org, Inc.", "company", [("Org", "Inc.")], ("Org, Inc. ()",)),
        ("A and B, Org", "and", [("A and B", "Org")], ("A, Org; B, Org",)),
        ("A and B (Org)", "and", [("A and B", "Org")], ("A, Org; B, Org",)),
        ("A, Org and B", "and", [("A", "Org and B")], ("A, Org; B",)),
        ("A (Org, Inc.), B (Org)", "listed", [("A", "Org, Inc."), ("B", "Org")], ()),
        ("A, Org (Brno)", "parentheses", [("A, Org", "Brno")], ("A (Org (Brno))",)),
        ("Hosted by Ann, Org", "role", [("Hosted by Ann", "Org")], ("Ann, Org",)),
        ("Ann (moderator), Org", "role", [("Ann (moderator)", "Org")], ("Ann, Org",)),
        ("Ann (Org; Bob", "unbalanced", [("Ann (Org", ""), ("Bob", "")], ()),
    ],
)
def test_two_readings_are_said_aloud(line, key, expected, others):
    read = read_speakers(line)

    assert people(line) == expected
    assert [doubt[0] for doubt in read.doubts] == [f"speakers.{key}"]
    if others is not None:
        assert read.doubts[0][2] == others


@pytest.mark.parametrize(
    ("name", "affiliation", "written"),
    [
        ("Ann", "Acme", "Ann, Acme"),
        ("Ann", "", "Ann"),
        ("Ann", "Org, Inc.", "Ann, Org, Inc."),
        ("King, Jr.", "Org", "King, Jr. (Org)"),
        ("King, Jr.", "", "King, Jr. ()"),
        ("Ann", "Sticks and Stones", "Ann (Sticks and Stones)"),
        ("Ann", "Uni (Prague)", "Ann (Uni (Prague))"),
        ("Ann", "Inc.", "Ann (Inc.)"),
    ],
)
def test_the_comma_is_used_where_it_reads_back(name, affiliation, written):
    one = NameAndAffiliation(name, affiliation)

    line = write_speakers([one])

    assert line == f"Speaker(s): {written}"
    assert read_speakers(line).speakers == (one,)


@pytest.mark.parametrize(
    "text", ["a;b", "a\nb", "a\u2028b", "and b", "a (b", "a) (b", " a", "a  b", "A (B), C", "a\x00"]
)
def test_what_the_line_cannot_carry_is_told_to_forms_and_forges_nobody(text):
    assert not carries(text)
    line = write_speakers([NameAndAffiliation(text, text), NameAndAffiliation("Zed")])
    assert "\n" not in line
    assert len(read_speakers(line).speakers) == 2
    assert read_speakers(line).speakers[1] == NameAndAffiliation("Zed")


@pytest.mark.parametrize(
    "text", ["", "King, Jr.", "Org, Inc.", "And Öz", "A (B)", "O'Neil", "名前"]
)
def test_what_the_line_can_carry(text):
    assert carries(text)
