"""Settings: the words of the mails, per kind, with a preview and a way back."""

from collections.abc import Iterator

from flask import render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.conferences import actions, queries
from cfp.domain.decisions import letters
from cfp.domain.mail import wording
from cfp.domain.mail.render import PLACEHOLDER, MailText, fill, shipped
from cfp.errors import DomainError, NotFoundError
from cfp.paths import resource
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.setup_forms import MailForm
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission

KINDS: dict[str, LazyString] = {
    "received": _l("A submission is in"),
    "speaker_invitation": _l("A co-speaker is asked to confirm being one"),
    "speaker_removed": _l("Somebody is no speaker any more"),
    "changed_by_chair": _l("A chair has changed a submission"),
    "withdrawn": _l("A submission is withdrawn"),
    "draft_reminder": _l("A draft is not submitted yet"),
    "deadline_extended": _l("The deadline has moved"),
    "role_invitation": _l("Somebody is invited to the committee"),
    "assignment_new": _l("A reviewer has new assignments"),
    "review_reminder": _l("Reviews are missing"),
    "review_reminder_firm": _l("Reviews are missing, firm"),
    "review_reminder_last": _l("Reviews are missing, last reminder"),
    "extension_given": _l("A reviewer is given more time"),
    "extension_ended": _l("A reviewer's extra time is taken back"),
    "handed_over": _l("A late review is handed over"),
    "review_invitation": _l("Somebody from outside is asked for a review"),
    "review_help": _l("Somebody is asked to write for a reviewer"),
    "review_handed": _l("A review is written for its reviewer"),
    "review_returned": _l("A reviewer asks their helper for more"),
    "review_used": _l("A reviewer has taken over what their helper wrote"),
    "comments": _l("There are new comments on a submission one follows"),
    "response_open": _l("Speakers may answer to the reviews"),
    "accepted": _l("Accepted"),
    "waitlisted": _l("On the waitlist"),
    "rejected": _l("Not accepted"),
    "revise": _l("Changes asked"),
    "merged": _l("Merged into another talk"),
    "joined": _l("Others join a talk"),
    "join_invitation": _l("Somebody is asked to join the talk theirs was merged into"),
    "several": _l("Several decisions for one person"),
    "confirm_reminder": _l("A talk is not confirmed yet"),
    "confirmed": _l("A talk is confirmed"),
    "declined": _l("A speaker can't come"),
    "canceled": _l("A talk is canceled"),
    "program_published": _l("The program is published"),
    "slot_changed": _l("A talk's time or room has changed"),
    "slides_reminder": _l("Slides are missing"),
}
"""The kinds a conference can word, in the order of its life; only those with a text are shown."""

EXAMPLES: dict[str, LazyString] = {
    "name": _l("Ada Example"),
    "title": _l("What flow tables taught us"),
    "talk": _l("talk"),
    "code": _l("A1B2C3"),
    "day": _l("20 Sep 2026"),
    "asker": _l("Rae Reviewer"),
    "deadline": _l("Tue 1 Sep 2026, 23:59 Prague"),
    "edits_until": _l("Tue 1 Sep 2026, 23:59 Prague"),
    "decisions": _l("Decisions are announced by 20 Sep 2026."),
    "role": _l("reviewer"),
    "count": _l("12"),
    "waiting": _l("12 reviews wait"),
    "handed": _l("2 of your reviews have been handed over"),
    "answer": _l("(the page where one says yes or no)"),
    "due": _l("They are due Tue 15 Sep 2026, 23:59 Prague."),
    "minutes": _l("25"),
    "by_when": _l("Please do so until Tue 1 Sep 2026, 23:59 Prague."),
    "format": _l("Talk, 25 + 5 minutes"),
    "track": _l("Networking"),
    "type": _l("Talk"),
    "note": _l("We liked the measurements best."),
    "changes": _l("title, abstract"),
    "confirm": _l("(the reader's own link to the confirm page)"),
    "action": _l("[Action needed]"),
    "reviews": _l("(what reviewers say to the speakers, if the conference shows it to them)"),
    "into": _l("Flow tables at scale"),
    "merged": _l("Counting flows"),
    "by": _l("Ben Sample"),
    "joining": _l("(each talk that is merged into it, with its speakers)"),
    "outcomes": _l("(each decision with its talk)"),
    "comments": _l("2 new comments"),
    "until": _l("Tue 15 Sep 2026, 23:59 Prague"),
    "words": _l("500"),
    "talks": _l("(each talk with the reader's own link)"),
}
"""What placeholders are replaced with in a preview; others show their own name."""


