"""Publishing a version: its differences, the mails it causes, and the way back to a former one."""

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from cfp.domain.program import changes, forgetting, releases, versions
from cfp.domain.program.models import ProgramVersion
from cfp.domain.program.plans import Plan
from cfp.domain.program.releases import Coming, Published
from cfp.formats.program import Program
from cfp.policy import Action, allowed
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.publishing_forms import EraseForm, PublishForm
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.public.program import program_page
from cfp.web.wording import add_words

add_words(
    {
        "publish.changed": _l(
            "Something has changed since you looked. This is what would be published now; look at "
            "it again."
        ),
    }
)

CHANGES = {
    "new": _l("New"),
    "scheduled": _l("Now has a time"),
    "moved": _l("Moved"),
    "unscheduled": _l("Has no time now"),
    "changed": _l("Changed"),
    "canceled": _l("Canceled"),
    "removed": _l("Removed"),
}
DETAILS = {
    "title": _l("title"),
    "speakers": _l("speakers"),
    "abstract": _l("abstract"),
    "type": _l("format"),
    "track": _l("track"),
    "canceled": _l("takes place after all"),
    "language": _l("language"),
    "minutes": _l("length"),
    "recorded": _l("recording"),
}
"""Fields of the frozen program as people call them; others go by their own name."""


@blueprint.app_context_processor
def publishing_functions() -> dict[str, object]:
    """What `_unpublished.html` and the lists of differences call."""
    return {"unpublished": unpublished, "change_words": CHANGES, "detail_words": DETAILS}


def unpublished(
    latest: ProgramVersion | None, plan: Plan
) -> tuple[Coming, PublishForm] | None:
    """What the bar of the schedule page offers to publish; None where there is nothing to.

    `latest` and `plan` are what the page has loaded: the public version, and the draft it shows.
    """
    db, conference, now = context.db(), context.conference(), context.now()
    may = allowed(context.actor(), Action.PUBLISH, conference, now)
    if latest is None or not plan.draft.current or not may:
        return None
    ready = releases.coming(db, conference, now=now, before=latest, plan=plan)
    if not ready.differs:
        return None
    form = PublishForm(formdata=None, data={"seen": ready.seen, "back": "program", "tell": True})
    return ready, form


@blueprint.get("/<slug>/chair/program/publish")
@permission(Action.PUBLISH)
def publishing(slug: str) -> str:
    return _page(PublishForm())


@blueprint.post("/<slug>/chair/program/publish")
@permission(Action.PUBLISH)
def publish(slug: str) -> ViewResponse:
    """From the page, or in one go from the bar above the schedule."""
    form = PublishForm()

    def act() -> str:
        done = releases.publish(
            context.db(),
            context.actor(),
            context.conference(),
            note=form.note.data or "",
            tell=form.tell.data,
            seen=form.seen.data or "",
            links=context.links(),
            now=context.now(),
        )
        _say(done)
        back = "chair.program" if form.back.data == "program" else "chair.publishing"
        return url_for(back, slug=slug)

    return perform(form, act, lambda: _page(form))


@blueprint.get("/<slug>/chair/program/preview")
@permission(Action.READ_PROGRAM_DRAFT)
def preview(slug: str) -> str:
    """The page as everyone would see it, from the draft."""
    db, conference = context.db(), context.conference()
    before = versions.latest(db, conference)
    return _as_public(versions.preview(db, conference, before, now=context.now()))


@blueprint.get("/<slug>/chair/program/versions/<int:number>/")
@permission(Action.READ_PROGRAM_DRAFT)
def version(slug: str, number: int) -> str:
    """What a version changed, and the way back to it."""
    return _version_page(_version(number), PublishForm())


