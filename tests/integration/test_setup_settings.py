"""Settings: each small page saves, refuses what is wrong, and never saves over somebody else."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Criterion, Room, SubmissionType, Track
from cfp.domain.mail.models import MailTemplate
from cfp.domain.program.models import Placement, ProgramDraft, ProgramItem
from cfp.domain.reviews.models import Score
from tests.factories import (
    give_role,
    make_assignment,
    make_conflict,
    make_person,
    make_review,
    make_submission,
)
from tests.support.setting import make_chair, open_conference, raw_post
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

Log_in = Callable[[Person], Visitor]
BASE = "/netconf/chair/settings/"
PAGES = (
    "",
    "basics",
    "page",
    "call",
    "reviewing",
    "conflicts",
    "tracks",
    "formats",
    "rooms",
    "review-form/",
    "review-form/new",
    "mails/",
    "mails/draft_reminder",
)


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def visitor(visitor_as: Log_in, db: Session, conference: Conference) -> Visitor:
    return visitor_as(make_chair(db, conference))


def save(visitor: Visitor, page: str, **values: object) -> Page:
    return visitor.submit(visitor.get(BASE + page), values, press="Save")


def actions(db: Session) -> list[str]:
    return list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_chairs_alone_and_cheap(
    visitor: Visitor,
    visitor_as: Log_in,
    stranger: Visitor,
    db: Session,
    conference: Conference,
    engine: Engine,
    app: object,
    page: str,
) -> None:
    for kind in ("reviewer", "reader"):
        person = make_person(db)
        give_role(db, conference, person, kind)
        assert visitor_as(person).get(BASE + page).status == 404
    assert stranger.get(BASE + page).path.startswith("/account/log-in")
    with counted(app.extensions["cfp"].engine) as statements:  # type: ignore[attr-defined]
        assert visitor.get(BASE + page).status == 200
    assert len(statements) <= 15
    assert visitor.client.delete(BASE + page).status_code == 405
    assert visitor.get(f"/elsewhere/chair/settings/{page}").status == 404


def test_basics(visitor: Visitor, db: Session, conference: Conference) -> None:
    assert save(visitor, "basics", name="Netconf!", place="Brno").path == BASE
    assert (conference.name, conference.place) == ("Netconf!", "Brno")
    assert actions(db) == ["conference.change_basics"]
    entry = db.scalars(select(AuditEntry)).one()
    assert entry.detail == {"fields": ["name", "place"]}
    page = raw_post(visitor, BASE + "basics", {"end_date": "2026-01-01"}, having="name")
    assert (page.status, "before the first" in page.text) == (422, True)


def test_saving_what_is_there_leaves_no_trace(visitor: Visitor, db: Session) -> None:
    assert save(visitor, "basics").path == BASE
    assert actions(db) == []


@pytest.fixture
def slot(db: Session, conference: Conference) -> Placement:
    item = ProgramItem(conference_id=conference.id, guid="g", number=1, title="Lunch")
    db.add(item)
    db.flush()
    draft = db.scalars(select(ProgramDraft)).one()
    slot = Placement(
        conference_id=conference.id,
        draft_id=draft.id,
        item_id=item.id,
        start=datetime(2026, 11, 19, 11, 0, tzinfo=UTC),
        minutes=60,
    )
    db.add(slot)
    db.commit()
    return slot


@pytest.mark.parametrize(("keep", "hour"), [("wall", 17), ("instants", 11)])
def test_moving_to_another_zone_asks_what_the_slots_keep(
    visitor: Visitor, db: Session, conference: Conference, slot: Placement, keep: str, hour: int
) -> None:
    deadline = conference.deadline
    save(visitor, "basics", zone="America/New_York", keep=keep)
    assert slot.start == datetime(2026, 11, 19, hour, 0, tzinfo=UTC)
    assert conference.deadline == deadline


def test_a_stale_save_shows_both_texts_and_loses_neither(
    visitor: Visitor, visitor_as: Log_in, db: Session, conference: Conference
) -> None:
    page = visitor.get(BASE + "page")
    other = visitor_as(make_chair(db, conference, "Other Chair"))
    save(other, "page", attendance="Theirs.")
    save(other, "basics", place="Brno")
    answer = visitor.submit(page, {"attendance": "Mine."}, press="Save")
    assert answer.status == 409
    assert "Theirs." in answer.html
    assert "Mine." in answer.html
    assert conference.sections == {"attendance": "Theirs."}


def test_a_change_elsewhere_does_not_stand_in_the_way(
    visitor: Visitor, visitor_as: Log_in, db: Session, conference: Conference
) -> None:
    page = visitor.get(BASE + "page")
    save(visitor_as(make_chair(db, conference)), "basics", place="Brno")
    assert visitor.submit(page, {"attendance": "Mine."}, press="Save").path == BASE
    assert (conference.place, conference.sections) == ("Brno", {"attendance": "Mine."})


def test_the_page_s_parts(
    visitor: Visitor, stranger: Visitor, db: Session, conference: Conference
) -> None:
    conference.sections = {"other": "Imported."}
    save(
        visitor,
        "page",
        introduction="Hello <b>all</b>\nsee https://example.org/x.",
        registration_url="https://example.org/register",
        contact_text="Write to us.",
        markdown="y",
    )
    assert conference.markdown
    assert set(conference.sections) == {"introduction", "contact", "other"}
    page = stranger.get("/netconf/")
    assert "Hello &lt;b&gt;all" in page.html
    assert page.links()["https://example.org/x"] == "https://example.org/x"
    assert "https://example.org/register" in page.links()
    refused = raw_post(
        visitor, BASE + "page", {"registration_url": "javascript:alert(1)"}, having="booking"
    )
    assert (refused.status, "https://" in refused.text) == (422, True)


def test_the_times_of_the_call(visitor: Visitor, db: Session, conference: Conference) -> None:
    save(
        visitor,
        "call",
        deadline_zone="Etc/GMT+12",
        opens_date="2030-01-01",
        opens_time="09:00",
        deadline_date="2030-02-01",
        deadline_time="23:59",
        edits_date="2030-03-01",
        changes_date="2030-04-01",
        changes_time="12:00",
        decisions_by="2030-03-15",
        grace_minutes="30",
    )
    assert conference.opens == datetime(2030, 1, 1, 21, 0, tzinfo=UTC)
    assert conference.deadline == datetime(2030, 2, 2, 11, 59, tzinfo=UTC)
    assert conference.edits_until == datetime(2030, 3, 2, 11, 59, tzinfo=UTC)
    assert conference.changes_until == datetime(2030, 4, 2, 0, 0, tzinfo=UTC)
    assert (conference.deadline_zone, conference.grace_minutes) == ("Etc/GMT+12", 30)
    for change, said in (
        ({"opens_date": "2030-02-02"}, "after its deadline"),
        ({"edits_date": "2030-01-31"}, "before the deadline"),
        ({"changes_date": "2030-01-31"}, "before the deadline"),
        ({"grace_minutes": "-1"}, "between"),
        ({"grace_minutes": "1e9"}, "Not a valid integer"),
    ):
        page = raw_post(visitor, BASE + "call", change, having="grace_minutes")
        assert (page.status, said in page.text) == (422, True), change


def test_reviewing(visitor: Visitor, db: Session, conference: Conference) -> None:
    assert "Assignment" not in visitor.get(BASE).links()
    save(
        visitor,
        "reviewing",
        reviewing="assigned",
        names="hidden",
        others_reviews="never",
        asks_confidence=True,
        reviews_per_submission="4",
        due_date="2030-04-01",
    )
    assert "Assignment" in visitor.get(BASE).links()
    assert (conference.blind, conference.others_reviews) == (True, "never")
    assert (conference.asks_confidence, conference.reviews_per_submission) == (True, 4)
    assert conference.reviews_due == datetime(2030, 4, 1, 21, 59, tzinfo=UTC)
    page = raw_post(visitor, BASE + "reviewing", {"reviewing": "nobody"}, having="reviewing")
    assert page.status == 422


def test_what_conflicts_mean_is_told_in_pairs_before_it_changes(
    visitor: Visitor, db: Session, conference: Conference
) -> None:
    save(visitor, "conflicts", policy_affiliation="show", asks_collaborators=True)
    assert conference.conflict_policies["affiliation"] == "show"
    assert conference.asks_collaborators
    talk = make_submission(db, conference, [make_person(db)])
    for state in ("open", "open", "dismissed"):
        make_conflict(db, talk, make_person(db), "affiliation", state)
    asked = make_person(db)
    make_conflict(db, talk, asked, "affiliation")
    make_assignment(db, talk, asked)
    db.commit()
    page = visitor.get(BASE + "conflicts")
    assert "3 open, 1 judged by chairs" in page.text
    page = visitor.submit(page, {"policy_affiliation": "block"}, press="Save")
    assert page.status == 422
    assert "3 pairs of a person and a submission; 1 of them is asked" in page.text
    db.expire_all()
    assert conference.conflict_policies["affiliation"] == "show"
    db.rollback()
    page = visitor.submit(page, {"sure": True}, press="Save")
    assert page.status == 200
    db.expire_all()
    assert conference.conflict_policies["affiliation"] == "block"
    strange = {"policy_domain": "ignore"}
    page = raw_post(visitor, BASE + "conflicts", strange, having="policy_domain")
    assert page.status == 422


# Lists ----------------------------------------------------------------------------------------


def test_tracks_are_added_renamed_and_reordered(
    visitor: Visitor, db: Session, conference: Conference
) -> None:
    page = visitor.submit(visitor.get(BASE + "tracks"), press="Add a track")
    page = visitor.submit(page, {"rows-1-name": "Storage"}, press="Add a track")
    page = visitor.submit(
        page, {"rows-2-name": "Networks", "rows-2-description": "Wires."}, press="Move up Track 3"
    )
    page = visitor.submit(page, {"rows-0-name": "Systems"}, press="Save")
    assert page.status == 200
    tracks = db.scalars(select(Track).order_by(Track.position)).all()
    assert [t.name for t in tracks] == ["Systems", "Networks", "Storage"]
    assert tracks[1].description == "Wires."
    assert actions(db) == ["track.change"]


def rows_of(visitor: Visitor, page: str) -> dict[str, str]:
    return dict(visitor.get(BASE + page).form("rows-0-name").fields)  # type: ignore[arg-type]


def test_two_names_can_be_swapped(visitor: Visitor, db: Session, conference: Conference) -> None:
    visitor.submit(
        visitor.get(BASE + "formats"),
        {"rows-0-name": "Short talk", "rows-1-name": "Talk"},
        press="Save",
    )
    kinds = db.scalars(select(SubmissionType).order_by(SubmissionType.position)).all()
    assert [(k.name, k.minutes) for k in kinds] == [("Short talk", 25), ("Talk", 10)]


def test_a_used_row_is_archived_and_can_come_back(
    visitor: Visitor, db: Session, conference: Conference
) -> None:
    talk = make_submission(db, conference, [make_person(db)])
    page = visitor.submit(visitor.get(BASE + "formats"), press="Remove Format 1")
    page = visitor.submit(page, press="Save")
    kinds = {k.name: k.archived for k in db.scalars(select(SubmissionType))}
    assert kinds == {"Talk": True, "Short talk": False}
    db.refresh(talk)
    assert talk.type_id is not None
    page = visitor.submit(page, press="Use again Talk", to=BASE + "formats/use-again")
    assert {k.name for k in db.scalars(select(SubmissionType).filter_by(archived=False))} == {
        "Talk",
        "Short talk",
    }


def test_an_unused_row_goes_and_the_last_one_stays(
    visitor: Visitor, db: Session, conference: Conference
) -> None:
    page = visitor.submit(visitor.get(BASE + "formats"), press="Remove Format 2")
    visitor.submit(page, press="Save")
    assert [k.name for k in db.scalars(select(SubmissionType))] == ["Talk"]
    page = visitor.submit(visitor.get(BASE + "formats"), press="Remove Format 1")
    page = visitor.submit(page, press="Save")
    assert (page.status, "At least one is needed." in page.text) == (422, True)


@pytest.mark.parametrize(
    ("page", "change", "said"),
    [
        ("tracks", {"rows-0-name": ""}, "needs a name"),
        ("rooms", {"rows-0-capacity": "-3"}, "Number must be"),
        ("formats", {"rows-1-name": "talk"}, "is there twice"),
        ("formats", {"rows-0-row_id": "999999"}, "not there any more"),
        ("formats", {"rows-0-row_id": "x"}, ""),
        ("rooms", {"rows-0-name": "Hall\x00"}, "can't be stored"),
    ],
)
def test_a_bad_row_is_refused_in_words(
    visitor: Visitor, db: Session, page: str, change: dict[str, object], said: str
) -> None:
    answer = raw_post(visitor, BASE + page, change, having="rows-0-name")
    assert answer.status in (422, 303)
    assert said in answer.text
    rooms = db.scalars(select(Room.name)).all()
    assert rooms == ["Hall"]


def test_another_conference_s_row_is_not_touched(
    visitor: Visitor, db: Session, conference: Conference
) -> None:
    foreign = open_conference(db, "other")
    track = db.scalars(select(Track).filter_by(conference_id=foreign.id)).one()
    change = {"rows-0-row_id": str(track.id), "rows-0-name": "Stolen"}
    assert raw_post(visitor, BASE + "tracks", change, having="rows-0-name").status == 422
    db.refresh(track)
    assert track.name == "Main"
    values = {"row": str(track.id), "csrf_token": rows_of(visitor, "tracks")["csrf_token"]}
    assert visitor.client.post(BASE + "tracks/use-again", data=values).status_code == 404


# Review form ----------------------------------------------------------------------------------


def criterion_path(db: Session) -> str:
    return f"review-form/{db.scalars(select(Criterion.id)).first()}"


def test_a_scale_that_would_lose_scores_is_refused_in_words(
    visitor: Visitor, db: Session, conference: Conference
) -> None:
    talk = make_submission(db, conference, [make_person(db)])
    make_review(db, talk, make_person(db), 5)
    make_review(db, talk, make_person(db), 1)
    page = save(visitor, criterion_path(db), high="4", labels="")
    assert page.status == 422
    assert "1 scores given so far" in page.text
    assert save(visitor, criterion_path(db), high="6", labels="").path == BASE + "review-form/"
    assert db.scalars(select(Criterion)).one().high == 6


def test_weights_change_the_totals(visitor: Visitor, db: Session, conference: Conference) -> None:
    talk = make_submission(db, conference, [make_person(db)])
    review = make_review(db, talk, make_person(db), 5)
    save(visitor, "review-form/new", name="Novelty", labels="", weight="3")
    second = db.scalars(select(Criterion).filter_by(name="Novelty")).one()
    db.add(Score(review_id=review.id, criterion_id=second.id, value=1))
    db.commit()
    save(visitor, f"review-form/{second.id}", weight="1")
    db.refresh(review)
    assert review.total == pytest.approx(3.0)
    page = visitor.get(BASE + "review-form/")
    visitor.submit(page, to=f"{BASE}review-form/{second.id}/archive")
    db.refresh(review)
    assert review.total == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"low": "5"}, "above the lowest"),
        ({"high": "11"}, "Number must be between"),
        ({"labels": "one\ntwo"}, "The scale has 5 values"),
        ({"weight": "nan"}, "Number must be between"),
        ({"weight": "-1"}, "Number must be between"),
        ({"weight": "heavy"}, "Not a valid float"),
        ({"name": ""}, "Give the question a name."),
    ],
)
def test_a_bad_criterion(
    visitor: Visitor, db: Session, change: dict[str, object], said: str
) -> None:
    page = raw_post(visitor, BASE + criterion_path(db), change, having="weight")
    assert (page.status, said in page.text) == (422, True)


def test_the_last_question_stays_and_others_are_nobody_s(
    visitor: Visitor, db: Session, conference: Conference
) -> None:
    foreign = open_conference(db, "other")
    number = db.scalars(select(Criterion.id).filter_by(conference_id=foreign.id)).one()
    assert visitor.get(f"{BASE}review-form/{number}").status == 404
    assert visitor.get(f"{BASE}review-form/99999999999999999999").status == 404
    token = {"csrf_token": rows_of(visitor, "tracks")["csrf_token"], "key": "k"}
    answer = visitor.client.post(f"{BASE}{criterion_path(db)}/archive", data=token)
    assert answer.status_code == 422
    assert "at least one question" in answer.text


# Mails ----------------------------------------------------------------------------------------


def test_a_mail_is_worded_previewed_and_brought_back(
    visitor: Visitor, db: Session, conference: Conference
) -> None:
    page = visitor.get(BASE + "mails/draft_reminder")
    page = visitor.submit(
        page, {"subject": "Hurry, {name}", "body": "By {deadline}."}, press="Save and preview"
    )
    assert "Hurry, Ada Example" in page.text
    assert db.scalars(select(MailTemplate)).one().subject == "Hurry, {name}"
    page = visitor.submit(page, press="Back to the text that comes with the program")
    assert db.scalars(select(MailTemplate)).first() is None
    assert "Hurry" not in page.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"body": "See {score}."}, "{score} is not among the placeholders"),
        ({"subject": "{secret}"}, "{secret} is not among the placeholders"),
        ({"subject": "a\r\nBcc: b@example.org"}, "can't be stored"),
        ({"subject": ""}, "Give the mail a subject."),
        ({"body": "  "}, "This can't be empty."),
        ({"body": "x" * 1_000_000}, "cannot be longer"),
    ],
)
def test_a_bad_mail(visitor: Visitor, db: Session, change: dict[str, object], said: str) -> None:
    page = raw_post(visitor, BASE + "mails/received", change, having="subject")
    assert (page.status, said in page.text) == (422, True)
    assert db.scalars(select(MailTemplate)).first() is None


def test_only_a_conference_s_own_kinds_of_mail(visitor: Visitor) -> None:
    for kind in ("log_in", "_role_chair", "nothing", "..%2Flog_in"):
        assert visitor.get(f"{BASE}mails/{kind}").status == 404


# Archive --------------------------------------------------------------------------------------


def test_into_the_archive_and_out_again(
    visitor: Visitor, stranger: Visitor, conference: Conference
) -> None:
    page = visitor.submit(visitor.get(BASE), press="Archive the conference")
    assert conference.archived
    assert "Closed since" in stranger.get("/netconf/").text
    visitor.submit(page, press="Take out of the archive")
    assert "Open until" in stranger.get("/netconf/").text
