"""The audit log: who did what, when."""

from flask_babel import lazy_gettext as _l

from cfp.domain.conferences import log as entries
from cfp.domain.submissions.committee import search_words
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.log_words import detail_words, log_word
from cfp.web.files import Table, add_files
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing

FIELDS = (
    Field("number", _l("Number")),
    Field("at", _l("When")),
    Field("who", _l("Who"), column="actor"),
    Field("for", _l("For"), column="acting_for"),
    Field("action", _l("What")),
    Field("submission", _l("About"), column="code"),
    Field("details", _l("Details"), lambda row, _at: detail_words(row.detail), column="detail"),
)


@blueprint.get("/<slug>/chair/log/")
@permission(Action.READ_AUDIT)
def log(slug: str) -> tuple[str, int]:
    """One page, the newest first."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    listing = _listing().load(db)
    actions = [(name, log_word(name)) for name in entries.actions_of(db, actor, conference)]
    return listing.page_of(
        "chair/log.html",
        db,
        conference=conference,
        actions=sorted(actions, key=lambda one: one[1]),
        log_word=log_word,
        detail_words=detail_words,
    )


def _listing() -> Listing:
    actor = context.actor()
    view = entries.log(actor, context.conference())
    listing = Listing.from_request(view, actor, sortable=("number",), default="-number")
    asked = listing.arguments
    if asked.get("action"):
        listing.where(view.column(actor, "action") == asked["action"])
    if asked.get("submission"):
        listing.where(view.column(actor, "code") == asked["submission"].strip().upper())
    for word in search_words(asked.get("q", "")):
        listing.where(view.column(actor, "actor").icontains(word, autoescape=True))
    return listing


add_files(blueprint, "log", "/<slug>/chair/log", Action.READ_AUDIT, Table(_listing, lambda: FIELDS))
