"""Several drafts of the schedule, what a draft changes for the public, and taking steps back."""

from collections.abc import Callable

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.program import changes, drafting, steps, versions
from cfp.domain.program.differences import same
from cfp.domain.program.models import ProgramStep
from cfp.domain.program.plans import draft_of, plan_of
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.program_forms import DraftForm
from cfp.web.chair.program_page import asked_draft, asked_plan, here
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "draft_name": _l("Please give the draft a name of at most %(limit)s characters."),
        "drafts_full": _l("There are %(limit)s drafts already: throw one away first."),
        "draft_current": _l(
            "This is the draft that is published. Make another one current before throwing it away."
        ),
    }
)


@blueprint.get("/<slug>/chair/program/changes")
@permission(Action.READ_PROGRAM_DRAFT)
def program_changes(slug: str) -> str:
    """What publishing this draft would change for the public."""
    db, conference = context.db(), context.conference()
    draft = draft_of(db, conference, asked_draft())
    before = versions.latest(db, conference)
    known = versions.program_of(before) if before else None
    coming = versions.following(
        db, conference, known, plan_of(db, conference, draft=draft), now=context.now()
    )
    return render_template(
        "chair/schedule_changes.html",
        draft=draft,
        latest=before,
        changed=changes.lines(known, coming),
        differs=known is None or not same(known, coming),
        conference=conference,
        here=None if draft.current else draft.id,
    )


@blueprint.post("/<slug>/chair/program/undo")
@permission(Action.PUBLISH)
def undo_step(slug: str) -> ViewResponse:
    return _go(steps.undo, _("Taken back."))


@blueprint.post("/<slug>/chair/program/redo")
@permission(Action.PUBLISH)
def redo_step(slug: str) -> ViewResponse:
    return _go(steps.redo, _("Done again."))


def _go(way: Callable[..., ProgramStep], done: str) -> ViewResponse:
    plan = asked_plan()

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        way(db, actor, conference, draft_id=asked_draft(), now=context.now())
        return url_for("chair.program", slug=conference.slug, draft=here(plan))

    return press(act, done=done)


@blueprint.get("/<slug>/chair/program/drafts/")
@permission(Action.PUBLISH)
def program_drafts(slug: str) -> str:
    return _page(DraftForm(formdata=None))


@blueprint.post("/<slug>/chair/program/drafts/")
@permission(Action.PUBLISH)
def copy_draft(slug: str) -> ViewResponse:
    """Another draft that begins as this one stands."""
    form = DraftForm()

    def act() -> str:
        made = drafting.copy_draft(
            context.db(),
            context.actor(),
            context.conference(),
            asked_draft(),
            name=form.name.data or "",
            now=context.now(),
        )
        return url_for("chair.program", slug=slug, draft=made.id)

    return perform(form, act, lambda: _page(form))


@blueprint.post("/<slug>/chair/program/drafts/<int:number>/rename")
@permission(Action.PUBLISH)
def rename_draft(slug: str, number: int) -> ViewResponse:
    form = DraftForm()

    def act() -> str:
        draft = draft_of(context.db(), context.conference(), number)
        form.expect(draft.revision)
        drafting.rename_draft(
            context.db(),
            context.actor(),
            context.conference(),
            number,
            revision=draft.revision,
            name=form.name.data or "",
            now=context.now(),
        )
        return url_for("chair.program_drafts", slug=slug)

    return perform(form, act, lambda: _page(DraftForm(formdata=None), {number: form}))


@blueprint.post("/<slug>/chair/program/drafts/<int:number>/use")
@permission(Action.PUBLISH)
def use_draft(slug: str, number: int) -> ViewResponse:
    """Make it the one that is published next."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        drafting.use_draft(db, actor, conference, number, now=context.now())
        return url_for("chair.program_drafts", slug=slug)

    return press(act, done=_("This draft is published next."))


@blueprint.post("/<slug>/chair/program/drafts/<int:number>/delete")
@permission(Action.PUBLISH)
def delete_draft(slug: str, number: int) -> ViewResponse:
    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        drafting.delete_draft(db, actor, conference, number, now=context.now())
        return url_for("chair.program_drafts", slug=slug)

    return press(act, done=_("The draft is gone."))


def _page(copy: DraftForm, refused: dict[int, DraftForm] | None = None) -> str:
    """The list; one of its forms may have been refused."""
    db, conference = context.db(), context.conference()
    every = drafting.drafts_of(db, conference)
    names = {
        one.id: DraftForm(formdata=None, data={"name": one.name, "revision": str(one.revision)})
        for one in every
    }
    return render_template(
        "chair/schedule_drafts.html",
        drafts=every,
        source=draft_of(db, conference, asked_draft()),
        copy=copy,
        names={**names, **(refused or {})},
        conference=conference,
    )
