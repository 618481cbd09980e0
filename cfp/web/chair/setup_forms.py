"""Forms of set-up and settings, and the fields they share."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FloatField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import TextInput, URLInput

from cfp.domain.conferences import rules
from cfp.errors import DomainError
from cfp.web.account.forms import Address, zone_names
from cfp.web.forms import BaseForm, Line, Text, Ticks, Validator

LAST_MINUTE = time(23, 59)
ROW_LIMIT = 100


class Day(DateField):
    """A day within what calendars, mails and databases all understand."""

    def pre_validate(self, form: BaseForm) -> None:
        if isinstance(self.data, date) and not 1970 <= self.data.year <= 2200:
            raise ValidationError(str(_l("Give a year between 1970 and 2200.")))


class Whole(IntegerField):
    """A whole number within bounds."""

    def __init__(
        self, label: object, low: int, high: int, *, optional: bool = False, **kwargs: object
    ) -> None:
        first: Validator = Optional() if optional else needed(_l("Give a number."))
        super().__init__(label, [first, NumberRange(low, high)], **kwargs)


class WebAddress(Line):
    """A link to somewhere else."""

    widget = URLInput()


def needed(message: object) -> Validator:
    """The field must be filled, with our own words for it."""
    check: Validator = InputRequired(message)
    return check


def zone_choices(*first: tuple[str, object]) -> dict[object, list[SelectChoice]]:
    """Choices of a time zone's select, in groups; `first` come before all others."""
    groups: dict[object, list[SelectChoice]] = {
        _l("Any"): [*(choice(*one) for one in first), choice("UTC", "UTC")]
    }
    for region, names in zone_names().items():
        groups[region] = [choice(name, name.split("/", 1)[1].replace("_", " ")) for name in names]
    return groups


def choice(value: str, label: object) -> SelectChoice:
    """A choice with its words."""
    return SelectChoice(value, str(label))


def deadline_zones() -> dict[object, list[SelectChoice]]:
    """Zones a deadline can be named in."""
    return zone_choices(
        ("", _l("the conference's own")), (rules.AOE, _l("AoE, the last place on earth"))
    )


class Wall:
    """A day and a time of a form, as one moment in a zone; both or neither are filled."""

    def __init__(self, form: BaseForm, name: str) -> None:
        self.name = f"{name}_date"
        self.day: date | None = form[self.name].data
        self.at: time | None = form[f"{name}_time"].data

    def moment(self, zone: str) -> datetime | None:
        """The moment, None where no day is given. Raises DomainError as `rules.instant`."""
        if self.day is None:
            return None
        return rules.instant(self.day, self.at or LAST_MINUTE, zone, field=self.name)

    def needed_moment(self, zone: str) -> datetime:
        """The moment. Raises DomainError `conference.no_day` where none is given."""
        moment = self.moment(zone)
        if moment is None:
            raise DomainError("conference.no_day", field=self.name)
        return moment


def split_moment(name: str, moment: datetime | None, zone: str) -> dict[str, object]:
    """Day and time of a moment, by the names of a form's fields."""
    local = moment.astimezone(ZoneInfo(zone)) if moment else None
    return {
        f"{name}_date": local.date() if local else None,
        f"{name}_time": local.time().replace(second=0, microsecond=0) if local else None,
    }


class TypeRow(Form):
    row_id = HiddenField()
    name = Line(_l("Name"), limit=80)
    minutes = Whole(_l("Minutes"), 1, rules.MINUTES_LIMIT, default=25)
    discussion_minutes = Whole(_l("Minutes of discussion"), 0, rules.MINUTES_LIMIT, default=5)


class TrackRow(Form):
    row_id = HiddenField()
    name = Line(_l("Name"), limit=80)
    description = Line(_l("What belongs into it"), limit=500)


class RoomRow(Form):
    row_id = HiddenField()
    name = Line(_l("Name"), limit=80)
    capacity = Whole(_l("Seats"), 1, 100_000, optional=True)


class TypesForm(BaseForm):
    rows = FieldList(FormField(TypeRow), _l("Formats"), max_entries=ROW_LIMIT)


class TracksForm(BaseForm):
    rows = FieldList(FormField(TrackRow), _l("Tracks"), max_entries=ROW_LIMIT)


