"""What one is asked by mail: a role, a place on a talk, a claim; and two persons who are one."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import Actor, RoleFact, RoleKind
from cfp.audit import AuditEntry, broken_links
from cfp.domain.accounts.actions import offer_claim
from cfp.domain.accounts.models import Account, Email, LoginSession, Person
from cfp.domain.assignment.models import Assignment
from cfp.domain.conferences.actions import invite as invite_to_role
from cfp.domain.conferences.models import Conference, Invitation, Role
from cfp.domain.reviews.models import Review
from cfp.domain.submissions import speakers
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import SpeakerEntry
from cfp.errors import NotFoundError
from cfp.links import Links
from tests.factories import (
    add_speaker,
    give_role,
    make_assignment,
    make_conference,
    make_person,
    make_review,
    make_submission,
)
from tests.support.cast import World, make_world
from tests.support.mailbox import last_mail
from tests.support.visitor import Page, Visitor

As = Callable[[Person], Visitor]
LINKS = Links("http://localhost")
SYSTEM_ISH = Actor(name="Chair Example")


@pytest.fixture
def conference(db: Session) -> Conference:
    return make_conference(db, slug="one", name="Conference One")


def invited(db: Session, engine: Engine, conference: Conference, address: str) -> str:
    """Invite an address as reviewer; returns the path of the link."""
    chair = make_person(db, "Chair Example")
    invite_to_role(
        db,
        Actor(person_id=chair.id, name=chair.name),
        conference,
        entries=[("Rae Viewer", address)],
        kind="reviewer",
        links=LINKS,
        now=clock.now(),
    )
    db.commit()
    return last_mail(engine, "role_invitation").link


def named(db: Session, engine: Engine, submission: Submission, address: str) -> tuple[int, str]:
    """Name somebody on a talk and ask them; returns the row's id and the path of the link."""
    conference = db.get_one(Conference, submission.conference_id)
    row = add_speaker(db, submission, "Cora Speaker", 1, address=address, address_key=address)
    speakers.invite(
        db, SYSTEM_ISH, conference, submission, row, links=LINKS, now=clock.now()
    )
    db.commit()
    return row.id, last_mail(engine, "speaker_invitation").link


def csrf(page: Page) -> str:
    return str(dict(page.form("reason").fields)["csrf_token"])


# A role


def test_a_stranger_accepts_and_is_logged_in(
    stranger: Visitor, db: Session, engine: Engine, conference: Conference
) -> None:
    link = invited(db, engine, conference, "rae@example.org")
    page = stranger.get(link)
    assert "Conference One" in page.text
    assert "Chair Example invites you" in page.text
    assert db.query(Role).count() == 0, "a look changes nothing"
    page = stranger.submit(page, press="Yes, I will")
    assert page.path == "/one/reviews/"
    person = db.scalars(select(Person).join(Email).where(Email.key == "rae@example.org")).one()
    assert person.name == "Rae Viewer"
    assert [(role.person_id, role.kind) for role in db.query(Role)] == [(person.id, "reviewer")]
    assert stranger.client.get("/account/profile").status_code == 200


def test_a_stranger_declines_with_a_reason_and_gets_no_account(
    stranger: Visitor, db: Session, engine: Engine, conference: Conference
) -> None:
    link = invited(db, engine, conference, "rae@example.org")
    accounts = db.query(Account).count()
    stranger.submit(
        stranger.get(link), {"reason": "On a boat.\n<b>"}, press="No, thank you"
    )
    invitation = db.query(Invitation).one()
    assert (invitation.state, invitation.reason) == ("declined", "On a boat.\n<b>")
    assert db.query(Account).count() == accounts
    assert "settled" in stranger.get(link).text


