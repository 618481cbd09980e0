"""Pages that change something stored: shown, saved, and never over somebody else's change."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from flask import render_template, request
from flask_babel import gettext as _
from wtforms import BooleanField, Field, FieldList, FormField, SelectFieldBase

from cfp.errors import StaleError
from cfp.web.forms import BaseForm, ViewResponse, perform
from cfp.web.numbers import number_or

F = TypeVar("F", bound=BaseForm)
_OWN = {"csrf_token", "key", "revision"}


def edit(
    form_type: type[F],
    stored: Mapping[str, Any],
    act: Callable[[F], None],
    *,
    template: str,
    location: str,
    done: str | Callable[[], str],
    options: Mapping[str, Any] | None = None,
    **shown: object,
) -> ViewResponse | str:
    """Show the stored values in a form; carry out `act` with what comes back, if it is valid.

    The form's revision is a digest of the values it was filled with, so a save is stale exactly
    when somebody has changed one of the values on this page, and nothing else.
    """
    form = form_type(data=dict(stored), **(options or {}))

    def page() -> str:
        return render_template(template, form=form, **shown)

    def save() -> str:
        refuse_stale(form, form_type(formdata=None, data=dict(stored), **(options or {})))
        act(form)
        return location

    if request.method in {"GET", "HEAD"}:
        form.revision.data = fingerprint(form)
        return page()
    for field in form:
        if isinstance(field, FieldList) and rearrange(field):
            return page()
    return perform(form, save, page, done=done)


def refuse_stale(form: BaseForm, stored: BaseForm) -> None:
    """Raise StaleError, with both texts, unless the form was filled from these stored values."""
    if form.revision.data == fingerprint(stored):
        return
    theirs, yours = dict(_texts(stored)), dict(_texts(form))
    raise StaleError("stale", theirs=theirs, yours=yours, back=request.path)


def fingerprint(form: BaseForm) -> str:
    """A digest of the values in the form."""
    values = {name: value for name, value in form.data.items() if name not in _OWN}
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def rearrange(field: FieldList) -> bool:
    """Add, remove or move a row, as the buttons beside them ask; False when none was pressed.

    They are named `add_NAME`, `remove_NAME-N` and `up_NAME-N` and do without script what it does
    with it; nothing is saved.
    """
    rows = [entry.data for entry in field]
    pressed = next((name for name in request.form if _is_button(name, field.name)), None)
    if pressed is None:
        return False
    verb, _separator, number = pressed.partition("-")
    place = number_or(number, -1)
    if verb.startswith("add_"):
        rows.append({})
    elif 0 <= place < len(rows) and verb.startswith("remove_"):
        rows.pop(place)
    elif 0 < place < len(rows):
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    while field.entries:
        field.pop_entry()
    for row in rows:
        field.append_entry(row)
    return True


def _is_button(name: str, rows: str) -> bool:
    return name == f"add_{rows}" or name.startswith((f"remove_{rows}-", f"up_{rows}-"))


def _texts(form: BaseForm) -> Iterator[tuple[str, str]]:
    for field in form:
        if field.name not in _OWN:
            yield str(field.label.text), _text(field)


def _text(field: Field) -> str:
    if isinstance(field, FieldList):
        return "\n".join(_text(entry) for entry in field)
    if isinstance(field, FormField):
        return ", ".join(filter(None, (_text(part) for part in field)))
    if isinstance(field, SelectFieldBase):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return ", ".join(str(option.label.text) for option in field if option.data in chosen)
    if isinstance(field, BooleanField):
        return str(_("yes") if field.data else _("no"))
    return "" if field.data is None else str(field.data)
