"""One's password: optional, checked and hashed outside of any transaction."""

from collections.abc import Callable
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.actors import Actor
from cfp.domain.accounts import actions, passwords, profiles, queries, rules
from cfp.domain.accounts.throttle import throttle_key
from cfp.errors import DomainError, NotNowError, ThrottledError
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.account.continuations import CONTINUATIONS, send_proof
from cfp.web.account.forms import NewPasswordForm, RemovePasswordForm
from cfp.web.account.throttling import count, end_reading, network_key
from cfp.web.forms import BaseForm, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "password_short": _l("Use at least %(least)s characters: a few words are easy to keep."),
        "password_long": _l("Use at most %(most)s characters."),
        "password_common": _l("Too many people would think of this one. Take a few other words."),
        "password_about_you": _l("This is hardly more than your name or address. Add words."),
        "password_wrong": _l("This is not your password."),
        "password_changed": _l("Your password has been changed in another browser meanwhile."),
    }
)


@blueprint.get("/account/password")
@permission(Action.HAVE_ACCOUNT)
def password() -> str:
    return _page(_new_password_form(_kept()))


@blueprint.post("/account/password")
@permission(Action.HAVE_ACCOUNT)
def set_password() -> ViewResponse:
    kept = _kept()
    form = _new_password_form(kept)

    def check() -> None:
        passwords.check_rules(form.password.data, about=_about_me())
        if kept:
            _check_current(kept, form.current.data, form.password.data)

    def change() -> str:
        return passwords.hash_password(form.password.data)

    return _change(form, kept, check, change, done=_("Saved. Other browsers are logged out."))


@blueprint.post("/account/password/remove")
@permission(Action.HAVE_ACCOUNT)
def remove_password() -> ViewResponse:
    kept, form = _kept(), RemovePasswordForm(prefix="remove")
    done = _("Removed. You log in by e-mail from now on.")
    return _change(form, kept, lambda: _check_current(kept, form.current.data), None, done=done)


@blueprint.post("/account/password/forgotten")
@permission(Action.HAVE_ACCOUNT)
def forgot_password() -> ViewResponse:
    payload = {"next": "forget_password", "about": _("Remove your password")}
    return send_proof(_first_address(), payload)


def forget_password(actor: Actor, payload: dict[str, Any]) -> str:
    """Whoever reads the mail may take a new password without knowing the one until now."""
    actions.set_password(context.db(), actor, password_hash=None, now=context.now())
    return url_for("account.password")


CONTINUATIONS["forget_password"] = forget_password


def _change(
    form: BaseForm,
    kept: str | None,
    check: Callable[[], None],
    make_hash: Callable[[], str] | None,
    *,
    done: str,
) -> ViewResponse:
    """Check and hash first, then store, in a transaction that has not waited for either."""
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        check()
    except ThrottledError:
        raise
    except DomainError as error:
        form.take(error)
        return _page(form), 422
    end_reading()
    password_hash = make_hash() if make_hash else None

    def act() -> str:
        if _kept() != kept:
            raise NotNowError("password_changed")
        actions.set_password(
            context.db(), context.actor(), password_hash=password_hash, now=context.now()
        )
        return url_for("account.password")

    return perform(form, act, lambda: _page(form), done=done)


def _check_current(kept: str | None, typed: str, new: str | None = None) -> None:
    """Raise DomainError unless `typed` is the password; or `new` is, when the form came twice."""
    key = throttle_key("password", f"account:{context.actor().account_id}")
    count({key: rules.PASSWORD_OF_ADDRESS, network_key(): rules.FROM_NETWORK})
    if not passwords.matches(kept, typed) and not (new and passwords.matches(kept, new)):
        raise DomainError("password_wrong", field="current")


def _kept() -> str | None:
    return profiles.own_account(context.db(), context.actor()).password_hash


def _about_me() -> list[str]:
    actor = context.actor()
    own = queries.addresses_of(context.db(), actor.person_id or 0)
    return [actor.name, *(email.address for email in own)]


def _first_address() -> str:
    own = queries.addresses_of(context.db(), context.actor().person_id or 0)
    return own[0].address if own else ""


def _new_password_form(kept: str | None) -> NewPasswordForm:
    """Asks for the password until now where there is one."""
    form = NewPasswordForm()
    if not kept:
        del form.current
    return form


def _page(form: BaseForm) -> str:
    kept = _kept()
    removing = isinstance(form, RemovePasswordForm)
    return render_template(
        "account/password.html",
        address=_first_address(),
        has_password=bool(kept),
        form=_new_password_form(kept) if removing else form,
        remove=form if removing else RemovePasswordForm(prefix="remove"),
    )
