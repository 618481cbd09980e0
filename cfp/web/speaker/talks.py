"""What the pages of the form share: building it, its preview, and where a save leads."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from cfp.domain.accounts.models import Email, Person
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.conferences.models import SubmissionType
from cfp.domain.reviews.blindness import Known, Trace, traces
from cfp.domain.submissions import contents
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.queries import offered_tracks, offered_types
from cfp.domain.submissions.rules import Content, SpeakerEntry
from cfp.domain.submissions.states import IN_PROGRAM, State
from cfp.formats.speakers import NameAndAffiliation, write_entries
from cfp.policy import Relation
from cfp.web import context
from cfp.web.speaker.forms import TalkForm, row_of

CONFIRM = "confirm"
"""What an address says that leads to the form from the confirm page, where one goes on."""


def format_words(one: SubmissionType) -> str:
    """Talk, 25 + 5 minutes."""
    return str(_("%(name)s, %(minutes)s", name=one.name, minutes=minutes_words(one)))


def minutes_words(one: SubmissionType, minutes: int | None = None) -> str:
    """25 + 5 minutes; `minutes` is what it was accepted for, where that is not the format's own."""
    talk, discussion = minutes or one.minutes, one.discussion_minutes
    if not discussion:
        return str(_("%(minutes)s minutes", minutes=talk))
    return str(_("%(minutes)s + %(discussion)s minutes", minutes=talk, discussion=discussion))


def talk_form(
    submission: Submission | None = None, data: Mapping[str, Any] | None = None
) -> TalkForm:
    """The form of this conference; for a new talk, or with what a submission offers no more."""
    db, conference = context.db(), context.conference()
    return TalkForm(
        offered_types(db, conference, submission.type_id if submission else None),
        offered_tracks(db, conference, submission.track_id if submission else None),
        format_words,
        known=context.actor().person_id is not None,
        data=dict(data or {}),
    )


def form_of(submission: Submission) -> TalkForm:
    """The form filled with what the submission says now."""
    content = contents.read(context.db(), submission)
    return talk_form(
        submission,
        {
            "title": content.title,
            "abstract": content.abstract,
            "type": content.type_id,
            "track": content.track_id,
            "note": content.note,
            "speakers": [row_of(entry) for entry in content.speakers],
            "revision": submission.revision,
        },
    )


def form_for_new() -> TalkForm:
    """An empty form whose first speaker is the person, as they were last time."""
    return talk_form(data={"speakers": [row_of(entry) for entry in _myself()]})


def _myself() -> Sequence[SpeakerEntry]:
    me = context.actor().person_id
    if me is None:
        return []
    row = (
        context.db()
        .query(Person.name, Person.affiliation, Email.address)
        .outerjoin(Email, Email.person_id == Person.id)
        .filter(Person.id == me)
        .order_by(Email.primary.desc(), Email.id)
        .first()
    )
    return [SpeakerEntry(row[0], row[1], row[2] or "")] if row else []


def speakers_line(content: Content) -> str:
    """The line of speakers as the program page writes it."""
    return write_entries(
        NameAndAffiliation(one.name, one.affiliation) for one in content.speakers if one.name
    )


def preview(content: Content) -> Markup:
    """The talk as the public page will show it, by the same macro."""
    return Markup(  # noqa: S704 - rendered by the template, which escapes
        render_template(
            "speaker/_preview.html",
            content=content,
            conference=context.conference(),
            speakers_line=speakers_line(content),
            traces=traces_in(content.title, content.abstract, content.speakers),
        )
    )


def traces_in(
    title: str, abstract: str, speakers: Iterable[SpeakerEntry | Speaker]
) -> list[Trace]:
    """Where a text tells reviewers who speaks, if this conference hides that; a hint, no more."""
    if not context.conference().blind:
        return []
    people = [Known(one.name, one.affiliation, one.address) for one in speakers]
    return traces({"title": title, "abstract": abstract}, people)


def form_page(form: TalkForm, submission: Submission | None = None) -> str:
    """The page of the form, for a new talk or one that is there."""
    slug = context.conference().slug
    code = submission.code if submission else None
    draft = submission is None or submission.state == State.DRAFT
    autosave = ""
    if draft and context.actor().person_id is not None:
        new = url_for("speaker.autosave_new", slug=slug)
        autosave = url_for("speaker.autosave", slug=slug, code=code) if code else new
    return render_template(
        "speaker/form.html",
        form=form,
        submission=submission,
        draft=draft,
        then=CONFIRM if _came_from_confirming() else None,
        back=after_saving(submission) if submission and not draft else None,
        as_chair=submission is not None and not is_own(),
        autosave=autosave,
        owner=context.actor().person_id or "",
        preview=preview(form.content()),
    )


def mistakes(form: TalkForm) -> str:
    """The first mistake in one sentence, for the line that says what autosave did."""
    for name, field in form._fields.items():
        if field.errors and name != "speakers":
            return f"{field.label.text}: {field.errors[0]}"
    return str(_("Look at the speakers: there is a mistake."))


def look_for_conflicts(submission: Submission) -> None:
    """After what conflicts are found from has changed: who speaks, and from where."""
    if submission.state != State.DRAFT:
        find_conflicts(context.db(), context.conference(), submission=submission, now=context.now())


def is_own() -> bool:
    """Whether the person is here as one of its speakers; a chair may be here too."""
    return Relation.SPEAKER in context.standing().relations


def page_of(submission: Submission) -> str:
    """Where a submission is looked at: its speakers' own page, or the chairs'."""
    if is_own():
        return own_page(submission)
    return url_for("chair.submission", slug=context.conference().slug, code=submission.code)


def after_saving(submission: Submission) -> str:
    """Where one goes on once a submission is changed: to confirming, if that was interrupted."""
    if _came_from_confirming() and is_own() and submission.state in IN_PROGRAM:
        slug = context.conference().slug
        return url_for("speaker.confirm", slug=slug, code=submission.code)
    return page_of(submission)


def _came_from_confirming() -> bool:
    return request.args.get("then") == CONFIRM


def own_page(submission: Submission) -> str:
    """The address of a submission's own page."""
    return url_for("speaker.submission", slug=context.conference().slug, code=submission.code)
