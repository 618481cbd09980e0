"""Settings: the phases of reviewing, all on one page."""

from datetime import datetime, time

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from cfp.domain.conferences import actions
from cfp.errors import DomainError
from cfp.phases import NAME_LIMIT, PHASES_LIMIT, Phase, in_force, phases_of
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.setup_forms import Day, Wall, split_moment, zone_choices
from cfp.web.forms import BaseForm, Line, ViewResponse
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "phase.nameless": _l("Give each phase a name."),
        "phase.twice": _l("Two phases are called “%(name)s”."),
        "phase.too_many": _l("At most %(limit)s phases."),
        "phase.bad_choice": _l("Choose one of the answers for “%(name)s”."),
        "phase.no_start": _l("“%(name)s” ends and never begins; give it a first day."),
        "phase.turned": _l("“%(name)s” ends before it begins."),
        "phase.overlap": _l("“%(name)s” and “%(other)s” are at the same time."),
        "phase.unseen": _l(
            "In “%(name)s” reviewers would write about what they don't see; let them see all."
        ),
        "phase.gone": _l("One of these phases is there no more. Please load the page again."),
        "phase.asked_in": _l(
            "The question “%(name)s” of the review form is asked in a phase you removed. "
            "Change the question first."
        ),
        "phase.no_such_time": _l("“%(name)s”: that time does not exist on that day."),
    }
)


class PhaseRow(Form):
    """One phase; with empty days it is only planned."""

    row_id = HiddenField()
    name = Line(_l("Name"), limit=NAME_LIMIT)
    starts_date = Day(_l("Begins, day"), [Optional()])
    starts_time = TimeField(_l("Begins, time"), [Optional()])
    ends_date = Day(_l("Ends, day"), [Optional()])
    ends_time = TimeField(_l("Ends, time"), [Optional()])
    reads = SelectField(
        _l("Reviewers see"),
        choices=[
            SelectChoice("assigned", _l("what they are assigned")),
            SelectChoice("all", _l("every submission")),
        ],
    )
    writes = SelectField(
        _l("Reviews are written by"),
        choices=[
            SelectChoice("assigned", _l("those assigned")),
            SelectChoice("all", _l("every reviewer who sees it")),
            SelectChoice("nobody", _l("nobody")),
        ],
    )
    others = SelectField(
        _l("Others' reviews are shown"),
        choices=[
            SelectChoice("after_own", _l("after one's own is submitted")),
            SelectChoice("never", _l("never")),
            SelectChoice("always", _l("always")),
        ],
    )
    names_shown = BooleanField(_l("Reviewers see who else reviews, after their own"))
    discusses = BooleanField(_l("Reviewers can comment on what they read"))


class PhasesForm(BaseForm):
    """The zone of the days, and the phases."""

    zone = SelectField(_l("Time zone of the days"), [Optional()])
    rows = FieldList(FormField(PhaseRow), _l("Phases"), max_entries=PHASES_LIMIT)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.zone.choices = zone_choices(
            ("", _l("the conference's own")), ("Etc/GMT+12", _l("AoE, the last place on earth"))
        )


@blueprint.route("/<slug>/chair/settings/phases", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_phases(slug: str) -> ViewResponse | str:
    """Which phases there are, when, and what reviewers see and do in each."""
    conference, known = context.conference(), phases_of(context.conference())
    stored_zone = conference.phases_zone or conference.zone

    def act(form: PhasesForm) -> None:
        zone = form.zone.data or conference.zone
        actions.change_phases(
            context.db(),
            context.actor(),
            conference,
            phases=[_phase(row.form, zone) for row in form.rows],
            zone=form.zone.data or "",
            now=context.now(),
        )

    rows = [
        {
            **{name: getattr(one, name) for name in _SAME},
            **split_moment("starts", one.starts, stored_zone),
            **split_moment("ends", one.ends, stored_zone),
            "row_id": one.key,
        }
        for one in known
    ]
    return edit(
        PhasesForm,
        {"zone": conference.phases_zone, "rows": rows},
        act,
        template="chair/settings_phases.html",
        location=url_for("chair.settings_phases", slug=slug),
        done=_("Saved. Phases begin and end by themselves."),
        conference=conference,
        rules=in_force(conference, context.now()),
        phases=known,
    )


_SAME = ("name", "reads", "writes", "others", "names_shown", "discusses")


def _phase(row: Form, zone: str) -> Phase:
    return Phase(
        key=row["row_id"].data or "",
        starts=_moment(row, "starts", zone),
        ends=_moment(row, "ends", zone),
        **{name: row[name].data for name in _SAME},
    )


def _moment(row: Form, name: str, zone: str) -> datetime | None:
    """The moment in the row, with what is wrong about it said for all rows."""
    try:
        wall = Wall(row, name)
        if name == "starts" and wall.at is None:
            wall.at = time(0)
        return wall.moment(zone)
    except DomainError as error:
        raise DomainError("phase.no_such_time", field="rows", name=row["name"].data) from error