@blueprint.get("/<slug>/chair/settings/mails/")
@permission(Action.SET_UP)
def settings_mails(slug: str) -> str:
    """The mails there are, and which have the conference's own words."""
    conference = context.conference()
    return render_template(
        "chair/settings_mails.html",
        kinds=list(_kinds()),
        own=queries.own_mails(context.db(), conference),
        texts={kind: shipped(kind, conference.language) for kind, _label in _kinds()},
    )


@blueprint.route("/<slug>/chair/settings/mails/<kind>", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_mail(slug: str, kind: str) -> ViewResponse | str:
    """One mail: its subject and text, and how it reads with example values."""
    conference, ours = context.conference(), _shipped(kind)
    own = queries.own_mails(context.db(), conference).get(kind)
    now_used = MailText(own.subject, own.body) if own else ours
    known = sorted(_placeholders(kind, ours))

    def act(form: MailForm) -> None:
        actions.change_mail(
            context.db(),
            context.actor(),
            conference,
            kind=kind,
            subject=form.subject.data,
            body=form.body.data + "\n",
            placeholders=known,
            now=context.now(),
        )

    return edit(
        MailForm,
        {"subject": now_used.subject, "body": now_used.body},
        act,
        template="chair/settings_mail.html",
        location=url_for("chair.settings_mail", slug=slug, kind=kind),
        done=_("Saved. This is how it reads now."),
        kind=kind,
        label=KINDS[kind],
        placeholders=[(name, EXAMPLES.get(name, name)) for name in known],
        preview=_preview(now_used, known),
        own=own is not None,
    )


@blueprint.post("/<slug>/chair/settings/mails/<kind>/restore")
@permission(Action.SET_UP)
def settings_mail_restore(slug: str, kind: str) -> ViewResponse:
    """Back to the text that came with the program."""
    _shipped(kind)

    def pressed() -> str:
        actions.restore_mail(
            context.db(), context.actor(), context.conference(), kind=kind, now=context.now()
        )
        return url_for("chair.settings_mail", slug=slug, kind=kind)

    return press(pressed, done=_("This is the text that comes with the program again."))


def _kinds() -> Iterator[tuple[str, LazyString]]:
    folder = resource("templates") / "mail"
    return ((kind, label) for kind, label in KINDS.items() if (folder / f"{kind}.txt").exists())


def _shipped(kind: str) -> MailText:
    if kind not in dict(_kinds()):
        raise NotFoundError("not_found")
    return shipped(kind, context.conference().language)


def _placeholders(kind: str, text: MailText) -> set[str]:
    """What the sender provides: what the shipped text uses, and what only conditions ask for."""
    used = {*PLACEHOLDER.findall(text.subject), *PLACEHOLDER.findall(text.body)}
    used |= {letters.REVIEWS} if kind in letters.KINDS else set()
    return used | set(letters.PLACEHOLDERS if kind in letters.KINDS_OF_ONE else ())


def _preview(stored: MailText, known: list[str]) -> MailText:
    """The text with example values: what is being typed, once it has been sent and refused."""
    conference = context.conference()
    real = {
        "deadline": wording.moment(
            conference.deadline, conference.deadline_zone, conference.language
        ),
        "conference": conference.name,
        "contact": conference.contact,
        "link": context.links().conference(conference.slug),
        "call": context.links().conference(conference.slug),
    }
    values = {name: real.get(name) or str(EXAMPLES.get(name, f"[{name}]")) for name in known}
    typed = MailText(
        request.form.get("subject", stored.subject), request.form.get("body", stored.body)
    )
    try:
        return fill(typed, values)
    except DomainError:
        return fill(stored, values)
