"""Changing a talk: drafts, what is handed in, stale saves, ended sessions, and chairs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import LoginSession, Person
from cfp.domain.assignment.models import Conflict
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.queries import reviews_of
from cfp.domain.submissions import actions, speakers
from cfp.domain.submissions.models import Speaker, Submission, SubmissionRevision
from cfp.domain.submissions.rules import SpeakerEntry
from cfp.errors import DomainError, NotNowError
from cfp.policy import Relation, Standing, standing_of
from tests.factories import add_speaker, give_role, make_person, make_review, make_submission
from tests.support.mailbox import last_mail, mails
from tests.support.talks import LINKS, content_for, hours, names, open_conference
from tests.support.visitor import Visitor

As = Callable[[Person], Visitor]


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def ada(db: Session) -> Person:
    return make_person(db, "Ada Example", email="ada@example.org")


@pytest.fixture
def talk(db: Session, conference: Conference, ada: Person) -> Submission:
    return make_submission(db, conference, [ada, "Chen Named"], title="Old title")


def edit_url(submission: Submission) -> str:
    return f"/netconf/submissions/{submission.code}/edit"


def standing(db: Session, person: Person, conference: Conference, code: str) -> Standing:
    found = standing_of(db, Actor(person_id=person.id), conference, code)
    assert found is not None
    return found


def entries(db: Session) -> list[str]:
    return list(db.scalars(select(audit.AuditEntry.action).order_by(audit.AuditEntry.id)))


# A draft ---------------------------------------------------------------------------------------


def test_a_draft_is_saved_half_filled_and_leaves_no_history(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    draft = make_submission(db, conference, [ada], state="draft")
    visitor = visitor_as(ada)
    page = visitor.submit(visitor.get(edit_url(draft)), {"title": ""}, press="Save draft")
    assert page.status == 200
    assert db.get_one(Submission, draft.id).title == ""
    assert db.scalars(select(SubmissionRevision)).all() == []


def test_autosave_keeps_a_draft_and_tells_its_revision(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    draft = make_submission(db, conference, [ada], state="draft")
    visitor = visitor_as(ada)
    data = dict(visitor.get(edit_url(draft)).form("title").fields)
    url = f"/netconf/submissions/{draft.code}/autosave"
    answer = visitor.client.post(url, data={**data, "title": "Typed"})
    assert answer.status_code == 200
    saved = db.get_one(Submission, draft.id)
    assert (saved.title, saved.revision) == ("Typed", answer.json["revision"])
    assert entries(db) == []
    stale = visitor.client.post(url, data={**data, "title": "Older window"})
    assert stale.status_code == 409
    assert db.get_one(Submission, draft.id).title == "Typed"
    same = visitor.client.post(
        url, data={**data, "title": "Typed", "revision": answer.json["revision"]}
    )
    assert same.json["revision"] == answer.json["revision"], "nothing new, nothing counted"


def test_a_form_that_outlived_its_log_in_leads_back_to_it(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    draft = make_submission(db, conference, [ada], state="draft")
    visitor = visitor_as(ada)
    page = visitor.get(edit_url(draft))
    data = dict(page.form("title").fields)
    visitor.client.delete_cookie("cfp")
    late = visitor.submit(page, {"title": "Typed late"}, press="Save draft")
    assert (late.status, late.links()["Back to the page"]) == (422, edit_url(draft))
    assert "Typed late" in late.html
    itself = visitor.client.post(
        f"/netconf/submissions/{draft.code}/autosave",
        data={**data, "title": "Typed late"},
        headers={"Accept": "application/json"},
    )
    assert itself.status_code == 401
    assert db.get_one(Submission, draft.id).title != "Typed late"


def test_autosave_never_changes_what_is_handed_in(
    talk: Submission, ada: Person, db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    data = dict(visitor.get(edit_url(talk)).form("title").fields)
    url = f"/netconf/submissions/{talk.code}/autosave"
    assert visitor.client.post(url, data={**data, "title": "No"}).status_code == 409
    assert db.get_one(Submission, talk.id).title == "Old title"


# Handed in -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("submitted", "You can edit it until Tue 2 Sep 2031, 12:00"),
        ("revise", "Please change it as asked and submit it again by Wed 3 Sep 2031, 12:00"),
    ],
)
def test_the_form_says_until_when(
    conference: Conference, ada: Person, db: Session, visitor_as: As, state: str, said: str
) -> None:
    conference.edits_until = datetime(2031, 9, 2, 12, tzinfo=UTC)
    conference.changes_until = datetime(2031, 9, 3, 12, tzinfo=UTC)
    conference.deadline_zone = conference.zone = "UTC"
    talk = make_submission(db, conference, [ada], state=state)
    assert said in visitor_as(ada).get(edit_url(talk)).text


def test_an_edit_keeps_what_it_said_before(
    talk: Submission, ada: Person, db: Session, engine: Engine, visitor_as: As
) -> None:
    before = talk.revision
    visitor = visitor_as(ada)
    page = visitor.submit(visitor.get(edit_url(talk)), {"title": "New"}, press="Save changes")
    assert page.path == f"/netconf/submissions/{talk.code}/"
    revision = db.scalars(select(SubmissionRevision)).one()
    assert (revision.number, revision.content["title"]) == (before, "Old title")
    assert [one["name"] for one in revision.content["speakers"]] == ["Ada Example", "Chen Named"]
    saved = db.get_one(Submission, talk.id)
    assert saved.title == "New"
    assert "new" in saved.search_text
    assert entries(db) == ["submission.edit"]
    assert mails(engine) == []


def test_a_save_that_changes_nothing_is_no_change(
    talk: Submission, ada: Person, db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    page = visitor.get(edit_url(talk))
    visitor.submit(page, press="Save changes")  # fills in the address of the submitter's row
    revision = db.get_one(Submission, talk.id).revision
    visitor.submit(visitor.get(edit_url(talk)), press="Save changes")
    assert db.get_one(Submission, talk.id).revision == revision
    assert db.scalars(select(SubmissionRevision)).all() == []


def test_what_is_handed_in_stays_whole(
    talk: Submission, ada: Person, db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    page = visitor.submit(visitor.get(edit_url(talk)), {"abstract": ""}, press="Save changes")
    assert page.status == 422
    assert "Say what it is about." in page.text
    assert db.get_one(Submission, talk.id).abstract != ""


def test_a_stale_save_shows_both_texts_and_loses_neither(
    talk: Submission, ada: Person, db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    old_window = visitor.get(edit_url(talk))
    visitor.submit(visitor.get(edit_url(talk)), {"title": "Theirs"}, press="Save changes")
    page = visitor.submit(old_window, {"title": "Yours"}, press="Save changes")
    assert page.status == 409
    assert "Theirs" in page.html
    assert "Yours" in page.html
    assert db.get_one(Submission, talk.id).title == "Theirs"
    assert visitor.get(page.links()["Open the form as it is now"]).status == 200


def test_an_ended_session_gives_the_text_back(
    talk: Submission, ada: Person, db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    page = visitor.get(edit_url(talk))
    db.query(LoginSession).delete()
    page = visitor.submit(page, {"abstract": "An hour of typing."}, press="Save changes")
    assert page.status in {400, 401, 422}
    assert "An hour of typing." in page.html
    assert db.get_one(Submission, talk.id).abstract != "An hour of typing."


def test_after_the_last_day_of_edits_it_is_closed_for_speakers(
    conference: Conference, talk: Submission, ada: Person, db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    page, contact = visitor.get(edit_url(talk)), conference.contact
    conference.deadline = hours(-1)
    assert visitor.get(edit_url(talk)).status == 409
    page = visitor.submit(page, {"title": "Late"}, press="Save changes")
    assert page.status == 409
    assert "Late" in page.html
    told = f"speakers and text could be changed here. The organizers still can: write to {contact}"
    assert told in visitor.get(f"/netconf/submissions/{talk.code}/").text
    conference.edits_until = hours(5)
    page = visitor.submit(visitor.get(edit_url(talk)), {"title": "In time"}, press="Save changes")
    assert page.status == 200


def test_changes_asked_for_are_made_and_submitted_again(
    conference: Conference, ada: Person, db: Session, engine: Engine, visitor_as: As
) -> None:
    talk = make_submission(db, conference, [ada], state="revise")
    conference.deadline = hours(-100)
    conference.changes_until = hours(-1)
    visitor = visitor_as(ada)
    assert visitor.get(edit_url(talk)).status == 409
    assert "Changes were not handed in in time" in visitor.get("/netconf/submissions/").text
    conference.changes_until = hours(1)
    page = visitor.get(edit_url(talk))
    page = visitor.submit(page, {"abstract": "Better."}, press="Save and submit again")
    assert page.status == 200
    saved = db.get_one(Submission, talk.id)
    assert (saved.state, saved.abstract) == ("submitted", "Better.")
    assert last_mail(engine, "received").recipient == "ada@example.org"


# Who -------------------------------------------------------------------------------------------


def test_nobody_else_may_edit(
    conference: Conference, talk: Submission, db: Session, visitor_as: As, stranger: Visitor
) -> None:
    other = make_person(db)
    make_submission(db, conference, [other])
    reviewer, reader, chair = make_person(db), make_person(db), make_person(db)
    give_role(db, conference, reviewer, "reviewer")
    give_role(db, conference, reader, "reader")
    give_role(db, conference, chair, "chair")
    draft = make_submission(db, conference, [other], state="draft")
    assert visitor_as(make_person(db)).get(edit_url(talk)).status == 404
    assert visitor_as(reviewer).get(edit_url(talk)).status == 403
    assert visitor_as(reader).get(edit_url(talk)).status == 403
    assert visitor_as(chair).get(edit_url(draft)).status == 404
    assert visitor_as(chair).get("/netconf/submissions/NOSUCH/edit").status == 404
    assert stranger.client.get(edit_url(talk)).status_code == 302


def test_an_invited_co_speaker_edits_only_after_saying_it_is_them(
    talk: Submission, db: Session, visitor_as: As
) -> None:
    ben = make_person(db, "Ben", email="ben@example.org")
    place = add_speaker(db, talk, "Ben", 2, state="invited", address="ben@example.org")
    assert visitor_as(ben).get(edit_url(talk)).status == 404
    place.person_id, place.state = ben.id, "accepted"
    assert visitor_as(ben).get(edit_url(talk)).status == 200


def test_a_chair_edits_at_any_time_and_the_speakers_are_told(
    conference: Conference, talk: Submission, db: Session, engine: Engine
) -> None:
    chair = make_person(db, "Cleo Chair")
    give_role(db, conference, chair, "chair")
    conference.deadline = hours(-100)
    actor = Actor(person_id=chair.id, name="Cleo Chair")
    found = Standing(conference, talk, frozenset({Relation.CHAIR}), False, False)
    speakers = (SpeakerEntry("Ada Example", "Example Org"), SpeakerEntry("Chen Named", "Elsewhere"))
    content = content_for(db, conference, title="Corrected", speakers=speakers)
    actions.edit(db, actor, found, content=content, links=LINKS, now=hours(0))
    db.commit()
    told = last_mail(engine, "changed_by_chair")
    assert told.recipient == "ada@example.org"
    assert "title, abstract, speakers" in told.body
    assert entries(db) == ["submission.edit"]


def test_a_chair_comes_back_to_the_chairs_page(
    conference: Conference, talk: Submission, db: Session, engine: Engine, visitor_as: As
) -> None:
    chair = make_person(db, "Cleo Chair")
    give_role(db, conference, chair, "chair")
    talk.state, conference.deadline = "confirmed", hours(-100)
    visitor = visitor_as(chair)
    page = visitor.get(f"/netconf/chair/submissions/{talk.code}/")
    page = visitor.get(page.links()["Change the speakers"])
    assert "You edit this as a chair" in page.text
    assert f"/netconf/submissions/{talk.code}/" not in page.links().values()
    page = visitor.submit(page, {"title": "Corrected"}, press="Save changes")
    assert (page.status, page.path) == (200, f"/netconf/chair/submissions/{talk.code}/")
    assert "Corrected" in page.text
    assert last_mail(engine, "changed_by_chair").recipient == "ada@example.org"


# Speakers --------------------------------------------------------------------------------------


def test_a_new_co_speaker_is_asked_at_the_save_and_a_removed_one_told(
    conference: Conference, ada: Person, db: Session, engine: Engine
) -> None:
    me = SpeakerEntry("Ada Example", "University A", "ada@example.org")
    ben = SpeakerEntry("Ben", "Place", "ben@example.org")
    talk = submitted(db, conference, ada, me)
    edit(db, talk, ada, conference, me, ben)
    assert last_mail(engine, "speaker_invitation").recipient == "ben@example.org"
    assert names(db, talk)[1] == ("Ben", "invited")
    edit(db, talk, ada, conference, me)
    assert last_mail(engine, "speaker_removed").recipient == "ben@example.org"
    assert names(db, talk)[1] == ("Ben", "removed")
    edit(db, talk, ada, conference, me, ben)
    assert names(db, talk)[1] == ("Ben", "invited")
    assert len(mails(engine, "speaker_invitation")) == 2
    assert "ben" in talk.people_text
    assert "ben" not in talk.search_text


def test_who_takes_their_own_row_off_needs_no_mail(
    conference: Conference, ada: Person, db: Session, engine: Engine
) -> None:
    me = SpeakerEntry("Ada Example", "University A", "ada@example.org")
    talk = submitted(db, conference, ada, me, SpeakerEntry("Zoe Boss"))
    edit(db, talk, ada, conference, SpeakerEntry("Zoe Boss"))
    assert names(db, talk) == [("Ada Example", "removed"), ("Zoe Boss", "named")]
    assert mails(engine, "speaker_removed") == []


def test_who_said_not_me_is_never_asked_again(
    conference: Conference, ada: Person, db: Session, engine: Engine
) -> None:
    me = SpeakerEntry("Ada Example", "University A", "ada@example.org")
    ben = SpeakerEntry("Ben", "Place", "ben@example.org")
    talk = submitted(db, conference, ada, me, ben)
    place = db.scalars(select(Speaker).where(Speaker.name == "Ben")).one()
    take_leave(db, conference, talk, place)
    assert last_mail(engine, "speaker_left").recipient == "ada@example.org"
    assert (place.state, place.address) == ("removed", "")
    with pytest.raises(DomainError, match="speaker_left"):
        edit(db, talk, ada, conference, me, ben)
    db.rollback()
    edit(db, talk, ada, conference, me, replace(ben, address=""))
    assert [state for _, state in names(db, talk)].count("named") == 1
    assert len(mails(engine, "speaker_invitation")) == 1


def test_the_order_is_the_form_s(conference: Conference, ada: Person, db: Session) -> None:
    me = SpeakerEntry("Ada Example", "University A", "ada@example.org")
    talk = submitted(db, conference, ada, me, SpeakerEntry("Ben"), SpeakerEntry("Chen"))
    rows = db.scalars(select(Speaker).order_by(Speaker.position)).all()
    turned = [SpeakerEntry(row.name, row.affiliation, row.address, code=row.code) for row in rows]
    edit(db, talk, ada, conference, *reversed(turned))
    assert [name for name, _ in names(db, talk)] == ["Chen", "Ben", "Ada Example"]
    after = db.scalars(select(Speaker).order_by(Speaker.position.desc())).all()
    assert [row.id for row in after] == [row.id for row in rows]


def test_the_address_of_somebody_who_accepted_stays(
    conference: Conference, ada: Person, db: Session
) -> None:
    me = SpeakerEntry("Ada Example", "University A", "ada@example.org")
    ben = make_person(db, "Ben", email="ben@example.org")
    talk = submitted(db, conference, ada, me, SpeakerEntry("Ben", "", "ben@example.org"))
    place = db.scalars(select(Speaker).where(Speaker.name == "Ben")).one()
    place.person_id, place.state = ben.id, "accepted"
    changed = SpeakerEntry("Ben", "", "other@example.org", code=place.code)
    with pytest.raises(DomainError, match="speaker_linked"):
        edit(db, talk, ada, conference, me, changed)


def test_a_row_renamed_to_somebody_else_is_the_submitter_s_no_more(
    conference: Conference, ada: Person, db: Session
) -> None:
    me = SpeakerEntry("Ada Example", "University A", "ada@example.org")
    talk = submitted(db, conference, ada, me)
    row = db.scalars(select(Speaker)).one()
    edit(db, talk, ada, conference, SpeakerEntry("Zoe Boss", "University A", code=row.code))
    assert (row.person_id, row.state) == (None, "named")
    assert standing(db, ada, conference, talk.code).relations, "who submitted still follows it"


def test_conflicts_are_looked_for_when_speakers_change(
    conference: Conference, talk: Submission, ada: Person, db: Session, visitor_as: As
) -> None:
    reviewer = make_person(db, "Rita Reviewer")
    reviewer.affiliation = "Acme, Inc."
    give_role(db, conference, reviewer, "reviewer")
    visitor = visitor_as(ada)
    place = {"speakers-1-affiliation": "ACME"}
    visitor.submit(visitor.get(edit_url(talk)), place, press="Save changes")
    same_employer = select(Conflict.person_id).where(Conflict.kind == "affiliation")
    assert db.scalars(same_employer).all() == [reviewer.id]
    place = {"speakers-1-affiliation": "Elsewhere"}
    visitor.submit(visitor.get(edit_url(talk)), place, press="Save changes")
    assert db.scalars(same_employer).all() == []


def test_an_edit_dates_reviews_and_a_move_does_not(
    conference: Conference, talk: Submission, ada: Person, db: Session, visitor_as: As
) -> None:
    reviewer, chair = make_person(db), make_person(db)
    give_role(db, conference, reviewer, "reviewer")
    make_review(db, talk, reviewer, seen_revision=talk.revision)
    as_chair = Standing(conference, talk, frozenset({Relation.CHAIR}), False, False)
    cleo = Actor(person_id=chair.id)

    def outdated() -> list[bool]:
        return [one.outdated for one in reviews_of(db, cleo, as_chair)]

    actions.move(db, cleo, as_chair, "waitlist", now=hours(0), links=LINKS, announcing=True)
    talk.state = "submitted"
    db.flush()
    assert outdated() == [False]
    visitor = visitor_as(ada)
    visitor.submit(visitor.get(edit_url(talk)), {"abstract": "Other."}, press="Save changes")
    assert outdated() == [True]


def submitted(
    db: Session, conference: Conference, ada: Person, *people: SpeakerEntry
) -> Submission:
    actor = Actor(person_id=ada.id, name=ada.name)
    content = content_for(db, conference, speakers=people)
    talk = actions.create(db, actor, conference, content=content, now=hours(0))
    found = standing(db, ada, conference, talk.code)
    actions.submit(db, actor, found, links=LINKS, now=hours(0))
    db.commit()
    return talk


def edit(
    db: Session, talk: Submission, ada: Person, conference: Conference, *people: SpeakerEntry
) -> None:
    rows = {row.name: row.code for row in db.scalars(select(Speaker)) if row.state != "removed"}
    known = [one if one.code else replace(one, code=rows.get(one.name, "")) for one in people]
    actions.edit(
        db,
        Actor(person_id=ada.id, name=ada.name),
        standing(db, ada, conference, talk.code),
        content=content_for(db, conference, speakers=tuple(known)),
        links=LINKS,
        now=hours(0),
    )
    db.commit()


def take_leave(db: Session, conference: Conference, talk: Submission, place: Speaker) -> None:
    speakers.leave(
        db,
        Actor(),
        conference=conference,
        submission=talk,
        speaker=place,
        links=LINKS,
        now=hours(0),
    )
    db.commit()


def test_a_closed_call_takes_no_draft_by_any_way(
    conference: Conference, ada: Person, db: Session
) -> None:
    conference.deadline = hours(-1)
    with pytest.raises(NotNowError, match="call_closed"):
        actions.create(
            db,
            Actor(person_id=ada.id),
            conference,
            content=content_for(db, conference),
            now=hours(0),
        )
