"""Reviews as chairs follow them: scores of every submission, how far reviewers are, reminding."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Row

from cfp.domain.conferences import queries as conferences
from cfp.domain.decisions.board import scores_by_submission, spread
from cfp.domain.decisions.calibrating_queries import leniencies
from cfp.domain.decisions.calibrating_rules import SIGN_FROM, sign_of
from cfp.domain.decisions.models import CalibratedReviewer
from cfp.domain.reviews import figures, reminders
from cfp.domain.reviews.answers import every_answer
from cfp.domain.reviews.queries import criteria_of
from cfp.domain.reviews.rules import is_late, scale_of
from cfp.domain.submissions.committee import committee_list
from cfp.formats.table import Cell
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.reviewers_list import reviewers_chosen
from cfp.web.chair.setup_forms import CountForm
from cfp.web.chair.submissions import narrow, review_choices
from cfp.web.chair.sure_words import leniency_words
from cfp.web.files import Table, add_files, without_only_track
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing, csv_file, listed
from cfp.web.tagging import tags_on, typed_tags
from cfp.web.wording import add_words

add_words(
    {
        "nudge.nobody": _l(
            "Nobody needs a reminder now: nothing is open, they had one today, or want none."
        ),
    }
)

SORTABLE = ("title", "track", "reviews", "mean", "variance")
DRAWN = 40
"""How many reviewers the chart shows; the table has all."""


@blueprint.get("/<slug>/chair/reviews/")
@permission(Action.READ_SCORES)
def reviews(slug: str) -> tuple[str, int]:
    """Every submission with its scores, as many as this person may read."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    tracks = conferences.tracks_of(db, conference)
    listing = _listing()
    listing.offer(one for one in FIELDS if one.name != "track" or len(tracks) > 1)
    listing.load(db)
    criteria = criteria_of(db, conference)
    low, high = scale_of(criteria)
    return listing.page_of(
        "chair/reviews.html",
        db,
        conference=conference,
        tags=tags_on(listing),
        scores=scores_by_submission(db, actor, conference, [row.id for row in listing.rows]),
        tracks=tracks,
        low=low,
        high=high,
        bins=figures.mean_bins(db, actor, conference, low=low, high=high),
        spread=spread,
        review_choices=review_choices(conference.reviews_per_submission),
    )


def _listing() -> Listing:
    actor, view = context.actor(), committee_list(context.conference())
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="-mean")
    listing.where(view.told(actor, "reviews"), always=True)
    narrow(listing)
    return listing


_Gathered: TypeAlias = tuple[Mapping[int, list[float]], dict[int, str]]


def _gathered(rows: Sequence[Any]) -> _Gathered:
    db, actor, conference = context.db(), context.actor(), context.conference()
    ids = [row.id for row in rows]
    return scores_by_submission(db, actor, conference, ids), typed_tags(ids)


def _scores(row: Row[Any], at: _Gathered) -> str:
    return listed(at[0].get(row.id, ()))


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title"), always=True),
    Field("track", _l("Track")),
    Field("state", _l("State")),
    Field("scores", _l("Scores"), _scores, column="reviews"),
    Field("mean", _l("Mean")),
    Field("spread", _l("Spread"), lambda row, _at: spread(row.variance), column="variance"),
    Field("reviews", _l("Reviews")),
    Field("tags", _l("Tags"), lambda row, at: at[1].get(row.id, ""), column="tagged"),
)
add_files(
    blueprint,
    "reviews",
    "/<slug>/chair/reviews/scores",
    Action.READ_SCORES,
    Table(_listing, lambda: without_only_track(FIELDS), _gathered),
    saved="scores",
)


@blueprint.get("/<slug>/chair/reviews/reviewers")
@permission(Action.READ_SCORES)
def reviewers(slug: str) -> str:
    """How far each reviewer is, most to do first."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    now = context.now()
    progress = figures.progress_of_all(db, actor, conference)
    known = leniencies(db, actor, conference)
    return render_template(
        "chair/reviewers.html",
        conference=conference,
        list=reviewers_chosen(known),
        progress=progress,
        questions=figures.answers_by_criterion(db, actor, conference, criteria_of(db, conference)),
        leniencies={person: leniency_words(one) for person, one in known.items()},
        drawn=_drawn(progress, known),
        late=reminders.waiting_for(progress, conference, now),
        is_late=is_late(conference, now),
        may_nudge=allowed(actor, Action.SEND_MAIL, conference, now),
        may_extend=allowed(actor, Action.CHAIR_ONLY, conference, now),
    )


def _drawn(
    progress: Sequence[figures.Progress], known: Mapping[int, CalibratedReviewer]
) -> list[tuple[str, float | None, float, None]]:
    """Name, leniency (None where it has no sign) and its bar, of those of whom most is told."""
    rows = [(one.name, known[one.person_id]) for one in progress if one.person_id in known]
    rows.sort(key=lambda row: -abs(row[1].leniency) / max(row[1].se, 1e-9))
    drawn = [(name, _signed(one), SIGN_FROM * one.se, None) for name, one in rows[:DRAWN]]
    return sorted(drawn, key=lambda row: (-(row[1] or 0), row[0]))


def _signed(one: CalibratedReviewer) -> float | None:
    return one.leniency if sign_of(one.leniency, one.se) else None


@blueprint.get("/<slug>/chair/reviews.csv")
@permission(Action.READ_SCORES)
def all_reviews_csv(slug: str) -> Response:
    """A row for each submitted review: its scores by criterion, its texts, all its answers."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    criteria = criteria_of(db, conference)
    fields, answers = every_answer(db, actor, conference)
    header = [
        *("code", "title", "reviewer", "total"),
        *(one.name for one in criteria),
        *("confidence", "submitted", "with the help of"),
        *("for reviewers and chairs", "for chairs", "for speakers"),
        *(_("%(name)s (archived)", name=one.name) if one.archived else one.name for one in fields),
    ]
    rows: list[list[Cell]] = [
        [
            submission.code,
            submission.title,
            name,
            review.total,
            *(scores.get(one.id) for one in criteria),
            review.confidence,
            review.submitted,
            *(helped, review.committee_text, review.chair_text, review.speaker_text),
            *(answers.get(review.id, {}).get(one.id) for one in fields),
        ]
        for submission, review, name, helped, scores in figures.every_review(db, actor, conference)
    ]
    return csv_file(f"{slug}-reviews", header, rows)


@blueprint.route("/<slug>/chair/reviews/nudge", methods=["GET", "POST"])
@permission(Action.SEND_MAIL)
def nudge(slug: str) -> ViewResponse | str:
    """Remind late reviewers, or one of them; every mail can be read before it goes."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    form, only = CountForm(), [one for one in request.args.getlist("person") if one]
    links, now = context.links(), context.now()
    ready = reminders.nudges(db, actor, conference, only=only, links=links, now=now)

    def page() -> str:
        return render_template(
            "chair/nudge.html",
            conference=conference,
            form=form,
            ready=ready,
            only=only,
            unwilling=reminders.unwilling_of(db, actor, conference, only=only, now=now),
        )

    def act() -> str:
        form.expect_count(len(ready))
        reminders.nudge(db, actor, conference, only=only, links=links, now=now)
        return url_for("chair.reviewers", slug=slug)

    if request.method == "GET":
        return page()
    done = ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", len(ready))
    return perform(form, act, page, done=done)
