"""How mails that are not essential reach somebody, and the link in each that stops its kind."""

from collections.abc import Sequence
from typing import cast

from flask import render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect
from wtforms import Field, SelectField
from wtforms.fields.choices import SelectChoice

from cfp.domain.accounts import choices, tokens
from cfp.domain.accounts.choices import How, Kind, Offer
from cfp.domain.accounts.tokens import Purpose
from cfp.domain.conferences.models import Conference
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.forms import BaseForm, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words({"choice.unknown": _l("Mails don't come that way.")})
KINDS: dict[Kind, LazyString] = {
    Kind.COMMENTS: _l("New comments in discussions you follow"),
    Kind.REMINDERS: _l("Reminders of reviews that wait for you"),
    Kind.NEWS: _l("Submissions handed in, withdrawn, confirmed or declined"),
}
HOWS: dict[How, LazyString] = {
    How.ONCE: _l("At once"),
    How.DAILY: _l("Once a day, in one mail"),
    How.NEVER: _l("Not by mail"),
}
ONE_CLICK = "List-Unsubscribe"
"""The field that a mail program's own button sends (RFC 8058)."""


@blueprint.get("/account/mail")
@permission(Action.HAVE_ACCOUNT)
def mail() -> str:
    offers = choices.offers(context.db(), context.actor())
    return _page(_form(offers), offers)


@blueprint.post("/account/mail")
@permission(Action.HAVE_ACCOUNT)
def save_mail() -> ViewResponse:
    offers = choices.offers(context.db(), context.actor())
    form = _form(offers)

    def act() -> str:
        wanted = {(one.conference.id, str(one.kind)): form[_name(one)].data for one in offers}
        choices.choose(context.db(), context.actor(), wanted=wanted, now=context.now())
        return url_for("account.mail")

    return perform(form, act, lambda: _page(form, offers), done=_("Saved."))


@blueprint.get("/account/unsubscribe/<token>")
@permission(Action.LOG_IN)
def unsubscribe(token: str) -> tuple[str, int]:
    """What the link of a mail stops; looking (as some mail servers do) stops nothing."""
    return _unsubscribe_page(token)


@blueprint.post("/account/unsubscribe/<token>")
@permission(Action.LOG_IN)
def confirm_unsubscribe(token: str) -> ViewResponse:
    """Stop it, for whoever has the mail: no log-in, and no CSRF token, which no mail program has.

    Twice is as good as once. A mail program's button is not redirected, as RFC 8058 demands.
    """
    found = tokens.find(context.db(), token, Purpose.UNSUBSCRIBE)
    if tokens.is_open(found, context.now()) and found is not None:
        choices.unsubscribe(context.db(), found, now=context.now())
        context.db().commit()
    if found is None or ONE_CLICK in request.form:
        return _unsubscribe_page(token)
    return redirect(url_for("account.unsubscribe", token=token), 303)


def _unsubscribe_page(token: str) -> tuple[str, int]:
    found = tokens.find(context.db(), token, Purpose.UNSUBSCRIBE)
    number = found.conference_id if found else None
    known = found is not None and (found.used or tokens.is_open(found, context.now()))
    page = render_template(
        "account/unsubscribe.html",
        token=found if known else None,
        kind=KINDS[Kind(found.payload["kind"])] if found and number else None,
        conference=context.db().get_one(Conference, number) if number else None,
    )
    return page, 200 if known else 404


def _form(offers: Sequence[Offer]) -> BaseForm:
    """A select for each thing there is to choose."""
    hows = [SelectChoice(str(how), str(word)) for how, word in HOWS.items()]
    fields = {
        _name(one): SelectField(KINDS[one.kind], choices=hows, default=str(one.how))
        for one in offers
    }
    return cast(BaseForm, type("ChoicesForm", (BaseForm,), fields)())


def _name(one: Offer) -> str:
    return f"{one.kind}_{one.conference.id}"


def _page(form: BaseForm, offers: Sequence[Offer]) -> str:
    by_conference: dict[Conference, list[Field]] = {}
    for one in offers:
        by_conference.setdefault(one.conference, []).append(form[_name(one)])
    return render_template("account/mail.html", form=form, by_conference=by_conference)
