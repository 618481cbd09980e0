"""Uploaded files on the disk: written whole or not at all, under names that nobody chose.

What each file is called, whose it is and who may read it are rows of the database. A file is
written before its row and removed after it, so the folder may hold more than the rows name, never
less; `sweep` removes the rest. The names of people's files never reach the file system.
"""

import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from cfp.errors import CfpError, DomainError
from cfp.records import record

CHUNK = 1 << 16
NO_ROOM = 64 * 2**20
"""Free bytes below which nothing can be stored soon, by anybody on that disk."""
GRACE_SECONDS = 3600.0
"""How old a file without a row must be before it is swept: its transaction has ended long ago."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system answers when there is no room, or no more than so much for one file."""
_NAME = re.compile(r"[0-9a-f]{32}(\.partial)?")


class StorageFullError(DomainError):
    """The disk is full; nothing was stored."""

    status = 507


@record
class Stored:
    """A file as it was written: `storage` is its name in the folder, `digest` its SHA-256."""

    storage: str
    size: int
    digest: str


@record
class Uploads:
    """The folder of one installation, and how many bytes a file may have."""

    folder: Path
    limit: int

    def write(self, source: BinaryIO) -> Stored:
        """Store everything `source` still holds; it is safe on the disk afterwards.

        Raises:
            DomainError: `file.too_large` (data: limit, in MiB).
            StorageFullError: `storage_full`.
        """
        storage = secrets.token_hex(16)
        partial = self.folder / f"{storage}.partial"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            size, digest = self._copy(source, partial)
            partial.rename(self.folder / storage)
            _sync_folder(self.folder)
        except OSError as error:
            partial.unlink(missing_ok=True)
            if error.errno in FULL:
                raise StorageFullError("storage_full") from error
            raise
        except CfpError:
            partial.unlink(missing_ok=True)
            raise
        return Stored(storage, size, digest)

    def _copy(self, source: BinaryIO, partial: Path) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        with partial.open("xb") as target:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > self.limit:
                    raise DomainError("file.too_large", limit=self.limit // 2**20)
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        return size, digest.hexdigest()

    def path(self, storage: str) -> Path:
        """Where the bytes are. Raises ValueError for what `write` has never returned."""
        if not re.fullmatch(r"[0-9a-f]{32}", storage):
            raise ValueError("no name of a stored file")
        return self.folder / storage

    def remove(self, storage: str) -> None:
        """Take the bytes away; nothing happens where there are none."""
        self.path(storage).unlink(missing_ok=True)

    def strays(self, *, now: float | None = None) -> list[str]:
        """Names of files old enough to be swept, whether or not a row names them."""
        limit = (time.time() if now is None else now) - GRACE_SECONDS
        if not self.folder.is_dir():
            return []
        return sorted(
            entry.name
            for entry in os.scandir(self.folder)
            if _NAME.fullmatch(entry.name) and entry.stat().st_mtime < limit
        )

    def sweep(self, known: Collection[str], *, now: float | None = None) -> int:
        """Remove old files that are not among `known`; returns how many."""
        gone = [name for name in self.strays(now=now) if name not in known]
        for name in gone:
            (self.folder / name).unlink(missing_ok=True)
        return len(gone)


def _sync_folder(folder: Path) -> None:
    """Make the renaming last: without it a power cut could undo it after the row is committed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
