"""Guests: who reviews or writes without a place in the committee, and inviting one."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.reviews import guest_lists, guests
from cfp.domain.reviews.guest_rules import OPEN
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.files import Table, add_files
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing
from cfp.web.reviewer.delegating import GuestForm

STATES = {
    "proposed": _l("waits for your approval"),
    "sent": _l("asked, no answer yet"),
    "accepted": _l("reads and writes"),
    "handed": _l("has handed in"),
    "returned": _l("has it back"),
    "used": _l("taken over by the reviewer"),
    "reviewed": _l("has reviewed"),
    "declined": _l("said no"),
    "refused": _l("not approved"),
    "withdrawn": _l("taken back"),
    "off": _l("reviews it no more"),
}
CLOSABLE = OPEN | {"reviewed"}
SORTABLE = ("title", "name", "reviewer", "state", "changed")


@blueprint.get("/<slug>/chair/reviews/guests")
@permission(Action.READ_SCORES)
def guest_list(slug: str) -> str:
    """Everybody who was asked for a single submission, as far as this person assigns there."""
    return render_template(
        "chair/guests.html",
        list=_listing().load(context.db()),
        states=STATES,
        open_states=CLOSABLE,
        wanted=request.args.get("state", ""),
        conference=context.conference(),
    )


def _listing() -> Listing:
    actor, wanted = context.actor(), request.args.get("state", "")
    view = guest_lists.guests_view(actor, context.conference())
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="-changed")
    if wanted in STATES:
        listing.where(view.column(actor, "state") == wanted)
    return listing


FIELDS = (
    Field("guest", _l("Guest"), column="name"),
    Field("e-mail", _l("E-mail"), column="address"),
    Field("code", _l("Code")),
    Field("title", _l("Title")),
    Field("writes_for", _l("Writes for"), column="reviewer"),
    Field("state", _l("State")),
    Field("reason", _l("Reason")),
    Field("since", _l("Since"), column="changed"),
)
add_files(
    blueprint,
    "guest_list",
    "/<slug>/chair/reviews/guests",
    Action.READ_SCORES,
    Table(_listing, lambda: FIELDS),
    saved="guests",
)


@blueprint.get("/<slug>/chair/submissions/<code>/guests")
@permission(Action.ASSIGN_ONE)
def guests_of_one(slug: str, code: str) -> str:
    """Those of one submission, and whom else to invite."""
    return _page(GuestForm(formdata=None))


@blueprint.post("/<slug>/chair/submissions/<code>/guests")
@permission(Action.ASSIGN_ONE)
def guest_invite(slug: str, code: str) -> ViewResponse:
    """Ask somebody from outside for a review of this one."""
    form = GuestForm()

    def act() -> str:
        guests.invite(
            context.db(),
            context.actor(),
            context.standing(),
            name=form.name.data or "",
            address=form.address.data or "",
            links=context.links(),
            now=context.now(),
        )
        return url_for("chair.guests_of_one", slug=slug, code=code)

    return perform(form, act, lambda: _page(form), done=_("Invited: the mail is on its way."))


@blueprint.post("/<slug>/chair/submissions/<code>/guests/<int:number>/approve")
@permission(Action.ASSIGN_ONE)
def guest_approve(slug: str, code: str, number: int) -> ViewResponse:
    """Let a reviewer ask them."""
    return press(lambda: _judge(number, approve=True), done=_("Approved."))


@blueprint.post("/<slug>/chair/submissions/<code>/guests/<int:number>/refuse")
@permission(Action.ASSIGN_ONE)
def guest_refuse(slug: str, code: str, number: int) -> ViewResponse:
    """Don't."""
    return press(lambda: _judge(number, approve=False), done=_("Not approved."))


@blueprint.post("/<slug>/chair/submissions/<code>/guests/<int:number>/withdraw")
@permission(Action.ASSIGN_ONE)
def guest_withdraw(slug: str, code: str, number: int) -> ViewResponse:
    """Close the submission to them."""

    def act() -> str:
        db, actor, standing = context.db(), context.actor(), context.standing()
        guests.withdraw(db, actor, standing, number=number, now=context.now())
        return url_for("chair.guests_of_one", slug=slug, code=code)

    return press(act, done=_("Taken back; the submission is closed to them."))


def _judge(number: int, *, approve: bool) -> str:
    standing = context.standing()
    guests.judge(
        context.db(),
        context.actor(),
        standing,
        number=number,
        approve=approve,
        links=context.links(),
        now=context.now(),
    )
    slug, code = standing.conference.slug, standing.submission.code
    return url_for("chair.guests_of_one", slug=slug, code=code)


def _page(form: GuestForm) -> str:
    standing = context.standing()
    return render_template(
        "chair/guests_of_one.html",
        form=form,
        guests=guest_lists.guests_on(context.db(), standing),
        states=STATES,
        open_states=CLOSABLE,
        submission=standing.submission,
        conference=standing.conference,
    )
