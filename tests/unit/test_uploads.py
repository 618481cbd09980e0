"""Files on the disk, and what the bytes of slides look like."""

import io
import os
import time
from pathlib import Path

import pytest

from cfp.domain.program.file_types import MEDIA_TYPES, clean_name, media_type_of
from cfp.errors import DomainError
from cfp.uploads import GRACE_SECONDS, StorageFullError, Uploads
from tests.support.files import BOMB, DOCX, ODP, PDF, PPTX, archive, names_in, room_for


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "uploads", 100_000)


def test_a_file_is_written_whole_under_a_name_nobody_chose(uploads: Uploads) -> None:
    first, second = uploads.write(io.BytesIO(PDF)), uploads.write(io.BytesIO(PDF))
    assert first.storage != second.storage
    assert (first.size, first.digest) == (second.size, second.digest)
    assert uploads.path(first.storage).read_bytes() == PDF
    assert names_in(uploads.folder) == sorted([first.storage, second.storage])
    assert uploads.folder.stat().st_mode & 0o077 == 0


def test_what_is_too_large_leaves_nothing(uploads: Uploads) -> None:
    assert uploads.write(io.BytesIO(b"x" * 100_000)).size == 100_000
    before = names_in(uploads.folder)
    with pytest.raises(DomainError, match="too_large"):
        uploads.write(io.BytesIO(b"x" * 100_001))
    assert names_in(uploads.folder) == before


def test_a_full_disk_leaves_nothing(uploads: Uploads) -> None:
    """The system's own limit on the size of a file stands for the disk's."""
    with room_for(50_000), pytest.raises(StorageFullError):
        uploads.write(io.BytesIO(b"x" * 90_000))
    assert names_in(uploads.folder) == []


@pytest.mark.parametrize("name", ["../secret_key", "", "x", "A" * 32, "0" * 31, "0" * 32 + "/.."])
def test_no_other_path_can_be_asked_for(uploads: Uploads, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        uploads.path(name)


def test_only_old_files_that_nothing_names_are_swept(uploads: Uploads) -> None:
    kept, gone, young = (uploads.write(io.BytesIO(PDF)).storage for _ in range(3))
    (uploads.folder / "notes.txt").write_text("not ours")
    old = time.time() - GRACE_SECONDS - 10
    for name in (kept, gone, "notes.txt"):
        os.utime(uploads.folder / name, (old, old))
    (uploads.folder / ("f" * 32 + ".partial")).write_bytes(b"half")
    os.utime(uploads.folder / ("f" * 32 + ".partial"), (old, old))
    assert uploads.sweep([kept]) == 2
    assert names_in(uploads.folder) == sorted([kept, young, "notes.txt"])
    assert uploads.sweep([kept]) == 0


def test_a_folder_that_is_not_there_yet_holds_nothing(uploads: Uploads) -> None:
    assert uploads.sweep([]) == 0


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [(PDF, "a.pdf", "pdf"), (PPTX, "A.PPTX", "pptx"), (ODP, "talk.v2.odp", "odp")],
)
def test_slides_are_told_by_their_bytes(content: bytes, name: str, kind: str) -> None:
    source = io.BytesIO(content)
    source.read(3)
    assert media_type_of(source, name) == MEDIA_TYPES[kind]
    assert source.tell() == 0


@pytest.mark.parametrize(
    ("content", "name", "key"),
    [
        (b"", "a.pdf", "file.empty"),
        (b"<html><script>", "a.pdf", "file.wrong_type"),
        (b"x%PDF-1.7", "a.pdf", "file.wrong_type"),
        (BOMB, "a.pdf", "file.wrong_type"),
        (DOCX, "a.pptx", "file.wrong_type"),
        (PPTX[:200], "a.pptx", "file.wrong_type"),
        (b"PK\x03\x04" + b"\0" * 400, "a.pptx", "file.wrong_type"),
        (PDF, "a.pptx", "file.wrong_name"),
        (PDF, "pdf", "file.wrong_name"),
        (PDF, "a.pdf.exe", "file.wrong_name"),
        (PPTX, "a.pdf", "file.wrong_name"),
        (archive({"mimetype": b"application/epub+zip"}), "a.odp", "file.wrong_type"),
        (archive({"x": b"", "mimetype": MEDIA_TYPES["odp"].encode()}), "a.odp", "file.wrong_type"),
    ],
)
def test_what_only_claims_to_be_slides_is_refused(content: bytes, name: str, key: str) -> None:
    with pytest.raises(DomainError) as refused:
        media_type_of(io.BytesIO(content), name)
    assert refused.value.key == key


def test_a_table_of_contents_that_would_fill_the_memory_is_not_read() -> None:
    many = archive({f"{number:0200}": b"" for number in range(20_000)})
    with pytest.raises(DomainError, match="wrong_type"):
        media_type_of(io.BytesIO(many), "a.pptx")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("slides.pdf", "slides.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\ada\\talk.pdf", "talk.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("gpj.\u202efdp.pdf", "gpj.fdp.pdf"),
        (" Größe  und\tMaß .pdf", "Größe undMaß.pdf"),
        (".pdf", "slides.pdf"),
        ("", "slides.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("lone\ud800surrogate.pdf", "lonesurrogate.pdf"),
    ],
)
def test_the_name_of_a_file_is_a_name_and_nothing_else(given: str, kept: str) -> None:
    assert clean_name(given) == kept
