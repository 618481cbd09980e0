"""`cfp doctor`: what is wrong with this installation, one sentence each, with what to do."""

import sys
from collections.abc import Iterable
from dataclasses import asdict

import click

from cfp.cli.doctor.database import database_findings
from cfp.cli.doctor.findings import Finding, Level
from cfp.cli.doctor.machine import machine_findings
from cfp.cli.doctor.mail import server_findings
from cfp.cli.runtime import json_option, report
from cfp.config import Config

STATUS = {Level.OK: 0, Level.ERROR: 1, Level.WARNING: 3}
MARKS = {Level.OK: "ok", Level.WARNING: "look", Level.ERROR: "BAD"}


@click.command()
@json_option
@click.pass_obj
def doctor(config: Config, as_json: bool) -> None:
    """Say what is wrong; status 0 all well, 3 worth a look, 1 something must be done."""
    findings = [*machine_findings(config), *server_findings(config), *database_findings(config)]
    worst = _worst(findings)
    lines = [f"{MARKS[one.level]:>4}  {one.check}: {one.text}" for one in findings]
    data = {"status": worst, "findings": [asdict(one) for one in findings]}
    report("\n".join(lines), data, as_json=as_json)
    sys.exit(STATUS[worst])


def _worst(findings: Iterable[Finding]) -> Level:
    levels = {one.level for one in findings}
    return next((one for one in (Level.ERROR, Level.WARNING) if one in levels), Level.OK)
