"""Forms about people: roles, invitations, a claim."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import Optional

from cfp.actors import RoleKind
from cfp.domain.conferences.actions.roles import RoleChoice
from cfp.web.account.forms import Address
from cfp.web.chair.setup_forms import choice, needed
from cfp.web.forms import BaseForm, Text, Ticks

ROLE_WORDS = {
    "chair": _l("chair"),
    "track_chair": _l("track chair"),
    "reviewer": _l("reviewer"),
    "reader": _l("reader"),
}
INVITABLE = [
    (RoleKind.REVIEWER, _l("Reviewer")),
    (RoleKind.TRACK_CHAIR, _l("Track chair")),
    (RoleKind.CHAIR, _l("Chair")),
    (RoleKind.READER, _l("Reader: sees submissions and the program, decides nothing")),
]


def role_words(kind: str) -> str:
    """What a role is called."""
    return str(ROLE_WORDS[kind])


class RolesForm(BaseForm):
    roles = Ticks(_l("Roles"), [Optional()])

    def __init__(self, *, tracks: Sequence[tuple[int, str]] = (), **kwargs: object) -> None:
        super().__init__(**kwargs)
        choices = [choice(kind, words) for kind, words in INVITABLE if kind != "track_chair"]
        for number, name in tracks:
            choices.append(
                choice(f"track_chair-{number}", _l("Track chair of %(name)s", name=name))
            )
        self.roles.choices = choices

    def chosen(self) -> list[RoleChoice]:
        """(kind, id of the track or None) of what is ticked."""
        split = (value.partition("-") for value in self.roles.data or [])
        return [(kind, int(track) if track else None) for kind, _hyphen, track in split]


class InviteForm(BaseForm):
    kind = RadioField(
        _l("As"),
        [needed(_l("Choose what they are invited as."))],
        default=RoleKind.REVIEWER,
    )
    track = SelectField(_l("Of the track (for track chairs)"), [Optional()])
    lines = Text(
        _l("Whom"),
        [needed(_l("Paste at least one address."))],
        limit=100_000,
        description=_l("One a line: Ada Example <ada@example.org>. An address alone will do."),
    )

    def __init__(self, *, tracks: Sequence[tuple[int, str]] = (), **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [choice(kind, words) for kind, words in INVITABLE]
        rows = [choice(str(number), name) for number, name in tracks]
        self.track.choices = [choice("", _l("none")), *rows]


class ClaimForm(BaseForm):
    email = Address(_l("E-mail address"), [needed(_l("Type their e-mail address."))])
