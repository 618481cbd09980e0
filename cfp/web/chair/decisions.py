"""Deciding: the board, one decision, many at once, and the minutes there are to fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, render_template, request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row
from werkzeug.datastructures import MultiDict

from cfp.domain.conferences import queries as conferences
from cfp.domain.conferences.models import Conference, SubmissionType
from cfp.domain.decisions import actions, rules
from cfp.domain.decisions.actions import Changed
from cfp.domain.decisions.board import (
    Choice,
    Surroundings,
    board,
    on_board,
    scale_of,
    scores_by_submission,
    spread,
    surroundings,
)
from cfp.domain.decisions.calibrating_queries import Run, certainty_of, run_of
from cfp.domain.decisions.calibrating_rules import BANDS, OPEN_BANDS
from cfp.domain.decisions.days import day_key, days_of, minutes_by_day
from cfp.domain.decisions.figures import Figures, Minutes, figures
from cfp.domain.decisions.merging import pending_merges, targets
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.queries import offered_types
from cfp.domain.submissions.states import OUTCOMES
from cfp.errors import DomainError, StaleError
from cfp.policy import Action, allowed, may
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.decision_forms import (
    ACT_WORDS,
    CLEAR,
    MERGE,
    OUTCOME_WORDS,
    DecideForm,
    ManyForm,
    capacity_form,
)
from cfp.web.chair.sure_words import BAND_WORDS
from cfp.web.files import Table, add_files
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing, arguments_of, listed
from cfp.web.tagging import tags_on, typed_tags

SORTABLE = ("title", "mean", "variance", "reviews", "track", "calibrated", "chance")
FILTERS = ("q", "view", "track", "type", "outcome", "fewer", "band", "sort", "page", "columns")
BANDS_ASKED = {"open": OPEN_BANDS, **{name: (name,) for name in BANDS}}
UNDO_WITHIN = timedelta(hours=1)
MANY_LIMIT = 1_000


@blueprint.get("/<slug>/chair/decisions/")
@permission(Action.DECIDE)
def decisions(slug: str) -> tuple[str, int]:
    """The board as a list, with what is pending, how sure the scores are and the minutes used."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    run = _run()
    # First, so that what changes meanwhile is told, and not missed.
    around = surroundings(db, actor, conference, since=context.now() - UNDO_WITHIN)
    listing = board_listing(run.calibration.id if run else None).load(db)
    known = figures(db, actor, conference)
    listing.offer(_fields(several_tracks=len(around.tracks) > 1))
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
        scores=_scores([row.id for row in listing.rows]),
        merges=around.merges,
        figures=known,
        around=around,
        bars=[
            *_bars(conference, known, around),
            *_bars_of_days(conference, minutes_by_day(db, actor, conference)),
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


def _run() -> Run | None:
    """The run whose figures stand beside the means, where the conference wants them."""
    conference = context.conference()
    return run_of(context.db(), context.actor(), conference) if conference.adjusts_scores else None


def _scores(ids: Sequence[int]) -> dict[int, list[float]]:
    """The totals to draw as dots; whole ones without a fraction, as reviewers gave them."""
    known = scores_by_submission(context.db(), context.actor(), context.conference(), ids)
    return {
        id_: [int(one) if one == int(one) else round(one, 1) for one in totals]
        for id_, totals in known.items()
    }


def board_listing(calibration_id: int | None = None, default: str = "-mean") -> Listing:
    """The board as the address asks for it, with the figures of this run of the calibration."""
    actor, conference = context.actor(), context.conference()
    view = board(actor, conference, calibration_id)
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default=default)
    listing.where(on_board(actor, conference))
    for name in ("track", "type"):
        asked = request.args.get(name, "")
        if asked.isascii() and asked.isdigit() and len(asked) < 10:
            listing.where(view.column(actor, f"{name}_id") == int(asked))
    _narrow_by_outcome(listing, request.args.get("outcome", ""))
    fewer = request.args.get("fewer", "")
    if fewer.isascii() and fewer.isdigit() and len(fewer) < 4:
        listing.where(view.column(actor, "reviews") < int(fewer))
    band = request.args.get("band", "")
    if calibration_id is not None and band in BANDS_ASKED:
        listing.where(view.column(actor, "band").in_(BANDS_ASKED[band]))
    listing.search(context.db())
    return listing


@dataclass(frozen=True)
class _Gathered:
    """What the cells of a file need beside the rows."""

    scores: dict[int, list[float]]
    tags: dict[int, str]
    merges: Mapping[int, Submission]


def _gathered(rows: Sequence[Any]) -> _Gathered:
    ids = [row.id for row in rows]
    rejected = [row.id for row in rows if getattr(row, "pending", "") == "reject"]
    return _Gathered(_scores(ids), typed_tags(ids), _merges(rejected))


