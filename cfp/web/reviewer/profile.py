"""What a reviewer tells the chairs about themselves for one conference."""

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from cfp.domain.assignment import documents, past_reviews, reviewers
from cfp.domain.conferences.models import Track
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.answers import offer_form
from cfp.web.reviewer.forms import ProfileForm, profile_form


@blueprint.get("/<slug>/reviews/profile")
@permission(Action.BE_REVIEWER)
def profile(slug: str) -> str:
    return _page(_form())


@blueprint.post("/<slug>/reviews/profile")
@permission(Action.BE_REVIEWER)
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
            track_ids=form.tracks_at(2),
            some_track_ids=form.tracks_at(1),
            load_wished=form.load_wished.data,
            past_reviews=form.past_reviews.data if form.past_reviews else None,
        )
        return url_for("reviewer.profile", slug=slug)

    return perform(form, act, lambda: _page(form), done=_("Saved."))


def _form() -> ProfileForm:
    """With a level for each track, where there is more than one."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    stored = reviewers.profile_of(db, actor, conference)
    tracks = db.scalars(
        select(Track)
        .where(Track.conference_id == conference.id, Track.archived.is_(False))
        .order_by(Track.position, Track.id)
    ).all()
    assigned = conference.reviewing == "assigned"
    reviewed = past_reviews.count_of(db, actor, conference) if assigned else 0
    return profile_form(stored, tracks if len(tracks) > 1 else [], reviewed=reviewed)


def _page(form: ProfileForm) -> str:
    db, conference = context.db(), context.conference()
    return render_template(
        "reviewer/profile.html",
        form=form,
        conference=conference,
        documents=documents.count_of(db, context.actor(), conference),
        standby_form=offer_form(),
    )
