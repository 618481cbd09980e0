"""Answering what one was asked by mail: a role, a place on a talk, or whether one is somebody.

GET shows, POST acts. Each works from the link alone: accepting is the proof of its address and logs
in. Somebody who has proved the address already answers the same questions from their own pages.
"""

from collections.abc import Callable

from flask import render_template, url_for
from flask_babel import gettext as _

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts import tokens
from cfp.domain.accounts.models import Account, Token
from cfp.domain.accounts.tokens import Purpose
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.conferences.actions import answer_invitation
from cfp.domain.persons import claims
from cfp.domain.persons import invitations as domain
from cfp.domain.persons.guest_offers import GuestOffer, guest_offer, own_guest_offer
from cfp.domain.persons.invitations import Asked, Naming, RoleOffer
from cfp.domain.reviews import guests
from cfp.domain.submissions import speakers
from cfp.errors import NotFoundError
from cfp.links import Links
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.account.entering import enter
from cfp.web.account.forms import AnswerForm
from cfp.web.forms import ViewResponse, perform
from cfp.web.gate import permission


@blueprint.get("/account/invitation/<token>")
@permission(Action.LOG_IN)
def invitation(token: str) -> ViewResponse | str:
    return _show(domain.role_offer(context.db(), token), AnswerForm())


@blueprint.post("/account/invitation/<token>")
@permission(Action.LOG_IN)
def answer_invitation_link(token: str) -> ViewResponse:
    return _answer(domain.role_offer(context.db(), token), _accept_role, _decline_role)


@blueprint.get("/account/invitations/<int:invitation_id>")
@permission(Action.HAVE_ACCOUNT)
def own_invitation(invitation_id: int) -> ViewResponse | str:
    found = domain.own_role_offer(context.db(), context.actor(), invitation_id)
    return _show(_existing(found), AnswerForm())


@blueprint.post("/account/invitations/<int:invitation_id>")
@permission(Action.HAVE_ACCOUNT)
def answer_own_invitation(invitation_id: int) -> ViewResponse:
    found = domain.own_role_offer(context.db(), context.actor(), invitation_id)
    return _answer(_existing(found), _accept_role, _decline_role)


@blueprint.get("/account/speaker/<token>")
@permission(Action.LOG_IN)
def naming(token: str) -> ViewResponse | str:
    return _show(domain.naming(context.db(), token), AnswerForm())


@blueprint.post("/account/speaker/<token>")
@permission(Action.LOG_IN)
def answer_naming_link(token: str) -> ViewResponse:
    return _answer(domain.naming(context.db(), token), _accept_place, _leave_place)


@blueprint.get("/account/namings/<int:speaker_id>")
@permission(Action.HAVE_ACCOUNT)
def own_naming(speaker_id: int) -> ViewResponse | str:
    found = domain.own_naming(context.db(), context.actor(), speaker_id)
    return _show(_existing(found), AnswerForm())


@blueprint.post("/account/namings/<int:speaker_id>")
@permission(Action.HAVE_ACCOUNT)
def answer_own_naming(speaker_id: int) -> ViewResponse:
    found = domain.own_naming(context.db(), context.actor(), speaker_id)
    return _answer(_existing(found), _accept_place, _leave_place)


@blueprint.get("/account/reviewing/<token>")
@permission(Action.LOG_IN)
def review_invitation(token: str) -> ViewResponse | str:
    return _show(guest_offer(context.db(), token), AnswerForm())


@blueprint.post("/account/reviewing/<token>")
@permission(Action.LOG_IN)
def answer_review_invitation(token: str) -> ViewResponse:
    return _answer(guest_offer(context.db(), token), _accept_review, _decline_review)


@blueprint.get("/account/reviewings/<int:guest_id>")
@permission(Action.HAVE_ACCOUNT)
def own_review_invitation(guest_id: int) -> ViewResponse | str:
    found = own_guest_offer(context.db(), context.actor(), guest_id, now=context.now())
    return _show(_existing(found), AnswerForm())


@blueprint.post("/account/reviewings/<int:guest_id>")
@permission(Action.HAVE_ACCOUNT)
def answer_own_review_invitation(guest_id: int) -> ViewResponse:
    found = own_guest_offer(context.db(), context.actor(), guest_id, now=context.now())
    return _answer(_existing(found), _accept_review, _decline_review)


@blueprint.get("/account/claim/<token>")
@permission(Action.LOG_IN)
def claim(token: str) -> ViewResponse | str:
    found = tokens.find(context.db(), token, Purpose.CLAIM)
    if found is None or not tokens.is_open(found, context.now()):
        return _over(), 404
    return _claim_page(found, AnswerForm())


@blueprint.post("/account/claim/<token>")
@permission(Action.LOG_IN)
def answer_claim(token: str) -> ViewResponse:
    db, actor, now = context.db(), context.actor(), context.now()
    found, form = tokens.find(db, token, Purpose.CLAIM), AnswerForm()
    if found is None:
        return _over(), 404

    def page() -> str:
        return _claim_page(found, form)

    def accept() -> str:
        claims.take(db, actor, found, now=now)
        return url_for("account.mine")

    def refuse() -> str:
        claims.refuse(db, actor, found, now=now)
        return url_for("public.index")

    if form.answer.data == "no":
        return perform(form, refuse, page, done=_("Thank you. Nothing was changed."))
    if actor.person_id is not None:
        return perform(form, accept, page, done=_("It is yours now."))
    taken = lambda: claims.take(db, actor, found, now=now)  # noqa: E731 - the proof of `enter`
    return enter(form, page, taken, lambda _actor: url_for("account.mine"))


