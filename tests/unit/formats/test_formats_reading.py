import json

import pytest

from cfp.formats import reading
from cfp.formats.errors import FormatError
from cfp.formats.program import from_json, to_json
from cfp.formats.reading import read
from cfp.formats.table import write_csv
from cfp.formats.text import write_text
from cfp.formats.utf8 import decode
from tests.unit.formats.programs import a_program, an_edition, page, some_materials
from tests.unit.formats.test_formats_text import facts


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbfa\r\nb", b"a\nb", b"a\rb"], ids=["BOM, CRLF", "LF", "CR"]
)
def test_line_ends_and_byte_order_mark(data):
    assert decode(data) == "a\nb"


@pytest.mark.parametrize(
    ("data", "offset", "line", "byte"),
    [
        (b"ab\ncaf\xe9 x", 6, 2, "0xe9"),
        ("Caf\u00e9".encode("utf-16"), 0, 1, "0xff"),
        (b"abc\xed\xa0\x80", 3, 1, "0xed"),
        (b"abc\xc3", 3, 1, "0xc3"),
    ],
    ids=["latin-1", "utf-16", "surrogate", "cut off"],
)
def test_other_bytes_are_named(data, offset, line, byte):
    with pytest.raises(FormatError) as refused:
        read(data)
    assert refused.value.key == "format.bytes"
    assert refused.value.data == {"offset": offset, "byte": byte}
    assert refused.value.line == line


def test_files_too_large_and_empty_are_refused(monkeypatch):
    with pytest.raises(FormatError, match=r"format\.empty"):
        read(b" \n\xef\xbb\xbf"[1:2])
    monkeypatch.setattr(reading, "SIZE_LIMIT", 10)
    with pytest.raises(FormatError, match=r"format\.size"):
        read(b"x" * 11)


def test_each_format_is_recognized_and_says_the_same():
    program = a_program()
    files = (
        write_text(program).encode(),
        page(program).encode(),
        json.dumps(to_json(program)).encode(),
        write_csv(an_edition(program)),
    )
    text, *others = [read(data) for data in files]
    for other in others:
        assert facts(other) == facts(text)
        assert [talk.start for talk in other.talks] == [talk.start for talk in text.talks]


def test_a_text_about_mark_up_is_a_text():
    text = "Maps\nThe <h3> element |TOP|\nSpeaker(s): Ann\n<div>, <b> & friends"
    assert read(text.encode()).talks[0].abstract == "<div>, <b> & friends"


def test_unknown_formats_are_refused():
    with pytest.raises(FormatError, match=r"format\.unknown"):
        read(b"x", format="pdf")  # type: ignore[arg-type] # what the command line may pass


def test_json_is_read_without_loss():
    program, materials = a_program(), some_materials()

    found = read(json.dumps(to_json(program, materials)).encode())

    assert (found.program, found.materials) == (program, materials)
    assert [slot.talk for slot in found.slots] == [None, 0, 1, None, 1, None]
    assert found.warnings == ()


def broken(path, value):
    data = to_json(a_program(), some_materials())
    target = data
    for step in path[:-1]:
        target = target[step]  # type: ignore[index,call-overload,assignment] # JSON by path
    if value is None:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("program", "talks", 0, "id"), "1", "/program/talks/0/id"),
        (("program", "talks", 0, "id"), True, "/program/talks/0/id"),
        (("program", "talks", 0, "title"), None, "/program/talks/0/title"),
        (("program", "talks", 0, "email"), "a@b", "/program/talks/0/email"),
        (("program", "talks"), {}, "/program/talks"),
        (("program", "start"), "soon", "/program/start"),
        (("program", "zone"), "Moon/Crater", "/program/zone"),
        (("program", "slots", 1, "start"), "2027-05-04T09:00:00", "/program/slots/1/start"),
        (("program", "slots", 1, "end"), "2020-05-04T09:00:00Z", "/program/slots/1"),
        (("program", "slots", 1, "talk"), "NOBODY", "/program/slots/1/talk"),
        (("program",), [], "/program"),
        (("materials", 0, "kind"), "poster", "/materials/0/kind"),
        (("materials",), "x", "/materials"),
    ],
)
def test_a_wrong_field_is_named(path, value, where):
    with pytest.raises(FormatError) as refused:
        from_json(broken(path, value))
    assert (refused.value.key, refused.value.data["path"]) == ("format.field", where)


def test_fields_added_later_take_their_default():
    program, _ = from_json(broken(("program", "talks", 0, "track"), None))
    assert program.talks[0].track == ""


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('{"a":\n', "format.json", 2),
        ("{}", "format.shape", None),
        ("[1]", "format.shape", None),
        ('{"schema": "cfp-program", "schema_version": 99}', "format.version", None),
        ("[" * 100_000, "format.json", None),
        ('{"a": ' + "1" * 5000 + "}", "format.json", None),
    ],
)
def test_json_that_is_not_ours(text, key, line):
    with pytest.raises(FormatError) as refused:
        read(text.encode())
    assert (refused.value.key, refused.value.line) == (key, line)
