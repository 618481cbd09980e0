"""Reviews that chairs might look at twice, and whether a review helped."""

from flask import render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.reviews import noticing
from cfp.domain.reviews.quality import EQUAL_FROM, FEW_WORDS
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.files import Table, add_files
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission
from cfp.web.lists import Field, Listing

FLAGS = {
    "short": _l("short"),
    "equal": _l("all scores equal"),
    "odds": _l("score and text at odds"),
    "copied": _l("same text twice"),
    "late": _l("late"),
}
RATINGS = {
    "helpful": _l("said to be helpful"),
    "unhelpful": _l("said not to be helpful"),
}
SORTABLE = ("title", "reviewer", "words", "total")


@blueprint.get("/<slug>/chair/reviews/quality")
@permission(Action.READ_SCORES)
def quality(slug: str) -> str:
    """The reviews with a flag, or a rating, among those this person may read."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    is_chair = allowed(actor, Action.CHAIR_ONLY, conference, context.now())
    return render_template(
        "chair/quality.html",
        conference=conference,
        list=_listing().load(db),
        flags=FLAGS,
        ratings=_ratings(),
        wanted=_wanted(),
        few=FEW_WORDS,
        equal_from=EQUAL_FROM,
        unnoticed=noticing.unnoticed(db, actor, conference) if is_chair else 0,
    )


def _listing() -> Listing:
    actor = context.actor()
    view = noticing.notices(actor, context.conference())
    listing = Listing.from_request(view, actor, sortable=SORTABLE, default="title")
    listing.where(noticing.flagged(view, actor, _wanted()))
    return listing


def _ratings() -> dict[str, LazyString]:
    return RATINGS if context.conference().rates_reviews else {}


def _wanted() -> str:
    """The flag or rating asked for, of those there are; "" for any flag."""
    asked = request.args.get("flag", "")
    return asked if asked in {**FLAGS, **_ratings()} else ""


FIELDS = (
    Field("code", _l("Code")),
    Field("title", _l("Title")),
    Field("reviewer", _l("Reviewer")),
    *(Field(name, words) for name, words in FLAGS.items()),
    Field("words", _l("Words")),
    Field("score", _l("Score"), column="total"),
    Field("helpful", _l("Helpful")),
    Field("not_helpful", _l("Not helpful"), column="unhelpful"),
)
RATED = frozenset({"helpful", "not_helpful"})


def _fields() -> list[Field]:
    """Without what is off."""
    rates = context.conference().rates_reviews
    return [one for one in FIELDS if rates or one.name not in RATED]


add_files(
    blueprint,
    "quality",
    "/<slug>/chair/reviews/quality",
    Action.READ_SCORES,
    Table(_listing, _fields),
)


@blueprint.post("/<slug>/chair/reviews/quality")
@permission(Action.CHAIR_ONLY)
def quality_look(slug: str) -> ViewResponse:
    """Look at reviews from before there were flags."""

    def act() -> str:
        noticing.notice_all(context.db(), context.conference())
        return url_for("chair.quality", slug=slug)

    return press(act, done=_("All reviews are looked at."))


@blueprint.post("/<slug>/chair/submissions/<code>/reviews/<pseudonym>/rating")
@permission(Action.ASSIGN_ONE)
def rate_review(slug: str, code: str, pseudonym: str) -> ViewResponse:
    """Helpful, not helpful, or no word."""
    said = {"1": True, "0": False}.get(request.form.get("helpful", ""))

    def act() -> str:
        noticing.rate(
            context.db(),
            context.actor(),
            context.standing(),
            pseudonym=pseudonym,
            helpful=said,
            now=context.now(),
        )
        return url_for("chair.submission", slug=slug, code=code, _anchor="reviews-title")

    return press(act)
