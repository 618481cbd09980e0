"""A small application that shows every layout and macro, to look at and to check with axe."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

import jinja2
from flask import Flask, Response, flash, render_template, render_template_string, request
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    EmailField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    widgets,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange

from cfp.paths import resource
from cfp.web import filters, translating

SCORES = [SelectChoice(str(n), str(n)) for n in range(1, 6)]
TRACKS = [SelectChoice("net", "Networking"), SelectChoice("sto", "Storage & <files>")]


class SpeakerForm(Form):
    person = HiddenField()
    name = StringField("Name", [DataRequired("Every speaker needs a name.")])
    affiliation = StringField("Affiliation")
    email = EmailField("E-mail")


class TalkForm(FlaskForm):
    revision = HiddenField(default="3")
    title = StringField("Title", [DataRequired("Give your talk a title."), Length(max=150)])
    abstract = TextAreaField("Abstract", [DataRequired("Say what the talk is about.")])
    track = SelectField("Track", choices=TRACKS)
    length = RadioField(
        "Format",
        [DataRequired("Choose how long.")],
        choices=[
            SelectChoice("talk", "Talk, 25 + 5 minutes"),
            SelectChoice("short", "Short, 10 + 5"),
        ],
    )
    topics = SelectMultipleField(
        "Topics",
        choices=TRACKS,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    day = DateField("Day")
    at = TimeField("Start")
    deadline = DateTimeLocalField("Deadline")
    minutes = IntegerField("Minutes", [NumberRange(min=5, message="At least 5 minutes.")])
    slides = FileField("Slides")
    remote = BooleanField("I will speak remotely", [DataRequired("Please tick this box.")])
    note = TextAreaField("Anything the chairs should know")
    speakers = FieldList(FormField(SpeakerForm), "Speakers", min_entries=2)
    score = RadioField("Relevance", [DataRequired("Give a score.")], choices=SCORES)
    novelty = RadioField("Novelty", choices=SCORES)


@dataclass
class Stage:
    label: str
    url: str = "#"
    waits: int = 0
    current: bool = False


@dataclass
class ListPage:
    """What cfp.web.lists.Listing offers to templates."""

    page: int = 2
    pages: int = 3
    total: int = 132
    sort: str = "title"
    descending: bool = True
    arguments: dict[str, str] = field(default_factory=lambda: {"q": "flow", "sort": "-title"})
    rows: list[int] = field(default_factory=lambda: list(range(50)))

    def url(self, **changes: object) -> str:
        return f"?page={changes.get('page')}"

    def sort_url(self, name: str) -> str:
        return f"?sort={name}"


def _frame() -> SimpleNamespace:
    stages = [
        Stage("Call"),
        Stage("Submissions", waits=3, current=True),
        Stage("Assignment"),
        Stage("Reviews", waits=12),
        Stage("Decisions"),
        Stage("Program"),
        Stage("Messages", waits=2),
    ]
    return SimpleNamespace(
        language="en",
        viewer=SimpleNamespace(name="Ada Example"),
        conference=SimpleNamespace(slug="netconf", name="Example Networking Conference 2026"),
        conferences=[
            ("Example Networking Conference 2026", "#", True),
            ("Netconf 2025", "#", False),
        ],
        areas=[("Speaking", "#", False), ("Reviewing", "#", False), ("Chairing", "#", True)],
        stages=stages,
        overview=[Stage("Overview")],
        desk=[Stage("People"), Stage("Settings")],
        calendar_note="Call closes in 3 days",
        home_url="/",
        index_url="/",
        my_url="#",
        login_url="#",
        account_url="#",
        logout_url="/",
    )


def create_gallery() -> Flask:
    """Build the application; every page is one template of this folder."""
    app = Flask("cfp", template_folder=None)
    app.config.update(SECRET_KEY="gallery", ANSWER=200, BOOTSTRAP_SERVE_LOCAL=True)
    app.jinja_options = {
        "undefined": jinja2.StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    app.jinja_loader = jinja2.FileSystemLoader(
        [resource("templates"), resource("templates").parent / "tests/gallery/templates"]
    )
    Bootstrap5(app)
    Babel(app)
    CSRFProtect(app)
    translating.init_app(app)
    filters.init_app(app)
    frame = _frame()
    app.context_processor(lambda: {"frame": frame})

    @app.get("/<name>")
    def page(name: str) -> str:
        flash("Saved. 3 speakers were told.", "success")
        form = TalkForm(data={"speakers": [{"name": "Ada"}, {"name": ""}], "minutes": 2})
        if name != "plain":
            form.validate()
        moment = datetime(2026, 9, 1, 21, 59, tzinfo=UTC)
        return render_template(
            f"gallery-{name}.html",
            form=form,
            list=ListPage(),
            moment=moment,
            now=datetime(2026, 8, 29, 12, tzinfo=UTC),
        )

    @app.get("/error/<int:status>")
    def error(status: int) -> str:
        yours = {"Title": "A talk", "Abstract": "Two\nlines"} if status >= 500 else None
        return render_template(
            "errors/error.html",
            status=status,
            sentence=None,
            yours=yours,
            back="/plain" if status != 404 else None,
            request_id="4f2a",
        )

    app.extensions["saved"] = []

    @app.post("/autosave")
    def autosave() -> tuple[dict[str, object], int]:
        """Stands for a real autosave; a test chooses its answer."""
        form = request.form.to_dict()
        app.extensions["saved"].append(form)
        answer = {"revision": int(form["revision"]) + 1, "message": "The title is too long."}
        return answer, app.config["ANSWER"]

    @app.post("/fragment")
    def fragment() -> str:
        """As the speaker's page does: what is not typed yet has words in its place."""
        form = TalkForm()
        return render_template_string(
            '{% from "_macros/talk.html" import talk %}{{ talk(title, "Ada", abstract) }}',
            title=form.title.data or "Your title",
            abstract=form.abstract.data,
        )

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
        )
        return response

    return app
