"""What a pair of submission and reviewer is worth, part by part; and no page loads a solver."""

import subprocess
import sys
from itertools import pairwise, product

import pytest

from cfp.domain.assignment.fillers import without_fillers
from cfp.domain.assignment.models import ReviewerProfile
from cfp.domain.assignment.rules import AVOID_COST, BIDS, USUAL_WEIGHTS, is_settled
from cfp.domain.assignment.scoring import (
    Because,
    Expert,
    Parts,
    Rating,
    expert_of,
    weights_of,
    words_of,
)

RATING = Rating(uses_bids=True, uses_tracks=True)


def test_words_are_folded_and_fillers_are_none():
    text = "The Überprüfung of Tunnels, and of TUNNELS: an X-ray (DPDK)"
    assert words_of(text) == {"uberprufung", "tunnels", "ray", "dpdk"}


def test_fillers_go_and_the_rest_stays_as_it_is():
    text = "How to run C++ on an X-ray,\nwithout THE Überprüfung"
    assert without_fillers(text).split() == ["run", "C++", "X-ray,", "Überprüfung"]


def test_a_nearer_text_and_a_better_known_track_are_worth_more_up_to_their_weight():
    texts = [RATING.of_affinity(near) for near in (0, 0.01, 0.09, 0.25, 1)]
    assert texts == [0, 0.03, 0.09, 0.15, 0.3]
    assert [RATING.of_level(level) for level in (0, 1, 2)] == [0, 0.1, 0.2]
    bids = [RATING.of_bid(bid) for bid in ("rather_not", None, "can", "want")]
    assert all(one < other for one, other in pairwise(bids))
    assert bids[-1] == 0.5


def test_the_parts_add_up_and_an_avoided_pair_is_worth_less_than_any_other():
    worths = []
    for bid, level, near, avoid in product([None, *BIDS], (0, 1, 2), (0, 0.1, 1), (0, 1)):
        parts = RATING.parts(level, bid, near, bool(avoid))
        assert parts.total == pytest.approx(parts.bid + parts.track + parts.text - parts.avoid)
        assert parts.bid_word == (bid or "")
        worths.append((avoid, parts.total))
    avoided = max(total for avoid, total in worths if avoid)
    assert avoided < min(total for avoid, total in worths if not avoid)


@pytest.mark.parametrize("stored", [{}, {"bid": 0, "track": 0, "text": 7}, {"text": 100}])
def test_whatever_the_weights_the_best_match_is_worth_what_avoiding_costs(stored):
    rating = Rating(uses_bids=True, uses_tracks=True, weights=weights_of(stored))
    assert rating.parts(2, "want", 1, False).total == pytest.approx(AVOID_COST, abs=1e-3)
    assert weights_of(stored).keys() == USUAL_WEIGHTS.keys()


def test_what_a_conference_does_not_use_is_worth_nothing_to_anybody():
    plain = Rating(uses_bids=False, uses_tracks=False)
    parts = plain.parts(2, "want", 0, False)
    assert parts == Parts()
    assert parts.bid_word is None


def test_a_reviewer_without_a_profile_is_known_by_bids_and_texts_alone():
    assert expert_of(9, None) == Expert(9)
    known = expert_of(9, ReviewerProfile(track_ids=[7], some_track_ids=[8]))
    assert words_of("eBPF and XDP") == {"ebpf", "xdp"}
    assert [known.level(track) for track in (6, 7, 8)] == [0, 2, 1]


def test_parts_and_reasons_survive_being_stored():
    parts = RATING.parts(1, "can", 0.04, True)
    assert Parts(*parts.as_json()) == parts
    reason = Because("document", 7, ("offload", "tunnels"))
    assert Because.from_json(reason.as_json()) == reason
    assert Because.from_json(None) is None
    assert Parts(*[0.3, 0.2, 0.1, 0.0]).bid_word is None  # as stored before bids had a word


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
