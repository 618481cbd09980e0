"""The templates' environment answers as the one it replaces."""

import pytest
from flask import Flask
from flask.templating import Environment
from jinja2 import DictLoader, StrictUndefined, UndefinedError

from cfp.web.environment import PageEnvironment

TEMPLATES = {
    "macros": "{% macro said(word) %}{{ word }} {{ site }}{{ shared }}{% endmacro %}",
    "page": "{% import 'macros' as m %}{{ m.said('one') }}|{% include 'part' %}",
    "part": "{{ site }} {{ given }}",
}


class Thing:
    """An object with an attribute, and an entry of another name."""

    name = "attribute"

    def __getitem__(self, key: str) -> str:
        return {"entry": "entry"}[key]


@pytest.fixture(params=[Environment, PageEnvironment])
def environment(request: pytest.FixtureRequest) -> Environment:
    app = Flask(__name__)
    made: Environment = request.param(app, loader=DictLoader(TEMPLATES), undefined=StrictUndefined)
    made.globals["site"] = "here"
    return made


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ table.word }}", "said"),
        ("{{ table.items() | length }}", "2"),
        ("{{ table['items'] }}", "an entry"),
        ("{{ thing.name }} {{ thing.entry }}", "attribute entry"),
        ("{{ table.absent is defined }} {{ thing.absent is defined }}", "False False"),
    ],
)
def test_attributes_and_entries(environment: Environment, source: str, expected: str) -> None:
    given = {"table": {"word": "said", "items": "an entry"}, "thing": Thing()}
    assert environment.from_string(source).render(given) == expected


def test_what_is_not_there_is_refused(environment: Environment) -> None:
    for source in ("{{ table.absent }}", "{{ thing.absent }}"):
        with pytest.raises(UndefinedError):
            environment.from_string(source).render(table={}, thing=Thing())


def test_templates_share_the_globals_and_no_more(environment: Environment) -> None:
    environment.globals["shared"] = "!"
    page = environment.get_template("page")
    assert page.render(given="1") == "one here!|here 1"
    assert "given" not in environment.globals
