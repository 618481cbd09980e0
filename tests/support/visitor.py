"""A person at a browser without script: reads pages, fills in the forms that are on them.

What is not on the page cannot be filled in or pressed, so a test that goes through here shows that
the page offers it. Tests of what a page does not offer post with the client directly.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, TreeBuilder

from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

Value = str | bool | int | Sequence[str] | tuple[object, str]
UNTYPED = {"submit", "button", "image", "reset"}


class _Builder(TreeBuilder):
    """Makes plain elements of what the parser finds, without comments."""

    def start(self, tag: str, attrs: Mapping[Any, Any]) -> Element:
        return super().start(tag, dict(attrs))

    def comment(self, text: str | None) -> None:
        pass


def read_page(html: str) -> Element:
    """The page's elements; several times as quick as html5lib, with the same result on ours."""
    parser = etree.HTMLParser(target=_Builder(), encoding="utf-8")
    root: Element = etree.fromstring(html.encode(), parser)
    return root


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


@dataclass(frozen=True)
class Button:
    name: str | None
    value: str
    label: str
    to: str | None


@dataclass
class Form:
    """A form as its page shows it; `fields` holds what would be sent, in order."""

    action: str
    method: str
    fields: list[tuple[str, object]] = field(default_factory=list)
    choices: dict[str, set[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    many: set[str] = field(default_factory=set)
    buttons: list[Button] = field(default_factory=list)

    def fill(self, values: Mapping[str, Value]) -> None:
        for name, value in values.items():
            assert name in self.names, f"the form has no field {name!r}, only {sorted(self.names)}"
            sent = list(self._sent(name, value))
            offered = self.choices.get(name)
            strange = [one for one in sent if offered is not None and one not in offered]
            assert not strange, f"{name!r} offers {sorted(offered or ())}, not {strange}"
            self.fields = [one for one in self.fields if one[0] != name]
            self.fields += [(name, one) for one in sent]

    def _sent(self, name: str, value: Value) -> Iterable[object]:
        if value is True:
            return sorted(self.choices[name])[:1]
        if value is False:
            return []
        if name in self.many and not isinstance(value, str | int):
            return list(value)
        return [str(value)] if isinstance(value, str | int) else [value]

    def button(self, label: str | None) -> Button | None:
        """The button with this label, or what Enter would press."""
        if label is None:
            return self.buttons[0] if self.buttons else None
        found = [one for one in self.buttons if one.label == label]
        assert found, f"no button {label!r}, only {[one.label for one in self.buttons]}"
        return found[0]


def read_form(element: Element, elsewhere: Iterable[Element] = ()) -> Form:
    """A form with its controls, those too that stand elsewhere and name it."""
    form = Form(element.get("action") or "", (element.get("method") or "get").lower())
    for control in (*element.iter(), *elsewhere):
        name, kind = control.get("name"), (control.get("type") or "").lower()
        if control.tag == "button" or (control.tag == "input" and kind in UNTYPED):
            label = _text(control) or control.get("value") or ""
            if kind in {"", "submit"}:
                to = control.get("formaction")
                form.buttons.append(Button(name, control.get("value") or "", label, to))
        elif name and control.get("disabled") is None:
            _read_control(form, control, name, kind)
    return form


def _read_control(form: Form, control: Element, name: str, kind: str) -> None:
    if control.tag not in {"input", "textarea", "select"}:
        return
    form.names.add(name)
    if control.tag == "textarea":
        text = "".join(control.itertext())
        form.fields.append((name, text.removeprefix("\n").replace("\n", "\r\n")))
    elif control.tag == "select":
        _read_select(form, control, name)
    elif kind in {"checkbox", "radio"}:
        value = control.get("value", "on")
        form.choices.setdefault(name, set()).add(value)
        if kind == "checkbox":
            form.many.add(name)
        if control.get("checked") is not None:
            form.fields.append((name, value))
    elif kind != "file":
        form.fields.append((name, control.get("value") or ""))


def _read_select(form: Form, control: Element, name: str) -> None:
    options = {
        option.get("value", _text(option)): option.get("selected") is not None
        for option in control.iter("option")
    }
    form.choices[name] = set(options)
    selected = [value for value, chosen in options.items() if chosen]
    if control.get("multiple") is not None:
        form.many.add(name)
    elif not selected:
        selected = list(options)[:1]
    form.fields += [(name, value) for value in selected]


@dataclass(frozen=True)
class Page:
    """One answer, read as a person or a test would."""

    path: str
    response: TestResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.text

    @cached_property
    def tree(self) -> Element:
        return read_page(self.html)

    @cached_property
    def text(self) -> str:
        """The words on the page, white space folded; no script, style or head."""
        body = self.tree.find("body")
        return _text(body) if body is not None else ""

    def links(self) -> dict[str, str]:
        """Address by text of link."""
        return {_text(a): a.get("href", "") for a in self.tree.iter("a") if a.get("href")}

    def forms(self) -> list[Form]:
        elsewhere = [control for control in self.tree.iter() if control.get("form")]
        return [
            read_form(form, [one for one in elsewhere if one.get("form") == form.get("id")])
            for form in self.tree.iter("form")
        ]

    def form(self, having: str | None = None, to: str | None = None) -> Form:
        """The one form with a field or a button called `having`, or that posts to `to`."""
        found = [
            form
            for form in self.forms()
            if (having is None or having in form.names | {one.label for one in form.buttons})
            and (to is None or urlsplit(urljoin(self.path, form.action)).path == to)
        ]
        shown = [(form.action, sorted(form.names)) for form in self.forms()]
        assert len(found) == 1, f"{len(found)} forms with {having or to!r} on {self.path}: {shown}"
        return found[0]


class Visitor:
    """Follows links and redirects and keeps cookies, as the browser of one person."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> Page:
        return self._arrive(path, self.client.get(path))

    def submit(
        self,
        page: Page,
        values: Mapping[str, Value] | None = None,
        *,
        having: str | None = None,
        to: str | None = None,
        press: str | None = None,
    ) -> Page:
        """Fill in a form of the page and press a button; returns the page that it leads to.

        The form is the one with a field or button `having` (default: the pressed button or the
        first value's field), or the one that posts to `to`.
        """
        values = values or {}
        form = page.form(having or (None if to else press or next(iter(values), None)), to)
        form.fill(values)
        button = form.button(press)
        sent = list(form.fields)
        if button and button.name:
            sent.append((button.name, button.value))
        target = urljoin(page.path, (button.to if button and button.to else form.action))
        data: dict[str, list[object]] = {}
        for name, value in sent:
            data.setdefault(name, []).append(value)
        if form.method == "get":
            return self._arrive(target, self.client.get(target, query_string=data))
        return self._arrive(target, self.client.post(target, data=data))

    def _arrive(self, path: str, response: TestResponse) -> Page:
        for _ in range(5):
            if response.status_code not in {301, 302, 303, 307, 308}:
                break
            path = urljoin(path, response.headers["Location"])
            response = self.client.get(path)
        return Page(path, response)


def masked(page: Page) -> str:
    """The page without what is drawn anew each time, to be compared with another one."""
    text = re.sub(r'name="(csrf_token|key)"([^>]*)value="[^"]*"', r"\1\2", page.html)
    return re.sub(r'value="[^"]*"([^>]*)name="(csrf_token|key)"', r"\1\2", text)


def titles(page: Page) -> list[str]:
    """The titles in a list, in their order."""
    rows = (element for element in page.tree.iter("a") if element.get("class") == "row-title")
    return ["".join(row.itertext()) for row in rows]


def token_of(page: Page) -> str:
    """What a form of the page proves itself by, for posting what the page does not offer."""
    form = next(form for form in page.forms() if "csrf_token" in form.names)
    return str(dict(form.fields)["csrf_token"])