def test_somebody_logged_in_accepts_as_themselves(
    db: Session, engine: Engine, conference: Conference, visitor_as: As
) -> None:
    ada = make_person(db, "Ada Example", email="ada@example.org")
    link = invited(db, engine, conference, "ada@work.example")
    visitor = visitor_as(ada)
    page = visitor.get(link)
    assert "logged in as Ada Example" in page.text
    visitor.submit(page, press="Yes, I will")
    assert db.query(Role).one().person_id == ada.id
    assert db.query(Email).filter_by(key="ada@work.example").one().person_id == ada.id


def test_an_address_of_somebody_else_stays_theirs(
    db: Session, engine: Engine, conference: Conference, visitor_as: As
) -> None:
    ada, ben = make_person(db, "Ada"), make_person(db, "Ben", email="ben@example.org")
    link = invited(db, engine, conference, "ben@example.org")
    visitor = visitor_as(ada)
    visitor.submit(visitor.get(link), press="Yes, I will")
    assert db.query(Role).one().person_id == ada.id
    assert db.query(Email).filter_by(key="ben@example.org").one().person_id == ben.id


def test_an_invitation_link_works_once(
    stranger: Visitor, db: Session, engine: Engine, conference: Conference
) -> None:
    link = invited(db, engine, conference, "rae@example.org")
    page = stranger.get(link)
    token = csrf(page)
    stranger.submit(page, press="No, thank you")
    answer = stranger.client.post(link, data={"csrf_token": token, "answer": "yes"})
    assert answer.status_code in {409, 422}
    assert db.query(Role).count() == 0
    assert db.query(LoginSession).count() == 0


