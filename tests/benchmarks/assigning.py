"""Processor time and statements of what a chair reads around an assignment, half of it made.

    python -m tests.benchmarks.assigning [--sqlite]

5,000 submissions and 1,500 reviewers with limits, bids, conflicts, declines and a pool; ten
submissions together have too few reviewers. Pages of a proposal: `tests.benchmarks.proposal`.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product
from pathlib import Path

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.orm import Session

from cfp import clock
from cfp.db import open_session
from cfp.domain.assignment.models import (
    Assignment,
    Bid,
    Conflict,
    LatePlan,
    ReviewerProfile,
    ReviewersApart,
    Standby,
)
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Review, Score
from cfp.domain.reviews.totals import count_again
from cfp.domain.submissions.models import Submission
from tests.benchmarks.large import WORDS, Large, build
from tests.benchmarks.pages import (
    HEAD,
    REPEATS,
    Page,
    analyze,
    application,
    databases,
    measure,
)

REVIEWERS = 1_500
BIDS, CONFLICTS, POOL = 20, 40, 30  # of each reviewer, of each reviewer, on stand-by
PLANTED, ABLE = 10, 2  # submissions that share so few reviewers
BAR = 30
CHAIR = "/{slug}/chair"
PATHS = (
    *("/assignment/", "/assignment/scarce", "/assignment/submissions/"),
    *("/assignment/submissions/?sort=asked", "/assignment/submissions/?q=tunnel"),
    *("/assignment/submissions/{code}/", "/assignment/reviewers/", "/assignment/answers/"),
    *("/assignment/answers/?sort=-changed", "/assignment/standby", "/assignment/rules"),
    *("/assignment/apart", "/assignment/demand", "/assignment/import", "/reviews/plan"),
    *("/conflicts/", "/conflicts/?q=Person+12", "/conflicts/?sort=person", "/conflicts/new"),
    *("/conflicts/affiliations", "/conflicts/bids"),
)


def furnish(db: Session, large: Large, seed: int = 3) -> None:
    """Half of the reviews are asked for, and reviewers have said what they say."""
    chance = random.Random(seed)  # noqa: S311 - a benchmark's data
    conference = db.scalars(select(Conference).where(Conference.slug == large.slug)).one()
    here, now = {"conference_id": conference.id}, clock.now()
    conference.uses_bids, conference.reviews_due = True, now - timedelta(days=1)
    talks = list(
        db.scalars(
            select(Submission.id)
            .where(Submission.conference_id == conference.id, Submission.state == "submitted")
            .order_by(Submission.id)
        )
    )
    people = list(
        db.scalars(
            select(Role.person_id)
            .where(Role.conference_id == conference.id, Role.kind == "reviewer")
            .order_by(Role.person_id)
        )
    )
    db.add(LatePlan(**here, standby=True, silent_days=5))
    db.execute(
        insert(Standby),
        [{**here, "person_id": one, "reviews": 3, "created": now} for one in people[:POOL]],
    )
    db.execute(
        insert(ReviewerProfile),
        [
            {**here, "person_id": one, "load_wished": 12,
             "expertise": ", ".join(chance.sample(WORDS, 12))}
            for one in people
        ],
    )  # fmt: skip
    pairs = zip(people[100:140:2], people[101:141:2], strict=True)
    db.execute(
        insert(ReviewersApart),
        [{**here, "person_id": a, "other_id": b, "created": now} for a, b in pairs],
    )
    db.execute(
        insert(Bid),
        [
            {**here, "person_id": one, "submission_id": talk, "changed": now,
             "value": chance.choice(("want", "can", "rather_not"))}
            for one in people for talk in chance.sample(talks, BIDS)
        ],
    )  # fmt: skip
    conflicts = dict.fromkeys(_conflicts(talks, people, chance))
    db.execute(
        insert(Conflict),
        [
            {**here, "person_id": person, "submission_id": talk, "kind": kind, "source": "found",
             "reason": "Org 7", "created": now}
            for talk, person, kind in conflicts
        ],
    )  # fmt: skip
    _forget_half(db, conference, talks, chance)
    db.commit()


def _conflicts(
    talks: Sequence[int], people: Sequence[int], chance: random.Random
) -> Iterator[tuple[int, int, str]]:
    for person in people:
        for talk in chance.sample(talks[:-PLANTED], CONFLICTS):
            yield talk, person, chance.choice(("affiliation", "domain", "transitive"))
    for talk, person in product(talks[-PLANTED:], people[ABLE:]):
        yield talk, person, "declared"


def _forget_half(
    db: Session, conference: Conference, talks: Sequence[int], chance: random.Random
) -> None:
    """Of the later half nothing is reviewed yet: some are asked, some declined, some not asked."""
    half = talks[len(talks) // 2 :]
    reviews = select(Review.id).where(
        Review.conference_id == conference.id, Review.submission_id >= half[0]
    )
    db.execute(delete(Score).where(Score.review_id.in_(reviews)))
    db.execute(delete(Review).where(Review.id.in_(reviews)))
    count_again(db, set(half))
    asked = and_(Assignment.conference_id == conference.id, Assignment.submission_id >= half[0])
    states = {
        id_: chance.choice(("assigned", "accepted", "declined", ""))
        for id_ in db.scalars(select(Assignment.id).where(asked))
    }
    rows = [{"id": id_, "state": state or "assigned"} for id_, state in states.items()]
    db.execute(update(Assignment), rows)
    gone = [id_ for id_, state in states.items() if not state]
    db.execute(delete(Assignment).where(asked, Assignment.id.in_(gone)))


def measure_all(name: str, url: str, folder: Path, repeats: int) -> None:
    with application(url, folder) as (app, engine):
        with open_session(engine, writes=True) as db:
            large = build(db, number=REVIEWERS)
            furnish(db, large)
        analyze(engine)
        print(f"\n{name}: {HEAD}")
        constant = None
        for path in ("/healthz", *(CHAIR + path for path in PATHS)):
            took = measure(app, large, Page("list", "chair", path, BAR), repeats)
            constant = constant or took.least
            row = f"{path:61} {took.least:7.1f} {took.median:7.1f} {BAR:5.0f}"
            said = "" if took.status == 200 else str(took.status)
            print(f"{row} {took.least / constant:11.1f} {took.statements:11} {said}")


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.assigning")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--sqlite", action="store_true")
    options = parser.parse_args(arguments)
    with databases() as found:
        for name, url, folder in found[:1] if options.sqlite else found:
            measure_all(name, url, folder, options.repeats)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
