"""Logging in: an address, then the code or the link from the mail; or a password; and out."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import logout_user
from werkzeug.wrappers import Response

from cfp.domain.accounts import actions, passwords, profiles, queries, rules, tokens
from cfp.domain.accounts.models import Account, Token
from cfp.domain.accounts.throttle import throttle_key
from cfp.domain.accounts.tokens import Purpose
from cfp.domain.assignment.conflicts import find_conflicts_of
from cfp.errors import DomainError
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import addresses, blueprint
from cfp.web.account.continuations import (
    browser_id,
    count_mail,
    go_on,
    local_address,
    prove_address,
)
from cfp.web.account.entering import enter
from cfp.web.account.forms import CodeForm, EmailForm, NameForm, PasswordLogInForm
from cfp.web.account.throttling import count, end_reading, network_key
from cfp.web.forms import BaseForm, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "address_bad": _l("This is not an e-mail address."),
        "address_taken": _l("This address belongs to somebody already."),
        "code_wrong": _l("This is not the code. Look for the newest mail, or use its link."),
        "code_gone": _l("This code is no longer good. Use the link in the mail, or ask again."),
        "link_used": _l("This link has been used already, or it is too old."),
        "log_in_wrong": _l("This address and password do not fit together."),
        "account_disabled": _l("This account is switched off. Please ask the organizers."),
    }
)


@blueprint.get("/account/log-in")
@permission(Action.LOG_IN)
def log_in() -> ViewResponse | str:
    goal = local_address(request.args.get("next"))
    if context.actor().person_id is not None:
        return redirect(goal or url_for("account.mine"), 302)
    return _log_in_page(EmailForm(data={"next": goal}))


@blueprint.post("/account/log-in")
@permission(Action.LOG_IN)
def send_log_in() -> ViewResponse:
    form = EmailForm()
    return prove_address(
        form,
        lambda: _log_in_page(form),
        email=lambda: form.email.data,
        payload=lambda: _payload(form.next.data),
    )


@blueprint.get("/account/code")
@permission(Action.LOG_IN)
def code() -> ViewResponse | str:
    asked = tokens.of_browser(context.db(), browser_id())
    if not any(tokens.is_open(token, context.now()) for token in asked):
        return redirect(url_for("account.log_in"), 302)
    return _code_page(CodeForm(), asked[0])


@blueprint.post("/account/code")
@permission(Action.LOG_IN)
def enter_code() -> ViewResponse:
    form, browser = CodeForm(), browser_id()
    asked = tokens.of_browser(context.db(), browser)
    if not asked:
        return redirect(url_for("account.log_in"), 303)
    if not form.validate_on_submit():
        return _code_page(form, asked[0]), 422
    address = rules.address_key(asked[0].email)
    count(
        {
            throttle_key("code", address): rules.CODE_OF_ADDRESS,
            network_key(): rules.FROM_NETWORK,
        },
        code_of=browser,
    )

    def proof() -> Token:
        return tokens.with_code(asked, browser, form.code.data, now=context.now())

    if asked[0].purpose == Purpose.ADD_ADDRESS:
        return addresses.finish(form, lambda: _code_page(form, asked[0]), proof)
    return _enter_with(form, lambda: _code_page(form, asked[0]), proof)


@blueprint.post("/account/code/again")
@permission(Action.LOG_IN)
def send_again() -> ViewResponse:
    asked = tokens.of_browser(context.db(), browser_id())
    if not asked:
        return redirect(url_for("account.log_in"), 303)
    count_mail(asked[0].email)

    def act() -> str:
        actions.send_again(context.db(), asked[0], now=context.now())
        return url_for("account.code")

    return press(act, done=_("The mail is on its way again."))


@blueprint.get("/account/link/<token>")
@permission(Action.LOG_IN)
def link(token: str) -> ViewResponse | str:
    found = tokens.find(context.db(), token, Purpose.LOG_IN, Purpose.ADD_ADDRESS)
    if found is None or not tokens.is_open(found, context.now()):
        return _gone_page(), 404
    if found.purpose == Purpose.ADD_ADDRESS:
        return addresses.link_page(found)
    return render_template("account/link.html", form=BaseForm(), token=found)


@blueprint.post("/account/link/<token>")
@permission(Action.LOG_IN)
def follow_link(token: str) -> ViewResponse:
    found = tokens.find(context.db(), token, Purpose.LOG_IN, Purpose.ADD_ADDRESS)
    if found is None:
        return _gone_page(), 404
    form = BaseForm()

    def page() -> str:
        return render_template("account/link.html", form=form, token=found)

    try:
        if found.purpose == Purpose.ADD_ADDRESS:
            return addresses.finish(form, page, lambda: found)
        return _enter_with(form, page, lambda: found)
    except DomainError as error:
        if error.key != "link_used":
            raise
        return _gone_page(), 404


@blueprint.get("/account/log-in/password")
@permission(Action.LOG_IN)
def password_log_in() -> ViewResponse | str:
    goal = local_address(request.args.get("next"))
    if context.actor().person_id is not None:
        return redirect(goal or url_for("account.mine"), 302)
    return _password_page(PasswordLogInForm(data={"next": goal}))


@blueprint.post("/account/log-in/password")
@permission(Action.LOG_IN)
def check_password() -> ViewResponse:
    form = PasswordLogInForm()
    if not form.validate_on_submit():
        return _password_page(form), 422
    key = throttle_key("password", rules.address_key(form.email.data))
    count({key: rules.PASSWORD_OF_ADDRESS, network_key(): rules.FROM_NETWORK})
    found = queries.account_with_address(context.db(), form.email.data)
    kept = found.password_hash if found else None
    end_reading()
    if not passwords.matches(kept, form.password.data) or found is None:
        form.take(DomainError("log_in_wrong", field="email"))
        return _password_page(form), 422

    def proved() -> Account:
        return actions.log_in_with_password(context.db(), found.id, kept, throttled=key)

    goal = _payload(form.next.data)
    return enter(form, lambda: _password_page(form), proved, lambda actor: go_on(actor, goal))


@blueprint.post("/account/log-out")
@permission(Action.LOG_IN)
def log_out() -> Response:
    actor = context.actor()
    if actor.session_id is not None:
        actions.end_login_session(context.db(), actor, session_id=actor.session_id)
        context.db().commit()
    session.clear()
    logout_user()
    flash(_("You are logged out."))
    return redirect(url_for("public.index"), 303)


@blueprint.get("/account/welcome")
@permission(Action.HAVE_ACCOUNT)
def welcome() -> str:
    goal = local_address(request.args.get("next"))
    return render_template("account/welcome.html", form=NameForm(data={"next": goal}))


@blueprint.post("/account/welcome")
@permission(Action.HAVE_ACCOUNT)
def say_name() -> ViewResponse:
    form = NameForm()

    def act() -> str:
        name, affiliation = form.name.data, form.affiliation.data
        person = profiles.say_name(
            context.db(), context.actor(), name=name, affiliation=affiliation
        )
        find_conflicts_of(context.db(), person.id, now=context.now())
        return local_address(form.next.data) or url_for("account.mine")

    return perform(form, act, lambda: render_template("account/welcome.html", form=form))


def _enter_with(
    form: BaseForm, page: Callable[[], str], proof: Callable[[], Token]
) -> ViewResponse:
    """Log in by a token that is found when the form is carried out, and go on as it says."""
    given: list[Token] = []

    def prove() -> Account:
        given.append(proof())
        return actions.log_in(context.db(), given[0], now=context.now())

    return enter(form, page, prove, lambda actor: go_on(actor, given[0].payload))


def _payload(goal: str | None) -> dict[str, str]:
    address = local_address(goal)
    return {"return_to": address} if address else {}


def _log_in_page(form: EmailForm) -> str:
    return render_template("account/log-in.html", form=form)


def _password_page(form: PasswordLogInForm) -> str:
    return render_template("account/log-in-password.html", form=form)


def _code_page(form: CodeForm, token: Token) -> str:
    return render_template("account/code.html", form=form, token=token)


def _gone_page() -> str:
    return render_template("account/gone.html", form=EmailForm())
