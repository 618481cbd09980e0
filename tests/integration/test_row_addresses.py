"""Addresses that are worked out once for all rows are those that `url_for` writes for each."""

import pytest
from flask import Flask, url_for

from cfp.web.rows import addresses, numbered

ASKED = {"q": "a&b=ANYROW", "state": "sent", "sort": "-name"}


@pytest.mark.parametrize("code", ["A1B2C3", "000000"])
def test_of_a_code(app: Flask, code: str) -> None:
    with app.test_request_context("/"):
        to = addresses("reviewer.review", "code", slug="one", **ASKED)
        assert to(code) == url_for(
            "reviewer.review", slug="one", code=code, q="a&b=ANYROW", state="sent", sort="-name"
        )


@pytest.mark.parametrize("slug", ["one", "1", "5-5"])
def test_of_a_number(app: Flask, slug: str) -> None:
    with app.test_request_context("/"):
        to = numbered("chair.message", "number", slug=slug, **ASKED)
        for number in (1, 5, 123456):
            assert to(number) == url_for(
                "chair.message",
                slug=slug,
                number=number,
                q="a&b=ANYROW",
                state="sent",
                sort="-name",
            )


def test_an_argument_of_the_same_name_changes_nothing(app: Flask) -> None:
    with app.test_request_context("/"):
        to = numbered("chair.message", "number", slug="one", number="7")
        assert to(3) == url_for("chair.message", slug="one", number=3)
