"""Reviewed talks by strict and lenient reviewers, and their calibration computed in place."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.decisions import comparing_scopes
from cfp.domain.decisions.calibrating_results import store
from cfp.domain.decisions.calibrating_rules import PAIRS
from cfp.domain.decisions.calibrating_scopes import load_scopes
from cfp.domain.submissions.models import Submission
from cfp.jobs import compare
from cfp.jobs.calibrate import solve
from tests.factories import (
    NOW,
    give_role,
    make_conference,
    make_person,
    make_review,
    make_submission,
    make_track,
)
from tests.support.visitor import Visitor, masked

BOARD = "/netconf/chair/decisions/"
AFTER_ALL = datetime(2100, 1, 1, tzinfo=UTC)
"""The job is a process of its own, with the real clock."""

QUALITIES = (5, 4, 4, 4, 3, 3, 3, 3, 2, 2)
LENIENCE = (1, 0, 0, -1, 0)


@dataclass(frozen=True)
class Judged:
    """Talks in the order of `QUALITIES`, the last three in the other track."""

    conference: Conference
    owner: Person
    chair: Person
    other_chair: Person
    track_chair: Person
    track: Track
    reviewers: list[Person]
    talks: list[Submission]


def make_judged(db: Session, **changes: object) -> Judged:
    """Three of five reviewers score each talk, in turn; ninety minutes hold three talks."""
    conference = make_conference(db, "netconf", **{"capacities": {"all": 90}, **changes})
    track = make_track(db, conference, "Storage")
    owner, chair, other, of_track = (
        make_person(db, f"{name} Example") for name in ("Ada", "Cher", "Otto", "Tia")
    )
    for person, kind in ((chair, "chair"), (other, "chair")):
        give_role(db, conference, person, kind)
    give_role(db, conference, of_track, "track_chair", track)
    reviewers = [make_person(db, f"Reviewer {n}") for n in range(len(LENIENCE))]
    for person in reviewers:
        give_role(db, conference, person, "reviewer")
    talks = []
    for number, quality in enumerate(QUALITIES):
        where = track if number >= len(QUALITIES) - 3 else None
        talk = make_submission(db, conference, [owner], title=f"Talk {number}", track=where)
        for turn in range(3):
            who = (number + turn) % len(reviewers)
            score = min(5, max(1, quality + LENIENCE[who]))
            make_review(db, talk, reviewers[who], score)
        talks.append(talk)
    return Judged(conference, owner, chair, other, of_track, track, reviewers, talks)


def calibrate(db: Session, conference: Conference, read: datetime = NOW) -> None:
    """What the job does, in the test's own transaction."""
    found = [solve(scope) for scope in load_scopes(db, conference)]
    store(db, conference, found, read=read)


def score_pairs(db: Session, conference: Conference, read: datetime = NOW) -> None:
    """The same of scores from comparisons."""
    found = [compare.solve(scope) for scope in comparing_scopes.load_scopes(db, conference)]
    store(db, conference, found, read=read, source=PAIRS)


def pages_of(judged: Judged, visitor: Visitor, *paths: str) -> dict[str, str]:
    """The lists and each talk as the visitor sees them, to be compared with another world's."""
    codes = [talk.code for talk in judged.talks]
    of_talks = [f"/netconf/chair/submissions/{code}/" for code in codes]
    of_talks += [f"{BOARD}{code}/" for code in codes]
    lists = [f"{BOARD}{rest}" for rest in ("", "?view=board", "?sort=-calibrated", "?band=open")]
    return {path: masked(visitor.get(path)) for path in (*lists, *paths, *of_talks)}
