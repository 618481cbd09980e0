"""What a calibration, or comparisons, cannot tell, in words."""

from collections.abc import Mapping, Sequence

from cfp.algorithms.calibrating.result import Caution

NAMED = 5
"""So many submissions or reviewers are named; the others are counted."""

NOTES = {"little_changed", "borderline"}
"""What belongs to any result; the rest says that something is wrong with the reviews."""

SENTENCES: Mapping[str, str] = {
    "constant": "All scores are {score:g}: there is nothing to tell apart.",
    "noise_assumed": (
        "No two reviews of one submission say how much reviewers disagree; "
        "half of all differences are taken for chance."
    ),
    "no_differences": "The submissions differ no more than chance would make them.",
    "ratio_assumed": (
        "Reviews that can be compared with another one of the same submission: {comparisons}, "
        "too few to measure how much of the disagreement is leniency; it is assumed "
        "({ratio:g} of the noise)."
    ),
    "left_out": "Reviews left out, for want of a score or of any weight: {reviews}.",
    "weights_unusual": "The weights are {mean:.3g} on average; an ordinary review has 1.",
    "unreviewed": "Without any review: {submissions}.",
    "single": "With one review: {submissions}.",
    "groups": (
        "No reviewer connects the {groups} groups of submissions (the largest has {largest}); "
        "nothing is known of how strict one group is beside another."
    ),
    "few_reviews": "Fewer than three reviews, so their leniency is hardly known: {reviewers}.",
    "equal_scores": "All scores equal: {reviewers}.",
    "matched": (
        "Who reviewed what goes with quality ({share:.0%} of the differences lie between "
        "reviewers): compare plain and calibrated scores before relying on either."
    ),
    "against": (
        "Strict reviewers were given the better submissions: what looks like leniency is taken off "
        "nearly whole, so scores move more than they would otherwise."
    ),
    "little_changed": "Calibration changes nothing worth acting on: {changed} of the top {top}.",
    "all_equal": "Everything was taken to be equal: there is nothing to tell apart.",
    "uncompared": "Not compared: {submissions}.",
    "few": "Compared fewer than three times: {submissions}.",
    "one_sided": (
        "Won everything or nothing, so how far ahead or behind is a guess: {submissions}."
    ),
    "circles": (
        "Of {trios} trios {circles} ({share:.0%}) go round in a circle; a quarter would by chance."
    ),
    "one_reviewer": "All of it is one person's word: {reviewers}.",
    "parts": (
        "Nothing connects the {groups} groups of submissions (the largest has {largest}); compare "
        "within each."
    ),
    "borderline": (
        "{submissions} submissions ({share:.0%}) are neither in nor out; "
        "the order among them is close to a coin toss."
    ),
}


def named(
    caution: Caution, submissions: Sequence[str], reviewers: Sequence[str]
) -> dict[str, object]:
    """The figures, with codes for the numbers of submissions and reviewers."""
    codes = {"submissions": submissions, "reviewers": reviewers}
    return {
        name: [codes[name][one] for one in value] if isinstance(value, list) else value
        for name, value in caution.figures.items()
    }


def caution_sentence(key: str, figures: Mapping[str, object]) -> str:
    """One line for people."""
    shown = {
        name: _listed(value) if isinstance(value, list) else value
        for name, value in figures.items()
    }
    return SENTENCES[key].format(**shown)


def _listed(codes: Sequence[str]) -> str:
    rest = len(codes) - NAMED
    return ", ".join(codes[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
