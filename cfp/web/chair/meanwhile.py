"""Telling a chair that others have changed decisions since the page was opened."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, jsonify, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from cfp.domain.decisions.meanwhile import Changes, changed_since, newest_change
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.gate import permission

NAMES_SHOWN = 3


def meanwhile_url() -> str:
    """Where a page asks what has changed since now; made before it reads what it shows."""
    conference = context.conference()
    newest = newest_change(context.db(), context.actor(), conference)
    since = newest.isoformat() if newest else "never"
    return url_for("chair.meanwhile", slug=conference.slug, since=since)


@blueprint.get("/<slug>/chair/decisions/meanwhile")
@permission(Action.DECIDE)
def meanwhile(slug: str) -> Response:
    """One sentence, empty while there is nothing to say."""
    asked = request.args.get("since", "")
    changes: Sequence[Changes] = ()
    since = _moment(asked)
    if since is not None or asked == "never":
        changes = changed_since(context.db(), context.actor(), context.conference(), since)
    return jsonify(said=_sentence(changes))


def _moment(text: str) -> datetime | None:
    """A moment with its zone as `meanwhile_url` writes it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


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
