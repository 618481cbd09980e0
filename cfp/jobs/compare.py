"""The job of scores from comparisons: read, compute, and store for whom each is."""

from typing import Any

from cfp.algorithms import pairwise as solver
from cfp.algorithms.pairwise import Pairwise
from cfp.domain.decisions.calibrating_results import Found, FoundSubmission
from cfp.domain.decisions.calibrating_rules import PAIRS
from cfp.domain.decisions.comparing_scopes import PairScope, load_scopes
from cfp.jobs.context import JobContext
from cfp.jobs.scoring import band_at, plain_cautions, score_scopes

COUNTED_ANEW = frozenset({"borderline", "uncompared"})
"""Cautions that the page words from figures of its own."""


def run(context: JobContext) -> dict[str, Any]:
    """Compute a run for every set of submissions that somebody may know in full."""
    return score_scopes(context, load_scopes, solve, PAIRS)


def solve(scope: PairScope) -> Found:
    """The figures of one scope, as plain values; comparisons of two, and whole rankings."""
    numbers = {id_: number for number, id_ in enumerate(scope.submissions)}
    owners = {id_: number for number, id_ in enumerate(scope.reviewers)}
    pairs = [one for one in scope.statements if len(one.places) == 2]
    ranked = [one for one in scope.statements if len(one.places) > 2]
    compared = solver.compare(
        [numbers[one.places[0][0]] for one in pairs],
        [numbers[one.places[1][0]] for one in pairs],
        [0 if one.places[0][1] == one.places[1][1] else 1 for one in pairs],
        rankings=[[numbers[id_] for id_, _place in one.places] for one in ranked],
        reviewer=[owners[one.person_id] for one in pairs],
        rankers=[owners[one.person_id] for one in ranked],
        top=scope.asked,
    )
    return Found(
        scope=scope,
        submissions=_submissions(scope, numbers, compared),
        reviewers=(),
        people=len(owners),
        cautions=plain_cautions(compared.warnings, COUNTED_ANEW),
    )


def _submissions(
    scope: PairScope, numbers: dict[int, int], found: Pairwise
) -> list[FoundSubmission]:
    (score, error), bands, chances = found.on_scale(*scope.scale), found.band, found.p_top
    plain = solver.won_on_scale(found.won, *scope.scale)
    return [
        FoundSubmission(
            submission_id=id_,
            raw=float(plain[place]),
            score=float(score[place]),
            se=float(error[place]),
            reviews=int(found.compared[place]),
            p_top=None if chances is None else float(chances[place]),
            band=band_at(bands, place),
            rank_low=int(found.rank_low[place]),
            rank_high=int(found.rank_high[place]),
        )
        for id_, place in numbers.items()
    ]
