"""Fields are written byte for byte as WTForms writes them."""

import pytest
from markupsafe import Markup
from wtforms import (
    BooleanField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import (
    CheckboxInput,
    NumberInput,
    RadioInput,
    TextArea,
    TextInput,
    html_params,
)

from cfp.web.options import QuickWidgets, attributes

CHOICES = [
    SelectChoice("", "Choose"),
    SelectChoice("a\"<&'", 'Ann "Lee" & <Co>'),
    SelectChoice("b", None),
    SelectChoice("c", "See", render_kw={"disabled": True, "data_x": '"'}),
    SelectChoice(True, "yes"),
]
GROUPED = [*CHOICES, SelectChoice("d", "Dee", optgroup="Others & more")]
ODD = "a\"<&'"


def make_form(**meta: type) -> type[Form]:
    """Its widgets are its own: those of a field's class are changed by whoever writes it first."""
    fields = {
        "one": SelectField("One", choices=CHOICES, validators=[InputRequired()]),
        "some": SelectMultipleField("Some", choices=CHOICES),
        "grouped": SelectField("Grouped", choices=GROUPED),
        "several": SelectMultipleField("Several", choices=GROUPED),
        "line": StringField(
            "Line", [InputRequired(), Length(2, 9)], render_kw={"data_big_one": ODD},
            widget=TextInput(),
        ),
        "text": TextAreaField("Text", [InputRequired(), Length(max=9)], widget=TextArea()),
        "number": IntegerField("Number", [NumberRange(1, 9)], widget=NumberInput()),
        "tick": BooleanField("Tick", widget=CheckboxInput()),
        "radio": RadioField("Radio", choices=CHOICES, option_widget=RadioInput()),
    }  # fmt: skip
    return type("Some", (Form,), {**fields, **meta})


@pytest.mark.parametrize("chosen", ["", "b", ODD, "d", "nothing"])
def test_the_same_bytes(chosen: str) -> None:
    given = {"class_": "form-select", "aria_describedby": "x y", "required": False, "rows": 5}
    plain, quick = make_form(), make_form(Meta=QuickWidgets)
    names = dict.fromkeys(plain()._fields, chosen)
    data = {**names, "some": [chosen, "c"], "several": [chosen, "c"], "number": 3}
    for attributes_ in ({}, given, {"id": "other", "value": Markup('&lt;<b>"')}):
        for one, other in zip(plain(data=data), quick(data=data), strict=True):
            assert str(other(**attributes_)) == str(one(**attributes_))
        for one, other in zip(plain(data=data).radio, quick(data=data).radio, strict=True):
            assert str(other(**given)) == str(one(**given))


def test_attributes_as_the_library_writes_them() -> None:
    values = {
        "class_": ODD, "data_some_name": Markup('"<b>'), "aria_label": None, "checked": True,
        "for_": 5, "hidden": False, "accept-charset": "",
    }  # fmt: skip
    assert attributes(**values) == html_params(**values)
