"""The review form, made from the conference's criteria, and the small forms around it."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from cfp.domain.assignment import past_reviews
from cfp.domain.assignment.models import ReviewerProfile
from cfp.domain.assignment.rules import (
    DOCUMENT_TEXT_LIMIT,
    DOCUMENT_TITLE_LIMIT,
    DOCUMENTS_LIMIT,
    EXPERTISE_LIMIT,
    LOAD_LIMIT,
    REASON_LIMIT,
)
from cfp.domain.assignment.scoring import expert_of
from cfp.domain.conferences.models import Conference, Criterion, ReviewField, Track
from cfp.domain.reviews.answers import texts_of
from cfp.domain.reviews.filled import Filled
from cfp.domain.reviews.models import Review
from cfp.domain.reviews.rules import CONFIDENCE_LEVELS, FIELD_LIMIT
from cfp.web.conflicts import conflict_type
from cfp.web.forms import BaseForm, Line, Text, Ticks

CONFIDENCE = {
    1: _l("1 not my subject"),
    2: _l("2 a little"),
    3: _l("3 well enough"),
    4: _l("4 well"),
    5: _l("5 very well"),
}


AI_STATEMENT = _l("I wrote this review myself and gave the submission to no AI tool.")


def _blank_is_none(value: str | None) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class ReviewForm(BaseForm):
    """One score per criterion, how sure one is, and texts by audience.

    `criteria` and `asked` are what this conference asks about this submission now.
    """

    criteria: Sequence[Criterion] = ()
    asked: Sequence[ReviewField] = ()

    committee_text = Text(_l("Comment"))
    chair_text = Text(_l("Remark for the chairs"))
    speaker_text = Text(_l("Feedback for the speakers"))

    @property
    def scores(self) -> dict[int, int]:
        """Criterion id to value, of the answered ones."""
        return {
            int(name.removeprefix("score_")): field.data
            for name, field in self._fields.items()
            if name.startswith("score_") and field.data is not None
        }

    @property
    def confidence_value(self) -> int | None:
        """The confidence, where the conference asks for it and it was answered."""
        field = self._fields.get("confidence")
        value: int | None = field.data if field is not None else None
        return value

    @property
    def answers(self) -> dict[int, str]:
        """Field id to answer, of the fields asked here; options chosen one per line."""
        return {
            int(name.removeprefix("field_")): _answer(field.data)
            for name, field in self._fields.items()
            if name.startswith("field_")
        }

    @property
    def states_no_ai(self) -> bool:
        """Whether it was said that no AI wrote it, where the conference asks for that."""
        field = self._fields.get("ai_statement")
        return bool(field is not None and field.data)

    def typed(self, name: str) -> str:
        """What a field holds, as text."""
        return _answer(self._fields[name].data)

    def text(self, name: str) -> str:
        """A text's content, empty where the conference does not ask for it."""
        field = self._fields.get(name)
        return field.data or "" if field is not None else ""


def review_form(conference: Conference, filled: Filled) -> ReviewForm:
    """The form for this submission, filled from one's own review; drafts may be incomplete."""
    criteria, asked, review = filled.criteria, filled.fields, filled.review
    fields: dict[str, object] = {f"score_{one.id}": _score(one) for one in criteria}
    before = texts_of(review) if review else {}
    for field in asked:
        fields[f"field_{field.id}"] = _asked(field, before.get(field.id, ""))
    if conference.asks_confidence:
        fields["confidence"] = RadioField(
            _l("How well do you know this subject?"),
            choices=[SelectChoice(level, CONFIDENCE[level]) for level in CONFIDENCE_LEVELS],
            coerce=_blank_is_none,
            validators=[Optional()],
            validate_choice=False,
        )
    if conference.asks_ai_statement:
        fields["ai_statement"] = BooleanField(AI_STATEMENT)
    if not conference.asks_speaker_text:
        fields["speaker_text"] = None
    made = type("ConferenceReviewForm", (ReviewForm,), fields)
    form: ReviewForm = made(data=_data(review, asked))
    form.criteria, form.asked = criteria, asked
    _mark_needed(form)
    if not form.is_submitted():
        form.revision.data = str(review.revision if review else 0)
    return form


def scale_words(criterion: Criterion) -> list[str]:
    """Each value of its scale, with its words where it has some; the lowest first."""
    labels = list(criterion.labels)
    values = range(criterion.low, criterion.high + 1)
    worded = len(labels) == len(values)
    return [
        f"{value} {labels[index]}" if worded else str(value) for index, value in enumerate(values)
    ]


def _score(criterion: Criterion) -> Field:
    """A score of it, which can be taken back where it may be left out."""
    values = range(criterion.low, criterion.high + 1)
    choices = [
        SelectChoice(value, words)
        for value, words in zip(values, scale_words(criterion), strict=True)
    ]
    if not criterion.required:
        choices.append(SelectChoice("", _("no answer")))
    return RadioField(
        criterion.name,
        choices=choices,
        coerce=_blank_is_none,
        validators=[Optional()],
        validate_choice=False,
    )


