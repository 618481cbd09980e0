"""Saved views: keep a list as it looks, rename, share and forget what is kept."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import render_template, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from cfp.domain.conferences import views
from cfp.domain.conferences.views import NAME_LIMIT
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.forms import BaseForm, Line, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "view.name_missing": _l("Give the view a name."),
        "view.taken": _l("You have a view “%(name)s” of this list already."),
        "view.long_query": _l("This view has more than %(limit)s characters; ask for less."),
        "view.many": _l("At most %(limit)s saved views; delete some first."),
    }
)

PAGES: Mapping[str, LazyString] = MappingProxyType(
    {
        "submissions": _l("Submissions"),
        "decisions": _l("Decisions"),
        "announced": _l("Announced decisions"),
        "reviews": _l("Reviews"),
        "people": _l("People"),
        "messages": _l("Messages"),
        "conflicts": _l("Conflicts"),
        "assignment_submissions": _l("Reviewers by submission"),
        "assignment_answers": _l("Answers"),
        "log": _l("Log"),
    }
)
"""The lists a view can be of, by the names of their pages."""


class ViewForm(BaseForm):
    """What a view is called, and for whom it is."""

    name = Line(_l("Name"), [InputRequired(_l("Give the view a name."))], limit=NAME_LIMIT)
    shared = BooleanField(_l("Share it with the chairs"))


class SaveForm(ViewForm):
    """The list and its address, as the page has them."""

    page = HiddenField()
    query = HiddenField()


@blueprint.get("/<slug>/chair/views/")
@permission(Action.READ_COMMITTEE)
def saved_views(slug: str) -> str:
    """One's own views, and for a chair the shared ones."""
    return _page(None, None)


@blueprint.post("/<slug>/chair/views/")
@permission(Action.READ_COMMITTEE)
def save_view(slug: str) -> ViewResponse:
    """Keep a list as it looks, and go back to it."""
    form = SaveForm()
    page, query = form.page.data or "", form.query.data or ""
    if page not in PAGES:
        raise NotFoundError("not_found")

    def act() -> str:
        saved = views.save_view(
            context.db(),
            context.actor(),
            context.conference(),
            page=page,
            name=form.name.data,
            query=query,
            shared=form.shared.data,
            now=context.now(),
        )
        return f"{url_for(f'chair.{page}', slug=slug)}?{saved.query}"

    return perform(form, act, lambda: _page(None, form), done=_("This view is saved."))


@blueprint.post("/<slug>/chair/views/<int:number>")
@permission(Action.READ_COMMITTEE)
def change_view(slug: str, number: int) -> ViewResponse:
    """Rename it, or share it."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    view = views.view_to_change(db, actor, conference, number)
    form = ViewForm()

    def act() -> str:
        views.change_view(db, actor, conference, view, name=form.name.data, shared=form.shared.data)
        return url_for("chair.saved_views", slug=slug)

    return perform(form, act, lambda: _page(view.id, form), done=_("Saved."))


@blueprint.post("/<slug>/chair/views/<int:number>/delete")
@permission(Action.READ_COMMITTEE)
def delete_view(slug: str, number: int) -> ViewResponse:
    """Forget it."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    view = views.view_to_change(db, actor, conference, number)

    def act() -> str:
        views.delete_view(db, actor, conference, view, now=context.now())
        return url_for("chair.saved_views", slug=slug)

    return press(act, done=_("Deleted."))


def _page(number: int | None, bad: ViewForm | None) -> str:
    """All that can be changed; `bad` is the form of one, or of a new one, that was not taken."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    rows = []
    for view in views.views_to_change(db, actor, conference):
        data = {"name": view.name, "shared": view.shared}
        own = ViewForm(formdata=None, data=data) if view.id != number else bad
        rows.append((view, own))
    return render_template(
        "chair/saved_views.html",
        conference=conference,
        rows=rows,
        pages=PAGES,
        new=bad if number is None else None,
        me=actor.person_id,
        may_share=views.is_chair(actor, conference),
    )
