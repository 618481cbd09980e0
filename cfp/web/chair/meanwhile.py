"""Telling a chair that others have changed decisions since the page was opened."""

from collections.abc import Sequence

from flask import Response, jsonify, request
from flask_babel import gettext as _
from flask_babel import ngettext

from cfp.domain.decisions.meanwhile import Changes, changed_since
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.gate import permission
from cfp.web.numbers import read_number

NAMES_SHOWN = 3


@blueprint.get("/<slug>/chair/decisions/meanwhile")
@permission(Action.DECIDE)
def meanwhile(slug: str) -> Response:
    """One sentence, empty while there is nothing to say."""
    since = read_number(request.args.get("since"))
    changes: Sequence[Changes] = ()
    if since is not None:
        db, actor, conference = context.db(), context.actor(), context.conference()
        changes = changed_since(db, actor, conference, since)
    return jsonify(said=_sentence(changes))


def _sentence(changes: Sequence[Changes]) -> str:
    if not changes:
        return ""
    if len(changes) == 1:
        said = ngettext(
            "%(name)s has changed %(num)s decision since you opened this page.",
            "%(name)s has changed %(num)s decisions since you opened this page.",
            changes[0].decisions,
            name=changes[0].name or _("Somebody"),
        )
        return str(said)
    shown = [f"{one.name or _('Somebody')} {one.decisions}" for one in changes[:NAMES_SHOWN]]
    more = "…" if len(changes) > NAMES_SHOWN else ""
    names = ", ".join(shown) + more
    said = _("Others have changed decisions since you opened this page: %(names)s.", names=names)
    return str(said)
