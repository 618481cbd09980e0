"""What a person says about themselves, for all conferences."""

from flask import render_template, url_for
from flask_babel import gettext as _

from cfp.domain.accounts import profiles
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.conflicts import find_conflicts_of
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.account.forms import ProfileForm
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission


@blueprint.get("/account/profile")
@permission(Action.HAVE_ACCOUNT)
def profile() -> str:
    return _page(ProfileForm(obj=_person()))


@blueprint.post("/account/profile")
@permission(Action.HAVE_ACCOUNT)
def save_profile() -> ViewResponse:
    form = ProfileForm()

    def act() -> str:
        form.expect(_person().revision)
        profiles.change(
            context.db(),
            context.actor(),
            name=form.name.data,
            affiliation=form.affiliation.data,
            bio=form.bio.data,
            zone=form.zone.data or "",
        )
        find_conflicts_of(context.db(), _person().id, now=context.now())
        return url_for("account.profile")

    return perform(form, act, lambda: _page(form), done=_("Saved."))


def _person() -> Person:
    return profiles.own_person(context.db(), context.actor())


def _page(form: ProfileForm) -> str:
    return render_template("account/profile.html", form=form)
