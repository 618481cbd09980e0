"""`cfp schedule`, as an operator runs it."""

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from cfp.domain.program.models import Placement, TimetableProposal
from tests.support.cli import run_cli
from tests.support.planning import Setting, at, make_setting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def here(db: Session) -> Setting:
    setting = make_setting(db)
    stays = setting.place(setting.talk("Stays"))
    stays.pinned = True
    setting.place("Lunch", 120, 60, room_id=None)
    setting.talk("Waits")
    setting.secret("Secret")
    never = setting.talk("Never")
    setting.said(never, availability={"2026-11-19": "none", "2026-11-20": "none"})
    db.commit()
    return setting


def test_it_places_what_fits_says_what_does_not_and_a_dry_run_stores_nothing(
    here: Setting, instance: Path, database_url: str
) -> None:
    own = {"CFP_DATABASE_URL": database_url}
    command = ("schedule", "netconf", "--seconds", "5", "--json")
    tried = run_cli(instance, own, *command, "--dry-run")
    assert tried.returncode == 3, tried.stderr
    assert here.db.query(Placement).count() == 2
    assert here.db.query(TimetableProposal).count() == 0
    here.db.commit()
    done = run_cli(instance, own, *command)
    assert done.returncode == 3, done.stderr
    outcome = json.loads(done.stdout)
    assert (outcome["placed"], outcome["moved"], outcome["stays"]) == (1, 0, 0)
    assert [one["title"] for one in outcome["unplaced"]] == ["Never"]
    here.db.expire_all()
    plan = here.plan()
    assert {one.title for one in plan.placed} == {"Stays", "Lunch", "Waits"}
    assert next(one.start for one in plan.placed if one.title == "Stays") == at(0)
    assert "Secret" not in done.stdout + tried.stdout


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("nowhere",), 1),
        (("netconf", "--from", "nine"), 2),
        (("netconf", "--from", "18:00", "--until", "09:00"), 1),
        (("netconf", "--keep", "all"), 2),
        (("netconf", "--seconds", "0"), 2),
    ],
)
def test_wrong_usage_is_one_sentence(
    here: Setting, instance: Path, database_url: str, options: tuple[str, ...], status: int
) -> None:
    own = {"CFP_DATABASE_URL": database_url}
    refused = run_cli(instance, own, "schedule", *options)
    assert refused.returncode == status
    assert refused.stderr.strip()
    assert "Traceback" not in refused.stderr
