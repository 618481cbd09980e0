"""The application as gunicorn and its like import it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.support.server import ROOT, environment

FETCH = """
from cfp.wsgi import app
answer = app.test_client().get("/readyz", base_url="http://127.0.0.1:8000")
print(answer.status_code, answer.text.strip())
"""

FIRST_PAGE = """
import sys
from cfp.wsgi import app
answer = app.test_client().get("/", base_url="http://127.0.0.1:8000")
print(answer.status_code, *sys.modules)
"""
FOR_FEW = {
    "alembic",
    "html5lib",
    "icalendar",
    "numpy",
    "openpyxl",
    "ortools",
    "scipy",
    "sqlalchemy.dialects.postgresql",
    "typst",
    "xlsxwriter",
}
"""What takes a second or a hundred megabytes, and no page needs that is asked for often.

PostgreSQL's module takes neither, but goes through the drivers of all kinds for a database that is
not there.
"""


def fetch(
    instance: Path, program: str = FETCH, **settings: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(instance, settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_serves_the_configured_database(instance: Path, database_url: str, db: Session) -> None:
    done = fetch(instance, CFP_DATABASE_URL=database_url)
    assert (done.stdout, done.stderr) == ("200 ready\n", "")


def test_it_does_not_start_on_a_database_that_is_not_up_to_date(tmp_path: Path) -> None:
    done = fetch(tmp_path)
    assert done.returncode == 1
    assert "not_upgraded" in done.stderr


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_first_page_comes_without_what_few_need(
    instance: Path, database_url: str, db: Session
) -> None:
    status, *loaded = fetch(instance, FIRST_PAGE, CFP_DATABASE_URL=database_url).stdout.split()
    assert status == "200"
    assert "sqlalchemy" in loaded
    assert FOR_FEW & set(loaded) == set()
