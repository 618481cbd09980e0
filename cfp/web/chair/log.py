"""The audit log: who did what, when."""

from flask import Response, render_template, url_for

from cfp.domain.conferences import log as entries
from cfp.domain.submissions.committee import search_words
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.log_words import detail_words, log_word
from cfp.web.gate import permission
from cfp.web.lists import Listing, csv_file

HEADER = ("number", "at", "who", "for", "action", "submission", "details")


@blueprint.get("/<slug>/chair/log/")
@permission(Action.READ_AUDIT)
def log(slug: str) -> str:
    """One page, the newest first."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    listing = _listing().load(db)
    actions = [(name, log_word(name)) for name in entries.actions_of(db, actor, conference)]
    kept = {name: value for name, value in listing.arguments.items() if name != "page"}
    return render_template(
        "chair/log.html",
        conference=conference,
        list=listing,
        actions=sorted(actions, key=lambda one: one[1]),
        log_word=log_word,
        detail_words=detail_words,
        save_url=url_for("chair.log_csv", slug=slug, **kept),  # type: ignore[arg-type]  # url_for types its own options
    )


@blueprint.get("/<slug>/chair/log.csv")
@permission(Action.READ_AUDIT)
def log_csv(slug: str) -> Response:
    """The same entries, all pages of them."""
    rows = (
        (
            row.number,
            row.at,
            row.actor,
            row.acting_for,
            row.action,
            row.code,
            detail_words(row.detail),
        )
        for row in _listing().load_all(context.db()).rows
    )
    return csv_file(f"{slug}-log", HEADER, rows)


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
