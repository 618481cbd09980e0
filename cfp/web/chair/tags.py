"""Tags: put on and taken off many submissions at once, or one; renamed, joined, deleted."""

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cfp.domain.submissions import tags as acts
from cfp.domain.submissions.committee import committee_list
from cfp.domain.submissions.models import Submission, Tag
from cfp.domain.submissions.tag_rules import (
    AUDIENCES,
    COLORS,
    NAME_LIMIT,
    difference,
    read_tags,
)
from cfp.errors import DomainError
from cfp.policy import Action, allowed, may
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.decide_many import codes_in
from cfp.web.chair.submissions import list_url, picked
from cfp.web.forms import BaseForm, Line, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.lists import Listing
from cfp.web.tagging import typed_tags

LINE_LIMIT = 1_000
COLOR_WORDS = {
    "blue": _l("blue"),
    "green": _l("green"),
    "amber": _l("amber"),
    "purple": _l("purple"),
    "teal": _l("teal"),
    "orange": _l("orange"),
    "olive": _l("olive"),
    "red": _l("red"),
    "gray": _l("gray"),
}
AUDIENCE_WORDS = {"chairs": _l("Chairs"), "reviewers": _l("Reviewers and chairs")}


class TagsForm(BaseForm):
    """Tags as they are typed; the button pressed says whether they go on or off."""

    tags = Line(_l("Tags"), limit=LINE_LIMIT)


class OneForm(TagsForm):
    """All tags of one submission; `before` is what the line was filled with."""

    before = HiddenField()


class TagForm(BaseForm):
    """What a tag is called, how it looks, and who reads it."""

    name = Line(_l("Name"), [InputRequired(_l("Give it a name."))], limit=NAME_LIMIT)
    color = SelectField(
        _l("Color"), choices=[SelectChoice(one, COLOR_WORDS[one]) for one in COLORS]
    )
    audience = RadioField(
        _l("Who reads it"), choices=[SelectChoice(one, AUDIENCE_WORDS[one]) for one in AUDIENCES]
    )


class JoinForm(BaseForm):
    """Into which other tag."""

    into = SelectField(_l("Make it one with"), [InputRequired(_l("Choose a tag."))])


# On submissions -------------------------------------------------------------------------------


@blueprint.route("/<slug>/chair/submissions/tag", methods=["GET", "POST"])
@permission(Action.TAG)
def tag_several(slug: str) -> ViewResponse | str:
    """What was picked in the list, or all of it, with its titles; then tags on or off."""
    form, db, actor, conference = TagsForm(), context.db(), context.actor(), context.conference()
    view = committee_list(conference)
    listing = Listing.from_request(view, actor, sortable=("title",), default="title")
    listing.where(may(actor, Action.TAG_ONE, conference))
    sent = codes_in(request.form.getlist("picked"))
    listing.where(Submission.code.in_(sent) if request.method == "POST" else picked())
    listing.load_all(db)
    codes = [row.code for row in listing.rows]

    def page() -> str:
        return render_template(
            "chair/tag_several.html",
            form=form,
            conference=conference,
            rows=listing.rows,
            typed=typed_tags([row.id for row in listing.rows]),
            known=acts.tags_here(db, actor, conference),
            back=list_url(),
        )

    def act() -> str:
        if not codes:
            raise DomainError("tag.nothing_picked", field="tags")
        named = read_tags(form.tags.data)
        off = request.form.get("act") == "remove"
        changed = acts.set_tags(
            db,
            actor,
            conference,
            codes=codes,
            add=() if off else named,
            remove=named if off else (),
            now=context.now(),
        )
        flash(ngettext("%(num)s submission changed.", "%(num)s submissions changed.", changed))
        return list_url()

    return page() if request.method == "GET" else perform(form, act, page)


