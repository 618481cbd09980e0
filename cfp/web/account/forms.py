"""The account area's fields and forms."""

from functools import lru_cache
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, Optional
from wtforms.widgets import EmailInput

from cfp.domain.mail.rules import is_address
from cfp.web.forms import BaseForm, Line, Text, refuse_controls

NAME_LIMIT = 120


class Address(Line):
    """One e-mail address."""

    widget = EmailInput()

    def pre_validate(self, form: BaseForm) -> None:
        if self.data and not is_address(self.data):
            raise ValidationError(str(_l("This is not an e-mail address.")))


class Secret(PasswordField):
    """A password as typed: not trimmed, never shown again, paste allowed."""

    def __init__(self, label: object, missing: object, **kwargs: object) -> None:
        checks = [InputRequired(missing), refuse_controls, Length(max=1000)]
        super().__init__(label, checks, **kwargs)


class EmailForm(BaseForm):
    email = Address(_l("E-mail address"), [InputRequired(_l("Type your e-mail address."))])
    next = HiddenField()


class CodeForm(BaseForm):
    code = Line(_l("6-digit code"), [InputRequired(_l("Type the code from the mail."))], limit=20)


class PasswordLogInForm(BaseForm):
    email = Address(_l("E-mail address"), [InputRequired(_l("Type your e-mail address."))])
    password = Secret(_l("Password"), _l("Type your password."))
    next = HiddenField()


class NameForm(BaseForm):
    name = Line(_l("Name"), [InputRequired(_l("Type your name."))], limit=NAME_LIMIT)
    affiliation = Line(_l("Affiliation"), limit=200)
    next = HiddenField()


class ProfileForm(BaseForm):
    name = Line(_l("Name"), [InputRequired(_l("Type your name."))], limit=NAME_LIMIT)
    affiliation = Line(_l("Affiliation"), limit=200)
    bio = Text(_l("About you"), limit=2000)
    zone = SelectField(_l("Time zone"), validators=[Optional()])

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.zone.choices = zone_choices(self.zone.data or "")


class NewPasswordForm(BaseForm):
    current = Secret(_l("Password until now"), _l("Type the password you have now."))
    password = Secret(_l("New password"), _l("Type a new password."))


class RemovePasswordForm(BaseForm):
    current = Secret(_l("Password until now"), _l("Type the password you have now."))


class AnswerForm(BaseForm):
    """Yes or no: two buttons of one form."""

    answer = Line(validators=[AnyOf(["yes", "no"], message=_l("Say yes or no."))])
    reason = Text(_l("If you say no: why? (not needed)"), limit=1000)


class DeleteForm(BaseForm):
    sure = BooleanField(
        _l("Delete my account"), [InputRequired(_l("Tick the box to delete your account."))]
    )


@lru_cache(maxsize=1)
def zone_names() -> dict[str, list[str]]:
    """Region -> IANA names of its places; names that are mere aliases of rules are left out."""
    regions = ["Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe"]
    regions += ["Indian", "Pacific"]
    found = sorted(available_timezones())
    return {r: [name for name in found if name.startswith(f"{r}/")] for r in regions}


def zone_choices(current: str) -> dict[object, list[SelectChoice]]:
    """For a select with one group per region; typing a city's first letters finds it.

    `current` is offered too when it is a zone without a region, such as Etc/GMT+12.
    """
    plain = [SelectChoice("", str(_l("Each conference's own"))), SelectChoice("UTC", "UTC")]
    listed = {name for names in zone_names().values() for name in names} | {"", "UTC"}
    if current not in listed and current in available_timezones():
        plain.append(SelectChoice(current, current))
    groups: dict[object, list[SelectChoice]] = {_l("Any"): plain}
    for region, names in zone_names().items():
        groups[region] = [SelectChoice(n, n.split("/", 1)[1].replace("_", " ")) for n in names]
    return groups