def _merges(ids: Sequence[int]) -> Mapping[int, Submission]:
    """What is to be merged into another, of those whose pending decision this person knows."""
    if not ids:
        return {}
    return pending_merges(context.db(), context.actor(), context.conference(), ids)


def _into(row: Row[Any], at: _Gathered) -> str:
    return at.merges[row.id].code if row.id in at.merges else ""


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title"), always=True),
    Field("track", _l("Track")),
    Field("format", _l("Format"), column="type"),
    Field("state", _l("State")),
    Field("scores", _l("Scores"), lambda row, at: listed(at.scores.get(row.id, ())), "reviews"),
    Field("mean", _l("Mean")),
    Field("adjusted", _l("Adjusted"), column="calibrated"),
    Field("adjusted_error", _l("Adjusted: its error"), column="se"),
    Field("chance", _l("Chance to be in")),
    Field("spread", _l("Spread"), lambda row, _at: spread(row.variance), column="variance"),
    Field("reviews", _l("Reviews")),
    Field("comments", _l("Comments"), column="remarks"),
    Field("pending", _l("Pending decision")),
    Field("merged_into", _l("Merged into"), _into, column="pending"),
    Field("accepted_format", _l("Format it is accepted for"), column="accepted_type"),
    Field("minutes", _l("Minutes")),
    Field("tags", _l("Tags"), lambda row, at: at.tags.get(row.id, ""), column="tagged"),
)
"""The columns of page and file; a file's are named in one language only."""

BY_PAIRS = {
    "adjusted": Field("compared", _l("Compared"), column="calibrated"),
    "adjusted_error": Field("compared_error", _l("Compared: its error"), column="se"),
}
"""What stands instead where the second score comes from comparisons."""


def _fields(*, several_tracks: bool) -> list[Field]:
    """The columns of this conference; the policy leaves out what is not this person's."""
    other = BY_PAIRS if context.conference().adjusts_by == "pairs" else {}
    kept = (one for one in FIELDS if several_tracks or one.name != "track")
    return [other.get(one.name, one) for one in kept]


def _fields_of_file() -> list[Field]:
    tracks = conferences.tracks_of(context.db(), context.conference())
    return _fields(several_tracks=len(tracks) > 1)


def _listing_of_file() -> Listing:
    """The board with the same figures as on its page."""
    run = _run()
    return board_listing(run.calibration.id if run else None)


add_files(
    blueprint,
    "decisions",
    "/<slug>/chair/decisions",
    Action.DECIDE,
    Table(_listing_of_file, _fields_of_file, _gathered),
)


def _narrow_by_outcome(listing: Listing, asked: str) -> None:
    """open: nothing pending or announced; pending: anything; an outcome; an announced state."""
    pending = listing.view.column(listing.actor, "pending")
    state = listing.view.column(listing.actor, "state")
    if asked == "open":
        listing.where(pending == "")
        listing.where(state == "submitted")
    elif asked == "pending":
        listing.where(pending != "")
    elif asked in OUTCOMES:
        listing.where(pending == asked)
    elif asked in rules.DECIDABLE:
        listing.where(state == asked)


def _bars(
    conference: Conference, known: Figures, around: Surroundings
) -> list[tuple[str, str, rules.Bar]]:
    """(kind, label, minutes) in all, per format and per track, where there is something to say."""
    rows = [("all", _("In all"), rules.capacity_key("all"))]
    several = {"type": around.types, "track": around.tracks}
    for kind, choices in several.items():
        if len(choices) > 1:
            rows += [(kind, one.name, rules.capacity_key(kind, one.id)) for one in choices]
    bars = []
    for kind, label, key in rows:
        minutes, capacity = known.minutes.get(key), conference.capacities.get(key)
        if kind == "all" or minutes is not None or capacity is not None:
            used, pending = (minutes.used, minutes.pending) if minutes else (0, 0)
            bars.append((kind, label, rules.Bar(used, pending, capacity)))
    return bars


def _bars_of_days(
    conference: Conference, minutes: Mapping[str, Minutes]
) -> list[tuple[str, str, rules.Bar]]:
    """The same for each day whose minutes are set."""
    bars = []
    for day in days_of(conference):
        key = day_key(day)
        if key in conference.capacities:
            one = minutes.get(key, Minutes())
            bar = rules.Bar(one.used, one.pending, conference.capacities[key])
            bars.append(("day", _day_word(day), bar))
    return bars


def _day_word(day: date) -> str:
    return str(format_date(day, "EEE d MMM"))


# One decision ---------------------------------------------------------------------------------


@blueprint.get("/<slug>/chair/decisions/<code>/")
@permission(Action.DECIDE_ONE)
def decision(slug: str, code: str) -> str:
    return _decision_page(_decide_form())


