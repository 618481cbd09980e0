"""A reviewer's side of help: whom they ask, and what they make of what was written for them."""

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

from cfp.domain.reviews import guests, helping, queries
from cfp.domain.reviews.guest_rules import HELPERS_AT_MOST, NAME_LIMIT, NOTE_LIMIT, OPEN, can
from cfp.domain.reviews.rules import can_be_reviewed
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import BaseForm, Line, Text, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint
from cfp.web.reviewer.times import clock_of
from cfp.web.wording import add_words

add_words(
    {
        "guest.not_now": _l("It has been answered, handed in or taken back meanwhile."),
        "guest.yourself": _l("That is you."),
        "guest.there": _l("This address is asked already."),
        "guest.too_many": _l("At most %(limit)s at once; take one back first."),
        "guest.enough": _l("You have asked %(limit)s people for this one; please ask the chairs."),
        "guest.is_reviewer": _l("This is one of the reviewers: ask them as such."),
        "guest.reviewed": _l("Your review is submitted, or you have abstained; change that first."),
        "guest.blocked": _l(
            "You have a conflict of interest with this submission, so you can't review it. "
            "Please say no."
        ),
        "guest.reviews_it": _l("You review this submission already."),
        "guest.no_note": _l("Say what you would like to have changed."),
    }
)


class GuestForm(BaseForm):
    """Who is asked."""

    name = Line(_l("Name"), [DataRequired(_l("Who is it?"))], limit=NAME_LIMIT)
    address = Line(
        _l("E-mail"), [DataRequired(_l("Where does the question go?"))], limit=NAME_LIMIT
    )


class NoteForm(BaseForm):
    """What else the reviewer would like to have."""

    note = Text(_l("What is missing?"), limit=NOTE_LIMIT)


@blueprint.get("/<slug>/reviews/<code>/help")
@permission(Action.REVIEW)
def help_page(slug: str, code: str) -> str:
    """Who is asked, what they wrote, and whom else to ask."""
    _check_on()
    return _page(GuestForm(formdata=None), NoteForm(formdata=None))


@blueprint.post("/<slug>/reviews/<code>/help")
@permission(Action.REVIEW)
def ask_for_help(slug: str, code: str) -> ViewResponse:
    """Ask somebody, or ask a chair whether one may."""
    _check_on()
    form = GuestForm()

    def act() -> str:
        guests.ask_for_help(
            context.db(),
            context.actor(),
            context.standing(),
            name=form.name.data or "",
            address=form.address.data or "",
            links=context.links(),
            now=context.now(),
        )
        return url_for("reviewer.help_page", slug=slug, code=code)

    waits = context.conference().delegation == "approved"
    done = _("A chair has to approve it first.") if waits else _("Asked by mail.")
    return perform(form, act, lambda: _page(form, NoteForm(formdata=None)), done=done)


@blueprint.post("/<slug>/reviews/<code>/help/<int:number>/withdraw")
@permission(Action.REVIEW)
def withdraw_help(slug: str, code: str, number: int) -> ViewResponse:
    """Take it back: the link and the submission are closed to them at once."""

    def act() -> str:
        db, actor, standing = context.db(), context.actor(), context.standing()
        helping.own_guest(db, actor, standing, number)
        guests.withdraw(db, actor, standing, number=number, now=context.now())
        return url_for("reviewer.help_page", slug=slug, code=code)

    return press(act, done=_("Taken back; the submission is closed to them."))


@blueprint.post("/<slug>/reviews/<code>/help/<int:number>/back")
@permission(Action.REVIEW)
def send_help_back(slug: str, code: str, number: int) -> ViewResponse:
    """Ask for more."""
    _check_on()
    form = NoteForm()

    def act() -> str:
        helping.send_back(
            context.db(),
            context.actor(),
            context.standing(),
            number=number,
            note=form.note.data or "",
            links=context.links(),
            now=context.now(),
        )
        return url_for("reviewer.help_page", slug=slug, code=code)

    return perform(
        form, act, lambda: _page(GuestForm(formdata=None), form), done=_("Sent back.")
    )


@blueprint.post("/<slug>/reviews/<code>/help/<int:number>/use")
@permission(Action.REVIEW)
def use_help(slug: str, code: str, number: int) -> ViewResponse:
    """Into one's own draft, to be read and submitted there."""
    _check_on()

    def act() -> str:
        helping.use(
            context.db(),
            context.actor(),
            context.standing(),
            number=number,
            links=context.links(),
            now=context.now(),
        )
        return url_for("reviewer.review", slug=slug, code=code)

    return press(act, done=_("It stands in your draft. Read it, change it, submit it as yours."))


def _check_on() -> None:
    """Where it is off, and for guests, there is no such page."""
    if not guests.may_delegate(context.actor(), context.conference()):
        raise NotFoundError("not_found")


def _page(form: GuestForm, note_form: NoteForm) -> str:
    db, actor, standing = context.db(), context.actor(), context.standing()
    conference, now = standing.conference, context.now()
    tasks = helping.handed_to(db, actor, standing, now)
    own = queries.own_review(db, actor, standing.submission)
    takes = can_be_reviewed(conference, standing.submission, now, standing.extended)
    unfinished = own is None or own.state == "draft"
    asked = sum(one.guest.state in OPEN for one in tasks)
    return render_template(
        "reviewer/help.html",
        form=form,
        note_form=note_form,
        tasks=tasks,
        read={one.guest.id: helping.as_read(one) for one in tasks if _is_read(one)},
        criteria=tasks[0].every if tasks else [],
        can=can,
        begun=own is not None and unfinished,
        unfinished=unfinished,
        writable=takes and unfinished,
        has_room=asked < HELPERS_AT_MOST,
        submission=queries.for_reviewer(db, standing),
        clock=clock_of(conference, now, standing.extended),
        conference=conference,
    )


def _is_read(task: helping.Task) -> bool:
    """What is with the helper is theirs alone until they hand it in."""
    return task.guest.state in {"handed", "used"}
