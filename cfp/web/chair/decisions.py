"""The board: what is pending, how sure the scores are, and the minutes there are to fill."""

from datetime import timedelta

from cfp.domain.decisions import rules
from cfp.domain.decisions.board import spread, surroundings
from cfp.domain.decisions.days import minutes_by_day
from cfp.domain.decisions.figures import figures
from cfp.domain.submissions.states import OUTCOMES
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.board_list import FILTERS, board_listing, fields_of_board, run_shown, scores_of
from cfp.web.chair.capacity import bars, bars_of_days
from cfp.web.chair.decision_forms import ACT_WORDS, OUTCOME_WORDS
from cfp.web.chair.sure_words import BAND_WORDS
from cfp.web.gate import permission
from cfp.web.tagging import tags_on

UNDO_WITHIN = timedelta(hours=1)


@blueprint.get("/<slug>/chair/decisions/")
@permission(Action.DECIDE)
def decisions(slug: str) -> tuple[str, int]:
    """The board as a list, with what is pending, how sure the scores are and the minutes used."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    run = run_shown()
    # First, so that what changes meanwhile is told, and not missed.
    around = surroundings(db, actor, conference, since=context.now() - UNDO_WITHIN)
    listing = board_listing(run.calibration.id if run else None).load(db)
    known = figures(db, actor, conference)
    listing.offer(fields_of_board(several_tracks=len(around.tracks) > 1))
    line = run.calibration.figures["line"] if run else None
    if line is None:
        line = known.line
    scatter = around.scatter(line, known.usual_spread)
    return listing.page_of(
        "chair/decisions.html",
        db,
        conference=conference,
        tags=tags_on(listing),
        names=listing.view.names(actor),
        scores=scores_of([row.id for row in listing.rows]),
        merges=around.merges,
        merged=around.merged,
        figures=known,
        around=around,
        bars=[
            *bars(conference, known, around),
            *bars_of_days(conference, minutes_by_day(db, actor, conference)),
        ],
        scatter=scatter,
        has_line=line is not None,
        run=run,
        band_words=BAND_WORDS,
        verdict=lambda row: rules.verdict(row.mean, row.variance, row.reviews, scatter),
        spread=spread,
        filters={name: listing.arguments[name] for name in FILTERS if name in listing.arguments},
        is_chair=allowed(actor, Action.ANNOUNCE, conference, context.now()),
        outcome_words=OUTCOME_WORDS,
        act_words=ACT_WORDS,
        lane_of=rules.lane_of,
        mark_of=rules.mark_of,
        lanes=("", *OUTCOMES),
    )
