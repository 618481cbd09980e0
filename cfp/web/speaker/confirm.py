"""The confirm page: by log-in, or by the button in the mail, whose token serves it alone."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from flask import g, redirect, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import RadioField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from cfp.actors import Actor
from cfp.domain.accounts.models import Token
from cfp.domain.conferences.models import Conference, SubmissionType
from cfp.domain.decisions import confirm_answers, confirmations
from cfp.domain.decisions.confirmations import Answer
from cfp.domain.decisions.models import Confirmation, Decision
from cfp.domain.submissions.speakers import speakers_of
from cfp.domain.submissions.states import IN_PROGRAM, State, content_is_open
from cfp.errors import DomainError, NotNowError
from cfp.policy import Action, Standing
from cfp.web import context
from cfp.web.account.forms import zone_choices
from cfp.web.forms import BaseForm, Text, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.speaker import blueprint, own_questions
from cfp.web.speaker.talks import minutes_words, own_page
from cfp.web.wording import add_words

LONGEST = 14
"""Days of a conference about which is asked one by one; a longer one leaves it to the remark."""
YES_NO = [SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))]
SPAN = "span"
"""The choice that the two times beside it complete; an empty one is the day's own end."""
PARTS = [
    SelectChoice("any", _l("any time")),
    SelectChoice("morning", _l("only before 13:00")),
    SelectChoice("afternoon", _l("only from 13:00")),
    SelectChoice(SPAN, _l("only at the times given here")),
    SelectChoice("none", _l("not on this day")),
]
CHOOSE = _l("Choose one.")

add_words(
    {
        "availability_times": _l("Please give the time from when or until when, or both."),
        "availability_span": _l("This has to be after the time before it."),
    }
)


class ConfirmForm(BaseForm):
    """All questions at once; `_form` adds the conference's days and its own questions."""

    format_fits = RadioField(
        _l("Is this format right for you?"),
        [InputRequired(CHOOSE)],
        choices=[
            SelectChoice("yes", _l("Yes")),
            SelectChoice("no", _l("Not quite: see my remark")),
        ],
    )
    remote = RadioField(
        _l("Where will it be given from?"),
        [InputRequired(CHOOSE)],
        choices=[
            SelectChoice("no", _l("On site")),
            SelectChoice("yes", _l("Remotely, by video")),
        ],
    )
    zone = SelectField(_l("If remotely: the time zone of the speaker"), validators=[Optional()])
    recording = RadioField(
        _l("May it be recorded and published?"), [InputRequired(CHOOSE)], choices=YES_NO
    )
    bio = Text(_l("About you"), limit=2000)
    remark = Text(_l("Remark"), limit=2000)

    day_names: tuple[str, ...] = ()
    question_names: tuple[str, ...] = ()

    def times_of(self, name: str) -> tuple[Any, Any]:
        """The two fields beside a day's: from when, until when."""
        day = name.removeprefix("day_")
        return self[f"since_{day}"], self[f"until_{day}"]

    def part(self, name: str) -> str:
        """What a day's fields say, as it is stored."""
        if self[name].data != SPAN:
            return str(self[name].data)
        since, until = self.times_of(name)
        if since.data is None and until.data is None:
            raise DomainError("availability_times", field=name)
        try:
            return confirmations.span(since.data, until.data)
        except DomainError as error:
            raise DomainError(error.key, field=until.name) from None


class CannotForm(BaseForm):
    reason = Text(_l("Why, if you like to say"), limit=2000)


@blueprint.get("/<slug>/submissions/<code>/confirm")
@permission(Action.CONFIRM)
def confirm(slug: str, code: str) -> ViewResponse:
    standing = context.standing()
    if standing.submission.state not in IN_PROGRAM:
        return redirect(own_page(standing.submission), 302)
    return _page(context.actor(), standing, None, _form(context.actor(), standing)), 200


@blueprint.post("/<slug>/submissions/<code>/confirm")
@permission(Action.CONFIRM)
def save_confirm(slug: str, code: str) -> ViewResponse:
    return _confirm(context.actor(), context.standing(), None)


@blueprint.post("/<slug>/submissions/<code>/decline")
@permission(Action.CONFIRM)
def decline(slug: str, code: str) -> ViewResponse:
    return _decline(context.actor(), context.standing(), None)


@blueprint.get("/confirm/<token>")
@permission(Action.VISIT)
def confirm_by_token(token: str) -> ViewResponse:
    """Show the page; nothing happens until the button is pressed."""
    held, actor, standing = _holder(token)
    if held.used is not None or standing.submission.state not in IN_PROGRAM:
        return _answered_page(standing), 200
    return _page(actor, standing, token, _form(actor, standing)), 200


@blueprint.post("/confirm/<token>")
@permission(Action.VISIT)
def save_confirm_by_token(token: str) -> ViewResponse:
    _held, actor, standing = _holder(token)
    return _confirm(actor, standing, token)


@blueprint.post("/confirm/<token>/decline")
@permission(Action.VISIT)
def decline_by_token(token: str) -> ViewResponse:
    _held, actor, standing = _holder(token)
    return _decline(actor, standing, token)


def _holder(secret: str) -> tuple[Token, Actor, Standing]:
    held, actor, standing = confirmations.standing_of_token(context.db(), secret, now=context.now())
    g.conference = standing.conference
    return held, actor, standing


def _confirm(actor: Actor, standing: Standing, token: str | None) -> ViewResponse:
    form = _form(actor, standing)

    def act() -> str:
        confirmations.confirm(
            context.db(),
            actor,
            standing,
            answer=_answer(form),
            links=context.links(),
            now=context.now(),
        )
        return _leads_to(standing, token)

    return perform(
        form, act, lambda: _page(actor, standing, token, form), done=_("Thank you, confirmed.")
    )


