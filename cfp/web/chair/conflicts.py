"""Conflicts of interest: the list, declaring one for somebody, and which employers are one."""

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cfp.domain.accounts.models import Person
from cfp.domain.assignment import affiliations
from cfp.domain.assignment.bidding import reports_odd_bids
from cfp.domain.assignment.common import Common
from cfp.domain.assignment.conflict_lists import conflicts_list
from cfp.domain.assignment.conflicts import declare_for, find_conflicts
from cfp.domain.assignment.finding import COMMITTEE, common_in
from cfp.domain.assignment.memory import told
from cfp.domain.assignment.rules import REASON_LIMIT, is_settled
from cfp.domain.conferences.models import Role
from cfp.domain.submissions.rules import folded
from cfp.errors import DomainError
from cfp.policy import (
    DEFAULT_CONFLICT_POLICIES,
    Action,
    Fact,
    Standing,
    conflict_policy,
    sees,
    standing_of,
)
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.conflicts import conflict_type
from cfp.web.files import Table, add_files
from cfp.web.forms import BaseForm, Line, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing
from cfp.web.wording import add_words

add_words(
    {
        "conflict.own": _l("About your own conflicts another chair decides."),
        "conflict.settled": _l("Who stands on a submission themselves always has a conflict."),
        "conflict.bad_verdict": _l("Choose whether it counts."),
        "conflict.reason_missing": _l("Give a reason; only chairs read it."),
        "conflict.not_committee": _l("Choose somebody of the committee."),
        "conflict.declared": _l("This is known already."),
        "conflict.no_submission": _l("There is no submission with this code."),
        "conflict.bad_type": _l("Choose one of these."),
        "affiliation.empty": _l("This names no employer."),
        "affiliation.same": _l("These two count as one already."),
    }
)

SORTABLE = ("person", "title", "kind", "state")
KINDS = tuple(DEFAULT_CONFLICT_POLICIES)
STATES = ("open", "confirmed", "dismissed")
SPELLINGS_SHOWN = 100


class DeclareForm(BaseForm):
    """A conflict that a chair knows of."""

    submission = Line(_l("Code of the submission"), [InputRequired(_l("Give a code."))], limit=20)
    person = SelectField(_l("Who"), [InputRequired(_l("Choose somebody."))])
    type = conflict_type()
    reason = Line(_l("Reason"), limit=REASON_LIMIT)


class JoinForm(BaseForm):
    """Two spellings of one employer."""

    one = Line(_l("This spelling"), [InputRequired(_l("Give an employer."))])
    other = Line(_l("means the same as"), [InputRequired(_l("Give an employer."))])


