"""`cfp import program` and `cfp export`: the public program in and out."""

import json
import sys
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, get_args

import click
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.cli.connecting import find_conference, session
from cfp.cli.doubts import doubt_sentence
from cfp.cli.runtime import json_option
from cfp.cli.words import number_of
from cfp.config import Config
from cfp.domain.conferences.models import Conference
from cfp.domain.program import imports, versions
from cfp.domain.program.differences import same
from cfp.domain.program.imports import Outcome
from cfp.errors import ConfigError
from cfp.formats.imported import Imported, doubt_json, imported_json
from cfp.formats.reading import Format, read
from cfp.formats.utf8 import SIZE_LIMIT

DONE, WITH_WARNINGS = 0, 3


@click.group("import")
def import_() -> None:
    """Bring in what exists elsewhere."""


@import_.command("program")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--conference", "slug", metavar="SLUG", help="The conference it becomes part of.")
@click.option(
    "--format", "kind", type=click.Choice(get_args(Format)), default="auto", show_default=True
)
@click.option(
    "--start", type=click.DateTime(["%Y-%m-%d"]), help="First day, where the file does not say."
)
@click.option("--dry-run", is_flag=True, help="Read and report; no database is needed.")
@click.option("--update", is_flag=True, help="Also change what is there and differs.")
@click.option("--publish", is_flag=True, help="Publish the result as a version.")
@json_option
@click.pass_obj
def import_program(
    config: Config,
    file: Path,
    slug: str | None,
    kind: Format,
    start: datetime | None,
    dry_run: bool,
    update: bool,
    publish: bool,
    as_json: bool,
) -> None:
    """Read a program page, text, JSON or table; nothing that exists is ever deleted."""
    if slug is None and not dry_run:
        raise click.UsageError("Say --conference SLUG, or --dry-run to only read the file.")
    data = _read_file(file)
    if dry_run:
        found = read(data, kind, start.date() if start else None)
        _report(found, None, published=None, as_json=as_json)
        sys.exit(WITH_WARNINGS if found.warnings else DONE)
    with session(config, writes=True) as db:
        conference = find_conference(db, slug or "")
        found = read(data, kind, start.date() if start else conference.start_date)
        now = clock.now()
        outcome = imports.import_program(
            db, SYSTEM, conference, found, update=update, now=now
        )
        number = _publish(db, conference, outcome, now) if publish else None
        db.commit()
    _report(found, outcome, published=number, as_json=as_json)
    left = bool(outcome.changes) and not outcome.updated
    doubtful = found.warnings or outcome.left
    sys.exit(WITH_WARNINGS if doubtful or left else DONE)


def _publish(
    db: Session, conference: Conference, outcome: Outcome, now: datetime
) -> int | None:
    """The version's number; None when readers would see no difference."""
    before = versions.latest(db, conference)
    coming = versions.preview(db, conference, before, now=now)
    if before is not None and same(versions.program_of(before), coming):
        return None
    restored = outcome.restored
    return versions.publish(
        db, SYSTEM, conference, note="", now=now, restored=restored
    ).number


def _read_file(file: Path) -> bytes:
    """The file's bytes, or one more than the limit: the reader refuses what is too long."""
    source: BinaryIO
    try:
        with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as source:
            return source.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise ConfigError("unreadable", name=str(file), value=error.strerror) from error


def _report(
    found: Imported, outcome: Outcome | None, *, published: int | None, as_json: bool
) -> None:
    for doubt in (*found.warnings, *(outcome.left if outcome else ())):
        click.echo(f"warning: {doubt_sentence(doubt)}", err=True)
    if as_json:
        data = imported_json(found)
        if outcome is not None:
            data["outcome"] = {
                "talks_created": outcome.talks_created,
                "slots_created": outcome.slots_created,
                "unchanged": outcome.unchanged,
                "changes": [
                    {"title": one.title, "fields": list(one.fields)} for one in outcome.changes
                ],
                "left": [doubt_json(doubt) for doubt in outcome.left],
                "updated": outcome.updated,
                "version": published,
            }
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    click.echo(_summary(found))
    if outcome is not None:
        _tell_outcome(outcome, published)


def _summary(found: Imported) -> str:
    people = {(one.name, one.affiliation) for talk in found.talks for one in talk.speakers}
    entries = sum(len(talk.speakers) for talk in found.talks)
    timed = sum(slot.start is not None for slot in found.slots)
    return (
        f"{found.title or 'No title'}: {number_of(len(found.talks), 'talk')}, "
        f"{number_of(entries, 'speaker entry', 'speaker entries')} "
        f"({number_of(len(people), 'person', 'people')}), "
        f"{number_of(len(found.slots), 'row')} ({timed} with times), "
        f"{number_of(len(found.warnings), 'warning')}"
    )


def _tell_outcome(outcome: Outcome, published: int | None) -> None:
    click.echo(
        f"{number_of(outcome.talks_created, 'talk')} and "
        f"{number_of(outcome.slots_created, 'slot')} added, "
        f"{number_of(outcome.unchanged, 'talk')} unchanged"
    )
    for change in outcome.changes:
        word = "changed" if outcome.updated else "differs"
        click.echo(f"{word}: {change.title} ({', '.join(change.fields)})")
    if outcome.changes and not outcome.updated:
        click.echo("Nothing of these was changed; --update does it.", err=True)
    if published is not None:
        click.echo(f"Published as version {published}.")
