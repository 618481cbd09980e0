"""What the matching goes by: weights and rules, who is kept apart, reviews per submission."""

from collections.abc import Mapping, Sequence

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from cfp.domain.assignment import apart, matching
from cfp.domain.assignment.coverage import wanted_counts
from cfp.domain.assignment.loads import loads_of, senior_count
from cfp.domain.assignment.rules import CAP_LEAST, DEMAND_LIMIT, USUAL_WEIGHTS, WEIGHT_LIMIT
from cfp.domain.assignment.scoring import weights_of
from cfp.domain.conferences import queries as conferences
from cfp.domain.conferences.models import SubmissionType, Track
from cfp.errors import NotFoundError
from cfp.policy import Action, takes_bids
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.setup_forms import Whole, needed
from cfp.web.forms import BaseForm, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "matching.bad_weight": _l("Give a number from 0 to %(limit)s."),
        "matching.no_weight": _l("Something has to count: give one of them more than 0."),
        "matching.bad_cap": _l("Give a number from 1 to 100, or nothing."),
        "demand.bad": _l("Give a number from 1 to %(limit)s, or nothing."),
        "load_turned": _l("This is more than the limit above."),
        "apart.unknown": _l("Choose one of the reviewers."),
        "apart.same": _l("Choose two different people."),
        "apart.there": _l("These two are kept apart already."),
    }
)


class RulesForm(BaseForm):
    """Weights of a pair's score, and what every proposal keeps to."""

    weight_bid = Whole(_l("Bids"), 0, WEIGHT_LIMIT)
    weight_track = Whole(_l("Knowing the track"), 0, WEIGHT_LIMIT)
    weight_text = Whole(_l("What they have written"), 0, WEIGHT_LIMIT)
    needs_senior = BooleanField(_l("At least one senior reviewer for each submission"))
    one_per_affiliation = BooleanField(_l("At most one reviewer of each employer per submission"))
    chance_cap = Whole(
        _l("Draw by lot: chance of any pair at most, in percent"), CAP_LEAST, 100, optional=True
    )


class ApartForm(BaseForm):
    """Two who never review the same submission."""

    one = SelectField(_l("Who"), [needed(_l("Choose somebody."))], validate_choice=False)
    other = SelectField(_l("And who"), [needed(_l("Choose somebody."))], validate_choice=False)


class DemandForm(BaseForm):
    """How many reviews a group of submissions needs."""

    track = SelectField(_l("Track"), validate_choice=False)
    type = SelectField(_l("Format"), validate_choice=False)
    wanted = Whole(_l("Reviews each"), 1, DEMAND_LIMIT, optional=True)


class WantedForm(BaseForm):
    """How many reviews one submission needs."""

    wanted = Whole(_l("Reviews wanted"), 1, DEMAND_LIMIT, optional=True)


@blueprint.route("/<slug>/chair/assignment/rules", methods=["GET", "POST"])
@permission(Action.SET_UP)
def assignment_rules(slug: str) -> ViewResponse | str:
    """Weights and rules, and who is kept apart."""
    _check_assigned()
    db, conference = context.db(), context.conference()
    form = _rules_form()

    def page() -> str:
        return render_template(
            "chair/assignment_rules.html",
            form=form,
            apart=apart.apart_of(db, conference),
            seniors=senior_count(db, conference) if conference.needs_senior else None,
            conference=conference,
        )

    def act() -> str:
        form.expect(conference.revision)
        matching.change_matching(
            db,
            context.actor(),
            conference,
            weights=_weights(form, weights_of(conference.match_weights)),
            needs_senior=form.needs_senior.data,
            one_per_affiliation=form.one_per_affiliation.data,
            chance_cap=form.chance_cap.data,
            now=context.now(),
        )
        return url_for("chair.assignment_rules", slug=slug)

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))


def _rules_form() -> RulesForm:
    """With the weights of what is used here; one alone would weigh against nothing."""
    db, conference = context.db(), context.conference()
    weights = weights_of(conference.match_weights)
    names = ("needs_senior", "one_per_affiliation", "chance_cap")
    form = RulesForm(
        data={
            **{f"weight_{name}": weight for name, weight in weights.items()},
            **{name: getattr(conference, name) for name in names},
        }
    )
    used = {"text", *(["bid"] if takes_bids(conference) else [])}
    if len(conferences.tracks_of(db, conference)) > 1:
        used.add("track")
    for name in USUAL_WEIGHTS:
        if name not in used or len(used) == 1:
            del form[f"weight_{name}"]
    if request.method == "GET":
        form.revision.data = str(conference.revision)
    return form


