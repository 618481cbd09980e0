"""Bids that are unusual: what a chair should look at, and how likely each is by chance alone.

Sources: Littman (2021, "Collusion rings threaten the integrity of computer science research") for
the rings; Wu et al. (2021, "Making paper reviewing robust to bid manipulation attacks") and Jecmen
et al. (2022, "Tradeoffs in preventing manipulation in paper bidding for reviewer assignment") for
what single reviewers do. Nothing here proves anything: people with the same interests want each
other's talks. So each finding says what it rests on, and its chance if the reviewer had put as many
bids of that kind anywhere.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import comb, exp, log
from statistics import median
from types import MappingProxyType

from cfp.records import record

RARE = 0.01
"""What is likelier than this by chance is not reported."""

UNCOMMON = 0.1
"""What more than this share of the reviewers do is a habit of the conference."""

CHOOSY = 0.5
"""Who wants more than this share of everything is in no ring: their bids say nothing of anybody."""

SAME_FROM = 5
"""Bids that must be the same to be more than a coincidence."""

MANY_FROM = 20
"""Bids from which "nearly everything" and "nearly nothing" mean something."""

NEARLY = 0.9

LONE_FROM, ALIKE_FROM = 2, 5
"""Wishes far from one's subjects, and reviewers of the same subjects to compare them with."""

SHOWN = 20
"""Findings of a kind that are told; the rest are counted."""

KINDS = ("pair", "ring", "far", "author", "same", "everything", "nothing")


@record
class Facts:
    """What is known of bids: everything by ids.

    speakers: who stands on each submission, as persons; authors: the same by the speakers' codes,
    which people without an account have too; tracks and words: what each reviewer says they know.
    """

    submissions: Mapping[int, int]
    speakers: Mapping[int, Collection[int]]
    authors: Mapping[int, Collection[str]]
    bids: Mapping[int, Mapping[int, str]]
    tracks: Mapping[int, Collection[int]]
    words: Mapping[int, Collection[str]]

    @cached_property
    def wants(self) -> Mapping[int, set[int]]:
        """Reviewer -> the submissions they want."""
        return {
            person: {one for one, value in bids.items() if value == "want"}
            for person, bids in self.bids.items()
        }

    def open_to(self, person: int) -> int:
        """How many submissions they can bid on: all but those they stand on."""
        return len(self.submissions) - self.own.get(person, 0)

    @cached_property
    def own(self) -> Mapping[int, int]:
        """Person -> on how many submissions they stand."""
        return Counter(person for people in self.speakers.values() for person in people)


@dataclass(frozen=True, slots=True)
class Odd:
    """One finding. `people` are in the order of its sentence; `of` is how many could have been."""

    kind: str
    people: tuple[int, ...]
    submissions: tuple[int, ...]
    chance: float
    of: int
    figures: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@record
class Report:
    """By kind: how many there are, and the least likely of them."""

    totals: Mapping[str, int]
    shown: Mapping[str, Sequence[Odd]]


def report(found: Iterable[Odd]) -> Report:
    """The least likely first; ties in the order of the people, so that it is always the same."""
    by_kind: dict[str, list[Odd]] = defaultdict(list)
    for one in found:
        by_kind[one.kind].append(one)
    shown = {
        kind: sorted(by_kind[kind], key=lambda one: (one.chance, one.people))[:SHOWN]
        for kind in KINDS
        if kind in by_kind
    }
    return Report({kind: len(by_kind[kind]) for kind in shown}, shown)


def odd_bids(facts: Facts) -> Iterator[Odd]:
    """Every finding that needs no texts; see `far_wishes` for the one that does."""
    yield from rings(facts)
    yield from one_author(facts)
    yield from same_bids(facts)
    yield from lopsided(facts)


# Rings ----------------------------------------------------------------------------------------


