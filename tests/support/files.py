"""Files as people send them: slides of each kind, and what only claims to be slides."""

import io
import resource
import signal
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import stream_encode_multipart

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def archive(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with these entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return target.getvalue()


PPTX = archive({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p:presentation/>"})
ODP = archive(
    {"mimetype": b"application/vnd.oasis.opendocument.presentation", "content.xml": b"<x/>"},
    zipfile.ZIP_STORED,
)
DOCX = archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})
BOMB = archive({"bomb": b"\0" * 2**24})
"""16 MiB of nothing in 16 kB."""


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """The system lets no file of this process grow over `size` bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def names_in(folder: Path) -> list[str]:
    """What is in the folder, in order; nothing where it is not there yet."""
    return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []


def multipart(
    fields: Iterable[tuple[str, object]], file_field: str, content: bytes, name: str
) -> tuple[bytes, str]:
    """A form with a file as a browser sends it, however large: the body and its media type.

    (The test client keeps large ones in a temporary file that it does not close.)
    """
    data = MultiDict(fields)
    data.add(file_field, FileStorage(io.BytesIO(content), filename=name))
    stream, _length, boundary = stream_encode_multipart(data, use_tempfile=False)
    return stream.read(), f"multipart/form-data; boundary={boundary}"


def upload(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    """A file for a form's file field."""
    return io.BytesIO(content), name
