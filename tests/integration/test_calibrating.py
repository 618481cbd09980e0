"""Calibration on pages: computed by a job, out of date, switched on, and for whom it is.

`tests/unit/test_calibrating.py` has the rules, `tests/unit/algorithms` the model itself.
"""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions import calibrating, calibrating_queries
from cfp.domain.decisions.models import CalibratedReviewer, CalibratedSubmission, Calibration
from cfp.domain.jobs import Job
from cfp.domain.persons.erasure import erase
from cfp.domain.persons.merging import merge
from cfp.domain.reviews import totals
from cfp.domain.reviews.models import Comparison, ComparisonPlace, Review, Score
from cfp.domain.reviews.totals import count_again
from cfp.domain.submissions.models import Submission
from tests.factories import (
    NOW,
    give_role,
    make_conflict,
    make_person,
    make_review,
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
from tests.support.statements import counted
from tests.support.visitor import Visitor, masked, titles, token_of
from tests.support.working import Work

LogIn = Callable[[Person], Visitor]
SURE = f"{BOARD}sure"

REVIEWERS = "/netconf/chair/reviews/reviewers"
pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture
def judged(db: Session) -> Judged:
    return make_judged(db)


def rescore(db: Session, talk: Submission, scores: Sequence[float]) -> None:
    """Give a talk's reviews other scores, as if they had always had them."""
    reviews = db.scalars(select(Review).where(Review.submission_id == talk.id).order_by(Review.id))
    for review, score in zip(reviews, scores, strict=True):
        review.total = float(score)
    count_again(db, [talk.id])


def switch_on(db: Session, judged: Judged) -> None:
    calibrate(db, judged.conference)
    judged.conference.adjusts_scores = True
    db.flush()


# The whole way ----------------------------------------------------------------------------------


def test_from_nothing_to_adjusted_scores_and_out_of_date(
    judged: Judged, work: Work, visitor_as: LogIn, db: Session
) -> None:
    visitor = visitor_as(judged.chair)
    page = visitor.get(SURE)
    assert "has not been computed yet" in page.text
    page = visitor.submit(page, press="Compute")
    assert "waits for its turn" in page.text
    assert work().state == "done"
    assert db.scalars(select(Job.state)).all() == ["done"]
    page = visitor.get(page.path)
    assert page.path.endswith("/decisions/sure")
    assert "From 30 reviews of 10 submissions by 5 reviewers" in page.text
    assert "Who is among the best 3" in page.text
    assert "of the best 3" in page.text
    assert titles(page)[0] == "Talk 0"
    assert "Adjusted" not in visitor.get(BOARD).text
    page = visitor.submit(page, press="Turn on")
    assert "the decisions show both scores" in page.text
    assert db.query(AuditEntry).filter_by(action="conference.change_calibration").count() == 1
    board = visitor.get(f"{BOARD}?sort=-calibrated")
    assert 'aria-sort="descending"><a' in board.html
    stored = db.execute(
        select(Submission.title, CalibratedSubmission.score)
        .join(CalibratedSubmission, CalibratedSubmission.submission_id == Submission.id)
        .join(Calibration)
        .where(Calibration.submissions == 10)
        .order_by(CalibratedSubmission.score.desc(), Submission.id)
    ).all()
    assert titles(board) == [row[0] for row in stored]
    assert f"{stored[0][1]:.1f} ± " in board.text
    assert "clearly in" in board.text
    assert "since the scores were adjusted" not in board.text
    lanes = visitor.get(f"{BOARD}?view=board").text
    assert f"adjusted {stored[0][1]:.1f} ± " in lanes
    code = judged.talks[0].code
    for path in (f"/netconf/chair/submissions/{code}/", f"{BOARD}{code}/"):
        assert "chance to be among the best 3: " in visitor.get(path).text
    make_review(db, judged.talks[1], judged.reviewers[0], 5, changed=AFTER_ALL)
    for path in (BOARD, SURE):
        assert "1 review has come in or changed since" in visitor.get(path).text
    page = visitor.submit(visitor.get(BOARD), press="Compute again")
    assert work().state == "done"
    assert "From 31 reviews" in visitor.get(page.path).text
    page = visitor.submit(visitor.get(SURE), press="Turn off")
    assert "the decisions show means alone" in page.text
    assert "Adjusted" not in visitor.get(BOARD).text


def test_one_that_waits_serves_everybody_and_can_be_stopped(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    visitor = visitor_as(judged.chair)
    before = visitor.get(SURE)
    first = visitor.submit(before, press="Compute")
    second = visitor_as(judged.track_chair)
    assert "It is being computed" in second.get(SURE).text
    assert visitor.submit(visitor.get(SURE + "/count"), {"count": "4"}).path == first.path
    assert db.scalar(select(func.count(Job.id))) == 1
    page = second.submit(second.get(first.path), press="Stop")
    assert "Stopped. Nothing was changed." in page.text
    assert db.scalars(select(Job.state)).all() == ["canceled"]
    assert "It was stopped" in second.get(first.path).text
    for number in ("99", "0"):
        assert visitor.get(f"{SURE}/jobs/{number}").status == 404


# For whom it is ---------------------------------------------------------------------------------


LISTS = (
    *(f"{BOARD}?sort=chance", SURE, f"{SURE}?sort=mean", REVIEWERS),
    *("/netconf/chair/", "/netconf/chair/submissions/", "/netconf/chair/reviews/"),
    *(f"{BOARD[:-1]}.csv?sort=-calibrated", f"{BOARD[:-1]}.csv?sort=chance"),
    *(f"{REVIEWERS}.csv", "/netconf/chair/reviews.csv"),
)


def test_columns_of_both_scores_are_chosen_and_saved_as_shown(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    visitor = visitor_as(judged.chair)
    assert "adjusted" not in visitor.client.get(f"{BOARD[:-1]}.csv").text.partition("\n")[0]
    switch_on(db, judged)
    page = visitor.get(f"{BOARD}?columns=adjusted&columns=chance&sort=calibrated")
    columns = [th for th in page.tree.iter("th") if th.get("scope") == "col"]
    heads = [" ".join(th.itertext()).strip() for th in columns]
    assert heads[-3:] == ["Title", "Adjusted", "Chance to be in"]
    table = rows_of_file(visitor, page.links()["CSV of what is shown"])
    assert table[0] == ["title", "adjusted", "chance"]
    scores = [float(row[1]) for row in table[1:]]
    assert scores == sorted(scores), "in the order of the page"
    lenient = visitor.get(f"{REVIEWERS}?columns=leniency&columns=done")
    assert rows_of_file(visitor, lenient.links()["CSV of what is shown"])[0] == [
        *("reviewer", "done", "leniency")
    ]
    judged.conference.adjusts_by = "pairs"
    speak = {"conference_id": judged.conference.id, "created": NOW, "changed": NOW}
    better, worse = judged.talks[0].id, judged.talks[9].id
    for reviewer in judged.reviewers:
        said = Comparison(**speak, person_id=reviewer.id, members=f"{better},{worse}")
        said.places = [
            ComparisonPlace(submission_id=one, place=place)
            for place, one in enumerate((better, worse), start=1)
        ]
        db.add(said)
    db.flush()
    score_pairs(db, judged.conference)
    header, *rows = rows_of_file(visitor, f"{BOARD[:-1]}.csv?sort=-calibrated")
    assert "adjusted" not in header
    assert rows[0][header.index("title")] == judged.talks[0].title
    assert float(rows[0][header.index("compared")]) > 3


def rows_of_file(visitor: Visitor, path: str) -> list[list[str]]:
    answer = visitor.client.get(path)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.parametrize("who", ["other_chair", "track_chair"])
def test_what_somebody_may_not_read_moves_none_of_their_figures(
    judged: Judged, visitor_as: LogIn, db: Session, who: str
) -> None:
    """Two worlds that differ in the reviews of what is hidden from them: the same, byte for byte.

    One calibration for all would show here: each score depends on how strict reviewers are, and
    that on all that they have reviewed.
    """
    hidden = judged.talks[4]  # in the track that the track chair does not chair
    make_conflict(db, hidden, judged.other_chair)
    switch_on(db, judged)
    person = getattr(judged, who)
    visitor, chair = visitor_as(person), visitor_as(judged.chair)
    before = pages_of(judged, visitor, *LISTS)
    whole = {path: masked(chair.get(path)) for path in (SURE, BOARD)}
    rescore(db, hidden, (1, 5, 1))
    calibrate(db, judged.conference)
    after = pages_of(judged, visitor, *LISTS)
    assert [path for path in before if before[path] != after[path]] == []
    assert [path for path in whole if whole[path] == masked(chair.get(path))] == []
    assert "has not been computed" not in before[SURE]
    assert hidden.title not in before[SURE]
    assert hidden.code not in before[SURE]


def test_a_conflict_since_closes_the_run_that_knew_of_it(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    switch_on(db, judged)
    visitor = visitor_as(judged.other_chair)
    assert "From 30 reviews" in visitor.get(SURE).text
    make_conflict(db, judged.talks[0], judged.other_chair)
    # What a track's chair may know is left: not theirs to lead, but nothing in it is hidden.
    assert "From 9 reviews of 3 submissions" in visitor.get(SURE).text
    calibrate(db, judged.conference)
    assert "From 27 reviews of 9 submissions" in visitor.get(SURE).text
    assert "From 30 reviews" in visitor_as(judged.chair).get(SURE).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["owner", "reviewer", "reader", "stranger"])
def test_nobody_else_has_these_pages(
    judged: Judged, visitor_as: LogIn, stranger: Visitor, db: Session, who: str
) -> None:
    switch_on(db, judged)
    person = {"owner": judged.owner, "reviewer": judged.reviewers[0]}.get(who)
    if who == "reader":
        person = make_person(db)
        give_role(db, judged.conference, person, "reader")
    visitor = visitor_as(person) if person else stranger
    for path in (SURE, f"{SURE}/count", REVIEWERS):
        page = visitor.get(path)
        assert page.status == 404 or "/log-in" in page.path
    assert "adjusted" not in visitor.get(f"/netconf/chair/submissions/{judged.talks[0].code}/").text


def test_who_reviewed_what_leaves_no_trace_for_reviewer_and_speaker(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    """Two worlds that differ in who reviewed what, where the visitor has not reviewed."""
    judged.conference.tells_leniency, judged.conference.reviewing_open = True, False
    me, other, another = judged.reviewers[0], judged.reviewers[3], judged.reviewers[4]
    for _ in range(5):
        talk = make_submission(db, judged.conference, [judged.owner])
        make_review(db, talk, me, 4)
        make_review(db, talk, other, 2)
    switch_on(db, judged)
    paths = [
        *("/netconf/", "/netconf/submissions/", "/netconf/reviews/", "/netconf/reviews/leniency"),
        *(f"/netconf/reviews/{talk.code}/" for talk in judged.talks),
        *(f"/netconf/submissions/{talk.code}/" for talk in judged.talks),
    ]
    visitors = [visitor_as(me), visitor_as(judged.owner)]
    before = [masked(visitor.get(path)) for visitor in visitors for path in paths]
    assert "Submissions compared" in before[3]
    strange = judged.talks[1]  # reviewed by 1, 2 and 3
    review = db.query(Review).filter_by(submission_id=strange.id, person_id=other.id).one()
    review.person_id = another.id
    rescore(db, strange, (5, 1, 5))
    calibrate(db, judged.conference)
    assert [masked(visitor.get(path)) for visitor in visitors for path in paths] == before


# The number and the switch ------------------------------------------------------------------------


def test_the_switch_says_first_what_it_would_change(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    judged.conference.capacities = {}
    calibrate(db, judged.conference)
    visitor = visitor_as(judged.chair)
    page = visitor.get(SURE)
    assert "Nobody has said how many can be accepted" in page.text
    assert "Turn on" not in page.html
    data = {"csrf_token": token_of(page), "key": "k" * 24, "on": "1"}
    assert visitor.client.post(f"{SURE}/adjust", data=data).status_code == 409
    assert not db.get_one(Conference, judged.conference.id, populate_existing=True).adjusts_scores
    page = visitor.submit(visitor.get(f"{SURE}/count"), {"count": "0"}, press="Compute")
    assert page.status == 422
    page = visitor.submit(page, {"count": "4"}, press="Compute")
    assert db.scalar(select(Conference.accept_count)) == 4
    calibrate(db, judged.conference)
    page = visitor.get(SURE)
    assert "Who is among the best 4" in page.text
    rows = db.query(CalibratedSubmission).join(Calibration).filter(Calibration.top == 4).all()
    assert sum(row.p_top for row in rows) == pytest.approx(4)
    assert sum(row.move for row in rows) == 0
    changed = sum(row.move > 0 for row in rows)
    assert f"would change {changed or 'none'} of the best 4" in page.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"accept_count": 99}, "99 can be accepted, and only 10 have a score"),
        ({"accept_count": 10}, "10 can be accepted, and only 10 have a score"),
        ({"capacities": {"all": 5}}, "not even one of average length"),
    ],
)
def test_numbers_that_choose_nothing_say_so(
    judged: Judged, visitor_as: LogIn, db: Session, changes: dict, words: str
) -> None:
    for name, value in changes.items():
        setattr(judged.conference, name, value)
    switch_on(db, judged)
    visitor = visitor_as(judged.chair)
    assert words in visitor.get(SURE).text
    assert visitor.get(f"{SURE}?band=open&sort=-chance").status == 200
    assert "Talk 0" in visitor.get(f"{BOARD}?view=board&sort=-calibrated").text


def test_a_track_chair_counts_by_the_minutes_of_the_track_and_sets_nothing(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    judged.conference.accept_count = 4
    judged.conference.capacities = {"all": 90, f"track-{judged.track.id}": 30}
    switch_on(db, judged)
    visitor = visitor_as(judged.track_chair)
    page = visitor.get(SURE)
    assert "Who is among the best 1" in page.text
    assert sorted(titles(page)) == ["Talk 7", "Talk 8", "Talk 9"]
    assert "Turn off" not in page.html
    assert visitor.get(f"{SURE}/count").status == 404
    data = {"csrf_token": token_of(page), "key": "k" * 24, "on": "0"}
    assert visitor.client.post(f"{SURE}/adjust", data=data).status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", ["weights", "confidence", "capacity", "withdrawn"])
def test_what_weighs_otherwise_makes_it_out_of_date(
    judged: Judged, visitor_as: LogIn, db: Session, what: str
) -> None:
    switch_on(db, judged)
    visitor = visitor_as(judged.chair)
    words = "since the scores were adjusted"
    assert words not in visitor.get(BOARD).text
    if what == "weights":
        totals.refresh(db, judged.conference)
    elif what == "confidence":
        judged.conference.asks_confidence = True
    elif what == "withdrawn":
        judged.talks[0].state, judged.talks[0].changed = "withdrawn", AFTER_ALL
    else:
        judged.conference.capacities = {"all": 120}
    db.flush()
    assert words in visitor.get(BOARD).text


def test_turning_on_what_is_out_of_date_computes_it_anew(judged: Judged, db: Session) -> None:
    calibrate(db, judged.conference)
    chair = actor_of_person(db, judged.chair.id)
    calibrating.adjust(db, chair, judged.conference, on=True, now=NOW)
    assert db.scalar(select(func.count(Job.id))) == 0
    make_review(db, judged.talks[1], judged.reviewers[0], 5, changed=NOW + timedelta(minutes=1))
    calibrating.adjust(db, chair, judged.conference, on=True, now=NOW)
    assert db.scalars(select(Job.kind)).all() == ["calibrate"]


# Odd reviews --------------------------------------------------------------------------------------


def test_without_reviews_a_sentence_and_no_job(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    db.query(Review).update({"state": "draft"})
    visitor = visitor_as(judged.chair)
    page = visitor.submit(visitor.get(SURE), press="Compute")
    assert page.status == 409
    assert "No review with a score has been submitted yet" in page.text
    assert db.scalar(select(func.count(Job.id))) == 0
    calibrate(db, judged.conference)  # a job that was asked for before
    assert db.scalar(select(func.count(Calibration.id))) == 0
    judged.conference.adjusts_scores = True
    assert "have not been computed yet" in visitor.get(BOARD).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ("one_reviewer", "10 submissions have a single review"),
        ("all_equal", "All scores are 3.0: there is nothing to tell apart"),
        ("apart", "No reviewer connects the 2 groups of submissions; the largest has 9"),
        ("few", "1 reviewer has given fewer than three reviews"),
        ("unreviewed", "1 submission has no score yet and is left out"),
    ],
)
def test_odd_reviews_are_named_in_plain_words(
    judged: Judged, visitor_as: LogIn, db: Session, odd: str, words: str
) -> None:
    reviews = db.query(Review).order_by(Review.id).all()
    last = judged.talks[-1].id
    if odd == "one_reviewer":
        for number, review in enumerate(reviews):
            if number % 3:
                db.query(Score).filter_by(review_id=review.id).delete()
                db.delete(review)
        db.flush()
        for review in reviews[::3]:
            review.person_id = judged.reviewers[0].id
    elif odd == "all_equal":
        for review in reviews:
            review.total = 3.0
    elif odd in {"apart", "few"}:
        mine = [one for one in reviews if one.submission_id == last]
        for review in mine if odd == "apart" else mine[:1]:
            review.person_id = make_person(db, "Only Here").id
    else:
        make_submission(db, judged.conference, [judged.owner])
    db.flush()
    count_again(db, [talk.id for talk in judged.talks])
    calibrate(db, judged.conference)
    visitor = visitor_as(judged.chair)
    assert words in visitor.get(SURE).text
    assert visitor.get(REVIEWERS).status == 200


def test_confidence_weighs_and_shows_its_own_mean(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    judged.conference.asks_confidence = True
    for review, confidence in zip(
        db.query(Review).filter_by(submission_id=judged.talks[0].id).order_by(Review.id),
        (5, 1, None),
        strict=True,
    ):
        review.confidence = confidence
    rescore(db, judged.talks[0], (5, 1, 3))
    calibrate(db, judged.conference)
    line = db.query(CalibratedSubmission).filter_by(submission_id=judged.talks[0].id).first()
    assert line.raw == pytest.approx((1.5 * 5 + 0.5 * 1 + 3) / 3)
    assert "Weighted" in visitor_as(judged.chair).get(SURE).text


# Reviewers ----------------------------------------------------------------------------------------


def test_leniency_has_a_sign_only_where_the_reviews_tell(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    for number in range(12):  # enough to tell the lenient one, and nobody else
        talk = make_submission(db, judged.conference, [judged.owner], title=f"More {number}")
        for reviewer, score in zip(judged.reviewers[:3], (5, 3, 3 + number % 2), strict=True):
            make_review(db, talk, reviewer, score)
    calibrate(db, judged.conference)
    visitor = visitor_as(judged.chair)
    page = visitor.get(REVIEWERS)
    run = calibrating_queries.run_of(db, actor_of_person(db, judged.chair.id), judged.conference)
    rows = {
        row.person_id: row
        for row in db.query(CalibratedReviewer).filter_by(calibration_id=run.calibration.id)
    }
    lenient, quiet = rows[judged.reviewers[0].id], rows[judged.reviewers[4].id]
    assert lenient.leniency > 2 * lenient.se
    assert abs(quiet.leniency) < 2 * quiet.se
    assert f"Reviewer 0 18 0 +{lenient.leniency:.1f} ± {lenient.se:.1f}" in page.text
    assert f" {abs(quiet.leniency):.1f} ± {quiet.se:.1f} " in page.text
    assert "Leniency of reviewers" in page.text
    assert page.html.count('class="chart-mark"') == sum(
        abs(row.leniency) >= 2 * row.se for row in rows.values()
    )


def test_a_reviewer_is_told_after_the_reviewing_where_it_is_wanted(
    judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    path, me = "/netconf/reviews/leniency", judged.reviewers[0]
    visitor, conference = visitor_as(me), judged.conference
    assert visitor.get(path).status == 404
    conference.tells_leniency = True
    assert visitor.get(path).status == 404
    assert "How your scores compare" not in visitor.get("/netconf/reviews/").text
    conference.reviewing_open = False
    assert "There are 6 submissions where others" in visitor.get(path).text
    for _ in range(4):
        talk = make_submission(db, conference, [judged.owner])
        for person, score in ((me, 5), (judged.reviewers[1], 3)):
            make_review(db, talk, person, score)
    assert "higher than others do" in visitor.get(path).text
    assert "How your scores compare" in visitor.get("/netconf/reviews/").text
    make_conflict(db, talk, me)
    assert "There are 9 submissions where others" in visitor.get(path).text
    conference.others_reviews = "never"
    assert "There are 0 submissions where others" in visitor.get(path).text
    assert visitor_as(judged.owner).get(path).status == 404


def test_an_erased_or_joined_person_leaves_no_figure_of_their_own(
    judged: Judged, db: Session
) -> None:
    calibrate(db, judged.conference)
    gone, into, joined = judged.reviewers[:3]
    erase(db, SYSTEM, person_id=gone.id, now=NOW)
    assert not db.query(CalibratedReviewer).filter_by(person_id=gone.id).count()
    before = db.query(CalibratedReviewer).filter_by(person_id=into.id).count()
    merge(db, SYSTEM, into_id=into.id, other_id=joined.id, now=NOW)
    assert not db.query(CalibratedReviewer).filter_by(person_id=joined.id).count()
    assert db.query(CalibratedReviewer).filter_by(person_id=into.id).count() == before
    calibrate(db, judged.conference)  # whoever reviewed something twice counts once


# Size ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_few_statements_whatever_the_size(
    app: Flask, judged: Judged, visitor_as: LogIn, db: Session
) -> None:
    visitor = visitor_as(judged.chair)
    code = judged.talks[0].code
    lists, page = (SURE, BOARD, f"{BOARD}?view=board", REVIEWERS), f"{BOARD}{code}/"

    def statements() -> list[int]:
        switch_on(db, judged)
        found = []
        for path in (*lists, page):
            with counted(app.extensions["cfp"].engine) as seen:
                assert visitor.get(path).status == 200
            found.append(len(seen))
        return found

    few = statements()
    for number in range(60):
        talk = make_submission(db, judged.conference, [judged.owner])
        reviewer = make_person(db)
        give_role(db, judged.conference, reviewer, "reviewer")
        make_review(db, talk, reviewer, 1 + number % 5)
        make_review(db, talk, judged.reviewers[number % 5], 1 + number % 4)
    assert statements() == few
    *of_lists, of_page = few
    assert max(of_lists) <= 10
    assert of_page <= 15  # it shows the reviews too
