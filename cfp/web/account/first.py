"""The page behind the link that `cfp serve` prints on an empty instance."""

from flask import render_template, url_for
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, ValidationError
from wtforms.validators import InputRequired, Length

from cfp.actors import Actor
from cfp.domain.accounts import first, passwords
from cfp.domain.accounts.models import Account, Token
from cfp.domain.accounts.rules import FROM_NETWORK
from cfp.errors import DomainError, ThrottledError
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.account.entering import enter
from cfp.web.account.forms import NAME_LIMIT, Address, EmailForm
from cfp.web.account.throttling import count, end_reading, network_key
from cfp.web.forms import BaseForm, Line, ViewResponse, refuse_controls
from cfp.web.gate import permission


class FirstForm(BaseForm):
    """Who runs this site. Without a mail server a password is the only way to come back."""

    name = Line(_l("Name"), [InputRequired(_l("Type your name."))], limit=NAME_LIMIT)
    email = Address(_l("E-mail address"), [InputRequired(_l("Type your e-mail address."))])
    password = PasswordField(_l("Password"), [refuse_controls, Length(max=1000)])

    def validate_password(self, field: PasswordField) -> None:
        if not field.data and not context.config().mail_server:
            raise ValidationError(str(_l("No mail server is set, so you need a password.")))


@blueprint.get("/account/first/<token>")
@permission(Action.LOG_IN)
def first_account(token: str) -> ViewResponse | str:
    if _offer(token) is None:
        return _gone(), 404
    return _page(FirstForm())


@blueprint.post("/account/first/<token>")
@permission(Action.LOG_IN)
def make_first_account(token: str) -> ViewResponse:
    """Make the administrator, log this browser in, and go on to the first conference."""
    found, form = _offer(token), FirstForm()
    if found is None:
        return _gone(), 404
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        password_hash = _hash(form)
    except ThrottledError:
        raise
    except DomainError as error:
        form.take(error)
        return _page(form), 422

    def prove() -> Account:
        return first.take(
            context.db(),
            found,
            name=form.name.data,
            email=form.email.data,
            password_hash=password_hash,
            now=context.now(),
        )

    def then(_actor: Actor) -> str:
        return url_for("chair.new_conference")

    return enter(form, lambda: _page(form), prove, then)


def _hash(form: FirstForm) -> str | None:
    """Checked and hashed outside of the transaction that stores it."""
    if not form.password.data:
        return None
    passwords.check_rules(form.password.data, about=[form.name.data, form.email.data])
    count({network_key(): FROM_NETWORK})
    end_reading()
    return passwords.hash_password(form.password.data)


def _offer(secret: str) -> Token | None:
    return first.find_offer(context.db(), secret, now=context.now())


def _page(form: FirstForm) -> str:
    mail = bool(context.config().mail_server)
    return render_template("account/first.html", form=form, mail=mail)


def _gone() -> str:
    return render_template("account/gone.html", form=EmailForm())
