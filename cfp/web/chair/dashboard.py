"""The chairs' first page: what waits for them, how well it is covered, how the call goes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from babel.dates import format_date
from flask import render_template
from flask_babel import get_locale

from cfp.domain.assignment.coverage import lacking
from cfp.domain.assignment.openings import openings_of
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.rules import call_state
from cfp.domain.decisions import overview
from cfp.domain.program.releases import withdrawn_in_program
from cfp.domain.reviews import figures, reminders
from cfp.domain.reviews.rules import is_late
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.gate import permission

POINTS = 40
"""At most so many points of the line over time; with more days, each stands for several."""


@blueprint.get("/<slug>/chair/")
@permission(Action.READ_COMMITTEE)
def dashboard(slug: str) -> str:
    """Each figure leads to the list that shows it."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    now = context.now()
    acts = {act.name.lower() for act in Action if allowed(actor, act, conference, now)}
    scores = "read_scores" in acts
    due = scores and is_late(conference, now)
    progress = figures.progress_of_all(db, actor, conference) if due else []
    days = overview.days_of(db, actor, conference)
    assigns = "assign" in acts and conference.reviewing == "assigned"
    points, mark = timeline(days, conference, now)
    return render_template(
        "chair/dashboard.html",
        conference=conference,
        acts=acts,
        lacking=lacking(db, actor, conference) if assigns else 0,
        vacant=openings_of(db, actor, conference, now=now).reviews if assigns else 0,
        known=overview.overview(db, actor, conference),
        late=reminders.waiting_for(progress, conference, now),
        nudged=max((one.nudged for one in progress if one.nudged), default=None),
        orphans=overview.without_chair(db, actor, conference),
        off=withdrawn_in_program(db, conference) if "publish" in acts else [],
        coverage=figures.coverage(db, actor, conference) if scores else {},
        wanted=conference.reviews_per_submission,
        points=points,
        mark=mark,
        call=call_state(conference, now),
    )


def timeline(
    days: Sequence[tuple[date, int]], conference: Conference, now: datetime
) -> tuple[list[tuple[str, int]], str | None]:
    """The submissions so far at the end of each day, and the label of the deadline's, if past."""
    if not days:
        return [], None
    first = min(days[0][0], (conference.opens or now).date())
    last = max(days[-1][0], min(now, conference.deadline + timedelta(days=1)).date())
    step = max(1, -(-((last - first).days + 1) // POINTS))
    ends = [last - timedelta(days=n) for n in range(0, (last - first).days + step, step)]
    deadline = conference.deadline.date()
    points, mark = [], None
    locale = get_locale()
    for end in reversed(ends):
        label = format_date(end, "d MMM", locale)
        points.append((label, sum(count for day, count in days if day <= end)))
        if mark is None and end >= deadline:
            mark = label
    return points, mark
