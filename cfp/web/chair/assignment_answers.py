"""How those who were asked take it, repairs, and taking a hand-over back."""

from collections.abc import Sequence

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.assignment import handing, proposals
from cfp.domain.assignment.eligible import assignable
from cfp.domain.assignment.following import OPEN, answers_list
from cfp.domain.assignment.openings import openings_of
from cfp.domain.assignment.picks import Options
from cfp.domain.reviews.rules import is_late
from cfp.errors import NotNowError
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.files import Table, add_files, without_only_track
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing
from cfp.web.wording import add_words

add_words({"repair.nothing": _l("No review needs somebody new now.")})

SORTABLE = ("person", "title", "state", "changed")
STATES = {
    "assigned": _l("no answer yet"),
    "silent": _l("silent after a reminder"),
    "accepted": _l("said yes"),
    "begun": _l("has begun"),
    "done": _l("reviewed"),
    "declined": _l("declined"),
    "conflict": _l("conflict of interest since"),
    "handed_over": _l("handed over"),
    "abstained": _l("abstained"),
}
LATE = "late"


@blueprint.get("/<slug>/chair/assignment/answers/")
@permission(Action.ASSIGN)
def assignment_answers(slug: str) -> tuple[str, int]:
    """Who has said yes or no and why, who is silent, who is late."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    now = context.now()
    listing = _listing().load(db)
    handed = handing.handed_of(db, conference, _handed_over(listing.rows))
    return listing.page_of(
        "chair/assignment_answers.html",
        db,
        conference=conference,
        states=STATES,
        late=is_late(conference, now),
        open_states=OPEN,
        takers={
            (submission_id, one.giver_code): one.taker
            for submission_id, found in handed.items()
            for one in found
        },
        may_nudge=allowed(actor, Action.SEND_MAIL, conference, now),
    )


def _listing() -> Listing:
    db, actor, conference = context.db(), context.actor(), context.conference()
    now = context.now()
    view = answers_list(db, conference, now=now)
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="person")
    listing.where(assignable(actor, conference), always=True)
    _narrow(listing, late=is_late(conference, now))
    return listing


FIELDS = (
    Field("reviewer", _l("Reviewer"), column="person"),
    Field("code", _l("Code")),
    Field("title", _l("Submission")),
    Field("track", _l("Track")),
    Field("answer", _l("Answer"), column="state"),
    Field("reason", _l("Reason")),
    Field("since", _l("Since"), column="changed"),
)
add_files(
    blueprint,
    "assignment_answers",
    "/<slug>/chair/assignment/answers",
    Action.ASSIGN,
    Table(_listing, lambda: without_only_track(FIELDS)),
    saved="answers",
)


def _narrow(listing: Listing, *, late: bool) -> None:
    """What `q` and `show` of the address narrow the list by."""
    actor, view = listing.actor, listing.view
    query = listing.arguments.get("q", "").strip().replace("\0", "")[:200]
    if query:
        listing.where(view.column(actor, "person").icontains(query, autoescape=True))
    show = listing.arguments.get("show", "")
    if show in STATES:
        listing.where(view.column(actor, "state") == show)
    elif show == LATE and late:
        listing.where(view.column(actor, "state").in_(OPEN))
        listing.where(~view.column(actor, "more_time"))


def _handed_over(rows: Sequence[object]) -> list[int]:
    return [row.submission_id for row in rows if row.state == "handed_over"]  # type: ignore[attr-defined]  # rows have the view's columns


@blueprint.post("/<slug>/chair/assignment/repair")
@permission(Action.ASSIGN)
def assignment_repair(slug: str) -> ViewResponse:
    """Ask for the fewest changes that give every review to somebody who does it."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        proposals.check_assigned(conference)
        found = openings_of(
            db, actor, conference, now=context.now(), plan=context.late_plan()
        )
        if not found.reviews:
            raise NotNowError("repair.nothing")
        options = Options(repair=True, replaced=found.silent)
        job = proposals.request_proposal(db, actor, conference, options=options, now=context.now())
        return url_for("chair.assignment_job", slug=slug, number=job.id)

    return press(act)


@blueprint.post("/<slug>/chair/assignment/submissions/<code>/hand-back")
@permission(Action.ASSIGN_ONE)
def assignment_hand_back(slug: str, code: str) -> ViewResponse:
    """Give a review back to whom it was handed over from."""

    def act() -> str:
        handing.hand_back(
            context.db(),
            context.actor(),
            context.standing(),
            giver_code=request.form.get("person", "").replace("\0", ""),
            links=context.links(),
            now=context.now(),
        )
        return url_for("chair.assignment_answers", slug=slug, show="handed_over")

    return press(act, done=_("Given back; a mail is on its way."))
