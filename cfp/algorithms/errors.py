"""What is wrong with a problem; apart from the arrays, so that pages can name it without numpy."""

from cfp.errors import CfpError


class ProblemError(CfpError):
    """The input cannot be solved; `key` says how, `data` where (field, row, value).

    Keys: problem.shape, problem.not_numbers, problem.not_finite, problem.not_whole,
    problem.not_flags, problem.negative, problem.too_large, problem.unknown_id,
    problem.duplicate_pair, problem.same_reviewer, problem.load_min_above_max, problem.cap_range,
    problem.scores_too_large, problem.floor_range, problem.objective, problem.cap_balanced; of a
    timetable also problem.no_minutes, problem.window, problem.days_order,
    problem.duplicate_item, problem.time_limit; of a calibration problem.score_range,
    problem.weight_range, problem.no_scores, problem.too_small, problem.ratio_range; of
    comparisons problem.outcome (row, value), problem.with_itself (row), problem.no_comparisons,
    problem.tie_range; of a selection
    (name of the limit) selection.no_bound, selection.bound_range, selection.least_above_most,
    selection.measure, selection.share_range, selection.price_range, selection.same_name, and
    selection.must_never (row), selection.no_time (seconds).
    """
