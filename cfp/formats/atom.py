"""`feed.atom`: one entry per version, with what it changed (RFC 4287)."""

import uuid
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cfp.formats.codec import rfc3339
from cfp.formats.grammar import clean_text, one_line
from cfp.formats.program import Difference, Release
from cfp.formats.writers import Edition

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_NAMESPACE = "http://www.w3.org/2005/Atom"
_WORDS = {
    "new": "New",
    "scheduled": "Now has a time",
    "moved": "Moved",
    "unscheduled": "Has no time now",
    "changed": "Changed",
    "canceled": "Canceled",
    "removed": "Removed",
}


def write_atom(edition: Edition) -> str:
    """Return the feed of a program; the newest version is first."""
    program = edition.program
    page = edition.links.program(program.conference)
    own = Release(program.number, program.published_at, program.note, ())
    releases = edition.history or (own,)
    # The words of the feed are English, whatever the talks are in.
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "en"})
    SubElement(feed, "title").text = one_line(program.title) or program.conference
    SubElement(feed, "id").text = _id(page, "feed")
    SubElement(feed, "updated").text = rfc3339(max(one.published_at for one in releases))
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=f"{page}feed.atom")
    SubElement(feed, "link", rel="alternate", type="text/html", href=page)
    author = SubElement(feed, "author")
    SubElement(author, "name").text = one_line(program.title) or program.conference
    for release in releases:
        _entry(feed, page, release)
    indent(feed, " ")
    return _DECLARATION + tostring(feed, encoding="unicode") + "\n"


def _id(page: str, name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{page}#{name}").urn


def _entry(feed: Element, page: str, release: Release) -> None:
    entry = SubElement(feed, "entry")
    SubElement(entry, "title").text = f"Version {release.number} of the program"
    SubElement(entry, "id").text = _id(page, f"version-{release.number}")
    SubElement(entry, "updated").text = rfc3339(release.published_at)
    SubElement(entry, "published").text = rfc3339(release.published_at)
    SubElement(entry, "link", rel="alternate", type="text/html", href=page)
    # Plain text: nothing a title holds can become mark-up in a reader.
    SubElement(entry, "content", type="text").text = "\n".join(_lines(release))


def _lines(release: Release) -> Iterator[str]:
    note = clean_text(release.note)
    if note:
        yield note
    if not release.differences:
        yield "The program is published." if release.number == 1 else "No talk or break changed."
    yield from map(_line, release.differences)


def _line(difference: Difference) -> str:
    details = f" ({', '.join(difference.details)})" if difference.details else ""
    return f"{_WORDS.get(difference.kind, difference.kind)}: {one_line(difference.title)}{details}"
