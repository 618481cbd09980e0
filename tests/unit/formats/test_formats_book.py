"""The book of abstracts, read by poppler: everything in it, nothing run, the same bytes again."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cfp.formats.book import write_book
from cfp.formats.errors import FormatError
from cfp.formats.program import ProgramSpeaker
from cfp.formats.writers import Edition
from cfp.links import Links
from tests.support.need import program
from tests.unit.formats.programs import a_program, a_talk

HOSTILE = '#panic("run") *bold* $x^2$ @talk-AAAAA1 <x> // \\ ] #[ `raw`'


def an_edition(**changes: object) -> Edition:
    return Edition(a_program(**changes), (), Links("https://cfp.example.org"))


def text_of(pdf: bytes, folder: Path) -> str:
    reader = program("pdftotext", "poppler-utils")
    file = folder / "book.pdf"
    file.write_bytes(pdf)
    done = subprocess.run([reader, str(file), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def test_it_holds_cover_days_abstracts_and_an_index(tmp_path):
    text = text_of(write_book(an_edition()), tmp_path)
    pages = text.split("\f")
    assert "Maps 2027" in pages[0]
    assert "Town Hall, Brno" in pages[0]
    assert "Tuesday 4 May 2027" in pages[1]
    assert "09:30\N{EN DASH}09:55" in pages[1]
    abstracts = next(page for page in pages if page.startswith("Abstracts"))
    assert "King, Jr. (Org, Inc.); Bob Ray" in abstracts, "order and affiliations"
    assert "Withdrawn late" not in abstracts
    index = next(page for page in pages if page.startswith("Speakers"))
    number = abstracts.rstrip().splitlines()[-1]
    entry = next(line for line in index.splitlines() if line.startswith("Ann Lee"))
    assert entry.endswith(number)


def test_what_people_type_is_text_and_never_a_command(tmp_path):
    talk = a_talk(
        "AAAAA1",
        HOSTILE,
        speakers=(ProgramSpeaker("S1", HOSTILE.replace(";", ""), '#read("/etc/passwd")'),),
        abstract=f"{HOSTILE}\n\n{HOSTILE}",
    )
    program = a_program()
    changed = (talk, *program.talks[1:])
    text = text_of(write_book(an_edition(talks=changed, title=HOSTILE)), tmp_path)
    assert text.count('#panic("run")') >= 4
    assert "#read" in text
    assert "root:" not in text


def test_any_script_is_set_and_an_empty_program_is_a_book(tmp_path):
    talk = a_talk("AAAAA1", "שלום עולם 🎉 日本語 مرحبا", abstract="👩‍👩‍👧 עברית\n" + "w" * 300)
    assert write_book(an_edition(talks=(talk, *a_program().talks[1:]))).startswith(b"%PDF")
    assert write_book(an_edition(talks=(), slots=())).startswith(b"%PDF")
    assert write_book(an_edition(language="xx-nowhere")).startswith(b"%PDF")


def test_the_same_version_gives_the_same_bytes():
    assert write_book(an_edition()) == write_book(an_edition())
    other = replace(an_edition(), program=a_program(title="Other"))
    assert write_book(other) != write_book(an_edition())


def test_without_typst_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(FormatError, match=r"format\.pdf"):
        write_book(an_edition())