def _weights(form: RulesForm, stored: Mapping[str, int]) -> dict[str, int]:
    """Those that were asked for; the others stay, for when they count again."""
    asked = {name: form[f"weight_{name}"].data for name in stored if f"weight_{name}" in form}
    return {**stored, **asked}


@blueprint.route("/<slug>/chair/assignment/apart", methods=["GET", "POST"])
@permission(Action.SET_UP)
def assignment_apart(slug: str) -> ViewResponse | str:
    """Two more who never review the same submission."""
    _check_assigned()
    db, conference = context.db(), context.conference()
    form = ApartForm()
    loads = loads_of(db, context.actor(), conference)
    choices = [SelectChoice("", ""), *(SelectChoice(one.code, one.name) for one in loads)]
    form.one.choices, form.other.choices = choices, choices

    def page() -> str:
        return render_template("chair/assignment_apart.html", form=form, conference=conference)

    def act() -> str:
        apart.keep_apart(
            db,
            context.actor(),
            conference,
            one=form.one.data or "",
            other=form.other.data or "",
            now=context.now(),
        )
        return url_for("chair.assignment_rules", slug=slug)

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))


@blueprint.post("/<slug>/chair/assignment/apart/<int:number>/take-back")
@permission(Action.SET_UP)
def assignment_together(slug: str, number: int) -> ViewResponse:
    """They may review the same submission again."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        apart.let_together(db, actor, conference, apart_id=number, now=context.now())
        return url_for("chair.assignment_rules", slug=slug)

    return press(act, done=_("They are not kept apart any more."))


@blueprint.route("/<slug>/chair/assignment/demand", methods=["GET", "POST"])
@permission(Action.CHAIR_ONLY)
def assignment_demand(slug: str) -> ViewResponse | str:
    """How many reviews the submissions of a track or a format need."""
    _check_assigned()
    db, conference = context.db(), context.conference()
    tracks, types = conferences.tracks_of(db, conference), conferences.types_of(db, conference)
    form = DemandForm()
    form.track.choices = _choices(tracks, _("all tracks"))
    form.type.choices = _choices(types, _("all formats"))
    if len(tracks) < 2:
        del form.track

    def page() -> str:
        return render_template(
            "chair/assignment_demand.html",
            form=form,
            conference=conference,
            counts=wanted_counts(db, context.actor(), conference),
        )

    def act() -> str:
        changed = matching.set_wanted_of_many(
            db,
            context.actor(),
            conference,
            track_id=_chosen(form.track.data, tracks) if "track" in form else None,
            type_id=_chosen(form.type.data, types),
            wanted=form.wanted.data,
            now=context.now(),
        )
        flash(
            ngettext("%(num)s submission changed.", "%(num)s submissions changed.", changed)
        )
        return url_for("chair.assignment_demand", slug=slug)

    return page() if request.method == "GET" else perform(form, act, page)


@blueprint.route(
    "/<slug>/chair/assignment/submissions/<code>/wanted", methods=["GET", "POST"]
)
@permission(Action.ASSIGN_ONE)
def assignment_wanted(slug: str, code: str) -> ViewResponse | str:
    """How many reviews one submission needs."""
    _check_assigned()
    submission, conference = context.submission(), context.conference()
    form = WantedForm(data={"wanted": submission.reviews_wanted})

    def page() -> str:
        return render_template(
            "chair/assignment_wanted.html", form=form, submission=submission, conference=conference
        )

    def act() -> str:
        matching.set_wanted(
            context.db(),
            context.actor(),
            context.standing(),
            wanted=form.wanted.data,
            now=context.now(),
        )
        return url_for("chair.assignment_one", slug=slug, code=code)

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))


def _check_assigned() -> None:
    """Where everyone reviews everything there is nothing to match, and no page about it."""
    if context.conference().reviewing != "assigned":
        raise NotFoundError("not_found")


def _choices(rows: Sequence[Track | SubmissionType], every: str) -> list[SelectChoice]:
    return [SelectChoice("", every), *(SelectChoice(str(row.id), row.name) for row in rows)]


def _chosen(value: str | None, rows: Sequence[Track | SubmissionType]) -> int | None:
    """The id of the row that was chosen; one that is not on offer is a page that does not exist."""
    if not value:
        return None
    found = next((row.id for row in rows if str(row.id) == value), None)
    if found is None:
        raise NotFoundError("not_found")
    return found
