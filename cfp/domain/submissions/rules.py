"""What a submission must have, and how names and affiliations are compared. Plain facts only."""

import re
import unicodedata
from collections.abc import Sequence

from cfp.domain.accounts.rules import address_key
from cfp.records import record

TITLE_LIMIT = 200
ABSTRACT_LIMIT = 10_000
NOTE_LIMIT = 5_000
SPEAKER_LIMIT = 30

_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
_LEGAL_FORM = re.compile(
    "ab|ag|aps|as|asa|bv|bvba|co|company|corp|corporation|ev|gmbh|inc|incorporated|kft|kg|kk"
    "|limited|llc|llp|lp|ltd|mbh|nv|oo|oy|oyj|plc|pte|pty|pvt|sa|sarl|sas|se|sl|sp|spa|spol|srl"
    "|sro|ug|z|zoo|zrt|and"
)


@record
class SpeakerEntry:
    """One speaker as typed, in the order they shall be named; `code` is of one already there."""

    name: str
    affiliation: str = ""
    address: str = ""
    speaks: bool = True
    code: str = ""


@record
class Content:
    """What a person typed about a talk; everything a save of the form carries."""

    title: str
    abstract: str
    type_id: int
    track_id: int
    speakers: tuple[SpeakerEntry, ...]
    note: str = ""


def folded(text: str) -> str:
    """Casefolded, without accents, blanks folded: how texts are searched and names compared."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_WITHOUT_DECOMPOSITION))
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Mn").split())


def affiliation_key(affiliation: str) -> str:
    """One key for one employer: "Red Hat, Inc.", "red hat" and "Red Hat" are the same.

    Legal forms are stripped from the end only, and never down to nothing ("SAS" is a company).
    """
    words = re.findall(r"\w+", re.sub(r"(?<=\w)\.(?=\w)", "", folded(affiliation)))
    if len(words) > 1 and words[0] == "the":
        words.pop(0)
    while len(words) > 1 and _LEGAL_FORM.fullmatch(words[-1]):
        words.pop()
    return " ".join(words) or folded(affiliation)


def lacking(content: Content) -> list[str]:
    """The fields that must be filled before a talk can be submitted, in the order of the form."""
    lacks = [name for name in ("title", "abstract") if not getattr(content, name).strip()]
    named = any(speaker.name.strip() for speaker in content.speakers)
    return lacks if named else [*lacks, "speakers"]


def named_twice(speakers: Sequence[SpeakerEntry]) -> str | None:
    """The name of somebody who is named twice: the same address, or the same name at one place."""
    seen: set[tuple[str, ...]] = set()
    for one in speakers:
        key = address_key(one.address)
        who = (key,) if key else (folded(one.name), affiliation_key(one.affiliation))
        if who in seen and any(who):
            return one.name or one.address
        seen.add(who)
    return None


def too_long(content: Content) -> str | None:
    """The first field beyond its limit, or None: the only check a draft has to pass."""
    limits = {"title": TITLE_LIMIT, "abstract": ABSTRACT_LIMIT, "note": NOTE_LIMIT}
    for name, limit in limits.items():
        if len(getattr(content, name)) > limit:
            return name
    return "speakers" if len(content.speakers) > SPEAKER_LIMIT else None


def content_text(code: str, title: str, abstract: str) -> str:
    """What everybody who may see the content can search: three lines, so that one can be meant."""
    return "\n".join(folded(part) for part in (code, title, abstract))


def people_text(speakers: Sequence[tuple[str, str]]) -> str:
    """What those who may see the speakers can search: (name, affiliation) of each."""
    return folded(" ".join(f"{name} {affiliation}" for name, affiliation in speakers))
