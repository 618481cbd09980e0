"""What a reviewer has written: pasted, uploaded, or copied from their own talks elsewhere."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.assignment import documents, pasted
from cfp.domain.assignment.rules import DOCUMENT_TEXT_LIMIT, DOCUMENTS_LIMIT
from cfp.errors import DomainError, NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.forms import DocumentForm, DocumentsForm
from cfp.web.wording import add_words

add_words(
    {
        "document.none": _l("Paste something, or choose a file."),
        "document.both": _l("Paste something or choose a file, not both."),
        "document.too_many": _l("At most %(limit)s of them are kept; remove some first."),
        "document.too_long": _l("“%(title)s” is longer than %(limit)s characters."),
        "document.no_title": _l("Give it a title."),
        "document.too_large": _l("This file has more than %(limit)s kB."),
        "document.no_text": _l("This is no plain text. Save it as text (UTF-8), please."),
        "document.no_columns": _l("The first line has to name a column “title” or “abstract”."),
        "document.empty": _l("This file is empty."),
    }
)

ACCEPT = ".txt,.md,.csv,text/plain,text/csv"


@blueprint.get("/<slug>/reviews/profile/abstracts/")
@permission(Action.BE_REVIEWER)
def documents_page(slug: str) -> str:
    """One's own, and what could be added."""
    _check_assigned()
    return _page(DocumentsForm())


@blueprint.post("/<slug>/reviews/profile/abstracts/")
@permission(Action.BE_REVIEWER)
def add_documents(slug: str) -> ViewResponse:
    """Add what was pasted or uploaded."""
    _check_assigned()
    form = DocumentsForm()

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        pieces = _pieces(form)
        documents.add_documents(db, actor, conference, pieces=pieces, now=context.now())
        return url_for("reviewer.documents_page", slug=slug)

    return perform(form, act, lambda: _page(form), done=_("Added."))


@blueprint.post("/<slug>/reviews/profile/abstracts/copy")
@permission(Action.BE_REVIEWER)
def copy_talk(slug: str) -> ViewResponse:
    """Copy one of one's own talks from elsewhere on this site."""
    _check_assigned()

    def act() -> str:
        documents.copy_talk(
            context.db(),
            context.actor(),
            context.conference(),
            code=request.form.get("talk", "").replace("\0", ""),
            now=context.now(),
        )
        return url_for("reviewer.documents_page", slug=slug)

    return press(act, done=_("Added."))


@blueprint.post("/<slug>/reviews/profile/abstracts/copy-earlier")
@permission(Action.BE_REVIEWER)
def copy_documents(slug: str) -> ViewResponse:
    """Take over what one has given to other conferences here."""
    _check_assigned()

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        documents.copy_given_before(db, actor, conference, now=context.now())
        return url_for("reviewer.documents_page", slug=slug)

    return press(act, done=_("Added."))


@blueprint.route(
    "/<slug>/reviews/profile/abstracts/<int:number>", methods=["GET", "POST"]
)
@permission(Action.BE_REVIEWER)
def document(slug: str, number: int) -> ViewResponse | str:
    """Change one."""
    _check_assigned()
    db, actor, conference = context.db(), context.actor(), context.conference()
    found = documents.document_of(db, actor, conference, number)
    form = DocumentForm(obj=found)
    if request.method == "GET":
        form.revision.data = str(found.revision)

    def page() -> str:
        return render_template(
            "reviewer/document.html", form=form, document=found, conference=conference
        )

    def act() -> str:
        form.expect(found.revision)
        documents.change_document(
            db, found, title=form.title.data or "", text=form.text.data or ""
        )
        return url_for("reviewer.documents_page", slug=slug)

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))


@blueprint.post("/<slug>/reviews/profile/abstracts/<int:number>/remove")
@permission(Action.BE_REVIEWER)
def remove_document(slug: str, number: int) -> ViewResponse:
    """Take one away."""
    _check_assigned()

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        documents.remove_document(db, actor, conference, document_id=number)
        return url_for("reviewer.documents_page", slug=slug)

    return press(act, done=_("Removed."))


def _pieces(form: DocumentsForm) -> list[pasted.Piece]:
    """What was sent. Raises DomainError at the field."""
    text, file = form.pasted.data or "", form.file.data
    if not file:
        return pasted.split(text)
    if text:
        raise DomainError("document.both", field="file")
    content = file.stream.read(pasted.FILE_LIMIT + 1)
    pieces = pasted.read_file(file.filename or "", content)
    if not pieces:
        raise DomainError("document.empty", field="file")
    return pieces


def _page(form: DocumentsForm) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    there = documents.documents_of(db, actor, conference)
    return render_template(
        "reviewer/documents.html",
        form=form,
        documents=there,
        talks=documents.past_talks(db, actor, conference, there=there),
        before=len(documents.given_before(db, actor, conference, there=there)),
        conference=conference,
        limit=DOCUMENTS_LIMIT,
        characters=DOCUMENT_TEXT_LIMIT,
        accept=ACCEPT,
    )


def _check_assigned() -> None:
    """Where everyone reviews everything nobody asks what they have written."""
    if context.conference().reviewing != "assigned":
        raise NotFoundError("not_found")
