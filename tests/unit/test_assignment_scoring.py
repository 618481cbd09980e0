"""What a pair of submission and reviewer is worth, part by part; and no page loads a solver."""

import subprocess
import sys
from itertools import product

import pytest

from cfp.domain.assignment.models import ReviewerProfile
from cfp.domain.assignment.rules import BIDS, is_settled
from cfp.domain.assignment.scoring import (
    Expert,
    Paper,
    Parts,
    Rating,
    expert_of,
    sharing,
    telling,
    words_of,
)

RATING = Rating(uses_bids=True, uses_tracks=True)
PAPER = Paper(1, 7, frozenset({"offload", "tunnels", "conntrack"}))


def expert(*words: str, tracks: tuple[int, ...] = ()) -> Expert:
    return Expert(9, frozenset(tracks), frozenset(words))


def test_words_are_folded_and_fillers_are_none():
    text = "The Überprüfung of Tunnels, and of TUNNELS: an X-ray (DPDK)"
    assert words_of(text) == {"uberprufung", "tunnels", "ray", "dpdk"}


def test_a_word_that_too_many_share_tells_nothing():
    texts = {number: f"switch topic{number}" for number in range(10)}
    assert telling(texts)[3] == {"topic3"}
    few = {number: texts[number] for number in range(9)}
    assert telling(few)[3] == {"switch", "topic3"}


@pytest.mark.parametrize(
    ("shared", "worth"), [((), 0.0), (("offload",), 0.1), (("offload", "tunnels"), 0.15)]
)
def test_each_further_word_tells_less(shared, worth):
    assert RATING.parts(PAPER, expert(*shared, "cooking"), None, False).words == worth


def test_the_parts_add_up_and_an_avoided_pair_is_worth_less_than_any_other():
    worths = []
    for bid, track, words, avoid in product([None, *BIDS], [(), (7,)], [(), ("tunnels",)], (0, 1)):
        parts = RATING.parts(PAPER, expert(*words, tracks=track), bid, bool(avoid))
        assert parts.total == pytest.approx(parts.bid + parts.track + parts.words - parts.avoid)
        assert parts.bid_word == (bid or "")
        worths.append((avoid, parts.total))
    avoided = max(total for avoid, total in worths if avoid)
    assert avoided < min(total for avoid, total in worths if not avoid)


def test_what_a_conference_does_not_use_is_worth_nothing_to_anybody():
    plain = Rating(uses_bids=False, uses_tracks=False)
    parts = plain.parts(PAPER, expert(tracks=(7,)), "want", False)
    assert parts == Parts()
    assert parts.bid_word is None


def test_a_reviewer_without_a_profile_is_known_by_bids_alone():
    assert expert_of(9, None) == expert()
    profile = ReviewerProfile(track_ids=[7], expertise="eBPF and XDP")
    assert expert_of(9, profile) == expert("ebpf", "xdp", tracks=(7,))


def test_who_shares_a_word_with_what():
    papers = [PAPER, Paper(2, 7, frozenset({"cooking"}))]
    assert sharing(papers, [expert("tunnels", "knots")]) == {1: {9}, 2: set()}


@pytest.mark.parametrize(
    ("kind", "reason", "settled"),
    [
        ("own", "", True),
        ("co_speaker", "", True),
        ("co_speaker", "address", False),
        ("affiliation", "Example", False),
        ("declared", "", False),
    ],
)
def test_only_standing_on_it_oneself_is_nothing_to_judge(kind, reason, settled):
    assert is_settled(kind, reason) is settled


def test_no_page_loads_a_solver():
    """They take a hundred megabytes that the serving process must not have."""
    program = (
        "import sys; import cfp.app, cfp.web.chair; "
        "print(*sorted({'numpy', 'scipy', 'ortools'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
