"""Who reviews what as a table: to take away, and to bring one that becomes a proposal."""

from flask import Response, make_response, render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from cfp.domain.assignment.exporting import assignment_rows
from cfp.domain.assignment.importing import (
    MISTAKES_SHOWN,
    ImportMistakesError,
    Mistake,
    request_import,
)
from cfp.errors import DomainError
from cfp.formats.errors import FormatError
from cfp.formats.pairs import PairRow, json_bytes, read_pairs
from cfp.formats.utf8 import SIZE_LIMIT
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.forms import TEXT_LIMIT, BaseForm, Text, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.lists import csv_file
from cfp.web.wording import add_words

add_words(
    {
        "assignment.import_mistakes": _l("Some lines can't be used; nothing was changed."),
        "assignment.import_empty": _l("No line names a submission under review and a reviewer."),
        "assignment.import_bytes": _l("Line %(line)s is not UTF-8 text. Save it as CSV UTF-8."),
        "assignment.import_size": _l("This is more than can be imported at once."),
        "assignment.import_columns": _l(
            "The first line has to name the columns; missing: %(missing)s."
        ),
        "assignment.import_csv": _l("Line %(line)s can't be read: %(reason)s."),
        "assignment.import_json": _l("This is no JSON of assignments: %(reason)s."),
    }
)

MISTAKES = {
    "action": _l("“%(text)s” is no action: assign, or remove."),
    "submission": _l("“%(text)s” is no submission under review."),
    "reviewer": _l("“%(text)s” is no reviewer here."),
    "several": _l("several reviewers are called “%(text)s”: give a code or an address."),
    "twice": _l("this pair is there already, in line %(text)s."),
    "blocked": _l("%(text)s has a conflict of interest with it."),
    "declined": _l("%(text)s has declined to review it."),
    "paused": _l("%(text)s pauses, or is no reviewer any more."),
    "started": _l("%(text)s has begun to review it, so that stays."),
}
_REFUSALS = {
    "format.bytes": "assignment.import_bytes",
    "format.size": "assignment.import_size",
    "format.rows": "assignment.import_size",
    "format.empty": "assignment.import_empty",
    "format.columns": "assignment.import_columns",
    "format.csv": "assignment.import_csv",
}


class ImportForm(BaseForm):
    """A file, or the same pasted; and whether it is everything."""

    file = FileField(_l("A file"))
    text = Text(_l("Or pasted"), limit=10 * TEXT_LIMIT)
    mode = RadioField(
        _l("What the table says"),
        choices=[
            SelectChoice("add", _l("What is to be added and removed; everything else stays")),
            SelectChoice(
                "whole",
                _l("Everything about the submissions it names: who is not in it, is taken away"),
            ),
        ],
        default="add",
    )


@blueprint.route("/<slug>/chair/assignment/import", methods=["GET", "POST"])
@permission(Action.ASSIGN)
def assignment_import(slug: str) -> ViewResponse | str:
    """A table becomes a proposal, which is looked at, edited and applied like any other."""
    form, mistakes = ImportForm(), list[Mistake]()

    def page() -> str:
        return render_template(
            "chair/assignment_import.html",
            form=form,
            mistakes=[(one.line, str(MISTAKES[one.key]) % {"text": one.text})
                      for one in mistakes[:MISTAKES_SHOWN]],
            more=max(len(mistakes) - MISTAKES_SHOWN, 0),
            conference=context.conference(),
        )  # fmt: skip

    def act() -> str:
        try:
            job = request_import(
                context.db(),
                context.actor(),
                context.conference(),
                rows=_rows(form),
                whole=form.mode.data == "whole",
                now=context.now(),
            )
        except ImportMistakesError as error:
            mistakes.extend(error.mistakes)
            raise DomainError("assignment.import_mistakes", field="text") from error
        return url_for("chair.assignment_job", slug=slug, number=job.id)

    if form.is_submitted():
        return perform(form, act, page)
    return page()


def _rows(form: ImportForm) -> list[PairRow]:
    """The rows of the file, or of the pasted text; a refusal stands at the field it is about."""
    upload = form.file.data
    name = "file" if upload else "text"
    data = upload.stream.read(SIZE_LIMIT + 1) if upload else form.text.data.encode()
    try:
        return read_pairs(data)
    except FormatError as error:
        key = _REFUSALS.get(error.key, "assignment.import_json")
        said = {"reason": "", **error.data, "line": error.line}
        if key == "assignment.import_json" and not said["reason"]:
            said["reason"] = str(said.get("path", ""))
        raise DomainError(key, **{**said, "field": name}) from error


@blueprint.get("/<slug>/chair/assignment/assignments.csv")
@permission(Action.ASSIGN)
def assignment_csv(slug: str) -> Response:
    """Who is asked to review what, as a table that can be imported again."""
    rows = assignment_rows(context.db(), context.actor(), context.conference())
    return csv_file(f"{slug}-assignments", *rows)


@blueprint.get("/<slug>/chair/assignment/assignments.json")
@permission(Action.ASSIGN)
def assignment_json(slug: str) -> Response:
    """The same as JSON."""
    rows = assignment_rows(context.db(), context.actor(), context.conference())
    return json_file(f"{slug}-assignments", json_bytes(*rows))


def json_file(name: str, data: bytes) -> Response:
    """JSON to save as `name`.json."""
    response = make_response(data)
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
