"""Ten minutes to an open call: the fields are counted while they are filled."""

from datetime import timedelta

from playwright.sync_api import Page

from cfp import clock
from tests.factories import make_login
from tests.support.browser import faults
from tests.support.setting import make_administrator

MOST_FIELDS = 12


def test_at_most_twelve_fields_to_an_open_call(server, db, page: Page, new_page) -> None:
    cookie = make_login(db, make_administrator(db), now=clock.now())
    db.commit()
    page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
    page.goto(f"{server.url}/")
    assert page.url == f"{server.url}/new"
    soon = clock.now().date() + timedelta(days=40)
    filled = {
        "Name": "Nétconf 2031",
        "First day": "2031-05-14",
        "Last day": "2031-05-15",
        "Place": "Brno",
        "Deadline, day": soon.isoformat(),
    }
    for label, value in filled.items():
        page.get_by_role("main").get_by_label(label).first.fill(value)
    page.get_by_label("Time zone").first.select_option("Europe/Prague")
    assert page.get_by_label("Its address").input_value() == "netconf-2031"
    assert len(filled) + 1 <= MOST_FIELDS
    assert faults(page) == []
    page.get_by_role("button", name="Open the call").click()
    page.wait_for_url("**/netconf-2031/chair/call/")
    assert faults(page) == []
    visitor = new_page(width=390)
    visitor.goto(f"{server.url}/netconf-2031/")
    assert faults(visitor) == []
    visitor.get_by_role("link", name="Submit your talk").click()
    assert visitor.url.endswith("/netconf-2031/submissions/new")
