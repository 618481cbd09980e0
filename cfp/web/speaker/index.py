"""A person's own submissions in one conference."""

from flask import render_template

from cfp.domain.submissions.queries import own_submissions, speakers_by_submission
from cfp.domain.submissions.states import call_is_open, changes_are_open
from cfp.policy import Action, may
from cfp.web import context
from cfp.web.gate import permission
from cfp.web.lists import Listing
from cfp.web.speaker import blueprint


@blueprint.get("/<slug>/submissions/")
@permission(Action.OWN_SUBMISSIONS)
def index(slug: str) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    listing = Listing.from_request(
        own_submissions(conference), actor, sortable=["title", "changed"], default="-changed"
    )
    listing.where(may(actor, Action.FOLLOW, conference), always=True)
    listing.load(db)
    return render_template(
        "speaker/index.html",
        conference=conference,
        list=listing,
        speakers=speakers_by_submission(db, [row.id for row in listing.rows]),
        open=call_is_open(conference, context.now()),
        changes_are_open=changes_are_open(conference, context.now()),
        open_for_drafts=call_is_open(conference, context.now(), has_draft=True),
    )