@blueprint.get("/<slug>/chair/conflicts/")
@permission(Action.CHAIR_ONLY)
def conflicts(slug: str) -> tuple[str, int]:
    """Everything found and declared, a page of it."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    listing = _listing().load(db)
    listing.offer(FIELDS)
    return listing.page_of(
        "chair/conflicts.html",
        db,
        told=told(db, actor, (row.recalled_id for row in listing.rows)),
        has_odd_bids=reports_odd_bids(db, conference),
        kinds=KINDS,
        states=STATES,
        policies={kind: conflict_policy(conference, kind) for kind in KINDS},
        is_settled=is_settled,
        me=actor.person_id,
        conference=conference,
    )


def _listing() -> Listing:
    view = conflicts_list(context.conference())
    listing = Listing.from_request(view, context.actor(), sortable=SORTABLE, default="person")
    _narrow(listing)
    return listing


FIELDS = (
    Field("person", _l("Who"), always=True),
    Field("submission", _l("Code")),
    Field("title", _l("Submission")),
    Field("kind", _l("What")),
    Field("reason", _l("Reason")),
    Field("state", _l("State")),
    Field("judgment", _l("Judgment")),
    Field("judge", _l("Judged by")),
)
add_files(
    blueprint,
    "conflicts",
    "/<slug>/chair/conflicts",
    Action.CHAIR_ONLY,
    Table(_listing, lambda: FIELDS),
)


def _narrow(listing: Listing) -> None:
    view, actor, arguments = listing.view, listing.actor, listing.arguments
    query = arguments.get("q", "").strip().replace("\0", "")[:200]
    if query:
        columns = (view.column(actor, name) for name in ("person", "title", "submission", "reason"))
        listing.where(or_(*(column.icontains(query, autoescape=True) for column in columns)))
    for name, known in (("kind", KINDS), ("state", STATES)):
        if arguments.get(name) in known:
            listing.where(view.column(actor, name) == arguments[name])


@blueprint.post("/<slug>/chair/conflicts/find")
@permission(Action.CHAIR_ONLY)
def conflicts_find(slug: str) -> ViewResponse:
    """Look at everybody and everything again."""

    def act() -> str:
        db, conference = context.db(), context.conference()
        find_conflicts(db, conference, now=context.now())
        for one in common_in(db, conference):
            flash(_common_words(one))
        return url_for("chair.conflicts", slug=slug)

    return press(act, done=_("Looked through everybody and everything again."))


def _common_words(one: Common) -> str:
    """What is not listed pair by pair, and why."""
    return str(
        _(
            "%(people)s of the committee and %(submissions)s submissions share %(sign)s: so common"
            " that it tells nothing of two people. These pairs are not listed as conflicts.",
            people=one.people,
            submissions=one.submissions,
            sign=one.key,
        )
    )


@blueprint.route("/<slug>/chair/conflicts/new", methods=["GET", "POST"])
@permission(Action.CHAIR_ONLY)
def conflict_new(slug: str) -> ViewResponse | str:
    """Note a conflict of somebody on the committee."""
    known = {name: request.args.get(name, "")[:20] for name in ("submission", "person")}
    form = DeclareForm(data=known if request.method == "GET" else None)
    people = _committee()
    form.person.choices = [
        SelectChoice("", _("Choose")),
        *(SelectChoice(code, name) for code, (_id, name) in people.items()),
    ]

    def page() -> str:
        return render_template(
            "chair/conflict_new.html", form=form, conference=context.conference()
        )

    def act() -> str:
        declare_for(
            context.db(),
            context.actor(),
            _standing(form.submission.data or ""),
            person_id=people[form.person.data][0],
            type=form.type.data,
            reason=form.reason.data or "",
            now=context.now(),
        )
        return url_for("chair.conflicts", slug=slug, kind="declared")

    return page() if request.method == "GET" else perform(form, act, page, done=_("Noted."))


@blueprint.route("/<slug>/chair/conflicts/affiliations", methods=["GET", "POST"])
@permission(Action.CHAIR_ONLY)
def conflict_affiliations(slug: str) -> ViewResponse | str:
    """Which spellings mean one employer."""
    form = JoinForm()

    def page() -> str:
        db, conference = context.db(), context.conference()
        query = folded(request.args.get("q", "").replace("\0", "")[:200])
        spellings = affiliations.spellings(db, conference)
        found = [one for one in spellings if query in folded(one.text)]
        return render_template(
            "chair/conflict_affiliations.html",
            form=form,
            aliases=affiliations.aliases_of(db, conference),
            spellings=found[:SPELLINGS_SHOWN],
            hidden=max(0, len(found) - SPELLINGS_SHOWN),
            texts={one.key: one.text for one in spellings},
            query=request.args.get("q", ""),
            conference=conference,
        )

    def act() -> str:
        db, conference, now = context.db(), context.conference(), context.now()
        one, other = form.one.data or "", form.other.data or ""
        affiliations.join(db, context.actor(), conference, one=one, other=other, now=now)
        find_conflicts(db, conference, now=now)
        return url_for("chair.conflict_affiliations", slug=slug)

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))


@blueprint.post("/<slug>/chair/conflicts/affiliations/<int:number>/part")
@permission(Action.CHAIR_ONLY)
def conflict_part(slug: str, number: int) -> ViewResponse:
    """Take such a word back."""

    def act() -> str:
        db, conference, now = context.db(), context.conference(), context.now()
        affiliations.part(db, context.actor(), conference, alias_id=number, now=now)
        find_conflicts(db, conference, now=now)
        return url_for("chair.conflict_affiliations", slug=slug)

    return press(act, done=_("They count as two again."))


def _committee() -> dict[str, tuple[int, str]]:
    """Code -> id and name of everybody who can have a conflict, but oneself."""
    conference = context.conference()
    members = select(Role.person_id).where(
        Role.conference_id == conference.id, Role.kind.in_(COMMITTEE)
    )
    rows = context.db().execute(
        select(Person.code, Person.id, Person.name)
        .where(Person.id.in_(members), Person.id != context.actor().person_id)
        .order_by(Person.name, Person.id)
    )
    return {code: (id_, name) for code, id_, name in rows}


def _standing(code: str) -> Standing:
    db, conference = context.db(), context.conference()
    found = standing_of(db, context.actor(), conference, code.strip().upper())
    if found is None or not sees(found, Fact.CONFLICTS):
        raise DomainError("conflict.no_submission", field="submission")
    return found
