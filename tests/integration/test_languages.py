"""Each page in its own conference's language, whichever came first."""

from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, g, render_template_string
from flask_babel import Babel

from cfp.paths import resource
from cfp.web import filters, translating
from cfp.web.chair.decision_forms import AnnounceForm

TABLES = {
    "_macros/status.html": "state('accepted')",
    "_macros/traces.html": "list([one])",
    "chair/_words.html": "field('title')",
    "chair/_conflicts.html": "type('personal')",
    "chair/_assignment_words.html": "state('declined')",
}
CZECH = {
    "accepted": "přijato", "Title": "Název", "name": "jméno", "personal": "osobní",
    "declined": "odmítnuto",
}  # fmt: skip


@pytest.fixture
def bilingual(tmp_path: Path) -> Flask:
    catalog = Catalog(locale="cs")
    for english, czech in CZECH.items():
        catalog.add(english, czech)
    folder = tmp_path / "cs" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    app = Flask(__name__, template_folder=str(resource("templates")))
    Babel(
        app, locale_selector=lambda: g.language, default_translation_directories=str(tmp_path)
    )
    translating.init_app(app)
    filters.init_app(app)
    return app


@pytest.mark.parametrize(("template", "call"), TABLES.items())
def test_tables_of_words_speak_each_request_s_language(
    bilingual: Flask, template: str, call: str
) -> None:
    one = {"field": "title", "line": 1, "kind": "name", "before": "", "text": "", "after": ""}
    said = []
    for language in ("en", "cs", "en"):
        with bilingual.test_request_context():
            g.language = language
            source = f'{{% import "{template}" as words %}}{{{{ words.{call} }}}}'
            said.append(render_template_string(source, one=one))
    assert said[0] == said[2]
    assert any(word in said[0] for word in CZECH)
    assert any(word in said[1] for word in CZECH.values()), said[1]


def test_what_the_library_says_of_a_field_too(bilingual: Flask) -> None:
    bilingual.config.update(SECRET_KEY="of a test", WTF_CSRF_ENABLED=False)
    said = []
    for language in ("en", "de", "en", "cs"):
        with bilingual.test_request_context(method="POST", data={"hold_minutes": "few"}):
            g.language = language
            form = AnnounceForm()
            form.validate()
            said += form.hold_minutes.process_errors
    english, german, again, czech = said
    assert english == again == "Not a valid integer value."
    assert (german, czech) == ("Keine gültige, ganze Zahl.", "Neplatná hodnota pro celé číslo.")
