"""Files of the user's own, read whole."""

from pathlib import Path

from cfp.errors import ConfigError
from cfp.formats.utf8 import decode


def read_text(path: Path) -> str:
    """The text of a file in UTF-8; or an error that names what is wrong with it."""
    try:
        return decode(path.read_bytes())
    except OSError as error:
        value = error.strerror or str(error)
        raise ConfigError("unreadable", name=str(path), value=value) from error
