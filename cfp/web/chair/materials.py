"""Slides and videos of all talks: who has given what, a chair's OK, reminders, a pasted table."""

from collections.abc import Mapping, Sequence

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from cfp.domain.program import materials, slides
from cfp.domain.program.pasting import Mistake, Pasted
from cfp.domain.program.slides import PastedLink, TalkMaterials
from cfp.policy import Action
from cfp.web import context
from cfp.web import materials as shared
from cfp.web.chair import blueprint
from cfp.web.forms import TEXT_LIMIT, BaseForm, Text, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.materials import KINDS
from cfp.web.wording import add_words

add_words(
    {
        "paste.mistakes": _l("Some lines can't be used as they are; nothing was changed."),
        "paste.empty": _l("There is no line with a code and a link."),
    }
)

MISTAKES = {
    "no_code": _l("“%(text)s” is no code of a talk: six letters and digits."),
    "unknown_code": _l("no accepted talk has the code %(text)s."),
    "no_url": _l("there is no address for %(text)s."),
    "bad_url": _l("“%(text)s” is no address that starts with https://"),
    "twice": _l("this is there twice: %(text)s is the first line of it."),
    "columns": _l("there is a column too many: “%(text)s”."),
    "too_many": _l("this is more than can be pasted at once."),
}


class PasteForm(BaseForm):
    text = Text(_l("The table"), limit=10 * TEXT_LIMIT)


@blueprint.get("/<slug>/chair/program/materials")
@permission(Action.PUBLISH)
def materials_list(slug: str) -> str:
    """Which talks have slides and a video, and which wait for a chair's OK."""
    rows = slides.materials_of_all(context.db(), context.conference())
    show = request.args.get("show", "")
    return render_template(
        "chair/materials.html",
        rows=rows,
        without=sum("slides" not in row.given for row in rows),
        shown=[row for row in rows if _is_shown(row, show)],
        show=show if show in {"missing", "waiting"} else "",
        kinds=KINDS,
        conference=context.conference(),
    )


def _is_shown(row: TalkMaterials, show: str) -> bool:
    if show == "missing":
        return "slides" not in row.given
    return show != "waiting" or any(one.waits for one in row.given.values())


@blueprint.get("/<slug>/chair/program/materials/<code>/")
@permission(Action.MANAGE_MATERIAL)
def talk_materials(slug: str, code: str) -> str:
    given = materials.given_for(context.db(), context.submission())
    return _talk_page(shared.forms_of(given))


@blueprint.post("/<slug>/chair/program/materials/<code>/<kind>")
@permission(Action.MANAGE_MATERIAL)
def give_material(slug: str, code: str, kind: str) -> ViewResponse:
    return shared.give(kind, _talk_page, url_for("chair.talk_materials", slug=slug, code=code))


@blueprint.post("/<slug>/chair/program/materials/<code>/<kind>/remove")
@permission(Action.MANAGE_MATERIAL)
def remove_material(slug: str, code: str, kind: str) -> ViewResponse:
    back = url_for("chair.talk_materials", slug=slug, code=code)
    return press(lambda: shared.remove(kind, back), done=_("Taken away."))


@blueprint.post("/<slug>/chair/program/materials/<code>/<kind>/approve")
@permission(Action.MANAGE_MATERIAL)
def approve_material(slug: str, code: str, kind: str) -> ViewResponse:
    def act() -> str:
        materials.approve(
            context.db(), context.actor(), context.standing(), kind=kind, now=context.now()
        )
        return url_for("chair.materials_list", slug=slug)

    return press(act, done=_("Shown to everyone now."))


@blueprint.route("/<slug>/chair/program/materials/remind", methods=["GET", "POST"])
@permission(Action.SEND_MAIL)
def remind_slides(slug: str) -> ViewResponse | str:
    """One mail to each person with talks without slides, read before it goes; once a day."""
    db, conference, now, form = context.db(), context.conference(), context.now(), BaseForm()

    def page() -> str:
        ready = slides.reminders(db, conference, links=context.links(), now=now)
        return render_template(
            "chair/remind_slides.html", form=form, conference=conference, reminders=ready
        )

    def act() -> str:
        count = slides.remind(db, context.actor(), conference, links=context.links(), now=now)
        flash(
            ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", count),
            "success",
        )
        return url_for("chair.materials_list", slug=slug)

    return page() if request.method == "GET" else perform(form, act, page)


@blueprint.route("/<slug>/chair/program/materials/paste", methods=["GET", "POST"])
@permission(Action.PUBLISH)
def paste_materials(slug: str) -> ViewResponse | str:
    """Links of many talks at once: shown as they would be, then given, all or none."""
    db, conference, form = context.db(), context.conference(), PasteForm()

    def page() -> str:
        shown, pasted = slides.read_pasted(db, conference, form.text.data or "")
        return _paste_page(form, shown, pasted)

    def act() -> str:
        count = slides.apply_pasted(
            db, context.actor(), conference, text=form.text.data, now=context.now()
        )
        flash(ngettext("%(num)s link is new.", "%(num)s links are new.", count), "success")
        return url_for("chair.materials_list", slug=slug)

    if request.method == "GET":
        return page()
    if request.form.get("act") != "apply":
        return page() if form.validate() else (page(), 422)
    return perform(form, act, page)


def _paste_page(form: PasteForm, links: Sequence[PastedLink], pasted: Pasted) -> str:
    return render_template(
        "chair/paste_materials.html",
        form=form,
        links=links,
        mistakes=[(one, _words(one)) for one in pasted.mistakes],
        kinds=KINDS,
        conference=context.conference(),
    )


def _words(mistake: Mistake) -> str:
    return str(MISTAKES[mistake.key]) % {"text": mistake.text[:80]}


def _talk_page(forms: Mapping[str, BaseForm]) -> str:
    return render_template(
        "chair/talk_materials.html",
        forms_by_kind=forms,
        given=materials.given_for(context.db(), context.submission()),
        submission=context.submission(),
        conference=context.conference(),
        limit=shared.limit_mib(),
        accept=shared.ACCEPT,
    )
