"""A new talk: typed before any log-in, sent with an e-mail address, or kept as a draft."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import flash, g, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from cfp.actors import Actor
from cfp.domain.accounts.models import Receipt
from cfp.domain.accounts.rules import address_key
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions import actions
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.queries import has_open_draft
from cfp.domain.submissions.rules import Content, SpeakerEntry
from cfp.domain.submissions.states import call_is_open
from cfp.errors import DomainError, NotNowError
from cfp.policy import Action, Standing, standing_of
from cfp.web import context
from cfp.web.account.continuations import CONTINUATIONS, prove_address, received
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.speaker import blueprint
from cfp.web.speaker.forms import TalkForm
from cfp.web.speaker.talks import (
    form_for_new,
    form_page,
    look_for_conflicts,
    mistakes,
    own_page,
    preview,
    talk_form,
)
from cfp.web.wording import say

CONTINUATION = "submit_talk"


@blueprint.get("/<slug>/submissions/new")
@permission(Action.SUBMIT_NEW)
def new(slug: str) -> str:
    if not call_is_open(context.conference(), context.now()):
        return _closed_page()
    return form_page(form_for_new())


@blueprint.post("/<slug>/submissions/new")
@permission(Action.SUBMIT_NEW)
def create(slug: str) -> ViewResponse:
    form = talk_form()
    if form.press_row_button():
        return form_page(form), 200
    if not call_is_open(context.conference(), context.now()):
        raise NotNowError("call_closed")
    if context.actor().person_id is None:
        return _ask_for_proof(form)
    form.whole = form.submits
    return perform(form, lambda: _store(form), lambda: form_page(form), done=_done(form))


@blueprint.post("/<slug>/submissions/preview")
@permission(Action.SUBMIT_NEW)
def show_preview(slug: str) -> str:
    """A fragment for preview.js; nothing is checked and nothing is kept."""
    return preview(talk_form().content())


@blueprint.post("/<slug>/submissions/autosave")
@permission(Action.OWN_SUBMISSIONS)
def autosave_new(slug: str) -> ViewResponse:
    """Make the draft of a form that has none yet; a repeated request finds the same one."""
    form, db = talk_form(), context.db()
    form.whole = False
    if not form.validate():
        return make_response(jsonify(message=mistakes(form)), 422)
    submission = _draft_of(form)
    if submission is None:
        submission = _create(form)
        db.add(
            Receipt(
                key=_draft_key(form),
                owner=str(context.actor().person_id),
                location=submission.code,
                created=context.now(),
            )
        )
    else:
        _edit(form, submission)
    db.commit()
    page = url_for("speaker.edit", slug=slug, code=submission.code)
    return jsonify(
        revision=submission.revision,
        autosave=url_for("speaker.autosave", slug=slug, code=submission.code),
        action=page,
        page=page,
    )


def go_on_with_talk(actor: Actor, payload: dict[str, Any]) -> str:
    """The typed talk becomes the person's, submitted; where that fails, a draft that says why."""
    db, now, links = context.db(), context.now(), context.links()
    conference = db.get_one(Conference, payload["conference"])
    g.conference = conference
    content, sent = _content_from(payload["content"]), received(payload)
    try:
        with db.begin_nested():
            submission = actions.create(
                db, actor, conference, content=content, now=now, received=sent
            )
            standing = _standing(actor, conference, submission)
            actions.submit(db, actor, standing, links=links, now=now, received=sent)
            look_for_conflicts(submission)
    except DomainError as error:
        submission = actions.keep(db, actor, conference, content=content, now=now)
        flash(_("Kept as a draft: %(why)s", why=say(error)), "warning")
    else:
        flash(_said(submission), "success")
    return own_page(submission)


CONTINUATIONS[CONTINUATION] = go_on_with_talk


def _ask_for_proof(form: TalkForm) -> ViewResponse:
    return prove_address(
        form,
        lambda: form_page(form),
        email=lambda: str(form.email.data),
        payload=lambda: _payload(form),
        conference=context.conference(),
    )


def _payload(form: TalkForm) -> dict[str, Any]:
    """What waits for the proof; the first speaker without another's address is who sends it."""
    content, mine = form.content(), address_key(form.email.data)
    me = next(
        (s for s in content.speakers if not s.address or address_key(s.address) == mine), None
    )
    return {
        "next": CONTINUATION,
        "about": content.title,
        "conference": context.conference().id,
        "name": me.name if me else "",
        "affiliation": me.affiliation if me else "",
        "content": asdict(content),
    }


def _content_from(kept: dict[str, Any]) -> Content:
    speakers = tuple(SpeakerEntry(**one) for one in kept["speakers"])
    return Content(**{**kept, "speakers": speakers})


def _store(form: TalkForm) -> str:
    db, actor = context.db(), context.actor()
    submission = _draft_of(form)
    if submission is None:
        submission = _create(form)
    else:
        _edit(form, submission)
    if form.submits:
        standing = _standing(actor, context.conference(), submission)
        actions.submit(db, actor, standing, links=context.links(), now=context.now())
        look_for_conflicts(submission)
    return own_page(submission)


def _create(form: TalkForm) -> Submission:
    return actions.create(
        context.db(),
        context.actor(),
        context.conference(),
        content=form.content(),
        now=context.now(),
    )


def _edit(form: TalkForm, submission: Submission) -> None:
    standing = _standing(context.actor(), context.conference(), submission)
    actions.edit(
        context.db(),
        context.actor(),
        standing,
        content=form.content(),
        links=context.links(),
        now=context.now(),
    )


def _standing(actor: Actor, conference: Conference, submission: Submission) -> Standing:
    standing = standing_of(context.db(), actor, conference, submission.code)
    if standing is None:
        raise LookupError(submission.code)
    return standing


def _draft_of(form: TalkForm) -> Submission | None:
    """The draft that an autosave of this very form has made, though its answer got lost."""
    db = context.db()
    code = select(Receipt.location).where(Receipt.key == _draft_key(form)).scalar_subquery()
    query = select(Submission).where(
        Submission.code == code,
        Submission.submitter_id == context.actor().person_id,
        Submission.state == "draft",
    )
    return db.scalars(query).one_or_none()


def _draft_key(form: TalkForm) -> str:
    parts = ["draft", str(context.actor().person_id), request.path.split("/")[1], form.key.data]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _done(form: TalkForm) -> str:
    return str(_("Thank you, it is submitted.") if form.submits else _("Saved as a draft."))


def _said(submission: Submission) -> str:
    word = context.conference().talk_word
    return str(_("We have your %(talk)s %(code)s.", talk=word, code=submission.code))


def _closed_page() -> str:
    conference, now, actor = context.conference(), context.now(), context.actor()
    return render_template(
        "speaker/closed.html",
        conference=conference,
        early=_is_early(conference, now),
        draft=actor.person_id is not None and has_open_draft(context.db(), actor, conference),
    )


def _is_early(conference: Conference, now: datetime) -> bool:
    return conference.opens is None or now < conference.opens
