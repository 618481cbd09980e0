"""The outbox as chairs see it: what went to whom, what came of it, and what to do about it."""

from collections.abc import Callable

from flask import render_template, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_

from cfp.domain.mail import actions, queries
from cfp.domain.mail.delivery import GAVE_UP, NO_ANSWER
from cfp.domain.mail.models import Message
from cfp.domain.mail.rules import without_secrets
from cfp.domain.mail.states import MessageState, can
from cfp.domain.submissions.committee import search_words
from cfp.domain.submissions.models import Submission
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.settings_mail import KINDS
from cfp.web.files import Table, add_files
from cfp.web.forms import BaseForm, Line, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing
from cfp.web.wording import add_words

add_words(
    {
        "mail.bad_address": _l("“%(address)s” is not an e-mail address."),
        "mail.already_queued": _l("%(address)s has this very mail already."),
        "mail.state_moved_on": _l("This mail has moved on meanwhile; look at it again."),
    }
)

OTHER_KINDS: dict[str, LazyString] = {
    "free": _l("Written by a chair"),
    "news": _l("News for chairs"),
}
REFUSALS: dict[str, LazyString] = {
    GAVE_UP: _l("It could not be handed over, and the tries are used up."),
    NO_ANSWER: _l("It was handed over, and the mail server did not answer; it may have arrived."),
}
SORTABLE = ("created", "subject", "name", "state", "kind")
_Act = Callable[..., None]


class AgainForm(BaseForm):
    """Where it goes this time."""

    recipient = Line(_l("To"), limit=254)


def kind_word(kind: str) -> str:
    """A kind of mail in words."""
    return str(KINDS.get(kind) or OTHER_KINDS.get(kind) or kind.replace("_", " "))


@blueprint.get("/<slug>/chair/messages/")
@permission(Action.SEND_MAIL)
def messages(slug: str) -> tuple[str, int]:
    """One page of the outbox, the newest first."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    listing = _listing().load(db)
    listing.offer(FIELDS)
    kinds = sorted((kind_word(kind), kind) for kind in queries.kinds_of(db, actor, conference))
    return listing.page_of(
        "chair/messages.html",
        db,
        conference=conference,
        kinds=[(kind, word) for word, kind in kinds],
        states=list(MessageState),
        kind_words={kind: word for word, kind in kinds},
    )


def _listing() -> Listing:
    view = queries.outbox(context.conference())
    listing = Listing.from_request(view, context.actor(), sortable=SORTABLE, default="-created")
    _narrow(listing)
    return listing


FIELDS = (
    Field("subject", _l("Subject"), always=True),
    Field("name", _l("To")),
    Field("address", _l("E-mail"), column="recipient"),
    Field("kind", _l("Kind"), lambda row, _at: kind_word(row.kind)),
    Field("state", _l("State")),
    Field("queued", _l("Queued"), column="created"),
    Field("due", _l("Due")),
    Field("sent", _l("Sent")),
)
add_files(
    blueprint,
    "messages",
    "/<slug>/chair/messages",
    Action.SEND_MAIL,
    Table(_listing, lambda: FIELDS),
)


def _narrow(listing: Listing) -> None:
    view, actor, asked = listing.view, listing.actor, listing.arguments
    state = view.column(actor, "state")
    if asked.get("state") == "trouble":
        listing.where(state.in_(queries.TROUBLE))
    elif asked.get("state") in list(MessageState):
        listing.where(state == asked["state"])
    if asked.get("kind"):
        listing.where(view.column(actor, "kind") == asked["kind"])
    for word in search_words(asked.get("q", "")):
        texts = (view.column(actor, name) for name in ("name", "recipient", "subject"))
        listing.where(or_(*(text.icontains(word, autoescape=True) for text in texts)))


@blueprint.get("/<slug>/chair/messages/<int:number>/")
@permission(Action.SEND_MAIL)
def message(slug: str, number: int) -> str:
    """One mail as it was stored when it was queued: what was previewed is what is sent."""
    found = _message(number)
    return _page(found, AgainForm(data={"recipient": found.recipient}))


@blueprint.post("/<slug>/chair/messages/<int:number>/again")
@permission(Action.SEND_MAIL)
def message_again(slug: str, number: int) -> ViewResponse:
    """Send a refused or uncertain one again, to a corrected address if need be."""
    found, form = _message(number), AgainForm()

    def act() -> str:
        actions.retry(
            context.db(),
            context.actor(),
            message=found,
            now=context.now(),
            recipient=form.recipient.data,
        )
        return url_for("chair.message", slug=slug, number=number)

    return perform(form, act, lambda: _page(found, form), done=_("It goes out again."))


@blueprint.post("/<slug>/chair/messages/<int:number>/stop")
@permission(Action.SEND_MAIL)
def message_stop(slug: str, number: int) -> ViewResponse:
    """Keep it from going out."""
    return _press(number, actions.stop, _("Stopped; it will not go out."))


@blueprint.post("/<slug>/chair/messages/<int:number>/release")
@permission(Action.SEND_MAIL)
def message_release(slug: str, number: int) -> ViewResponse:
    """Let a held one go now."""
    return _press(number, actions.release, _("It goes out now."))


@blueprint.post("/<slug>/chair/messages/<int:number>/arrived")
@permission(Action.SEND_MAIL)
def message_arrived(slug: str, number: int) -> ViewResponse:
    """Settle an uncertain one: the recipient has it."""
    return _press(number, actions.confirm_arrival, _("Noted as sent."))


def _press(number: int, change: _Act, done: str) -> ViewResponse:
    found = _message(number)

    def act() -> str:
        change(context.db(), context.actor(), message=found, now=context.now())
        return url_for("chair.message", slug=context.conference().slug, number=number)

    return press(act, done=done)


def _message(number: int) -> Message:
    db, actor, conference = context.db(), context.actor(), context.conference()
    found = queries.message_of(db, actor, conference, number)
    if found is None:
        raise NotFoundError("not_found")
    return found


def _page(found: Message, form: AgainForm) -> str:
    db = context.db()
    about = db.get(Submission, found.submission_id) if found.submission_id else None
    return render_template(
        "chair/message.html",
        conference=context.conference(),
        message=found,
        body=without_secrets(found.body),
        form=form,
        about=about if about is not None and about.state != "draft" else None,
        can={name: can(name, found.state) for name in ("stop", "release", "retry", "confirm")},
        refusal=REFUSALS.get(found.refusal, found.refusal),
        kind_word=kind_word,
    )
