"""Joining two persons who have turned out to be one."""

from cfp.policy import Action
from cfp.web.account import blueprint
from cfp.web.gate import permission


@blueprint.get("/account/merge/<token>")
@permission(Action.HAVE_ACCOUNT)
def merge(token: str) -> str:
    return token
