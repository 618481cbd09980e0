"""Selections in words: each limit by its key, what it takes to miss it, and what can be wrong."""

from collections.abc import Mapping
from dataclasses import field
from math import ceil

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from cfp.domain.decisions.board import Surroundings
from cfp.domain.decisions.selecting_limits import split
from cfp.records import record
from cfp.web.wording import add_words

add_words(
    {
        "select.bad_number": _l("Give a number from %(low)s to %(high)s, or nothing."),
        "select.least_above_most": _l("At least this many can't be: at most %(most)s may."),
        "select.bad_wish": _l("Choose one of the buttons."),
        "select.no_name": _l("Give the scenario a name."),
        "select.long_name": _l("Write at most %(limit)s characters."),
        "select.nothing": _l("There is nothing to choose from: nothing undecided is submitted."),
        "select.running": _l("Your last scenario is still being computed."),
        "selection.no_time": _l(
            "No choice was found in %(seconds)s seconds. Fewer limits make it easier."
        ),
        "scenario.bad_first": _l("Give a number from 0 to %(limit)s."),
        "scenario.bad_rest": _l("Choose one of these."),
        "scenario.nothing": _l("There is nothing left that this would decide."),
        "scenario.moved_on": _l(
            "Somebody has decided meanwhile, and nothing was applied. "
            "What this would do now is shown here; look at it again."
        ),
    }
)

ROUNDING = 1e-6
CHANGED_WORDS = {
    "state": _l("announced, withdrawn or submitted again since"),
    "pending": _l("decided by somebody since"),
    "reviews": _l("reviews have changed since"),
    "new": _l("new since"),
}


@record
class Names:
    """What tracks and formats are called now."""

    tracks: Mapping[int, str] = field(default_factory=dict)
    types: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, around: Surroundings) -> "Names":
        return cls(
            {one.id: one.name for one in around.tracks}, {one.id: one.name for one in around.types}
        )

    def of_key(self, key: str) -> str:
        """The track or the format of a key; "" for what is about all."""
        kind, id_ = split(key)
        if id_ is None:
            return ""
        return (self.types if kind == "type" else self.tracks).get(id_, "")


def limit_words(key: str, number: int, names: Names) -> str:
    """A limit, such as "at most 3 of Storage"."""
    said = {"n": number, "name": names.of_key(key)}
    match split(key)[0]:
        case "all":
            return str(ngettext("%(num)s minute in all", "%(num)s minutes in all", number))
        case "type" | "track":
            return str(_("%(n)s minutes of %(name)s", **said))
        case "least":
            return str(_("at least %(n)s of %(name)s", **said))
        case "most":
            return str(_("at most %(n)s of %(name)s", **said))
        case "speaker":
            return str(_("at most %(n)s of one speaker", **said))
        case "affiliation":
            return str(_("at most %(n)s %% of the speakers from one employer", **said))
        case _:
            return str(_("at least %(n)s %% by first-time speakers", **said))


def missed_words(key: str, by: float) -> str:
    """By how much a limit is missed; what a share is missed by is a part of somebody."""
    number = max(1, ceil(by - ROUNDING))
    match split(key)[0]:
        case "all" | "type" | "track":
            return str(ngettext("%(num)s minute too many", "%(num)s minutes too many", number))
        case "least":
            return str(ngettext("%(num)s too few", "%(num)s too few", number))
        case "first":
            return str(
                ngettext(
                    "%(num)s submission by first-time speakers is missing",
                    "%(num)s submissions by first-time speakers are missing",
                    number,
                )
            )
        case "affiliation":
            return str(
                ngettext(
                    "%(num)s speaker too many from the same employers",
                    "%(num)s speakers too many from the same employers",
                    number,
                )
            )
        case _:
            return str(ngettext("%(num)s too many", "%(num)s too many", number))
