"""Assignment problems as NumPy archives (.npz), the way benchmarks and papers exchange them.

The arrays have the names of `Problem`'s attributes. An array of another name is refused: it may be
a rule with a slip in its name, and nobody wants a plan without it.
"""

import zipfile
import zlib
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cfp.algorithms.errors import ProblemError
from cfp.algorithms.problem import Problem

NEEDED = ("paper", "reviewer", "score", "demand", "load_max")
KNOWN = {field.name for field in fields(Problem)} - {"cap"}
# RuntimeError: encrypted, or packed in a way Python does not know
BROKEN = (ValueError, EOFError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error)


def read_instance(path: Path) -> Problem:
    """Read and check a file. Nothing in it is run: pickled arrays are refused.

    Raises:
        ProblemError: `instance.*`, or a key of `Problem`, with the place.
    """
    try:
        with path.open("rb") as file:
            arrays = _arrays(file, str(path))
    except OSError as error:
        value = error.strerror or str(error)
        raise ProblemError("instance.unreadable", name=str(path), value=value) from error
    missing = [name for name in NEEDED if name not in arrays]
    if missing:
        raise ProblemError("instance.missing", name=str(path), field=", ".join(missing))
    return Problem(**arrays)


def _arrays(file: BinaryIO, name: str) -> dict[str, Any]:
    try:
        archive = np.load(file, allow_pickle=False)
    except BROKEN as error:
        raise ProblemError("instance.no_archive", name=name) from error
    if not isinstance(archive, np.lib.npyio.NpzFile):
        raise ProblemError("instance.no_archive", name=name)
    for field in archive.files:
        if field not in KNOWN:
            raise ProblemError("instance.unknown_array", name=name, field=field)
    return {field: _array(archive, field, name) for field in archive.files}


def _array(archive: np.lib.npyio.NpzFile, field: str, name: str) -> NDArray[np.generic]:
    try:
        array = archive[field]
    except BROKEN as error:
        raise ProblemError("instance.bad_array", name=name, field=field) from error
    if not isinstance(array, np.ndarray):  # numpy hands out what has no array's header as bytes
        raise ProblemError("instance.bad_array", name=name, field=field)
    return array