class RoomsForm(BaseForm):
    rows = FieldList(FormField(RoomRow), _l("Rooms"), max_entries=ROW_LIMIT)


class EditionForm(BaseForm):
    """What is new every year."""

    name = Line(_l("Name"), [needed(_l("Give the conference a name."))], limit=200)
    slug = Line(
        _l("Its address"),
        limit=rules.SLUG_LIMIT,
        description=_l("Small letters, digits and hyphens; left empty, it follows the name."),
    )
    start_date = Day(_l("First day"), [needed(_l("Give the first day."))])
    end_date = Day(_l("Last day"), [needed(_l("Give the last day."))])
    place = Line(_l("Place"), limit=200)
    zone = SelectField(_l("Time zone"), [needed(_l("Choose the time zone."))])
    deadline_date = Day(_l("Deadline, day"), [needed(_l("Give the day of the deadline."))])
    deadline_time = TimeField(_l("Time"), [Optional()], default=LAST_MINUTE)
    deadline_zone = SelectField(_l("In the time zone"), [Optional()])
    contact = Address(
        _l("Contact address"), [needed(_l("Give the address where questions arrive."))]
    )

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.zone.choices = zone_choices()
        self.deadline_zone.choices = deadline_zones()


class NewConferenceForm(EditionForm):
    """The seven answers of a new conference."""

    types = FieldList(FormField(TypeRow), _l("Formats"), max_entries=ROW_LIMIT)
    names = RadioField(
        _l("May reviewers see who speaks?"),
        [needed(_l("Choose whether reviewers see names."))],
        choices=[
            SelectChoice("shown", _l("Yes")),
            SelectChoice("hidden", _l("No, they judge the text alone")),
        ],
        default="shown",
    )


