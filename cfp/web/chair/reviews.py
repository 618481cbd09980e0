"""Reviews as chairs follow them: scores of every submission, how far reviewers are, reminding."""

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from cfp.domain.conferences import queries as conferences
from cfp.domain.decisions.board import scores_by_submission, spread
from cfp.domain.reviews import figures, reminders
from cfp.domain.reviews.answers import every_answer
from cfp.domain.reviews.queries import criteria_of
from cfp.domain.reviews.rules import is_late, scale_of
from cfp.domain.submissions.committee import committee_list
from cfp.formats.table import Cell
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.setup_forms import CountForm
from cfp.web.chair.submissions import narrow, review_choices
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.lists import Listing, csv_file
from cfp.web.wording import add_words

add_words(
    {
        "nudge.nobody": _l("Nobody needs a reminder now: nothing is open, or they had one today."),
    }
)

SORTABLE = ("title", "track", "reviews", "mean", "variance")


@blueprint.get("/<slug>/chair/reviews/")
@permission(Action.READ_SCORES)
def reviews(slug: str) -> str:
    """Every submission with its scores, as many as this person may read."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    view = committee_list(conference)
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="-mean")
    listing.where(view.told(actor, "reviews"))
    narrow(listing)
    listing.load(db)
    criteria = criteria_of(db, conference)
    low, high = scale_of(criteria)
    return render_template(
        "chair/reviews.html",
        conference=conference,
        list=listing,
        scores=scores_by_submission(db, actor, conference, [row.id for row in listing.rows]),
        tracks=conferences.tracks_of(db, conference),
        low=low,
        high=high,
        bins=figures.mean_bins(db, actor, conference, low=low, high=high),
        spread=spread,
        review_choices=review_choices(conference.reviews_per_submission),
    )


@blueprint.get("/<slug>/chair/reviews/reviewers")
@permission(Action.READ_SCORES)
def reviewers(slug: str) -> str:
    """How far each reviewer is, most to do first."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    now = context.now()
    progress = figures.progress_of_all(db, actor, conference)
    return render_template(
        "chair/reviewers.html",
        conference=conference,
        progress=progress,
        late=reminders.waiting_for(progress, conference, now),
        is_late=is_late(conference, now),
        may_nudge=allowed(actor, Action.SEND_MAIL, conference, now),
        may_extend=allowed(actor, Action.CHAIR_ONLY, conference, now),
    )


@blueprint.get("/<slug>/chair/reviews.csv")
@permission(Action.READ_SCORES)
def reviews_csv(slug: str) -> Response:
    """A row for each submitted review, with its score of each criterion and all its answers."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    criteria = criteria_of(db, conference)
    fields, answers = every_answer(db, actor, conference)
    header = [
        *("code", "title", "reviewer", "total"),
        *(one.name for one in criteria),
        *("confidence", "submitted"),
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
            *(answers.get(review.id, {}).get(one.id) for one in fields),
        ]
        for submission, review, name, scores in figures.every_review(db, actor, conference)
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
            "chair/nudge.html", conference=conference, form=form, ready=ready, only=only
        )

    def act() -> str:
        form.expect_count(len(ready))
        reminders.nudge(db, actor, conference, only=only, links=links, now=now)
        return url_for("chair.reviewers", slug=slug)

    if request.method == "GET":
        return page()
    done = ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", len(ready))
    return perform(form, act, page, done=done)


