"""Who speaks: the people of a program with their talks, for their pages and for an index."""

from dataclasses import dataclass, field

from cfp.formats.program import Program, ProgramSpeaker, Talk


@dataclass
class Person:
    """Somebody who speaks; affiliations as given for the talks, each once, the first first.

    `codes` lead to the person's page, one for each talk; those who came in without one have none.
    """

    name: str
    codes: list[str] = field(default_factory=list)
    affiliations: list[str] = field(default_factory=list)
    bio: str = ""
    talks: list[Talk] = field(default_factory=list)

    @property
    def code(self) -> str | None:
        return self.codes[0] if self.codes else None

    @property
    def comes(self) -> bool:
        """Whether anything of theirs is still to be held."""
        return any(not talk.canceled for talk in self.talks)

    def add(self, given: ProgramSpeaker, talk: Talk) -> None:
        """Take in what was given for one more talk."""
        if given.code and given.code not in self.codes:
            self.codes.append(given.code)
        if given.affiliation and given.affiliation not in self.affiliations:
            self.affiliations.append(given.affiliation)
        self.bio = self.bio or given.bio
        if talk not in self.talks:
            self.talks.append(talk)


def people_of(program: Program) -> list[Person]:
    """Everybody by name, with their talks in the order of the program.

    The same code is the same person, and so is the same name with the same affiliation.
    """
    known: dict[object, Person] = {}
    people: list[Person] = []
    for talk in (*program.in_order(), *(one for one in program.talks if one.canceled)):
        for given in talk.speakers:
            named = (given.name, given.affiliation)
            person = known.get(given.code) or known.get(named)
            if person is None:
                person = Person(given.name)
                people.append(person)
            person.add(given, talk)
            known[named] = person
            if given.code:
                known[given.code] = person
    return sorted(people, key=lambda one: (one.name.casefold(), one.codes))