@blueprint.route("/<slug>/chair/submissions/<code>/tags", methods=["GET", "POST"])
@permission(Action.TAG_ONE)
def submission_tags(slug: str, code: str) -> ViewResponse | str:
    """All tags of one submission, in one line."""
    db, actor, submission = context.db(), context.actor(), context.submission()
    typed = typed_tags([submission.id]).get(submission.id, "")
    form = OneForm(data={"tags": typed, "before": typed})
    conference = context.conference()

    def page() -> str:
        return render_template(
            "chair/submission_tags.html",
            form=form,
            conference=conference,
            submission=submission,
            known=acts.tags_here(db, actor, conference),
        )

    def act() -> str:
        add, remove = difference((form.before.data or "")[:LINE_LIMIT], form.tags.data)
        if add or remove:
            acts.set_tags(
                db,
                actor,
                conference,
                codes=[code],
                add=add,
                remove=remove,
                now=context.now(),
            )
        return url_for("chair.submission", slug=slug, code=code)

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))


# The conference's tags ------------------------------------------------------------------------


@blueprint.get("/<slug>/chair/tags/")
@permission(Action.TAG)
def tags(slug: str) -> str:
    """All tags with their counts, and what each finds."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    return render_template(
        "chair/tags.html",
        conference=conference,
        counted=acts.counted_tags(db, actor, conference),
        may_change=allowed(actor, Action.CHAIR_ONLY, conference, context.now()),
    )


@blueprint.route("/<slug>/chair/tags/<int:number>/", methods=["GET", "POST"])
@permission(Action.CHAIR_ONLY)
def tag(slug: str, number: int) -> ViewResponse | str:
    """Rename a tag, give it another color or other readers."""
    one = _tag(number)
    data = {"name": one.name, "color": one.color, "audience": one.audience}
    form = TagForm(data=data)

    def act() -> str:
        acts.change_tag(
            context.db(),
            context.actor(),
            context.conference(),
            one,
            name=form.name.data,
            color=form.color.data,
            audience=form.audience.data,
            now=context.now(),
        )
        return url_for("chair.tags", slug=slug)

    def page() -> str:
        return _tag_page(one, form, _join_form(one, used=False))

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))


@blueprint.post("/<slug>/chair/tags/<int:number>/join")
@permission(Action.CHAIR_ONLY)
def join_tag(slug: str, number: int) -> ViewResponse:
    """Make one of two."""
    one = _tag(number)
    form = _join_form(one, used=True)

    def act() -> str:
        acts.join_tags(
            context.db(),
            context.actor(),
            context.conference(),
            one,
            into=_tag(int(form.into.data)),
            now=context.now(),
        )
        return url_for("chair.tags", slug=slug)

    def page() -> str:
        data = {"name": one.name, "color": one.color, "audience": one.audience}
        return _tag_page(one, TagForm(formdata=None, data=data), form)

    return perform(form, act, page, done=_("They are one now."))


@blueprint.post("/<slug>/chair/tags/<int:number>/delete")
@permission(Action.CHAIR_ONLY)
def delete_tag(slug: str, number: int) -> ViewResponse:
    """Take it off everything, and away."""
    one = _tag(number)

    def act() -> str:
        acts.delete_tag(context.db(), context.actor(), context.conference(), one, now=context.now())
        return url_for("chair.tags", slug=slug)

    return press(act, done=_("Deleted."))


def _tag(number: int) -> Tag:
    return acts.tag_of(context.db(), context.conference(), number)


def _join_form(one: Tag, *, used: bool) -> JoinForm:
    form = JoinForm() if used else JoinForm(formdata=None)
    others = select(Tag.id, Tag.name).where(
        Tag.conference_id == context.conference().id, Tag.id != one.id
    )
    choices = [
        SelectChoice(str(id_), name) for id_, name in context.db().execute(others.order_by(Tag.key))
    ]
    form.into.choices = [SelectChoice("", _("Choose")), *choices]
    return form


def _tag_page(one: Tag, form: TagForm, join: JoinForm) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    counted = {each.tag.id: each for each in acts.counted_tags(db, actor, conference)}
    return render_template(
        "chair/tag.html",
        form=form,
        join=join,
        conference=conference,
        one=counted[one.id],
        colors=COLORS,
        color_words=COLOR_WORDS,
    )
