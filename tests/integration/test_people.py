"""The list of everybody, one person's page, roles, and the CSV of what is shown."""

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Email, Person
from cfp.domain.accounts.models import Token as TokenRow
from cfp.domain.conferences.models import Conference, Role, Track
from cfp.domain.decisions.models import Confirmation
from cfp.domain.mail.models import Message
from cfp.domain.program.models import Material
from cfp.domain.submissions.models import Speaker, Submission
from tests.factories import (
    NOW,
    add_speaker,
    give_role,
    make_conflict,
    make_person,
    make_review,
    make_submission,
    make_track,
)
from tests.support.setting import make_chair, open_conference, raw_post
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

Log_in = Callable[[Person], Visitor]
PEOPLE = "/netconf/chair/people/"


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def chair(db: Session, conference: Conference) -> Person:
    return make_chair(db, conference)


@pytest.fixture
def visitor(visitor_as: Log_in, chair: Person) -> Visitor:
    return visitor_as(chair)


@pytest.fixture
def storage(db: Session, conference: Conference) -> Track:
    return make_track(db, conference, "Storage")


@pytest.fixture
def people(db: Session, conference: Conference, storage: Track) -> dict[str, Person]:
    """Ada has a confirmed talk and an accepted one; Ben one under review, in Storage, with a
    co-speaker who is only named; Dora only a draft; Rea reviews.
    """
    names = ("Ada", "Ben", "Dora", "Rea")
    people = {name: make_person(db, name, email=f"{name.lower()}@example.org") for name in names}
    confirmed = make_submission(db, conference, [people["Ada"]], title="Sure", state="confirmed")
    make_submission(db, conference, [people["Ada"]], title="Maybe", state="accepted")
    bens = make_submission(
        db, conference, [people["Ben"], "Named Only"], title="Disks", track=storage
    )
    make_submission(db, conference, [people["Dora"]], title="Secret draft", state="draft")
    give_role(db, conference, people["Rea"], "reviewer")
    db.add_all(
        [
            Confirmation(
                conference_id=conference.id,
                submission_id=confirmed.id,
                person_id=people["Ada"].id,
                remote=True,
                availability={},
                at=NOW,
            ),
            Material(
                conference_id=conference.id,
                submission_id=confirmed.id,
                kind="slides",
                url="https://example.org/s",
                given=NOW,
            ),
        ]
    )
    make_review(db, bens, people["Rea"])
    db.commit()
    return people


def names(page: Page) -> list[str]:
    rows = page.tree.findall(".//tbody/tr/th")
    return ["".join(row.itertext()).strip() for row in rows]


def test_everybody_with_what_they_do(visitor: Visitor, people: dict[str, Person]) -> None:
    page = visitor.get(PEOPLE)
    assert names(page) == ["Ada", "Ben", "Cher Chair", "Named Only only named", "Rea"]
    assert "ada@example.org" in page.text
    assert "reviewer" in page.text
    assert "Dora" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ben%40example", ["Ben"]),
        ("q=ADA", ["Ada"]),
        ("q=%25", []),
        ("q=named", ["Named Only only named"]),
        ("who=speakers", ["Ada", "Ben", "Named Only only named"]),
        ("who=committee", ["Cher Chair", "Rea"]),
        ("who=confirmed", ["Ada"]),
        ("who=unconfirmed", ["Ada"]),
        ("who=remote", ["Ada"]),
        ("who=no_slides", ["Ada"]),
        ("who=confirmed&q=ben", []),
        ("who=nonsense", ["Ada", "Ben", "Cher Chair", "Named Only only named", "Rea"]),
        ("sort=-name", ["Rea", "Named Only only named", "Cher Chair", "Ben", "Ada"]),
        ("sort=-talks&who=speakers", ["Ada", "Ben", "Named Only only named"]),
        ("sort=person_id", ["Ada", "Ben", "Cher Chair", "Named Only only named", "Rea"]),
        ("page=99&q=ada", ["Ada"]),
        ("page=abc&q=ada", ["Ada"]),
    ],
)
def test_search_filter_and_sort(
    visitor: Visitor, people: dict[str, Person], query: str, found: list[str]
) -> None:
    assert names(visitor.get(f"{PEOPLE}?{query}")) == found


