"""Pages of the reviewer area."""

from flask import Blueprint

blueprint = Blueprint("reviewer", __name__)

from cfp.web.reviewer import bids, profile, queue, review  # noqa: E402,F401 - routes register
from cfp.web.reviewer import collaborators, conflicts  # noqa: E402,F401 - routes register
