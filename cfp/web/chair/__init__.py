"""Pages of the chair area."""

from flask import Blueprint

blueprint = Blueprint("chair", __name__)
