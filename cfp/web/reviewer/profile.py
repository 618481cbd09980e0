"""What a reviewer tells the chairs about themselves for one conference."""

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms.fields.choices import SelectChoice

from cfp.domain.assignment import reviewers
from cfp.domain.conferences.models import Track
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.answers import offer_form
from cfp.web.reviewer.forms import ProfileForm


@blueprint.get("/<slug>/reviews/profile")
@permission(Action.REVIEW_QUEUE)
def profile(slug: str) -> str:
    return _page(_form())


@blueprint.post("/<slug>/reviews/profile")
@permission(Action.REVIEW_QUEUE)
def save_profile(slug: str) -> ViewResponse:
    form = _form()

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        stored = reviewers.profile_of(db, actor, conference)
        form.expect(stored.revision if stored else 0)
        reviewers.save_profile(
            db,
            actor,
            conference,
            expertise=form.expertise.data or "",
            track_ids=form.track_ids.data or [],
            load_wished=form.load_wished.data,
        )
        return url_for("reviewer.profile", slug=slug)

    return perform(form, act, lambda: _page(form), done=_("Saved."))


def _form() -> ProfileForm:
    db, conference = context.db(), context.conference()
    stored = reviewers.profile_of(db, context.actor(), conference)
    form = ProfileForm(obj=stored)
    tracks = db.scalars(
        select(Track)
        .where(Track.conference_id == conference.id, Track.archived.is_(False))
        .order_by(Track.position, Track.id)
    )
    form.track_ids.choices = [SelectChoice(track.id, track.name) for track in tracks]
    if not form.is_submitted():
        form.revision.data = str(stored.revision if stored else 0)
    return form


def _page(form: ProfileForm) -> str:
    return render_template(
        "reviewer/profile.html",
        form=form,
        conference=context.conference(),
        standby_form=offer_form(),
    )
