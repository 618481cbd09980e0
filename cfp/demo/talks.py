"""The talks come in: drafts, submissions, co-speakers who answer, and two who change their mind."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from cfp.demo import script
from cfp.demo.script import Talk
from cfp.demo.stage import Stage
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.queries import tracks_of, types_of
from cfp.domain.submissions import actions, speakers
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import Content, SpeakerEntry

SILENT = frozenset({"clara@delta.example", "gift@upland.example", "sunniva@plaintools.example"})
"""Co-speakers who have not answered their invitation."""


def send_in(
    stage: Stage, conference: Conference, talks: Sequence[Talk], *, first: int, last: int
) -> None:
    """Spread over the days from `first` to `last`, most of them in the end."""
    for place, talk in enumerate(talks):
        share = ((place + 1) / len(talks)) ** 0.6
        _send_in(stage, conference, talk, stage.then(int(first + share * (last - first))))


def _send_in(stage: Stage, conference: Conference, talk: Talk, now: datetime) -> None:
    owner = stage.actor(talk.owner)
    submission = actions.create(
        stage.db, owner, conference, content=content_of(stage, conference, talk), now=now
    )
    stage.submissions[talk.title] = submission
    if talk.state == "draft":
        return
    standing = stage.standing(owner, conference, submission)
    actions.submit(stage.db, owner, standing, links=stage.links, now=now)
    _answer_invitations(stage, submission, now)


def content_of(stage: Stage, conference: Conference, talk: Talk) -> Content:
    """What its speaker types into the form."""
    types = {row.name: row.id for row in types_of(stage.db, conference)}
    tracks = {row.name: row.id for row in tracks_of(stage.db, conference)}
    return Content(
        title=talk.title,
        abstract=talk.abstract,
        type_id=types[talk.type],
        track_id=tracks[talk.track],
        speakers=tuple(
            SpeakerEntry(one.name, one.affiliation, one.address) for one in talk.speakers
        ),
        note=talk.note,
    )


def _answer_invitations(stage: Stage, submission: Submission, now: datetime) -> None:
    asked = select(Speaker).where(
        Speaker.submission_id == submission.id, Speaker.state == "invited"
    )
    for speaker in stage.db.scalars(asked).all():
        if speaker.address not in SILENT:
            speakers.accept_invitation(
                stage.db,
                stage.actor(speaker.address),
                submission=submission,
                speaker=speaker,
                now=now,
            )


def withdraw_some(stage: Stage, conference: Conference) -> None:
    """Two speakers take their talks back before the reviewers have begun."""
    for talk in script.talks():
        if talk.state == "withdrawn":
            owner = stage.actor(talk.owner)
            standing = stage.standing(owner, conference, stage.submissions[talk.title])
            now = stage.then(-23)
            actions.withdraw(stage.db, owner, standing, links=stage.links, now=now)
