"""One submission as its speakers follow it: where it stands, what comes next, what they can do."""

from collections.abc import Sequence
from datetime import datetime

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from cfp.domain.assignment.by_speakers import can_be_said, is_asked
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.decisions import joining
from cfp.domain.decisions.confirm_answers import answered_of
from cfp.domain.decisions.confirmations import confirmation_of
from cfp.domain.decisions.models import Decision
from cfp.domain.program import materials, versions
from cfp.domain.reviews import responses
from cfp.domain.reviews.answers import answers_for_speakers
from cfp.domain.reviews.blindness import Trace
from cfp.domain.reviews.summaries import text_for_speakers
from cfp.domain.submissions import actions
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.queries import own_messages
from cfp.domain.submissions.speakers import speakers_of
from cfp.domain.submissions.states import (
    IN_PROGRAM,
    State,
    call_is_open,
    content_is_open,
    possible_moves,
)
from cfp.formats.program import Slot
from cfp.formats.speakers import write_entries
from cfp.policy import Action, Fact, Standing, sees
from cfp.web import context
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission
from cfp.web.speaker import blueprint
from cfp.web.speaker.talks import format_words, minutes_words, own_page, traces_in


@blueprint.get("/<slug>/submissions/<code>/")
@permission(Action.FOLLOW)
def submission(slug: str, code: str) -> str:
    return _page()


@blueprint.post("/<slug>/submissions/<code>/withdraw")
@permission(Action.FOLLOW)
def withdraw(slug: str, code: str) -> ViewResponse:
    def act() -> str:
        db, actor, standing = context.db(), context.actor(), context.standing()
        actions.withdraw(db, actor, standing, links=context.links(), now=context.now())
        return own_page(standing.submission)

    return press(act, done=_("It is withdrawn, and nothing is left for you to do."))


@blueprint.post("/<slug>/submissions/<code>/discard")
@permission(Action.FOLLOW)
def discard(slug: str, code: str) -> ViewResponse:
    def act() -> str:
        actions.discard(context.db(), context.actor(), context.standing(), now=context.now())
        return url_for("speaker.index", slug=slug)

    return press(act, done=_("The draft is deleted."))


def _page() -> str:
    db, actor, standing, now = context.db(), context.actor(), context.standing(), context.now()
    conference, submission = standing.conference, standing.submission
    speakers = speakers_of(db, submission)
    kind = db.get_one(SubmissionType, submission.type_id)
    slots = _published_slots(submission)
    decision, joiners = _decision(), joining.joiners_of(db, submission)
    current, ended = _stage(conference, submission, bool(slots), now)
    return render_template(
        "speaker/submission.html",
        conference=conference,
        submission=submission,
        speakers=speakers,
        speakers_line=write_entries([one for one in speakers if one.name]),
        format=format_words(kind),
        track=_track_shown(submission),
        current=current,
        ended=ended,
        moves=possible_moves(standing, now),
        edits=content_is_open(conference, submission, now),
        late=not call_is_open(conference, now),
        slots=slots,
        decision=decision,
        texts=answers_for_speakers(db, standing),
        summed_up=text_for_speakers(db, standing),
        answers=responses.is_open(conference, submission, now),
        joiners=joiners,
        askable=[one.place.name for one in joiners if joining.may_be_asked(one, now)],
        offer=joining.offer_of(db, actor, standing) if decision and decision["into"] else None,
        answer=confirmation_of(db, submission) if submission.state in _ANSWERED else None,
        said=answered_of(db, standing) if submission.state in _ANSWERED else (),
        own=next((one for one in speakers if one.person_id == actor.person_id), None),
        messages=own_messages(db, actor, submission),
        gives=submission.state in IN_PROGRAM,
        asks_conflicts=is_asked(conference) and can_be_said(submission),
        given=materials.given_for(db, submission) if submission.announced else {},
        traces=_traces(standing, speakers) if submission.announced is None else [],
    )


def _traces(standing: Standing, speakers: Sequence[Speaker]) -> list[Trace]:
    """What reviewers could tell from it, while its speakers can still change it."""
    submission = standing.submission
    if not content_is_open(standing.conference, submission, context.now()):
        return []
    return traces_in(submission.title, submission.abstract, speakers)


_ANSWERED = (State.CONFIRMED, State.DECLINED)
_ENDS = {
    State.REJECTED: "decided",
    State.DECLINED: "confirm",
    State.CANCELED: "scheduled",
}
_STANDS = {
    State.DRAFT: "draft",
    State.WAITLISTED: "decided",
    State.REVISE: "decided",
    State.ACCEPTED: "confirm",
}


def _stage(
    conference: Conference, submission: Submission, scheduled: bool, now: datetime
) -> tuple[str, bool]:
    """Where it stands on the timeline, and whether it ends there."""
    state = State(submission.state)
    if state in _ENDS:
        return _ENDS[state], True
    if state is State.WITHDRAWN:
        return ("confirm" if submission.announced else "review"), True
    if state is State.CONFIRMED:
        return ("published" if scheduled else "scheduled"), False
    return _STANDS.get(state, "submitted" if now <= conference.deadline else "review"), False


def _published_slots(submission: Submission) -> tuple[Slot, ...]:
    """When and where everyone can read that it is given; () before that."""
    if submission.state not in IN_PROGRAM:
        return ()
    version = versions.latest(context.db(), context.conference())
    if version is None:
        return ()
    return versions.program_of(version).slots_by_talk.get(submission.code, ())


def _track_shown(submission: Submission) -> str | None:
    """The track's name, where the conference has more than the one nobody sees."""
    query = select(Track).where(Track.conference_id == submission.conference_id)
    tracks = {track.id: track.name for track in context.db().scalars(query)}
    return tracks[submission.track_id] if len(tracks) > 1 else None


_INTO = aliased(Submission, name="merged_into")


def _decision() -> dict[str, str] | None:
    """The announced decision as its speakers read it."""
    standing = context.standing()
    if not sees(standing, Fact.DECISION):
        return None
    row = (
        context.db()
        .execute(
            select(Decision, SubmissionType, _INTO.title)
            .outerjoin(SubmissionType, SubmissionType.id == Decision.type_id)
            .outerjoin(_INTO, _INTO.id == Decision.into_id)
            .where(Decision.submission_id == standing.submission.id)
            .order_by(Decision.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    if row is None:
        return None
    decision, kind, into = row
    words = f"{kind.name}, {minutes_words(kind, decision.minutes)}" if kind else ""
    return {
        "outcome": decision.outcome,
        "format": words,
        "note": decision.note,
        "into": into or "",
    }