def rings(facts: Facts) -> Iterator[Odd]:
    """Reviewers who want each other's submissions: two of them, or three in a circle.

    The chance of a wish is that of at least so many among the other's submissions, if theirs had
    fallen anywhere; of a ring it is the product. A circle with a pair in it is told as the pair.
    """
    wishes = _wishes(facts)
    own = facts.own
    speaking = sum(1 for person in facts.bids if own.get(person))
    chances = {
        (one, other): _at_least(len(which), own[other], _rate(facts, one))
        for one, others in wishes.items()
        for other, which in others.items()
    }

    def ring(kind: str, people: tuple[int, ...], of: int) -> Iterator[Odd]:
        steps = list(zip(people, (*people[1:], people[0]), strict=True))
        chance = exp(sum(log(chances[step]) for step in steps))
        if chance <= RARE:
            which = tuple(min(wishes[one][other]) for one, other in steps)
            yield Odd(kind, people, which, chance, of)

    for one, other in _pairs(wishes):
        yield from ring("pair", (one, other), comb(speaking, 2))
    for circle in _circles(wishes):
        yield from ring("ring", circle, 2 * comb(speaking, 3))


def _wishes(facts: Facts) -> dict[int, dict[int, set[int]]]:
    """Reviewer -> another reviewer -> which submissions of theirs they want."""
    found: dict[int, dict[int, set[int]]] = {}
    for person, wanted in facts.wants.items():
        if not wanted or _rate(facts, person) > CHOOSY:
            continue
        others: dict[int, set[int]] = defaultdict(set)
        for submission in wanted:
            for other in facts.speakers.get(submission, ()):
                if other in facts.bids and other != person:
                    others[other].add(submission)
        found[person] = others
    return found


def _pairs(wishes: Mapping[int, Mapping[int, object]]) -> Iterator[tuple[int, int]]:
    for one, others in wishes.items():
        for other in others:
            if one < other and one in wishes.get(other, ()):
                yield one, other


def _circles(wishes: Mapping[int, Mapping[int, object]]) -> Iterator[tuple[int, int, int]]:
    """Three in a circle, begun at the lowest, without a pair among them."""
    one_way = {
        person: {other for other in others if person not in wishes.get(other, ())}
        for person, others in wishes.items()
    }
    for first, others in one_way.items():
        for second in others:
            if second <= first:
                continue
            for third in one_way.get(second, ()):
                if third > first and first in one_way.get(third, ()):
                    yield first, second, third


def _rate(facts: Facts, person: int) -> float:
    return len(facts.wants[person]) / max(1, facts.open_to(person))


def _at_least(number: int, of: int, rate: float) -> float:
    """The binomial tail: `number` or more of `of`, each at this rate."""
    if rate >= 1:
        return 1.0
    tail = (comb(of, k) * rate**k * (1 - rate) ** (of - k) for k in range(number, of + 1))
    return max(sum(tail), 1e-300)


# One reviewer ---------------------------------------------------------------------------------


def lone_wishes(facts: Facts) -> dict[int, set[int]]:
    """Reviewer -> wishes outside their tracks that nobody of the same subjects has.

    Reviewers of the same subjects share a track. Whether the texts have something in common is for
    `far_wishes`: only of these few must they be read.
    """
    wanted = {person: one for person, one in facts.wants.items() if one}
    by_track: dict[int, set[int]] = defaultdict(set)
    for person in wanted:
        for track in facts.tracks.get(person, ()):
            by_track[track].add(person)
    wished = {
        track: Counter(one for person in people for one in wanted[person])
        for track, people in by_track.items()
    }
    found: dict[int, set[int]] = {}
    for person, tracks in facts.tracks.items():
        if not tracks or person not in wanted:
            continue
        alike = set().union(*(by_track[track] for track in tracks)) - {person}
        if len(alike) < ALIKE_FROM:
            continue
        lone = {
            one
            for one in wanted[person]
            if facts.submissions[one] not in tracks
            and all(wished[track][one] <= 1 for track in tracks)
        }
        if len(lone) >= LONE_FROM:
            found[person] = lone
    return found


