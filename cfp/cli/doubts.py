"""What an import was not sure about, in words."""

from collections.abc import Mapping

from cfp.formats.imported import Doubt

SENTENCES: Mapping[str, str] = {
    "speakers.commas": "several commas in {entry!r}",
    "speakers.company": "{entry!r} ends like a company's name",
    "speakers.parentheses": "parentheses in {entry!r}",
    "speakers.listed": "{entry!r} is read as several people of one affiliation",
    "speakers.and": "{entry!r} may be two people",
    "speakers.role": "{entry!r} contains a role, such as host or moderator",
    "speakers.unbalanced": "a parenthesis is not closed in {entry!r}",
    "speakers.no_prefix": "a line of speakers without its prefix: {entry!r}",
    "speakers.in_heading": "speakers in the heading: {entry!r}",
    "speakers.missing": "no speakers for {title!r}",
    "people.affiliations": "{name} is given with several affiliations: {affiliations}",
    "talks.same_title": "two talks are called {title!r}",
    "talks.heading": "a heading without speakers: {title!r}",
    "talks.note": "a note at {title!r}: {note}",
    "talks.stray": "text outside of a talk after {title!r}",
    "slots.anchor": "the row {title!r} leads to another talk; its title is believed",
    "slots.title": "the row {title!r} has another title than its talk; its link is believed",
    "slots.unknown": "the row {title!r} leads to no talk",
    "slots.several": "the row {title!r} fits several talks",
    "times.unknown": "the file has no times",
    "times.row": "the time of {title!r} can't be read",
    "dates.month": "the cell says {cell}, the page {page}",
    "dates.page": "the page says it starts on {expected}, the schedule on {found}",
    "dates.start": "the conference starts on {expected}, the schedule on {found}",
    "footer.proposed": "taken as the footer: {text!r}",
    "left.conference": "of the conference itself the file says otherwise, which stays: {fields}",
    "left.section": "there is no place for the section {title!r}; it was left out",
    "left.broadcast": "the link to watch a room can't be kept: {url}",
    "left.canceled": "{title!r} is canceled and was never announced here; it is not shown",
    "left.material": "the link of {title!r} can't be kept: {url}",
}


def doubt_sentence(doubt: Doubt) -> str:
    """One line: where, what, and how else it could be read."""
    place = f"line {doubt.line}: " if doubt.line else ""
    words = SENTENCES.get(doubt.key, doubt.key).format(**doubt.data)
    others = f" (or: {' | '.join(doubt.alternatives)})" if doubt.alternatives else ""
    return f"{place}{words}{others}"
