"""Pages of the reviewer area."""

from flask import Blueprint

blueprint = Blueprint("reviewer", __name__)

from cfp.web.reviewer import (  # noqa: E402,F401 - routes register
    abstain,
    answers,
    bids,
    collaborators,
    comparing,
    conflicts,
    delegating,
    discussion,
    documents,
    helping,
    history,
    leniency,
    offline,
    profile,
    queue,
    review,
)
