"""The plan for late reviews: reminders that get firmer, stand-by, hand-over, what comes when."""

from collections.abc import Sequence
from datetime import time

from flask import url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, FieldList, Form, FormField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from cfp.domain.assignment.lateness import Wanted, change_plan, plan_of, reminders_of
from cfp.domain.assignment.models import LatePlan, LateReminder
from cfp.domain.assignment.rules import DAYS_LIMIT, REMINDERS, SEND_AT
from cfp.domain.assignment.standby import reserves_of
from cfp.domain.reviews import escalation, figures
from cfp.errors import DomainError
from cfp.policy import Action, blocked_anywhere
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.setup_forms import ROW_LIMIT, Whole
from cfp.web.forms import BaseForm, ViewResponse
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "late.bad_time": _l("Give a time of the day."),
        "late.bad_days": _l("Give at most %(limit)s days."),
        "late.bad_kind": _l("Choose one of the mails."),
        "late.too_many": _l("At most %(limit)s reminders."),
        "late.twice": _l("Two reminders are on the same day."),
        "late.no_standby": _l("Keep reviewers on stand-by first: who else should step in?"),
    }
)

KINDS: dict[str, LazyString] = dict(
    zip(
        REMINDERS,
        (_l("friendly: reviews wait"), _l("firm: please go on"), _l("last: or somebody else")),
        strict=True,
    )
)
SIDES = {"before": -1, "after": 1}


class ReminderRow(Form):
    """A reminder, so many days before or after the day the reviews are due."""

    days = Whole(_l("Days"), 0, DAYS_LIMIT, default=1)
    side = SelectField(
        _l("Before or after"),
        choices=[SelectChoice("before", _l("before they are due")),
                 SelectChoice("after", _l("after they were due"))],
    )  # fmt: skip
    kind = SelectField(
        _l("The mail"), choices=[SelectChoice(kind, word) for kind, word in KINDS.items()]
    )


class RemindersForm(BaseForm):
    """What every conference can have: reminders."""

    rows = FieldList(FormField(ReminderRow), _l("Reminders"), max_entries=ROW_LIMIT)
    send_at = TimeField(_l("Time of the day"), [Optional()])

    def reminders(self) -> dict[int, str]:
        """Days from the due day -> kind of mail. Raises DomainError `late.twice`."""
        found: dict[int, str] = {}
        for row in self.rows:
            days = row.form.days.data * SIDES[row.form.side.data]
            if days in found:
                raise DomainError("late.twice", field="rows")
            found[days] = row.form.kind.data
        return found


class LateForm(RemindersForm):
    """What only reviews have that somebody was asked for."""

    silent_days = Whole(
        _l("Days after a reminder until no answer counts as silence"), 1, DAYS_LIMIT, optional=True
    )
    proposes = BooleanField(_l("Propose a repair by itself when somebody new is needed"))
    standby = BooleanField(_l("Keep reviewers on stand-by"))
    hand_over_days = Whole(
        _l("Hand over what is not begun, days after the reviews were due"),
        1, DAYS_LIMIT, optional=True,
    )  # fmt: skip


@blueprint.route("/<slug>/chair/reviews/plan", methods=["GET", "POST"])
@permission(Action.SEND_MAIL)
def late_reviews(slug: str) -> ViewResponse | str:
    """What happens when, and the plan it follows from."""
    db, actor, conference, now = (
        context.db(), context.actor(), context.conference(), context.now(),
    )  # fmt: skip
    plan, planned = plan_of(db, conference), reminders_of(db, conference)
    assigned = conference.reviewing == "assigned"
    progress = figures.progress_of_all(db, actor, conference)

    def act(form: RemindersForm) -> None:
        change_plan(db, actor, conference, wanted=_wanted(form, plan), now=now)

    return edit(
        LateForm if assigned else RemindersForm,
        _stored(plan, planned),
        act,
        template="chair/late_reviews.html",
        location=url_for("chair.late_reviews", slug=slug),
        done=_("Saved. This is what will happen."),
        conference=conference,
        assigned=assigned,
        events=escalation.events(db, actor, conference, planned, progress, now=now),
        previews=escalation.previews(
            db, conference, planned, progress, links=context.links()
        ),
        free=sum(one.left for one in reserves_of(db, actor, conference)) if assigned else 0,
        kinds=KINDS,
        barred=bool(db.scalar(select(blocked_anywhere(actor, conference)))),
    )


def _wanted(form: RemindersForm, plan: LatePlan) -> Wanted:
    at = form.send_at.data or time(*divmod(SEND_AT, 60))
    own = form if isinstance(form, LateForm) else None
    return Wanted(
        reminders=form.reminders(),
        send_at=at.hour * 60 + at.minute,
        standby=own.standby.data if own else plan.standby,
        silent_days=own.silent_days.data if own else plan.silent_days,
        proposes=own.proposes.data if own else plan.proposes,
        hand_over_days=own.hand_over_days.data if own else plan.hand_over_days,
    )


def _stored(plan: LatePlan, planned: Sequence[LateReminder]) -> dict[str, object]:
    """The plan by the names of the form's fields."""
    return {
        "rows": [
            {
                "days": abs(one.days),
                "side": "before" if one.days < 0 else "after",
                "kind": one.kind,
            }
            for one in planned
        ],
        "send_at": time(*divmod(plan.send_at, 60)),
        "standby": plan.standby,
        "silent_days": plan.silent_days,
        "proposes": plan.proposes,
        "hand_over_days": plan.hand_over_days,
    }
