"""Compiled templates, kept beside the templates as Python keeps what it compiles of modules.

To compile those of a page takes a tenth of a second, once for each page after each start.
"""

import pickle
import sys
from contextlib import suppress
from pathlib import Path

from jinja2 import FileSystemBytecodeCache, compiler
from jinja2.bccache import Bucket

from cfp.paths import PACKAGE, resource

COMPILERS = (
    Path(compiler.__file__),
    PACKAGE / "app.py",
    PACKAGE / "formats" / "rendering.py",
    PACKAGE / "web" / "environment.py",
)
"""The files that say what a template becomes: with another of them, all are compiled anew."""


class Compiled(FileSystemBytecodeCache):
    """Where the folder is not ours to write to, each process compiles what it needs for itself."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(str(folder or resource("templates") / "__pycache__"), "%s.cache")
        versions = [(one.stat().st_mtime_ns, one.stat().st_size) for one in COMPILERS]
        self._compilers = repr(versions)

    def get_source_checksum(self, source: str) -> str:
        """What a kept one must have been compiled from, and by."""
        return super().get_source_checksum(self._compilers + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was cut off, by a machine that went down, or is not readable, is not there."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one, unless Python is told to keep nothing; a full disk is no error."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
