"""One's own data: a copy of all of it, and the end of the account."""

from flask import Response, flash, json, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import logout_user
from werkzeug.wrappers import Response as BaseResponse

from cfp.domain.persons import erasure, exporting
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.account.forms import DeleteForm
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "only_chair": _l(
            "You are the only chair of %(conferences)s. Make somebody else a chair first."
        ),
        "only_administrator": _l(
            "You are the only administrator. Make somebody else one first, or the conferences "
            "here would have nobody to look after them."
        ),
    }
)


@blueprint.get("/account/data")
@permission(Action.HAVE_ACCOUNT)
def data() -> str:
    return _page(DeleteForm())


@blueprint.get("/account/data.json")
@permission(Action.HAVE_ACCOUNT)
def export() -> Response:
    content = exporting.own_data(context.db(), context.actor(), now=context.now())
    response = Response(json.dumps(content, indent=2, ensure_ascii=False, sort_keys=False))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = "attachment; filename=my-data.json"
    return response


@blueprint.post("/account/delete")
@permission(Action.HAVE_ACCOUNT)
def delete() -> ViewResponse:
    form, actor = DeleteForm(), context.actor()

    def act() -> str:
        erasure.erase(context.db(), actor, person_id=actor.person_id or 0, now=context.now())
        return url_for("public.index")

    response = perform(form, act, lambda: _page(form))
    if isinstance(response, BaseResponse):
        session.clear()
        logout_user()
        flash(_("Your account is deleted."))
    return response


def _page(form: DeleteForm) -> str:
    person_id = context.actor().person_id or 0
    alone = erasure.only_chair_of(context.db(), person_id)
    return render_template("account/data.html", form=form, alone=alone)
