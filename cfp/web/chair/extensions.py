"""More time for one reviewer."""

from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import TimeField
from wtforms.validators import Optional

from cfp.domain.accounts.models import Person
from cfp.domain.reviews import extensions
from cfp.domain.reviews.rules import due_of
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.setup_forms import Day, Wall, needed, split_moment
from cfp.web.forms import BaseForm, Line, ViewResponse, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "extension.past": _l("Give a moment that is still ahead."),
        "extension.too_long": _l("At most %(limit)s characters."),
    }
)

USUAL_DAYS = 7
"""How much later than the due day the form begins with."""


class ExtensionForm(BaseForm):
    """Until when, and why."""

    until_date = Day(_l("Has time until, day"), [needed(_l("Give the day."))])
    until_time = TimeField(_l("Time"), [Optional()])
    reason = Line(_l("Reason"), limit=extensions.REASON_LIMIT)


@blueprint.route("/<slug>/chair/reviews/extensions/<person>", methods=["GET", "POST"])
@permission(Action.CHAIR_ONLY)
def extension(slug: str, person: str) -> ViewResponse | str:
    """Give a reviewer more time; they are told by mail and on their pages."""
    db, conference, now = context.db(), context.conference(), context.now()
    reviewer = _reviewer(person)
    found = extensions.extension_of(db, conference, reviewer.id)
    due = due_of(conference) or now

    def act(form: ExtensionForm) -> None:
        extensions.grant(
            db,
            context.actor(),
            conference,
            person_id=reviewer.id,
            until=Wall(form, "until").needed_moment(conference.zone),
            reason=form.reason.data or "",
            links=context.links(),
            now=now,
        )

    until = found.until if found else max(due, now) + timedelta(days=USUAL_DAYS)
    return edit(
        ExtensionForm,
        {**split_moment("until", until, conference.zone), "reason": found.reason if found else ""},
        act,
        template="chair/extension.html",
        location=url_for("chair.reviewers", slug=slug),
        done=_("%(name)s has more time, and a mail that says so.",
               name=reviewer.name),
        conference=conference,
        reviewer=reviewer,
        extension=found,
    )  # fmt: skip


@blueprint.post("/<slug>/chair/reviews/extensions/<person>/end")
@permission(Action.CHAIR_ONLY)
def extension_end(slug: str, person: str) -> ViewResponse:
    """Take the time back."""
    reviewer = _reviewer(person)

    def act() -> str:
        extensions.withdraw(
            context.db(),
            context.actor(),
            context.conference(),
            person_id=reviewer.id,
            links=context.links(),
            now=context.now(),
        )
        return url_for("chair.reviewers", slug=slug)

    return press(act, done=_("The days of everybody hold for %(name)s again.", name=reviewer.name))


def _reviewer(code: str) -> Person:
    """The reviewer of this conference with this code."""
    here = extensions.reviews_in(context.conference())
    found = context.db().scalars(select(Person).where(Person.code == code, here)).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found
