"""Addresses are made as werkzeug makes them, by functions that are compiled at their first use."""

import pytest
from werkzeug.routing import BuildError, Map, Rule

from cfp.web.routing import PageRule

PATH = "/<slug>/talks/<int:number>/"


@pytest.mark.parametrize(
    "values",
    [
        {"slug": "a conf", "number": 7},
        {"slug": "x/y", "number": 7, "view": "all & more", "page": 2},
    ],
)
@pytest.mark.parametrize("unknown", [True, False])
def test_an_address_is_as_werkzeug_makes_it(values: dict[str, object], unknown: bool) -> None:
    own, theirs = (
        Map([kind(PATH, endpoint="talk")]).bind("example.org") for kind in (PageRule, Rule)
    )
    for _again in range(2):
        found = own.build("talk", values, append_unknown=unknown)
        assert found == theirs.build("talk", values, append_unknown=unknown)
    with pytest.raises(BuildError):
        own.build("talk", {"slug": "x"})


def test_what_makes_an_address_is_compiled_once() -> None:
    rule = PageRule(PATH, endpoint="talk")
    routes = Map([rule]).bind("example.org")
    before = rule._build_unknown
    routes.build("talk", {"slug": "x", "number": 1})
    compiled = rule._build_unknown
    routes.build("talk", {"slug": "y", "number": 2})
    assert compiled is not before
    assert rule._build_unknown is compiled
