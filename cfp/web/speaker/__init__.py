"""Pages of the speaker area."""

from flask import Blueprint

blueprint = Blueprint("speaker", __name__)
