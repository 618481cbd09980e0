"""Whom a reviewer works with, as a list that is compared with the speakers."""

from flask import render_template, url_for
from flask_babel import gettext as _

from cfp.domain.assignment import listing
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.policy import Action
from cfp.web import context
from cfp.web.conflicts import CollaboratorsForm
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint


@blueprint.get("/<slug>/reviews/collaborators")
@permission(Action.BE_REVIEWER)
def collaborators(slug: str) -> str:
    """The list here, or to begin with the one from the reviewer's last conference."""
    db, actor = context.db(), context.actor()
    here = listing.list_of_reviewer(db, actor, context.conference())
    last = listing.last_list_of(db, actor) if here is None else None
    return _page(CollaboratorsForm(obj=here or last), taken_over=last is not None)


@blueprint.post("/<slug>/reviews/collaborators")
@permission(Action.BE_REVIEWER)
def save_collaborators(slug: str) -> ViewResponse:
    """Keep it, and look at once whom it concerns."""
    form = CollaboratorsForm()

    def act() -> str:
        db, actor = context.db(), context.actor()
        conference, now = context.conference(), context.now()
        listing.save_for_reviewer(
            db,
            actor,
            conference,
            people=form.people.data or "",
            organizations=form.organizations.data or "",
            now=now,
        )
        find_conflicts(db, conference, person_id=actor.person_id, now=now)
        return url_for("reviewer.collaborators", slug=slug)

    return perform(form, act, lambda: _page(form), done=_("Saved."))


def _page(form: CollaboratorsForm, *, taken_over: bool = False) -> str:
    return render_template(
        "reviewer/collaborators.html",
        form=form,
        taken_over=taken_over,
        conference=context.conference(),
    )
