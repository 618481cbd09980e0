"""Announcing what is pending, stopping its mails, and reminding of confirming."""

from datetime import datetime

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from cfp.domain.decisions import announcements, reminders, repeating, rules, scheduled
from cfp.domain.decisions.announced import outbox, pending_titles
from cfp.domain.decisions.announcements import Plan, left_to_others
from cfp.domain.decisions.letters import Letter
from cfp.domain.decisions.rewording import Words
from cfp.errors import CfpError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.decide_many import codes_in
from cfp.web.chair.decision_forms import OUTCOME_WORDS, AnnounceForm, RepeatForm
from cfp.web.chair.rewording import as_typed, is_redrawn, opened, typed
from cfp.web.chair.setup_forms import CountForm, Wall
from cfp.web.forms import ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.numbers import read_number
from cfp.web.ordering import PAGE_SIZE
from cfp.web.wording import say

CODES_LIMIT = 5_000


@blueprint.route("/<slug>/chair/decisions/announce", methods=["GET", "POST"])
@permission(Action.ANNOUNCE)
def announce(slug: str) -> ViewResponse | str:
    """Every mail as it would go, one per person; the typed number sends them."""
    form = AnnounceForm(data={"hold_minutes": context.config().mail_hold_minutes})
    codes = _codes()

    def page() -> str:
        ready = _plan(codes)
        form.revision.data = ready.digest
        return _announce_page(form, ready, codes)

    def act() -> str:
        letters = _plan(codes).letters
        form.expect_count(len(letters))
        at = Wall(form, "at").moment(context.conference().zone)
        if at is None:
            _announce_now(form, codes, typed(letters))
        else:
            _announce_at(form, codes, typed(letters), at)
        return url_for("chair.announced", slug=slug)

    if request.method == "GET" or is_redrawn():
        return page()
    return perform(form, act, page)


def _announce_now(form: AnnounceForm, codes: list[str] | None, words: Words) -> None:
    done = announcements.announce(
        context.db(),
        context.actor(),
        context.conference(),
        codes=codes,
        expected=form.revision.data,
        links=context.links(),
        now=context.now(),
        hold_minutes=form.hold_minutes.data,
        per_hour=form.per_hour.data,
        words=words,
    )
    said = ngettext(
        "%(num)s decision is announced.", "%(num)s decisions are announced.", done.decisions
    )
    mails = ngettext("%(num)s mail is queued.", "%(num)s mails are queued.", done.mails)
    flash(f"{said} {mails}", "success")


def _announce_at(
    form: AnnounceForm, codes: list[str] | None, words: Words, at: datetime
) -> None:
    scheduled.announce_at(
        context.db(),
        context.actor(),
        context.conference(),
        at=at,
        codes=codes,
        expected=form.revision.data or "",
        per_hour=form.per_hour.data,
        words=words,
        links=context.links(),
        now=context.now(),
    )
    flash(_("It is announced then, unless something of it changes before."), "success")


def _codes() -> list[str] | None:
    """The submissions picked, by code, perhaps none; None for everything pending."""
    if "only" not in request.values:
        return None
    return codes_in(request.values.getlist("code"), CODES_LIMIT)


def _plan(codes: list[str] | None) -> Plan:
    return announcements.plan(
        context.db(), context.actor(), context.conference(), codes=codes, links=context.links()
    )


def _announce_page(form: AnnounceForm, ready: Plan, codes: list[str] | None) -> str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    odd, changing = {id(letter) for letter in ready.odd}, frozenset(opened())
    ordered = sorted(ready.letters, key=lambda letter: id(letter) not in odd)
    open_ = [one for one in ordered if one.reader.person.code in changing]
    rest, page, pages = _page_of([one for one in ordered if one not in open_])
    return render_template(
        "chair/announce.html",
        form=form,
        conference=conference,
        plan=ready,
        letters=[*open_, *rest],
        changing=changing,
        as_typed=as_typed,
        changed=typed(ready.letters),
        page=page,
        pages=pages,
        codes=codes,
        pending=pending_titles(db, actor, conference),
        others=left_to_others(db, actor, conference),
        scheduled=scheduled_in_words(),
        outcome_words=OUTCOME_WORDS,
        state_of=rules.STATE_OF,
        merges={one.submission.code: one.into.title for one in ready.told if one.into},
    )


