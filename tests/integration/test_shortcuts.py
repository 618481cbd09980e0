"""What is counted or found by a shorter way equals what the long way gives, for everybody.

The long way is the plain rows of a view as a person may have them, added up in Python. Random
talks, reviews, conflicts, assignments and decisions; a chair, one with conflicts, a track chair.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import Actor
from cfp.domain.assignment.blocking import blocked_set, lost_assignments
from cfp.domain.assignment.coverage import coverage_of, lacking
from cfp.domain.assignment.eligible import assignable
from cfp.domain.assignment.models import Assignment
from cfp.domain.conferences.models import SubmissionType
from cfp.domain.decisions.board import board, on_board
from cfp.domain.decisions.figures import figures
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.reviews.figures import coverage, mean_bins, progress_of_all
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.committee import committee_list
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.policy import (
    ACTIVE_ASSIGNMENTS,
    Action,
    Fact,
    View,
    counted,
    may,
    predicate,
    seats,
    unknown,
)
from cfp.web.chair.board_list import SORTABLE as BOARD_SORTABLE
from cfp.web.chair.people_list import FILTERS, PeopleListing, people_listing
from cfp.web.chair.people_list import SORTABLE as PEOPLE_SORTABLE
from cfp.web.chair.submissions import SORTABLE
from cfp.web.lists import Listing
from cfp.web.ordering import PAGE_SIZE
from tests.factories import (
    NOW,
    add_speaker,
    give_role,
    make_assignment,
    make_conflict,
    make_login,
    make_person,
    make_review,
    make_submission,
)
from tests.support.cast import World, make_world

READERS = ("chair", "conflicted_chair", "track_chair")
STATES = ("submitted",) * 6 + ("accepted", "confirmed", "rejected", "withdrawn", "draft")


def fill(db: Session, world: World) -> None:
    """Everything the figures are made of, at random."""
    chance = random.Random(7)  # noqa: S311 - a test's data
    conference, people = world.conference, world.people
    reviewers = [make_person(db, f"Reviewer {number}") for number in range(6)]
    for reviewer in reviewers:
        give_role(db, conference, reviewer, "reviewer")
    for number in range(40):
        owner = chance.choice([*reviewers, people["chair"], people["other_speaker"]])
        track = world.track if chance.random() < 0.6 else None
        state = chance.choice(STATES)
        talk = make_submission(
            db, conference, [owner, f"Guest {number % 7}"], state=state, track=track
        )
        for reviewer in chance.sample(reviewers, chance.randrange(5)):
            make_assignment(db, talk, reviewer, chance.choice(["assigned", "done", "declined"]))
            if state != "draft" and chance.random() < 0.7:
                given = chance.choice(["submitted", "submitted", "draft"])
                make_review(db, talk, reviewer, chance.randint(1, 5), state=given)
        if chance.random() < 0.2:
            somebody = chance.choice([*reviewers, people["chair"], people["track_chair"]])
            make_conflict(db, talk, somebody, state=chance.choice(["open", "dismissed"]))
        if state in {"submitted", "accepted"} and chance.random() < 0.4:
            _decide(db, talk, chance)


def _decide(db: Session, talk: Submission, chance: random.Random) -> None:
    db.add(
        PendingDecision(
            conference_id=talk.conference_id,
            submission_id=talk.id,
            outcome=chance.choice(["accept", "reject"]),
            type_id=talk.type_id,
            minutes=chance.choice([None, 40]),
            at=NOW,
        )
    )
    db.flush()


@pytest.fixture
def world(db: Session) -> World:
    return make_world(db, after=fill, reviewing="assigned")


@pytest.fixture
def readers(db: Session, world: World) -> list[Actor]:
    return [world.actor(db, name) for name in READERS]


def listing_of(view: View, actor: Actor, sort: str, *, descending: bool) -> Listing:
    return Listing(
        view=view, actor=actor, sort=sort, descending=descending, page=1, arguments={}
    )


def test_neighbors_are_those_of_the_whole_list(
    db: Session, world: World, readers: list[Actor]
) -> None:
    view = committee_list(world.conference)
    for reader, sort, descending in product(readers, SORTABLE, (False, True)):
        listing = listing_of(view, reader, sort, descending=descending)
        codes = [row.code for row in listing.load_all(db).rows]
        around = [None, *codes, None]
        found = [listing.neighbors(db, "code", code) for code in codes[:3] + codes[-3:]]
        pairs = list(zip(around, around[2:], strict=False))
        assert found == pairs[:3] + pairs[-3:], sort
        empty = next((at for at, row in enumerate(listing.rows) if row.reviews is None), 9)
        assert listing.neighbors(db, "code", codes[empty]) == pairs[empty], sort
    assert listing.neighbors(db, "code", "NOSUCH") == (None, None)


def test_neighbors_keep_to_the_filters(db: Session, world: World, readers: list[Actor]) -> None:
    for reader in readers:
        view = board(reader, world.conference)
        for sort in set(BOARD_SORTABLE) & set(view.names(reader)):
            listing = listing_of(view, reader, sort, descending=True)
            listing.where(on_board(reader, world.conference))
            listing.where(view.column(reader, "state") == "submitted")
            codes = [row.code for row in listing.load_all(db).rows]
            assert listing.neighbors(db, "code", codes[1]) == (codes[0], codes[2]), sort


def test_unknown_is_all_but_the_known(db: Session, world: World, readers: list[Actor]) -> None:
    for reader in readers:
        here = Submission.conference_id == world.conference.id
        everything = set(db.scalars(select(Submission.id).where(here)))
        for fact in Fact:
            grants = predicate(reader, fact, world.conference)
            known = set(db.scalars(select(Submission.id).where(grants)))
            rest = db.scalars(unknown(reader, fact, world.conference)).all()
            assert sorted(rest) == sorted(everything - known), fact


def test_the_board_in_numbers(db: Session, world: World, readers: list[Actor]) -> None:
    for reader in readers:
        view = board(reader, world.conference)
        listing = listing_of(view, reader, "mean", descending=True)
        listing.where(on_board(reader, world.conference))
        listing.where(may(reader, Action.DECIDE_ONE, world.conference))
        rows = listing.load_all(db).rows
        known = figures(db, reader, world.conference)
        assert Counter(row.pending for row in rows if row.pending) == Counter(known.pending)
        assert Counter(row.state for row in rows if not row.pending) == +Counter(known.states)
        accepts = [row for row in rows if row.pending == "accept"]
        inside = [r for r in rows if not r.pending and r.state in {"accepted", "confirmed"}]
        assert known.accepted == len(accepts) + len(inside)
        assert known.minutes["all"].pending == sum(row.minutes + row.discussion for row in accepts)
        kinds = {kind.id: kind for kind in db.scalars(select(SubmissionType))}
        used = [
            kinds[row.type_id].minutes + kinds[row.type_id].discussion_minutes for row in inside
        ]
        assert known.minutes["all"].used == sum(used)
        spreads = [(row.variance, row.reviews - 1) for row in rows if row.variance is not None]
        pooled = sum(value * free for value, free in spreads) / sum(
            free for _value, free in spreads
        )
        assert known.usual_spread == pytest.approx(pooled**0.5)
        means = sorted((row.mean for row in rows if row.mean is not None), reverse=True)
        ends = means[known.accepted - 1 : known.accepted + 1]
        assert known.accepted
        assert known.line == pytest.approx(sum(ends) / len(ends))


def test_scores_by_their_mean_and_by_track(db: Session, world: World, readers: list[Actor]) -> None:
    for reader in readers:
        view = committee_list(world.conference)
        listing = listing_of(view, reader, "mean", descending=False)
        rows = [row for row in listing.load_all(db).rows if row.reviews is not None]
        bins = mean_bins(db, reader, world.conference, low=1, high=5)
        assert sum(number for _low, number in bins) == sum(row.mean is not None for row in rows)
        wanted: dict[str, Counter[int]] = defaultdict(Counter)
        most = world.conference.reviews_per_submission
        for row in rows:
            if row.state == "submitted":
                wanted[row.track][min(row.reviews, most)] += 1
        found = coverage(db, reader, world.conference)
        assert {track: +Counter(dict(enumerate(n))) for track, n in found.items()} == dict(wanted)


def test_how_far_reviewers_are(db: Session, world: World, readers: list[Actor]) -> None:
    for reader in readers:
        known = set(
            db.scalars(
                select(Submission.id).where(predicate(reader, Fact.REVIEWERS, world.conference))
            )
        )
        state_of = {one.id: one.state for one in db.scalars(select(Submission))}
        done: Counter[int] = Counter()
        for review in db.scalars(select(Review).where(Review.state == "submitted")):
            done[review.person_id] += review.submission_id in known
        asked: Counter[int] = Counter()
        waits: Counter[int] = Counter()
        blocked = blocked_set(db, world.conference)
        for one in db.scalars(select(Assignment)):
            if one.submission_id in known and one.state in ACTIVE_ASSIGNMENTS:
                asked[one.person_id] += 1
                can_do = (one.submission_id, one.person_id) not in blocked
                under_review = state_of[one.submission_id] == State.SUBMITTED and can_do
                waits[one.person_id] += one.state in {"assigned", "accepted"} and under_review
        progress = progress_of_all(db, reader, world.conference)
        assert [(one.done, one.asked, one.open) for one in progress] == [
            (done[one.person_id], asked[one.person_id], waits[one.person_id]) for one in progress
        ]
        assert any(one.done for one in progress)


def test_lacking_alone_is_what_the_coverage_says(
    db: Session, world: World, readers: list[Actor]
) -> None:
    for reader, usual in product(readers, (1, 2, 3)):
        assert db.execute(select(lost_assignments(world.conference))).first() is not None
        world.conference.reviews_per_submission = usual
        number = lacking(db, reader, world.conference)
        assert number == coverage_of(db, reader, world.conference).lacking
        mine = select(Submission.id).where(assignable(reader, world.conference))
        assert 0 < number < len(db.scalars(mine).all())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_of_people_is_a_part_of_all(
    app: Flask, db: Session, world: World, readers: list[Actor]
) -> None:
    crowd = make_submission(db, world.conference, [world.people["owner"]], track=world.track)
    for number in range(PAGE_SIZE):
        add_speaker(db, crowd, f"Named {number:02}", number)
    for name in READERS:
        make_submission(db, world.conference, [world.people[name], "In a draft"], state="draft")
    narrowed = ["", "q=guest", *(f"who={name}" for name in FILTERS)]
    queries = [f"{one}&sort=-name" for one in narrowed] + [f"sort={s}" for s in PEOPLE_SORTABLE]
    for reader, query in product(readers, queries):
        whole = people(app, world, reader, query).whole().load_all(db).rows
        pages = range(1, max(1, -(-len(whole) // PAGE_SIZE)) + 1)
        parts = [people(app, world, reader, f"{query}&page={n}").load(db) for n in pages]
        assert {part.total for part in parts} == {len(whole)}
        rows = [tuple(row) for part in parts for row in part.rows]
        assert rows == [tuple(row) for row in whole], query
    assert len(pages) == 2


def people(app: Flask, world: World, actor: Actor, query: str) -> PeopleListing:
    with app.test_request_context(f"/{world.conference.slug}/chair/people/?{query}"):
        return people_listing(actor, world.conference)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_counted_is_read_from_indexes_alone(
    engine: Engine, db: Session, world: World
) -> None:
    """The rows of submissions are long; one page of the file each."""
    actor, conference = world.actor(db, "chair"), world.conference
    steps: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def explain(_c: object, cursor: object, statement: str, values: object, *_rest: object) -> None:
        plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[attr-defined]
        steps.extend(row[3] for row in plan)

    read = Session(engine)
    acts: list[Callable[[], object]] = [
        lambda: read.scalar(counted(actor, committee_list(conference), [])),
        lambda: coverage(read, actor, conference),
        lambda: lacking(read, actor, conference),
        lambda: progress_of_all(read, actor, conference),
    ]
    for act in acts:
        act()
    read.close()
    event.remove(engine, "before_cursor_execute", explain)
    inner = ("submission", "review", "assignment")
    whole = [f"SCAN {table}" for table in inner]
    rows = [f"SEARCH {table} USING INDEX ix_{table}_s" for table in inner]
    assert not [step for step in steps if step in whole or step.startswith(tuple(rows))], steps
    assert any("COVERING INDEX ix_submission_" in step for step in steps)


def test_a_page_asked_for_again_makes_no_grant_anew(app: Flask, db: Session, world: World) -> None:
    client = app.test_client()
    client.set_cookie("cfp", make_login(db, world.people["chair"], now=clock.now()))
    db.commit()
    first = seats._known.cache_info()
    for path in ("", "submissions/", "decisions/", "reviews/", "reviews/reviewers", "people/"):
        url = f"/{world.conference.slug}/chair/{path}"
        assert client.get(url).status_code == 200
        before = seats._known.cache_info()
        assert client.get(url).status_code == 200
        after = seats._known.cache_info()
        assert after.misses == before.misses, path
    assert after.hits > first.hits
