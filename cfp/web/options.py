"""Lists of choices as WTForms writes them, for a tenth of the time.

It writes the attributes of every option as if there could be any: with 150 reviewers to choose
from that was a tenth of a page's time.
"""

from typing import Any

from markupsafe import Markup, escape
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.meta import DefaultMeta
from wtforms.widgets import Select


class Options(Select):
    """A `<select>` whose options mostly have a value and a label, and nothing else."""

    @classmethod
    def render_option(cls, choice: SelectChoice, **kwargs: Any) -> Markup:
        """As the one it replaces, attribute by attribute."""
        if kwargs or choice.render_kw or isinstance(choice.value, bool):
            written: Markup = super().render_option(choice, **kwargs)
            return written
        chosen = "selected " if choice.selected else ""
        label = escape(choice.label or choice.value)
        return Markup(f'<option {chosen}value="{escape(choice.value)}">{label}</option>')  # noqa: S704 - escaped here


class QuickSelects(DefaultMeta):
    """What a form's Meta inherits to have its lists written so."""

    def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
        if type(field.widget) is Select:
            field.widget = Options(multiple=field.widget.multiple)
        written: Markup = super().render_field(field, render_kw)
        return written
