"""Who should not review one's submission, where the conference asks its speakers."""

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cfp.domain.assignment import by_speakers, listing
from cfp.domain.assignment.by_speakers import can_be_said, is_asked
from cfp.domain.assignment.rules import NAMED_AT_MOST, REASON_LIMIT
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.conflicts import CollaboratorsForm, conflict_type
from cfp.web.forms import BaseForm, Line, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.speaker import blueprint
from cfp.web.speaker.talks import look_for_conflicts
from cfp.web.wording import add_words

add_words(
    {
        "conflict.not_open": _l("It is not under review, so this can't be changed."),
        "conflict.no_reviewer": _l("Choose one of the reviewers."),
        "conflict.why_missing": _l("Say in a few words why; the person and the chairs read it."),
        "conflict.said": _l("You have said this already."),
        "conflict.too_many_named": _l(
            "At most %(limit)s can be named here; write to the organizers about others."
        ),
        "conflict.seen": _l("The organizers have looked at it; write to them to change it."),
    }
)


class SpeakerConflictForm(BaseForm):
    """A reviewer who should not review it, and why."""

    reviewer = SelectField(_l("Who"), [InputRequired(_l("Choose one of the reviewers."))])
    type = conflict_type()
    reason = Line(_l("Reason"), limit=REASON_LIMIT)


@blueprint.get("/<slug>/submissions/<code>/conflicts")
@permission(Action.EDIT_AS_SPEAKER)
def conflicts(slug: str, code: str) -> str:
    return _page(_conflict_form(), _list_form())


@blueprint.post("/<slug>/submissions/<code>/conflicts")
@permission(Action.EDIT_AS_SPEAKER)
def declare_conflict(slug: str, code: str) -> ViewResponse:
    """Name a reviewer; it counts at once, as the conference has set it."""
    _refuse_unasked(context.conference().committee_shown)
    form = _conflict_form()

    def act() -> str:
        by_speakers.declare(
            context.db(),
            context.actor(),
            context.standing(),
            reviewer=form.reviewer.data,
            type=form.type.data,
            reason=form.reason.data or "",
            now=context.now(),
        )
        return url_for("speaker.conflicts", slug=slug, code=code)

    return perform(form, act, lambda: _page(form, _list_form(fresh=True)), done=_("Noted."))


@blueprint.post("/<slug>/submissions/<code>/conflicts/<reviewer>/undo")
@permission(Action.EDIT_AS_SPEAKER)
def take_back_conflict(slug: str, code: str, reviewer: str) -> ViewResponse:
    _refuse_unasked(context.conference().committee_shown)

    def act() -> str:
        by_speakers.take_back(
            context.db(),
            context.actor(),
            context.standing(),
            reviewer=reviewer,
            now=context.now(),
        )
        return url_for("speaker.conflicts", slug=slug, code=code)

    return press(act, done=_("Taken back."))


@blueprint.post("/<slug>/submissions/<code>/collaborators")
@permission(Action.EDIT_AS_SPEAKER)
def save_collaborators(slug: str, code: str) -> ViewResponse:
    """Replace the list; it is compared with the committee at once."""
    _refuse_unasked(context.conference().asks_collaborators)
    form = CollaboratorsForm()

    def act() -> str:
        listing.save_for_submission(
            context.db(),
            context.actor(),
            context.standing(),
            people=form.people.data or "",
            organizations=form.organizations.data or "",
            now=context.now(),
        )
        look_for_conflicts(context.submission())
        return url_for("speaker.conflicts", slug=slug, code=code)

    return perform(form, act, lambda: _page(_conflict_form(fresh=True), form), done=_("Saved."))


def _refuse_unasked(asked: bool) -> None:
    """What a conference does not ask does not exist; nor while the submission is not reviewed."""
    if not asked or not can_be_said(context.submission()):
        raise NotFoundError("not_found")


def _conflict_form(*, fresh: bool = False) -> SpeakerConflictForm:
    """`fresh` is for the form that was not sent, beside the one that was."""
    form = SpeakerConflictForm(formdata=None) if fresh else SpeakerConflictForm()
    people = by_speakers.nameable(context.db(), context.standing())
    named = [(one.code, ", ".join(filter(None, (one.name, one.affiliation)))) for one in people]
    form.reviewer.choices = [SelectChoice(*one) for one in [("", _("Choose")), *named]]
    return form


def _list_form(*, fresh: bool = False) -> CollaboratorsForm:
    typed = listing.list_of_submission(context.db(), context.standing())
    return CollaboratorsForm(formdata=None, obj=typed) if fresh else CollaboratorsForm(obj=typed)


def _page(form: SpeakerConflictForm, list_form: CollaboratorsForm) -> str:
    standing = context.standing()
    _refuse_unasked(is_asked(standing.conference))
    return render_template(
        "speaker/conflicts.html",
        conference=standing.conference,
        submission=standing.submission,
        form=form,
        list_form=list_form,
        said=by_speakers.said_by_speakers(context.db(), standing),
        limit=NAMED_AT_MOST,
    )
