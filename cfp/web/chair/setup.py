"""A new conference: seven answers on one page, or last year's taken over."""

from datetime import datetime
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from cfp.domain.conferences import actions, queries, rules
from cfp.domain.conferences.models import Conference
from cfp.errors import DomainError, NotFoundError
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import rearrange
from cfp.web.chair.setup_forms import CloneForm, EditionForm, NewConferenceForm, Wall
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission

OPEN = _l("The call is open. Share its link; reviewers are invited under People.")


@blueprint.route("/new", methods=["GET", "POST"])
@permission(Action.CREATE_CONFERENCE)
def new_conference() -> ViewResponse | str:
    """Seven answers make a complete conference whose call is open."""
    types = [
        {"name": name, "minutes": minutes, "discussion_minutes": discussion}
        for name, minutes, discussion in rules.DEFAULT_TYPES
    ]
    form = NewConferenceForm(data={"types": types, **_defaults()})

    def page() -> str:
        sources = queries.chaired_by(context.db(), context.actor())
        return render_template("chair/new.html", form=form, sources=sources)

    if request.method == "GET" or rearrange(form.types):
        return page()
    return perform(form, lambda: _create(form), page, done=str(OPEN))


@blueprint.route("/new/from/<source>", methods=["GET", "POST"])
@permission(Action.CREATE_CONFERENCE)
def clone_conference(source: str) -> ViewResponse | str:
    """The settings of a conference one chairs, with new dates."""
    last = _source(source)
    members = queries.committee_of(context.db(), last)
    others = [member for member in members if member.person_id != context.actor().person_id]
    form = CloneForm(
        data={**_defaults(), **_taken_over(last)},
        members=[(member.code, member.name) for member in others if member.address],
    )

    def page() -> str:
        return render_template("chair/clone.html", form=form, source=last)

    if request.method == "GET":
        return page()
    return perform(form, lambda: _clone(form, last, others), page, done=str(OPEN))


def _defaults() -> dict[str, Any]:
    """Fields nobody should have to fill; the administrator's own zone is the likeliest."""
    actor = context.actor()
    address = queries.address_of(context.db(), actor.person_id or 0)
    return {"zone": actor.zone or "UTC", "contact": address or ""}


def _taken_over(last: Conference) -> dict[str, Any]:
    return {
        "place": last.place,
        "zone": last.zone,
        "deadline_zone": last.deadline_zone if last.deadline_zone != last.zone else "",
        "contact": last.contact,
    }


def _source(slug: str) -> Conference:
    last = queries.by_slug(context.db(), slug)
    if last is None or not allowed(context.actor(), Action.SET_UP, last, context.now()):
        raise NotFoundError("not_found")
    return last


def _new(form: EditionForm, *, blind: bool) -> actions.NewConference:
    slug = form.slug.data or rules.proposed_slug(form.name.data)
    return actions.NewConference(
        name=form.name.data,
        slug=slug,
        start_date=form.start_date.data,
        end_date=form.end_date.data,
        place=form.place.data,
        zone=form.zone.data,
        deadline=_future_deadline(form),
        deadline_zone=form.deadline_zone.data or form.zone.data,
        contact=form.contact.data,
        blind=blind,
    )


def _future_deadline(form: EditionForm) -> datetime:
    zone = form.deadline_zone.data or form.zone.data
    deadline = Wall(form, "deadline").needed_moment(zone)
    if deadline <= context.now():
        raise DomainError("conference.deadline_passed", field="deadline_date")
    return deadline


def _create(form: NewConferenceForm) -> str:
    new = _new(form, blind=form.names.data == "hidden")
    rows = [row.form for row in form.types]
    conference = actions.create(
        context.db(),
        context.actor(),
        **vars(new)
        | {
            "types": [
                (row.name.data, row.minutes.data, row.discussion_minutes.data) for row in rows
            ]
        },
        now=context.now(),
    )
    return url_for("chair.call", slug=conference.slug)


def _clone(form: CloneForm, last: Conference, members: list[queries.Member]) -> str:
    db, actor, now = context.db(), context.actor(), context.now()
    chosen = [member for member in members if member.code in (form.committee.data or [])]
    conference = actions.clone(
        db, actor, last, new=_new(form, blind=last.blind), invited=len(chosen), now=now
    )
    invited = actions.invite_again(
        db, actor, last, conference, members=chosen, links=context.links(), now=now
    )
    if invited:
        flash(ngettext("%(num)s person is invited.", "%(num)s people are invited.", invited))
    return url_for("chair.call", slug=conference.slug)