def test_a_double_click_accepts_once(
    stranger: Visitor, db: Session, engine: Engine, conference: Conference
) -> None:
    page = stranger.get(invited(db, engine, conference, "rae@example.org"))
    form = page.form("reason")
    data = {name: str(value) for name, value in form.fields} | {"answer": "yes"}
    cookie = stranger.client.get_cookie("cfp")
    assert cookie is not None
    first = stranger.client.post(page.path, data=data)
    stranger.client.set_cookie("cfp", cookie.value)
    second = stranger.client.post(page.path, data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert db.query(Role).count() == 1
    assert stranger.client.get("/account/profile").status_code == 200


@pytest.mark.parametrize("kind", ["invitation", "speaker", "claim"])
def test_a_wrong_link_is_a_calm_404(stranger: Visitor, kind: str) -> None:
    for secret in ("nothing", "x" * 200, "a\x00b"):
        page = stranger.get(f"/account/{kind}/{secret}")
        assert page.status == 404
    token = dict(stranger.get("/account/log-in").form("email").fields)["csrf_token"]
    data = {"csrf_token": token, "answer": "yes"}
    assert stranger.client.post(f"/account/{kind}/nothing", data=data).status_code == 404


@pytest.mark.parametrize("answer", [None, "", "maybe", ["no", "yes"]])
def test_a_strange_answer_is_none(
    stranger: Visitor,
    db: Session,
    engine: Engine,
    conference: Conference,
    answer: str | list[str] | None,
) -> None:
    link = invited(db, engine, conference, "rae@example.org")
    data: dict[str, object] = {"csrf_token": csrf(stranger.get(link)), "reason": "r"}
    if answer is not None:
        data["answer"] = answer
    status = stranger.client.post(link, data=data).status_code
    state = db.query(Invitation).one().state
    assert (status, state) == ((303, "declined") if answer == ["no", "yes"] else (422, "sent"))


def test_ones_own_list_offers_what_waits(
    db: Session, engine: Engine, conference: Conference, visitor_as: As
) -> None:
    rae = make_person(db, "Rae", email="rae@example.org")
    invited(db, engine, conference, "rae@example.org")
    owner = make_person(db, "Owner")
    submission = make_submission(db, conference, [owner], title="Joint work")
    named(db, engine, submission, "rae@example.org")
    visitor = visitor_as(rae)
    page = visitor.get("/account/")
    assert "Conference One invites you" in page.text
    assert "Joint work" in page.text
    offer = db.query(Invitation).one().id
    visitor.submit(visitor.get(f"/account/invitations/{offer}"), press="Yes, I will")
    row = db.query(Speaker).filter_by(name="Cora Speaker").one().id
    visitor.submit(visitor.get(f"/account/namings/{row}"), press="That's me")
    assert db.query(Role).one().person_id == rae.id
    assert db.get_one(Speaker, row).person_id == rae.id
    other = visitor_as(make_person(db, "Other"))
    for path in (f"/account/invitations/{offer}", f"/account/namings/{row}"):
        assert other.get(path).status == 404


def test_others_cannot_answer_for_me(
    db: Session, engine: Engine, conference: Conference, visitor_as: As
) -> None:
    make_person(db, "Rae", email="rae@example.org")
    invited(db, engine, conference, "rae@example.org")
    other = visitor_as(make_person(db, "Other"))
    token = dict(other.get("/account/addresses").form("email").fields)["csrf_token"]
    path = f"/account/invitations/{db.query(Invitation).one().id}"
    assert other.get(path).status == 404
    data = {"csrf_token": token, "answer": "yes"}
    assert other.client.post(path, data=data).status_code == 404
    assert db.query(Role).count() == 0


# A place on a talk


def test_thats_me(stranger: Visitor, db: Session, engine: Engine, conference: Conference) -> None:
    submission = make_submission(db, conference, [make_person(db, "Owner")], title="Joint work")
    row, link = named(db, engine, submission, "cora@example.org")
    page = stranger.get(link)
    assert "Joint work" in page.text
    stranger.submit(page, press="That's me")
    speaker = db.get_one(Speaker, row)
    person = db.scalars(select(Person).join(Email).where(Email.key == "cora@example.org")).one()
    assert (speaker.state, speaker.person_id) == ("accepted", person.id)
    assert person.name == "Cora Speaker"


def test_thats_not_me(
    stranger: Visitor, db: Session, engine: Engine, conference: Conference
) -> None:
    submission = make_submission(db, conference, [make_person(db, "Owner")])
    row, link = named(db, engine, submission, "cora@example.org")
    accounts = db.query(Account).count()
    stranger.submit(stranger.get(link), press="That's not me")
    assert db.get_one(Speaker, row).state == "removed"
    assert db.query(Account).count() == accounts
    assert "settled" in stranger.get(link).text


def test_a_mistyped_address_is_nobody_s_way_in_once_it_is_corrected(
    stranger: Visitor, db: Session, engine: Engine, conference: Conference
) -> None:
    owner = make_person(db, "Owner", email="owner@example.org")
    submission = make_submission(db, conference, [owner], title="Joint work")
    row, link = named(db, engine, submission, "mistyped@example.org")
    page = stranger.get(link)
    entries = [SpeakerEntry("Owner"), SpeakerEntry("Cora Speaker", "", "cora@example.org")]
    entries[1] = replace(entries[1], code=db.get_one(Speaker, row).code)
    speakers.set_speakers(db, conference, submission, entries)
    db.commit()
    assert db.get_one(Speaker, row).address == "cora@example.org"
    assert stranger.get(link).status == 404
    assert stranger.submit(page, press="That's me").status == 404
    assert db.get_one(Speaker, row, populate_existing=True).state == "named"


# A claim


def offered(
    db: Session, engine: Engine, conference: Conference, address: str
) -> tuple[Person, str]:
    ghost = make_person(db, "Grace Ghost", account=False)
    db.query(Email).filter_by(person_id=ghost.id).delete()
    make_submission(db, conference, [ghost], title="An imported talk", state="confirmed")
    chair = make_person(db, "Chair")
    give_role(db, conference, chair, "chair")
    offer_claim(
        db,
        _chair(chair, conference),
        conference=conference,
        person=ghost,
        address=address,
        links=LINKS,
        now=clock.now(),
    )
    db.commit()
    return ghost, last_mail(engine, "claim").link


def _chair(person: Person, *conferences: Conference) -> Actor:
    roles = frozenset(RoleFact(one.id, RoleKind.CHAIR) for one in conferences)
    return Actor(person_id=person.id, roles=roles)


def test_a_claim_gives_a_person_an_account(
    stranger: Visitor, db: Session, engine: Engine, conference: Conference
) -> None:
    ghost, link = offered(db, engine, conference, "grace@example.org")
    page = stranger.get(link)
    assert "An imported talk" in page.text
    page = stranger.submit(page, press="That's me")
    assert page.path == "/account/"
    assert "An imported talk" in page.text
    talk = db.query(Submission).one()
    owner = db.scalars(select(Person).join(Email).where(Email.key == "grace@example.org")).one()
    assert talk.submitter_id == owner.id
    assert owner.name == "Grace Ghost"
    assert db.get_one(Person, ghost.id).merged_into_id == owner.id


def test_a_claim_joins_the_account_that_is_there(
    db: Session, engine: Engine, conference: Conference, visitor_as: As
) -> None:
    grace = make_person(db, "Grace", email="grace@home.example")
    _ghost, link = offered(db, engine, conference, "grace@example.org")
    visitor = visitor_as(grace)
    visitor.submit(visitor.get(link), press="That's me")
    assert db.query(Submission).one().submitter_id == grace.id
    assert db.query(Email).filter_by(key="grace@example.org").one().person_id == grace.id
    assert visitor.get(link).status == 404


def test_a_claim_offered_again_is_good_at_the_new_address_alone(
    stranger: Visitor, db: Session, engine: Engine, conference: Conference
) -> None:
    ghost, first = offered(db, engine, conference, "mistyped@example.org")
    page = stranger.get(first)
    chair = db.scalars(select(Person).where(Person.name == "Chair")).one()
    offer_claim(
        db,
        _chair(chair, conference),
        conference=conference,
        person=ghost,
        address="grace@example.org",
        links=LINKS,
        now=clock.now(),
    )
    db.commit()
    assert stranger.get(first).status == 404
    assert stranger.submit(page, press="That's me").status == 404
    assert "An imported talk" in stranger.get(last_mail(engine, "claim").link).text


def test_a_claim_is_refused_without_consequences(
    stranger: Visitor, db: Session, engine: Engine, conference: Conference
) -> None:
    ghost, link = offered(db, engine, conference, "wrong@example.org")
    stranger.submit(stranger.get(link), press="That's not me")
    assert db.query(Submission).one().submitter_id == ghost.id
    assert db.query(Account).filter_by(person_id=ghost.id).count() == 0
    assert stranger.get(link).status == 404


def test_a_chair_offers_only_what_is_theirs(db: Session, conference: Conference) -> None:
    elsewhere = make_conference(db, slug="two")
    ghost, chair = make_person(db, "Ghost", account=False), make_person(db, "Chair")
    make_submission(db, conference, [ghost])
    make_submission(db, elsewhere, [ghost])
    with_account = make_person(db, "Ada")
    make_submission(db, conference, [with_account])
    unrelated = make_person(db, "Nobody here", account=False)
    for person in (ghost, with_account, unrelated):
        with pytest.raises(NotFoundError):
            offer_claim(
                db,
                _chair(chair, conference),
                conference=conference,
                person=person,
                address="thief@example.org",
                links=LINKS,
                now=clock.now(),
            )


# Two persons who are one


def prove_other(visitor: Visitor, engine: Engine, address: str) -> Page:
    page = visitor.submit(visitor.get("/account/addresses"), {"email": address})
    return visitor.submit(page, {"code": last_mail(engine).code})


def test_merging_moves_everything_and_says_so_first(
    db: Session, engine: Engine, visitor_as: As
) -> None:
    world = make_world(db)
    ada, old = make_person(db, "Ada"), world.people["reviewer"]
    address = db.query(Email).filter_by(person_id=old.id).one().address
    give_role(db, world.conference, ada, "reviewer")
    first, second, *_rest = world.submissions.values()
    make_assignment(db, first, ada)
    both = [make_review(db, first, ada), make_review(db, first, old)]
    alone = make_review(db, second, old)
    ids = [review.id for review in both], alone.id
    old_visitor, visitor = visitor_as(old), visitor_as(ada)
    page = prove_other(visitor, engine, address)
    assert page.path.startswith("/account/merge/")
    assert "Reviewer" in page.text
    assert db.get_one(Person, old.id).merged_into_id is None, "a look changes nothing"
    page = visitor.submit(page, press="Make them one")
    assert page.path == "/account/"
    _check_merged(db, world, ada, old)
    assert [db.get_one(Review, one).person_id for one in ids[0]] == [ada.id, old.id]
    assert db.get_one(Review, ids[1]).person_id == ada.id
    assert old_visitor.client.get("/account/profile").status_code == 302


def _check_merged(db: Session, world: World, ada: Person, old: Person) -> None:
    assert db.get_one(Person, old.id).merged_into_id == ada.id
    assert db.query(Account).filter_by(person_id=old.id).count() == 0
    assert db.query(Email).filter_by(person_id=old.id).count() == 0
    assert db.query(Email).filter_by(person_id=ada.id).count() == 2
    assert db.query(Email).filter_by(person_id=ada.id, primary=True).count() == 1
    assert db.query(Role).filter_by(person_id=old.id).count() == 0
    assert db.query(Role).filter_by(person_id=ada.id, kind="reviewer").count() == 1
    assert db.query(Assignment).filter_by(person_id=old.id).count() == 0
    assert db.query(Assignment).filter_by(person_id=ada.id).count() == len(world.submissions)
    entry = db.query(AuditEntry).filter_by(action="person.merge").one()
    assert (entry.conference_id, entry.actor_id) == (None, ada.id)
    assert broken_links(db) == []


def test_one_who_stands_twice_on_a_talk_stands_there_once(
    db: Session, engine: Engine, visitor_as: As, conference: Conference
) -> None:
    ada, old = make_person(db, "Ada"), make_person(db, "Ada Old", email="old@example.org")
    submission = make_submission(db, conference, [ada, old])
    submission.people_text = "ada old"
    visitor = visitor_as(ada)
    page = prove_other(visitor, engine, "old@example.org")
    visitor.submit(page, press="Make them one")
    rows = db.query(Speaker).order_by(Speaker.position).all()
    assert [(row.person_id, row.state) for row in rows] == [
        (ada.id, "accepted"),
        (ada.id, "removed"),
    ]
    assert "old" not in db.get_one(Submission, submission.id).people_text


def test_the_page_that_merges_is_its_owners(
    db: Session, engine: Engine, visitor_as: As
) -> None:
    ada = make_person(db, "Ada")
    make_person(db, "Ben", email="ben@example.org")
    visitor = visitor_as(ada)
    page = prove_other(visitor, engine, "ben@example.org")
    thief = visitor_as(make_person(db, "Mallory"))
    assert thief.get(page.path).status == 404
    token = dict(thief.get("/account/addresses").form("email").fields)["csrf_token"]
    assert thief.client.post(page.path, data={"csrf_token": token}).status_code == 404
    visitor.submit(page, press="Make them one")
    assert visitor.get(page.path).status == 404


def test_an_account_that_is_switched_off_is_not_rescued_by_merging(
    db: Session, engine: Engine, visitor_as: As
) -> None:
    ada, ben = make_person(db, "Ada"), make_person(db, "Ben", email="ben@example.org")
    db.query(Account).filter_by(person_id=ben.id).update({"disabled": True})
    visitor = visitor_as(ada)
    page = prove_other(visitor, engine, "ben@example.org")
    assert visitor.submit(page, press="Make them one").status == 403
    assert db.get_one(Person, ben.id).merged_into_id is None
