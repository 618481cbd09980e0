"""The slides and videos of an import, as links: bytes are in no file of ours."""

from collections.abc import Sequence

from sqlalchemy import select

from cfp.domain.program.import_frame import Work
from cfp.domain.program.materials import give, is_material_url
from cfp.domain.program.models import Material
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.formats import program as frozen
from cfp.formats.imported import Doubt
from cfp.policy import Relation, Standing


def take_materials(work: Work, talks: Sequence[Submission]) -> None:
    """Give the talks (in the file's order) what the file links; an uploaded file by its address."""
    codes = (talk.code for talk in work.found.talks + work.found.canceled)
    by_code = dict(zip(codes, talks, strict=True))
    for one in work.found.materials:
        submission = by_code.get(one.talk)
        if submission is None or not _may_be_given(submission, one):
            title = submission.title if submission else one.talk
            data = {"title": title, "url": one.url}
            work.outcome.left.append(Doubt(None, "left.material", data))
        else:
            _take(work, submission, one)


def _may_be_given(submission: Submission, one: frozen.Material) -> bool:
    return submission.state in IN_PROGRAM and is_material_url(one.url)


def _take(work: Work, submission: Submission, one: frozen.Material) -> None:
    query = select(Material).where(
        Material.submission_id == submission.id, Material.kind == one.kind
    )
    row = work.db.scalars(query).one_or_none()
    if row is not None and (row.url == one.url or not work.change(submission.title, [one.kind])):
        return
    # What stood on the public page needs no second look by a chair.
    chairs = frozenset({Relation.CHAIR})
    standing = Standing(work.conference, submission, chairs, blocked=False, own_review_in=False)
    give(work.db, work.actor, standing, kind=one.kind, url=one.url, now=work.now)
