"""Static files: addresses that change with the files, kept for ever under those and no others."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from cfp.web.assets import FOREVER, digest_of

ADDRESS = re.compile(r'(?:src|href)="(/(?:static|bootstrap)/[^"]+)"')


def addresses(client: FlaskClient) -> list[str]:
    found = ADDRESS.findall(client.get("/account/log-in").text)
    assert len(found) >= 3
    return found


def test_what_a_page_names_is_kept_for_ever(client: FlaskClient) -> None:
    for address in addresses(client):
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == FOREVER
        again = client.get(
            address, headers={"If-None-Match": answer.headers["ETag"]}, buffered=True
        )
        assert again.status_code == 304
        assert again.headers["Cache-Control"] == FOREVER


def test_what_a_script_imports_stands_beside_it(client: FlaskClient) -> None:
    frame = next(one for one in addresses(client) if one.endswith("/css/theme.css"))
    folder = frame.removesuffix("css/theme.css") + "js/"
    imported = re.findall(
        r'from "\./([a-z-]+\.js)"', client.get(folder + "frame.js", buffered=True).text
    )
    assert imported
    for name in imported:
        assert client.get(folder + name, buffered=True).headers["Cache-Control"] == FOREVER


@pytest.mark.parametrize(
    "address",
    ["/static/0123456789abcdef/js/frame.js", "/bootstrap/static/css/bootstrap.min.css?v=0"],
)
def test_a_page_of_another_release_finds_its_files_but_keeps_none(
    client: FlaskClient, address: str
) -> None:
    answer = client.get(address, buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["js/nothing.js", "../app.py", "%2e%2e/app.py"])
def test_what_is_no_file_is_not_kept(client: FlaskClient, name: str) -> None:
    folder = addresses(client)[0].removesuffix("icon.svg")
    answer = client.get(folder + name, buffered=True)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_digest_is_of_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text("one")
    before = digest_of(tmp_path)
    (tmp_path / "js" / "a.js").write_text("two")
    changed = digest_of(tmp_path)
    (tmp_path / "js" / "a.js").rename(tmp_path / "js" / "b.js")
    renamed = digest_of(tmp_path)
    (tmp_path / "js" / "b.js").rename(tmp_path / "js" / "a.js")
    (tmp_path / "js" / "a.js").write_text("one")
    assert len({before, changed, renamed}) == 3
    assert digest_of(tmp_path) == before