def test_the_csv_is_what_is_shown(visitor: Visitor, people: dict[str, Person], db: Session) -> None:
    people["Ben"].name = "=HYPERLINK(1)"
    db.commit()
    answer = visitor.client.get("/netconf/chair/people.csv?who=speakers&sort=-name")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["name", "affiliation", "e-mail", "roles", "talks", "confirmed"]
    assert [row[0] for row in rows[1:]] == ["Named Only", "Ada", "'=HYPERLINK(1)"]
    assert rows[2][1:] == ["Example Org", "ada@example.org", "", "2", "1"]


def test_a_track_chair_has_names_and_mail_of_the_own_track(
    visitor_as: Log_in,
    people: dict[str, Person],
    storage: Track,
    db: Session,
    conference: Conference,
) -> None:
    tara = make_person(db, "Tara")
    give_role(db, conference, tara, "track_chair", storage)
    visitor = visitor_as(tara)
    page = visitor.get(PEOPLE)
    assert names(page) == ["Ben", "Named Only only named"]
    assert "ben@example.org" in page.text
    for hidden in ("Roles", "Rea", "Ada", "Write to", "Invite"):
        assert hidden not in page.text
    assert names(visitor.get(f"{PEOPLE}?who=committee")) == ["Ben", "Named Only only named"]
    assert "roles" not in visitor.client.get("/netconf/chair/people.csv").text
    assert "Disks" in visitor.get(f"{PEOPLE}{people['Ben'].code}/").text
    for absent in ("Roles", "Mails to", "Change roles", "Write a mail"):
        assert absent not in visitor.get(f"{PEOPLE}{people['Ben'].code}/").text
    assert visitor.get(f"{PEOPLE}{people['Ada'].code}/").status == 404
    for path in ("committee/", "invite", f"{people['Ben'].code}/roles"):
        assert visitor.get(PEOPLE + path).status == 404


def test_others_find_nothing(
    visitor_as: Log_in, stranger: Visitor, people: dict[str, Person], db: Session
) -> None:
    for name in ("Ada", "Rea"):
        other = visitor_as(people[name])
        for path in ("", "committee/", "invite", f"{people['Ben'].code}/"):
            assert other.get(PEOPLE + path).status == 404
        assert other.client.get("/netconf/chair/people.csv").status_code == 404
    assert stranger.get(PEOPLE).path.startswith("/account/log-in")


def test_nobody_of_another_conference(
    visitor: Visitor, people: dict[str, Person], db: Session
) -> None:
    other = open_conference(db, "other")
    foreign = make_person(db, "Foreign Person")
    make_submission(db, other, [foreign], title="Elsewhere")
    make_submission(db, other, [people["Ben"]], title="Ben elsewhere")
    db.commit()
    assert "Foreign" not in visitor.get(PEOPLE).text
    assert "Ben elsewhere" not in visitor.get(f"{PEOPLE}{people['Ben'].code}/").text
    for code in (foreign.code, people["Dora"].code, "nobody", "0" * 200):
        assert visitor.get(f"{PEOPLE}{code}/").status == 404


def test_whoever_submits_for_others_is_there_too(
    visitor: Visitor, people: dict[str, Person], conference: Conference, db: Session
) -> None:
    boss = make_person(db, "Assistant")
    talk = make_submission(db, conference, [boss], title="For the boss")
    add_speaker(db, talk, people["Ben"])
    db.query(Speaker).filter_by(submission_id=talk.id, person_id=boss.id).delete()
    db.commit()
    assert "Assistant" in names(visitor.get(PEOPLE))


def test_a_person_s_page(
    visitor: Visitor, people: dict[str, Person], conference: Conference, db: Session
) -> None:
    page = visitor.get(f"{PEOPLE}{people['Ada'].code}/")
    assert "Sure" in page.links()
    assert "1 of 2" in page.text
    page = visitor.get(f"{PEOPLE}{people['Rea'].code}/")
    assert "Reviews1" in page.text


