"""A talk's slides and video, as its speakers give them."""

from collections.abc import Mapping

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from cfp.domain.program import materials, versions
from cfp.domain.program.changes import places
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.policy import Action
from cfp.web import context
from cfp.web import materials as shared
from cfp.web.forms import BaseForm, ViewResponse, press
from cfp.web.gate import permission
from cfp.web.speaker import blueprint


@blueprint.get("/<slug>/submissions/<code>/materials")
@permission(Action.GIVE_MATERIAL)
def materials_page(slug: str, code: str) -> str:
    given = materials.given_for(context.db(), context.submission())
    return _page(shared.forms_of(given))


@blueprint.post("/<slug>/submissions/<code>/materials/<kind>")
@permission(Action.GIVE_MATERIAL)
def give_material(slug: str, code: str, kind: str) -> ViewResponse:
    return shared.give(kind, _page, _here(slug, code))


@blueprint.post("/<slug>/submissions/<code>/materials/<kind>/remove")
@permission(Action.GIVE_MATERIAL)
def remove_material(slug: str, code: str, kind: str) -> ViewResponse:
    return press(lambda: shared.remove(kind, _here(slug, code)), done=_("Taken away."))


@blueprint.get("/<slug>/submissions/<code>/materials/<kind>/file")
@permission(Action.GIVE_MATERIAL)
def material_file(slug: str, code: str, kind: str) -> Response:
    """An uploaded file, shown to everyone or not yet."""
    given = materials.given_for(context.db(), context.submission()).get(kind)
    if given is None or given.file is None:
        raise NotFound
    return shared.send_stored(given.file, public=False)


def _here(slug: str, code: str) -> str:
    return url_for("speaker.materials_page", slug=slug, code=code)


def _page(forms: Mapping[str, BaseForm]) -> str:
    db, conference, submission = context.db(), context.conference(), context.submission()
    version = versions.latest(db, conference)
    program = versions.program_of(version) if version else None
    talk = program.talk_by_code.get(submission.code) if program else None
    return render_template(
        "speaker/materials.html",
        conference=conference,
        submission=submission,
        given=materials.given_for(db, submission),
        gives=submission.state in IN_PROGRAM,
        forms_by_kind=forms,
        places=places(program, submission.code),
        published=talk is not None and not talk.canceled,
        limit=shared.limit_mib(),
        accept=shared.ACCEPT,
        over=context.now().date() > conference.end_date,
    )
