"""Scores from comparisons on the chairs' pages: computed, out of date, in use, and for whom.

`tests/property/test_pairwise.py` has the model, `test_comparing.py` how reviewers compare.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import combinations, pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.config import Config
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.decisions import comparing_scopes, selecting_scores
from cfp.domain.decisions.models import CalibratedSubmission, Calibration
from cfp.domain.jobs import Job
from cfp.domain.reviews import comparing
from cfp.domain.reviews.models import Comparison, Review
from cfp.domain.submissions.models import Submission
from cfp.errors import NotNowError
from cfp.jobs import compare
from cfp.jobs.worker import run_due_once
from tests.factories import (
    NOW,
    give_role,
    make_comparison,
    make_conflict,
    make_person,
    make_submission,
)
from tests.support.calibrating import (
    AFTER_ALL,
    BOARD,
    Judged,
    calibrate,
    make_judged,
    pages_of,
    score_pairs,
)
from tests.support.outbox import config_for
from tests.support.statements import counted
from tests.support.visitor import Visitor, masked, titles, token_of

LogIn = Callable[[Person], Visitor]
PAIRS = f"{BOARD}compared"
pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture
def judged(db: Session) -> Judged:
    """The first talk is better than the second and so on, as three reviewers have it."""
    made = make_judged(db, compares_pairs=True)
    for reviewer in made.reviewers[:3]:
        for one, other in pairwise(made.talks):
            make_comparison(db, reviewer, [one, other])
        make_comparison(db, reviewer, [made.talks[0], made.talks[5], made.talks[9]])
    return made


@pytest.fixture
def config(instance: object, database_url: str) -> Config:
    return config_for(instance, database_url)  # type: ignore[arg-type]


def use(db: Session, judged: Judged) -> None:
    score_pairs(db, judged.conference)
    judged.conference.adjusts_scores, judged.conference.adjusts_by = True, "pairs"
    db.flush()


def lines(db: Session) -> dict[str, CalibratedSubmission]:
    """Of the largest run from comparisons, by title."""
    run = (
        select(Calibration.id)
        .where(Calibration.source == "pairs")
        .order_by(Calibration.submissions.desc())
        .limit(1)
    )
    rows = db.execute(
        select(Submission.title, CalibratedSubmission)
        .join(CalibratedSubmission, CalibratedSubmission.submission_id == Submission.id)
        .where(CalibratedSubmission.calibration_id == run.scalar_subquery())
        .execution_options(populate_existing=True)
    )
    return {row[0]: row[1] for row in rows}


# The whole way ----------------------------------------------------------------------------------


def test_from_comparisons_to_the_board_and_the_selection(
    judged: Judged, config: Config, visitor_as: LogIn, db: Session
) -> None:
    calibrate(db, judged.conference)
    visitor = visitor_as(judged.chair)
    assert "Comparisons" in visitor.get(BOARD).text
    page = visitor.get(PAIRS)
    assert "has not been computed yet" in page.text
    page = visitor.submit(page, press="Compute")
    assert "waits for its turn" in page.text
    assert run_due_once(config).jobs == 1
    assert db.execute(select(Job.kind, Job.state)).all() == [("compare", "done")]
    page = visitor.get(page.path)
    assert page.path == PAIRS
    assert "From 30 comparisons of 10 submissions by 3 reviewers" in page.text
    assert titles(page) == [f"Talk {number}" for number in range(10)]
    assert "By them, none" not in page.text
    assert "of the best 3 " in page.text
    first, last = lines(db)["Talk 0"], lines(db)["Talk 9"]
    assert 1 < last.score < 3 < first.score < 5
    assert first.rank_low == 1 <= first.rank_high < last.rank_low <= last.rank_high == 10
    assert f"{first.score:.1f} ± {first.se:.1f}" in page.text
    assert "clearly in" in page.text
    assert "Compared" not in visitor.get(BOARD).text
    page = visitor.submit(page, press="Turn on")
    assert "the decisions show both scores" in page.text
    board = visitor.get(f"{BOARD}?sort=-calibrated")
    assert titles(board) == [f"Talk {number}" for number in range(10)]
    assert "Compared" in board.text
    assert "Adjusted" not in board.text
    assert f"compared {first.score:.1f} ± " in visitor.get(f"{BOARD}?view=board").text
    code = judged.talks[0].code
    for path in (f"/netconf/chair/submissions/{code}/", f"{BOARD}{code}/"):
        assert f"from comparisons {first.score:.1f} ± " in visitor.get(path).text
    sure = visitor.get(f"{BOARD}sure").text
    assert "decisions show scores from comparisons, which these would replace" in sure
    make_comparison(
        db, judged.reviewers[3], [judged.talks[1], judged.talks[0]], changed=AFTER_ALL
    )
    for path in (BOARD, PAIRS):
        assert "1 comparison has come in, changed or ceased to count" in visitor.get(path).text
    page = visitor.submit(visitor.get(BOARD), press="Compute again")
    assert run_due_once(config).jobs == 1
    assert "From 31 comparisons" in visitor.get(page.path).text
    page = visitor.submit(visitor.get(PAIRS), press="Turn off")
    assert "the decisions show means alone" in page.text
    assert "Compared" not in visitor.get(BOARD).text


def test_one_score_at_a_time_and_what_cannot_be_turned_on(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    calibrate(db, judged.conference)
    visitor = visitor_as(judged.chair)
    page = visitor.get(PAIRS)
    data = {"csrf_token": token_of(page), "key": "k" * 24, "on": "1"}
    assert visitor.client.post(f"{PAIRS}/use", data=data).status_code == 409
    score_pairs(db, judged.conference)
    visitor.submit(visitor.get(f"{BOARD}sure"), press="Turn on")
    assert "Adjusted" in visitor.get(BOARD).text
    assert "adjusted for strict and lenient reviewers, which these would" in visitor.get(PAIRS).text
    visitor.submit(visitor.get(PAIRS), press="Turn on")
    assert "Adjusted" not in visitor.get(BOARD).text
    visitor.submit(visitor.get(f"{BOARD}sure"), press="Turn on")
    assert "Adjusted" in visitor.get(BOARD).text
    judged.conference.compares_pairs = False
    assert visitor.get(PAIRS).status == 404
    for rest in ("/use", "/compute"):
        fresh = {**data, "key": rest * 8}
        assert visitor.client.post(PAIRS + rest, data=fresh).status_code == 404
    assert "Comparisons" not in visitor.get(BOARD).text


def test_the_selection_chooses_by_them(judged: Judged, db: Session) -> None:
    use(db, judged)
    chair = actor_of_person(db, judged.chair.id)
    extra = make_submission(db, judged.conference, [judged.owner], title="Nobody compared it")
    ids = {talk.id for talk in judged.talks} | {extra.id}
    found = selecting_scores.scored(db, chair, judged.conference, ids)
    known = lines(db)
    for talk in judged.talks:
        assert found[talk.id].score == pytest.approx(known[talk.title].score)
        assert found[talk.id].error == pytest.approx(known[talk.title].se)
        assert found[talk.id].reviews == 3
    middle = sum(one.score for one in known.values()) / len(known)
    assert found[extra.id].score == pytest.approx(middle)
    judged.conference.adjusts_scores = False
    plain = selecting_scores.scored(db, chair, judged.conference, ids)
    assert plain[judged.talks[0].id].score == pytest.approx(5.0)


# For whom it is ---------------------------------------------------------------------------------


LISTS = (PAIRS, f"{PAIRS}?sort=chance", "/netconf/chair/", f"{BOARD}sure")


@pytest.mark.parametrize("who", ["other_chair", "track_chair"])
def test_what_somebody_may_not_know_moves_none_of_their_figures(
    judged: Judged, visitor_as: LogIn, db: Session, who: str
) -> None:
    """Two worlds that differ in what was said of a hidden one: the same, byte for byte."""
    hidden = judged.talks[4]  # in the track that the track chair does not chair
    make_conflict(db, hidden, judged.other_chair)
    use(db, judged)
    visitor, chair = visitor_as(getattr(judged, who)), visitor_as(judged.chair)
    before, whole = pages_of(judged, visitor, *LISTS), pages_of(judged, chair, *LISTS)
    for reviewer in judged.reviewers[:4]:
        make_comparison(db, reviewer, [judged.talks[9], hidden], changed=AFTER_ALL)
    make_comparison(db, judged.reviewers[4], [judged.talks[0], hidden])
    late = pages_of(judged, visitor, *LISTS)
    assert [path for path in before if before[path] != late[path]] == []
    score_pairs(db, judged.conference)
    after = pages_of(judged, visitor, *LISTS)
    assert [path for path in before if before[path] != after[path]] == []
    now = pages_of(judged, chair, *LISTS)
    assert [path for path in (PAIRS, BOARD) if whole[path] == now[path]] == []
    assert "has not been computed" not in before[PAIRS]
    assert hidden.title not in before[PAIRS]
    assert hidden.code not in before[PAIRS]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_track_chair_has_their_own_and_sets_nothing(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    use(db, judged)
    visitor = visitor_as(judged.track_chair)
    page = visitor.get(PAIRS)
    assert "From 6 comparisons of 3 submissions by 3 reviewers" in page.text
    assert sorted(titles(page)) == ["Talk 7", "Talk 8", "Talk 9"]
    assert "Turn o" not in page.text
    data = {"csrf_token": "x", "key": "k" * 24, "on": "0"}
    assert visitor.client.post(f"{PAIRS}/use", data=data).status_code in {400, 404, 422}
    for person in (judged.owner, judged.reviewers[0]):
        assert visitor_as(person).get(PAIRS).status == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_who_compared_learns_what_it_came_to(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    """Two worlds that differ in what another reviewer said: the reviewer's pages are the same."""
    me, other = judged.reviewers[0], judged.reviewers[1]
    use(db, judged)
    paths = [f"/netconf/reviews/{rest}" for rest in ("", "compare", "compare/rank")]
    paths += [f"/netconf/reviews/{talk.code}/" for talk in judged.talks]
    visitor = visitor_as(me)
    before = [masked(visitor.get(path)) for path in paths]
    for one, another in combinations(judged.talks[:5], 2):
        if another.id - one.id > 1:
            make_comparison(db, other, [another, one])
    score_pairs(db, judged.conference)
    assert [masked(visitor.get(path)) for path in paths] == before


