"""A reviewer compares: two side by side, a handful, undone, in two tabs, blind, and never barred.

`tests/unit/test_comparing.py` has which two are asked, `test_pairs.py` what chairs see of it.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.persons.merging import merge
from cfp.domain.reviews.models import Comparison, ComparisonPlace
from cfp.domain.submissions.models import Redaction, Submission
from tests.factories import NOW, make_assignment, make_comparison, make_conflict, make_submission
from tests.support.reviewing import Committee, make_committee
from tests.support.visitor import Page, Visitor

LogIn = Callable[[Person], Visitor]
pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture
def committee(db: Session) -> Committee:
    return make_committee(
        db, submissions=4, reviewers=2, reviewing="everyone", compares_pairs=True
    )


def path_of(committee: Committee, rest: str = "") -> str:
    return f"/{committee.conference.slug}/reviews/compare{rest}"


def hidden(page: Page, having: str = "left") -> dict[str, str]:
    """What the form would send as it is."""
    return {name: str(value) for name, value in page.form(having=having).fields}


def pair_on(page: Page) -> list[str]:
    return [hidden(page)[name] for name in ("left", "right")]


def said(db: Session) -> list[tuple[str, list[int | None]]]:
    """State and places, by the submissions' ids, of every row."""
    db.expire_all()
    rows = db.execute(
        select(Comparison.id, Comparison.state, ComparisonPlace.place)
        .join(ComparisonPlace)
        .order_by(Comparison.id, ComparisonPlace.submission_id)
    )
    found: dict[int, tuple[str, list[int | None]]] = {}
    for id_, state, place in rows:
        found.setdefault(id_, (state, []))[1].append(place)
    return list(found.values())


def answer(visitor: Visitor, page: Page, better: str, **changes: str) -> Page:
    """Press one of the four buttons."""
    data = {**hidden(page), "better": better, **changes}
    response = visitor.client.post(page.path, data=data, follow_redirects=True)
    return Page(response.request.path, response)


