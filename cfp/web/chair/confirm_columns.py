"""What speakers answer on the confirm page, as columns of a list and of its files."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.conferences.models import ConfirmQuestion
from cfp.domain.decisions.confirm_answers import field_name
from cfp.formats.table import Cell
from cfp.web.lists import Field

USUAL: Sequence[tuple[str, LazyString, Callable[[Any], Cell]]] = (
    ("given", _l("Given"), lambda said: "remotely" if said.remote else "on site"),
    ("time zone", _l("Time zone"), lambda said: said.zone),
    ("recording", _l("Recording"), lambda said: "yes" if said.recording else "no"),
    ("format fits", _l("Format fits"), lambda said: "yes" if said.format_fits else "no"),
    ("remark", _l("Remark"), lambda said: said.remark),
)
"""What every conference asks: the heading in a file, the label, and the answer as files say it,
from a confirmation or a row that has its columns."""

SAID = {"remotely": _l("remotely"), "on site": _l("on site"), "yes": _l("yes"), "no": _l("no")}
"""Answers that a page says in its own language."""

Answers = Mapping[int, Mapping[int, str]]
"""By submission, what was answered to the conference's own questions."""


def heading(question: ConfirmQuestion) -> str:
    """What a question of the conference's own is called in a file."""
    archived = question.archived
    return _("%(name)s (archived)", name=question.name) if archived else question.name


def columns(
    questions: Sequence[ConfirmQuestion], answers: Callable[[Any], Answers]
) -> list[Field]:
    """A column for each question, of confirmed talks; `answers` finds them in what is gathered."""
    usual = [
        Field(name.replace(" ", "_"), label, _cell(of), column="remote", heading=name)
        for name, label, of in USUAL
    ]
    own = [
        Field(
            field_name(one),
            heading(one),
            _own_cell(one.id, answers),
            column="remote",
            heading=heading(one),
        )
        for one in questions
    ]
    return usual + own


def _cell(of: Callable[[Any], Cell]) -> Callable[[Any, Any], Cell]:
    return lambda row, _at: of(row) if row.state == "confirmed" else None


def _own_cell(
    question_id: int, answers: Callable[[Any], Answers]
) -> Callable[[Any, Any], Cell]:
    return lambda row, at: answers(at).get(row.id, {}).get(question_id)
