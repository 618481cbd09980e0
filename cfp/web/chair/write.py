"""Write to the people of a list: compose, read every mail as it will arrive, send.

Any list of submissions can link here: it registers with `add_source` how its address narrows the
submissions, and links to `chair.write` with `to` (its name) and its own filter.
"""

from collections.abc import Callable

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import ColumnElement, select
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from cfp.domain.conferences import actions
from cfp.domain.conferences.letters import PLACEHOLDERS, Letter, Recipient, letters, recipients
from cfp.domain.conferences.people import everybody, people_view
from cfp.domain.mail.render import MailText
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, NotFoundError
from cfp.policy import Action
from cfp.records import record
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.people_list import conditions
from cfp.web.chair.setup_forms import CountForm, MailForm
from cfp.web.forms import Text, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.numbers import number_or
from cfp.web.wording import add_words

add_words(
    {
        "letter.lines_differ": _l("There are %(lines)s lines for %(mails)s mails."),
        "letter.nobody": _l("There is nobody to write to."),
    }
)

CODES_LIMIT = 500


@record
class Source:
    """Where a list's address says which submissions are written about, and the way back to it."""

    condition: Callable[[], ColumnElement[bool]]
    back: Callable[[], str]


SOURCES: dict[str, Source] = {}


def add_source(
    name: str, *, condition: Callable[[], ColumnElement[bool]], back: Callable[[], str]
) -> None:
    """Let a list of submissions link to `chair.write?to=NAME&...`.

    `condition` reads the request's arguments and gives a condition on the submission table, such
    as `Submission.id.in_(...)`; `back` gives the list's address.
    """
    SOURCES[name] = Source(condition, back)


class LetterForm(MailForm, CountForm):
    per = RadioField(
        _l("Who gets what"),
        [Optional()],
        choices=[
            SelectChoice("person", _l("one mail to each person")),
            SelectChoice("talk", _l("one mail about each talk, to all its speakers")),
        ],
        default="person",
    )
    lines = Text(
        _l("Lines, one for each mail"),
        description=_l("Such as registration codes; {line} puts each into its mail."),
        limit=100_000,
    )

    def rendered(self, reached: list[Recipient]) -> list[Letter]:
        """Every mail as it will arrive. Raises DomainError for a bad text."""
        pasted = [line.strip() for line in self.lines.data.splitlines()]
        return letters(
            context.conference(),
            reached,
            MailText(self.subject.data, self.body.data.rstrip() + "\n"),
            per_talk=self.per.data == "talk",
            lines=[line for line in pasted if line],
            links=context.links(),
        )


@blueprint.route("/<slug>/chair/write", methods=["GET", "POST"])
@permission(Action.SEND_MAIL)
def write(slug: str) -> ViewResponse | str:
    """To whom, what, how it reads; sent when its number is typed."""
    reached, back = _reached()
    form = LetterForm(data={"per": "person" if _source() == "people" else "talk"})

    def page(previews: list[Letter] | None = None) -> str:
        return render_template(
            "chair/write.html",
            form=form,
            reached=reached,
            silent=[one for one in reached if not one.address],
            previews=previews,
            placeholders=PLACEHOLDERS,
            back=back,
        )

    def read_again() -> str:
        return page(None if form.subject.errors or form.body.errors else _read(form, reached))

    if request.method == "GET":
        return page()
    if "preview" in request.form:
        previews = _read(form, reached) if form.validate() else None
        return page(previews) if previews is not None else (page(), 422)
    sent = ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", _typed(form))
    return perform(form, lambda: _send(form, reached, back), read_again, done=sent)


def _read(form: LetterForm, reached: list[Recipient]) -> list[Letter] | None:
    """Every mail as it will arrive; None, with the reason at its field, for a bad text."""
    try:
        return form.rendered(reached)
    except DomainError as error:
        if not form.take(error):
            raise
        return None


def _send(form: LetterForm, reached: list[Recipient], back: str) -> str:
    rendered = form.rendered(reached)
    form.expect_count(len(rendered))
    actions.send_letters(
        context.db(),
        context.actor(),
        context.conference(),
        letters=rendered,
        key=form.key.data,
        now=context.now(),
    )
    return back


def _typed(form: LetterForm) -> int:
    return number_or(form.count.data, 0)


def _source() -> str:
    return request.args.get("to", "people")


def _reached() -> tuple[list[Recipient], str]:
    """The recipients the address names, and where they were chosen."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    name, slug = _source(), context.conference().slug
    if name in SOURCES:
        source = SOURCES[name]
        chosen = recipients(db, actor, conference, submissions=source.condition())
        return chosen, source.back()
    if name == "talks":
        codes = request.args.get("codes", "").split(",")[:CODES_LIMIT]
        chosen = recipients(db, actor, conference, submissions=Submission.code.in_(codes))
        return chosen, url_for("chair.submissions", slug=slug)
    return _reached_people(name)


def _reached_people(name: str) -> tuple[list[Recipient], str]:
    db, actor, conference = context.db(), context.actor(), context.conference()
    view, slug = people_view(actor, conference), conference.slug
    arguments = request.args.to_dict()
    if name == "people":
        narrowed = conditions(view, actor, arguments)
        q, who = arguments.get("q"), arguments.get("who")
        back = url_for("chair.people", slug=slug, q=q, who=who)
    elif name == "person":
        one = arguments.get("one", "")
        narrowed = [view.column(actor, "code") == one]
        back = url_for("chair.people_person", slug=slug, one=one)
    else:
        raise NotFoundError("not_found")
    rows = everybody(actor, view).where(*narrowed).subquery()
    return recipients(db, actor, conference, people=select(rows.c.id)), back
