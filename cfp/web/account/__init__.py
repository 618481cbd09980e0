"""Pages of the account area: log-in, profile, invitations, and the administrators' list."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)

from cfp.web.account import (  # noqa: E402,F401 - routes register themselves
    addresses,
    administration,
    browsers,
    data,
    first,
    invitations,
    log_in,
    mail,
    merging,
    mine,
    password,
    profile,
)
