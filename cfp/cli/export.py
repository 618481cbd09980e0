"""`cfp export`: the published program, written in one of its formats."""

import json
import sys
from pathlib import Path

import click

from cfp.cli.connecting import find_conference, session
from cfp.cli.runtime import json_option, write_whole
from cfp.config import Config
from cfp.domain.program import versions
from cfp.errors import ConfigError
from cfp.formats.writers import WRITERS
from cfp.links import Links


@click.command()
@click.argument("slug", metavar="CONFERENCE")
@click.argument("name", metavar="FORMAT", type=click.Choice(list(WRITERS)))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File, not stdout."
)
@click.option("--version", "number", type=click.IntRange(1), help="Not the newest version.")
@json_option
@click.pass_obj
def export(
    config: Config, slug: str, name: str, output: Path | None, number: int | None, as_json: bool
) -> None:
    """Write the published program in one of its formats."""
    if as_json and output is None:
        raise click.UsageError("--json reports about a file; say -o FILE.")
    with session(config, writes=False) as db:
        conference = find_conference(db, slug)
        version = (
            versions.numbered(db, conference, number)
            if number
            else versions.latest(db, conference)
        )
        if version is None:
            raise ConfigError("no_version", slug=slug)
        edition = versions.edition_of(
            db, conference, version, Links(config.base_url), uploads=config.uploads
        )
    data = WRITERS[name].write(edition)
    if output is None:
        sys.stdout.buffer.write(data)
        return
    write_whole(output, data)
    if as_json:
        done = {"file": str(output), "bytes": len(data), "version": edition.program.number}
        click.echo(json.dumps(done))