def _existing(found: Asked | None) -> Asked:
    if found is None:
        raise NotFoundError("not_found")
    return found


def _show(asked: Asked | None, form: AnswerForm) -> ViewResponse | str:
    if asked is None:
        return _over(), 404
    if not domain.is_open(asked, context.now()):
        return render_template("account/answered.html", asked=asked)
    return _page(asked, form)


def _answer(
    asked: Asked | None,
    accept: Callable[[Actor, Asked], str],
    decline: Callable[[Actor, Asked, str], None],
) -> ViewResponse:
    """Yes or no, once. Yes from somebody who is not logged in logs them in by the mail's proof."""
    if asked is None:
        return _over(), 404
    db, actor, now, form = context.db(), context.actor(), context.now(), AnswerForm()

    def page() -> str:
        return _page(asked, form)

    def prove() -> Account:
        return domain.prove(db, asked, now=now)

    def as_actor() -> str:
        domain.answer_as(db, actor, asked, now=now)
        if form.answer.data == "yes":
            return accept(actor, asked)
        decline(actor, asked, form.reason.data)
        return url_for("public.index" if actor.person_id is None else "account.mine")

    if form.answer.data == "yes" and actor.person_id is None:
        return enter(form, page, prove, lambda who: _named(who, accept(who, asked)))
    done = _("Thank you.") if form.answer.data == "yes" else _("Thank you for telling.")
    return perform(form, as_actor, page, done=done)


def _accept_role(actor: Actor, asked: Asked) -> str:
    assert isinstance(asked, RoleOffer)  # noqa: S101 - by the routes above
    db, now = context.db(), context.now()
    answer_invitation(db, actor, asked.invitation, accept=True, now=now)
    find_conflicts(db, asked.conference, person_id=actor.person_id, now=now)
    local, slug = Links(""), asked.conference.slug
    reviews = asked.invitation.kind == RoleKind.REVIEWER
    return local.queue(slug) if reviews else local.chair(slug)


def _decline_role(actor: Actor, asked: Asked, reason: str) -> None:
    assert isinstance(asked, RoleOffer)  # noqa: S101 - by the routes above
    db, now = context.db(), context.now()
    answer_invitation(db, actor, asked.invitation, accept=False, reason=reason, now=now)


def _accept_place(actor: Actor, asked: Asked) -> str:
    assert isinstance(asked, Naming)  # noqa: S101 - by the routes above
    speakers.accept_invitation(
        context.db(),
        actor,
        submission=asked.submission,
        speaker=asked.speaker,
        now=context.now(),
    )
    find_conflicts(
        context.db(), asked.conference, submission=asked.submission, now=context.now()
    )
    return Links("").submission(asked.conference.slug, asked.submission.code)


def _leave_place(actor: Actor, asked: Asked, reason: str) -> None:
    assert isinstance(asked, Naming)  # noqa: S101 - by the routes above
    speakers.leave(
        context.db(),
        actor,
        conference=asked.conference,
        submission=asked.submission,
        speaker=asked.speaker,
        links=context.links(),
        now=context.now(),
    )
    find_conflicts(
        context.db(), asked.conference, submission=asked.submission, now=context.now()
    )


def _accept_review(actor: Actor, asked: Asked) -> str:
    assert isinstance(asked, GuestOffer)  # noqa: S101 - by the routes above
    db, now = context.db(), context.now()
    guests.accept(db, actor, asked.guest, asked.conference, asked.submission, now=now)
    local, slug, code = Links(""), asked.conference.slug, asked.submission.code
    return local.helping(slug, code) if asked.guest.for_id else local.review(slug, code)


def _decline_review(actor: Actor, asked: Asked, reason: str) -> None:
    assert isinstance(asked, GuestOffer)  # noqa: S101 - by the routes above
    db, now = context.db(), context.now()
    guests.decline(db, actor, asked.guest, asked.submission, reason=reason, now=now)


def _named(actor: Actor, location: str) -> str:
    """Ask for the name on the way when there is none yet."""
    return location if actor.name else url_for("account.welcome", next=location)


def _page(asked: Asked, form: AnswerForm) -> str:
    pages = {RoleOffer: "role-offer", Naming: "naming", GuestOffer: "guest-offer"}
    return render_template(f"account/{pages[type(asked)]}.html", asked=asked, form=form)


def _claim_page(token: Token, form: AnswerForm) -> str:
    db = context.db()
    person = claims.claimable(db, token)
    if person is None:
        return _over()
    titles = claims.titles_of(db, person, token)
    return render_template(
        "account/claim.html", person=person, titles=titles, token=token, form=form
    )


def _over() -> str:
    return render_template("account/answered.html", asked=None)
