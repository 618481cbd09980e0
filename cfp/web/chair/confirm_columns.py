"""What speakers answer on the confirm page, as columns of a list and of its files."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.conferences.models import ConfirmQuestion
from cfp.domain.decisions.confirm_answers import Answered, field_name
from cfp.domain.decisions.models import Confirmation
from cfp.formats.table import Cell
from cfp.web.lists import Field

USUAL: Sequence[tuple[str, LazyString, Callable[[Confirmation], Cell]]] = (
    ("given", _l("Given"), lambda said: "remotely" if said.remote else "on site"),
    ("time zone", _l("Time zone"), lambda said: said.zone),
    ("recording", _l("Recording"), lambda said: "yes" if said.recording else "no"),
    ("format fits", _l("Format fits"), lambda said: "yes" if said.format_fits else "no"),
    ("remark", _l("Remark"), lambda said: said.remark),
)
"""What every conference asks: the heading in a file, the label, and the answer as files say it."""

SAID = {"remotely": _l("remotely"), "on site": _l("on site"), "yes": _l("yes"), "no": _l("no")}
"""Answers that a page says in its own language."""

Find = Callable[[Any, Any], Answered | None]
"""What a row's speakers have answered, from the row and what its list has gathered."""


def heading(question: ConfirmQuestion) -> str:
    """What a question of the conference's own is called in a file."""
    archived = question.archived
    return _("%(name)s (archived)", name=question.name) if archived else question.name


def columns(questions: Sequence[ConfirmQuestion], find: Find) -> list[Field]:
    """A column for each question; all of them are there for whoever sees whether it is answered."""
    usual = [
        Field(name.replace(" ", "_"), label, _cell(find, of), column="answered", heading=name)
        for name, label, of in USUAL
    ]
    own = [
        Field(
            field_name(one),
            heading(one),
            _own_cell(find, one.id),
            column="answered",
            heading=heading(one),
        )
        for one in questions
    ]
    return usual + own


def _cell(find: Find, of: Callable[[Confirmation], Cell]) -> Callable[[Any, Any], Cell]:
    def cell(row: Any, gathered: Any) -> Cell:  # noqa: ANN401 - as `Field` has it
        found = find(row, gathered)
        return of(found.confirmation) if found else None

    return cell


def _own_cell(find: Find, question_id: int) -> Callable[[Any, Any], Cell]:
    def cell(row: Any, gathered: Any) -> Cell:  # noqa: ANN401 - as `Field` has it
        found = find(row, gathered)
        return found.answers.get(question_id) if found else None

    return cell
