"""Which of two is better: what reviewers say beside their reviews, and the scores it gives."""

from collections.abc import Callable, Sequence
from itertools import combinations

from sqlalchemy import select

from cfp.demo.cast import reviewers
from cfp.demo.script import Talk
from cfp.demo.stage import Stage
from cfp.domain.assignment.models import Assignment
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.calibrating_results import Found, store
from cfp.domain.decisions.calibrating_rules import PAIRS
from cfp.domain.decisions.comparing_scopes import PairScope, load_scopes
from cfp.domain.reviews import comparing

Comparer = Callable[[PairScope], Found]

RANKER = "callum@birch.example"
"""Who orders a handful at once rather than answer question by question."""
HANDFUL = 5
DOUBT, ALIKE = 0.4, 0.15


def say_which(
    stage: Stage, conference: Conference, talks: Sequence[Talk], *, each: int, day: int
) -> None:
    """Everybody answers so many questions about talks that they were asked to review."""
    for row in reviewers():
        theirs = _theirs(stage, conference, talks, row["email"])
        opinions = {talk.title: _opinion(stage, talk) for talk in theirs}
        if row["email"] == RANKER and len(theirs) >= HANDFUL:
            _rank(stage, conference, row["email"], theirs[:HANDFUL], opinions, day)
            continue
        questions = list(combinations(theirs, 2))
        for pair in stage.random.sample(questions, min(each, len(questions))):
            _compare(stage, conference, row["email"], pair, opinions, day)


def score(stage: Stage, conference: Conference, solve: Comparer, day: int) -> None:
    """The chair has scores computed from it, to look at beside those of the reviews."""
    read = stage.then(day)
    found = [solve(scope) for scope in load_scopes(stage.db, conference)]
    store(stage.db, conference, found, read=read, source=PAIRS)


def _theirs(
    stage: Stage, conference: Conference, talks: Sequence[Talk], address: str
) -> list[Talk]:
    asked = select(Assignment.submission_id).where(
        Assignment.conference_id == conference.id,
        Assignment.person_id == stage.actor(address).person_id,
        Assignment.state != "declined",
    )
    known = set(stage.db.scalars(asked))
    return [
        talk
        for talk in talks
        if stage.submissions[talk.title].id in known
        and stage.submissions[talk.title].state == "submitted"
    ]


def _opinion(stage: Stage, talk: Talk) -> float:
    return talk.merit + stage.random.gauss(0, DOUBT)


def _compare(
    stage: Stage,
    conference: Conference,
    address: str,
    pair: tuple[Talk, Talk],
    opinions: dict[str, float],
    day: int,
) -> None:
    first, second = pair
    ahead = opinions[first.title] - opinions[second.title]
    comparing.compare(
        stage.db,
        stage.actor(address),
        conference,
        codes=(stage.submissions[first.title].code, stage.submissions[second.title].code),
        places=(1, 1) if abs(ahead) < ALIKE else (1, 2) if ahead > 0 else (2, 1),
        revision=0,
        now=stage.then(day),
    )


def _rank(
    stage: Stage,
    conference: Conference,
    address: str,
    talks: Sequence[Talk],
    opinions: dict[str, float],
    day: int,
) -> None:
    best_first = sorted(talks, key=lambda talk: -opinions[talk.title])
    comparing.rank(
        stage.db,
        stage.actor(address),
        conference,
        places=[
            (stage.submissions[talk.title].code, place) for place, talk in enumerate(best_first, 1)
        ],
        now=stage.then(day),
    )
