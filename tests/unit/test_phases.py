"""Phases of reviewing: what holds when, and which phases there can be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.rules import closing_of, due_of, is_late, phase_now, reviewing_is_open
from cfp.errors import DomainError
from cfp.phases import Phase, check_phases, in_force, phases_of, stored, undated

FIRST = datetime(2026, 5, 1, 8, tzinfo=UTC)
SECOND, END = FIRST + timedelta(days=10), FIRST + timedelta(days=20)
MINUTE = timedelta(minutes=1)

REVIEWS = Phase("r", "Reviews", FIRST, SECOND - timedelta(days=1), others="never")
TALK = Phase(
    "d", "Discussion", SECOND, END, reads="all", writes="nobody", others="always",
    names_shown=True, discusses=True,
)  # fmt: skip


def conference(*phases: Phase, **changes: object) -> Conference:
    values = {
        "reviewing": "assigned", "reviewing_open": True, "others_reviews": "always",
        "reviewer_names_shown": True, "archived": False, "reviews_due": None,
        "reviews_close": None, "phases": stored(phases),
    }  # fmt: skip
    return Conference(**{**values, **changes})


@pytest.mark.parametrize(
    ("at", "name", "open_", "others", "discusses", "all_"),
    [
        (FIRST - MINUTE, None, False, "never", False, False),
        (FIRST, "Reviews", True, "never", False, False),
        (SECOND - timedelta(days=1), "Reviews", True, "never", False, False),
        (SECOND - timedelta(days=1) + MINUTE, None, False, "never", False, False),
        (SECOND, "Discussion", False, "always", True, True),
        (END + MINUTE, None, False, "always", False, True),
        (None, None, False, "never", False, False),
    ],
)
def test_each_moment_has_its_rules(at, name, open_, others, discusses, all_):
    rules = in_force(conference(TALK, REVIEWS), at)
    assert (rules.phase.name if rules.phase else None) == name
    assert (rules.open, rules.others, rules.discusses) == (open_, others, discusses)
    assert (rules.reads_all, rules.writes_all) == (all_, False)


@pytest.mark.parametrize(
    ("at", "until", "following"),
    [
        (FIRST - MINUTE, FIRST, "Reviews"),
        (FIRST, REVIEWS.ends, "Discussion"),
        (SECOND - MINUTE, SECOND, "Discussion"),
        (SECOND, END, None),
        (END + MINUTE, None, None),
    ],
)
def test_what_comes_next_is_known(at, until, following):
    rules = in_force(conference(REVIEWS, TALK), at)
    assert rules.until == until
    assert (rules.following.name if rules.following else None) == following


def test_without_phases_or_dates_the_conference_itself_says():
    for planned in ((), (replace(REVIEWS, starts=None, ends=None),)):
        rules = in_force(conference(*planned), FIRST)
        assert (rules.open, rules.others, rules.names_shown) == (True, "always", True)
        assert (rules.discusses, rules.reads_all, rules.phase) == (True, False, None)
    assert in_force(conference(reviewing="everyone"), None).reads_all


def test_where_everybody_reviews_everything_a_phase_hides_no_submission():
    rules = in_force(conference(REVIEWS, reviewing="everyone"), FIRST)
    assert (rules.reads_all, rules.writes_all, rules.others) == (True, True, "never")


def test_the_switch_of_the_conference_closes_whatever_the_phase():
    closed = conference(REVIEWS, reviewing_open=False)
    assert not in_force(closed, FIRST).open
    assert not reviewing_is_open(closed, FIRST, END)


@pytest.mark.parametrize(
    ("at", "extended", "is_open"),
    [
        (FIRST, None, True),
        (SECOND, None, False),
        (SECOND, SECOND + MINUTE, True),
        (SECOND + 2 * MINUTE, SECOND + MINUTE, False),
    ],
)
def test_more_time_outlasts_the_phase(at, extended, is_open):
    held = conference(REVIEWS, TALK)
    assert reviewing_is_open(held, at, extended) is is_open
    assert phase_now(held, at, extended) == ("r" if is_open else "d")


def test_the_due_day_only_reminds_and_the_closing_day_closes():
    held = conference(reviews_due=FIRST, reviews_close=SECOND)
    later = FIRST + MINUTE
    assert (is_late(held, FIRST), is_late(held, later)) == (False, True)
    assert reviewing_is_open(held, later)
    assert (reviewing_is_open(held, SECOND), reviewing_is_open(held, SECOND + MINUTE)) == (
        True, False,
    )  # fmt: skip
    assert not is_late(held, later, extended=SECOND)
    assert reviewing_is_open(held, SECOND + MINUTE, extended=END)
    assert (due_of(held, END), closing_of(held, FIRST, END)) == (END, END)
    assert (due_of(held), closing_of(held, FIRST)) == (FIRST, SECOND)
    assert not reviewing_is_open(conference(archived=True), FIRST, END)


def test_the_earlier_of_closing_day_and_end_of_phase_closes():
    held = conference(REVIEWS, TALK, reviews_close=END)
    assert closing_of(held, FIRST) == REVIEWS.ends
    assert closing_of(held, SECOND) == END


def test_phases_are_kept_as_they_were_by_their_start():
    planned = Phase("p", "Some day")
    kept = phases_of(conference(planned, TALK, REVIEWS))
    assert kept == [REVIEWS, TALK, planned]
    again = conference()
    again.phases = undated(stored([REVIEWS, TALK]))
    assert [one.starts for one in phases_of(again)] == [None, None]
    assert phases_of(again)[1].others == "always"


@pytest.mark.parametrize(
    ("phases", "key"),
    [
        ([replace(REVIEWS, name="")], "phase.nameless"),
        ([replace(REVIEWS, name="x" * 81)], "phase.nameless"),
        ([REVIEWS, replace(TALK, name="reviews")], "phase.twice"),
        ([replace(REVIEWS, others="sometimes")], "phase.bad_choice"),
        ([replace(REVIEWS, starts=None)], "phase.no_start"),
        ([replace(REVIEWS, ends=FIRST)], "phase.turned"),
        ([replace(REVIEWS, ends=END), TALK], "phase.overlap"),
        ([REVIEWS, replace(TALK, starts=FIRST)], "phase.overlap"),
        ([replace(REVIEWS, writes="all")], "phase.unseen"),
        ([replace(REVIEWS, name=str(n)) for n in range(21)], "phase.too_many"),
    ],
)
def test_phases_that_cannot_be_are_refused(phases, key):
    with pytest.raises(DomainError, match=key) as error:
        check_phases(phases, assigns=True)
    assert error.value.field == "rows"


def test_phases_that_can_be():
    check_phases([REVIEWS, TALK, Phase("p", "Some day")], assigns=True)
    check_phases([replace(REVIEWS, writes="all")], assigns=False)
    check_phases([replace(REVIEWS, ends=SECOND), TALK], assigns=True)
