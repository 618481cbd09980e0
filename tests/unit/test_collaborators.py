"""Lists of collaborators: how lines are read, what is refused where, and who meets whom."""

import pytest

from cfp.domain.assignment.collaborators import Entry, name_key, read_organizations, read_people
from cfp.domain.assignment.grounds import Lists, Member, Named, Partner
from cfp.domain.assignment.listed import keys_of, listed_by_reviewers, listed_for_submissions
from cfp.errors import DomainError


@pytest.mark.parametrize(
    ("line", "name", "address"),
    [
        ("Ada Lovelace", "ada lovelace", ""),
        ("Ada Lovelace (Analytical Engines)", "ada lovelace", ""),
        ("Ada Lovelace <Ada@Example.org> (Analytical Engines)", "ada lovelace", "ada@example.org"),
        ("Ada Lovelace (Analytical Engines) ada@example.org", "ada lovelace", "ada@example.org"),
        ("ada@example.org", "", "ada@example.org"),
        ("- Prof. Dr. Ada B. Lovelace", "ada lovelace", ""),
        ("12) LOVELACE Ada", "ada lovelace", ""),
        ("Łukasz Żółw", "lukasz zolw", ""),
        ("Jean-Luc Exemple", "exemple jean luc", ""),
        ("J. Example", "example j", ""),
        ("王伟", "王伟", ""),
        ("Ada <ada@example.org>", "", "ada@example.org"),
    ],
)
def test_a_line_is_read_as_people_write_it(line: str, name: str, address: str) -> None:
    (entry,) = read_people(line)
    assert (entry.name_key, entry.address_key) == (name, address)
    assert not entry.organization


def test_lines_without_anybody_are_skipped() -> None:
    assert read_people("\n  \nnone\nN/A\nAda Lovelace\n") == [
        Entry("Ada Lovelace", name_key="ada lovelace")
    ]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("Ada", "collaborator.short"),
        ("Lovelace, Ada", "collaborator.comma"),
        ("Ada Lovelace, Analytical Engines", "collaborator.comma"),
        ("Ada Lovelace (Analytical", "collaborator.unreadable"),
        ("Ada Lovelace <ada@example", "collaborator.unreadable"),
        ("a@example.org b@example.org", "collaborator.several"),
        ("Ada Lovelace; Ben Example", "collaborator.several"),
        ("Ada " + "Lovelace " * 30, "collaborator.long"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(line: str, key: str) -> None:
    with pytest.raises(DomainError, match=key) as refused:
        read_people(f"Grace Hopper\n\n{line}\nAlan Turing")
    assert (refused.value.field, refused.value.data["line"]) == ("people", 3)


def test_a_list_ends_somewhere() -> None:
    with pytest.raises(DomainError, match=r"collaborator\.many") as refused:
        read_people("Ada Lovelace\n" * 501)
    assert refused.value.data["line"] == 501


def test_a_hostile_line_takes_no_time() -> None:
    for text in ("@" * 200, "a@" * 100, "(" * 200, "a@b." * 50):
        with pytest.raises(DomainError):
            read_people("\n".join([text] * 400))


def test_organizations_are_compared_as_employers_are() -> None:
    assert [one.affiliation_key for one in read_organizations("Red Hat, Inc.\nMIT")] == [
        "red hat",
        "mit",
    ]
    for line in ("ada@example.org", "freelance"):
        with pytest.raises(DomainError, match="no_organization") as refused:
            read_organizations(f"MIT\n{line}")
        assert (refused.value.field, refused.value.data["line"]) == ("organizations", 2)


def test_names_are_the_same_in_any_order_but_not_by_half() -> None:
    assert name_key("Dr. Wei Q. Li") == name_key("LI, Wei") == "li wei"
    assert name_key("Ada Lovelace") != name_key("Ada Lovelace King")


# Matching -------------------------------------------------------------------------------------


def place(submission: int, name: str, person: int | None = None, **changes: object) -> Named:
    values: dict[str, object] = {
        "submission_code": f"S{submission}",
        "submitter_id": 90,
        "code": name,
        "employer": "",
        "affiliation": "",
        "addresses": set(),
    }
    return Named(submission_id=submission, person_id=person, name=name, **{**values, **changes})


def test_a_reviewers_list_meets_names_addresses_and_employers() -> None:
    entries = [
        *read_people("Ada Lovelace (Engines)\nSomebody Else <ben@example.org>"),
        *read_organizations("RH"),
    ]
    places = [
        place(1, "Lovelace Ada", 91),
        place(2, "Benjamin", addresses={"ben@example.org"}),
        place(3, "Nobody Known", 93, employer="red hat"),
        place(4, "Ada Lovelace King", 94),
    ]
    found = list(listed_by_reviewers(places, Lists({7: entries}), {"rh": "red hat"}))
    assert [(key, reason) for key, reason, _partner in found] == [
        ((1, 7, "collaborator"), "Ada Lovelace (Engines)"),
        ((2, 7, "collaborator"), "Somebody Else <ben@example.org>"),
        ((3, 7, "organization"), "RH"),
    ]
    assert [partner.person_id for _key, _reason, partner in found] == [91, None, 93]


def test_a_submissions_list_meets_the_committee() -> None:
    entries = [*read_people("Rita Reviewer"), *read_organizations("Red Hat")]
    members = {7: Member("Reviewer Rita"), 8: Member("Bo", employers={"red hat"}), 9: Member("")}
    lists = Lists({}, {1: entries, 5: entries})
    found = list(listed_for_submissions(members, [place(1, "Ada")], lists, {}))
    assert found == [
        ((1, 7, "collaborator"), "Rita Reviewer", Partner(90)),
        ((1, 8, "organization"), "Red Hat", Partner(90)),
    ]


def test_nothing_in_common_is_nothing() -> None:
    """Empty names, addresses and employers never meet."""
    lists = Lists({7: [Entry("x")]}, {1: [Entry("y")]})
    assert list(listed_by_reviewers([place(1, "")], lists, {})) == []
    assert list(listed_for_submissions({7: Member()}, [place(1, "")], lists, {})) == []
    assert keys_of([place(1, "")], {}) == set()
    assert keys_of([place(1, "Ada B", employer="red hat")], {"rh": "red hat"}) == {
        "ada b",
        "red hat",
        "rh",
    }
