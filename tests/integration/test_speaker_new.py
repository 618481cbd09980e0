"""The form of a new talk: before log-in, as a draft, and everything typed wrongly into it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, SubmissionType
from cfp.domain.submissions.models import Speaker, Submission
from tests.factories import make_person, make_submission, make_track
from tests.support.mailbox import last_mail, mails
from tests.support.statements import counted
from tests.support.talks import (
    TALK,
    first_id,
    hidden,
    hours,
    names,
    only_submission,
    open_conference,
)
from tests.support.visitor import Page, Visitor

NEW = "/netconf/submissions/new"


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def ada(db: Session) -> Person:
    person = make_person(db, "Ada Example", email="ada@example.org")
    person.affiliation = "University A"
    db.commit()
    return person


def count(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(Submission)) or 0


def posted(visitor: Visitor, **changes: object) -> Page:
    """The whole form sent as a browser would, with raw values."""
    page = visitor.get(NEW)
    form = page.form("title")
    data: dict[str, object] = dict(form.fields)
    data.update(TALK)
    data.update({"act": "submit", **changes})
    sent = {name: value for name, value in data.items() if value is not None}
    return Page(NEW, visitor.client.post(NEW, data=sent))


# Before log-in ---------------------------------------------------------------------------------


def test_a_stranger_submits_with_an_address_and_six_digits(
    conference: Conference, db: Session, engine: Engine, stranger: Visitor
) -> None:
    page = stranger.get(NEW)
    assert page.status == 200
    page = stranger.submit(page, {**TALK, "email": "ada@example.org"}, press="Submit")
    assert page.path == "/account/code"
    assert count(db) == 0, "nothing is kept before the proof"
    page = stranger.submit(page, {"code": last_mail(engine, "log_in").code})
    submission = only_submission(db)
    assert page.path == f"/netconf/submissions/{submission.code}/"
    assert f"We have your talk {submission.code}." in page.text
    assert "You can edit it until" in page.text
    assert (submission.state, submission.title) == ("submitted", TALK["title"])
    assert names(db, submission) == [("Ada Example", "accepted")]
    assert db.get_one(Person, submission.submitter_id).name == "Ada Example"
    received = last_mail(engine, "received")
    assert received.recipient == "ada@example.org"
    assert submission.code in received.subject
    assert f"/netconf/submissions/{submission.code}/" in received.body


def test_the_link_finishes_it_on_another_device(
    app: Flask, conference: Conference, db: Session, engine: Engine, stranger: Visitor
) -> None:
    stranger.submit(stranger.get(NEW), {**TALK, "email": "ada@example.org"}, press="Submit")
    phone = Visitor(app.test_client())
    page = phone.get(last_mail(engine, "log_in").link)
    assert count(db) == 0, "a GET does nothing"
    page = phone.submit(page, press="Log in and finish")
    assert only_submission(db).state == "submitted"


def test_a_co_speaker_with_an_address_is_asked_and_another_is_named(
    conference: Conference, db: Session, engine: Engine, stranger: Visitor
) -> None:
    page = stranger.submit(stranger.get(NEW), {"title": "T"}, press="Add a speaker")
    page = stranger.submit(page, press="Add a speaker")
    people = {
        **TALK,
        "speakers-1-name": "Ben Sample",
        "speakers-1-email": "ben@example.org",
        "speakers-2-name": "Chen Named",
        "speakers-2-speaks": "no",
        "email": "ada@example.org",
    }
    page = stranger.submit(page, people, press="Submit")
    stranger.submit(page, {"code": last_mail(engine, "log_in").code})
    submission = only_submission(db)
    assert names(db, submission) == [
        ("Ada Example", "accepted"),
        ("Ben Sample", "invited"),
        ("Chen Named", "named"),
    ]
    invitation = last_mail(engine, "speaker_invitation")
    assert invitation.recipient == "ben@example.org"
    assert "Ada Example has named you" in invitation.body
    assert [mail.recipient for mail in mails(engine, "received")] == ["ada@example.org"]


def test_a_form_without_an_address_keeps_everything(
    conference: Conference, db: Session, stranger: Visitor
) -> None:
    page = stranger.submit(stranger.get(NEW), {**TALK, "note": "only day 2"}, press="Submit")
    assert page.status == 422
    kept = dict(page.form("title").fields)
    assert kept["title"] == TALK["title"]
    assert kept["note"] == "only day 2"
    assert kept["speakers-0-affiliation"] == "University A"
    assert "We need an address" in page.text


def test_a_proof_after_the_deadline_counts_for_what_was_sent_before(
    conference: Conference, db: Session, engine: Engine, stranger: Visitor
) -> None:
    page = stranger.submit(stranger.get(NEW), {**TALK, "email": "a@example.org"}, press="Submit")
    conference.deadline, conference.grace_minutes = hours(0), 0
    stranger.submit(page, {"code": last_mail(engine, "log_in").code})
    assert only_submission(db).state == "submitted"


def test_a_call_taken_back_meanwhile_leaves_a_draft_that_says_why(
    conference: Conference, db: Session, engine: Engine, stranger: Visitor
) -> None:
    page = stranger.submit(stranger.get(NEW), {**TALK, "email": "a@example.org"}, press="Submit")
    conference.opens = None
    page = stranger.submit(page, {"code": last_mail(engine, "log_in").code})
    submission = only_submission(db)
    assert (submission.state, submission.title) == ("draft", TALK["title"])
    assert "Kept as a draft" in page.text


def test_a_format_taken_away_meanwhile_leaves_a_draft(
    conference: Conference, db: Session, engine: Engine, stranger: Visitor
) -> None:
    page = stranger.submit(stranger.get(NEW), {**TALK, "email": "a@example.org"}, press="Submit")
    db.get_one(SubmissionType, first_id(db, SubmissionType, conference)).archived = True
    page = stranger.submit(page, {"code": last_mail(engine, "log_in").code})
    assert only_submission(db).state == "draft"
    assert "This format is not offered any more" in page.text


# Logged in -------------------------------------------------------------------------------------


def test_the_form_knows_the_person_and_saves_half_a_draft(
    conference: Conference, ada: Person, db: Session, visitor_as: Callable[[Person], Visitor]
) -> None:
    visitor = visitor_as(ada)
    page = visitor.get(NEW)
    filled = dict(page.form("title").fields)
    assert filled["speakers-0-name"] == "Ada Example"
    assert filled["speakers-0-affiliation"] == "University A"
    assert filled["speakers-0-email"] == "ada@example.org"
    assert "email" not in filled
    page = visitor.submit(page, {"title": "Only a title"}, press="Save draft")
    submission = only_submission(db)
    assert page.path == f"/netconf/submissions/{submission.code}/"
    assert (submission.state, submission.abstract) == ("draft", "")
    assert "Saved as a draft." in page.text
    assert names(db, submission) == [("Ada Example", "accepted")]


def test_submitting_asks_for_everything_at_once(
    conference: Conference, ada: Person, db: Session, visitor_as: Callable[[Person], Visitor]
) -> None:
    visitor = visitor_as(ada)
    page = visitor.submit(
        visitor.get(NEW),
        {"speakers-0-name": "", "speakers-0-affiliation": "", "speakers-0-email": ""},
        press="Submit",
    )
    assert page.status == 422
    for words in ("Give it a title.", "Say what it is about.", "Name at least one speaker."):
        assert words in page.text
    assert count(db) == 0
    page = visitor.submit(page, TALK, press="Submit")
    assert page.status == 200
    assert only_submission(db).state == "submitted"


def test_sent_twice_it_is_one(
    conference: Conference,
    ada: Person,
    db: Session,
    engine: Engine,
    visitor_as: Callable[[Person], Visitor],
) -> None:
    visitor = visitor_as(ada)
    data = {**dict(visitor.get(NEW).form("title").fields), **TALK, "act": "submit"}
    first = visitor.client.post(NEW, data=data)
    second = visitor.client.post(NEW, data=data)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert count(db) == 1
    assert len(mails(engine, "received")) == 1


def test_there_is_a_track_to_choose_only_where_there_are_two(
    conference: Conference, ada: Person, db: Session, visitor_as: Callable[[Person], Visitor]
) -> None:
    visitor = visitor_as(ada)
    assert "track" not in visitor.get(NEW).form("title").names
    track = make_track(db, conference, "Storage")
    page = visitor.get(NEW)
    visitor.submit(page, {**TALK, "track": str(track.id)}, press="Submit")
    assert only_submission(db).track_id == track.id


def test_one_person_has_one_code_in_a_conference(
    conference: Conference, ada: Person, db: Session, visitor_as: Callable[[Person], Visitor]
) -> None:
    visitor = visitor_as(ada)
    for title in ("One", "Two"):
        page = visitor.submit(visitor.get(NEW), press="Add a speaker")
        row = {"speakers-1-name": "Chen Named", "speakers-1-affiliation": "Place"}
        visitor.submit(page, {**TALK, **row, "title": title}, press="Submit")
    codes: dict[str, set[str]] = {}
    for speaker in db.scalars(select(Speaker)):
        codes.setdefault(speaker.name, set()).add(speaker.code)
    assert {name: len(found) for name, found in codes.items()} == {
        "Ada Example": 1,
        "Chen Named": 1,
    }


# Rows of speakers ------------------------------------------------------------------------------


def test_rows_are_added_moved_removed_and_pasted_without_script(
    conference: Conference, stranger: Visitor, db: Session
) -> None:
    page = stranger.submit(stranger.get(NEW), TALK, press="Add a speaker")
    page = stranger.submit(page, {"speakers-1-name": "Ben"}, press="Move up Speaker 2")
    assert order(page) == ["Ben", "Ada Example"]
    page = stranger.submit(
        page, {"paste": "Chen Li, Acme; Dora (Org, Inc.)"}, press="Add them to the list"
    )
    assert order(page) == ["Ben", "Ada Example", "Chen Li", "Dora"]
    affiliations = [v for k, v in page.form("title").fields if k.endswith("-affiliation")]
    assert affiliations == ["", "University A", "Acme", "Org, Inc."]
    page = stranger.submit(page, press="Remove Speaker 1")
    assert order(page) == ["Ada Example", "Chen Li", "Dora"]
    assert dict(page.form("title").fields)["title"] == TALK["title"]
    assert count(db) == 0


def test_what_was_pasted_and_not_added_is_submitted_too(
    conference: Conference, ada: Person, db: Session, visitor_as: Callable[[Person], Visitor]
) -> None:
    visitor = visitor_as(ada)
    visitor.submit(visitor.get(NEW), {**TALK, "paste": "Ben, Acme"}, press="Submit")
    assert [name for name, _ in names(db, only_submission(db))] == ["Ada Example", "Ben"]


def test_pasted_entries_with_two_readings_are_pointed_out(
    conference: Conference, stranger: Visitor
) -> None:
    pasted = {"paste": "Ann, Ben, Acme"}
    page = stranger.submit(stranger.get(NEW), pasted, press="Add them to the list")
    assert "can be read in more than one way" in page.text


def order(page: Page) -> list[object]:
    return [v for k, v in page.form("title").fields if k.endswith("-name")]


# Typed wrongly ---------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # no statement is sent
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "x" * 201, "longer than 200"),
        ("title", "x" * 1_000_000, "longer than 200"),
        ("title", "a\x00b", "can't be stored"),
        ("title", "a\r\nBcc: x", "can't be stored"),
        ("title", "A talk |TOP|", "can't end in |TOP|"),
        ("abstract", "x" * 10_001, "longer than 10000"),
        ("abstract", "a\x1bb", "can't be stored"),
        ("type", "99999", "Not a valid choice"),
        ("type", "x", "Invalid Choice"),
        ("type", None, "Not a valid choice"),
        ("speakers-0-name", "Ada; Ben", "without semicolons"),
        ("speakers-0-name", "Ada\nBen", "can't be stored"),
        ("speakers-0-affiliation", "Place (old", "without semicolons"),
        ("speakers-0-name", "", "Every speaker needs a name."),
        ("speakers-0-email", "nobody", "not an e-mail address"),
        ("speakers-0-email", "a@b.org\r\nBcc: c@d.org", "can't be stored"),
        ("speakers-0-speaks", "perhaps", "Not a valid choice"),
        ("email", "nobody", "not an e-mail address"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_lost(
    conference: Conference, db: Session, stranger: Visitor, field: str, value: str, words: str
) -> None:
    page = posted(stranger, **{"email": "ada@example.org", field: value})
    assert page.status == 422
    assert words in page.text
    assert count(db) == 0
    kept = dict(page.form("title").fields)
    for name, typed in TALK.items():
        if name != field:
            assert str(kept[name]).replace("\r\n", "\n") == typed


def test_markup_stays_text(conference: Conference, stranger: Visitor) -> None:
    page = posted(stranger, title="<script>alert(1)</script>", email="nobody")
    assert "<script>alert" not in page.html
    assert "<script>alert(1)</script>" in page.text


def test_doubled_fields_count_once(
    conference: Conference, ada: Person, db: Session, visitor_as: Callable[[Person], Visitor]
) -> None:
    visitor = visitor_as(ada)
    data: dict[str, object] = {**dict(visitor.get(NEW).form("title").fields), **TALK}
    data.update({"act": "submit", "title": ["First", "Second"]})
    assert visitor.client.post(NEW, data=data).status_code == 303
    assert only_submission(db).title == "First"


def test_too_many_speakers_are_refused_and_kept(
    conference: Conference, db: Session, stranger: Visitor
) -> None:
    many = {f"speakers-{n}-name": f"Person {n}" for n in range(31)}
    page = posted(stranger, email="ada@example.org", **many)
    assert page.status == 422
    assert "At most 30 speakers" in page.text
    assert "Person 30" in order(page)


def test_somebody_named_twice_is_pointed_out(conference: Conference, stranger: Visitor) -> None:
    twice = {"speakers-1-name": "Ada Example", "speakers-1-affiliation": "university a"}
    page = posted(stranger, email="ada@example.org", **twice)
    assert page.status == 422
    assert "Ada Example is named twice." in page.text


def test_it_needs_its_token(conference: Conference, client: object, stranger: Visitor) -> None:
    answer = stranger.client.post(NEW, data=dict(TALK))
    assert answer.status_code == 422
    assert TALK["title"] in answer.text


# The call --------------------------------------------------------------------------------------


def test_before_and_after_the_call_there_is_no_form(db: Session, stranger: Visitor) -> None:
    open_conference(db, "early", opens=hours(5))
    open_conference(db, "late", deadline=hours(-1))
    open_conference(db, "someday", opens=None)
    early, late = stranger.get("/early/submissions/new"), stranger.get("/late/submissions/new")
    assert "The call is not open yet" in early.text
    assert "It opens on" in early.text
    assert "The call has closed" in late.text
    assert "not said yet" in stranger.get("/someday/submissions/new").text
    assert not any("title" in form.names for form in (*early.forms(), *late.forms()))


def test_a_post_after_the_deadline_is_refused_and_gives_the_text_back(
    conference: Conference, db: Session, stranger: Visitor
) -> None:
    page = stranger.get(NEW)
    conference.deadline = hours(-1)
    page = stranger.submit(page, {**TALK, "email": "ada@example.org"}, press="Submit")
    assert page.status == 409
    assert TALK["title"] in page.html
    assert "What we measured." in page.html


def test_the_grace_shows_itself_only_to_those_with_a_draft(
    conference: Conference,
    ada: Person,
    db: Session,
    visitor_as: Callable[[Person], Visitor],
    stranger: Visitor,
) -> None:
    conference.deadline = hours(-0.05)
    draft = make_submission(db, conference, [ada], state="draft", abstract="An abstract.")
    assert "Drafts can still be submitted" not in stranger.get(NEW).text
    visitor = visitor_as(ada)
    page = visitor.get(f"/netconf/submissions/{draft.code}/edit")
    assert "Drafts can still be submitted" in page.text
    page = visitor.submit(page, press="Submit")
    assert page.status == 200
    assert only_submission(db).state == "submitted"


def test_the_mail_says_until_when_on_each_clock(
    db: Session, ada: Person, engine: Engine, visitor_as: Callable[[Person], Visitor]
) -> None:
    open_conference(db, deadline_zone="Etc/GMT+12")
    ada.zone = "Asia/Kolkata"
    visitor = visitor_as(ada)
    visitor.submit(visitor.get(NEW), TALK, press="Submit")
    body = last_mail(engine, "received").body
    assert body.index("AoE = ") < body.index("Prague = ") < body.index("Kolkata:")


def test_no_draft_begins_in_the_grace(
    conference: Conference, ada: Person, db: Session, visitor_as: Callable[[Person], Visitor]
) -> None:
    visitor = visitor_as(ada)
    page = visitor.get(NEW)
    conference.deadline = hours(-0.05)
    assert visitor.submit(page, TALK, press="Submit").status == 409
    assert count(db) == 0


def test_aoe_is_shown_where_the_deadline_is_aoe(db: Session, stranger: Visitor) -> None:
    open_conference(db, "aoe", deadline_zone="Etc/GMT+12")
    open_conference(db, "prague")
    assert "AoE" in stranger.get("/aoe/submissions/new").text
    assert "Prague" in stranger.get("/aoe/submissions/new").text
    assert "AoE" not in stranger.get("/prague/submissions/new").text


def test_one_s_own_zone_stands_beside_the_event_s(
    conference: Conference, ada: Person, db: Session, visitor_as: Callable[[Person], Visitor]
) -> None:
    ada.zone = "Asia/Kolkata"
    text = visitor_as(ada).get(NEW).text
    assert text.index("Prague") < text.index("Kolkata") < text.index("(in 3 days)")


# Preview and autosave --------------------------------------------------------------------------


def test_the_preview_is_the_public_page_s_markup(
    conference: Conference, stranger: Visitor, db: Session
) -> None:
    page = stranger.get(NEW)
    typed = {**TALK, "title": "<b>T</b>", "abstract": "See https://example.org/x."}
    answer = stranger.client.post("/netconf/submissions/preview", data={**hidden(page), **typed})
    assert answer.status_code == 200
    assert "&lt;b&gt;T&lt;/b&gt;" in answer.text
    assert "Speaker(s): Ada Example, University A" in answer.text
    assert '<a href="https://example.org/x"' in answer.text
    assert "<html" not in answer.text
    assert count(db) == 0
    conference.markdown = True
    db.commit()
    typed["abstract"] = "*See* <b>x</b>"
    answer = stranger.client.post("/netconf/submissions/preview", data={**hidden(page), **typed})
    assert "<p><em>See</em> &lt;b&gt;x&lt;/b&gt;</p>" in answer.text


def test_autosave_makes_one_draft_however_often_it_is_asked(
    conference: Conference, ada: Person, db: Session, visitor_as: Callable[[Person], Visitor]
) -> None:
    visitor = visitor_as(ada)
    page = visitor.get(NEW)
    data = dict(page.form("title").fields)
    save = visitor.client.post
    url = "/netconf/submissions/autosave"
    first = save(url, data={**data, "title": "Fl"})
    again = save(url, data={**data, "title": "Flows"})
    assert first.status_code == again.status_code == 200
    submission = only_submission(db)
    assert submission.title == "Flows"
    assert again.json["action"] == f"/netconf/submissions/{submission.code}/edit"
    assert again.json["autosave"] == f"/netconf/submissions/{submission.code}/autosave"
    assert again.json["revision"] == submission.revision
    page = visitor.submit(page, TALK, press="Submit")  # the answers above never arrived
    assert only_submission(db).state == "submitted"


def test_autosave_is_for_those_who_are_logged_in(
    conference: Conference, stranger: Visitor, db: Session
) -> None:
    page = stranger.get(NEW)
    url = "/netconf/submissions/autosave"
    assert stranger.client.post(url, data={**hidden(page), **TALK}).status_code == 401
    assert count(db) == 0


def test_autosave_says_what_it_can_t_keep(
    conference: Conference, ada: Person, db: Session, visitor_as: Callable[[Person], Visitor]
) -> None:
    visitor = visitor_as(ada)
    data = {**dict(visitor.get(NEW).form("title").fields), "title": "x" * 300}
    answer = visitor.client.post("/netconf/submissions/autosave", data=data)
    assert answer.status_code == 422
    assert "Title" in answer.json["message"]
    assert count(db) == 0


def test_pages_take_few_statements(
    conference: Conference,
    ada: Person,
    db: Session,
    engine: Engine,
    visitor_as: Callable[[Person], Visitor],
    app: Flask,
) -> None:
    visitor = visitor_as(ada)
    with counted(app.extensions["cfp"].engine) as seen:
        assert visitor.get(NEW).status == 200
    assert len(seen) <= 15, "\n".join(seen)


def test_an_unknown_conference_is_not_found(stranger: Visitor) -> None:
    assert stranger.get("/nowhere/submissions/new").status == 404


def test_the_deadline_is_counted_down(conference: Conference, stranger: Visitor) -> None:
    conference.deadline = hours(0) + timedelta(minutes=19.5)
    assert "(in 19 minutes)" in stranger.get(NEW).text
