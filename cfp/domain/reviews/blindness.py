"""Looking for what tells who the speakers are, in texts that reviewers read without their names.

Pure: texts and people in, places out. It is a hint and errs on the side of silence: a word of
everyday language that is somebody's name is no trace by itself, and what it does not find may
still be there. Compared are words, without case and accents, so that "Mueller" and "Müller" are
the same and "Li" is not found in "link".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from cfp.domain.assignment.mail_providers import PUBLIC_DOMAINS
from cfp.domain.submissions.rules import affiliation_key, folded
from cfp.records import record

SURNAME_ALONE, LINK_WORD = 4, 4
"""Letters a surname needs to count without the first name, or inside a link."""

ACRONYM = 3
"""Up to so many letters an employer's name must stand exactly as typed, in capitals."""

TITLES = frozenset(
    ["bc", "dr", "ii", "iii", "ing", "jr", "mgr", "msc", "phd", "prof", "sr", "mba", "dipl"]
)
EVERYDAY = frozenset(
    [
        *("baker", "ball", "banks", "bell", "best", "bishop", "black", "book", "booth", "branch"),
        *("brown", "bush", "case", "chance", "church", "cook", "core", "cross", "field", "fields"),
        *("fish", "fisher", "fuller", "good", "gray", "green", "grey", "hall", "hand", "head"),
        *("hill", "holder", "hope", "house", "hunt", "hunter", "justice", "king", "knight", "lake"),
        *("lane", "light", "little", "long", "love", "march", "mason", "miller", "moon", "noble"),
        *("north", "page", "park", "parks", "pool", "potter", "power", "powers", "price", "rice"),
        *("rivers", "rose", "short", "small", "smart", "smith", "song", "speed", "spring", "steel"),
        *("stone", "street", "strong", "summer", "sweet", "swift", "taylor", "walker", "wall"),
        *("walls", "ward", "waters", "west", "white", "winter", "wolf", "wood", "woods", "worth"),
        *("young",),
    ]
)
"""Surnames that are words: alone they say nothing."""

NO_EMPLOYER = frozenset(
    [
        *("", "consultant", "freelance", "freelancer", "independent", "n a", "na", "none"),
        *("private", "retired", "self", "self employed", "student", "unaffiliated", "university"),
    ]
)
OWN_PAGES = frozenset(
    [
        *("bitbucket.org", "bsky.app", "codeberg.org", "facebook.com", "github.com", "github.io"),
        *("gitlab.com", "gitlab.io", "hachyderm.io", "instagram.com", "linkedin.com"),
        *("mastodon.social", "medium.com", "orcid.org", "scholar.google.com", "sourceforge.net"),
        *("sr.ht", "substack.com", "twitter.com", "x.com", "youtube.com"),
    ]
)
"""Where addresses begin with who it is."""

_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)
_GAP = re.compile(r"[\s.,'\u2019-]{1,3}")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


@record
class Known:
    """Somebody on the submission, as typed."""

    name: str
    affiliation: str = ""
    address: str = ""


@record
class Trace:
    """A place that tells who speaks. kind: name, affiliation, address, link; `line` from 1."""

    field: str
    kind: str
    start: int
    end: int
    line: int
    before: str
    text: str
    after: str


@record
class _Word:
    text: str
    start: int
    end: int


@record
class _Pattern:
    """Words in a row. `capital`: as a proper name is written; `exact`: letter by letter."""

    kind: str
    words: tuple[str, ...]
    capital: bool = False
    exact: str = ""
    dotted: bool = False


def traces(texts: Mapping[str, str], people: Sequence[Known]) -> list[Trace]:
    """The places in each text (field -> text) that tell one of the people, in their order."""
    patterns = [pattern for one in people for pattern in _patterns_of(one)]
    found = []
    for field, text in texts.items():
        spans = [*_addresses(text), *_links(text, people), *_words(text, patterns)]
        spans += _ideographs(text, people)
        found += [_trace(field, text, *span) for span in _longest(spans)]
    return found


def _trace(field: str, text: str, start: int, end: int, kind: str) -> Trace:
    return Trace(
        field=field,
        kind=kind,
        start=start,
        end=end,
        line=text.count("\n", 0, start) + 1,
        before=text[max(0, start - 40) : start].rpartition("\n")[2],
        text=text[start:end],
        after=text[end : end + 40].partition("\n")[0],
    )


Span = tuple[int, int, str]


