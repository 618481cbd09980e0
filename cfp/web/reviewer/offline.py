"""One's reviews as a table to fill without a network, and the table taken back."""

from flask import Response, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from cfp.domain.reviews import offline
from cfp.domain.reviews.extensions import extended_until
from cfp.domain.reviews.rules import reviewing_is_open
from cfp.errors import DomainError, NotNowError
from cfp.formats.errors import FormatError
from cfp.formats.review_sheet import SheetRow, read_sheet, write_sheet
from cfp.formats.utf8 import SIZE_LIMIT
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import BaseForm, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.wording import add_words, say

MISTAKES_SHOWN = 50

add_words(
    {
        "sheet.none": _l("Choose the file you have filled in."),
        "sheet.mistakes": _l("Some lines can't be used; nothing was saved."),
        "sheet.twice": _l("%(code)s is there already, in line %(line)s."),
        "sheet.no_such_code": _l("“%(code)s” is nothing that waits for your review."),
        "sheet.no_such_question": _l("“%(name)s” is no question of the review form."),
        "sheet.no_number": _l("%(name)s: “%(text)s” is no whole number."),
        "sheet.no_yes": _l("submit: “%(text)s” is neither yes nor no."),
        "sheet.stale": _l("%(code)s was changed elsewhere since you downloaded the table."),
        "sheet.too_long": _l("A text has more than %(limit)s characters."),
        "sheet.statement": _l("Submit %(code)s on its page: a statement has to be checked there."),
        "sheet.bytes": _l("Line %(line)s is not UTF-8 text. Save it as CSV UTF-8."),
        "sheet.size": _l("This is more than can be taken at once."),
        "sheet.empty": _l("There is nothing in this file."),
        "sheet.columns": _l("The first line has to name the columns; missing: %(missing)s."),
        "sheet.csv": _l("Line %(line)s can't be read: %(reason)s."),
    }
)


class SheetForm(BaseForm):
    file = FileField(_l("The table, filled in"))


@blueprint.get("/<slug>/reviews/offline")
@permission(Action.REVIEW_QUEUE)
def offline_page(slug: str) -> str:
    """How it works, and where the table comes back."""
    return _page(SheetForm(), [])


@blueprint.get("/<slug>/reviews/my-reviews.csv")
@permission(Action.REVIEW_QUEUE)
def offline_sheet(slug: str) -> Response:
    """The table, with what is written already."""
    sheet = offline.sheet_of(context.db(), context.actor(), context.conference())
    response = make_response(write_sheet(*sheet))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-my-reviews.csv"'
    return response


@blueprint.post("/<slug>/reviews/offline")
@permission(Action.REVIEW_QUEUE)
def take_sheet(slug: str) -> ViewResponse:
    """All lines, or none."""
    form, mistakes = SheetForm(), list[offline.Mistake]()

    def act() -> str:
        if not _is_open():
            raise NotNowError("reviewing_closed")
        db, actor, conference = context.db(), context.actor(), context.conference()
        try:
            offline.take(db, actor, conference, rows=_rows(form), now=context.now())
        except offline.SheetMistakesError as error:
            mistakes.extend(error.mistakes)
            raise
        return url_for("reviewer.queue", slug=slug)

    return perform(form, act, lambda: _page(form, mistakes), done=_("Your reviews are saved."))


def _rows(form: SheetForm) -> list[SheetRow]:
    if not form.file.data:
        raise DomainError("sheet.none", field="file")
    try:
        return read_sheet(form.file.data.stream.read(SIZE_LIMIT + 1))
    except FormatError as error:
        key = error.key.replace("format.rows", "format.size").replace("format.", "sheet.")
        raise DomainError(key, **{**error.data, "line": error.line, "field": "file"}) from error


def _is_open() -> bool:
    db, actor, conference = context.db(), context.actor(), context.conference()
    return reviewing_is_open(conference, context.now(), extended_until(db, actor, conference))


def _page(form: SheetForm, mistakes: list[offline.Mistake]) -> str:
    return render_template(
        "reviewer/offline.html",
        form=form,
        mistakes=[(one.line, say(one.error)) for one in mistakes[:MISTAKES_SHOWN]],
        more=max(len(mistakes) - MISTAKES_SHOWN, 0),
        conference=context.conference(),
        is_open=_is_open(),
    )
