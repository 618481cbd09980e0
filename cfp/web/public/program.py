"""The public program: its page, a page per talk, and the formats. Only versions are read here.

The argument is `event`, not `slug`: the gate need not load a conference for what is kept as bytes.
"""

from collections.abc import Sequence
from functools import cache

from flask import Response, abort, request, url_for

from cfp.formats import pages
from cfp.formats.errors import FormatError
from cfp.formats.ics import write_calendar
from cfp.formats.offsets import read_offset
from cfp.formats.pages import Place
from cfp.formats.program import Material, Program
from cfp.formats.writers import WRITERS, Edition
from cfp.links import Links
from cfp.paths import PACKAGE
from cfp.policy import Action
from cfp.web import context
from cfp.web.gate import permission
from cfp.web.public import blueprint
from cfp.web.public.published import Published, answer

PAGE = "text/html"


def place(event: str, program: str) -> Place:
    """Where a page stands whose way to the program page is `program`."""
    return Place(
        program=program,
        static=url_for("static", filename=""),
        home=url_for("public.conference", slug=event),
        mine=url_for("account.mine"),
        formats=tuple(name for name, one in WRITERS.items() if one.offered),
    )


@blueprint.get("/<event>/program/")
@permission(Action.VISIT)
def program(event: str) -> Response:
    """All days, then all abstracts; `?utc=` shows the times at another offset."""
    asked = request.args.get("utc", "")[:40]
    try:
        offset = read_offset(asked) if asked else None
    except FormatError:
        return _refused(event, asked.strip() or "+")
    return answer(
        event,
        ("program", offset),
        lambda found: pages.program_page(found.edition(), place(event, ""), offset=offset).encode(),
        mimetype=PAGE,
    )


def _refused(event: str, asked: str) -> Response:
    """The page in its own times, with the error beside the field; kept by nobody."""
    response = answer(
        event,
        ("program", "refused", asked),
        lambda found: pages.program_page(found.edition(), place(event, ""), refused=asked).encode(),
        mimetype=PAGE,
    )
    response.status_code = 422
    response.headers["Cache-Control"] = "no-store"
    return response


def program_page(shown: Program, materials: Sequence[Material]) -> str:
    """The page of a program that is about to be published, for those who may see it."""
    way = url_for("public.program", event=shown.conference)
    edition = Edition(shown, tuple(materials), Links(context.config().base_url))
    return pages.program_page(edition, place(shown.conference, way))


@blueprint.get("/<event>/program/grid/")
@permission(Action.VISIT)
def grid(event: str) -> Response:
    """Rooms side by side; a program of one room has no such page."""

    def make(found: Published) -> bytes:
        if len(found.program.rooms) < 2:
            abort(404)
        return pages.grid_page(found.edition(), place(event, "../")).encode()

    return answer(event, "grid", make, mimetype=PAGE)


@blueprint.get("/<event>/program/talks/<talk_code>/")
@permission(Action.VISIT)
def talk(event: str, talk_code: str) -> Response:
    """One talk: when, who, what, slides and video, and the way to its neighbors."""

    def make(found: Published) -> bytes:
        one = found.program.talk_by_code.get(talk_code)
        if one is None:
            abort(404)
        return pages.talk_page(found.edition(), one, place(event, "../../")).encode()

    return answer(event, ("talk", talk_code), make, mimetype=PAGE)


@blueprint.get("/<event>/program/speakers/")
@permission(Action.VISIT)
def speakers(event: str) -> Response:
    return answer(
        event,
        "speakers",
        lambda found: pages.speakers_page(found.edition(), place(event, "../")).encode(),
        mimetype=PAGE,
    )


@blueprint.get("/<event>/program/speakers/<speaker_code>/")
@permission(Action.VISIT)
def speaker(event: str, speaker_code: str) -> Response:
    """One person: affiliation, what they tell about themselves, their talks."""

    def make(found: Published) -> bytes:
        page = pages.speaker_page(found.edition(), speaker_code, place(event, "../../"))
        if page is None:
            abort(404)
        return page.encode()

    return answer(event, ("speaker", speaker_code), make, mimetype=PAGE)


@blueprint.get("/<event>/program/embed.html")
@permission(Action.VISIT)
def embed(event: str) -> Response:
    """The schedule as a fragment for another site: absolute links, no style, no script."""

    def make(found: Published) -> bytes:
        edition = found.edition()
        return pages.embed_page(edition, Place(program=edition.links.program(event))).encode()

    return _for_any_site(answer(event, "embed", make, mimetype=PAGE))


@blueprint.get("/<event>/program/embed.js")
@permission(Action.VISIT)
def embed_script(event: str) -> Response:
    """The script that puts the fragment where it stands; the same for every program."""
    body = _script("embed.js")
    return _for_any_site(answer(event, "embed.js", lambda _: body, mimetype="text/javascript"))


@cache
def _script(name: str) -> bytes:
    return (PACKAGE / "static" / "js" / name).read_bytes()


def _for_any_site(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/<event>/program/<file>")
@permission(Action.VISIT)
def program_file(event: str, file: str) -> Response:
    """Every format of the registry; of the calendar, `?talks=A1B2C3,D4E5F6` gives some talks."""
    writer = WRITERS.get(file)
    if writer is None or not writer.offered:
        abort(404)
    asked = request.args.get("talks") if file == CALENDAR else None
    only = frozenset(asked.split(",")[:TALKS_LIMIT]) if asked else None

    def make(found: Published) -> bytes:
        edition = found.edition()
        return write_calendar(edition, only) if only is not None else writer.write(edition)

    return answer(
        event,
        ("file", file, only),
        make,
        mimetype=writer.mimetype,
        download=f"{event}-{file}",
    )


CALENDAR = "schedule.ics"
TALKS_LIMIT = 300
"""Codes in one address; a browser's favorites are fewer."""
