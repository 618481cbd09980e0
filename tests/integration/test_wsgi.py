"""The application as gunicorn and its like import it."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy.orm import Session

from tests.support.server import ROOT, environment

FETCH = """
from cfp.wsgi import app
answer = app.test_client().get("/readyz", base_url="http://127.0.0.1:8000")
print(answer.status_code, answer.text.strip())
"""


def fetch(instance: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", FETCH],
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
