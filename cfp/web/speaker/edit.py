"""Changing a talk that is there: by its speakers, or by a chair, who leaves a trace."""

from flask import jsonify, make_response, render_template, url_for
from flask_babel import gettext as _

from cfp.domain.reviews import totals
from cfp.domain.submissions import actions, contents
from cfp.domain.submissions.rules import Content
from cfp.domain.submissions.states import State, content_is_open
from cfp.errors import NotNowError, StaleError
from cfp.policy import Action, Relation
from cfp.web import context
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.speaker import blueprint
from cfp.web.speaker.forms import TalkForm
from cfp.web.speaker.talks import (
    after_saving,
    form_of,
    form_page,
    look_for_conflicts,
    mistakes,
    speakers_line,
    talk_form,
)


@blueprint.get("/<slug>/submissions/<code>/edit")
@permission(Action.EDIT)
def edit(slug: str, code: str) -> ViewResponse:
    submission = context.submission()
    _refuse_closed()
    return form_page(form_of(submission), submission), 200


@blueprint.post("/<slug>/submissions/<code>/edit")
@permission(Action.EDIT)
def save(slug: str, code: str) -> ViewResponse:
    submission = context.submission()
    form = talk_form(submission)
    if form.press_row_button():
        return form_page(form, submission), 200
    form.whole = form.submits or submission.state != State.DRAFT
    try:
        return perform(
            form, lambda: _store(form), lambda: form_page(form, submission), done=_done(form)
        )
    except StaleError:
        return _stale_page(form), 409


@blueprint.post("/<slug>/submissions/<code>/autosave")
@permission(Action.EDIT_AS_SPEAKER)
def autosave(slug: str, code: str) -> ViewResponse:
    """Keep a draft as it is typed; anything handed in changes only by its button."""
    submission, form = context.submission(), talk_form(context.submission())
    form.whole = False
    if submission.state != State.DRAFT or form.revision.data != str(submission.revision):
        return make_response(jsonify(message=_("Somebody saved a change meanwhile.")), 409)
    if not form.validate():
        return make_response(jsonify(message=mistakes(form)), 422)
    _edit(form)
    context.db().commit()
    return jsonify(revision=submission.revision)


def _refuse_closed() -> None:
    standing = context.standing()
    conference, submission = standing.conference, standing.submission
    by_chair = standing.relations & {Relation.CHAIR, Relation.TRACK_CHAIR}
    if not by_chair and not content_is_open(conference, submission, context.now()):
        raise NotNowError("edit_closed")


def _store(form: TalkForm) -> str:
    submission = context.submission()
    form.expect(submission.revision)
    place = (submission.track_id, submission.type_id)
    _edit(form)
    if (submission.track_id, submission.type_id) != place:  # other questions of the form count
        totals.refresh(context.db(), context.conference(), submission_id=submission.id)
    if form.submits:
        _submit()
    look_for_conflicts(context.submission())
    return after_saving(context.submission())


def _edit(form: TalkForm) -> None:
    actions.edit(
        context.db(),
        context.actor(),
        context.standing(),
        content=form.content(),
        links=context.links(),
        now=context.now(),
    )


def _submit() -> None:
    db, actor, standing = context.db(), context.actor(), context.standing()
    actions.submit(db, actor, standing, links=context.links(), now=context.now())


def _done(form: TalkForm) -> str:
    return str(_("Thank you, it is submitted.") if form.submits else _("Saved."))


def _stale_page(form: TalkForm) -> str:
    """Both texts side by side; the row has been read again, so "theirs" is what is stored."""
    db, submission = context.db(), context.submission()
    db.expire_all()
    theirs, yours = contents.read(db, submission), form.content()
    return render_template(
        "errors/stale.html",
        fields=[
            (label, old, new)
            for (label, old), (_label, new) in zip(
                _shown(form, theirs), _shown(form, yours), strict=True
            )
        ],
        back=url_for("speaker.edit", slug=context.conference().slug, code=submission.code),
        by=None,
    )


def _shown(form: TalkForm, content: Content) -> list[tuple[str, str]]:
    kinds = {choice.value: choice.label for choice in form.type.choices}
    return [
        (form.title.label.text, content.title),
        (form.abstract.label.text, content.abstract),
        (form.type.label.text, str(kinds.get(content.type_id, ""))),
        (form.speakers.label.text, speakers_line(content)),
        (form.note.label.text, content.note),
    ]