@blueprint.post("/<slug>/chair/program/versions/<int:number>/")
@permission(Action.PUBLISH)
def republish(slug: str, number: int) -> ViewResponse:
    """Publish it again, as the next version."""
    form, former = PublishForm(), _version(number)

    def act() -> str:
        done = releases.republish(
            context.db(),
            context.actor(),
            context.conference(),
            number,
            note=form.note.data or "",
            tell=form.tell.data,
            seen=form.seen.data or "",
            links=context.links(),
            now=context.now(),
        )
        _say(done)
        return url_for("chair.publishing", slug=slug)

    return perform(form, act, lambda: _version_page(former, form))


@blueprint.get("/<slug>/chair/program/versions/<int:number>/preview")
@permission(Action.READ_PROGRAM_DRAFT)
def version_preview(slug: str, number: int) -> str:
    """The page as it was with this version, with the slides and videos of today."""
    return _as_public(versions.program_of(_version(number)))


@blueprint.get("/<slug>/chair/program/names")
@permission(Action.PUBLISH)
def old_names(slug: str) -> str:
    return _names_page(_erase_form())


@blueprint.post("/<slug>/chair/program/names")
@permission(Action.PUBLISH)
def erase_name(slug: str) -> ViewResponse:
    """Take a name out of all versions, for good."""
    form = _erase_form()

    def act() -> str:
        forgetting.erase(
            context.db(),
            context.actor(),
            context.conference(),
            key=form.key_of_name.data,
            now=context.now(),
        )
        return url_for("chair.old_names", slug=slug)

    return perform(form, act, lambda: _names_page(form), done=_("The name is gone."))


def _erase_form() -> EraseForm:
    form = EraseForm()
    form.offer(forgetting.old_names(context.db(), context.conference()))
    return form


def _names_page(form: EraseForm) -> str:
    return render_template(
        "chair/old_names.html",
        form=form,
        names=forgetting.old_names(context.db(), context.conference()),
        conference=context.conference(),
    )


def _version(number: int) -> ProgramVersion:
    found = versions.numbered(context.db(), context.conference(), number)
    if found is None:
        raise NotFound
    return found


def _as_public(program: Program) -> str:
    db, conference = context.db(), context.conference()
    return program_page(
        program, versions.shown_materials(db, conference, program, context.links())
    )


def _say(done: Published) -> None:
    said = _("Version %(n)s is public.", n=done.version.number)
    if done.mails:
        said += " " + ngettext(
            "%(num)s mail is on its way.", "%(num)s mails are on their way.", done.mails
        )
    flash(said, "success")


def _page(form: PublishForm) -> str:
    db, conference = context.db(), context.conference()
    ready = releases.coming(db, conference, now=context.now())
    return render_template(
        "chair/publish.html",
        counts=_counts(ready.program),
        versions=versions.versions_of(db, conference) if ready.latest else [],
        off=[line.difference.title for line in ready.lines if line.difference.kind == "canceled"],
        **_ready(ready, form),
    )


def _version_page(shown: ProgramVersion, form: PublishForm) -> str:
    db, conference, actor = context.db(), context.conference(), context.actor()
    before = versions.numbered(db, conference, shown.number - 1)
    program = versions.program_of(shown)
    again: dict[str, object] = {"conference": conference, "ready": None}
    if allowed(actor, Action.PUBLISH, conference, context.now()):
        again = _ready(releases.coming_again(db, conference, shown, now=context.now()), form)
    return render_template(
        "chair/version.html",
        version=shown,
        changed=changes.lines(versions.program_of(before) if before else None, program),
        first=before is None,
        counts=_counts(program),
        **again,
    )


def _ready(ready: Coming, form: PublishForm) -> dict[str, object]:
    """What `_publish.html` shows: the changes, the mails as they would go, the form."""
    db, conference = context.db(), context.conference()
    form.seen.data = ready.seen
    note = form.note.data or ""
    return {
        "form": form,
        "conference": conference,
        "ready": ready,
        "letters": releases.letters_of(
            db, conference, ready, note=note, links=context.links()
        ),
    }


def _counts(program: Program) -> dict[str, int]:
    return {
        "talks": len(program.in_order()),
        "unscheduled": len(program.unscheduled()),
        "slots": len([slot for slot in program.slots if not program.is_canceled(slot)]),
    }
