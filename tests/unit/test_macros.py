"""What the macros write, without a browser: escaping, order and the numbers of a list."""

from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string
from flask_babel import LazyString
from flask_wtf import FlaskForm
from wtforms import StringField

from tests.gallery.app import ListPage, create_gallery

HOSTILE = "<img src=x onerror=alert(1)>"


class HostileForm(FlaskForm):
    name = StringField(LazyString(lambda: HOSTILE))


@pytest.fixture(scope="module")
def gallery() -> Iterator[Flask]:
    app = create_gallery()
    with app.test_request_context("/list"):
        yield app


def render(source: str, **values: object) -> str:
    macros = ("forms", "lists", "status", "charts", "timeline")
    imports = "".join(f'{{% import "_macros/{name}.html" as {name} %}}' for name in macros)
    return render_template_string(imports + source, **values)


def test_words_that_come_late_are_escaped_like_others(gallery):
    """flask-babel's lazy strings claim to be safe mark-up, whatever was put into them."""
    form = HostileForm()
    form.name.errors = [LazyString(lambda: HOSTILE)]
    html = render(
        "{{ forms.field(form.name, hint=hint) }}{{ forms.error_summary(form) }}",
        form=form,
        hint=LazyString(lambda: HOSTILE),
    )
    assert html.count("&lt;img") == 5
    assert "<img" not in html


def test_titles_of_others_are_escaped_in_every_attribute(gallery):
    title = f'"{HOSTILE}'
    html = render(
        "{{ lists.pick('A', title) }}{{ forms.action('/', 'Nudge', about=title) }}"
        "{{ forms.submit(title, audience='chairs') }}{{ status.pending(title) }}",
        title=title,
    )
    assert html.count("&lt;img") == 5
    assert "<img" not in html
    assert '=""' not in html


@pytest.mark.parametrize(
    ("page", "rows", "words"),
    [(1, 50, "1\u201350 of 132"), (2, 50, "51\u2013100 of 132"), (3, 32, "101\u2013132 of 132")],
)
def test_a_pager_says_where_one_is(gallery, page, rows, words):
    found = ListPage(page=page, rows=list(range(rows)))
    assert words in render("{{ lists.pager(list) }}", list=found)


@pytest.mark.parametrize(
    ("key", "descending", "direction"),
    [("title", True, "descending"), ("title", False, "ascending"), ("mean", True, None)],
)
def test_the_sorted_column_says_its_direction(gallery, key, descending, direction):
    html = render(
        "{{ lists.sort_header('T', key, list) }}", key=key, list=ListPage(descending=descending)
    )
    assert (f'aria-sort="{direction}"' in html) if direction else ("aria-sort" not in html)


@pytest.mark.parametrize(
    ("scores", "mean"), [([3], "3.0"), ([1, 5], "3.0"), ([2, 4, 4, 5], "3.8"), ([], None)]
)
def test_dots_speak_their_numbers(gallery, scores, mean):
    html = render("{{ charts.dots(scores) }}", scores=scores)
    assert (f"mean {mean}" in html) if mean else not html.strip()
    assert html.count("<circle") == len(scores)


def test_ranges_stay_on_their_scale_and_leave_a_dot_out(gallery):
    rows = [(HOSTILE, 6.0, 1.0, 2.0), ("Nobody knows", None, 0.5, None)]
    html = render(
        "{{ charts.ranges('r', 'T', 'S', ['A', 'B', 'C', 'D'], rows, 1, 5, cut=3) }}", rows=rows
    )
    assert "<img" not in html
    assert html.count("<circle") == 1
    assert 'cx="470.0"' in html  # the end of the scale, not beyond
    assert html.count('class="chart-range"') == 2
    assert html.count("<tr>") == 3


def test_charts_of_nothing_are_drawn(gallery):
    render("{{ charts.ranges('r', 'T', 'S', ['A', 'B', 'C'], [], 1, 5) }}")
    render("{{ charts.histogram('h', 'T', 'S', []) }}{{ charts.sparkline('s', 'T', 'S', []) }}")
    render("{{ charts.coverage('T', 'S', [], []) }}{{ charts.capacity('T', 0, 0, 'min') }}")


@pytest.mark.parametrize(
    ("current", "ended", "steps"),
    [
        ("draft", None, ["ahead"] * 5),
        ("review", None, ["done", "current", "ahead", "ahead", "ahead"]),
        ("published", None, ["done"] * 5),
        ("decided", "not accepted", ["done", "done", "ended"]),
    ],
)
def test_a_timeline_stands_where_the_talk_stands(gallery, current, ended, steps):
    html = render("{{ timeline.timeline(current, {}, ended) }}", current=current, ended=ended)
    assert [piece.split('"')[0] for piece in html.split('class="is-')[1:]] == steps
