"""The bytes of a file as text, with the place of what is none."""

from cfp.formats.errors import FormatError

SIZE_LIMIT = 5_000_000
"""Bytes; the page of a large conference has 2 MB, and parsing takes about a second per MB."""


def decode(data: bytes, limit: int = SIZE_LIMIT) -> str:
    """Return the text of UTF-8 bytes, with or without BOM, with line feeds as its only line ends.

    Raises:
        FormatError: `format.size`, or `format.bytes` with the first byte that is no UTF-8, counted
            from 0.
    """
    if len(data) > limit:
        raise FormatError("format.size", limit=limit)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise _wrong_byte(data, wrong.start) from None
    if b"\0" in data:  # no text holds one, and no database takes it
        raise _wrong_byte(data, data.index(b"\0"))
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _wrong_byte(data: bytes, offset: int) -> FormatError:
    line = data.count(b"\n", 0, offset) + 1
    return FormatError("format.bytes", line, offset=offset, byte=f"0x{data[offset]:02x}")
