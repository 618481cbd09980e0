"""Settings, a small page each; the first page says what each is set to."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from cfp.domain.conferences import actions, queries, rules
from cfp.phases import phases_of
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import F, edit
from cfp.web.chair.setup_forms import (
    BasicsForm,
    CallForm,
    PageForm,
    ReviewingForm,
    Wall,
    split_moment,
)
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission

SWITCHES = (
    "reviewing",
    "reviewing_open",
    "reviews_per_submission",
    "others_reviews",
    "reviewer_names_shown",
    "delegation",
    "asks_confidence",
    "asks_speaker_text",
    "sends_speaker_text",
    "uses_bids",
    "tells_leniency",
    "compares_pairs",
)
"""What the reviewing page changes under the same name as the conference has it."""


@blueprint.get("/<slug>/chair/settings/")
@permission(Action.SET_UP)
def settings(slug: str) -> str:
    """Every page of settings with what it is set to, and the steps that can be added."""
    db, conference = context.db(), context.conference()
    return render_template(
        "chair/settings.html",
        conference=conference,
        tracks=queries.tracks_of(db, conference),
        types=queries.types_of(db, conference),
        rooms=queries.rooms_of(db, conference),
        criteria=queries.criteria_of(db, conference),
        fields=queries.fields_of(db, conference),
        confirm_questions=queries.confirm_questions_of(db, conference),
        phases=phases_of(conference),
        own_mails=queries.own_mails(db, conference),
    )


@blueprint.route("/<slug>/chair/settings/basics", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_basics(slug: str) -> ViewResponse | str:
    """Name, days, place and zone."""
    conference = context.conference()
    names = ("name", "start_date", "end_date", "place", "zone")

    def act(form: BasicsForm) -> None:
        actions.change_basics(
            context.db(),
            context.actor(),
            conference,
            **{name: form[name].data for name in names},
            keep=form.keep.data,
            now=context.now(),
        )

    stored = {name: getattr(conference, name) for name in names}
    return _edit(BasicsForm, stored, act, "chair/settings_basics.html")


@blueprint.route("/<slug>/chair/settings/page", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_page(slug: str) -> ViewResponse | str:
    """What the conference's page says."""
    conference = context.conference()
    fields = {key: "contact_text" if key == "contact" else key for key in rules.SECTIONS}

    def act(form: PageForm) -> None:
        actions.change_page(
            context.db(),
            context.actor(),
            conference,
            sections={key: form[name].data for key, name in fields.items()},
            registration_url=form.registration_url.data,
            mailing_list=form.mailing_list.data,
            contact=form.contact.data,
            markdown=form.markdown.data,
            now=context.now(),
        )

    stored = {name: conference.sections.get(key, "") for key, name in fields.items()}
    for name in ("registration_url", "mailing_list", "contact", "markdown"):
        stored[name] = getattr(conference, name)
    return _edit(PageForm, stored, act, "chair/settings_page.html")


@blueprint.route("/<slug>/chair/settings/call", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_call(slug: str) -> ViewResponse | str:
    """Every time of the call."""
    conference = context.conference()
    zone = conference.deadline_zone

    def act(form: CallForm) -> None:
        chosen = form.deadline_zone.data or conference.zone
        deadline = Wall(form, "deadline").needed_moment(chosen)
        times = actions.CallTimes(
            opens=_with_seconds(Wall(form, "opens").moment(chosen), conference.opens),
            deadline=_with_seconds(deadline, conference.deadline) or deadline,
            deadline_zone=chosen,
            grace_minutes=form.grace_minutes.data,
            edits_until=_with_seconds(Wall(form, "edits").moment(chosen), conference.edits_until),
            changes_until=_with_seconds(
                Wall(form, "changes").moment(chosen), conference.changes_until
            ),
            decisions_by=form.decisions_by.data,
        )
        actions.change_call(
            context.db(), context.actor(), conference, times=times, now=context.now()
        )

    stored = {
        **split_moment("opens", conference.opens, zone),
        **split_moment("deadline", conference.deadline, zone),
        **split_moment("edits", conference.edits_until, zone),
        **split_moment("changes", conference.changes_until, zone),
        "deadline_zone": zone if zone != conference.zone else "",
        "grace_minutes": conference.grace_minutes,
        "decisions_by": conference.decisions_by,
    }
    return _edit(CallForm, stored, act, "chair/settings_call.html")


def _with_seconds(typed: datetime | None, stored: datetime | None) -> datetime | None:
    """Fields show minutes: a moment nobody changed keeps its seconds."""
    if typed is None or stored is None:
        return typed
    return stored if stored.replace(second=0, microsecond=0) == typed else typed


@blueprint.route("/<slug>/chair/settings/reviewing", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_reviewing(slug: str) -> ViewResponse | str:
    """Who reviews what, and who sees what."""
    conference = context.conference()

    def act(form: ReviewingForm) -> None:
        switches: dict[str, Any] = {name: form[name].data for name in SWITCHES}
        switches["blind"] = form.names.data == "hidden"
        switches["reviews_due"] = Wall(form, "due").moment(conference.zone)
        switches["reviews_close"] = Wall(form, "close").moment(conference.zone)
        actions.change_reviewing(
            context.db(),
            context.actor(),
            conference,
            switches=switches,
            conflict_policies={},
            now=context.now(),
        )

    stored = {
        **{name: getattr(conference, name) for name in SWITCHES},
        **split_moment("due", conference.reviews_due, conference.zone),
        **split_moment("close", conference.reviews_close, conference.zone),
        "names": "hidden" if conference.blind else "shown",
    }
    return _edit(ReviewingForm, stored, act, "chair/settings_reviewing.html")


@blueprint.post("/<slug>/chair/settings/archive")
@permission(Action.SET_UP)
def settings_archive(slug: str) -> ViewResponse:
    """Into the archive, or out of it again: one button that can be undone by itself."""
    conference = context.conference()
    act = actions.unarchive if conference.archived else actions.archive

    def pressed() -> str:
        act(context.db(), context.actor(), conference, now=context.now())
        return url_for("chair.settings", slug=slug)

    return press(pressed, done=_("Out of the archive.") if conference.archived else _("Archived."))


def _edit(
    form_type: type[F], stored: dict[str, Any], act: Callable[[F], None], template: str
) -> ViewResponse | str:
    slug = context.conference().slug
    return edit(
        form_type,
        stored,
        act,
        template=template,
        location=url_for("chair.settings", slug=slug),
        done=_("Saved."),
        conference=context.conference(),
    )
