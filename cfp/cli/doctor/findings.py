"""What the doctor says about one thing."""

from enum import StrEnum

from cfp.records import record


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@record
class Finding:
    """`check` names what was looked at; `text` is one sentence, with what to do about it."""

    check: str
    level: Level
    text: str


def fine(check: str, text: str) -> Finding:
    return Finding(check, Level.OK, text)


def warning(check: str, text: str) -> Finding:
    return Finding(check, Level.WARNING, text)


def error(check: str, text: str) -> Finding:
    return Finding(check, Level.ERROR, text)