def far_wishes(
    facts: Facts, lone: Mapping[int, Collection[int]], words: Mapping[int, Collection[str]]
) -> Iterator[Odd]:
    """Wishes against all expertise: outside one's tracks, without a word of one's own text in it.

    `words` are those of the submissions in `lone`. The chance is that of so many such wishes, at
    the share that all others have of them.
    """
    far = {
        person: {one for one in some if not set(words.get(one, ())) & set(facts.words[person])}
        for person, some in lone.items()
    }
    wanted = {person: len(one) for person, one in facts.wants.items() if facts.tracks.get(person)}
    all_far, all_wanted = sum(map(len, far.values())), sum(wanted.values())
    for person, some in far.items():
        if len(some) < LONE_FROM:
            continue
        others = (all_far - len(some) + 1) / (all_wanted - wanted[person] + 2)
        chance = _at_least(len(some), wanted[person], min(1.0, others))
        if chance <= RARE:
            figures = {"far": len(some), "wanted": wanted[person], "others": others}
            yield Odd("far", (person,), tuple(sorted(some)), chance, len(wanted), figures)


def one_author(facts: Facts) -> Iterator[Odd]:
    """Reviewers all of whose wishes are for one speaker's submissions."""
    talks: Counter[str] = Counter(one for authors in facts.authors.values() for one in authors)
    for person, wanted in facts.wants.items():
        if len(wanted) < 2:
            continue
        common = set.intersection(*(set(facts.authors.get(one, ())) for one in wanted))
        if not common:
            continue
        most = max(talks[one] for one in common)
        chance = comb(most, len(wanted)) / comb(max(facts.open_to(person), most), len(wanted))
        if chance <= RARE:
            figures = {"wanted": len(wanted), "talks": most, "bids": len(facts.bids[person])}
            yield Odd(
                "author", (person,), tuple(sorted(wanted)), chance, len(facts.bids), figures
            )


def same_bids(facts: Facts) -> Iterator[Odd]:
    """Reviewers whose bids are the same, each of them.

    The chance is that of a second one like the first, if each bid were drawn as the others' are.
    """
    alike: dict[frozenset[tuple[int, str]], list[int]] = defaultdict(list)
    for person, bids in facts.bids.items():
        if len(bids) >= SAME_FROM:
            alike[frozenset(bids.items())].append(person)
    counts = Counter(bid for bids in facts.bids.values() for bid in bids.items())
    everybody = len(facts.bids)
    for shared, people in alike.items():
        if len(people) < 2:
            continue
        chance = exp(max(-690.0, sum(log(counts[bid] / everybody) for bid in shared)))
        if chance <= RARE:
            which = tuple(sorted(one for one, _value in shared)[:SAME_FROM])
            figures = {"bids": len(shared), "people": len(people)}
            yield Odd("same", tuple(sorted(people)), which, chance, comb(everybody, 2), figures)


def lopsided(facts: Facts) -> Iterator[Odd]:
    """Reviewers who want nearly everything, or of what they looked at nearly nothing.

    `chance` is the share of the reviewers with many bids who do the same.
    """
    many = {person: bids for person, bids in facts.bids.items() if len(bids) >= MANY_FROM}
    if not many:
        return
    rates = {person: _rate(facts, person) for person in many}
    usual = median(rates.values())
    against = {
        person: sum(1 for value in bids.values() if value == "rather_not") / len(bids)
        for person, bids in many.items()
    }
    for kind, shares in (("everything", rates), ("nothing", against)):
        people = [person for person, share in shares.items() if share >= NEARLY]
        chance = len(people) / len(many)
        for person in people if chance <= UNCOMMON else ():
            figures = {"bids": len(many[person]), "share": shares[person], "usual": usual}
            yield Odd(kind, (person,), (), chance, len(many), figures)