def _decline(actor: Actor, standing: Standing, token: str | None) -> ViewResponse:
    form = CannotForm()

    def act() -> str:
        confirmations.decline(
            context.db(),
            actor,
            standing,
            reason=form.reason.data,
            links=context.links(),
            now=context.now(),
        )
        return _leads_to(standing, token)

    def page() -> str:
        return _page(actor, standing, token, _form(actor, standing, fresh=True), form)

    return perform(form, act, page, done=_("Noted. Thank you for telling us."))


def _leads_to(standing: Standing, secret: str | None) -> str:
    """The button of a mail is used up by the act it served; its address then says what came."""
    if secret is None:
        return own_page(standing.submission)
    held, _actor, _standing = _holder(secret)
    confirmations.use_token(context.db(), held, now=context.now())
    return url_for("speaker.confirm_by_token", token=secret)


def _form(actor: Actor, standing: Standing, *, fresh: bool = False) -> ConfirmForm:
    """The form of this conference's days and questions, filled with what was answered before."""
    conference = standing.conference
    days = [
        conference.start_date + timedelta(days=n)
        for n in range((conference.end_date - conference.start_date).days + 1)
    ]
    names = {f"day_{day.isoformat()}": day for day in days} if len(days) <= LONGEST else {}
    fields: dict[str, Any] = {
        name: SelectField(format_date(day, "EEE d MMM"), choices=PARTS, default="any")
        for name, day in names.items()
    }
    for day in names.values():
        said = format_date(day, "EEE d MMM")
        since, until = _l("%(day)s, from", day=said), _l("%(day)s, until", day=said)
        fields[f"since_{day.isoformat()}"] = TimeField(since, [Optional()])
        fields[f"until_{day.isoformat()}"] = TimeField(until, [Optional()])
    asked = confirm_answers.asked_of(context.db(), standing.submission)
    questions = own_questions.fields_of(asked)
    named = {"day_names": tuple(names), "question_names": tuple(questions)}
    own_form = type("ConferenceConfirmForm", (ConfirmForm,), {**fields, **questions, **named})
    before = confirmations.confirmation_of(context.db(), standing.submission)
    own = confirmations.own_place(context.db(), actor, standing.submission)
    data = _data(actor, conference, before if standing.submission.announced else None)
    data = {**data, **own_questions.data_of(asked)}
    options = {"formdata": None} if fresh else {}
    form: ConfirmForm = own_form(data={**data, "bio": own.bio if own else ""}, **options)
    form.zone.choices = zone_choices(form.zone.data or "")
    if own is None:
        del form.bio
    return form


def _data(actor: Actor, conference: Conference, before: Confirmation | None) -> Mapping[str, Any]:
    if before is None:
        return {"zone": actor.zone or conference.zone}
    answered: dict[str, Any] = {
        "format_fits": "yes" if before.format_fits else "no",
        "remote": "yes" if before.remote else "no",
        "zone": before.zone or actor.zone or conference.zone,
        "recording": "yes" if before.recording else "no",
        "remark": before.remark,
    }
    for day, part in before.availability.items():
        since, dash, until = part.partition("-")
        answered[f"day_{day}"] = SPAN if dash else part
        if dash:
            answered[f"since_{day}"] = time.fromisoformat(since)
            answered[f"until_{day}"] = None if until == "24:00" else time.fromisoformat(until)
    return answered


def _answer(form: ConfirmForm) -> Answer:
    remote = form.remote.data == "yes"
    return Answer(
        format_fits=form.format_fits.data == "yes",
        remote=remote,
        zone=form.zone.data if remote else "",
        recording=form.recording.data == "yes",
        days={
            date.fromisoformat(name.removeprefix("day_")): form.part(name)
            for name in form.day_names
        },
        remark=form.remark.data,
        bio=form.bio.data if "bio" in form else None,
        own=own_questions.answers(form, form.question_names),
    )


def _page(
    actor: Actor,
    standing: Standing,
    token: str | None,
    form: ConfirmForm,
    cannot: CannotForm | None = None,
) -> str:
    submission = standing.submission
    if submission.state not in IN_PROGRAM:
        raise NotNowError("not_now")
    slug, code = standing.conference.slug, submission.code
    if token is None:
        confirm_url = url_for("speaker.save_confirm", slug=slug, code=code)
        decline_url = url_for("speaker.decline", slug=slug, code=code)
    else:
        confirm_url = url_for("speaker.save_confirm_by_token", token=token)
        decline_url = url_for("speaker.decline_by_token", token=token)
    return render_template(
        "speaker/confirm.html",
        form=form,
        cannot=cannot or CannotForm(formdata=None),
        confirm_url=confirm_url,
        decline_url=decline_url,
        conference=standing.conference,
        submission=submission,
        speakers=speakers_of(context.db(), submission),
        accepted_for=_accepted_for(standing),
        confirmed=submission.state == State.CONFIRMED,
        me=actor,
        by_token=token is not None,
        edits=content_is_open(standing.conference, submission, context.now()),
    )


def _answered_page(standing: Standing) -> str:
    return render_template(
        "speaker/answered.html", conference=standing.conference, submission=standing.submission
    )


def _accepted_for(standing: Standing) -> str:
    """Format and minutes of the announced decision, else as it was submitted."""
    db, submission = context.db(), standing.submission
    decision = db.scalars(
        select(Decision)
        .where(Decision.submission_id == submission.id)
        .order_by(Decision.id.desc())
        .limit(1)
    ).one_or_none()
    type_id = decision.type_id if decision and decision.type_id else submission.type_id
    kind = db.get_one(SubmissionType, type_id)
    return f"{kind.name}, {minutes_words(kind, decision.minutes if decision else None)}"
