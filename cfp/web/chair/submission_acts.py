"""What chairs do about one submission: judge conflicts, ask reviewers, withdraw it for others."""

from collections.abc import Iterable, Sequence

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cfp.domain.assignment.actions import assign_by_hand, unassign
from cfp.domain.assignment.conflicts import judge_conflict
from cfp.domain.assignment.memory import told
from cfp.domain.assignment.rules import MEMORABLE, REASON_LIMIT, REFUSED, is_settled
from cfp.domain.decisions import dossier
from cfp.domain.submissions import actions
from cfp.domain.submissions.states import State
from cfp.errors import NotFoundError
from cfp.policy import Action, allowed, conflict_policy
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.forms import BaseForm, Line, ViewResponse, perform, press
from cfp.web.gate import permission


class JudgeForm(BaseForm):
    """Why a conflict of interest counts, or does not; the button pressed says which."""

    reason = Line(_l("Reason"), limit=REASON_LIMIT)


class AssignForm(BaseForm):
    """Whom to ask; `people` are (code, name)."""

    person = SelectField(_l("Ask somebody"), [InputRequired(_l("Choose a reviewer."))])

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Fill the choices."""
        chosen = [SelectChoice(code, name) for code, name in people]
        self.person.choices = [SelectChoice("", _("Choose")), *chosen]


@blueprint.route("/<slug>/chair/submissions/<code>/conflicts/<int:number>", methods=["GET", "POST"])
@permission(Action.JUDGE_CONFLICT)
def judge(slug: str, code: str, number: int) -> ViewResponse | str:
    """Whether a conflict of interest counts, with the reason."""
    db, standing, form = context.db(), context.standing(), JudgeForm()
    found = [one for one in dossier.conflicts_of(db, standing) if one.conflict.id == number]
    if not found or is_settled(found[0].conflict.kind, found[0].conflict.reason):
        raise NotFoundError("not_found")
    interest = found[0]

    def page() -> str:
        return render_template(
            "chair/conflict.html",
            form=form,
            interest=interest,
            conference=standing.conference,
            submission=standing.submission,
            policy=conflict_policy(standing.conference, interest.conflict.kind),
            told=told(db, context.actor(), [interest.conflict.recalled_id]),
            is_remembered=interest.conflict.kind in MEMORABLE,
        )

    def act() -> str:
        judge_conflict(
            db,
            context.actor(),
            standing,
            conflict=interest.conflict,
            verdict=request.form.get("verdict", ""),
            reason=form.reason.data or "",
            now=context.now(),
        )
        return url_for("chair.submission", slug=slug, code=code, _anchor="conflicts")

    return page() if request.method == "GET" else perform(form, act, page, done=_("Saved."))


@blueprint.post("/<slug>/chair/submissions/<code>/assign")
@permission(Action.ASSIGN_ONE)
def submission_assign(slug: str, code: str) -> ViewResponse:
    """Ask one more reviewer."""
    standing = context.standing()
    people = dossier.reviewers_of(context.db(), standing)
    form = AssignForm()
    form.offer((one.code, one.name) for one in people)

    def act() -> str:
        assign_by_hand(
            context.db(),
            context.actor(),
            standing,
            person_id=next(one.person_id for one in people if one.code == form.person.data),
            links=context.links(),
            now=context.now(),
        )
        return url_for("chair.submission", slug=slug, code=code, _anchor="reviewers")

    return perform(form, act, lambda: _assign_page(form), done=_("Asked; a mail is on its way."))


@blueprint.post("/<slug>/chair/submissions/<code>/unassign")
@permission(Action.ASSIGN_ONE)
def submission_unassign(slug: str, code: str) -> ViewResponse:
    """Take a reviewer off who has not begun."""
    standing, chosen = context.standing(), request.form.get("person", "")
    people = dossier.reviewers_of(context.db(), standing)
    person = next((one for one in people if one.code == chosen), None)
    if person is None:
        raise NotFoundError("not_found")

    def act() -> str:
        unassign(
            context.db(),
            context.actor(),
            standing,
            person_id=person.person_id,
            now=context.now(),
        )
        return url_for("chair.submission", slug=slug, code=code, _anchor="reviewers")

    return press(act, done=_("Taken off."))


def assign_form(people: Sequence[dossier.Reviewing]) -> AssignForm | None:
    """The form to ask one more, where that is for this person to do."""
    standing, now = context.standing(), context.now()
    if standing.conference.reviewing != "assigned" or standing.submission.state != State.SUBMITTED:
        return None
    if not allowed(context.actor(), Action.ASSIGN_ONE, standing, now):
        return None
    form = AssignForm(formdata=None)
    form.offer((one.code, one.name) for one in people if one.assignment in {None, *REFUSED})
    return form


def _assign_page(form: AssignForm) -> str:
    standing = context.standing()
    return render_template(
        "chair/assign.html",
        form=form,
        conference=standing.conference,
        submission=standing.submission,
    )


@blueprint.post("/<slug>/chair/submissions/<code>/withdraw")
@permission(Action.WITHDRAW_FOR)
def withdraw(slug: str, code: str) -> ViewResponse:
    """Take it back for its speakers, who are told."""

    def act() -> str:
        actions.withdraw(
            context.db(),
            context.actor(),
            context.standing(),
            links=context.links(),
            now=context.now(),
        )
        return url_for("chair.submission", slug=slug, code=code)

    return press(act, done=_("Withdrawn; its speakers get a mail."))
