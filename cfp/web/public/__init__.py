"""Pages of the public area."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)

from cfp.web.public import conference  # noqa: E402,F401 - routes register themselves
from cfp.web.public import files  # noqa: E402,F401 - routes register themselves
from cfp.web.public import health  # noqa: E402,F401 - routes register themselves
from cfp.web.public import index  # noqa: E402,F401 - routes register themselves
from cfp.web.public import program  # noqa: E402,F401 - routes register themselves
