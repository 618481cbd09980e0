"""Reviewers on stand-by, where the conference keeps some."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from cfp.domain.assignment import standby as reserve
from cfp.domain.assignment.lateness import plan_of
from cfp.domain.assignment.rules import LOAD_LIMIT
from cfp.errors import NotFoundError
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.setup_forms import Whole
from cfp.web.forms import BaseForm, ViewResponse, perform, press
from cfp.web.gate import permission


class StandbyForm(BaseForm):
    """Somebody more on stand-by."""

    person = SelectField(_l("Reviewer"))
    reviews = Whole(_l("Reviews, at most"), 1, LOAD_LIMIT, default=3)


@blueprint.get("/<slug>/chair/assignment/standby")
@permission(Action.ASSIGN)
def standby(slug: str) -> str:
    """Who could step in, and for how much."""
    return _page(_form())


@blueprint.post("/<slug>/chair/assignment/standby")
@permission(Action.CHAIR_ONLY)
def standby_keep(slug: str) -> ViewResponse:
    """Put a reviewer on stand-by."""
    form = _form()

    def act() -> str:
        reserve.keep_in_reserve(
            context.db(),
            context.actor(),
            context.conference(),
            code=form.person.data or "",
            reviews=form.reviews.data,
            now=context.now(),
        )
        return url_for("chair.standby", slug=slug)

    return perform(form, act, lambda: _page(form), done=_("On stand-by."))


@blueprint.post("/<slug>/chair/assignment/standby/release")
@permission(Action.CHAIR_ONLY)
def standby_release(slug: str) -> ViewResponse:
    """Make somebody a reviewer like all others again."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        code = request.form.get("person", "").replace("\0", "")
        reserve.release(db, actor, conference, code=code, now=context.now())
        return url_for("chair.standby", slug=slug)

    return press(act, done=_("Not on stand-by any more."))


def _form() -> StandbyForm:
    form = StandbyForm()
    others = reserve.others_of(context.db(), context.conference())
    form.person.choices = [SelectChoice(code, name) for code, name in others]
    return form


def _page(form: StandbyForm) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    if conference.reviewing != "assigned" or not plan_of(db, conference).standby:
        raise NotFoundError("not_found")
    return render_template(
        "chair/standby.html",
        form=form,
        conference=conference,
        reserves=reserve.reserves_of(db, actor, conference),
        may_change=allowed(actor, Action.CHAIR_ONLY, conference, context.now()),
    )