def _longest(spans: Sequence[Span]) -> list[Span]:
    """Without those inside another: an address says all that the name in it does."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda one: (one[0], -one[1])):
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return kept


def _split(text: str) -> list[_Word]:
    """The words with where they stand, each without case and accents."""
    return [_Word(folded(one.group()), one.start(), one.end()) for one in _WORD.finditer(text)]


def _words_of(text: str) -> tuple[str, ...]:
    return tuple(folded(one) for one in _WORD.findall(text))


def _patterns_of(one: Known) -> Iterator[_Pattern]:
    for name in {one.name, one.name.casefold().translate(_UMLAUTS)}:
        yield from _name_patterns(tuple(w for w in _words_of(name) if w not in TITLES))
    yield from _employer_patterns(one.affiliation)
    domain = _domain(one)
    if domain:
        yield _Pattern("affiliation", _words_of(domain), dotted=True)


def _name_patterns(words: tuple[str, ...]) -> Iterator[_Pattern]:
    if len(words) > 1:
        first, last = words[0], words[-1]
        for row in {words, words[::-1], (first, last), (last, first), (last, *words[:-1])}:
            yield _Pattern("name", row)
        yield _Pattern("name", (first[0], last), capital=True, dotted=True)
        yield _Pattern("name", (last, first[0]), capital=True, dotted=True)
    if words and len(words[-1]) >= SURNAME_ALONE and words[-1] not in EVERYDAY:
        yield _Pattern("name", words[-1:], capital=True)


def _employer_patterns(affiliation: str) -> Iterator[_Pattern]:
    """The whole of it, without its legal form, what stands before a comma, and in brackets."""
    names = {affiliation, affiliation_key(affiliation), affiliation.partition(",")[0]}
    names |= {affiliation.partition("(")[0], *re.findall(r"\(([^()]*)\)", affiliation)}
    for name in names:
        words = _words_of(name)
        if not words or " ".join(words) in NO_EMPLOYER:
            continue
        if len(words) > 1:
            yield _Pattern("affiliation", words)
        elif len(words[0]) > ACRONYM:
            yield _Pattern("affiliation", words, capital=True)
        elif name.strip().isupper() and len(words[0]) > 1:
            yield _Pattern("affiliation", words, exact=name.strip())


def _domain(one: Known) -> str:
    """Where mail reaches the person, unless anybody may have an address there."""
    domain = one.address.rpartition("@")[2].casefold()
    return "" if domain in PUBLIC_DOMAINS else domain


def _words(text: str, patterns: Sequence[_Pattern]) -> Iterator[Span]:
    words = _split(text)
    by_first: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        by_first.setdefault(word.text, []).append(place)
    for pattern in patterns:
        for place in by_first.get(pattern.words[0], ()):
            row = words[place : place + len(pattern.words)]
            if tuple(word.text for word in row) == pattern.words and _stands(text, row, pattern):
                yield row[0].start, row[-1].end, pattern.kind


def _stands(text: str, row: Sequence[_Word], pattern: _Pattern) -> bool:
    """Whether the words are close together, and written as the pattern wants them."""
    gaps = [text[a.end : b.start] for a, b in pairwise(row)]
    if pattern.dotted and pattern.kind == "affiliation":
        return all(gap == "." for gap in gaps)
    if not all(_GAP.fullmatch(gap) for gap in gaps):
        return False
    if pattern.exact:
        return text[row[0].start : row[0].end] == pattern.exact
    if pattern.capital and not all(text[word.start].isupper() for word in row):
        return False
    if pattern.dotted:
        initial = next(word for word in row if len(word.text) == 1)
        return text[initial.end : initial.end + 1] == "."
    return True


def _addresses(text: str) -> Iterator[Span]:
    """An address is a trace whoever's it is: hardly anybody else's stands in an abstract."""
    for match in _ADDRESS.finditer(text):
        yield match.start(), match.end(), "address"


def _links(text: str, people: Sequence[Known]) -> Iterator[Span]:
    """Links to where people have pages of their own, and those with a name or employer in them."""
    telling = {word for one in people for word in _telling_words(one)}
    domains = [domain for one in people if (domain := _domain(one))]
    for match in _LINK.finditer(text):
        link = match.group().casefold()
        host = re.sub(r"^(https?://)?(www\.)?", "", link).partition("/")[0]
        own = any(host == page or host.endswith(f".{page}") for page in (*OWN_PAGES, *domains))
        if own or "/~" in link or "/@" in link or telling & set(_words_of(link)):
            yield match.start(), match.end(), "link"


def _telling_words(one: Known) -> Iterator[str]:
    surname = _words_of(one.name)[-1:]
    employer = _words_of(affiliation_key(one.affiliation))
    for word in (*surname, *(employer if len(employer) == 1 else ())):
        if len(word) >= LINK_WORD and word not in EVERYDAY | NO_EMPLOYER:
            yield word


def _ideographs(text: str, people: Sequence[Known]) -> Iterator[Span]:
    """Names in scripts that put no blanks between words."""
    for one in people:
        name = "".join(one.name.split())
        if len(name) > 1 and _IDEOGRAPH.search(name):
            yield from (
                (match.start(), match.end(), "name")
                for match in re.finditer(r"\s?".join(map(re.escape, name)), text)
            )
