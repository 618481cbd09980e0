"""What counts as a difference between two programs."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cfp.domain.program.differences import differences, same
from cfp.formats.program import Difference, Program, ProgramSpeaker, Slot, Talk

IDENTITY = {"code", "guid", "id", "anchor"}
"""By what a talk is known; no reader sees it change."""

OTHERS = {
    "title": "Flows",
    "speakers": (ProgramSpeaker("S2", "Ben Sample", "", ""),),
    "abstract": "Less is more.",
    "type": "Short talk",
    "track": "Data path",
    "minutes": 10,
    "canceled": False,
    "language": "cs",
    "recorded": False,
}
TALK = Talk("A1B2C3", "guid", 1, "Tables", (), canceled=True, minutes=25)


def program(talk: Talk, *slots: Slot) -> Program:
    return Program(
        conference="netconf",
        title="Networking Days",
        zone="Europe/Prague",
        language="en",
        place="Prague",
        start=date(2026, 11, 19),
        end=date(2026, 11, 19),
        number=1,
        published_at=datetime(2026, 10, 1, tzinfo=UTC),
        talks=(talk,),
        slots=slots,
    )


def slot(hour: int) -> Slot:
    start = datetime(2026, 11, 19, hour, tzinfo=UTC)
    return Slot("guid", 1, TALK.code, "", "Hall", start, start + timedelta(minutes=30))


@pytest.mark.parametrize("name", sorted({field.name for field in fields(Talk)} - IDENTITY))
def test_whatever_readers_see_of_a_talk_is_a_difference(name: str) -> None:
    before = program(TALK)
    talk = replace(TALK, **{name: OTHERS[name]})
    assert same(before, replace(before, number=2))
    assert not same(before, program(talk))
    assert differences(before, program(talk)) == [Difference("changed", talk.title, (name,))]


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        ([], [9], "scheduled"),
        ([9], [11], "moved"),
        ([9], [9, 11], "moved"),
        ([9], [], "unscheduled"),
    ],
)
def test_a_talk_moves_only_from_somewhere_to_somewhere(
    before: list[int], now: list[int], kind: str
) -> None:
    old, new = (program(TALK, *map(slot, hours)) for hours in (before, now))
    assert differences(old, new) == [Difference(kind, TALK.title)]


def test_differences_are_told_in_the_order_of_the_program() -> None:
    late, early = TALK, replace(TALK, code="D4E5F6", title="Flows")
    unplaced = replace(TALK, code="G7H8I9", title="Caches")
    old = replace(program(late), talks=(unplaced, late, early))
    placed = (slot(11), replace(slot(9), guid="other", talk=early.code))
    new = replace(old, talks=(replace(unplaced, abstract="!"), late, early), slots=placed)
    assert [one.title for one in differences(old, new)] == ["Flows", "Tables", "Caches"]
