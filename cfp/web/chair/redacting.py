"""Where names are hidden: what tells who speaks, and what chairs let reviewers read instead."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from cfp.domain.decisions import dossier
from cfp.domain.reviews.blindness import Known, Trace, traces
from cfp.domain.submissions import redaction
from cfp.domain.submissions.models import Redaction, Speaker
from cfp.domain.submissions.rules import ABSTRACT_LIMIT, TITLE_LIMIT
from cfp.policy import Action, Fact, sees
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.forms import BaseForm, Line, Text, ViewResponse
from cfp.web.gate import permission


class RedactForm(BaseForm):
    """Each text with whether reviewers read it instead of what was submitted."""

    other_title = BooleanField(_l("Reviewers read another title"))
    title = Line(_l("Title for reviewers"), limit=TITLE_LIMIT)
    other_abstract = BooleanField(_l("Reviewers read another abstract"))
    abstract = Text(_l("Abstract for reviewers"), limit=ABSTRACT_LIMIT)


@blueprint.route("/<slug>/chair/submissions/<code>/redacted", methods=["GET", "POST"])
@permission(Action.REDACT)
def redact(slug: str, code: str) -> ViewResponse | str:
    """Write it, or take it back."""
    db, standing = context.db(), context.standing()
    submission = standing.submission
    found = redaction.redaction_of(db, submission)

    def act(form: RedactForm) -> None:
        redaction.redact(
            db,
            context.actor(),
            standing,
            title=form.title.data or "" if form.other_title.data else None,
            abstract=form.abstract.data or "" if form.other_abstract.data else None,
            now=context.now(),
        )

    title, abstract = _texts(found)
    return edit(
        RedactForm,
        {
            "other_title": title is not None,
            "title": submission.title if title is None else title,
            "other_abstract": abstract is not None,
            "abstract": submission.abstract if abstract is None else abstract,
        },
        act,
        template="chair/redact.html",
        location=url_for("chair.submission", slug=slug, code=code),
        done=_("Saved: this is what reviewers read."),
        conference=standing.conference,
        submission=submission,
        traces=_traces(dossier.speakers_with_addresses(db, standing), found),
    )


def shown(speakers: Sequence[tuple[Speaker, str]]) -> dict[str, Any]:
    """For the page of a submission: nothing unless names are hidden and this person knows them."""
    standing = context.standing()
    if not (standing.conference.blind and sees(standing, Fact.SPEAKERS)):
        return {"blind_check": False}
    found = redaction.redaction_of(context.db(), standing.submission)
    return {"blind_check": True, "redaction": found, "traces": _traces(speakers, found)}


def _traces(
    speakers: Sequence[tuple[Speaker, str]], found: Redaction | None
) -> list[Trace]:
    """In what reviewers read, which may be redacted already."""
    submission = context.submission()
    title, abstract = _texts(found)
    texts = {
        "title": submission.title if title is None else title,
        "abstract": submission.abstract if abstract is None else abstract,
    }
    people = [Known(one.name, one.affiliation, address) for one, address in speakers]
    return traces(texts, people)


def _texts(found: Redaction | None) -> tuple[str | None, str | None]:
    return (found.title, found.abstract) if found else (None, None)
