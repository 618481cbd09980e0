"""Where the program is: what starts it once more, and its files that are not Python.

Those stand beside the package in a checkout, inside it in a wheel.
"""

import sys
from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).resolve().parent
PROGRAM = (sys.executable, "-m", "cfp")
"""The command of a process beside this one."""


def resource(name: Literal["templates", "migrations"]) -> Path:
    """The folder `name`, wherever this copy of the program keeps it.

    The wheel's copy is looked for first: an installed package has no business with a folder that
    happens to be called "templates" next to it in site-packages.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for folder in (PACKAGE / "_resources" / name, PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"this installation of cfp has no {name!r} folder")
