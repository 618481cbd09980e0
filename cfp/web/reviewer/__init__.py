"""Pages of the reviewer area."""

from flask import Blueprint

blueprint = Blueprint("reviewer", __name__)
