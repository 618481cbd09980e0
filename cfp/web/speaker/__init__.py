"""Pages of the speaker area."""

from flask import Blueprint

blueprint = Blueprint("speaker", __name__)

from cfp.web.speaker import confirm  # noqa: E402,F401 - routes register themselves
from cfp.web.speaker import edit  # noqa: E402,F401 - routes register themselves
from cfp.web.speaker import index  # noqa: E402,F401 - routes register themselves
from cfp.web.speaker import materials  # noqa: E402,F401 - routes register themselves
from cfp.web.speaker import new  # noqa: E402,F401 - routes register themselves
from cfp.web.speaker import people  # noqa: E402,F401 - routes register themselves
from cfp.web.speaker import response  # noqa: E402,F401 - routes register themselves
from cfp.web.speaker import submission  # noqa: E402,F401 - routes register themselves
from cfp.web.speaker import words  # noqa: E402,F401 - the sentences of the errors
from cfp.web.speaker import conflicts  # noqa: E402,F401 - routes register themselves
