"""Which uploaded files are slides: told by their bytes, and their name has to agree.

PDF 32000-1, 7.5.2 (`%PDF-`); OpenDocument 1.2 part 3, 3.3 (`mimetype` is the first, stored entry);
ECMA-376 part 2 (`[Content_Types].xml`). Archives are only listed, never unpacked: what would grow
to gigabytes is stored and handed out as the bytes it came as.
"""

import re
import struct
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import BinaryIO

from cfp.errors import DomainError

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "pdf": "application/pdf",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odp": "application/vnd.oasis.opendocument.presentation",
    }
)
NAME_LIMIT = 120
_DIRECTORY_LIMIT = 4 * 2**20
"""Bytes of an archive's table of contents: a presentation of 10,000 pictures has less."""
_END, _END_SIZE, _COMMENT_LIMIT = b"PK\x05\x06", 22, 65_535
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def media_type_of(source: BinaryIO, name: str) -> str:
    """The media type of the file in `source`, which is at its beginning again afterwards.

    Raises:
        DomainError: `file.empty`, `file.wrong_type`, or `file.wrong_name` (data: extension) when
            the name says something else than the bytes.
    """
    found = _extension_of(source)
    source.seek(0)
    said = PurePosixPath(name).suffix.removeprefix(".").casefold()
    if said != found:
        raise DomainError("file.wrong_name", extension=found)
    return MEDIA_TYPES[found]


def clean_name(name: str) -> str:
    """The file's own name for people: its last part, without what would be no name elsewhere."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = " ".join(_CONTROL.sub("", last).encode("utf-8", "ignore").decode().split())
    stem, dot, extension = plain.strip(". ").rpartition(".")
    if not stem:
        stem, dot, extension = "slides", ".", extension or "pdf"
    return stem[: NAME_LIMIT - len(extension) - 1].rstrip() + dot + extension


def _extension_of(source: BinaryIO) -> str:
    source.seek(0)
    head = source.read(8)
    if not head:
        raise DomainError("file.empty")
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _extension_of_archive(source)
    raise DomainError("file.wrong_type")


def _extension_of_archive(source: BinaryIO) -> str:
    try:
        _refuse_long_directory(source)
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
            if {"[Content_Types].xml", "ppt/presentation.xml"} <= set(names):
                return "pptx"
            if names[:1] == ["mimetype"] and _is_odp(archive):
                return "odp"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise DomainError("file.wrong_type") from error
    raise DomainError("file.wrong_type")


def _is_odp(archive: zipfile.ZipFile) -> bool:
    entry = archive.getinfo("mimetype")
    stored = entry.compress_type == zipfile.ZIP_STORED and entry.file_size <= 100
    return stored and archive.read(entry) == MEDIA_TYPES["odp"].encode()


def _refuse_long_directory(source: BinaryIO) -> None:
    """Raise BadZipFile before a table of contents made to fill the memory is read into it."""
    length = source.seek(0, 2)
    source.seek(max(0, length - _END_SIZE - _COMMENT_LIMIT))
    tail = source.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        raise zipfile.BadZipFile("no end of the directory")
    (size,) = struct.unpack_from("<L", tail, place + 12)
    if size > _DIRECTORY_LIMIT:
        raise zipfile.BadZipFile("the directory is too long")
    source.seek(0)
