"""The conference's page: the call while it is open."""

from flask import render_template
from flask_babel import lazy_gettext as _l

from cfp.domain.conferences import queries, rules
from cfp.domain.conferences.models import Conference
from cfp.policy import Action
from cfp.web import context
from cfp.web.gate import permission
from cfp.web.public import blueprint

SECTION_TITLES = {
    "attendance": _l("How to attend"),
    "registration": _l("Registration"),
    "booking": _l("Hotel and travel"),
    "broadcast": _l("Broadcast and discussion"),
    "contact": _l("Contact"),
}


@blueprint.get("/<slug>/")
@permission(Action.VISIT)
def conference(slug: str) -> str:
    """What, when, where; how to submit, and until when; the program once there is one."""
    db, shown = context.db(), context.conference()
    return render_template(
        "public/conference.html",
        conference=shown,
        state=rules.call_state(shown, context.now()),
        types=queries.types_of(db, shown),
        tracks=queries.tracks_of(db, shown),
        version=queries.published_version(db, shown),
        sections=[
            (key, SECTION_TITLES[key], shown.sections.get(key, ""))
            for key in rules.SECTIONS
            if key in SECTION_TITLES and (shown.sections.get(key) or _links(shown, key))
        ],
    )


def _links(shown: Conference, key: str) -> bool:
    return key == "registration" and bool(shown.registration_url)
