"""Slides that everyone may have, served through the talk they belong to."""

from flask import Response, abort
from sqlalchemy import select

from cfp.domain.program.models import StoredFile
from cfp.domain.submissions.models import Submission
from cfp.policy import Action
from cfp.web import context
from cfp.web.gate import permission
from cfp.web.materials import send_stored
from cfp.web.public import blueprint
from cfp.web.public.published import published, stamp


@blueprint.get("/<event>/program/files/<talk_code>/<name>")
@permission(Action.VISIT)
def material_file(event: str, talk_code: str, name: str) -> Response:
    """Only what the published program shows; anything else does not exist."""
    known = stamp(event)
    if not any((one.talk, one.file) == (talk_code, name) for one in published(known).materials):
        abort(404)
    query = select(StoredFile).join(Submission, Submission.id == StoredFile.submission_id)
    here = query.where(
        StoredFile.conference_id == known.conference_id, Submission.code == talk_code
    )
    file = context.db().scalars(here).one_or_none()
    return send_stored(file, public=True) if file else abort(404)
