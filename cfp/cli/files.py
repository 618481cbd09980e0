"""Files of the user's own, read whole."""

from pathlib import Path

from cfp.errors import ConfigError
from cfp.formats.utf8 import decode

LARGEST = 200_000_000
"""Bytes: 200 draws of the scores of 5,000 items are 20 MB; above, it is hardly the file meant."""


def read_text(path: Path) -> str:
    """The text of a file in UTF-8; or an error that names what is wrong with it."""
    try:
        return decode(path.read_bytes(), LARGEST)
    except OSError as error:
        value = error.strerror or str(error)
        raise ConfigError("unreadable", name=str(path), value=value) from error
