"""The committee: its roles, its invitations, and inviting by pasted lines."""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from cfp.domain.conferences import actions, queries, rules
from cfp.domain.conferences.models import Invitation
from cfp.errors import DomainError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.people_forms import InviteForm, role_words
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission


@blueprint.get("/<slug>/chair/people/committee/")
@permission(Action.SET_UP)
def people_committee(slug: str) -> str:
    """Who plays which role, and who was asked."""
    db, conference = context.db(), context.conference()
    return render_template(
        "chair/committee.html",
        conference=conference,
        members=queries.committee_of(db, conference),
        invitations=queries.invitations_of(db, conference),
        role_words=role_words,
        is_open=lambda one: rules.is_open(one, context.now()),
        runs_out=rules.runs_out,
    )


@blueprint.route("/<slug>/chair/people/invite", methods=["GET", "POST"])
@permission(Action.SET_UP)
def people_invite(slug: str) -> ViewResponse | str:
    """Paste lines, read what was understood of them, invite."""
    conference = context.conference()
    tracks = queries.tracks_of(context.db(), conference)
    form = InviteForm(tracks=[(track.id, track.name) for track in tracks])

    def page(lines: list[rules.PastedLine] | None = None) -> str:
        return render_template(
            "chair/invite.html",
            form=form,
            lines=lines,
            wrong=[line for line in lines or () if line.problem],
            role_words=role_words,
            several_tracks=len(tracks) > 1,
        )

    if request.method == "GET":
        return page()
    lines = rules.read_lines(form.lines.data or "")
    if "preview" in request.form:
        return page(lines) if form.validate() else (page(), 422)
    only = tracks[0].id if len(tracks) == 1 else None
    done = _("Invited: the mails are on their way.")
    return perform(form, lambda: _invite(form, lines, only), lambda: page(lines), done=done)


def _invite(form: InviteForm, lines: list[rules.PastedLine], only_track: int | None) -> str:
    """All lines or none: what can't be read is corrected first, so that nobody is forgotten."""
    if any(line.problem for line in lines):
        raise DomainError("invitation.lines", field="lines")
    if not lines:
        raise DomainError("invitation.nobody", field="lines")
    track = int(form.track.data) if form.track.data else only_track
    actions.invite(
        context.db(),
        context.actor(),
        context.conference(),
        entries=[(line.name, line.address) for line in lines],
        kind=form.kind.data,
        track_id=track if form.kind.data == "track_chair" else None,
        links=context.links(),
        now=context.now(),
    )
    return url_for("chair.people_committee", slug=context.conference().slug)


@blueprint.post("/<slug>/chair/people/invitations/<int:number>/<any(resend, revoke):act>")
@permission(Action.SET_UP)
def people_invitation(slug: str, number: int, act: str) -> ViewResponse:
    """Send an invitation again, or take it back."""
    invitation = context.row(Invitation, number)

    def pressed() -> str:
        db, actor, conference, now = (
            context.db(),
            context.actor(),
            context.conference(),
            context.now(),
        )
        if act == "resend":
            links = context.links()
            actions.resend_invitation(db, actor, conference, invitation, links=links, now=now)
        else:
            actions.revoke_invitation(db, actor, conference, invitation, now=now)
        return url_for("chair.people_committee", slug=slug)

    done = {"resend": _("The invitation is on its way."), "revoke": _("Taken back.")}
    return press(pressed, done=done[act])