@blueprint.post("/<slug>/chair/decisions/<code>/")
@permission(Action.DECIDE_ONE)
def decide(slug: str, code: str) -> ViewResponse:
    """Set or clear what is pending for one submission."""
    form, standing = _decide_form(), context.standing()

    def act() -> str:
        outcome = form.outcome.data
        try:
            actions.set_pending(
                context.db(),
                context.actor(),
                standing,
                outcome=_outcome_of(outcome),
                into=(form.into.data or "") if outcome == MERGE else None,
                type_id=form.type_id.data,
                minutes=form.minutes.data,
                note=form.note.data or "",
                revision=form.revision.data or "",
                now=context.now(),
            )
        except StaleError as error:
            raise _both_texts(form) from error
        return back_to_list()

    return perform(form, act, lambda: _decision_page(form), done=_("Saved, pending."))


def _outcome_of(chosen: str) -> str | None:
    """The outcome that a choice of the form stands for, None for nothing pending."""
    return {CLEAR: None, MERGE: "reject"}.get(chosen, chosen)


def back_to_list() -> str:
    """The list as it was, or the submission's page, as the address says."""
    slug = context.conference().slug
    if request.args.get("back") == "submission":
        return url_for("chair.submission", slug=slug, code=context.submission().code)
    asked = arguments_of(MultiDict(parse_qsl(request.args.get("list", ""))))
    kept: dict[str, Any] = {name: value for name, value in asked.items() if name in FILTERS}
    return url_for("chair.decisions", slug=slug, **kept)


def _decide_form() -> DecideForm:
    db, standing = context.db(), context.standing()
    submission, pending = standing.submission, actions.pending_of(db, standing.submission)
    others = targets(db, context.actor(), standing)
    into = next((one.code for one in others if pending and one.id == pending.into_id), "")
    data = {
        "outcome": MERGE if into else (pending.outcome if pending else None),
        "into": into,
        "type_id": (pending.type_id if pending else None) or submission.type_id,
        "minutes": pending.minutes if pending else None,
        "note": pending.note if pending else "",
        "revision": rules.mark(pending),
    }
    form = DecideForm(data=data)
    outcomes = [name for name in OUTCOMES if rules.can_become(submission.state, name)]
    formats = _formats(offered_types(db, standing.conference, submission.type_id))
    form.offer(outcomes, formats, [(one.code, one.title) for one in others])
    return form


def _formats(types: Sequence[SubmissionType]) -> list[Choice]:
    return [Choice(one.id, one.name, one.minutes, one.discussion_minutes) for one in types]


def _both_texts(form: DecideForm) -> StaleError:
    """What somebody else has decided since, beside what was typed here."""
    theirs = DecideForm(formdata=None)
    stored = actions.pending_of(context.db(), context.submission())
    merged = _merges([context.submission().id])
    theirs.outcome.data = MERGE if merged else (stored.outcome if stored else CLEAR)
    theirs.note.data = stored.note if stored else ""
    words = {name: str(label) for name, label in ACT_WORDS.items()}
    words |= {CLEAR: _("Nothing pending"), MERGE: _("Merge into another")}

    def texts(shown: DecideForm) -> dict[str, str]:
        return {
            str(shown.outcome.label.text): words.get(shown.outcome.data, ""),
            str(shown.note.label.text): shown.note.data or "",
        }

    return StaleError("stale", theirs=texts(theirs), yours=texts(form), back=request.full_path)


def _decision_page(form: DecideForm) -> str:
    standing, submission = context.standing(), context.submission()
    return render_template(
        "chair/decision.html",
        form=form,
        conference=standing.conference,
        submission=submission,
        needs_note=rules.needs_explanation(submission.state),
        scores=_scores([submission.id]).get(submission.id, []),
        scale=scale_of(context.db(), standing.conference),
        certainty=certainty_of(context.db(), context.actor(), standing),
        band_words=BAND_WORDS,
        back_url=back_to_list(),
        pending=bool(form.revision.data),
    )


@blueprint.post("/<slug>/chair/decisions/<code>/move")
@permission(Action.DECIDE_ONE)
def move_card(slug: str, code: str) -> ViewResponse:
    """Put a card of the board into another column; what two chairs move at once moves once."""
    outcome, title = request.form.get("act", ""), context.submission().title

    def act() -> str:
        try:
            changed = actions.move_one(
                context.db(),
                context.actor(),
                context.conference(),
                code=context.submission().code,
                outcome=None if outcome == CLEAR else outcome,
                revision=request.form.get("revision", ""),
                now=context.now(),
            )
        except StaleError as error:
            raise _moved_meanwhile(title, outcome) from error
        if changed.count:
            flash(_("“%(title)s” is now: %(lane)s.", title=title, lane=_lane_word(outcome)))
        _say(changed)
        return _board_url()

    return press(act)