def _mark_needed(form: ReviewForm) -> None:
    """Mark what is needed to submit; a draft is saved without it, so nothing here refuses it."""
    needed = [f"score_{one.id}" for one in form.criteria if one.required]
    needed += [f"field_{one.id}" for one in form.asked if one.required]
    needed += ["ai_statement"] if "ai_statement" in form else []
    for name in needed:
        form[name].flags.required = True


def _answer(data: object) -> str:
    return "\n".join(map(str, data)) if isinstance(data, list) else str(data or "")


def _asked(field: ReviewField, before: str) -> Field:
    """A field of the form; what was chosen and is offered no more can still be kept."""
    if field.kind == "text":
        return Text(field.name, limit=FIELD_LIMIT, description=field.help)
    gone = [one for one in before.split("\n") if one and one not in field.options]
    choices = [SelectChoice(one, one) for one in map(str, field.options)]
    choices += [SelectChoice(one, _("%(answer)s (no longer offered)", answer=one)) for one in gone]
    several = field.kind == "choices"
    if not several and not field.required:
        choices.append(SelectChoice("", _("no answer")))
    return (Ticks if several else RadioField)(
        field.name,
        choices=choices,
        validators=[Optional()],
        validate_choice=False,
        description=field.help,
    )


def _data(review: Review | None, asked: Sequence[ReviewField]) -> Mapping[str, object]:
    said = texts_of(review) if review else {}
    several = {one.id for one in asked if one.kind == "choices"}
    answers = {
        f"field_{one.id}": said.get(one.id, "").splitlines()
        if one.id in several
        else said.get(one.id, "")
        for one in asked
    }
    if review is None:
        return answers
    return {
        **answers,
        "committee_text": review.committee_text,
        "chair_text": review.chair_text,
        "speaker_text": review.speaker_text,
        "confidence": review.confidence,
        "ai_statement": review.ai_statement,
        **{f"score_{score.criterion_id}": score.value for score in review.scores},
    }


class ConflictForm(BaseForm):
    """Why one should not review this."""

    type = conflict_type()
    reason = Line(_l("Reason, for the chairs"), limit=REASON_LIMIT)


class DeclineForm(BaseForm):
    """Stands on one page with `ConflictForm`, hence its own id."""

    reason = Line(_l("Reason, for the chairs"), limit=REASON_LIMIT, id="decline-reason")


class Most(IntegerField):
    """A number of reviews, from none to `limit`; empty is allowed and is none."""

    def __init__(self, label: object, limit: int, **kwargs: object) -> None:
        super().__init__(label, [Optional(), NumberRange(0, limit)], **kwargs)


LEVELS = {0: _l("not said"), 1: _l("some"), 2: _l("well")}
"""How well a reviewer knows a track; `cfp.domain.assignment.rules.LEVELS` has what it is worth."""


class ProfileForm(BaseForm):
    """What a reviewer knows and how much they can take on; a field for each track beside these."""

    expertise = Text(_l("What you know well"), limit=EXPERTISE_LIMIT)
    load_wished = IntegerField(
        _l("How many reviews are you willing to write?"),
        validators=[Optional(), NumberRange(0, LOAD_LIMIT)],
    )
    past_reviews = BooleanField(_l("What I have reviewed before tells what I know"))

    @property
    def levels(self) -> list[Field]:
        """The fields of the tracks."""
        return [field for name, field in self._fields.items() if name.startswith("level_")]

    def tracks_at(self, level: int) -> list[int]:
        """Ids of the tracks known so well."""
        return [
            int(field.name.removeprefix("level_")) for field in self.levels if field.data == level
        ]


def profile_form(
    stored: ReviewerProfile | None, tracks: Sequence[Track], *, reviewed: int
) -> ProfileForm:
    """The form for these tracks, filled from what is stored; `reviewed`: talks elsewhere."""
    expert = expert_of(0, stored)
    choices = [SelectChoice(level, words) for level, words in LEVELS.items()]
    fields = {
        f"level_{track.id}": SelectField(
            track.name, choices=choices, coerce=int, default=expert.level(track.id)
        )
        for track in tracks
    }
    form: ProfileForm = type("TrackedProfileForm", (ProfileForm,), fields)(obj=stored)
    if reviewed < past_reviews.LEAST:
        del form.past_reviews
    if not form.is_submitted():
        form.revision.data = str(stored.revision if stored else 0)
    return form


class DocumentsForm(BaseForm):
    """Abstracts, pasted or in a file."""

    pasted = Text(_l("Paste abstracts"), limit=DOCUMENTS_LIMIT * DOCUMENT_TEXT_LIMIT)
    file = FileField(_l("Or choose a file"))


class DocumentForm(BaseForm):
    """One abstract."""

    title = Line(
        _l("Title"), [InputRequired(_l("Give it a title."))], limit=DOCUMENT_TITLE_LIMIT
    )
    text = Text(_l("Abstract"), limit=DOCUMENT_TEXT_LIMIT)
