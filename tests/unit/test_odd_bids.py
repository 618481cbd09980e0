"""Odd bids: what is found, how unlikely it is said to be, and what is left alone."""

from collections.abc import Collection, Mapping
from math import comb, isclose

from cfp.domain.assignment.odd_bids import (
    Facts,
    Odd,
    far_wishes,
    lone_wishes,
    odd_bids,
    report,
)

TALKS = 100


def facts(
    bids: Mapping[int, Mapping[int, str]],
    *,
    speakers: Mapping[int, Collection[int]] | None = None,
    track_of: Mapping[int, int] | None = None,
    tracks: Mapping[int, Collection[int]] | None = None,
    words: Mapping[int, Collection[str]] | None = None,
    authors: Mapping[int, Collection[str]] | None = None,
) -> Facts:
    """A hundred talks in one track, unless said otherwise."""
    stands = speakers or {}
    named = {talk: [f"P{one}" for one in people] for talk, people in stands.items()}
    return Facts(
        submissions={talk: (track_of or {}).get(talk, 0) for talk in range(TALKS)},
        speakers=stands,
        authors=authors or named,
        bids=bids,
        tracks=tracks or {},
        words=words or dict.fromkeys(tracks or {}, ()),
    )


def want(*talks: int) -> dict[int, str]:
    return dict.fromkeys(talks, "want")


def found(some: Facts, kind: str) -> list[Odd]:
    return [one for one in odd_bids(some) if one.kind == kind]


def test_two_who_want_each_other() -> None:
    some = facts({1: want(20, 50), 2: want(10, 60), 3: want(70)}, speakers={10: [1], 20: [2]})
    (pair,) = found(some, "pair")
    assert (pair.people, pair.submissions, pair.of) == ((1, 2), (20, 10), 1)
    assert isclose(pair.chance, (2 / 99) ** 2)


def test_more_talks_of_one_make_a_wish_likelier_and_more_wishes_for_them_unlikelier() -> None:
    speakers = {10: [1], **{talk: [2] for talk in range(20, 24)}}
    once = facts({1: want(20), 2: want(10)}, speakers=speakers)
    thrice = facts({1: want(20, 21, 22), 2: want(10)}, speakers=speakers)
    (one,), (three,) = found(once, "pair"), found(thrice, "pair")
    assert isclose(one.chance, (1 - (98 / 99) ** 4) / 96)
    rate = 3 / 99
    tail = comb(4, 3) * rate**3 * (1 - rate) + rate**4
    assert isclose(three.chance, tail / 96)


def test_a_wish_without_an_answer_and_other_bids_make_no_ring() -> None:
    speakers = {10: [1], 20: [2]}
    assert not found(facts({1: want(20), 2: {10: "can"}}, speakers=speakers), "pair")
    assert not found(facts({1: want(20), 2: {}}, speakers=speakers), "pair")
    assert not found(facts({1: want(10), 2: want(20)}, speakers=speakers), "pair")


def test_who_wants_everything_is_in_no_ring() -> None:
    everything = want(*range(TALKS))
    assert not found(facts({1: everything, 2: want(10)}, speakers={10: [1], 20: [2]}), "pair")


def test_three_in_a_circle_but_not_where_two_of_them_want_each_other() -> None:
    speakers = {10: [1], 20: [2], 30: [3]}
    circle = {1: want(20), 2: want(30), 3: want(10)}
    (ring,) = found(facts(circle, speakers=speakers), "ring")
    assert (ring.people, ring.submissions, ring.of) == ((1, 2, 3), (20, 30, 10), 2)
    assert isclose(ring.chance, (1 / 99) ** 3)
    with_pair = {**circle, 2: want(30, 10)}
    some = facts(with_pair, speakers=speakers)
    assert not found(some, "ring")
    assert [one.people for one in found(some, "pair")] == [(1, 2)]


def test_the_other_way_round_is_another_circle() -> None:
    speakers = {10: [1], 20: [2], 30: [3]}
    (ring,) = found(facts({1: want(30), 3: want(20), 2: want(10)}, speakers=speakers), "ring")
    assert ring.people == (1, 3, 2)


