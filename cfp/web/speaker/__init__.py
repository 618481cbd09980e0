"""Pages of the speaker area."""

from flask import Blueprint

blueprint = Blueprint("speaker", __name__)

from cfp.web.speaker import index  # noqa: E402,F401 - routes register themselves
