"""Administrators' list of accounts. Being one shows no talk; granting oneself a role is audited."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.accounts import administration as domain
from cfp.domain.accounts.administration import PAGE_SIZE, AccountRow
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.records import record
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission
from cfp.web.lists import arguments_of
from cfp.web.numbers import LAST_PAGE, read_number
from cfp.web.wording import add_words

add_words({"own_account": _l("This is your own account. Another administrator has to do this.")})


@record
class AccountList:
    """What the list macros want of a page of accounts."""

    rows: list[AccountRow]
    total: int
    page: int
    arguments: Mapping[str, str]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    def url(self, **changes: object) -> str:
        """This list's address with some arguments changed; None drops one."""
        kept: dict[str, Any] = {**self.arguments, **changes}
        return url_for("account.accounts", **{k: v for k, v in kept.items() if v not in (None, "")})


@blueprint.get("/admin/")
@permission(Action.ADMINISTER)
def accounts() -> str:
    search, asked = request.args.get("q", "")[:200].strip(), request.args.get("page", "1")
    page = read_number(asked, LAST_PAGE) or 1
    rows, total = domain.accounts(context.db(), search=search.replace("\0", ""), page=page)
    listing = AccountList(list(rows), total, page, arguments_of(request.args))
    return render_template("account/accounts.html", list=listing)


@blueprint.post("/admin/accounts/<int:account_id>/<verb>")
@permission(Action.ADMINISTER)
def change_account(account_id: int, verb: str) -> ViewResponse:
    if verb not in _VERBS:
        raise NotFoundError("not_found")

    def act() -> str:
        _VERBS[verb](account_id)
        return url_for("account.accounts")

    return press(act, done=_("Done."))


def _disable(account_id: int, *, disabled: bool) -> None:
    db, actor, now = context.db(), context.actor(), context.now()
    domain.set_disabled(db, actor, account_id=account_id, disabled=disabled, now=now)


def _promote(account_id: int, *, administrator: bool) -> None:
    db, actor, now = context.db(), context.actor(), context.now()
    domain.set_administrator(
        db, actor, account_id=account_id, administrator=administrator, now=now
    )


_VERBS: Mapping[str, Callable[[int], None]] = MappingProxyType(
    {
        "disable": lambda account_id: _disable(account_id, disabled=True),
        "enable": lambda account_id: _disable(account_id, disabled=False),
        "make-administrator": lambda account_id: _promote(account_id, administrator=True),
        "no-administrator": lambda account_id: _promote(account_id, administrator=False),
    }
)
