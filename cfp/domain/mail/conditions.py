"""Parts of a mail's text that only some readers get.

    {if track is "Networking"}
    Please bring a laptop with two network ports.
    {else}
    A laptop is enough.
    {end}

`{if name}` holds where the placeholder has a value, `{if name is "value"}` where it has this one
(in any case of letters), `{if not ...}` the other way round. Conditions may stand within each
other. A line that holds nothing but one of these marks leaves no gap. They are judged before any
placeholder is filled, so nothing that a speaker has typed can be one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cfp.errors import DomainError

MARK = re.compile(
    r"""
    (?P<alone>^[ \t]*)?
    \{(?:
        if[ ](?P<no>not[ ])?(?P<name>[a-z_]+)(?:[ ]is[ ]"(?P<value>[^"\n]*)")?
        | (?P<word>else|end)
        | (?P<bad>(?:if|else|end)\b[^{}\n]*)
    )\}
    (?(alone)(?:[ \t]*\n)?)
    """,
    re.VERBOSE | re.MULTILINE,
)


@dataclass
class _Open:
    """A condition whose `{end}` has not come yet.

    Attributes:
        mark: as it stands in the text.
        line: where, the first line is 1.
        around: whether what is around it is read at all.
        holds: whether the part up to `{else}` or `{end}` is read, if what is around it is.
    """

    mark: str
    line: int
    around: bool
    holds: bool
    has_else: bool = False


def resolve(text: str, values: Mapping[str, str]) -> str:
    """The text with the parts that hold for these values, without the marks.

    Raises:
        DomainError: `mail.bad_condition` with the `mark` and its `line`, or
            `mail.unknown_placeholder` with its `name`.
    """
    return "".join(_parts(text, values))


def _parts(text: str, values: Mapping[str, str]) -> Iterator[str]:
    opened: list[_Open] = []
    reads, done = True, 0
    for match in MARK.finditer(text):
        if reads:
            yield text[done : match.start()]
        done = match.end()
        mark, line = match.group().strip(), text.count("\n", 0, match.start()) + 1
        if match["name"]:
            opened.append(_Open(mark, line, reads, _holds(match, values)))
        elif match["bad"] or not opened or (match["word"] == "else" and opened[-1].has_else):
            raise DomainError("mail.bad_condition", mark=mark, line=line)
        elif match["word"] == "else":
            opened[-1].has_else, opened[-1].holds = True, not opened[-1].holds
        else:
            reads = opened.pop().around
            continue
        reads = opened[-1].around and opened[-1].holds
    if opened:
        raise DomainError("mail.bad_condition", mark=opened[-1].mark, line=opened[-1].line)
    yield text[done:]


def _holds(match: re.Match[str], values: Mapping[str, str]) -> bool:
    name, wanted = match["name"], match["value"]
    if name not in values:
        raise DomainError("mail.unknown_placeholder", name="{" + name + "}")
    value = values[name].strip()
    holds = bool(value) if wanted is None else value.casefold() == wanted.strip().casefold()
    return holds is not bool(match["no"])
