"""The discussion of one submission: reviews beside it, what is said, who follows, the summary."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cfp.domain.reviews import discussion, queries, responses, summaries
from cfp.errors import NotFoundError, StaleError
from cfp.policy import Action, Fact, Relation, allowed, sees
from cfp.web import context
from cfp.web.forms import BaseForm, Text, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.wording import add_words

WRITE_SOMETHING = _l("Please write something.")

add_words(
    {
        "bad_audience": _l("Please choose who may read this."),
        "empty_comment": WRITE_SOMETHING,
        "summary.empty": WRITE_SOMETHING,
        "summary.no_such_lead": _l("Choose somebody who reviews it."),
    }
)


class CommentForm(BaseForm):
    """A remark; the button pressed says who reads it."""

    text = Text(
        _l("Your comment"), [InputRequired(WRITE_SOMETHING)], limit=discussion.COMMENT_LIMIT
    )


class LeadForm(BaseForm):
    """Who writes the summary, among those with a part in it."""

    lead = SelectField(_l("Who writes the summary"))


class SummaryForm(BaseForm):
    """What the reviews come to."""

    text = Text(_l("Summary"), limit=summaries.SUMMARY_LIMIT)
    speaker_text = Text(_l("Summary for the speakers"), limit=summaries.SUMMARY_LIMIT)


@blueprint.get("/<slug>/reviews/<code>/discussion")
@permission(Action.READ_REVIEWS)
def discuss(slug: str, code: str) -> str:
    """Everything said so far; to be read also while a phase lets nobody add to it."""
    return _page(CommentForm())


@blueprint.post("/<slug>/reviews/<code>/comments")
@permission(Action.COMMENT)
def comment(slug: str, code: str) -> ViewResponse:
    """A remark in the committee."""
    form = CommentForm()

    def act() -> str:
        discussion.comment(
            context.db(),
            context.actor(),
            context.standing(),
            text=form.text.data or "",
            audience=request.form.get("audience", ""),
            now=context.now(),
        )
        return url_for("reviewer.discuss", slug=slug, code=code, _anchor="newest")

    return perform(form, act, lambda: _page(form))


@blueprint.post("/<slug>/reviews/<code>/discussion/follow")
@permission(Action.COMMENT)
def follow(slug: str, code: str) -> ViewResponse:
    """Be told of new comments, or no more."""
    on = request.form.get("on") == "1"

    def act() -> str:
        db, actor, standing = context.db(), context.actor(), context.standing()
        discussion.set_following(db, actor, standing, on=on)
        return url_for("reviewer.discuss", slug=slug, code=code)

    done = _("You get a mail when there are new comments.") if on else _("No more mails about it.")
    return press(act, done=done)


@blueprint.post("/<slug>/reviews/<code>/discussion/lead")
@permission(Action.ASSIGN_ONE)
def choose_lead(slug: str, code: str) -> ViewResponse:
    """Let somebody write the summary."""
    form, people = _lead_form()

    def act() -> str:
        chosen = form.lead.data
        summaries.choose_lead(
            context.db(),
            context.actor(),
            context.standing(),
            person_id=next((one.person_id for one in people if one.code == chosen), None),
            now=context.now(),
        )
        return url_for("reviewer.discuss", slug=slug, code=code)

    return perform(form, act, lambda: _page(CommentForm(formdata=None)), done=_("Saved."))


@blueprint.route("/<slug>/reviews/<code>/summary", methods=["GET", "POST"])
@permission(Action.COMMENT)
def summary(slug: str, code: str) -> ViewResponse | str:
    """Write the summary: a draft for those who write it, or submitted."""
    db, actor, standing = context.db(), context.actor(), context.standing()
    seen = summaries.summary_of(db, actor, standing)
    if not seen.writes or not standing.conference.summarizes:
        raise NotFoundError("not_found")
    form = SummaryForm(obj=seen.summary)
    if not standing.conference.asks_speaker_text:
        del form.speaker_text
    revision = seen.summary.revision if seen.summary else 0
    if request.method == "GET":
        form.revision.data = str(revision)

    def page() -> str:
        return render_template(
            "reviewer/summary.html",
            form=form,
            summary=seen.summary,
            submission=queries.for_reviewer(db, standing),
            conference=standing.conference,
        )

    def act() -> str:
        _save(form, submit="submit" in request.form)
        return url_for("reviewer.discuss", slug=slug, code=code)

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))


def _save(form: SummaryForm, *, submit: bool) -> None:
    labels = {field.name: str(field.label.text) for field in form}
    try:
        summaries.save(
            context.db(),
            context.actor(),
            context.standing(),
            text=form.text.data or "",
            speaker_text=form.speaker_text.data or "" if "speaker_text" in form else "",
            submit=submit,
            revision=form.made_from,
            now=context.now(),
        )
    except StaleError as error:
        theirs = {name: text for name, text in error.texts("theirs").items() if name in form}
        raise StaleError(
            "stale",
            theirs={labels[name]: text for name, text in theirs.items()},
            yours={labels[name]: form[name].data or "" for name in theirs},
        ) from error


def _lead_form() -> tuple[LeadForm, list[discussion.Participant]]:
    people = discussion.participants(context.db(), context.actor(), context.standing())
    form = LeadForm()
    choices = [SelectChoice(one.code, one.label) for one in people]
    form.lead.choices = [SelectChoice("", _("the chairs")), *choices]
    return form, people


def _page(form: CommentForm) -> str:
    db, actor, standing = context.db(), context.actor(), context.standing()
    discussion.refuse_closed(standing)
    thread = discussion.thread_of(db, actor, standing)
    chairs = sees(standing, Fact.CHAIR_REVIEWS)
    lead_form = _lead_form()[0] if chairs and standing.conference.summarizes else None
    return render_template(
        "reviewer/discussion.html",
        form=form,
        thread=thread,
        own_remarks=sum(remark.own for remark in thread.remarks),
        lead_form=lead_form,
        summary=summaries.summary_of(db, actor, standing),
        responses=responses.responses_of(db, standing),
        submission=queries.for_reviewer(db, standing),
        others=queries.reviews_of(db, actor, standing, own=True),
        criteria=queries.criteria_of(db, standing.conference),
        chairs=chairs,
        may_comment=allowed(actor, Action.COMMENT, standing, context.now()),
        reviews=Relation.REVIEWER in standing.relations,
        conference=standing.conference,
    )
