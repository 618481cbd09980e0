"""One's reviews as a file to fill without a network, and the file taken back.

A text or a table. What is brought back is shown first: what would change, and what can't be used;
saving is an act of its own, and carries what was shown.
"""

from collections.abc import Sequence
from dataclasses import replace

from flask import Response, make_response, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField

from cfp.domain.reviews import offline
from cfp.domain.reviews.extensions import extended_until
from cfp.domain.reviews.rules import reviewing_is_open
from cfp.errors import DomainError, NotFoundError, NotNowError
from cfp.formats.errors import FormatError
from cfp.formats.review_sheet import read_sheet, write_sheet
from cfp.formats.review_text import ReviewText, is_text_form, read_text, write_text
from cfp.formats.table import Cell
from cfp.formats.typed_reviews import TypedReview
from cfp.formats.utf8 import SIZE_LIMIT
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import BaseForm, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.offline_words import answer_words, notes_of, opening, part_of, words_of
from cfp.web.wording import add_words, say

MISTAKES_SHOWN = 50
CARRIED = 3_000_000
"""Characters of the reviews that one confirmation carries: the page's forms take little more."""

add_words(
    {
        "sheet.none": _l("Choose the file you have filled in."),
        "sheet.twice": _l("%(code)s is there already, in line %(line)s."),
        "sheet.no_such_code": _l("“%(code)s” is nothing that waits for your review."),
        "sheet.no_such_question": _l("“%(name)s” is not asked of this one."),
        "sheet.no_number": _l("%(name)s: “%(text)s” is no whole number."),
        "sheet.no_yes": _l("%(name)s: “%(text)s” is neither yes nor no."),
        "sheet.stale": _l(
            "%(code)s was changed elsewhere since you downloaded it. Download it again, or leave "
            "it out."
        ),
        "sheet.too_long": _l("A text has more than %(limit)s characters."),
        "sheet.statement": _l("To submit it, say yes to “statement”."),
        "sheet.bytes": _l("Line %(line)s is not UTF-8 text. Save it as UTF-8."),
        "sheet.size": _l("This is more than can be taken at once."),
        "sheet.empty": _l("There is nothing in this file."),
        "sheet.columns": _l("This is no file of reviews; missing: %(missing)s."),
        "sheet.csv": _l("Line %(line)s can't be read: %(reason)s."),
        "sheet.form": _l("Line %(line)s belongs to no question of a review."),
        "sheet.part": _l("Line %(line)s: there is no question “%(name)s”."),
        "sheet.again": _l("Line %(line)s: “%(name)s” is there twice in one review."),
    }
)
KEYS = {"format.rows": "sheet.size", "format.twice": "sheet.again"}
"""Of errors of the formats; the others are called alike."""


class FileForm(BaseForm):
    file = FileField(_l("The file, filled in"))


@blueprint.get("/<slug>/reviews/offline")
@permission(Action.REVIEW_QUEUE)
def offline_page(slug: str) -> str:
    """How it works, and where the file comes back."""
    return _page(FileForm())


@blueprint.get("/<slug>/reviews/my-reviews.csv")
@permission(Action.REVIEW_QUEUE)
def offline_sheet(slug: str) -> Response:
    """The table, with what is written already."""
    own = _own()
    keys = dict.fromkeys(question.key for one in own for question in one.questions)
    rows: list[dict[str, Cell]] = [
        {
            "code": one.submission.code,
            "title": one.title,
            "abstract": one.abstract,
            "format": one.format,
            "minutes": one.minutes,
            "track": one.track,
            "speakers": one.speakers,
            "revision": one.revision,
            **{question.key: answer_words(one, question) for question in one.questions},
        }
        for one in own
    ]
    return _file(write_sheet(list(keys), rows), f"{slug}-my-reviews.csv", "text/csv")


@blueprint.get("/<slug>/reviews/my-reviews.txt")
@permission(Action.REVIEW_QUEUE)
def offline_text(slug: str) -> Response:
    """The same as a text to read and fill in."""
    return _file(_written(_own()), f"{slug}-my-reviews.txt", "text/plain")


