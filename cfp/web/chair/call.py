"""The call: its state, its deadline, and the drafts that are not in yet."""

from datetime import timedelta

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from cfp.domain.conferences import actions, queries, rules
from cfp.domain.conferences.actions.calls import mail_values
from cfp.domain.mail.render import MailText, fill, template_for
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.setup_forms import CountForm, ExtendForm, Wall, split_moment
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission


@blueprint.get("/<slug>/chair/call/")
@permission(Action.SET_UP)
def call(slug: str) -> str:
    """What the call is and how it stands."""
    db, conference = context.db(), context.conference()
    return render_template(
        "chair/call.html",
        conference=conference,
        state=rules.call_state(conference, context.now()),
        figures=queries.call_figures(db, conference),
        types=queries.types_of(db, conference),
        share=context.links().conference(slug),
        reminded=queries.last_mail(db, conference, "draft_reminder"),
        version=queries.published_version(db, conference),
    )


@blueprint.route("/<slug>/chair/call/extend", methods=["GET", "POST"])
@permission(Action.SET_UP)
def call_extend(slug: str) -> ViewResponse | str:
    """A later deadline, and who is told of it."""
    conference = context.conference()
    figures = queries.call_figures(context.db(), conference)
    zone = conference.deadline_zone
    later = max(conference.deadline, context.now()) + timedelta(days=7)
    form = ExtendForm(
        data={
            **split_moment("deadline", later, zone),
            "deadline_zone": zone if zone != conference.zone else "",
            "tell": "drafts" if figures["drafts"] else "nobody",
        },
        audience=_audiences(figures["draft_owners"]),
    )

    def page() -> str:
        return render_template(
            "chair/call_extend.html",
            form=form,
            conference=conference,
            preview=_preview("deadline_extended"),
        )

    def act() -> str:
        chosen = form.deadline_zone.data or conference.zone
        actions.extend_deadline(
            context.db(),
            context.actor(),
            conference,
            deadline=Wall(form, "deadline").needed_moment(chosen),
            deadline_zone=chosen,
            tell=form.tell.data,
            links=context.links(),
            now=context.now(),
        )
        return url_for("chair.call", slug=slug)

    if request.method == "GET":
        return page()
    return perform(form, act, page, done=_("The deadline is extended."))


def _audiences(owners: int) -> list[tuple[str, str]]:
    with_drafts = ngettext("%(num)s person with a draft", "%(num)s people with a draft", owners)
    return [
        ("drafts", with_drafts),
        ("everybody", _("everybody with a draft or a submission")),
        ("nobody", _("nobody")),
    ]


@blueprint.route("/<slug>/chair/call/remind", methods=["GET", "POST"])
@permission(Action.SET_UP)
def call_remind(slug: str) -> ViewResponse | str:
    """One mail to each owner of drafts, read before it goes; the drafts stay theirs."""
    conference = context.conference()
    form = CountForm()
    owners = queries.call_figures(context.db(), conference)["draft_owners"]

    def page() -> str:
        return render_template(
            "chair/call_remind.html",
            form=form,
            conference=conference,
            owners=owners,
            preview=_preview("draft_reminder"),
        )

    def act() -> str:
        form.expect_count(owners)
        actions.remind_drafts(
            context.db(),
            context.actor(),
            conference,
            links=context.links(),
            now=context.now(),
        )
        return url_for("chair.call", slug=slug)

    if request.method == "GET":
        return page()
    done = ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", owners)
    return perform(form, act, page, done=done)


@blueprint.post("/<slug>/chair/call/open")
@permission(Action.SET_UP)
def call_open(slug: str) -> ViewResponse:
    """Open the call now."""

    def act() -> str:
        actions.open_call(context.db(), context.actor(), context.conference(), now=context.now())
        return url_for("chair.call", slug=slug)

    return press(act, done=_("The call is open."))


@blueprint.post("/<slug>/chair/call/close")
@permission(Action.SET_UP)
def call_close(slug: str) -> ViewResponse:
    """Close the call now; extending the deadline takes it back."""

    def act() -> str:
        actions.close_call(context.db(), context.actor(), context.conference(), now=context.now())
        return url_for("chair.call", slug=slug)

    return press(act, done=_("The call is closed. Extend the deadline to open it again."))


def _preview(kind: str) -> MailText:
    conference = context.conference()
    values = mail_values(conference, _("Ada Example"), context.links())
    return fill(template_for(context.db(), conference, kind), values)
