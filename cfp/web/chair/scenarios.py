"""A scenario: what it comes to and why, its submissions, and how it differs from another."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import true

from cfp.domain.decisions import scenario_lists, scenarios
from cfp.domain.decisions.board import Surroundings, surroundings
from cfp.domain.decisions.models import Scenario
from cfp.domain.decisions.rules import Bar, capacity_key
from cfp.domain.decisions.scenario_lists import Sums
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.decision_forms import OUTCOME_WORDS
from cfp.web.chair.selecting_forms import NameForm
from cfp.web.chair.selecting_words import CHANGED_WORDS, Names, limit_words, missed_words
from cfp.web.files import Table, add_files, without_only_track
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing
from cfp.web.numbers import number_or, read_number

SORTABLE = ("title", "score", "chance", "place", "track")
NAMED_AT_MOST = 8
EMPLOYERS_AT_MOST = 5
QUEUES_AT_MOST = 12
SHOWS = {
    "": _l("All"),
    "in": _l("in"),
    "out": _l("not in"),
    "waiting": _l("on the waitlist"),
    "blocked": _l("kept off the waitlist"),
    "changed": _l("changed since"),
    "wished": _l("must or never"),
}


@blueprint.get("/<slug>/chair/decisions/select/<int:number>/")
@permission(Action.CHAIR_ONLY)
def scenario(slug: str, number: int) -> str:
    """What it comes to, what each limit costs, who is next, and what has changed since."""
    return _page(number, None)


@blueprint.post("/<slug>/chair/decisions/select/<int:number>/rename")
@permission(Action.CHAIR_ONLY)
def rename_scenario(slug: str, number: int) -> ViewResponse:
    form = NameForm()

    def act() -> str:
        scenarios.rename_scenario(
            context.db(),
            context.actor(),
            context.conference(),
            number,
            name=form.name.data or "",
            revision=form.revision.data or "",
            now=context.now(),
        )
        return url_for("chair.scenario", slug=slug, number=number)

    return perform(form, act, lambda: _page(number, form), done=_("Saved."))


@blueprint.post("/<slug>/chair/decisions/select/<int:number>/delete")
@permission(Action.CHAIR_ONLY)
def delete_scenario(slug: str, number: int) -> ViewResponse:
    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        scenarios.delete_scenario(db, actor, conference, number, now=context.now())
        return url_for("chair.select", slug=slug)

    return press(act, done=_("Deleted. Decisions it has set stay as they are."))


def _page(number: int, form: NameForm | None) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    found = scenarios.scenario_of(db, actor, conference, number)
    if form is None:
        form = NameForm(
            formdata=None, data={"name": found.name, "revision": str(found.revision)}
        )
    around = surroundings(db, actor, conference, since=context.now())
    (sums,) = scenario_lists.sums_of(db, conference, [found])
    names, limits = Names.of(around), found.limits["numbers"]
    queues = scenario_lists.queues_of(db, found)
    named = _mentioned(found.outcome) | {one.first_id for one in queues[:QUEUES_AT_MOST]}
    titles = scenario_lists.titles_of(db, actor, conference, named)
    made = scenarios.scenarios_of(db, actor, conference)
    return render_template(
        "chair/scenario.html",
        scenario=found,
        form=form,
        conference=conference,
        outcome=found.outcome,
        sums=sums,
        bars=_bars(limits, sums, around),
        titles=titles,
        queues=queues[:QUEUES_AT_MOST],
        names=names,
        employers=sums.employers[:EMPLOYERS_AT_MOST],
        named_at_most=NAMED_AT_MOST,
        changes=scenario_lists.changes(db, actor, conference, found),
        changed_words=CHANGED_WORDS,
        others=[row[0] for row in made if row[0] is not found],
        maker=next(row[1] for row in made if row[0] is found),
        in_words=lambda key: limit_words(key, limits[key], names),
        missed_words=missed_words,
        around=around,
    )


def _mentioned(outcome: Mapping[str, Any]) -> set[int]:
    """The submissions that a page names, so few that they can be asked for at once."""
    ids = {one["id"] for one in outcome["entering"] if one["id"] is not None}
    for cost in outcome["costs"]:
        for side in ("enters", "leaves"):
            ids.update(cost[side][:NAMED_AT_MOST])
    return ids


def _bars(
    limits: Mapping[str, int], sums: Sums, around: Surroundings
) -> list[tuple[str, Bar]]:
    """Minutes against what there was, in all, per format and per track."""
    keys = [(_("In all"), capacity_key("all"))]
    for kind, choices in (("type", around.types), ("track", around.tracks)):
        if len(choices) > 1:
            keys += [(one.name, capacity_key(kind, one.id)) for one in choices]
    return [
        (label, Bar(sums.minutes.get(key, 0), 0, limits.get(key)))
        for label, key in keys
        if key in limits or sums.minutes.get(key)
    ]


# Its submissions ------------------------------------------------------------------------------


@blueprint.get("/<slug>/chair/decisions/select/<int:number>/list")
@permission(Action.CHAIR_ONLY)
def scenario_list(slug: str, number: int) -> tuple[str, int]:
    """Who is in and who is not, how sure, and who waits for whom."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    found = scenarios.scenario_of(db, actor, conference, number)
    around = surroundings(db, actor, conference, since=context.now())
    names, limits = Names.of(around), found.limits["numbers"]
    listing = _listing(found).load(db)
    body = render_template(
        "chair/scenario_list.html",
        scenario=found,
        conference=conference,
        list=listing,
        around=around,
        shows=SHOWS,
        draws=found.outcome["draws"],
        changed_words=CHANGED_WORDS,
        outcome_words=OUTCOME_WORDS,
        in_words=lambda key: limit_words(key, limits[key], names) if key in limits else key,
    )
    return body, listing.status


