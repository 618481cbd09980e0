"""The outbox as chairs see it, and what they do about mails in trouble."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.mail.actions import queue
from cfp.domain.mail.models import Message
from cfp.domain.submissions.models import Submission
from tests.factories import NOW, make_conference, make_person
from tests.support.cast import World, make_world
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

Log = Callable[[Person], Visitor]


@pytest.fixture
def world(db: Session) -> World:
    return make_world(db)


def mail(
    db: Session,
    world: World,
    subject: str,
    *,
    state: str = "queued",
    submission: Submission | None = None,
    recipient: str = "lea@example.org",
    **changes: object,
) -> Message:
    values: dict[str, object] = {"kind": "free", "body": "Dear Lea,\n<b>hello</b>.\n"}
    message = queue(
        db,
        object_key=subject,
        epoch="1",
        person=world.people["owner"],
        recipient=recipient,
        recipient_name="Lea Reader",
        subject=subject,
        conference=world.conference,
        submission=submission,
        due=NOW,
        now=NOW,
        **{**values, **changes},  # type: ignore[arg-type]
    )
    message.state = state
    message.created = NOW + timedelta(minutes=message.id)
    db.commit()
    return message


def outbox(visitor: Visitor, world: World, query: str = "") -> Page:
    return visitor.get(f"/{world.conference.slug}/chair/messages/{query}")


def subjects(page: Page) -> list[str]:
    rows = (element for element in page.tree.iter("a") if element.get("class") == "row-title")
    return ["".join(row.itertext()) for row in rows]


@pytest.mark.parametrize(
    "name", ["track_chair", "reader", "reviewer", "owner", "administrator", "other_speaker"]
)
def test_the_outbox_is_for_chairs(db: Session, world: World, visitor_as: Log, name: str) -> None:
    message = mail(db, world, "For chairs")
    visitor = visitor_as(world.people[name])
    assert outbox(visitor, world).status == 404
    assert outbox(visitor, world, f"{message.id}/").status == 404


def test_filters_and_search(db: Session, world: World, visitor_as: Log) -> None:
    mail(db, world, "First", state="sent", kind="received")
    mail(db, world, "Second", state="refused", recipient="ben@example.org")
    mail(db, world, "Third", state="uncertain")
    visitor = visitor_as(world.people["chair"])
    for query, found in (
        ("", ["Third", "Second", "First"]),
        ("?sort=subject", ["First", "Second", "Third"]),
        ("?state=trouble", ["Third", "Second"]),
        ("?state=sent", ["First"]),
        ("?kind=received", ["First"]),
        ("?q=BEN%40example", ["Second"]),
        ("?q=lea+third", ["Third"]),
        ("?q=%25", []),
        ("?state=wrong&sort=body&page=x", ["Third", "Second", "First"]),
    ):
        page = outbox(visitor, world, query)
        assert subjects(page) == found, query
        assert f"{len(found)} in all" in page.text or not found


def test_private_ones_and_those_of_others_are_not_there(
    db: Session, world: World, visitor_as: Log
) -> None:
    secret = mail(db, world, "A link to log in", private=True)
    elsewhere = make_world(db)
    foreign = mail(db, elsewhere, "Of another conference")
    visitor = visitor_as(world.people["chair"])
    assert subjects(outbox(visitor, world)) == []
    for message in (secret, foreign):
        assert outbox(visitor, world, f"{message.id}/").status == 404


def test_a_conflict_hides_mails_about_reviews(db: Session, world: World, visitor_as: Log) -> None:
    about = world.submissions["submitted"]
    plain = mail(db, world, "Plain", submission=about)
    review = mail(db, world, "About its review", submission=about, about_review=True)
    count = mail(db, world, "Reviews wait", about_review=True)
    chair, blocked = (visitor_as(world.people[name]) for name in ("chair", "conflicted_chair"))
    assert len(subjects(outbox(chair, world))) == 3
    assert subjects(outbox(blocked, world)) == ["Plain"]
    assert outbox(blocked, world, f"{plain.id}/").status == 200
    for message in (review, count):
        assert outbox(blocked, world, f"{message.id}/").status == 404
        for act in ("again", "stop", "release", "arrived"):
            path = f"/{world.conference.slug}/chair/messages/{message.id}/{act}"
            answer = blocked.client.post(path, data=token(outbox(blocked, world, f"{plain.id}/")))
            assert answer.status_code == 404


def token(page: Page) -> dict[str, str]:
    values = {name: str(value) for form in page.forms() for name, value in form.fields}
    return {"csrf_token": values["csrf_token"], "key": "k", "recipient": "lea@example.org"}


def test_a_mail_is_shown_as_it_was_stored(db: Session, world: World, visitor_as: Log) -> None:
    about = world.submissions["accepted"]
    message = mail(db, world, "A subject", submission=about, attachments=())
    page = outbox(visitor_as(world.people["chair"]), world, f"{message.id}/")
    assert "Dear Lea, <b>hello</b>." in page.text
    assert "<b>hello" not in page.html
    assert about.title in page.links()


def test_a_draft_is_not_named(db: Session, world: World, visitor_as: Log) -> None:
    about = world.submissions["draft"]
    message = mail(db, world, "A reminder", submission=about)
    page = outbox(visitor_as(world.people["chair"]), world, f"{message.id}/")
    assert page.status == 200
    assert about.title not in page.text


def test_a_queued_one_is_stopped_once(db: Session, world: World, visitor_as: Log) -> None:
    message = mail(db, world, "Stop me")
    visitor = visitor_as(world.people["chair"])
    page = outbox(visitor, world, f"{message.id}/")
    done = visitor.submit(page, press="Stop it")
    assert "will not go out" in done.text
    db.refresh(message)
    assert message.state == "canceled"
    assert visitor.submit(page, press="Stop it").status == 200
    entries = db.query(AuditEntry).filter_by(action="message.stop").count()
    assert entries == 1


def test_a_sent_one_can_not_be_stopped(db: Session, world: World, visitor_as: Log) -> None:
    message = mail(db, world, "Too late")
    visitor = visitor_as(world.people["chair"])
    page = outbox(visitor, world, f"{message.id}/")
    message.state = "sent"
    db.commit()
    late = visitor.submit(page, press="Stop it")
    assert late.status == 409
    assert "moved on" in late.text
    db.refresh(message)
    assert message.state == "sent"


def test_a_refused_one_goes_to_a_corrected_address(
    db: Session, world: World, visitor_as: Log
) -> None:
    message = mail(db, world, "Again", state="refused", recipient="lae@example.org")
    visitor = visitor_as(world.people["chair"])
    page = outbox(visitor, world, f"{message.id}/")
    for bad in ("", "no address", "a@b, c@d", "x" * 300, "a@example.org\r\nBcc: b@example.org"):
        refused = visitor.submit(page, {"recipient": bad}, press="Send again")
        assert refused.status == 422, bad
        assert "mail.bad_address" not in refused.text
    done = visitor.submit(page, {"recipient": "lea@example.org"}, press="Send again")
    assert "goes out again" in done.text
    db.refresh(message)
    assert (message.state, message.recipient) == ("queued", "lea@example.org")


def test_an_uncertain_one_is_settled(db: Session, world: World, visitor_as: Log) -> None:
    message = mail(db, world, "Did it arrive?", state="uncertain")
    visitor = visitor_as(world.people["chair"])
    page = outbox(visitor, world, f"{message.id}/")
    assert "gets it twice" in page.text
    assert "Noted as sent" in visitor.submit(page, press="It has arrived").text
    db.refresh(message)
    assert message.state == "sent"


def test_a_held_one_is_let_go(db: Session, world: World, visitor_as: Log) -> None:
    message = mail(db, world, "Held", state="held")
    visitor = visitor_as(world.people["chair"])
    visitor.submit(outbox(visitor, world, f"{message.id}/"), press="Send it now")
    db.refresh(message)
    assert message.state == "queued"


@pytest.mark.parametrize("number", ["0", "99999999", str(2**70), "x", "-1"])
def test_no_such_mail(world: World, visitor_as: Log, number: str) -> None:
    assert outbox(visitor_as(world.people["chair"]), world, f"{number}/").status == 404


def test_a_get_changes_nothing(db: Session, world: World, visitor_as: Log) -> None:
    message = mail(db, world, "Stay", state="held")
    visitor = visitor_as(world.people["chair"])
    for act in ("again", "stop", "release", "arrived"):
        assert outbox(visitor, world, f"{message.id}/{act}").status == 405


def test_the_statements_do_not_grow_with_the_list(
    db: Session, app: object, visitor_as: Log
) -> None:
    world = make_world(db)
    visitor = visitor_as(world.people["chair"])
    counts = []
    for number in (2, 30):
        for one in range(number):
            mail(db, world, f"Mail {number} {one}")
        with counted(app.extensions["cfp"].engine) as statements:  # type: ignore[attr-defined]
            assert outbox(visitor, world).status == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[1] <= 10


def test_another_conference_is_not_a_way_in(db: Session, world: World, visitor_as: Log) -> None:
    other = make_conference(db)
    message = mail(db, world, "Here")
    visitor = visitor_as(make_person(db))
    assert visitor.get(f"/{other.slug}/chair/messages/{message.id}/").status == 404
