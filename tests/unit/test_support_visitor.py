"""The tests' browser without script does what a browser does with a form, and no more."""

import json

import pytest
from flask import Flask, Response, redirect, request

from tests.support.visitor import Visitor

PAGE = """<!doctype html><title>t</title><h1>Your  talk</h1>
<form action="/search"><input name="q" value="old"><button>Search</button></form>
<form method="post" action="/save?draft=1">
 <input type="hidden" name="csrf_token" value="abc">
 <input name="title" value="One">
 <textarea name="abstract">
First
second</textarea>
 <select name="track"><option value="a">A<option value="b" selected>B</select>
 <select name="empty"><option value="x">X<option value="y">Y</select>
 <select name="topics" multiple><option value="1">One<option value="2">Two</select>
 <input type="checkbox" name="agree" value="yes"><input type="checkbox" name="news" checked>
 <input type="radio" name="kind" value="long"><input type="radio" name="kind" value="short" checked>
 <input name="gone" value="1" disabled><input type="file" name="slides">
 <button type="button" name="script">Script</button>
 <button name="act" value="draft">Save draft</button><button name="act" value="send">Submit</button>
 <button formaction="/delete">Delete</button>
</form>"""


@pytest.fixture
def visitor() -> Visitor:
    app = Flask(__name__)

    @app.get("/")
    def page() -> str:
        return PAGE

    @app.route("/save", methods=["GET", "POST"], endpoint="save")
    @app.route("/delete", methods=["POST"], endpoint="delete")
    @app.get("/search", endpoint="search")
    def echo() -> Response:
        sent = {**request.args.to_dict(flat=False), **request.form.to_dict(flat=False)}
        files = {name: file.filename for name, file in request.files.items() if file.filename}
        return Response(json.dumps({"path": request.path, "sent": sent, "files": files}))

    @app.post("/moved")
    def moved() -> Response:
        return redirect("/", 303)

    return Visitor(app.test_client())


def test_sends_what_the_form_holds(visitor):
    answer = visitor.submit(visitor.get("/"), having="title")
    assert answer.response.get_json(force=True)["sent"] == {
        "draft": ["1"],
        "csrf_token": ["abc"],
        "title": ["One"],
        "abstract": ["First\r\nsecond"],
        "track": ["b"],
        "empty": ["x"],
        "news": ["on"],
        "kind": ["short"],
        "act": ["draft"],
    }


def test_sends_what_is_filled_in(visitor):
    values = {
        "title": "Two",
        "track": "a",
        "topics": ["1", "2"],
        "agree": True,
        "news": False,
        "kind": "long",
    }
    sent = visitor.submit(visitor.get("/"), values, press="Submit").response.get_json(force=True)
    assert {name: sent["sent"].get(name) for name in (*values, "act")} == {
        "title": ["Two"],
        "track": ["a"],
        "topics": ["1", "2"],
        "agree": ["yes"],
        "news": None,
        "kind": ["long"],
        "act": ["send"],
    }


def test_a_button_may_lead_elsewhere_and_a_get_form_asks(visitor):
    page = visitor.get("/")
    deleted = visitor.submit(page, press="Delete").response.get_json(force=True)
    assert deleted["path"] == "/delete"
    assert "act" not in deleted["sent"]
    searched = visitor.submit(page, {"q": "new"}).response.get_json(force=True)
    assert (searched["path"], searched["sent"]) == ("/search", {"q": ["new"]})


@pytest.mark.parametrize(
    ("values", "press"),
    [
        ({"nothing": "x"}, None),
        ({"track": "c"}, None),
        ({"gone": "2"}, None),
        ({"title": "x"}, "Publish"),
        ({"title": "x"}, "Script"),
    ],
)
def test_cannot_fill_in_or_press_what_is_not_there(visitor, values, press):
    with pytest.raises(AssertionError):
        visitor.submit(visitor.get("/"), values, having="title", press=press)


def test_reads_a_page_as_a_person(visitor):
    page = visitor.get("/")
    assert page.status == 200
    assert page.text.startswith("Your talk Search First second")
