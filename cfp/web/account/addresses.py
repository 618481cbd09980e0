"""One's e-mail addresses; an address that is somebody else's leads to the page that merges."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.accounts import addresses as domain
from cfp.domain.accounts import queries, tokens
from cfp.domain.accounts.models import Person, Token
from cfp.domain.accounts.rules import MERGE_VALID
from cfp.domain.accounts.tokens import Purpose
from cfp.domain.assignment.conflicts import find_conflicts_of
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.account.continuations import browser_id, count_mail
from cfp.web.account.forms import EmailForm
from cfp.web.forms import BaseForm, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "address_yours": _l("This address is yours already."),
        "address_primary": _l("Choose another address for your mail first."),
    }
)


@blueprint.get("/account/addresses")
@permission(Action.HAVE_ACCOUNT)
def addresses() -> str:
    return _page(EmailForm())


@blueprint.post("/account/addresses")
@permission(Action.HAVE_ACCOUNT)
def add_address() -> ViewResponse:
    form = EmailForm()
    if not form.validate_on_submit():
        return _page(form), 422
    count_mail(form.email.data)

    def act() -> str:
        domain.start_adding(
            context.db(),
            context.actor(),
            email=form.email.data,
            browser=browser_id(),
            links=context.links(),
            now=context.now(),
        )
        return url_for("account.code")

    return perform(form, act, lambda: _page(form))


@blueprint.post("/account/addresses/<int:email_id>/remove")
@permission(Action.HAVE_ACCOUNT)
def remove_address(email_id: int) -> ViewResponse:
    def act() -> str:
        domain.remove(context.db(), context.actor(), email_id=email_id, now=context.now())
        find_conflicts_of(context.db(), context.actor().person_id or 0, now=context.now())
        return url_for("account.addresses")

    return press(act, done=_("Removed."))


@blueprint.post("/account/addresses/<int:email_id>/primary")
@permission(Action.HAVE_ACCOUNT)
def make_primary(email_id: int) -> ViewResponse:
    def act() -> str:
        domain.make_primary(context.db(), context.actor(), email_id=email_id, now=context.now())
        return url_for("account.addresses")

    return press(act, done=_("Your mail goes there from now on."))


def link_page(token: Token) -> ViewResponse | str:
    """What the link of an added address shows: its button, or where to open it instead."""
    mine = context.actor().person_id is not None and context.actor().person_id == token.person_id
    if context.actor().person_id is None:
        return redirect(url_for("account.log_in", next=request.path), 302)
    return render_template("account/add-address.html", form=BaseForm(), token=token, mine=mine)


def finish(form: BaseForm, page: Callable[[], str], proof: Callable[[], Token]) -> ViewResponse:
    """Add the proved address, or lead to the page that explains whose it is."""

    def act() -> str:
        token = proof()
        other = domain.finish_adding(context.db(), context.actor(), token, now=context.now())
        find_conflicts_of(context.db(), context.actor().person_id or 0, now=context.now())
        return url_for("account.addresses") if other is None else _to_merge(token, other)

    return perform(form, act, page, done=_("The address is proved."))


def _to_merge(token: Token, other: Person) -> str:
    issued = tokens.issue(
        context.db(),
        Purpose.MERGE,
        email=token.email,
        now=context.now(),
        valid=MERGE_VALID,
        payload={"other": other.id},
        person_id=token.person_id,
    )
    return url_for("account.merge", token=issued.secret)


def _page(form: EmailForm) -> str:
    own = queries.addresses_of(context.db(), context.actor().person_id or 0)
    return render_template("account/addresses.html", form=form, addresses=own)
