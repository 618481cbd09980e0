"""Settings: tracks, formats and rooms, each a list that is saved as a whole."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from cfp.domain.conferences import actions, queries
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.setup_forms import RoomsForm, TracksForm, TypesForm
from cfp.web.forms import BaseForm, ViewResponse, press
from cfp.web.gate import permission
from cfp.web.numbers import read_number

VALUES = {
    "tracks": ("description",),
    "formats": ("minutes", "discussion_minutes"),
    "rooms": ("capacity",),
}
"""A list's columns besides the name."""


@blueprint.route("/<slug>/chair/settings/tracks", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_tracks(slug: str) -> ViewResponse | str:
    """Tracks: while there is one, no page shows it."""
    return _edit("tracks", TracksForm, queries.tracks_of, actions.set_tracks)


@blueprint.route("/<slug>/chair/settings/formats", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_formats(slug: str) -> ViewResponse | str:
    """Formats with their minutes."""
    return _edit("formats", TypesForm, queries.types_of, actions.set_types)


@blueprint.route("/<slug>/chair/settings/rooms", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_rooms(slug: str) -> ViewResponse | str:
    """Rooms: while there is one, no page shows it."""
    return _edit("rooms", RoomsForm, queries.rooms_of, actions.set_rooms)


@blueprint.post("/<slug>/chair/settings/<any(tracks, formats, rooms):kind>/use-again")
@permission(Action.SET_UP)
def settings_use_again(slug: str, kind: str) -> ViewResponse:
    """Take one out of the archive."""
    return press(lambda: _use_again(kind), done=_("It is in use again."))


def _use_again(kind: str) -> str:
    conference = context.conference()
    archived = READERS[kind](context.db(), conference, archived=True)
    row = next((one for one in archived if str(one.id) == request.form.get("row")), None)
    if row is None:
        raise NotFoundError("not_found")
    actions.use_again(context.db(), context.actor(), conference, row, now=context.now())
    return url_for(f"chair.settings_{kind}", slug=conference.slug)


READERS: dict[str, Callable[..., Sequence[Any]]] = {
    "tracks": queries.tracks_of,
    "formats": queries.types_of,
    "rooms": queries.rooms_of,
}


def _edit(
    kind: str,
    form_type: type[BaseForm],
    read: Callable[..., Sequence[Any]],
    write: Callable[..., None],
) -> ViewResponse | str:
    db, conference, values = context.db(), context.conference(), VALUES[kind]
    here = url_for(f"chair.settings_{kind}", slug=conference.slug)

    def act(form: BaseForm) -> None:
        rows = [_row(entry.data, values) for entry in form["rows"]]
        write(db, context.actor(), conference, rows=rows, now=context.now())

    stored = {
        "rows": [
            {"row_id": row.id, "name": row.name, **{name: getattr(row, name) for name in values}}
            for row in read(db, conference)
        ]
    }
    return edit(
        form_type,
        stored,
        act,
        template=f"chair/settings_{kind}.html",
        location=here,
        done=_("Saved."),
        archived=read(db, conference, archived=True),
    )


def _row(data: dict[str, Any], values: Sequence[str]) -> actions.ListRow:
    return actions.ListRow(
        read_number(data["row_id"]),
        data["name"] or "",
        {name: data[name] for name in values},
    )
