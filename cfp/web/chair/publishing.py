"""Publishing a version with its differences, its preview, and the slides and videos beside it."""

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from cfp.domain.program import materials, versions
from cfp.domain.program.models import Material
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.formats.program import Program
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.program_forms import MaterialForm, PublishForm
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.public.program import program_page

KINDS = {"slides": _l("Slides"), "video": _l("Video")}
CHANGES = {
    "new": _l("New"),
    "moved": _l("Moved"),
    "changed": _l("Changed"),
    "canceled": _l("Canceled"),
    "removed": _l("Removed"),
}


@blueprint.get("/<slug>/chair/program/publish")
@permission(Action.PUBLISH)
def publishing(slug: str) -> str:
    return _page(PublishForm())


@blueprint.post("/<slug>/chair/program/publish")
@permission(Action.PUBLISH)
def publish(slug: str) -> ViewResponse:
    form = PublishForm()

    def act() -> str:
        versions.publish(
            context.db(),
            context.actor(),
            context.conference(),
            note=form.note.data or "",
            now=context.now(),
        )
        return url_for("chair.publishing", slug=slug)

    return perform(form, act, lambda: _page(form), done=_("Published."))


@blueprint.get("/<slug>/chair/program/preview")
@permission(Action.READ_PROGRAM_DRAFT)
def preview(slug: str) -> str:
    """The page as everyone would see it, from the draft."""
    db, conference = context.db(), context.conference()
    before = versions.latest(db, conference)
    program = versions.preview(db, conference, before, now=context.now())
    return program_page(program, versions.shown_materials(db, conference))


def _page(form: PublishForm) -> str:
    db, conference = context.db(), context.conference()
    before = versions.latest(db, conference)
    known = versions.program_of(before) if before else None
    coming = versions.preview(db, conference, before, now=context.now())
    return render_template(
        "chair/publish.html",
        form=form,
        conference=conference,
        latest=before,
        coming=coming,
        differences=versions.differences(known, coming),
        differs=known is None or not versions.same(known, coming),
        counts=_counts(coming),
        versions=versions.versions_of(db, conference),
        words=CHANGES,
    )


def _counts(program: Program) -> dict[str, int]:
    return {
        "talks": len(program.in_order()),
        "unscheduled": len(program.unscheduled()),
        "slots": len([slot for slot in program.slots if not program.is_canceled(slot)]),
    }


@blueprint.get("/<slug>/chair/program/materials")
@permission(Action.PUBLISH)
def materials_list(slug: str) -> str:
    """Which talks have slides and a video, and which wait for a chair's OK."""
    db, conference = context.db(), context.conference()
    talks = db.scalars(
        select(Submission)
        .where(Submission.conference_id == conference.id, Submission.state.in_(IN_PROGRAM))
        .order_by(Submission.title, Submission.id)
    ).all()
    given = db.scalars(select(Material).where(Material.conference_id == conference.id)).all()
    return render_template(
        "chair/materials.html",
        talks=talks,
        given={(one.submission_id, one.kind): one for one in given},
        kinds=KINDS,
        conference=conference,
    )


@blueprint.get("/<slug>/chair/program/materials/<code>/")
@permission(Action.MANAGE_MATERIAL)
def talk_materials(slug: str, code: str) -> str:
    rows = materials.materials_of(context.db(), context.submission())
    return _materials_page(MaterialForm(data={row.kind: row.url for row in rows}))


@blueprint.post("/<slug>/chair/program/materials/<code>/")
@permission(Action.MANAGE_MATERIAL)
def give_materials(slug: str, code: str) -> ViewResponse:
    form = MaterialForm()

    def act() -> str:
        for kind in KINDS:
            url = form[kind].data
            if url:
                materials.give(
                    context.db(),
                    context.actor(),
                    context.standing(),
                    kind=kind,
                    url=url,
                    now=context.now(),
                )
            else:
                materials.remove(
                    context.db(), context.actor(), context.standing(), kind=kind, now=context.now()
                )
        return url_for("chair.materials_list", slug=slug)

    return perform(form, act, lambda: _materials_page(form), done=_("Saved."))


@blueprint.post("/<slug>/chair/program/materials/<code>/<kind>/approve")
@permission(Action.MANAGE_MATERIAL)
def approve_material(slug: str, code: str, kind: str) -> ViewResponse:
    def act() -> str:
        materials.approve(
            context.db(), context.actor(), context.standing(), kind=kind, now=context.now()
        )
        return url_for("chair.materials_list", slug=slug)

    return press(act, done=_("Shown to everyone now."))


def _materials_page(form: MaterialForm) -> str:
    return render_template(
        "chair/talk_materials.html",
        form=form,
        submission=context.submission(),
        conference=context.conference(),
    )