class CloneForm(EditionForm):
    """A new edition of a conference there was."""

    committee = Ticks(_l("Invite again"), [Optional()])

    def __init__(self, *, members: Sequence[tuple[str, str]] = (), **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.committee.choices = [choice(*one) for one in members]


class BasicsForm(BaseForm):
    name = EditionForm.name
    start_date = EditionForm.start_date
    end_date = EditionForm.end_date
    place = EditionForm.place
    zone = EditionForm.zone
    keep = RadioField(
        _l("If the time zone changes, the planned slots keep"),
        choices=[
            SelectChoice("wall", _l("the time on the clock: 10:00 here becomes 10:00 there")),
            SelectChoice("instants", _l("the same moment, whatever the clock there shows")),
        ],
        default="wall",
    )

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.zone.choices = zone_choices()


class PageForm(BaseForm):
    introduction = Text(_l("Introduction"))
    attendance = Text(_l("How to attend"))
    registration = Text(_l("Registration"))
    registration_url = WebAddress(_l("Link to the registration"))
    booking = Text(_l("Hotel and travel"))
    broadcast = Text(_l("Broadcast and discussion"))
    contact_text = Text(_l("Contact, as it stands at the end of the page"))
    contact = Address(
        _l("Contact address"), [needed(_l("Give the address where questions arrive."))]
    )
    mailing_list = Line(_l("Mailing list"))
    markdown = BooleanField(_l("Abstracts are written in Markdown"))


class CallForm(BaseForm):
    opens_date = Day(_l("Opens, day"), [Optional()])
    opens_time = TimeField(_l("Time"), [Optional()])
    deadline_date = EditionForm.deadline_date
    deadline_time = TimeField(_l("Time"), [Optional()])
    deadline_zone = EditionForm.deadline_zone
    grace_minutes = Whole(_l("Grace for those with an open draft, minutes"), 0, rules.GRACE_LIMIT)
    edits_date = Day(_l("Submissions can be edited until, day"), [Optional()])
    edits_time = TimeField(_l("Time"), [Optional()])
    changes_date = Day(_l("Changes that are asked for are handed in until, day"), [Optional()])
    changes_time = TimeField(_l("Time"), [Optional()])
    decisions_by = Day(_l("Decisions by"), [Optional()])

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.deadline_zone.choices = deadline_zones()


class ExtendForm(BaseForm):
    deadline_date = EditionForm.deadline_date
    deadline_time = TimeField(_l("Time"), [Optional()])
    deadline_zone = EditionForm.deadline_zone
    tell = RadioField(_l("Tell by mail"), [needed(_l("Choose who is told."))])

    def __init__(self, *, audience: Sequence[tuple[str, str]] = (), **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.deadline_zone.choices = deadline_zones()
        self.tell.choices = [choice(*one) for one in audience]


class CountForm(BaseForm):
    """Mail to many goes out when its number is typed."""

    count = Line(_l("Type the number of mails to send them"), limit=10)

    def expect_count(self, count: int) -> None:
        """Raise DomainError `mail.wrong_count` unless this number was typed."""
        if self.count.data != str(count):
            raise DomainError("mail.wrong_count", field="count", count=count)


class ReviewingForm(BaseForm):
    names = NewConferenceForm.names
    reviewing = RadioField(
        _l("Who reviews what?"),
        [needed(_l("Choose who reviews what."))],
        choices=[
            SelectChoice("everyone", _l("Each reviewer may score each submission")),
            SelectChoice("assigned", _l("Reviewers are assigned (adds the stage Assignment)")),
        ],
    )
    reviews_per_submission = Whole(_l("Reviews wanted per submission"), 1, 20)
    reviewing_open = BooleanField(_l("Reviews can be written and changed now"))
    due_date = Day(_l("Reviews are due, day"), [Optional()])
    due_time = TimeField(_l("Time"), [Optional()])
    close_date = Day(_l("Reviews are taken until, day"), [Optional()])
    close_time = TimeField(_l("Time"), [Optional()])
    others_reviews = RadioField(
        _l("When do reviewers see the others' reviews?"),
        [needed(_l("Choose when."))],
        choices=[
            SelectChoice("never", _l("Never")),
            SelectChoice("after_own", _l("After their own is submitted")),
            SelectChoice("always", _l("Always")),
        ],
    )
    reviewer_names_shown = BooleanField(_l("Reviewers see who else reviews, after their own"))
    delegation = RadioField(
        _l("May reviewers have somebody else write a review for them?"),
        [needed(_l("Choose whether reviewers may."))],
        choices=[
            SelectChoice("off", _l("No")),
            SelectChoice("approved", _l("Yes, once a chair has approved the person")),
            SelectChoice("on", _l("Yes")),
        ],
    )
    asks_confidence = BooleanField(_l("Ask how well the reviewer knows the subject"))
    compares_pairs = BooleanField(
        _l("Reviewers also compare submissions, two or a handful at a time")
    )
    asks_speaker_text = BooleanField(_l("Ask for a text that is meant for the speakers"))
    sends_speaker_text = BooleanField(
        _l("Show that text to the speakers after the decision, without the reviewer's name")
    )
    uses_bids = BooleanField(_l("Let reviewers say what they want to review before assigning"))
    tells_leniency = BooleanField(
        _l("After the reviewing, tell reviewers how their own scores compare with the others'")
    )


class CriterionForm(BaseForm):
    name = Line(_l("Question"), [needed(_l("Give the question a name."))], limit=120)
    help = Text(_l("What reviewers should think of"), limit=2_000)
    low = Whole(_l("Lowest value"), 0, 10)
    high = Whole(_l("Highest value"), 0, 10)
    labels = Text(
        _l("Words for the values"),
        limit=2_000,
        description=_l("One line for each value, the lowest first; or none at all."),
    )
    weight = FloatField(
        _l("Weight"), [needed(_l("Give a number.")), NumberRange(0, 100)], widget=TextInput()
    )
    required = BooleanField(_l("Must be answered"))
    counts = BooleanField(_l("Is part of the total"))
    tracks = Ticks(_l("Only in these tracks"), [Optional()], coerce=int)
    types = Ticks(_l("Only for these formats"), [Optional()], coerce=int)

    def __init__(
        self,
        *,
        tracks_offered: Sequence[tuple[int, str]] = (),
        types_offered: Sequence[tuple[int, str]] = (),
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.tracks.choices = [SelectChoice(*one) for one in tracks_offered]
        self.types.choices = [SelectChoice(*one) for one in types_offered]


class MailForm(BaseForm):
    subject = Line(_l("Subject"), [needed(_l("Give the mail a subject."))], limit=200)
    body = Text(_l("Text"), [needed(_l("Give the mail a text."))])