def _lane_word(outcome: str) -> str:
    known = OUTCOME_WORDS.get(outcome)
    return str(_("%(label)s, pending", label=known) if known else _("nothing pending"))


def _moved_meanwhile(title: str, wanted: str) -> StaleError:
    """Where the card is now, beside where it was to go."""
    stored = actions.pending_of(context.db(), context.submission())
    return StaleError(
        "stale",
        theirs={title: _lane_word(stored.outcome if stored else "")},
        yours={title: _lane_word(wanted)},
        back=_board_url(),
    )


# Many at once ---------------------------------------------------------------------------------


@blueprint.get("/<slug>/chair/decisions/many")
@permission(Action.DECIDE)
def decide_several(slug: str) -> str:
    """What was picked in another list, with its titles, before anything happens."""
    return _many_page(ManyForm())


@blueprint.post("/<slug>/chair/decisions/many")
@permission(Action.DECIDE)
def decide_many(slug: str) -> ViewResponse:
    """Set or clear what is pending for what is picked."""
    form = ManyForm()

    def act() -> str:
        picked = codes_in(request.form.getlist("picked"))
        if not picked:
            raise DomainError("decision.nothing_picked")
        outcome = request.form.get("act", "")
        changed = actions.set_many(
            context.db(),
            context.actor(),
            context.conference(),
            codes=picked,
            outcome=None if outcome == CLEAR else outcome,
            now=context.now(),
        )
        _say(changed)
        return _board_url()

    return perform(form, act, lambda: _many_page(form))


@blueprint.post("/<slug>/chair/decisions/undo/<int:batch>")
@permission(Action.DECIDE)
def undo_decisions(slug: str, batch: int) -> ViewResponse:
    """Bring back what one's last bulk change replaced."""

    def act() -> str:
        changed = actions.undo(
            context.db(), context.actor(), context.conference(), batch_id=batch, now=context.now()
        )
        flash(
            ngettext(
                "Undone for %(num)s submission.", "Undone for %(num)s submissions.", changed.count
            )
        )
        _say_left_out(changed, _("Changed by somebody since, so left as they are: %(codes)s."))
        return _board_url()

    return press(act)


def codes_in(values: Sequence[str], limit: int = MANY_LIMIT) -> list[str]:
    """What can be a submission's code among what was sent, each once."""
    return list(dict.fromkeys(value for value in values if value.isalnum()))[:limit]


def _say(changed: Changed) -> None:
    if not changed.count:
        flash(_("Nothing had to be changed."))
    _say_left_out(
        changed,
        _(
            "Left out, as their speakers know another decision or their state does not allow it: "
            "%(codes)s. Decide on them one by one, with a note."
        ),
    )


def _say_left_out(changed: Changed, words: str) -> None:
    if changed.left_out:
        flash(words % {"codes": ", ".join(changed.left_out)}, "warning")


def _board_url() -> str:
    kept: dict[str, Any] = {n: v for n, v in request.args.items() if n in FILTERS}
    return url_for("chair.decisions", slug=context.conference().slug, **kept)


def _many_page(form: ManyForm) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    view = board(actor, conference)
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="title")
    picked = codes_in(request.values.getlist("picked"))
    listing.where(view.column(actor, "code").in_(picked))
    listing.where(on_board(actor, conference))
    listing.where(may(actor, Action.DECIDE_ONE, conference))
    rows = listing.load_all(db).rows
    return render_template(
        "chair/decide_many.html",
        form=form,
        conference=conference,
        rows=rows,
        merges={id_: one.title for id_, one in _merges([row.id for row in rows]).items()},
        left_out=len(picked) - listing.total,
        outcome_words=OUTCOME_WORDS,
        act_words=ACT_WORDS,
    )


# Capacity -------------------------------------------------------------------------------------


@blueprint.route("/<slug>/chair/decisions/capacity", methods=["GET", "POST"])
@permission(Action.SET_UP)
def capacity(slug: str) -> ViewResponse | str:
    """The minutes there are to fill: in all, per format, per track and per day."""
    conference = context.conference()
    around = surroundings(context.db(), context.actor(), conference, since=context.now())
    fields = [("all", _("In all"))]
    for kind, choices in (("type", around.types), ("track", around.tracks)):
        if len(choices) > 1:
            fields += [(rules.capacity_key(kind, one.id), one.name) for one in choices]
    fields += [(day_key(day), _day_word(day)) for day in days_of(conference)]
    form = capacity_form(fields, conference.capacities)

    def page() -> str:
        return render_template("chair/capacity.html", form=form, conference=conference)

    def act() -> str:
        minutes = {key: form[key].data for key, _label in fields}
        actions.set_capacities(
            context.db(), context.actor(), conference, minutes=minutes, now=context.now()
        )
        return url_for("chair.decisions", slug=slug)

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))
