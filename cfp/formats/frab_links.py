"""The links and attachments of c3voc's events, read as slides and videos.

The schemas say nothing of what is behind an address, so only what is told is believed: what is
attached are a talk's slides, a link is its video where its type or its words say so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from cfp.formats.grammar import one_line
from cfp.formats.imported import Doubt
from cfp.formats.json_values import text
from cfp.formats.program import Material
from cfp.formats.xml_tree import XmlElement
from cfp.records import record

_VIDEO = re.compile(r"\b(?:video|videos|recording|media)\b", re.IGNORECASE)


@record
class Reference:
    """An address beside an event; `listed` is the name of its list."""

    listed: Literal["links", "attachments"]
    url: str
    title: str
    type: str

    @property
    def kind(self) -> Literal["slides", "video"] | None:
        """What it is, if that is told."""
        if self.listed == "attachments":
            return "slides"
        return "video" if _VIDEO.search(f"{self.type} {self.title}") else None


def of_xml(event: XmlElement) -> Iterator[Reference]:
    """Yield what an `<event>` refers to."""
    for attachment in _listed(event, "attachments", "attachment"):
        href, kind = (attachment.attributes.get(name, "") for name in ("href", "type"))
        yield Reference("attachments", href.strip(), one_line(attachment.text), kind)
    for link in _listed(event, "links", "link"):
        href, kind = (link.attributes.get(name, "") for name in ("href", "type"))
        yield Reference("links", href.strip(), one_line(link.text), kind)
    if recording := event.text_of("video_download_url"):
        yield Reference("links", recording, "", "video")


def _listed(event: XmlElement, listed: str, name: str) -> list[XmlElement]:
    around = event.first(listed)
    return around.all(name) if around is not None else []


def of_json(event: Mapping[str, object]) -> Iterator[Reference]:
    """Yield what an event of a schedule.json refers to."""
    names: tuple[Literal["attachments"], Literal["links"]] = ("attachments", "links")
    for name in names:
        listed = event.get(name)
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, Mapping):
                title, kind = one_line(text(one.get("title"))), text(one.get("type"))
                yield Reference(name, text(one.get("url")).strip(), title, kind)
    if recording := text(event.get("video_download_url")).strip():
        yield Reference("links", recording, "", "video")


def materials_of(references: Iterable[Reference]) -> tuple[Material, ...]:
    """Return the slides and the video of a talk; there is one of each at most."""
    found: dict[str, Material] = {}
    for one in references:
        if one.kind is not None and one.url:
            found.setdefault(one.kind, Material("", one.kind, one.url))
    return tuple(found.values())


def left_out(
    references: Iterable[Reference], kept: Iterable[Material], title: str, line: int | None
) -> Iterator[Doubt]:
    """Yield a doubt for each address that is neither."""
    urls = {one.url for one in kept}
    for one in references:
        if one.url and one.url not in urls:
            yield Doubt(line, "left.material", {"title": title, "url": one.url})