def _listing(found: Scenario) -> Listing:
    actor = context.actor()
    view = scenario_lists.items_of(context.conference(), found)
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="-score")
    asked = listing.arguments
    listing.search(context.db())
    for name in ("track", "type"):
        value = read_number(asked.get(name))
        if value is not None:
            listing.where(view.column(actor, f"{name}_id") == value)
    _narrow(listing, asked.get("show", ""))
    return listing


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title")),
    Field("track", _l("Track")),
    Field("format", _l("Format"), column="type"),
    Field("minutes", _l("Minutes")),
    Field("score", _l("Score"), lambda row, _at: row.score if row.reviews else None),
    Field("reviews", _l("Reviews")),
    Field("in", _l("In"), column="accepted"),
    Field("announced", _l("Announced"), column="fixed"),
    Field("wish", _l("Must or never")),
    Field("chance", _l("Chance to be in")),
    Field("waitlist", _l("Waitlist"), column="place"),
    Field("state", _l("State")),
    Field("pending", _l("Pending decision")),
)
"""The columns of the files of a scenario's submissions."""


def _listing_of_file() -> Listing:
    number = (request.view_args or {})["number"]
    return _listing(
        scenarios.scenario_of(context.db(), context.actor(), context.conference(), number)
    )


add_files(
    blueprint,
    "scenario_list",
    "/<slug>/chair/decisions/select/<int:number>/list",
    Action.CHAIR_ONLY,
    Table(_listing_of_file, lambda: without_only_track(FIELDS)),
    saved="scenario",
)


def _narrow(listing: Listing, show: str) -> None:
    column = {
        name: listing.view.column(listing.actor, name)
        for name in ("accepted", "place", "changed", "wish")
    }
    if show in ("in", "out"):
        listing.where(column["accepted"].is_(show == "in"))
    elif show == "waiting":
        listing.where(column["place"].is_not(None))
    elif show == "blocked":
        listing.where(column["accepted"].is_(False))
        listing.where(column["place"].is_(None))
        listing.where(column["wish"] != "never")
    elif show == "changed":
        listing.where(column["changed"] != "")
    elif show == "wished":
        listing.where(column["wish"] != "")


# Two scenarios --------------------------------------------------------------------------------


@blueprint.get("/<slug>/chair/decisions/select/<int:number>/compare")
@permission(Action.CHAIR_ONLY)
def compare_scenarios(slug: str, number: int) -> ViewResponse | str:
    """Who is in one and not in the other, and what that makes of the sums."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    made = [row[0] for row in scenarios.scenarios_of(db, actor, conference)]
    by_id = {one.id: one for one in made}
    asked = request.args.get("other", "")
    other = by_id.get(number_or(asked, 0))
    if number not in by_id or (asked and other is None):
        raise NotFoundError("not_found")
    one = by_id[number]
    if other is None or other is one:
        return redirect(url_for("chair.scenario", slug=slug, number=number), 302)
    view = scenario_lists.differing(conference, one, other)
    listing = Listing.from_request(view, actor, sortable=("title", "score"), default="-score")
    listing.where(view.column(actor, "differs") == true())
    around = surroundings(db, actor, conference, since=context.now())
    both = scenario_lists.sums_of(db, conference, [one, other])
    return render_template(
        "chair/scenario_compare.html",
        one=one,
        other=other,
        conference=conference,
        list=listing.load(db),
        sums=both,
        lines=_lines(both, around),
        employers=_employers(both),
        limits=_limits(one, other, Names.of(around)),
        around=around,
    )


def _lines(both: Sequence[Sums], around: Surroundings) -> list[tuple[str, list[str]]]:
    """Label and the two figures: per format and track with how many and their minutes."""
    rows = []
    for kind, choices in (("type", around.types), ("track", around.tracks)):
        for choice in choices if len(choices) > 1 else ():
            key = capacity_key(kind, choice.id)
            if any(key in sums.numbers for sums in both):
                rows.append((choice.name, [_count_words(sums, key) for sums in both]))
    return rows


def _count_words(sums: Sums, key: str) -> str:
    number, minutes = sums.numbers.get(key, 0), sums.minutes.get(key, 0)
    return str(_("%(n)s, %(minutes)s min", n=number, minutes=minutes))


def _employers(both: Sequence[Sums]) -> list[tuple[str, list[int]]]:
    """Employers by the speakers they have in either, those that differ most first."""
    texts = {key: text for sums in both for key, text, _number in sums.employers}
    counts = [{key: number for key, _text, number in sums.employers} for sums in both]
    rows = [(text, [each.get(key, 0) for each in counts]) for key, text in texts.items()]
    differing = [row for row in rows if row[1][0] != row[1][1]]
    return sorted(differing, key=lambda row: (-abs(row[1][0] - row[1][1]), row[0]))[:20]


def _limits(one: Scenario, other: Scenario, names: Names) -> list[list[str]]:
    """The limits that only one of the two had, in words, and by how much it missed them."""
    return [
        [
            _limit_words(mine, key, number, names)
            for key, number in mine.limits["numbers"].items()
            if theirs.limits["numbers"].get(key) != number
        ]
        for mine, theirs in ((one, other), (other, one))
    ]


def _limit_words(scenario: Scenario, key: str, number: int, names: Names) -> str:
    missed = {each["key"]: each["by"] for each in scenario.outcome["relaxed"]}
    words = limit_words(key, number, names)
    return f"{words} ({missed_words(key, missed[key])})" if key in missed else words

