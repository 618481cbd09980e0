"""Processor time and statements of a proposal's pages: 5,000 submissions, 1,500 reviewers.

    python -m tests.benchmarks.proposal

Prints the median of the processor time of each page, and what an edit, an export and the search
for alternatives take, on each kind of database.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.algorithms.alternatives import alternatives
from cfp.algorithms.assignment import assign
from cfp.algorithms.problem import Problem
from cfp.db import open_session
from cfp.domain.assignment.eligible import reviewer_ids
from cfp.domain.assignment.models import Proposal
from cfp.domain.assignment.picks import Alternative, Options, Pick, digest
from cfp.domain.assignment.proposals import standing_pairs, store_proposal
from cfp.domain.assignment.scoring import Because, Parts
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from tests.benchmarks.large import WORDS, Large, build
from tests.benchmarks.pages import REPEATS, Page, analyze, application, databases, measure

REVIEWERS, EACH = 1_500, 3
HERE = "/{slug}/chair/assignment/proposals/1"
LISTS = (
    *("", "?show=all", "?show=all&page=250", "?show=all&sort=worst", "?show=all&sort=-cost"),
    *("?show=all&q=tunnel", "?show=all&reviewer=12", "?show=all&track=Track+3&sort=score"),
    *("/reviewers/", "/reviewers/?sort=-score"),
)
PAGES = (
    *(Page("list", "chair", HERE + rest, 50) for rest in LISTS),
    Page("list", "chair", "/{slug}/chair/assignment/", 50),
    Page("export", "chair", HERE + ".csv?show=all", None),
    Page("export", "chair", "/{slug}/chair/assignment/assignments.csv", None),
)


def store(db: Session, large: Large, seed: int = 5) -> Proposal:
    """A proposal of 15,000 pairs as if solved: a third of what stands is exchanged."""
    chance = random.Random(seed)  # noqa: S311 - a benchmark's data
    conference = db.scalars(select(Conference).where(Conference.slug == large.slug)).one()
    people = list(db.scalars(reviewer_ids(conference)))
    scope = list(
        db.scalars(
            select(Submission.id)
            .where(Submission.conference_id == conference.id, Submission.state == "submitted")
            .order_by(Submission.id)
        )
    )
    inside = set(scope)
    stood = [one.pair for one in standing_pairs(db, conference) if one.submission_id in inside]
    figures = {
        "scope": [(id_, EACH) for id_ in scope], "loads": [(id_, 8, 12) for id_ in people],
        "stood": digest(stood), "objective": "balanced", "total": 1.0, "optimum": 1.0,
        "bound": 1.0, "worst": 1.0, "worst_bound": 1.0, "demand": EACH * len(scope),
        "planned": EACH * len(scope), "missing": 0, "bids": {}, "shortfalls": [], "seconds": 1.0,
    }  # fmt: skip
    return store_proposal(
        db, SYSTEM, conference, options=Options(),
        picks=list(_picks(scope, people, stood, chance)), figures=figures, now=clock.now(),
    )  # fmt: skip


def _picks(
    scope: Sequence[int],
    people: Sequence[int],
    stood: Sequence[tuple[int, int]],
    chance: random.Random,
) -> Iterator[Pick]:
    kept: dict[int, list[int]] = {}
    for submission_id, person_id in stood:
        if chance.random() < 2 / 3:
            kept.setdefault(submission_id, []).append(person_id)
    for submission_id in scope:
        some = kept.get(submission_id, [])[:EACH]
        others = [one for one in chance.sample(people, EACH + 1) if one not in some]
        chosen = (some + others)[:EACH]
        for person_id in chosen:
            parts = Parts(bid=round(chance.random() / 2, 4), text=round(chance.random() / 3, 4))
            takes = chance.choice(scope) if chance.random() < 0.5 else None
            step = Alternative(round(chance.random() / 5, 4), chance.choice(people), takes)
            because = Because("profile", 0, tuple(chance.sample(WORDS, 4)))
            yield Pick(submission_id, person_id, parts, "", because, step)


def measure_all(name: str, url: str, folder: Path, repeats: int) -> None:
    with application(url, folder) as (app, engine):
        with open_session(engine, writes=True) as db:
            large = build(db, number=REVIEWERS)
            start = time.process_time()
            store(db, large)
            db.commit()
            stored = time.process_time() - start
        analyze(engine)
        print(f"\n{name}: {'page':54} {'least':>7} {'median':>7} {'bar':>5} {'statements':>11}")
        for page in PAGES:
            took = measure(app, large, page, repeats if page.bar else 3)
            bar = f"{page.bar:5.0f}" if page.bar else "    -"
            said = "" if took.status == 200 else str(took.status)
            row = f"{page.kind:8} {page.path:56} {took.least:7.1f} {took.median:7.1f} {bar}"
            print(f"{row} {took.statements:11} {said}")
        print(f"{'storing 15,000 pairs':65} {1000 * stored:7.1f}")


def measure_alternatives() -> None:
    """5,000 x 1,500 x 3, 100 candidates each, or everybody a candidate of everything."""
    chance = np.random.default_rng(0)
    papers = 5_000
    for candidates in (100, REVIEWERS):
        every = [chance.permutation(REVIEWERS)[:candidates] for _ in range(papers)]
        problem = Problem(
            paper=np.repeat(np.arange(papers), candidates), reviewer=np.concatenate(every),
            score=np.round(chance.random(papers * candidates), 3), demand=np.full(papers, EACH),
            load_max=np.full(REVIEWERS, 11), load_min=np.full(REVIEWERS, 9),
        )  # fmt: skip
        plan = assign(problem, objective="max")
        start = time.process_time()
        found = alternatives(problem, plan)
        took = time.process_time() - start
        print(f"alternatives, {candidates:5} candidates each: {took:.1f} s for {len(found.cost)}")


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.proposal")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    options = parser.parse_args(arguments)
    measure_alternatives()
    with databases() as found:
        for name, url, folder in found:
            measure_all(name, url, folder, options.repeats)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
