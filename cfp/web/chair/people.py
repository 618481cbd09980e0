"""Everybody of the conference, and what one person has to do with it."""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from cfp.domain.accounts.actions import offer_claim
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.conferences import actions, person, queries
from cfp.domain.conferences.people import ROLE_COLUMNS, everybody, people_view
from cfp.errors import NotFoundError
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.people_forms import ClaimForm, RolesForm, role_words
from cfp.web.chair.people_list import filters, people_listing
from cfp.web.files import Table, add_files
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing


@blueprint.get("/<slug>/chair/people/")
@permission(Action.READ_PEOPLE)
def people(slug: str) -> tuple[str, int]:
    """The list; track chairs have the speakers of their tracks in it."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    listing = people_listing(actor, conference).load(db)
    listing.offer(FIELDS)
    return listing.page_of(
        "chair/people.html",
        db,
        filters=filters(listing.view, actor),
        known=frozenset(listing.view.names(actor)),
        roles_of=roles_of,
        may_set_up=_may(Action.SET_UP),
        may_write=_may(Action.SEND_MAIL),
    )


def _listing() -> Listing:
    return people_listing(context.actor(), context.conference()).whole()


FIELDS = (
    Field("name", _l("Name"), always=True),
    Field("affiliation", _l("Affiliation"), lambda row, _at: row.affiliation or ""),
    Field("e-mail", _l("E-mail"), lambda row, _at: row.address or "", column="address"),
    Field("roles", _l("Roles"), lambda row, _at: ", ".join(roles_of(row)), column="reviewer"),
    Field("talks", _l("Talks")),
    Field("confirmed", _l("Confirmed")),
)
add_files(
    blueprint,
    "people",
    "/<slug>/chair/people",
    Action.READ_PEOPLE,
    Table(_listing, lambda: FIELDS),
)


def roles_of(row: Row[Any]) -> list[str]:
    """The words of a row's roles."""
    return [role_words(kind) for kind in ROLE_COLUMNS if getattr(row, kind)]


@blueprint.get("/<slug>/chair/people/<one>/")
@permission(Action.READ_PEOPLE)
def people_person(slug: str, one: str) -> str:
    """One person: their talks here, their roles, what they were written."""
    row = _person(one)
    db, actor, conference = context.db(), context.actor(), context.conference()
    whole = _may(Action.SET_UP)
    return render_template(
        "chair/person.html",
        person=row,
        conference=conference,
        talks=person.talks_of(db, actor, conference, row.person_id),
        roles=person.roles_of(db, conference, row.person_id) if whole else None,
        role_words=role_words,
        reviews=person.reviews_by(db, actor, conference, row.person_id) if whole else None,
        messages=person.messages_to(db, actor, conference, row.person_id) if whole else None,
        has_account=person.has_account(db, row.person_id),
        claim=ClaimForm(formdata=None, data={"email": row.address or ""}),
        whole=whole,
    )


@blueprint.route("/<slug>/chair/people/<one>/roles", methods=["GET", "POST"])
@permission(Action.SET_UP)
def people_roles(slug: str, one: str) -> ViewResponse | str:
    """What the person is in this conference."""
    row = _person(one)
    db, conference = context.db(), context.conference()
    tracks = queries.tracks_of(db, conference)
    held = person.roles_of(db, conference, row.person_id)

    def act(form: RolesForm) -> None:
        actions.set_roles(
            db,
            context.actor(),
            conference,
            person_id=row.person_id,
            roles=form.chosen(),
            now=context.now(),
        )
        find_conflicts(db, conference, person_id=row.person_id, now=context.now())

    return edit(
        RolesForm,
        {"roles": [f"{kind}-{track}" if track else kind for kind, track, _name in held]},
        act,
        template="chair/person_roles.html",
        location=url_for("chair.people_person", slug=slug, one=one),
        done=_("Saved."),
        options={"tracks": [(track.id, track.name) for track in tracks]},
        person=row,
    )


@blueprint.post("/<slug>/chair/people/<one>/claim")
@permission(Action.SET_UP)
def people_claim(slug: str, one: str) -> ViewResponse:
    """Send somebody without an account the way to make what is theirs theirs."""
    row = _person(one)
    form = ClaimForm()

    def act() -> str:
        offer_claim(
            context.db(),
            context.actor(),
            conference=context.conference(),
            person=person.by_id(context.db(), row.person_id),
            address=form.email.data,
            links=context.links(),
            now=context.now(),
        )
        return url_for("chair.people_person", slug=slug, one=one)

    def page() -> str:
        return render_template("chair/person_claim.html", form=form, person=row)

    return perform(form, act, page, done=_("The link is on its way."))


def _person(code: str) -> Row[Any]:
    """The row of the list with this person, or 404: who is not in it is nobody here."""
    actor = context.actor()
    view = people_view(actor, context.conference())
    found = everybody(actor, view).where(view.column(actor, "code") == code)
    row = context.db().execute(found).one_or_none()
    if row is None:
        raise NotFoundError("not_found")
    return row


def _may(action: Action) -> bool:
    return allowed(context.actor(), action, context.conference(), context.now())
