"""Slides and video of a talk, as its speakers and the chairs give them: forms, acts, the files."""

from collections.abc import Callable, Mapping

from flask import Response, send_file
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.exceptions import NotFound
from wtforms.widgets import URLInput

from cfp.domain.program import materials
from cfp.domain.program.materials import URL_LIMIT, Given
from cfp.domain.program.models import StoredFile
from cfp.errors import DomainError
from cfp.web import context
from cfp.web.forms import BaseForm, Line, ViewResponse, perform
from cfp.web.wording import add_words

PUBLIC_SECONDS = 60
SANDBOX = "sandbox; default-src 'none'"
ACCEPT = ".pdf,.pptx,.odp,application/pdf"
KINDS = {"slides": _l("Slides"), "video": _l("Video")}

add_words(
    {
        "not_in_program": _l("Slides and videos can be given once it is accepted."),
        "material_url": _l("Give the full address, starting with https://"),
        "material.nothing": _l("Choose a file, or give a link."),
        "material.both": _l("Give a file or a link, not both: empty the link first."),
        "file.empty": _l("This file is empty."),
        "file.wrong_type": _l("This is no PDF, PPTX or ODP file. Export it as PDF, please."),
        "file.wrong_name": _l(
            "The name of the file does not fit what is in it: it should end in .%(extension)s."
        ),
        "file.too_large": _l("This file has more than %(limit)s MiB. Give a link instead?"),
        "storage_full": _l(
            "There is no room for files on this server at the moment. Nothing was changed; what "
            "was there before is still there. Please tell the organizers, and try again later."
        ),
    }
)


class SlidesForm(BaseForm):
    """A file, or an https link to one."""

    file = FileField(_l("A file"))
    slides = Line(_l("Or a link"), limit=URL_LIMIT, widget=URLInput())


class VideoForm(BaseForm):
    video = Line(_l("Link to the video"), limit=URL_LIMIT, widget=URLInput())


def form_of(kind: str, given: Mapping[str, Given]) -> BaseForm:
    """The form of a kind with the link that is there. Raises NotFound for another kind."""
    if kind not in KINDS:
        raise NotFound
    there = given.get(kind)
    data = {kind: there.material.url if there else ""}
    return SlidesForm(data=data) if kind == "slides" else VideoForm(data=data)


def forms_of(given: Mapping[str, Given]) -> dict[str, BaseForm]:
    """The forms of all kinds, as they stand on the page."""
    return {kind: form_of(kind, given) for kind in KINDS}


def give(kind: str, page: Callable[[Mapping[str, BaseForm]], str], location: str) -> ViewResponse:
    """Take what was sent for one kind; on a mistake `page` is shown with that form."""
    given = materials.given_for(context.db(), context.submission())
    form = form_of(kind, given)

    def act() -> str:
        if isinstance(form, SlidesForm) and form.file.data:
            _upload(form, given.get("slides"))
        else:
            _link(kind, form[kind].data, given.get(kind))
        return location

    others = {one: other for one, other in forms_of(given).items() if one != kind}
    return perform(form, act, lambda: page({**others, kind: form}), done=str(_l("Saved.")))


def remove(kind: str, location: str) -> str:
    """Take away what is there, and say where to go."""
    materials.remove(
        context.db(), context.actor(), context.standing(), kind=kind, now=context.now()
    )
    return location


def send_stored(file: StoredFile, *, public: bool) -> Response:
    """The bytes, as a download that no browser runs anything of.

    Public ones may be kept for a while and are asked for again by their digest.
    """
    path = context.config().uploads.path(file.storage)
    try:
        response = send_file(
            path,
            mimetype=file.media_type,
            as_attachment=True,
            download_name=file.name,
            etag=file.digest[:32] if public else False,
            last_modified=file.created,
            conditional=public,
            max_age=PUBLIC_SECONDS,
        )
    except FileNotFoundError:
        raise NotFound from None
    response.headers["Content-Security-Policy"] = SANDBOX
    if not public:
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("Expires", None)
    return response


def limit_mib() -> int:
    """How large a file may be."""
    return context.config().upload_limit_mib


def _upload(form: SlidesForm, there: Given | None) -> None:
    if form.slides.data and (there is None or there.material.url != form.slides.data):
        raise DomainError("material.both", field="file")
    materials.upload(
        context.db(),
        context.actor(),
        context.standing(),
        source=form.file.data.stream,
        name=form.file.data.filename,
        uploads=context.config().uploads,
        now=context.now(),
    )


def _link(kind: str, url: str, there: Given | None) -> None:
    """An emptied link is taken away; a file stays until somebody says so."""
    if not url and there is not None and there.file is None:
        remove(kind, "")
        return
    if not url:
        key = "material.nothing" if kind == "slides" else "material_url"
        raise DomainError(key, field=kind)
    materials.give(
        context.db(), context.actor(), context.standing(), kind=kind, url=url, now=context.now()
    )
