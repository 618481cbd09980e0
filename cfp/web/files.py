"""Every list as a file: exactly the rows and columns that its page shows, all pages of them.

A list registers once what it is and which columns it has; its files stand beside its page, under
the page's own permission, and read through the same `Listing`. They are written to disk batch by
batch before anything is sent, so neither a long list nor a slow reader holds memory or a
transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Blueprint, Response

from cfp.domain.conferences import queries as conferences
from cfp.formats.table import Cell, write_table
from cfp.formats.xlsx import write_sheet
from cfp.policy import Action
from cfp.records import record
from cfp.web import context
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing

IN_MEMORY, CHUNK = 1 << 20, 1 << 16
_WRITERS = {
    "csv": (write_table, "text/csv; charset=utf-8"),
    "xlsx": (
        write_sheet,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
KINDS = tuple(_WRITERS)


@record
class Table:
    """A list as its files need it.

    `listing` reads the request's address; `gather` loads what cells need beside a batch's rows.
    """

    listing: Callable[[], Listing]
    fields: Callable[[], Sequence[Field]]
    gather: Callable[[Sequence[Any]], Any] = lambda _rows: None


TABLES: dict[str, Table] = {}
"""By the name of the list's page."""


def without_only_track(fields: Sequence[Field]) -> list[Field]:
    """The columns without that of tracks where there is but one: it is hidden everywhere."""
    several = len(conferences.tracks_of(context.db(), context.conference())) > 1
    return [one for one in fields if several or one.name != "track"]


def add_files(
    blueprint: Blueprint, name: str, path: str, action: Action, table: Table, *, saved: str = ""
) -> None:
    """Let the list at endpoint `name` be saved as PATH.csv and PATH.xlsx.

    `saved` is what the files are called behind the conference's slug, by itself the list's name.
    """
    TABLES[name] = table
    for kind in KINDS:

        def view(slug: str, kind: str = kind, **_values: object) -> Response:
            return _answer(kind, f"{slug}-{saved or name}", table)

        permission(action)(view)
        blueprint.add_url_rule(f"{path}.{kind}", f"{name}_{kind}", view)


def _answer(kind: str, name: str, table: Table) -> Response:
    listing = table.listing()
    listing.offer(table.fields())
    shown = listing.shown
    header = [one.heading or one.name for one in shown]
    return table_file(kind, name, header, _cells(listing, shown, table))


def table_file(
    kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Response:
    """A table to save as NAME.csv or NAME.xlsx; a long one is sent from the disk."""
    write, mimetype = _WRITERS[kind]
    with ExitStack() as stack:
        file = stack.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))
        write(file, header, rows)
        length = file.tell()
        file.seek(0)
        response = Response(_chunks(file) if length > IN_MEMORY else file.read())
        if length > IN_MEMORY:
            response.call_on_close(stack.pop_all().close)
    response.headers["Content-Length"] = str(length)
    response.headers["Content-Type"] = mimetype
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _cells(listing: Listing, fields: Sequence[Field], table: Table) -> Iterator[Sequence[Cell]]:
    for rows in listing.batches(context.db()):
        gathered = table.gather(rows)
        for row in rows:
            yield [one.of(row, gathered) for one in fields]


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
