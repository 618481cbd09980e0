"""The file of the signing keys, as an operator may have left it."""

from pathlib import Path

import pytest

from cfp.app import secret_keys
from cfp.errors import ConfigError


def test_one_is_made_for_its_owner_alone_and_kept(tmp_path: Path) -> None:
    made = secret_keys(tmp_path)
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert secret_keys(tmp_path) == made


def test_the_one_before_is_still_accepted(tmp_path: Path) -> None:
    secret_keys(tmp_path)
    (tmp_path / "secret_key").write_text("new\nold\n")
    assert secret_keys(tmp_path) == ["new", "old"]


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    path.touch(mode=0o600)
    with pytest.raises(ConfigError, match="secret_key_empty"):
        secret_keys(tmp_path)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="secret_key_readable"):
        secret_keys(tmp_path)
    path.unlink()
    path.mkdir(mode=0o700)
    with pytest.raises(ConfigError, match="unreadable"):
        secret_keys(tmp_path)


def test_a_folder_that_takes_no_file_is_said() -> None:
    with pytest.raises(ConfigError, match="not_writable"):
        secret_keys(Path("/proc"))
