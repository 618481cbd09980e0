"""A selection's limits and candidates as the solver wants them, what it finds, and the words."""

from collections.abc import Iterator

import pytest
from flask import Flask

from cfp.algorithms.selection_problem import NONE, Amount, FirstTime, PerAffiliation, PerSpeaker
from cfp.domain.decisions.scenario_applying import Line, Preview, Wanted
from cfp.domain.decisions.selecting import Candidate, Problem
from cfp.domain.decisions.selecting_limits import Limits, split
from cfp.domain.decisions.selecting_scores import Scored
from cfp.domain.decisions.selecting_speakers import Entry
from cfp.jobs.selection import draws_of, items_of, limits_of, solve
from cfp.web.chair.selecting_words import Names, limit_words, missed_words
from tests.gallery.app import create_gallery

NAMES = Names({2: "Storage"}, {3: "Short talk"})


def candidate(id_: int, score: float, **changes: object) -> Candidate:
    values: dict[str, object] = {
        "type_id": 3, "track_id": 2, "minutes": 15, "state": "submitted",
        "speakers": [Entry(f"person {id_}", True, "")],
    }  # fmt: skip
    return Candidate(id=id_, scored=Scored(score, 0.5, 3, 3 * score), **{**values, **changes})  # type: ignore[arg-type]


def chosen(limits: dict[str, int], *candidates: Candidate) -> list[int]:
    return sorted(solve(Problem(candidates, Limits(limits))).accepted)


def test_each_key_becomes_the_limit_it_names() -> None:
    keys = {
        "all": 60, "type-3": 30, "track-2": 45, "least-2": 1, "most-2": 4, "speaker": 1,
        "affiliation": 30, "first": 20,
    }  # fmt: skip
    assert list(limits_of(Limits(keys))) == [
        Amount(name="all", of="minutes", most=60, price=4),
        Amount(name="type-3", of="minutes", most=30, type=3, price=4),
        Amount(name="track-2", of="minutes", most=45, track=2, price=4),
        Amount(name="least-2", least=1, track=2),
        Amount(name="most-2", most=4, track=2),
        PerSpeaker(name="speaker", most=1),
        PerAffiliation(name="affiliation", share=0.3),
        FirstTime(name="first", share=0.2),
    ]
    assert split("track-2") == ("track", 2)
    assert split("all") == ("all", None)


def test_people_and_employers_are_numbered_and_authors_do_not_speak() -> None:
    author = Entry("b", False, "example")
    items = items_of(
        [
            candidate(7, 4.0, speakers=[Entry("a", True, "example"), author]),
            candidate(8, 3.0, speakers=[Entry("a", True, "")], wish="never", fixed=True),
            candidate(9, 2.0, wish="must", first_time=False),
        ]
    )
    assert items.speakers[0] == items.speakers[1]
    assert len(items.speakers[0]) == 1
    assert items.affiliations[0][0] == items.affiliations[0][1] != NONE
    assert items.affiliations[1] == (NONE,)
    assert items.never.tolist() == [False, False, False], "what is announced stays"
    assert items.must.tolist() == [False, False, True]
    assert items.first_time.tolist() == [True, True, False]


def test_the_best_are_chosen_and_what_is_announced_stays() -> None:
    announced = candidate(1, 1.0, fixed=True)
    rest = [candidate(id_, float(id_)) for id_ in (2, 3, 4)]
    assert chosen({"all": 30}, announced, *rest) == [1, 4]
    assert chosen({"all": 30}, announced, *rest[:2], candidate(4, 4.0, wish="never")) == [1, 3]
    assert chosen({"all": 30}, *rest[:2], candidate(9, 0.1, wish="must")) == [3, 9]


def test_found_by_ids_with_places_chances_and_what_is_given_up() -> None:
    talks = [candidate(10 * n, float(n)) for n in range(1, 6)]
    found = solve(Problem(talks, Limits({"all": 30, "least-2": 4})))
    assert [one["key"] for one in found.figures["relaxed"]] == ["least-2"]
    assert found.figures["relaxed"][0]["by"] == 2
    assert found.accepted == {40, 50}
    assert found.places == {30: 1, 20: 2, 10: 3}
    assert found.figures["proven"] is True
    assert found.figures["entering"] == [{"key": "all", "id": 30, "blocked": []}]
    assert [cost["key"] for cost in found.figures["costs"]] == ["all"]
    assert found.figures["costs"][0]["enters"] == [10, 20, 30]
    assert found.chances[50] > found.chances[40] > found.chances[30] > found.chances[10]
    assert found.figures["draws"] == 200


def test_nothing_is_drawn_where_nothing_is_uncertain() -> None:
    sure = Candidate(1, 3, 2, 15, "submitted", Scored(3.0, 0.0))
    assert draws_of([sure]) is None
    assert draws_of([]) is None
    drawn = draws_of([candidate(1, 3.0), sure])
    assert drawn is not None
    assert drawn.shape == (200, 2)
    assert set(drawn[:, 1]) == {3.0}


def line(id_: int, **changes: object) -> Line:
    values: dict[str, object] = {
        "code": f"C{id_}", "title": f"Talk {id_}", "accepted": False, "place": None,
        "was": "submitted", "state": "submitted", "pending": "", "decided": False,
    }  # fmt: skip
    return Line(id=id_, **{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"accepted": True}, "accept"),
        ({"place": 2}, "waitlist"),
        ({"place": 3}, "reject"),
        ({}, "reject"),
        ({"accepted": True, "state": "accepted"}, ""),
        ({"accepted": True, "state": "withdrawn"}, ""),
        ({"accepted": True, "was": "waitlisted", "state": "waitlisted"}, "accept"),
        ({"was": "waitlisted", "state": "waitlisted", "place": 1}, ""),
        ({"accepted": True, "decided": True, "pending": "reject"}, ""),
    ],
)
def test_what_applying_sets(changes: dict[str, object], outcome: str) -> None:
    assert line(1, **changes).outcome(Wanted(first=2, rest="reject")) == outcome


def test_what_was_decided_since_is_set_only_on_request_and_the_mark_tells_it() -> None:
    decided = line(1, accepted=True, decided=True, pending="reject")
    assert decided.outcome(Wanted(anyway=True)) == "accept"
    before, after = Preview([line(1, accepted=True)]), Preview([decided])
    assert before.mark != after.mark
    assert before.counts(Wanted()) == {"accept": 1}
    assert after.counts(Wanted()) == {}


@pytest.fixture
def words() -> Iterator[Flask]:
    app = create_gallery()
    with app.test_request_context("/list"):
        yield app


@pytest.mark.usefixtures("words")
def test_limits_and_what_is_missed_in_words() -> None:
    said = {
        "all": ("90 minutes in all", "2 minutes too many"),
        "type-3": ("90 minutes of Short talk", "2 minutes too many"),
        "track-2": ("90 minutes of Storage", "2 minutes too many"),
        "least-2": ("at least 90 of Storage", "2 too few"),
        "most-2": ("at most 90 of Storage", "2 too many"),
        "speaker": ("at most 90 of one speaker", "2 too many"),
        "affiliation": (
            "at most 90 % of the speakers from one employer",
            "2 speakers too many from the same employers",
        ),
        "first": (
            "at least 90 % by first-time speakers",
            "2 submissions by first-time speakers are missing",
        ),
    }
    for key, (limit, missed) in said.items():
        assert limit_words(key, 90, NAMES) == limit
        assert missed_words(key, 1.4) == missed
    assert missed_words("least-2", 1.0000001) == "1 too few"
