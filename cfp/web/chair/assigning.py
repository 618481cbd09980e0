"""Who reviews what, one submission at a time: the list, and asking by hand with the reasons."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from cfp.domain.assignment.actions import assign_by_hand, set_pinned, unassign
from cfp.domain.assignment.asked import Asked, asked_about, assignment_list
from cfp.domain.assignment.candidates import candidates_for, text_match
from cfp.domain.assignment.eligible import assignable
from cfp.domain.assignment.loads import loads_of
from cfp.domain.conferences import queries as conferences
from cfp.errors import DomainError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.files import Table, add_files, without_only_track
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing
from cfp.web.numbers import read_number

SORTABLE = ("title", "track", "asked", "done", "declined")
SHOWS = {
    "": _l("all"),
    "lacking": _l("with too few reviewers"),
    "declined": _l("somebody declined"),
    "lost": _l("somebody has a conflict since"),
}
_MOST_ASKED = 100
CANDIDATES_SHOWN, QUERY_LIMIT = 50, 200


@blueprint.get("/<slug>/chair/assignment/submissions/")
@permission(Action.ASSIGN)
def assignment_submissions(slug: str) -> tuple[str, int]:
    """Every submission under review with those asked to review it."""
    db, conference = context.db(), context.conference()
    listing = _listing().load(db)
    return listing.page_of(
        "chair/assignment_submissions.html",
        db,
        asked=asked_about(db, conference, [row.id for row in listing.rows]),
        tracks=conferences.tracks_of(db, conference),
        shows=SHOWS,
        conference=conference,
    )


def _listing() -> Listing:
    actor, conference = context.actor(), context.conference()
    view = assignment_list(actor, conference)
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="asked")
    listing.where(assignable(actor, conference), always=True)
    _narrow(listing)
    return listing


def _gathered(rows: Sequence[Any]) -> dict[int, list[Asked]]:
    return asked_about(context.db(), context.conference(), [row.id for row in rows])


def _who(row: Row[Any], at: dict[int, list[Asked]]) -> str:
    return "; ".join(f"{one.name} ({one.state})" for one in at.get(row.id, ()))


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title"), always=True),
    Field("track", _l("Track")),
    Field("reviewers", _l("Reviewers"), column="asked"),
    Field("wanted", _l("Wanted")),
    Field("reviewed", _l("Reviewed"), column="done"),
    Field("declined", _l("Declined")),
    Field("who", _l("Who"), _who, column="id"),
)
add_files(
    blueprint,
    "assignment_submissions",
    "/<slug>/chair/assignment/submissions",
    Action.ASSIGN,
    Table(_listing, lambda: without_only_track(FIELDS), _gathered),
    saved="assignment-submissions",
)


def _narrow(listing: Listing) -> None:
    """What `q`, `show`, `track` and `asked` of the address narrow the list by."""
    arguments, actor, view = listing.arguments, listing.actor, listing.view
    query = arguments.get("q", "").strip().replace("\0", "")[:200]
    if query:
        listing.where(view.column(actor, "title").icontains(query, autoescape=True))
    if arguments.get("track"):
        listing.where(view.column(actor, "track") == arguments["track"].replace("\0", ""))
    number = read_number(arguments.get("asked"), _MOST_ASKED)
    if number is not None:
        listing.where(view.column(actor, "asked") == number)
    show = arguments.get("show", "")
    if show == "lacking":
        listing.where(view.column(actor, "asked") < view.column(actor, "wanted"))
    elif show in {"declined", "lost"}:
        listing.where(view.column(actor, show) > 0)


@blueprint.get("/<slug>/chair/assignment/submissions/<code>/")
@permission(Action.ASSIGN_ONE)
def assignment_one(slug: str, code: str) -> str:
    """Who is asked, who else could be, and what speaks for and against each."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    submission = context.submission()
    asked = asked_about(db, conference, [submission.id]).get(submission.id, [])
    tracks = conferences.tracks_of(db, conference)
    near = text_match(db, submission)
    query = request.args.get("q", "").strip().replace("\0", "")[:QUERY_LIMIT]
    candidates = candidates_for(
        db,
        actor,
        conference,
        submission,
        asked=[one.person_id for one in asked if one.state != "declined"],
        uses_tracks=len(tracks) > 1,
        near=near,
    )
    fitting = [one for one in candidates if query.casefold() in one.load.name.casefold()]
    return render_template(
        "chair/assignment_one.html",
        submission=submission,
        conference=conference,
        asked=asked,
        candidates=fitting[:CANDIDATES_SHOWN],
        more=max(len(fitting) - CANDIDATES_SHOWN, 0),
        searchable=len(candidates) > CANDIDATES_SHOWN,
        query=query,
        near=near,
        track=next((track.name for track in tracks if track.id == submission.track_id), ""),
        uses_tracks=len(tracks) > 1,
    )


@blueprint.post("/<slug>/chair/assignment/submissions/<code>/ask")
@permission(Action.ASSIGN_ONE)
def assignment_ask(slug: str, code: str) -> ViewResponse:
    """Ask one more reviewer."""

    def act() -> str:
        assign_by_hand(
            context.db(),
            context.actor(),
            context.standing(),
            person_id=_person(),
            links=context.links(),
            now=context.now(),
        )
        return _back(slug, code)

    return press(act, done=_("Asked; a mail is on its way."))


@blueprint.post("/<slug>/chair/assignment/submissions/<code>/take")
@permission(Action.ASSIGN_ONE)
def assignment_take(slug: str, code: str) -> ViewResponse:
    """Take a reviewer off who has not begun."""

    def act() -> str:
        db, actor, standing = context.db(), context.actor(), context.standing()
        unassign(db, actor, standing, person_id=_person(), now=context.now())
        return _back(slug, code)

    return press(act, done=_("Taken off."))


@blueprint.post("/<slug>/chair/assignment/submissions/<code>/pin")
@permission(Action.ASSIGN_ONE)
def assignment_pin(slug: str, code: str) -> ViewResponse:
    """Keep an assignment in every later proposal, or let it go free."""

    def act() -> str:
        db, actor, standing = context.db(), context.actor(), context.standing()
        pinned = request.form.get("pinned") == "1"
        set_pinned(db, actor, standing, person_id=_person(), pinned=pinned, now=context.now())
        return _back(slug, code)

    return press(act)


def _person() -> int:
    """The reviewer whose button was pressed."""
    code = request.form.get("person", "")
    loads = loads_of(context.db(), context.actor(), context.conference())
    for load in loads:
        if load.code == code:
            return load.person_id
    asked = asked_about(context.db(), context.conference(), [context.submission().id])
    for one in asked.get(context.submission().id, []):
        if one.person_code == code:
            return one.person_id
    raise DomainError("assignment.not_reviewer")


def _back(slug: str, code: str) -> str:
    return url_for("chair.assignment_one", slug=slug, code=code)
