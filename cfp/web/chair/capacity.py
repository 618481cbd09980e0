"""The minutes there are to fill, and how much of them is used."""

from collections.abc import Mapping
from datetime import date

from flask import render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from cfp.domain.conferences.models import Conference
from cfp.domain.decisions import actions, rules
from cfp.domain.decisions.board import Surroundings, surroundings
from cfp.domain.decisions.days import day_key, days_of
from cfp.domain.decisions.figures import Figures, Minutes
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.decision_forms import capacity_form
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission


def bars(
    conference: Conference, known: Figures, around: Surroundings
) -> list[tuple[str, str, rules.Bar]]:
    """(kind, label, minutes) in all, per format and per track, where there is something to say."""
    rows = [("all", _("In all"), rules.capacity_key("all"))]
    several = {"type": around.types, "track": around.tracks}
    for kind, choices in several.items():
        if len(choices) > 1:
            rows += [(kind, one.name, rules.capacity_key(kind, one.id)) for one in choices]
    found = []
    for kind, label, key in rows:
        minutes, capacity = known.minutes.get(key), conference.capacities.get(key)
        if kind == "all" or minutes is not None or capacity is not None:
            used, pending = (minutes.used, minutes.pending) if minutes else (0, 0)
            found.append((kind, label, rules.Bar(used, pending, capacity)))
    return found


def bars_of_days(
    conference: Conference, minutes: Mapping[str, Minutes]
) -> list[tuple[str, str, rules.Bar]]:
    """The same for each day whose minutes are set."""
    found = []
    for day in days_of(conference):
        key = day_key(day)
        if key in conference.capacities:
            one = minutes.get(key, Minutes())
            bar = rules.Bar(one.used, one.pending, conference.capacities[key])
            found.append(("day", _day_word(day), bar))
    return found


def _day_word(day: date) -> str:
    return str(format_date(day, "EEE d MMM"))


@blueprint.route("/<slug>/chair/decisions/capacity", methods=["GET", "POST"])
@permission(Action.SET_UP)
def capacity(slug: str) -> ViewResponse | str:
    """The minutes there are to fill: in all, per format, per track and per day."""
    conference = context.conference()
    around = surroundings(context.db(), context.actor(), conference, since=context.now())
    fields = [("all", _("In all"))]
    for kind, choices in (("type", around.types), ("track", around.tracks)):
        if len(choices) > 1:
            fields += [(rules.capacity_key(kind, one.id), one.name) for one in choices]
    fields += [(day_key(day), _day_word(day)) for day in days_of(conference)]
    form = capacity_form(fields, conference.capacities)

    def page() -> str:
        return render_template("chair/capacity.html", form=form, conference=conference)

    def act() -> str:
        minutes = {key: form[key].data for key, _label in fields}
        actions.set_capacities(
            context.db(), context.actor(), conference, minutes=minutes, now=context.now()
        )
        return url_for("chair.decisions", slug=slug)

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))
