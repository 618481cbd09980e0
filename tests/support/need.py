"""What a test needs and a machine may lack: skipped with the reason, failed where required."""

import os
import shutil
from pathlib import Path
from typing import Literal, NoReturn

import pytest


def missing(what: Literal["postgres", "browser"], reason: str) -> NoReturn:
    """End the current test because `what` is not here.

    `REQUIRE_POSTGRES=1` and `REQUIRE_BROWSER=1` turn the skip into a failure, so that a CI machine
    which lost one of them does not go on being green.
    """
    if os.environ.get(f"REQUIRE_{what.upper()}") == "1":
        pytest.fail(f"{reason}, and REQUIRE_{what.upper()}=1", pytrace=False)
    pytest.skip(reason)


def shared_data(name: str) -> Path:
    """The folder of real data beside the repository; skipped without it, required in CI."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / name
    if not folder.is_dir():
        _missing_outside_ci(f"the data folder ../shared/data/{name} is not beside the repository")
    return folder


def program(name: str, package: str) -> str:
    """The path of a program that a test reads results with; skipped without it, required in CI."""
    found = shutil.which(name)
    if found is None:
        _missing_outside_ci(f"{name} is not installed: apt install {package}")
    return found


def _missing_outside_ci(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI is set", pytrace=False)
    pytest.skip(reason)
