"""For those who watch the service: does it answer, and can it work?"""

from shutil import disk_usage

from flask import Response, current_app
from sqlalchemy import text

from cfp.policy import Action
from cfp.schema import is_current
from cfp.uploads import NO_ROOM
from cfp.web import context
from cfp.web.gate import permission
from cfp.web.public import blueprint


@blueprint.get("/healthz")
@permission(Action.VISIT)
def healthz() -> Response:
    """The process answers; nothing else is asked, so a slow database restarts nobody."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@permission(Action.VISIT)
def readyz() -> Response:
    """The database answers and has this release's tables, and there is room on the disk.

    503 sends visitors elsewhere. Without room what is there can still be read, but whoever watches
    has to know before the first save fails.
    """
    context.db().execute(text("SELECT 1"))
    if not _has_our_tables():
        return Response("not migrated\n", 503, mimetype="text/plain")
    if disk_usage(context.config().instance).free < NO_ROOM:
        return Response("no room\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


def _has_our_tables() -> bool:
    """Asked of the migrations until once true: a running release does not lose its tables."""
    runtime = current_app.extensions["cfp"]
    if "cfp_migrated" not in current_app.extensions:
        if not is_current(runtime.engine):
            return False
        current_app.extensions["cfp_migrated"] = True
    return True
