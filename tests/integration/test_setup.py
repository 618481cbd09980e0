"""`make venv` on machines that lack something: one clear sentence each, and nothing half-made."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ["sh", "cat", "cksum", "dirname", "rm", "sed"]
OLD = 'case "$1" in --version) echo "Python 3.9.2" ;; *) exit 1 ;; esac'
WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1 ;; esac'
WORKS = 'case "$*" in *fails*) exit 1 ;; esac'


def script(file: Path, body: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


@pytest.fixture
def machine(tmp_path) -> Path:
    """A checkout, and a `bin` with the few tools that every machine has."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "venv.sh", tmp_path / "scripts")
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    return tmp_path


def set_up(machine: Path, **settings: str) -> tuple[int, str, str]:
    done = subprocess.run(
        ["/bin/sh", machine / "scripts" / "venv.sh"],
        env={"PATH": str(machine / "bin"), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        (None, "there is no python3: apt install python3 python3-venv"),
        (OLD, "python3 is Python 3.9.2: apt install python3.11 python3.11-venv"),
        (WITHOUT_VENV, "Python's venv module is missing: apt install python3-venv"),
    ],
)
def test_says_what_to_install(machine, python, sentence):
    if python:
        script(machine / "bin" / "python3", python)
    status, said, complained = set_up(machine)
    assert status == 1
    assert complained.startswith("cfp: ")
    assert complained.endswith(sentence + "\n")
    assert complained.count("\n") == 1
    assert said == ""
    assert not (machine / ".venv").exists()


def test_names_a_chosen_python_that_will_not_do(machine):
    script(machine / "bin" / "mine", OLD)
    status, _, complained = set_up(machine, PYTHON="mine")
    assert (status, complained) == (1, "cfp: PYTHON=mine is not a Python 3.11 or newer.\n")


@pytest.fixture
def as_nobody(machine) -> dict[str, object]:
    """Arguments of `subprocess` for somebody who may read the checkout: root may write anywhere."""
    if os.geteuid() != 0:
        return {}
    for folder in machine.parents:
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(0o711)
    return {"user": "nobody", "extra_groups": []}


def test_needs_write_access(machine, as_nobody):
    script(machine / "bin" / "python3", WORKS)
    machine.chmod(0o555)
    done = subprocess.run(
        ["/bin/sh", "scripts/venv.sh"],
        cwd=machine,
        env={"PATH": str(machine / "bin")},
        capture_output=True,
        text=True,
        check=False,
        **as_nobody,
    )
    machine.chmod(0o755)
    assert done.returncode == 1
    assert done.stderr == f"cfp: no write access to {machine}, where .venv is to be made.\n"


@pytest.fixture
def ready(machine) -> Path:
    """The same with an environment that installs whatever it is asked to."""
    script(machine / ".venv" / "bin" / "python", WORKS)
    script(machine / ".venv" / "bin" / "cfp", "")
    assert set_up(machine)[0] == 0
    return machine


def test_does_nothing_when_nothing_changed(ready):
    assert set_up(ready) == (0, "", "")


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "pyproject.toml"])
def test_installs_again_when_a_list_changed(ready, file):
    (ready / file).write_text("changed")
    status, said, _ = set_up(ready)
    assert status == 0
    assert said.startswith("Installing")
    assert set_up(ready) == (0, "", "")


def test_a_failed_installation_is_not_taken_for_done(ready):
    script(ready / ".venv" / "bin" / "python", 'case "$*" in *require-hashes*) exit 1 ;; esac')
    (ready / "requirements.txt").write_text("changed")
    for _ in range(2):
        status, _, complained = set_up(ready)
        assert status == 1
        assert "could not be installed" in complained


def test_an_environment_of_another_folder_is_made_anew(ready):
    stamp = ready / ".venv" / "installed-requirements.txt"
    stamp.write_text("/elsewhere\n")
    status, _, complained = set_up(ready)
    assert (status, "there is no python3" in complained) == (1, True)