def _page_of(letters: list[Letter]) -> tuple[list[Letter], int, int]:
    pages = max(1, -(-len(letters) // PAGE_SIZE))
    page = min(read_number(request.args.get("page")) or 1, pages)
    start = (page - 1) * PAGE_SIZE
    return letters[start : start + PAGE_SIZE], page, pages


@blueprint.post("/<slug>/chair/decisions/announced/stop")
@permission(Action.ANNOUNCE)
def stop_announcing(slug: str) -> ViewResponse:
    """Stop the mails that have not gone out; the decisions stay announced."""

    def act() -> str:
        count = announcements.stop_mails(
            context.db(), context.actor(), context.conference(), now=context.now()
        )
        flash(ngettext("%(num)s mail is stopped.", "%(num)s mails are stopped.", count))
        return url_for("chair.announced", slug=slug)

    return press(act)


@blueprint.post("/<slug>/chair/decisions/announced/resume")
@permission(Action.ANNOUNCE)
def resume_announcing(slug: str) -> ViewResponse:
    """Send the stopped mails after all."""

    def act() -> str:
        count = announcements.resume_mails(
            context.db(), context.actor(), context.conference(), now=context.now()
        )
        flash(ngettext("%(num)s mail is queued.", "%(num)s mails are queued.", count))
        return url_for("chair.announced", slug=slug)

    return press(act)


def scheduled_in_words() -> list[tuple[scheduled.Scheduled, str]]:
    """Announcements that wait or have failed, each with what went wrong in words."""
    return [
        (one, say(CfpError(one.error)) if one.error else "")
        for one in scheduled.scheduled(context.db(), context.conference())
    ]


@blueprint.post("/<slug>/chair/decisions/announce/<int:number>/cancel")
@permission(Action.ANNOUNCE)
def cancel_announcing(slug: str, number: int) -> ViewResponse:
    """Take back an announcement that waits for its time."""

    def act() -> str:
        scheduled.cancel(
            context.db(), context.actor(), context.conference(), number=number, now=context.now()
        )
        return url_for("chair.announce", slug=slug)

    return press(act, done=_("Taken back. Everything stays pending."))


@blueprint.route("/<slug>/chair/decisions/remind", methods=["GET", "POST"])
@permission(Action.SEND_MAIL)
def remind_confirm(slug: str) -> ViewResponse | str:
    """One mail to each person with unconfirmed accepted talks, read before it goes."""
    form = CountForm()

    def page() -> str:
        days = context.conference().confirm_days
        return _remind_page(form, RepeatForm(formdata=None, data={"days": days}))

    def act() -> str:
        form.expect_count(len(_reminders().letters))
        count = reminders.remind(
            context.db(),
            context.actor(),
            context.conference(),
            links=context.links(),
            now=context.now(),
        )
        flash(
            ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", count),
            "success",
        )
        return url_for("chair.announced", slug=slug)

    return page() if request.method == "GET" else perform(form, act, page)


def _reminders() -> reminders.Reminders:
    db, actor, conference = context.db(), context.actor(), context.conference()
    return reminders.reminders(db, actor, conference, links=context.links(), now=context.now())


def _remind_page(form: CountForm, repeat: RepeatForm) -> str:
    conference = context.conference()
    return render_template(
        "chair/remind_confirm.html",
        form=form,
        repeat=repeat,
        conference=conference,
        reminders=_reminders(),
        reminded=outbox(context.db(), conference).reminded,
    )


@blueprint.post("/<slug>/chair/decisions/remind/every")
@permission(Action.SEND_MAIL)
def repeat_reminders(slug: str) -> ViewResponse:
    """Have unconfirmed talks reminded of by itself, or no more."""
    conference, form = context.conference(), RepeatForm()

    def act() -> str:
        repeating.repeat_every(
            context.db(), context.actor(), conference, days=form.days.data, now=context.now()
        )
        return url_for("chair.remind_confirm", slug=slug)

    def page() -> str:
        return _remind_page(CountForm(formdata=None), form)

    return perform(form, act, page, done=_("Saved."))
