"""A task that behaves, or misbehaves, as its job's parameters say."""

import ctypes
import os
import signal
import time
from pathlib import Path
from typing import Any

from cfp.domain.conferences.models import Track
from cfp.errors import DomainError
from cfp.jobs.context import JobContext


def run(context: JobContext) -> dict[str, Any]:
    number = float(context.parameters.get("number", 0))
    match context.parameters["do"]:
        case "sleep":
            _sleep(context, number)
        case "sleep_the_first_time":
            time.sleep(number if _first_time() else 0)
        case "die_the_first_time" if _first_time():
            os.kill(os.getpid(), signal.SIGKILL)
        case "hold_the_interpreter":
            ctypes.PyDLL(None).usleep(int(number * 1e6))
        case "die_after_storing":
            _store(context)
            os.kill(os.getpid(), signal.SIGKILL)
        case "break":
            raise ZeroDivisionError
        case "refuse":
            raise DomainError("assignment.infeasible", missing=3)
    _store(context)
    return {"number": number}


def _sleep(context: JobContext, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        context.report(0.5)
        time.sleep(0.05)


def _first_time() -> bool:
    try:
        Path(os.environ["CFP_INSTANCE"], "was-here").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _store(context: JobContext) -> None:
    conference_id = context.conference_id
    assert conference_id is not None
    track = Track(conference_id=conference_id, name=f"stored by {os.getpid()}")
    db = context.storing()
    db.add(track)
    db.flush()
