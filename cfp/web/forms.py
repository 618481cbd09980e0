"""What every form has: a key that makes it safe to send twice, a revision, and clean text."""

import hashlib
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from flask import flash, redirect, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.dml import ReturningInsert
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import (
    Field,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from cfp.db import insert_absent
from cfp.domain.accounts.models import Receipt
from cfp.errors import DomainError, StaleError
from cfp.web import context
from cfp.web.form_words import FORM_WORDS, FormWords
from cfp.web.numbers import number_or
from cfp.web.options import QuickWidgets
from cfp.web.wording import say

ViewResponse = Response | tuple[str, int]
Validator = Callable[[Any, Any], object]

LINE_LIMIT = 300
TEXT_LIMIT = 20_000


class BaseForm(FlaskForm):
    """Carries an idempotency key (one per rendering) and, for editable rows, their revision."""

    key = HiddenField()
    revision = HiddenField()

    class Meta(QuickWidgets):
        """How its fields are written, and what they say."""

        def get_translations(self, _form: object) -> FormWords:
            """In place of the extension's."""
            return FORM_WORDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.key.data:
            self.key.data = secrets.token_urlsafe(18)

    def expect(self, revision: int) -> None:
        """Raise StaleError unless the form was rendered from this revision of its row."""
        if self.revision.data != str(revision):
            raise StaleError("stale")

    @property
    def made_from(self) -> int:
        """The revision it was rendered from; -1, which no row has, for what is none."""
        return number_or(self.revision.data, -1)

    def take(self, error: DomainError) -> bool:
        """Put a domain error, and those with it, at their fields; False for one without any."""
        for one in error.every:
            field = self._fields.get(one.field or "")
            if field is None:
                return False
            field.errors = [*field.errors, say(one)]
        return True


def _text_filter(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def refuse_controls(form: FlaskForm, field: Field) -> None:
    """Refuse what no text has and databases, mails or calendars choke on."""
    allowed = "\n\t" if isinstance(field, TextAreaField) else ""
    for character in field.data or "":
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in allowed:
            raise ValidationError(str(_l("This contains a character that can't be stored.")))


class Line(StringField):
    """One line of text, trimmed, without control characters, of at most `limit` characters."""

    def __init__(
        self,
        label: object = None,
        validators: Sequence[Validator] = (),
        *,
        limit: int = LINE_LIMIT,
        **kwargs: Any,
    ) -> None:
        checks = [*validators, refuse_controls, Length(max=limit)]
        super().__init__(label, checks, filters=[_text_filter], **kwargs)


class Text(TextAreaField):
    """Several lines of text, trimmed, of at most `limit` characters."""

    def __init__(
        self,
        label: object = None,
        validators: Sequence[Validator] = (),
        *,
        limit: int = TEXT_LIMIT,
        **kwargs: Any,
    ) -> None:
        checks = [*validators, refuse_controls, Length(max=limit)]
        super().__init__(label, checks, filters=[_text_filter], **kwargs)


class Ticks(SelectMultipleField):
    """Several of some choices, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def perform(
    form: BaseForm,
    act: Callable[[], str],
    page: Callable[[], str],
    *,
    done: str | Callable[[], str] | None = None,
) -> ViewResponse:
    """Validate, carry out once, commit, and redirect to the address that `act` returns.

    Shape errors and domain errors with a field give `page()` again with status 422 and nothing
    stored; other domain errors go to the error page. `done` is said once it is; it is asked then if
    it depends on what was done. The same form sent twice (double click,
    reload) is carried out once and both answers lead to the same place.
    """
    if not form.validate_on_submit():
        return page(), 422
    db, receipt_key = context.db(), _receipt_key(form)
    try:
        location = _first_location(db, receipt_key)
        if location is None:
            location = act()
            db.execute(_LEADS_TO, {"used": receipt_key, "to": location})
            db.commit()
            if done:
                flash(done if isinstance(done, str) else done())
        else:
            db.rollback()
    except DomainError as error:
        db.rollback()
        if not form.take(error):
            raise
        return page(), error.status
    except StaleDataError as error:
        db.rollback()
        raise StaleError("stale") from error
    return redirect(location, 303)


def press(
    act: Callable[[], str], *, done: str | Callable[[], str] | None = None
) -> ViewResponse:
    """`perform` for a form that is one button: CSRF and the key only, no fields to get wrong."""
    return perform(BaseForm(), act, _refuse, done=done)


def _refuse() -> str:
    raise DomainError("csrf")


def _owner() -> str:
    return str(context.actor().person_id or "")


def _receipt_key(form: BaseForm) -> str:
    """Same person, same page, same rendering, same content: the same act sent again.

    The content is part of it, because a form reached by the browser's "back" keeps its key and may
    then say something new.
    """
    content = sorted((k, v) for k, v in request.form.items(multi=True) if k != "csrf_token")
    content += sorted((k, _digest(file)) for k, file in request.files.items(multi=True))
    parts = [_owner(), request.path, str(form.key.data), *(f"{k}={v}" for k, v in content)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _digest(file: FileStorage) -> str:
    """What tells one uploaded file from another; it is at its beginning again afterwards."""
    digest = hashlib.sha256()
    while chunk := file.stream.read(1 << 16):
        digest.update(chunk)
    file.stream.seek(0)
    return f"{file.filename} {digest.hexdigest()}"


# Made once: every form that is sent asks for them, and making one takes longer than running it.
_LEADS_TO = (
    update(Receipt)
    .where(Receipt.key == bindparam("used"))
    .values(location=bindparam("to"))
    .execution_options(synchronize_session=False)
)


@cache
def _claim(dialect: str) -> ReturningInsert[str]:
    table: Any = Receipt.__table__  # its rows are nobody's objects, and this is quicker
    return insert_absent(dialect, table).returning(table.c.key)


def _first_location(db: Session, receipt_key: str) -> str | None:
    """Claim the key; None when it was free, else where its first use led.

    The insert comes first: a second request waits on it until the first has committed.
    """
    values = {"key": receipt_key, "owner": _owner(), "location": "", "created": context.now()}
    claimed = db.execute(_claim(db.get_bind().dialect.name), values).one_or_none()
    if claimed is not None:
        return None
    return db.scalars(select(Receipt.location).where(Receipt.key == receipt_key)).one()