def test_two_by_two_until_nothing_is_left(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    visitor = visitor_as(committee.reviewers[0])
    assert "Compare" in visitor.get(f"/{committee.conference.slug}/reviews/").text
    page, seen = visitor.get(path_of(committee)), []
    for better in ("left", "right", "equal", "skip", "left"):
        seen.append(frozenset(pair_on(page)))
        page = answer(visitor, page, better)
        assert page.status == 200
    assert len(set(seen)) == 5
    assert "4 comparisons so far. 4 of your 4 submissions are in one" in page.text
    page = answer(visitor, page, "left")
    assert "You have compared, or skipped, every two" in page.text
    states = [state for state, _places in said(db)]
    assert states == ["said", "said", "said", "skipped", "said", "said"]
    assert said(db)[2][1] == [1, 1]
    assert said(db)[3][1] == [None, None]
    assert {tuple(sorted(places)) for state, places in (said(db)[0], said(db)[1])} == {(1, 2)}
    mine = db.scalars(select(Comparison.person_id).distinct()).all()
    assert mine == [committee.reviewers[0].id]


def test_the_last_is_taken_back_and_asked_again(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    visitor = visitor_as(committee.reviewers[0])
    first = answer(visitor, visitor.get(path_of(committee)), "left")
    asked = pair_on(first)
    page = answer(visitor, first, "right")
    assert "You said: " in page.text
    page = visitor.submit(page, press="Undo your last comparison")
    assert "Taken back" in page.text
    assert pair_on(page) == asked
    assert [state for state, _places in said(db)] == ["said", "undone"]
    page = answer(visitor, page, "equal")  # the same row again, not another
    assert [state for state, _places in said(db)] == ["said", "said"]
    assert said(db)[1][1] == [1, 1]
    assert " = " in page.text


def test_twice_the_same_is_once_and_two_tabs_lose_nothing(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    visitor = visitor_as(committee.reviewers[0])
    one, other, third = (visitor.get(path_of(committee)) for _tab in range(3))
    assert pair_on(one) == pair_on(other)
    first = answer(visitor, one, "left")
    again = answer(visitor, one, "left")  # a double click: the same form
    assert pair_on(first) == pair_on(again)
    assert answer(visitor, other, "left").status == 200  # the same from another tab
    assert len(said(db)) == 1
    before = said(db)
    page = answer(visitor, third, "right")
    assert page.status == 409
    better = pair_on(one)
    assert f"{better[1]} is better" in page.text
    assert f"{better[0]} is better" in page.text
    assert said(db) == before
    stale = answer(visitor, third, "equal", key="k" * 24, revision="x")
    assert stale.status == 409


def test_an_undo_of_what_was_changed_elsewhere_is_refused(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    visitor = visitor_as(committee.reviewers[0])
    page = answer(visitor, visitor.get(path_of(committee)), "left")
    row = db.scalars(select(Comparison)).one()
    number = str(row.id)
    assert hidden(page, "Undo your last comparison")["number"] == number

    def undo(who: Visitor, **changes: str) -> int:
        token = hidden(who.get(path_of(committee)))["csrf_token"]
        sent = {"csrf_token": token, "number": number, "revision": "1", "key": "u" * 24, **changes}
        return who.client.post(path_of(committee, "/undo"), data=sent).status_code

    assert undo(visitor, revision="7") == 409
    for wrong in ("", "x", "-1", "9" * 12, str(row.id + 1)):
        assert undo(visitor, number=wrong) == 404
    assert undo(visitor_as(committee.reviewers[1])) == 404
    assert said(db)[0][0] == "said"
    assert undo(visitor) == 303
    assert undo(visitor, key="v" * 24) == 303
    assert said(db)[0][0] == "undone"


def test_a_handful_is_ranked_by_fields_and_again(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    visitor, path = visitor_as(committee.reviewers[0]), path_of(committee, "/rank")
    page = visitor.get(path)
    codes = [one.code for one in committee.submissions]
    names = sorted(re.findall(r'name="(place_\w+)"', page.html))
    assert names == sorted(f"place_{code}" for code in codes)

    def places(*given: str) -> dict[str, str]:
        return {f"place_{code}": place for code, place in zip(codes, given, strict=True)}

    refused = visitor.submit(page, places("1", "", "", ""), press="Keep this ranking")
    assert refused.status == 422
    assert "Give at least two of them a place" in refused.text
    refused = visitor.submit(page, places("2", "1", "2", ""), press="Keep this ranking")
    assert refused.status == 422
    assert "Place 2 is taken" in refused.text
    assert refused.html.count("selected") >= 3  # nothing that was chosen is lost
    sent = {**hidden(page, "Keep this ranking"), **places("9", "1", "", "")}
    assert visitor.client.post(path, data=sent).status_code == 422
    assert said(db) == []
    page = visitor.submit(refused, places("4", "1", "2", ""), press="Keep this ranking")
    assert "Your ranking is kept" in page.text
    titles = [committee.submissions[number].title for number in (1, 2, 0)]
    assert f"You said: {' > '.join(titles)}." in page.text
    assert said(db) == [("said", [3, 1, 2])]
    visitor.submit(visitor.get(path), places("1", "2", "3", ""), press="Keep this ranking")
    assert said(db) == [("said", [1, 2, 3])]  # the later one counts
    page = visitor.submit(visitor.get(path), press="Undo your last comparison")
    assert page.path == path
    assert said(db)[0][0] == "undone"
    assert "You said" not in page.text


def test_a_ranking_is_known_to_the_questions_of_two(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    make_comparison(db, committee.reviewers[0], committee.submissions[:3])
    page = visitor_as(committee.reviewers[0]).get(path_of(committee))
    assert committee.submissions[3].code in pair_on(page)
    assert "1 comparison so far. 3 of your 4" in page.text


# Who may compare what ---------------------------------------------------------------------------


def test_only_what_is_theirs_to_review(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    """Assigned ones alone; never the own, the barred, the withdrawn, or of another conference."""
    reviewer = committee.reviewers[0]
    committee.conference.reviewing = "assigned"
    mine, also, barred, gone = committee.submissions
    for talk in (mine, also, barred, gone):
        make_assignment(db, talk, reviewer)
    make_conflict(db, barred, reviewer)
    gone.state = "withdrawn"
    own = make_submission(db, committee.conference, [reviewer])
    make_assignment(db, own, reviewer)
    free = make_submission(db, committee.conference, [committee.chair])
    far = make_committee(db, submissions=1, reviewing="everyone").submissions[0]
    visitor = visitor_as(reviewer)
    page = visitor.get(path_of(committee))
    assert sorted(pair_on(page)) == sorted([mine.code, also.code])
    rank = visitor.get(path_of(committee, "/rank"))
    for other in (barred, gone, own, free, far):
        assert other.code not in page.html + rank.html
        assert other is far or other.title not in page.html + rank.html
        sent = answer(visitor, page, "left", left=mine.code, right=other.code)
        assert sent.status == 404
        data = {f"place_{mine.code}": "1", f"place_{other.code}": "2"}
        token = {**hidden(rank, "Keep this ranking"), "key": other.code * 4}
        token = {name: token[name] for name in ("csrf_token", "key")}
        assert visitor.client.post(rank.path, data={**data, **token}).status_code == 404
    for left, right in ((mine.code, mine.code), ("", ""), ("000000", mine.code)):
        assert answer(visitor, page, "left", left=left, right=right).status == 404
    assert said(db) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_conflict_hides_it_from_what_was_said_too(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    reviewer, (one, other, *_rest) = committee.reviewers[0], committee.submissions
    make_comparison(db, reviewer, [one, other], changed=NOW + timedelta(days=1))
    visitor = visitor_as(reviewer)
    assert f"You said: {one.title} > {other.title}." in visitor.get(path_of(committee)).text
    make_conflict(db, other, reviewer)
    for rest in ("", "/rank"):
        page = visitor.get(path_of(committee, rest))
        assert other.title not in page.text
        assert other.code not in page.html
        assert f"You said: {one.title} > one that is not yours to review any more." in page.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_names_are_hidden_in_a_blind_conference_and_redacted_texts_shown(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    visitor, conference = visitor_as(committee.reviewers[0]), committee.conference
    paths = [path_of(committee), path_of(committee, "/rank")]
    assert all("Speaking " in visitor.get(path).text for path in paths)
    conference.blind = True
    for talk in committee.submissions:
        db.add(
            Redaction(
                submission_id=talk.id, conference_id=conference.id, title=f"Hidden {talk.id}",
                abstract="", search_text="", changed=NOW,
            )
        )  # fmt: skip
    for path in paths:
        page = visitor.get(path)
        assert "Hidden" in page.text
        for secret in ("Speaker ", "Talk 0", "What talk", "Speaking 0"):
            assert secret not in page.html, secret


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("off", ["switch", "closed", "over"])
def test_off_or_closed(committee: Committee, visitor_as: LogIn, db: Session, off: str) -> None:
    visitor, conference = visitor_as(committee.reviewers[0]), committee.conference
    page = visitor.get(path_of(committee))
    sheet = visitor.get(path_of(committee, "/rank"))
    queue = f"/{conference.slug}/reviews/"
    if off == "switch":
        conference.compares_pairs = False
    elif off == "closed":
        conference.reviewing_open = False
    else:
        conference.reviews_close = NOW
    db.flush()
    status = 404 if off == "switch" else 200
    for path in (page.path, sheet.path):
        again = visitor.get(path)
        assert again.status == status
        assert 'name="better"' not in again.html
        assert "Keep this ranking" not in again.text
    assert ">Compare<" not in visitor.get(queue).html
    assert answer(visitor, page, "left").status == (404 if off == "switch" else 409)
    codes = [one.code for one in committee.submissions]
    data = {f"place_{code}": str(place) for place, code in enumerate(codes, start=1)}
    token = {"csrf_token": hidden(sheet, "Keep this ranking")["csrf_token"], "key": "k" * 24}
    sent = visitor.client.post(sheet.path, data={**data, **token})
    assert sent.status_code == (404 if off == "switch" else 409)
    assert said(db) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("count", [0, 1])
def test_too_few_to_compare_says_so(visitor_as: LogIn, db: Session, count: int) -> None:
    committee = make_committee(
        db, submissions=count, reviewers=1, reviewing="everyone", compares_pairs=True
    )
    visitor = visitor_as(committee.reviewers[0])
    for rest in ("", "/rank"):
        assert "There are no two submissions" in visitor.get(path_of(committee, rest)).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_answer_is_refused(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    visitor = visitor_as(committee.reviewers[0])
    page = visitor.get(path_of(committee))
    for wrong in ("", "both", "left\x00"):
        assert answer(visitor, page, wrong).status == 422
    assert answer(visitor, page, "left", csrf_token="").status in {400, 422}
    codes = {f"place_{number:06}": "1" for number in range(8)}
    token = {"csrf_token": hidden(page)["csrf_token"], "key": "k" * 24}
    sent = visitor.client.post(path_of(committee, "/rank"), data={**codes, **token})
    assert sent.status_code == 422
    assert said(db) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_is_no_reviewer_has_no_such_page(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    speaker = db.get_one(Person, committee.submissions[0].submitter_id)
    for person in (committee.chair, speaker):
        for rest in ("", "/rank"):
            assert visitor_as(person).get(path_of(committee, rest)).status == 404


# Beside the pages -------------------------------------------------------------------------------


def test_a_chair_turns_it_on_and_off(visitor_as: LogIn, db: Session) -> None:
    committee = make_committee(db, reviewing="everyone")
    visitor, conference = visitor_as(committee.chair), committee.conference
    settings = f"/{conference.slug}/chair/settings/"
    assert "Comparing submissions" in visitor.get(settings).text
    page = visitor.submit(visitor.get(f"{settings}reviewing"), {"compares_pairs": True})
    assert page.status == 200
    assert ", comparing" in visitor.get(settings).text
    stored = db.get_one(Conference, conference.id, populate_existing=True)
    assert stored.compares_pairs
    stored.adjusts_scores, stored.adjusts_by = True, "pairs"
    db.flush()
    page = visitor.get(f"{settings}reviewing")
    assert "checked" in (re.search(r'<input[^>]*name="compares_pairs"[^>]*>', page.html) or [""])[0]
    visitor.submit(page, {"compares_pairs": False})
    stored = db.get_one(Conference, conference.id, populate_existing=True)
    assert (stored.compares_pairs, stored.adjusts_scores, stored.adjusts_by) == (
        False, False, "reviews",
    )  # fmt: skip


def test_ones_own_data_have_them_and_joined_persons_share_them(
    committee: Committee, visitor_as: LogIn, db: Session
) -> None:
    one, other = committee.reviewers
    talks = committee.submissions
    make_comparison(db, one, talks[:2])
    pair = make_comparison(db, other, [talks[1], talks[0]])
    handful = make_comparison(db, other, talks[1:4])
    data = visitor_as(other).client.get("/account/data.json")
    exported = data.get_json()["comparisons"]
    assert sorted((row["text"], row["code"], row["detail"]) for row in exported) == sorted(
        (f"comparison {one.id}", talk.code, str(place))
        for one, ranked in ((pair, [talks[1], talks[0]]), (handful, talks[1:4]))
        for place, talk in enumerate(ranked, start=1)
    )
    merge(db, SYSTEM, into_id=one.id, other_id=other.id, now=NOW)
    assert said(db) == [("said", [1, 2]), ("said", [1, 2, 3])]
    owners = db.scalars(select(Comparison.person_id).distinct()).all()
    assert owners == [one.id]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_submission_that_is_erased_takes_its_places_along(
    committee: Committee, db: Session
) -> None:
    from cfp.domain.persons.references import delete_rows, table_of  # noqa: PLC0415

    talk = committee.submissions[0]
    make_comparison(db, committee.reviewers[0], committee.submissions[:3])
    delete_rows(db, table_of(Submission), [talk.id])
    assert db.scalar(select(func.count(ComparisonPlace.submission_id))) == 2
