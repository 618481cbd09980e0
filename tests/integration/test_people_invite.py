"""Inviting a committee by pasted lines, and what becomes of the invitations."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import Actor
from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.models import Token as TokenRow
from cfp.domain.conferences import actions
from cfp.domain.conferences.models import Conference, Invitation, Role
from cfp.domain.mail.models import Message
from cfp.errors import DomainError, NotNowError
from tests.factories import give_role, make_person, make_track
from tests.support.setting import make_chair, open_conference, raw_post
from tests.support.visitor import Page, Visitor

Log_in = Callable[[Person], Visitor]
INVITE = "/netconf/chair/people/invite"
COMMITTEE = "/netconf/chair/people/committee/"
LINES = 'Ada Example <ada@example.org>\n\nben@example.org;\n"Cy, Dr." <cy@example.org>,\n'


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def visitor(visitor_as: Log_in, db: Session, conference: Conference) -> Visitor:
    return visitor_as(make_chair(db, conference))


def invite(visitor: Visitor, lines: str = LINES, **values: str) -> Page:
    page = visitor.get(INVITE)
    page = visitor.submit(page, {"lines": lines, **values}, press="Look at it first")
    people = len([line for line in lines.splitlines() if line.strip()])
    return visitor.submit(page, press=f"Invite {people} {'person' if people == 1 else 'people'}")


def invitations(db: Session) -> list[Invitation]:
    return list(db.scalars(select(Invitation).order_by(Invitation.id)))


def mails(db: Session) -> list[Message]:
    return list(db.scalars(select(Message).order_by(Message.id)))


def test_what_was_understood_is_shown_first(visitor: Visitor, db: Session) -> None:
    page = visitor.submit(visitor.get(INVITE), {"lines": LINES}, press="Look at it first")
    assert "Cy, Dr.cy@example.orgwill be invited" in page.text
    assert "no nameben@example.org" in page.text
    assert invitations(db) == []
    page = visitor.submit(page, press="Invite 3 people")
    assert page.path == COMMITTEE
    assert page.text.count("not answered yet") == 3
    assert [(i.name, i.address) for i in invitations(db)] == [
        ("Ada Example", "ada@example.org"),
        ("", "ben@example.org"),
        ("Cy, Dr.", "cy@example.org"),
    ]


def test_each_gets_a_private_mail_with_a_link_of_their_own(visitor: Visitor, db: Session) -> None:
    invite(visitor)
    sent = mails(db)
    assert [m.recipient for m in sent] == ["ada@example.org", "ben@example.org", "cy@example.org"]
    assert all(m.private and m.kind == "role_invitation" for m in sent)
    assert "reviewer of Example Conference" in sent[0].subject
    tokens = db.scalars(select(TokenRow).order_by(TokenRow.id)).all()
    assert [t.payload for t in tokens] == [{"invitation": i.id} for i in invitations(db)]
    links = {m.body.split("/account/invitation/")[1].split()[0] for m in sent}
    assert len(links) == 3
    assert not any(link in visitor.get(COMMITTEE).html for link in links)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("Ada Example", "no e-mail address in this line"),
        ("Ada <ada@@example.org>", "not an e-mail address"),
        ("ada@example.org\nAda <ADA@example.org>", "there already"),
        ("a@example.org, b@example.org", "not an e-mail address"),
        ("<script>alert(1)</script>@x", ""),
    ],
)
def test_a_line_that_cannot_be_read_stops_all(
    visitor: Visitor, db: Session, lines: str, said: str
) -> None:
    page = visitor.submit(visitor.get(INVITE), {"lines": lines}, press="Look at it first")
    assert page.status == 200
    assert said in page.text
    assert "<script>alert" not in page.html
    assert "Invite 1 person" not in page.text
    page = raw_post(visitor, INVITE, {"lines": lines, "invite": "1"}, having="lines")
    assert page.status == 422
    assert invitations(db) == []


@pytest.mark.parametrize(
    "values",
    [
        {"lines": ""},
        {"lines": "   \n  "},
        {"lines": "a@example.org\x00"},
        {"lines": "x" * 1_000_000},
        {"kind": "emperor", "lines": "a@example.org"},
        {"kind": None, "lines": "a@example.org"},
        {"kind": "track_chair", "track": "", "lines": "a@example.org"},
        {"kind": "track_chair", "track": "99999", "lines": "a@example.org"},
        {"lines": "\n".join(f"p{n}@example.org" for n in range(501))},
    ],
)
def test_bad_input(
    visitor: Visitor, db: Session, conference: Conference, values: dict[str, object]
) -> None:
    make_track(db, conference, "Storage")
    page = raw_post(visitor, INVITE, {**values, "invite": "1"}, having="lines")
    assert page.status == 422
    assert invitations(db) == []


def test_a_track_chair_is_invited_for_a_track(
    visitor: Visitor, db: Session, conference: Conference
) -> None:
    storage = make_track(db, conference, "Storage")
    invite(visitor, "tara@example.org", kind="track_chair", track=str(storage.id))
    assert [(i.kind, i.track_id) for i in invitations(db)] == [("track_chair", storage.id)]
    assert "track chair (Storage)" in visitor.get(COMMITTEE).text


def test_with_a_single_track_it_is_that_one(visitor: Visitor, db: Session) -> None:
    invite(visitor, "tara@example.org", kind="track_chair")
    assert invitations(db)[0].track_id is not None


def test_who_has_the_role_or_an_open_invitation_is_passed_by(
    visitor: Visitor, db: Session, conference: Conference
) -> None:
    rea = make_person(db, "Rea", email="Rea@Example.org")
    give_role(db, conference, rea, "reviewer")
    invite(visitor, "Rea <rea@example.org>")
    assert invitations(db) == []
    invite(visitor, "new@example.org")
    invite(visitor, "New <NEW@example.org>")
    assert len(mails(db)) == 1
    invite(visitor, "new@example.org", kind="reader")
    assert len(mails(db)) == 2


def test_a_double_click_invites_once(visitor: Visitor, db: Session) -> None:
    page = visitor.submit(visitor.get(INVITE), {"lines": LINES}, press="Look at it first")
    data = {**dict(page.form("lines").fields), "invite": "1"}
    assert [visitor.client.post(INVITE, data=data).status_code for _ in range(2)] == [303, 303]
    assert len(mails(db)) == 3


def the_one(db: Session) -> Invitation:
    return db.scalars(select(Invitation)).one()


def test_send_again_and_take_back(visitor: Visitor, db: Session) -> None:
    page = invite(visitor, "ada@example.org")
    page = visitor.submit(page, press="Send again ada@example.org")
    assert len(mails(db)) == 2
    first, second = db.scalars(select(TokenRow).order_by(TokenRow.id)).all()
    assert (first.used is not None, second.used) == (True, None)
    page = visitor.submit(page, press="Take back ada@example.org")
    assert the_one(db).state == "revoked"
    assert all(token.used for token in db.scalars(select(TokenRow)))
    assert "taken back" in page.text
    page = visitor.submit(page, press="Send again ada@example.org")
    assert the_one(db).state == "sent"
    path = f"/netconf/chair/people/invitations/{the_one(db).id}"
    token = dict(page.forms()[0].fields)
    assert visitor.client.post(f"{path}/burn", data=token).status_code == 404
    assert visitor.client.get(f"{path}/revoke").status_code == 405
    away = "/netconf/chair/people/invitations/99999999999999999999/revoke"
    assert visitor.client.post(away, data=token).status_code == 404


def test_one_that_ran_out_says_so_and_is_good_again_once_sent_again(
    visitor: Visitor, visitor_as: Log_in, db: Session
) -> None:
    ada = visitor_as(make_person(db, "Ada", email="ada@example.org"))
    invite(visitor, "ada@example.org")
    the_one(db).created -= timedelta(days=61)
    db.commit()
    ran_out = f"{the_one(db).created + timedelta(days=60):%a %-d %b %Y}"
    assert f"ran out on {ran_out}" in visitor.get(COMMITTEE).text
    own = f"/account/invitations/{the_one(db).id}"
    assert own not in ada.get("/account/").html
    assert "it was too old" in ada.get(own).text
    page = visitor.submit(visitor.get(COMMITTEE), press="Send again ada@example.org")
    assert "not answered yet" in page.text
    assert "ran out" not in page.text
    assert f"{clock.now():%a %-d %b %Y}" in page.text
    ada.submit(ada.get(own), press="Yes, I will")
    assert the_one(db).state == "accepted"


def test_an_address_is_invited_anew_when_its_invitation_ran_out(
    visitor: Visitor, db: Session
) -> None:
    invite(visitor, "ada@example.org")
    the_one(db).created -= timedelta(days=61)
    db.commit()
    invite(visitor, "ada@example.org")
    assert (len(mails(db)), the_one(db).created > clock.now() - timedelta(days=1)) == (2, True)


def test_another_conference_s_invitation_is_nobody_s(
    visitor: Visitor, visitor_as: Log_in, db: Session
) -> None:
    other = open_conference(db, "other")
    stranger = visitor_as(make_chair(db, other, "Other Chair"))
    page = invite(visitor, "ada@example.org")
    path = f"/other/chair/people/invitations/{the_one(db).id}/revoke"
    token = dict(stranger.get("/other/chair/people/").forms()[0].fields)
    assert stranger.client.post(path, data=token).status_code == 404
    assert the_one(db).state == "sent"
    assert page.status == 200


# The answer -----------------------------------------------------------------------------------


def test_yes_gives_the_role_and_no_gives_a_reason(visitor: Visitor, db: Session) -> None:
    invite(visitor, "ada@example.org\nben@example.org")
    yes, no = invitations(db)
    ada = make_person(db, "Ada")
    actor, now = Actor(person_id=ada.id), clock.now()
    actions.answer_invitation(db, actor, yes, accept=True, now=now)
    actions.answer_invitation(db, Actor(), no, accept=False, reason="No time.", now=now)
    db.commit()
    role = db.scalars(select(Role).filter_by(person_id=ada.id)).one()
    assert (role.kind, yes.state, no.state) == ("reviewer", "accepted", "declined")
    assert "declinedNo time." in visitor.get(COMMITTEE).text
    assert all(token.used for token in db.scalars(select(TokenRow)))
    logged = list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert logged[-3:] == ["invitation.accept", "role.give", "invitation.decline"]
    for again in (True, False):
        with pytest.raises(NotNowError, match=r"invitation\.answered"):
            actions.answer_invitation(db, actor, yes, accept=again, now=now)


def test_nobody_can_accept_for_nobody(visitor: Visitor, db: Session) -> None:
    invite(visitor, "ada@example.org")
    with pytest.raises(DomainError, match=r"invitation\.needs_person"):
        actions.answer_invitation(db, Actor(), the_one(db), accept=True, now=clock.now())
