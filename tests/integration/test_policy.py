"""The policy against a table written from the specification's permission table, not from code.

Each row: a fact, then who may know it before submission (draft), while undecided, and once
announced. Letters: s owner and co-speaker, r reviewer, x reviewer with a blocking conflict,
t track chair, c chair, k chair with a blocking conflict, o read-only role, g guest invited to
review, h helper of a reviewer. Everybody else (other speakers, other track's chair, administrator,
anonymous) never knows anything.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.phases import Phase, stored
from cfp.policy import Action, Fact, allowed, may, predicate, sees, standing_of
from tests.factories import NOW, make_review
from tests.support.cast import CAST, World, make_world

LETTERS = {
    "s": ("owner", "co_speaker"),
    "r": ("reviewer",),
    "x": ("blocked_reviewer",),
    "t": ("track_chair",),
    "c": ("chair",),
    "k": ("conflicted_chair",),
    "o": ("reader",),
    "g": ("guest",),
    "h": ("helper",),
}
HOUR = timedelta(hours=1)
UNDECIDED = {State.SUBMITTED, State.WITHDRAWN}

OPEN_TABLE = {
    Fact.CONTENT: ("s", "srxtckogh", "srxtckog"),
    Fact.SPEAKERS: ("s", "srxtckogh", "srxtckog"),
    Fact.CHAIR_NOTE: ("s", "stck", "stck"),
    Fact.REVIEWERS: ("", "tc", "tc"),
    Fact.REVIEWS: ("", "tc", "tc"),
    Fact.CHAIR_REVIEWS: ("", "tc", "tc"),
    Fact.SPEAKER_TEXT: ("", "tc", "tc"),
    Fact.PENDING: ("", "tc", "tc"),
    Fact.DECISION: ("", "", "srxtckog"),
    Fact.ADDRESSES: ("s", "stck", "stck"),
    Fact.REVIEW_MAIL: ("", "c", "c"),
    Fact.MAIL: ("ck", "ck", "ck"),
    Fact.CONFLICTS: ("", "ck", "ck"),
    Fact.PLACEMENT: ("", "tcko", "tcko"),
    Fact.LISTED: ("", "tcko", "tcko"),
    Fact.LOG: ("", "c", "c"),
    Fact.TAGS: ("", "rtcg", "rtcg"),
    Fact.CHAIR_TAGS: ("", "tc", "tc"),
}
BLIND_TABLE = {**OPEN_TABLE, Fact.SPEAKERS: ("s", "stcko", "stcko")}


def expected(table: dict[Fact, tuple[str, str, str]], fact: Fact, state: State) -> set[str]:
    column = 0 if state is State.DRAFT else 1 if state in UNDECIDED else 2
    return {name for letter in table[fact][column] for name in LETTERS[letter]}


Known = Mapping[tuple[Fact, State], set[str]]


def known_by_rule(db: Session, world: World) -> Known:
    """Who may know what, one object at a time."""
    known: dict[tuple[Fact, State], set[str]] = defaultdict(set)
    for name, state in product(CAST, State):
        code = world.submissions[state].code
        standing = standing_of(db, world.actor(db, name), world.conference, code)
        assert standing is not None
        for fact in Fact:
            if sees(standing, fact):
                known[fact, state].add(name)
    return known


def known_by_query(db: Session, world: World) -> Known:
    """The same, for all submissions at once."""
    states = {submission.id: state for state, submission in world.submissions.items()}
    known: dict[tuple[Fact, State], set[str]] = defaultdict(set)
    for name, fact in product(CAST, Fact):
        condition = predicate(world.actor(db, name), fact, world.conference)
        for found in db.scalars(select(Submission.id).where(condition)):
            if found in states:
                known[fact, states[found]].add(name)
    return known


Reader = Callable[[Session, World], Known]
READERS = pytest.mark.parametrize("read", [known_by_rule, known_by_query])


@READERS
@pytest.mark.parametrize("blind", [False, True], ids=["open", "blind"])
@pytest.mark.parametrize("reviewing", ["everyone", "assigned"])
def test_every_fact_is_known_to_those_of_the_table_and_no_others(
    db: Session, reviewing: str, blind: bool, read: Reader
) -> None:
    world = make_world(db, blind=blind, reviewing=reviewing)
    table = BLIND_TABLE if blind else OPEN_TABLE
    known = read(db, world)
    for fact, state in product(Fact, State):
        who = expected(table, fact, state)
        if reviewing == "assigned":
            who -= {"blocked_reviewer"}  # has no assignment, so is no reviewer of it
        assert known[fact, state] == who, (fact, state)


@READERS
@pytest.mark.parametrize(
    ("others_reviews", "own_in", "sees_others"),
    [
        ("never", True, False),
        ("after_own", False, False),
        ("after_own", True, True),
        ("always", False, True),
    ],
)
def test_a_reviewer_reads_others_reviews_when_the_conference_says(
    db: Session, others_reviews: str, own_in: bool, sees_others: bool, read: Reader
) -> None:
    world = make_world(db, others_reviews=others_reviews, reviewer_names_shown=True)
    if own_in:
        make_review(db, world.submissions[State.SUBMITTED], world.people["reviewer"])
    known, committee = read(db, world), {"track_chair", "chair"}
    reviewer = {"reviewer"}
    others = {"reviewer", "guest"} if others_reviews == "always" else reviewer
    assert known[Fact.REVIEWS, State.SUBMITTED] == committee | (others if sees_others else set())
    assert known[Fact.REVIEWERS, State.SUBMITTED] == committee | (reviewer if own_in else set())


@READERS
def test_speakers_read_their_text_only_after_announcing_and_if_it_is_sent(
    db: Session, read: Reader
) -> None:
    known = read(db, make_world(db, sends_speaker_text=True))
    speakers = {"owner", "co_speaker"}
    for state in State:
        told = speakers if state not in UNDECIDED | {State.DRAFT} else set()
        assert known[Fact.SPEAKER_TEXT, state] & speakers == told, state


FIRST = Phase("r", "Reviews", NOW, NOW + HOUR, others="after_own", names_shown=True)
SECOND = Phase("d", "Discussion", NOW, reads="all", writes="nobody", others="always")


@READERS
@pytest.mark.parametrize(
    ("phase", "at", "own_in", "reads_reviews", "sees_names", "reads_any"),
    [
        (FIRST, NOW, False, False, False, False),
        (FIRST, NOW, True, True, True, False),
        (FIRST, NOW - HOUR, True, False, False, False),
        (FIRST, NOW + 2 * HOUR, True, True, True, False),
        (FIRST, None, True, False, False, False),
        (SECOND, NOW, False, True, False, True),
    ],
)
def test_a_reviewer_knows_what_the_phase_of_the_moment_says(
    db: Session,
    phase: Phase,
    at: datetime | None,
    own_in: bool,
    reads_reviews: bool,
    sees_names: bool,
    reads_any: bool,
    read: Reader,
) -> None:
    world = make_world(
        db, reviewing="assigned", others_reviews="always", reviewer_names_shown=not sees_names,
        phases=stored([phase]),
    )  # fmt: skip
    if own_in:
        make_review(db, world.submissions[State.SUBMITTED], world.people["reviewer"])
    for name in ("reviewer", "blocked_reviewer", "guest"):
        world.actors[name] = replace(world.actor(db, name), at=at)
    known, committee, reviewer = read(db, world), {"track_chair", "chair"}, {"reviewer"}
    asked = State.SUBMITTED
    guest = {"guest"} if phase is SECOND else set()  # whose own review is not in
    assert known[Fact.REVIEWS, asked] == committee | guest | (reviewer if reads_reviews else set())
    assert known[Fact.SPEAKER_TEXT, asked] == known[Fact.REVIEWS, asked]
    assert known[Fact.REVIEWERS, asked] == committee | (reviewer if sees_names else set())
    assert ("blocked_reviewer" in known[Fact.CONTENT, asked]) is reads_any  # is not asked for it
    assert known[Fact.CHAIR_REVIEWS, asked] == committee


@pytest.mark.parametrize(("writes", "may_write"), [("assigned", False), ("all", True)])
def test_only_who_is_asked_writes_unless_the_phase_lets_everybody(
    db: Session, writes: str, may_write: bool
) -> None:
    phase = replace(SECOND, writes=writes)
    world = make_world(db, reviewing="assigned", phases=stored([phase]))
    stranger = world.submissions[State.SUBMITTED]
    db.execute(delete(Assignment).where(Assignment.submission_id == stranger.id))
    actor = world.actor(db, "reviewer")
    for submission, expected in (
        (stranger, may_write),
        (world.submissions[State.CONFIRMED], True),
    ):
        standing = standing_of(db, actor, world.conference, submission.code)
        assert standing is not None
        assert sees(standing, Fact.REVIEWS)
        assert allowed(actor, Action.READ_FOR_REVIEW, standing, NOW)
        assert allowed(actor, Action.REVIEW, standing, NOW) is expected
        assert not allowed(actor, Action.COMMENT, standing, NOW)
        found = select(Submission.id).where(
            Submission.id == submission.id, may(actor, Action.REVIEW, world.conference)
        )
        assert (db.scalar(found) is not None) is expected


@READERS
@pytest.mark.parametrize(
    ("policies", "kind", "state", "blocks"),
    [
        ({}, "declared", "open", True),
        ({}, "declared", "dismissed", False),
        ({}, "affiliation", "open", False),
        ({}, "affiliation", "confirmed", True),
        ({"affiliation": "block"}, "affiliation", "open", True),
        ({"declared": "show"}, "declared", "open", False),
    ],
)
def test_a_conflict_blocks_by_its_kind_until_a_chair_judges_it(
    db: Session, policies: dict[str, str], kind: str, state: str, blocks: bool, read: Reader
) -> None:
    world = make_world(db, conflict_policies=policies)
    for conflict in db.scalars(select(Conflict)):
        conflict.kind, conflict.state = kind, state
    db.flush()
    knows = "conflicted_chair" in read(db, world)[Fact.PENDING, State.SUBMITTED]
    assert knows is not blocks