def test_all_wishes_for_one_speaker_who_need_have_no_account() -> None:
    authors = {5: ["A"], 6: ["A", "B"], 7: ["B"], 8: ["C"]}
    some = facts({1: {**want(5, 6), 7: "can"}, 2: want(6, 8), 3: want(5)}, authors=authors)
    (one,) = found(some, "author")
    assert (one.people, one.submissions) == ((1,), (5, 6))
    assert one.figures == {"wanted": 2, "talks": 2, "bids": 3}
    assert isclose(one.chance, 1 / comb(100, 2))


def test_the_same_bids_but_not_of_everybody() -> None:
    bids = {**want(1, 2, 3, 4), 5: "can"}
    others = {number: want(number + 10) for number in range(3, 30)}
    (same,) = found(facts({1: bids, 2: dict(bids), **others}), "same")
    assert (same.people, same.figures["bids"]) == ((1, 2), 5)
    assert isclose(same.chance, (2 / 29) ** 5)
    assert not found(facts(dict.fromkeys(range(30), bids)), "same")
    almost = {**bids, 5: "want"}
    assert not found(facts({1: bids, 2: almost, **others}), "same")


def test_nearly_everything_and_nearly_nothing_where_others_choose() -> None:
    usual = {number: {**want(1, 2), **dict.fromkeys(range(3, 30), "can")} for number in range(20)}
    greedy, sulky = want(*range(95)), dict.fromkeys(range(40), "rather_not")
    some = facts({**usual, 21: greedy, 22: sulky})
    (everything,), (nothing,) = found(some, "everything"), found(some, "nothing")
    assert (everything.people, nothing.people) == ((21,), (22,))
    assert everything.figures["share"] == 0.95
    assert isclose(everything.chance * everything.of, 1)
    assert not found(facts(dict.fromkeys(range(20), greedy)), "everything")


def expertise(far: Collection[int], **changes: object) -> Facts:
    """Reviewer 0 of track 1 wants `far` talks of track 2; seven others keep to track 1."""
    bids = {number: want(*range(10 * number, 10 * number + 8)) for number in range(8)}
    bids[0] = {**bids[0], **want(*far)}
    values: dict[str, object] = {
        "track_of": {talk: 1 if talk < 80 else 2 for talk in range(TALKS)},
        "tracks": {number: [1] for number in range(8)},
        "words": {number: ["switch"] for number in range(8)},
    }
    return facts(bids, **{**values, **changes})  # type: ignore[arg-type]


def test_wishes_far_from_all_one_knows() -> None:
    some = expertise((80, 90, 95))
    lone = lone_wishes(some)
    assert lone == {0: {80, 90, 95}}
    (far,) = far_wishes(some, lone, {80: ["farming"]})
    assert (far.people, far.submissions) == ((0,), (80, 90, 95))
    assert far.figures["far"] == 3
    assert far.chance < 0.01


def test_a_word_in_common_or_others_with_the_same_wish_explain_them() -> None:
    some = expertise((80, 90, 95))
    lone = lone_wishes(some)
    assert not list(far_wishes(some, lone, {80: ["switch"], 90: ["switch", "farm"]}))
    bids = {**some.bids, 1: {**some.bids[1], **want(80, 90)}}
    both = facts(bids, track_of=dict(some.submissions), tracks=some.tracks)
    assert lone_wishes(both) == {}
    assert lone_wishes(expertise((80, 90), tracks={0: [1]}, words={0: []})) == {}
    assert lone_wishes(expertise((80, 90), tracks={})) == {}


def test_the_report_is_short_ordered_and_counts_what_it_leaves_out() -> None:
    some = [Odd("pair", (number, 99), (), 1 / (number + 1), 5) for number in range(30)]
    made = report([*some, Odd("same", (1, 2), (), 0.001, 3)])
    assert made.totals == {"pair": 30, "same": 1}
    assert [one.people[0] for one in made.shown["pair"]] == list(range(29, 9, -1))
    assert list(made.shown) == ["pair", "same"]


def test_no_bids_are_nothing() -> None:
    assert list(odd_bids(facts({}))) == []
    assert list(odd_bids(facts({1: {}, 2: {}}))) == []
