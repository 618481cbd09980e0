import shutil
import subprocess
import sys
from pathlib import Path

from cfp import paths


def test_a_checkout_uses_the_folders_beside_the_package():
    root = Path(__file__).parents[2]
    assert paths.resource("templates") == root / "templates"
    assert paths.resource("migrations") == root / "migrations"


def resource_in(site: Path, name: str) -> subprocess.CompletedProcess[str]:
    code = f"from cfp.paths import resource; print(resource({name!r}))"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=site, capture_output=True, text=True, check=False
    )


def test_a_wheel_uses_its_own_copy_even_with_a_namesake_beside_it(tmp_path):
    package = tmp_path / "cfp"
    (package / "_resources" / "templates").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    (package / "__init__.py").touch()  # or an installed cfp would be found before a bare folder
    shutil.copy(paths.__file__, package / "paths.py")
    assert resource_in(tmp_path, "templates").stdout.strip() == str(
        package / "_resources" / "templates"
    )


def test_an_incomplete_installation_says_so(tmp_path):
    (tmp_path / "cfp").mkdir()
    (tmp_path / "cfp" / "__init__.py").touch()
    shutil.copy(paths.__file__, tmp_path / "cfp" / "paths.py")
    done = resource_in(tmp_path, "migrations")
    assert done.returncode == 1
    assert "has no 'migrations' folder" in done.stderr
