"""Bids: what a reviewer would like to review, before anybody assigns."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from cfp.domain.assignment import reviewers
from cfp.domain.reviews import queries
from cfp.domain.submissions.states import State
from cfp.policy import Action, takes_bids
from cfp.web import context
from cfp.web.files import Table, add_files
from cfp.web.forms import BaseForm, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing
from cfp.web.reviewer import blueprint

BIDS = {"want": _l("want to"), "can": _l("can"), "rather_not": _l("rather not")}
CHOICES = [SelectChoice(value, word) for value, word in {**BIDS, "": _l("no bid")}.items()]


class BidForm(BaseForm):
    bid = RadioField(_l("Your bid"), choices=CHOICES)


@blueprint.get("/<slug>/reviews/bids/")
@permission(Action.BE_REVIEWER)
def bids(slug: str) -> str:
    return render_template(
        "reviewer/bids.html",
        list=_listing().load(context.db()),
        words=BIDS,
        conference=context.conference(),
    )


def _listing() -> Listing:
    actor, conference = context.actor(), context.conference()
    if not takes_bids(conference):
        raise NotFound
    view = queries.queue_for(actor, conference)
    listing = Listing.from_request(
        view, actor, sortable=("order", "title", "track", "bid"), default="order"
    )
    listing.where(view.column(actor, "state") == State.SUBMITTED)
    if request.args.get("show") == "none":
        listing.where(view.column(actor, "bid").is_(None))
    return listing


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title"), always=True),
    Field("track", _l("Track")),
    Field("bid", _l("Your bid")),
)
add_files(
    blueprint,
    "bids",
    "/<slug>/reviews/bids",
    Action.BE_REVIEWER,
    Table(_listing, lambda: FIELDS),
    saved="my-bids",
)


@blueprint.get("/<slug>/reviews/<code>/bid")
@permission(Action.BID)
def bid(slug: str, code: str) -> str:
    """The submission to read before bidding on it."""
    return _page(BidForm())


@blueprint.post("/<slug>/reviews/<code>/bid")
@permission(Action.BID)
def save_bid(slug: str, code: str) -> ViewResponse:
    form = BidForm()

    def act() -> str:
        reviewers.bid(
            context.db(),
            context.actor(),
            context.standing(),
            value=form.bid.data or "",
            now=context.now(),
        )
        return url_for("reviewer.bids", slug=slug)

    return perform(form, act, lambda: _page(form), done=_("Bid saved."))


def _page(form: BidForm) -> str:
    standing = context.standing()
    return render_template(
        "reviewer/bid.html",
        form=form,
        submission=queries.for_reviewer(context.db(), standing),
        conference=context.conference(),
        blocked=standing.blocked,
    )