@blueprint.get("/<slug>/reviews/<code>/my-review.txt")
@permission(Action.REVIEW)
def offline_text_of_one(slug: str, code: str) -> Response:
    """One of them."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    only = context.submission()
    own = offline.own_reviews(db, actor, conference, now=context.now(), only=only)
    if not own:
        raise NotFoundError("not_found")
    return _file(_written(own), f"{slug}-{code}.txt", "text/plain")


@blueprint.post("/<slug>/reviews/offline")
@permission(Action.REVIEW_QUEUE)
def take_file(slug: str) -> ViewResponse:
    """Show what a file would change, and what can't be used. Nothing is saved by it."""
    form = FileForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        _refuse_closed()
        plan = _planned(_typed(form))
    except DomainError as error:
        if not form.take(error):
            raise
        return _page(form), error.status
    return _page(form, plan), 422 if plan.mistakes else 200


@blueprint.post("/<slug>/reviews/offline/save")
@permission(Action.REVIEW_QUEUE)
def save_file(slug: str) -> ViewResponse:
    """Store what was shown: all of it, or nothing when any of it has changed meanwhile."""
    form, counts = BaseForm(), [0]

    def act() -> str:
        _refuse_closed()
        plan = _planned(_parsed(request.form.get("reviews", "").encode()))
        if plan.mistakes:
            raise plan.mistakes[0].error
        db, actor, conference = context.db(), context.actor(), context.conference()
        counts[0] = offline.store(db, actor, conference, changes=plan.changes, now=context.now())
        return url_for("reviewer.queue", slug=slug)

    def page() -> str:
        return _page(FileForm(formdata=None))

    return perform(form, act, page, done=lambda: _done(counts[0]))


def _done(number: int) -> str:
    return str(ngettext("%(num)s review is saved.", "%(num)s reviews are saved.", number))


def _own() -> list[offline.Own]:
    db, actor, conference = context.db(), context.actor(), context.conference()
    return offline.own_reviews(db, actor, conference, now=context.now())


def _written(own: Sequence[offline.Own]) -> bytes:
    conference = context.conference()
    return write_text(
        opening(conference),
        [
            ReviewText(
                one.submission.code,
                one.revision,
                notes_of(one),
                [part_of(one, question) for question in one.questions],
            )
            for one in own
        ],
    )


def _file(data: bytes, name: str, kind: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = f"{kind}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _typed(form: FileForm) -> list[TypedReview]:
    if not form.file.data:
        raise DomainError("sheet.none", field="file")
    return _parsed(form.file.data.stream.read(SIZE_LIMIT + 1))


def _parsed(data: bytes) -> list[TypedReview]:
    """By what stands in it, whatever it is called."""
    try:
        return read_text(data) if is_text_form(data) else read_sheet(data)
    except FormatError as error:
        key = KEYS.get(error.key, error.key.replace("format.", "sheet."))
        raise DomainError(key, **{**error.data, "line": error.line, "field": "file"}) from error


def _planned(typed: Sequence[TypedReview]) -> offline.Plan:
    db, actor, conference = context.db(), context.actor(), context.conference()
    return offline.plan(db, actor, conference, typed=typed, now=context.now())


def _is_open() -> bool:
    db, actor, conference = context.db(), context.actor(), context.conference()
    return reviewing_is_open(conference, context.now(), extended_until(db, actor, conference))


def _refuse_closed() -> None:
    if not _is_open():
        raise NotNowError("reviewing_closed")


def _carried(plan: offline.Plan) -> str:
    """What the confirmation brings again, without anything to read."""
    reviews = [
        ReviewText(
            one.own.submission.code,
            one.own.revision,
            parts=[
                replace(part_of(one.own, question, one), hints=()) for question in one.own.questions
            ],
        )
        for one in plan.changes
    ]
    return write_text((), reviews).decode() if reviews else ""


def _page(form: FileForm, plan: offline.Plan | None = None) -> str:
    mistakes = plan.mistakes if plan else []
    carried = _carried(plan) if plan else ""
    return render_template(
        "reviewer/offline.html",
        form=form,
        plan=plan,
        carried=carried,
        too_long=len(carried) > CARRIED,
        words_of=words_of,
        mistakes=[(one.line, one.code, say(one.error)) for one in mistakes[:MISTAKES_SHOWN]],
        more=max(len(mistakes) - MISTAKES_SHOWN, 0),
        conference=context.conference(),
        is_open=_is_open(),
    )