def test_a_conflicted_chair_does_not_count_that_review(
    visitor: Visitor, people: dict[str, Person], chair: Person, conference: Conference, db: Session
) -> None:
    talk = db.scalars(select(Submission).filter_by(title="Disks")).one()
    make_conflict(db, talk, chair)
    mail = {"conference_id": conference.id, "kind": "review_reminder", "recipient": "r@example.org"}
    for number, about_review in enumerate((True, False)):
        db.add(
            Message(
                **mail,
                submission_id=talk.id,
                object_key=str(number),
                person_id=people["Rea"].id,
                subject="About the review" if about_review else "About the talk",
                body="x",
                about_review=about_review,
                message_id=f"<{number}@example.org>",
                due=NOW,
                created=NOW,
            )
        )
    db.commit()
    page = visitor.get(f"{PEOPLE}{people['Rea'].code}/")
    assert "Reviews0" in page.text
    assert "About the talk" in page.text
    assert "About the review" not in page.text


# Roles ----------------------------------------------------------------------------------------


def roles(db: Session, person: Person) -> set[tuple[str, int | None]]:
    rows = db.execute(select(Role.kind, Role.track_id).filter_by(person_id=person.id))
    return {(kind, track) for kind, track in rows}


def test_roles_are_given_and_taken(
    visitor: Visitor, people: dict[str, Person], storage: Track, db: Session
) -> None:
    path = f"{PEOPLE}{people['Rea'].code}/roles"
    page = visitor.get(path)
    page = visitor.submit(page, {"roles": ["chair", f"track_chair-{storage.id}"]}, press="Save")
    assert roles(db, people["Rea"]) == {("chair", None), ("track_chair", storage.id)}
    assert "track chair (Storage)" in page.text
    actions = list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["role.take", "role.give", "role.give"]


def test_the_last_chair_stays(visitor: Visitor, chair: Person, db: Session) -> None:
    path = f"{PEOPLE}{chair.code}/roles"
    page = visitor.submit(visitor.get(path), {"roles": ["reviewer"]}, press="Save")
    assert (page.status, "the only chair" in page.text) == (422, True)
    assert roles(db, chair) == {("chair", None)}


@pytest.mark.parametrize("value", ["emperor", "track_chair", "track_chair-999999", "chair-1"])
def test_a_role_there_is_not(visitor: Visitor, people: dict[str, Person], value: str) -> None:
    path = f"{PEOPLE}{people['Rea'].code}/roles"
    assert raw_post(visitor, path, {"roles": [value]}, having="roles").status == 422


def test_a_link_is_offered_to_whoever_has_no_account(
    visitor: Visitor, conference: Conference, people: dict[str, Person], db: Session
) -> None:
    imported = make_person(db, "Imported Person", account=False)
    db.query(Email).filter_by(person_id=imported.id).delete()
    give_role(db, conference, imported, "reader")
    db.commit()
    page = visitor.get(f"{PEOPLE}{imported.code}/")
    refused = visitor.submit(page, {"email": "nonsense"}, press="Send them a link")
    assert (refused.status, "not an e-mail address" in refused.text) == (422, True)
    visitor.submit(page, {"email": "new@example.org"}, press="Send them a link")
    token = db.scalars(select(TokenRow)).one()
    assert (token.purpose, token.person_id) == ("claim", imported.id)
    assert "Send them a link" not in visitor.get(f"{PEOPLE}{people['Ada'].code}/").text


# Size -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "?who=speakers&q=e", "?sort=-talks", "committee/"])
def test_the_list_is_as_cheap_with_many(
    visitor: Visitor,
    people: dict[str, Person],
    conference: Conference,
    db: Session,
    app: object,
    path: str,
) -> None:
    engine: Engine = app.extensions["cfp"].engine  # type: ignore[attr-defined]
    with counted(engine) as few:
        visitor.get(PEOPLE + path)
    for _ in range(60):
        person = make_person(db)
        make_submission(db, conference, [person, "Friend"])
        give_role(db, conference, person, "reviewer")
    db.commit()
    with counted(engine) as many:
        page = visitor.get(PEOPLE + path)
    assert len(few) == len(many) <= 10
    if path == "":
        assert len(names(page)) == 50
        assert len(names(visitor.get(f"{PEOPLE}?page=2"))) == 50


def test_a_person_s_page_is_cheap(visitor: Visitor, people: dict[str, Person], app: object) -> None:
    engine: Engine = app.extensions["cfp"].engine  # type: ignore[attr-defined]
    for path in ("", "roles"):
        with counted(engine) as statements:
            assert visitor.get(f"{PEOPLE}{people['Ada'].code}/{path}").status == 200
        assert len(statements) <= 15
