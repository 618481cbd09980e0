"""On a phone: a change is published and told in one go; slides are sent, and read elsewhere."""

from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Room
from cfp.domain.program import drafts, versions
from cfp.domain.program.models import Placement
from cfp.domain.submissions.models import Submission
from tests.browser.conftest import NewPage
from tests.factories import give_role, make_login, make_person, make_submission
from tests.support.browser import faults
from tests.support.files import PDF
from tests.support.server import Server
from tests.support.setting import open_conference
from tests.support.smtp import Postbox

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATIENCE = 30_000


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db, contact="chairs@example.org")


@pytest.fixture
def ada(db: Session) -> Person:
    return make_person(db, "Ada Example", email="ada@example.org")


@pytest.fixture
def talk(db: Session, conference: Conference, ada: Person) -> Submission:
    """In the published program, at ten; in the draft it has moved by an hour."""
    talk = make_submission(db, conference, [ada], title="Flows", state="confirmed")
    room = db.query(Room).filter_by(conference_id=conference.id).first()
    assert room is not None
    start = clock.now().replace(
        year=conference.start_date.year, month=conference.start_date.month,
        day=conference.start_date.day, hour=9, minute=0, second=0, microsecond=0,
    )  # fmt: skip
    drafts.place(
        db, SYSTEM, conference, code=talk.code, title="", room_id=room.id, start=start,
        minutes=30, now=clock.now(),
    )  # fmt: skip
    versions.publish(db, SYSTEM, conference, note="", now=clock.now())
    placement = db.query(Placement).one()
    placement.start += timedelta(hours=1)
    db.commit()
    return talk


def open_as(person: Person, server: Server, db: Session, page: Page) -> Page:
    page.set_default_timeout(PATIENCE)
    cookie = make_login(db, person, now=clock.now())
    db.commit()
    page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
    return page


def test_on_a_phone_a_move_is_published_and_told_by_one_button(
    working_server: Server, postbox: Postbox, conference: Conference, talk: Submission, db: Session,
    new_page: NewPage,
) -> None:  # fmt: skip
    chair = make_person(db, "Cher Chair")
    give_role(db, conference, chair, "chair")
    phone = open_as(chair, working_server, db, new_page(width=390, height=844))
    phone.goto(f"{working_server.url}/{conference.slug}/chair/program/")
    phone.get_by_role("link", name="Move to … Flows").click()
    phone.get_by_label("Start").fill("15:00")
    phone.get_by_role("button", name="Move", exact=True).click()
    # One is led back to the slot, far down the page: the button has to be in sight there too.
    expect(phone.get_by_role("row").filter(has_text="Flows")).to_be_in_viewport()
    button = phone.get_by_role("button", name="Publish and tell 1 speaker")
    expect(button).to_be_in_viewport()
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert faults(phone) == []
    button.click()
    expect(phone.get_by_text("Version 2 is public. 1 mail is on its way.")).to_be_visible()
    expect(phone.get_by_text("not published")).to_have_count(0)
    (mail,) = postbox.wait_for(1, timeout=60)
    assert mail.recipients == ["ada@example.org"]
    assert '"Flows" has moved.' in mail.text
    (part,) = mail.message.iter_attachments()
    (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert event["SEQUENCE"] == 2


def test_slides_are_sent_from_one_browser_and_downloaded_by_another(
    server: Server, conference: Conference, talk: Submission, ada: Person, db: Session,
    new_page: NewPage, tmp_path: Path,
) -> None:  # fmt: skip
    slides = tmp_path / "Flows & tables.pdf"
    slides.write_bytes(PDF)
    phone = open_as(ada, server, db, new_page(width=390, height=844))
    phone.goto(f"{server.url}/{conference.slug}/submissions/{talk.code}/")
    phone.get_by_role("link", name="Add slides or a video").click()
    phone.get_by_label("A file").set_input_files(slides)
    phone.get_by_role("region", name="Slides").get_by_role("button", name="Save").click()
    expect(phone.get_by_role("link", name="Flows & tables.pdf")).to_be_visible()
    assert faults(phone) == []
    reader: Page = new_page()
    reader.goto(f"{server.url}/{conference.slug}/program/talks/{talk.code}/")
    with reader.expect_download() as waiting:
        reader.get_by_role("link", name="Slides").first.click()
    download = waiting.value
    assert download.suggested_filename == "Flows & tables.pdf"
    assert Path(download.path()).read_bytes() == PDF
