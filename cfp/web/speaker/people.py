"""Asking co-speakers, also those of a talk merged into this one, and taking oneself off."""

from flask import flash, url_for
from flask_babel import gettext as _

from cfp.domain.decisions import joining
from cfp.domain.submissions import speakers
from cfp.domain.submissions.models import Speaker
from cfp.domain.submissions.states import State, content_is_open
from cfp.errors import NotFoundError, NotNowError
from cfp.policy import Action, Relation
from cfp.web import context
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission
from cfp.web.speaker import blueprint
from cfp.web.speaker.talks import look_for_conflicts, own_page


@blueprint.post("/<slug>/submissions/<code>/speakers/<speaker>/invite")
@permission(Action.EDIT_AS_SPEAKER)
def invite(slug: str, code: str, speaker: str) -> ViewResponse:
    def act() -> str:
        standing = context.standing()
        conference, submission = standing.conference, standing.submission
        if submission.state == State.DRAFT:
            raise NotNowError("invitation_not_now")
        if not content_is_open(conference, submission, context.now()):
            raise NotNowError("edit_closed")
        speakers.invite(
            context.db(),
            context.actor(),
            conference,
            submission,
            _speaker(speaker),
            links=context.links(),
            now=context.now(),
        )
        return own_page(submission)

    return press(act, done=_("Asked again."))


@blueprint.post("/<slug>/submissions/<code>/leave")
@permission(Action.EDIT_AS_SPEAKER)
def leave(slug: str, code: str) -> ViewResponse:
    """One's own place only; who submitted keeps following what they have sent."""

    def act() -> str:
        standing, db = context.standing(), context.db()
        mine = [
            one
            for one in speakers.speakers_of(db, standing.submission)
            if one.person_id == context.actor().person_id
        ]
        if not mine or Relation.SPEAKER not in standing.relations:
            raise NotFoundError("not_found")
        speakers.leave(
            db,
            context.actor(),
            conference=standing.conference,
            submission=standing.submission,
            speaker=mine[0],
            links=context.links(),
            now=context.now(),
        )
        look_for_conflicts(standing.submission)
        return url_for("speaker.index", slug=slug)

    return press(act, done=_("You are taken off."))


@blueprint.post("/<slug>/submissions/<code>/merged/ask")
@permission(Action.EDIT_AS_SPEAKER)
def ask_to_join(slug: str, code: str) -> ViewResponse:
    """Ask the speakers of what was merged into it; the mails go to addresses nobody here sees."""

    def act() -> str:
        names = joining.ask(
            context.db(),
            context.actor(),
            context.standing(),
            links=context.links(),
            now=context.now(),
        )
        flash(_("Asked: %(names)s.", names=", ".join(names)), "success")
        return own_page(context.submission())

    return press(act)


@blueprint.post("/<slug>/submissions/<code>/join")
@permission(Action.EDIT_AS_SPEAKER)
def join(slug: str, code: str) -> ViewResponse:
    """Join the talk that one's own was merged into."""

    def act() -> str:
        target = joining.join(
            context.db(), context.actor(), context.standing(), now=context.now()
        )
        look_for_conflicts(target)
        return own_page(target)

    return press(act, done=_("You are one of its speakers now."))


def _speaker(code: str) -> Speaker:
    for one in speakers.speakers_of(context.db(), context.submission()):
        if one.code == code:
            return one
    raise NotFoundError("not_found")