# What counts ------------------------------------------------------------------------------------


def test_a_conflict_declared_later_takes_them_out(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    use(db, judged)
    reviewer, talk = judged.reviewers[0], judged.talks[5]
    visitor = visitor_as(judged.chair)
    assert "ceased to count" not in visitor.get(PAIRS).text
    conflict = make_conflict(db, talk, reviewer)
    conflict.created = NOW + timedelta(days=1)
    db.flush()
    assert "3 comparisons have come in, changed or ceased to count" in visitor.get(PAIRS).text
    score_pairs(db, judged.conference)
    page = visitor.get(PAIRS)
    assert "From 28 comparisons" in page.text  # two pairs are out; the ranking stands without it
    said = comparing_scopes.load_scopes(db, judged.conference)[0].statements
    mine = [one for one in said if one.person_id == reviewer.id]
    assert all(talk.id not in dict(one.places) for one in mine)
    ranked = [one for one in mine if dict(one.places).keys() == {
        judged.talks[0].id, judged.talks[9].id,
    }]  # fmt: skip
    assert len(ranked) == 1
    conflict.state = "dismissed"
    db.flush()
    score_pairs(db, judged.conference)
    assert "From 30 comparisons" in visitor.get(PAIRS).text


def test_undone_and_skipped_ones_count_no_more(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    use(db, judged)
    reviewer = judged.reviewers[0]
    row = db.scalars(select(Comparison).where(Comparison.person_id == reviewer.id)).first()
    assert row is not None
    actor: Actor = actor_of_person(db, reviewer.id)
    comparing.undo(
        db, actor, judged.conference, number=row.id, revision=row.revision,
        now=NOW + timedelta(days=2),
    )  # fmt: skip
    visitor = visitor_as(judged.chair)
    assert "1 comparison has come in, changed or ceased to count" in visitor.get(PAIRS).text
    score_pairs(db, judged.conference)
    assert "From 29 comparisons" in visitor.get(PAIRS).text
    judged.talks[9].state = "withdrawn"
    db.flush()
    score_pairs(db, judged.conference)
    page = visitor.get(PAIRS)
    assert "From 26 comparisons of 9 submissions" in page.text
    assert "Talk 9" not in titles(page)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_comparisons_a_sentence_and_no_job(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    db.query(Comparison).update({"state": "skipped"})
    visitor = visitor_as(judged.chair)
    page = visitor.submit(visitor.get(PAIRS), press="Compute")
    assert page.status == 409
    assert "have been compared yet" in page.text
    assert db.scalar(select(func.count(Job.id))) == 0
    score_pairs(db, judged.conference)  # a job that was asked for before
    assert db.scalar(select(func.count(Calibration.id))) == 0
    judged.conference.adjusts_scores, judged.conference.adjusts_by = True, "pairs"
    assert "have not been computed yet from the comparisons" in visitor.get(BOARD).text


Talks = list[Submission]


def turning(talks: Talks) -> list[Talks]:
    """Each of seven beats three of the others, all round."""
    pairs = combinations(enumerate(talks[:7]), 2)
    return [[a, b] if (i - j) % 7 in {1, 2, 4} else [b, a] for (i, a), (j, b) in pairs]


INSTEAD: dict[str, Callable[[Talks], list[Talks]]] = {
    "all_equal": lambda talks: [talks[:2]],
    "parts": lambda talks: [talks[:5], talks[5:]],
    "circles": turning,
    "few": lambda talks: [list(two) for two in pairwise(talks)],
    "one_reviewer": lambda talks: [list(two) for two in pairwise(talks)],
}
"""What one reviewer alone has said."""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ("all_equal", "Everything was taken to be equal"),
        ("parts", "No comparison connects the 2 groups of submissions; the largest has 5"),
        ("circles", "go round in a circle"),
        ("few", "10 submissions were compared fewer than three times"),
        ("one_sided", "2 submissions have won everything or nothing"),
        ("one_reviewer", "All of it is one reviewer's word"),
        ("uncompared", "1 submission was compared with no other"),
        ("no_review", "of the best 3"),
    ],
)
def test_odd_comparisons_are_named_in_plain_words(
    judged: Judged, visitor_as: LogIn, db: Session, odd: str, words: str
) -> None:
    if odd in INSTEAD:
        db.query(Comparison).update({"state": "skipped"})
        for talks in INSTEAD[odd](judged.talks):
            make_comparison(db, judged.reviewers[3], talks, tie=odd == "all_equal")
    elif odd == "uncompared":
        make_submission(db, judged.conference, [judged.owner])
    elif odd == "no_review":
        db.query(Review).filter_by(submission_id=judged.talks[0].id).update({"state": "draft"})
    db.flush()
    score_pairs(db, judged.conference)
    page = visitor_as(judged.chair).get(PAIRS)
    assert words in page.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_somebody_may_ask_only_of_what_they_may_know(judged: Judged, db: Session) -> None:
    from cfp.domain.decisions import calibrating  # noqa: PLC0415

    lone = make_person(db, "Lone Chair")
    give_role(db, judged.conference, lone, "chair")
    for talk in judged.talks[:9]:
        make_conflict(db, talk, lone)
    actor = actor_of_person(db, lone.id)
    with pytest.raises(NotNowError, match=r"calibration\.no_pairs"):
        calibrating.request(db, actor, judged.conference, now=NOW, source="pairs")
    assert {one.unreviewed for one in comparing_scopes.load_scopes(db, judged.conference)} == {0}


# Size -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_few_statements_whatever_the_size(
    app: Flask, judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    visitor = visitor_as(judged.chair)
    reviewer = visitor_as(judged.reviewers[0])
    paths = [(visitor, PAIRS), (visitor, BOARD)]
    paths += [(reviewer, f"/netconf/reviews/compare{rest}") for rest in ("", "/rank")]
    paths += [(visitor, f"{BOARD}{judged.talks[0].code}/")]

    def statements() -> list[int]:
        use(db, judged)
        found = []
        for who, path in paths:
            with counted(app.extensions["cfp"].engine) as seen:
                assert who.get(path).status == 200
            found.append(len(seen))
        return found

    few = statements()
    more = [make_submission(db, judged.conference, [judged.owner]) for _ in range(60)]
    for number, (one, other) in enumerate(pairwise(more)):
        make_comparison(db, judged.reviewers[number % 5], [one, other])
    assert statements() == few
    *of_lists, of_page = few
    assert max(of_lists) <= 10
    assert of_page <= 15  # it shows the reviews too


def test_the_job_and_the_test_compute_the_same(judged: Judged, db: Session) -> None:
    scope = comparing_scopes.load_scopes(db, judged.conference)[0]
    one, other = compare.solve(scope), compare.solve(scope)
    assert one.submissions == other.submissions  # the same draws every time
    assert one.people == 3
