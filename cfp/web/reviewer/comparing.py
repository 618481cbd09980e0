"""Comparing: which of two is better, a handful ranked, and the last taken back."""

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from cfp.domain.reviews import comparing, comparing_queries, queries
from cfp.domain.reviews.comparing_queries import Handful
from cfp.domain.reviews.comparing_rules import HANDFUL, places_left_right
from cfp.domain.reviews.extensions import extended_until
from cfp.domain.reviews.queries import BlindSubmission
from cfp.errors import DomainError, NotFoundError, StaleError
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import BaseForm, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.numbers import read_number
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.times import clock_of
from cfp.web.wording import add_words

add_words(
    {
        "comparing.closed": _l("Comparisons are not taken any more: reviewing is closed."),
        "comparing.too_few": _l("Give at least two of them a place; the others can stay without."),
        "comparing.too_many": _l("At most %(limit)s can be ranked at once."),
        "comparing.same_place": _l("Place %(place)s is taken: give each its own place."),
    }
)

ANSWERS = ("left", "right", "equal", "skip")
PLACE = "place_"


class BetterForm(BaseForm):
    left = HiddenField()
    right = HiddenField()


class RankForm(BaseForm):
    """A place for each of some submissions, "" for none."""

    def take(self, error: DomainError) -> bool:
        """What is about all of them is said at the first."""
        if error.field == "places":
            first = next((name for name in self._fields if name.startswith(PLACE)), "")
            error = type(error)(error.key, **{**error.data, "field": first})
        return super().take(error)


@blueprint.get("/<slug>/reviews/compare")
@permission(Action.BE_REVIEWER)
def compare(slug: str) -> str:
    """Two submissions side by side; where comparing is off, there is no such page."""
    return _page()


@blueprint.post("/<slug>/reviews/compare")
@permission(Action.BE_REVIEWER)
def say_better(slug: str) -> ViewResponse:
    """Left, right, equal or skip; then the next two."""
    form, answer = BetterForm(), request.form.get("better", "")

    def act() -> str:
        if answer not in ANSWERS:
            raise DomainError("bad_request")
        codes, places = (form.left.data or "", form.right.data or ""), places_left_right(answer)
        try:
            comparing.compare(
                context.db(),
                context.actor(),
                context.conference(),
                codes=codes,
                places=places,
                revision=form.made_from,
                now=context.now(),
            )
        except StaleError as error:
            raise _both(error, codes) from error
        return url_for("reviewer.compare", slug=slug)

    return perform(form, act, _page)


def _both(error: StaleError, codes: tuple[str, str]) -> StaleError:
    """What was said in another tab, beside what was said in this one."""
    what = _("%(one)s and %(other)s", one=codes[0], other=codes[1])
    theirs, yours = (
        {what: _words(error.data.get(f"{whose}_places"), codes)} for whose in ("theirs", "yours")
    )
    return StaleError("stale", theirs=theirs, yours=yours)


def _words(places: object, codes: tuple[str, str]) -> str:
    if not isinstance(places, tuple) or None in places:
        return str(_("not compared"))
    if places[0] == places[1]:
        return str(_("equal"))
    return str(_("%(code)s is better", code=codes[0] if places[0] < places[1] else codes[1]))


@blueprint.post("/<slug>/reviews/compare/undo")
@permission(Action.BE_REVIEWER)
def undo_comparison(slug: str) -> ViewResponse:
    """Take the last one back, and be asked again."""
    number = read_number(request.form.get("number"))
    revision = read_number(request.form.get("revision"))

    def act() -> str:
        if number is None or revision is None:
            raise NotFoundError("not_found")
        comparing.undo(
            context.db(),
            context.actor(),
            context.conference(),
            number=number,
            revision=revision,
            now=context.now(),
        )
        where = "rank_handful" if request.args.get("back") == "rank" else "compare"
        return url_for(f"reviewer.{where}", slug=slug)

    return perform(BaseForm(), act, _page, done=_("Taken back."))


@blueprint.route("/<slug>/reviews/compare/rank", methods=["GET", "POST"])
@permission(Action.BE_REVIEWER)
def rank_handful(slug: str) -> ViewResponse | str:
    """Give each of a handful its place."""
    _need_switch()
    codes = [name.removeprefix(PLACE) for name in request.form if name.startswith(PLACE)]
    if len(codes) > HANDFUL:
        raise DomainError("comparing.too_many", limit=HANDFUL)
    asked = comparing_queries.handful_for(
        context.db(), context.actor(), context.conference(), codes
    )
    if len(codes) > len(asked.submissions):
        raise NotFoundError("not_found")
    form = _rank_form(asked.submissions)

    def act() -> str:
        chosen = [(one.code, form[PLACE + one.code].data) for one in asked.submissions]
        comparing.rank(
            context.db(),
            context.actor(),
            context.conference(),
            places=[(code, int(place)) for code, place in chosen if place],
            now=context.now(),
        )
        return url_for("reviewer.rank_handful", slug=slug)

    def page() -> str:
        return _rank_page(form, asked)

    if request.method == "GET":
        return page()
    return perform(form, act, page, done=_("Your ranking is kept. Here is another handful."))


def _rank_form(submissions: Sequence[BlindSubmission]) -> RankForm:
    numbers = [str(place) for place in range(1, len(submissions) + 1)]
    places = [SelectChoice("", _("no place")), *(SelectChoice(one, one) for one in numbers)]
    fields = {
        PLACE + one.code: SelectField(one.title or one.code, choices=places) for one in submissions
    }
    form: RankForm = type("HandfulForm", (RankForm,), fields)()
    return form


def _need_switch() -> None:
    if not context.conference().compares_pairs:
        raise NotFoundError("not_found")


def _page() -> str:
    _need_switch()
    db, actor, conference = context.db(), context.actor(), context.conference()
    extended = extended_until(db, actor, conference)
    asked = comparing_queries.question_for(db, actor, conference)
    codes = [one.code for one in asked.pair or ()] or ["", ""]
    form = BetterForm(formdata=None, left=codes[0], right=codes[1], revision=asked.revision)
    return render_template(
        "reviewer/compare.html",
        conference=conference,
        asked=asked,
        form=form,
        clock=clock_of(conference, context.now(), extended),
        progress=queries.progress_of(db, actor, conference),
    )


def _rank_page(form: RankForm, asked: Handful) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    return render_template(
        "reviewer/rank.html",
        conference=conference,
        form=form,
        asked=asked,
        fields=[form[PLACE + one.code] for one in asked.submissions],
        clock=clock_of(conference, context.now(), extended_until(db, actor, conference)),
    )
