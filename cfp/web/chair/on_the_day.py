"""The day itself: run sheets and door signs to print, and where rooms can be watched."""

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from cfp.domain.program import broadcasts, sheets, versions
from cfp.domain.program.sheets import Sheet
from cfp.formats.program import Program
from cfp.policy import Action, Fact, allowed, can_ever_see
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.publishing_forms import broadcast_form
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission


@blueprint.get("/<slug>/chair/program/day/")
@permission(Action.READ_PROGRAM_DRAFT)
def on_the_day(slug: str) -> str:
    """Everything that hangs beside a door or lies on a session chair's table."""
    program, published = _program()
    conference = context.conference()
    return render_template(
        "chair/on_the_day.html",
        conference=conference,
        published=published,
        sheets=sheets.sheets_of(program),
        may_edit=allowed(context.actor(), Action.PUBLISH, conference, context.now()),
    )


@blueprint.get("/<slug>/chair/program/day/run-sheet")
@permission(Action.READ_PROGRAM_DRAFT)
def run_sheet(slug: str) -> str:
    """A room's day for whoever chairs it; what speakers said of themselves only for chairs."""
    actor, conference = context.actor(), context.conference()
    program, published = _program()
    sheet = _sheet(program, with_presence=True)
    return render_template(
        "chair/run_sheet.html",
        conference=conference,
        published=published,
        program=program,
        sheet=sheet,
        parts=sheets.changes_of_session(sheet.rows),
        presence_known=can_ever_see(actor, Fact.ADDRESSES, conference),
        sheets=sheets.sheets_of(program),
    )


@blueprint.get("/<slug>/chair/program/day/door-sign")
@permission(Action.READ_PROGRAM_DRAFT)
def door_sign(slug: str) -> str:
    """A room's day in large letters, with what everyone may read and nothing else."""
    program, published = _program()
    return render_template(
        "chair/door_sign.html",
        conference=context.conference(),
        published=published,
        program=program,
        sheet=_sheet(program, with_presence=False),
    )


@blueprint.route("/<slug>/chair/program/day/broadcasts", methods=["GET", "POST"])
@permission(Action.PUBLISH)
def broadcast_links(slug: str) -> ViewResponse | str:
    """A link for each day and room; public with the next version."""
    db, conference = context.db(), context.conference()
    days, rooms = broadcasts.offered(db, conference)
    form = broadcast_form(days, rooms, broadcasts.links_of(db, conference))

    def page() -> str:
        return render_template(
            "chair/broadcasts.html", form=form, conference=conference, days=days, rooms=rooms
        )

    def act() -> str:
        broadcasts.change(
            db, context.actor(), conference, links=form.links, now=context.now()
        )
        return url_for("chair.program", slug=slug)

    if request.method == "GET":
        return page()
    return perform(form, act, page, done=_("Saved. The links are public with the next version."))


def _program() -> tuple[Program, bool]:
    """What everyone reads; before the first version what they would read now."""
    db, conference = context.db(), context.conference()
    latest = versions.latest(db, conference)
    if latest is not None:
        return versions.program_of(latest), True
    return versions.preview(db, conference, None, now=context.now()), False


def _sheet(program: Program, *, with_presence: bool) -> Sheet:
    day = request.args.get("day", type=int) or 0
    said = (
        sheets.presences(context.db(), context.actor(), context.conference())
        if with_presence
        else {}
    )
    found = sheets.sheet_of(program, day, request.args.get("room", ""), said)
    return found or abort(404)
