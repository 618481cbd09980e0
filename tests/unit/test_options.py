"""Lists of choices are written byte for byte as WTForms writes them."""

import pytest
from wtforms import Form, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from cfp.web.options import QuickSelects

CHOICES = [
    SelectChoice("", "Choose"),
    SelectChoice("a\"<&'", 'Ann "Lee" & <Co>'),
    SelectChoice("b", None),
    SelectChoice("c", "See", render_kw={"disabled": True, "data_x": '"'}),
    SelectChoice(True, "yes"),
    SelectChoice("d", "Dee", optgroup="Others & more"),
]


class Plain(Form):
    one = SelectField("One", choices=CHOICES)
    some = SelectMultipleField("Some", choices=CHOICES)


class Quick(Plain):
    class Meta(QuickSelects):
        pass


@pytest.mark.parametrize("chosen", ["", "b", "a\"<&'", "d", "nothing"])
def test_the_same_bytes(chosen: str) -> None:
    data = {"one": chosen, "some": [chosen, "c"]}
    plain, quick = Plain(data=data), Quick(data=data)
    for name in ("one", "some"):
        assert str(quick[name](class_="form-select")) == str(plain[name](class_="form-select"))
