"""Who reviews what as a table: exported, edited, imported as a proposal, and what is refused."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.config import Config
from cfp.domain.accounts.models import Email, Person
from cfp.domain.assignment.models import Assignment, Proposal, ProposalPick, ReviewerProfile
from cfp.domain.jobs import Job
from tests.factories import (
    give_role,
    make_assignment,
    make_conflict,
    make_person,
    make_review,
    make_track,
)
from tests.support.cli import run_cli
from tests.support.outbox import config_for
from tests.support.reviewing import Committee, make_committee
from tests.support.visitor import Page, Visitor
from tests.support.working import Work

VisitorAs = Callable[[Person], Visitor]
Pair = tuple[int, int]


@pytest.fixture
def committee(db: Session) -> Committee:
    return make_committee(db, submissions=3, reviewers=4, each=2)


@pytest.fixture
def config(instance, database_url) -> Config:
    return config_for(instance, database_url)


@pytest.fixture
def chair(committee: Committee, visitor_as: VisitorAs) -> Visitor:
    return visitor_as(committee.chair)


def at(committee: Committee, rest: str = "") -> str:
    return f"/{committee.conference.slug}/chair/assignment/{rest}"


def table(*rows: tuple[object, ...], head: str = "submission,reviewer,action") -> str:
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n"


def bring(visitor: Visitor, committee: Committee, text: str, mode: str = "add") -> Page:
    page = visitor.get(at(committee, "import"))
    return visitor.submit(page, {"text": text, "mode": mode}, press="Make a proposal of it")


def brought(visitor: Visitor, committee: Committee, work: Work, text: str, mode="add") -> Page:
    waiting = bring(visitor, committee, text, mode)
    assert waiting.status == 200, waiting.text
    assert work().state == "done"
    return visitor.get(waiting.path)


def pairs(db: Session) -> set[Pair]:
    db.expire_all()
    active = Assignment.state.in_(("assigned", "accepted", "done"))
    rows = db.execute(select(Assignment.submission_id, Assignment.person_id).where(active))
    return {(row[0], row[1]) for row in rows}


def test_a_table_becomes_a_proposal_that_is_applied_and_undone(chair, committee, work, db):
    one, two, _three = committee.submissions
    ada, ben, cleo, dan = committee.reviewers
    make_assignment(db, one, ada)
    make_assignment(db, two, ben, "accepted")
    db.add(
        ReviewerProfile(
            conference_id=committee.conference.id, person_id=dan.id, track_ids=[], load_wished=1
        )
    )
    address = db.scalars(select(Email.address).where(Email.person_id == dan.id)).one()
    db.commit()
    before = pairs(db)
    proposal = brought(
        chair, committee, work,
        table((one.code, ada.name, "remove"), (one.code, cleo.code, ""), (one.code, address, ""),
              (two.code.lower(), "REVIEWER 3", "assign")),
    )  # fmt: skip
    assert "As imported: the scores sum up to" in proposal.text
    for figure in ("3 new", "1 taken away", "1 unchanged", "1 reviewer over the limit"):
        assert figure in proposal.text
    assert pairs(db) == before
    applied = chair.submit(proposal, press="Apply 4 changes")
    after = {(one.id, cleo.id), (one.id, dan.id), (two.id, ben.id), (two.id, dan.id)}
    assert pairs(db) == after
    chair.submit(applied, press="Undo")
    assert pairs(db) == before


def test_a_whole_table_takes_away_who_is_not_in_it_but_not_who_said_yes(
    chair, committee, work, db
):
    one, two, three = committee.submissions
    for submission, person, state in (
        (one, 0, "assigned"), (one, 1, "accepted"), (two, 2, "assigned"), (three, 3, "assigned"),
    ):  # fmt: skip
        make_assignment(db, submission, committee.reviewers[person], state)
    make_review(db, two, committee.reviewers[2], state="draft")
    db.commit()
    text = table((one.code, "Reviewer 2"), (two.code, "Reviewer 3"), head="submission,reviewer")
    proposal = brought(chair, committee, work, text, "whole")
    assert "not in the imported table" in proposal.text
    chair.submit(proposal, press="Apply 3 changes")
    people = committee.reviewers
    assert pairs(db) == {
        (one.id, people[1].id), (one.id, people[2].id), (two.id, people[2].id),
        (two.id, people[3].id), (three.id, people[3].id),
    }  # fmt: skip


def test_what_is_exported_says_the_same_when_it_comes_back(chair, committee, work, db):
    committee.submissions[0].title = "=1+1"
    for number, submission in enumerate(committee.submissions):
        make_assignment(db, submission, committee.reviewers[number])
    db.commit()
    answer = chair.client.get(at(committee, "assignments.csv"))
    text = answer.data.decode("utf-8-sig")
    first = next(csv.DictReader(io.StringIO(text)))
    assert (first["title"], first["state"], first["action"]) == ("'=1+1", "assigned", "assign")
    assert first["email"].startswith("r@r0")
    proposal = brought(chair, committee, work, text, "whole")
    assert "0 new" in proposal.text
    assert "0 taken away" in proposal.text
    edited = chair.client.get(proposal.path + ".json?show=all").json["assignments"]
    assert {entry["change"] for entry in edited} == {"kept"}
    assert edited[0]["score"] == pytest.approx(
        edited[0]["bid"] + edited[0]["track"] + edited[0]["text"] - edited[0]["avoid"]
    )
    again = brought(chair, committee, work, json.dumps(edited), "whole")
    assert "0 new" in again.text


def test_what_is_exported_comes_back_when_some_of_it_is_decided(chair, committee, work, db):
    """Lines on a decided submission ask for nothing, unless they would change it."""
    one, two, _three = committee.submissions
    ada, ben, cleo, _dan = committee.reviewers
    make_assignment(db, one, ada)
    make_assignment(db, two, ben)
    make_assignment(db, two, cleo, "declined")
    two.state = "accepted"
    db.commit()
    exported = chair.get(at(committee, "assignments.csv")).response.get_data(as_text=True)
    more = "".join(f"{one.code},,,{person.code},,,,,\n" for person in (ben, cleo))
    assert "2 new" in brought(chair, committee, work, exported + more).text
    changes = table((two.code, cleo.name, ""), (two.code, ben.name, "remove"))
    refused = bring(chair, committee, changes)
    assert refused.text.count("is no submission under review") == 2


def test_every_line_that_cannot_be_used_is_named(chair, committee, db):
    one, two, three = committee.submissions
    ada, ben, cleo, dan = committee.reviewers
    make_conflict(db, one, ada)
    make_assignment(db, one, ben, "declined")
    make_assignment(db, two, cleo)
    make_review(db, two, cleo, state="draft")
    three.state = "withdrawn"
    dan.name = ben.name
    db.add(
        ReviewerProfile(
            conference_id=committee.conference.id, person_id=dan.id, track_ids=[], paused=True
        )
    )
    db.commit()
    said = bring(
        chair, committee,
        table(
            (one.code, ada.name), (one.code, ben.code), (two.code, ben.name), (two.code, dan.code),
            (three.code, ada.code), ("ZZZZZZ", ada.code), (two.code, "Nobody"),
            (two.code, ada.code), (two.code, ada.name, "remove"), (two.code, ada.code, "like"),
            (two.code, cleo.code, "remove"), ("", ""),
        ),
    )  # fmt: skip
    assert said.status == 422
    for words in (
        "10 lines can't be used",
        "Line 2: Reviewer 0 has a conflict of interest with it.",
        "Line 3: " + ben.code + " has declined to review it.",
        "Line 4: several reviewers are called “Reviewer 1”",
        "Line 5: " + dan.code + " pauses",
        "Line 6: “" + three.code + "” is no submission under review.",
        "Line 7: “ZZZZZZ” is no submission under review.",
        "Line 8: “Nobody” is no reviewer here.",
        "Line 10: this pair is there already, in line 9.",
        "Line 11: “like” is no action",
        "Line 12: " + cleo.code + " has begun to review it, so that stays.",
        "Nothing is changed until every line is right.",
    ):
        assert words in said.text
    assert "ZZZZZZ" in said.html[said.html.index("<textarea") :], "what was pasted is still there"
    assert db.scalars(select(Job)).all() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "No line names a submission under review"),
        ("submission,reviewer\n", "No line names a submission under review"),
        ("title,speaker\nx,y", "missing: submission, reviewer"),
        ("[{]", "This is no JSON of assignments"),
        ('{"assignments": 3}', "This is no JSON of assignments: assignments"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(chair, committee, db, text, words):
    said = bring(chair, committee, text)
    assert said.status == 422
    assert words in said.text
    assert db.scalars(select(Job)).all() == []


def test_a_file_is_read_and_bad_bytes_are_named(chair, committee, work, db):
    one, ada = committee.submissions[0], committee.reviewers[0]
    page = chair.get(at(committee, "import"))
    form = page.form("mode")
    for data, status in (
        (b"submission,reviewer\nA,\xff\n", 422),
        (f"Code;Reviewer\n{one.code};{ada.name}".encode("utf-8-sig"), 303),
    ):
        fields = {**dict(form.fields), "mode": "add", "file": (io.BytesIO(data), "x.csv")}
        answer = chair.client.post(
            at(committee, "import"), data=fields, content_type="multipart/form-data"
        )
        assert answer.status_code == status
        if status == 422:
            assert "Line 2 is not UTF-8 text" in answer.text
    assert work().state == "done"
    assert db.scalars(select(ProposalPick.person_id)).all() == [ada.id]


def test_nothing_of_a_submission_that_is_not_theirs_is_in_any_file(
    chair, committee, work, db, visitor_as
):
    """A chair with a conflict, and the chair of another track: by export, filter and import."""
    hidden, track = committee.submissions[0], make_track(db, committee.conference, "Storage")
    blocked, other = make_person(db, "Blocked Chair"), make_person(db, "Track Chair")
    give_role(db, committee.conference, blocked, "chair")
    give_role(db, committee.conference, other, "track_chair", track)
    committee.submissions[1].track_id = track.id
    make_conflict(db, hidden, blocked)
    for submission, reviewer in zip(committee.submissions, committee.reviewers, strict=False):
        make_assignment(db, submission, reviewer)
    db.commit()
    proposal = brought(
        chair, committee, work, table((hidden.code, "Reviewer 3"), head="submission,reviewer")
    )
    address = db.scalars(
        select(Email.address).where(Email.person_id == committee.reviewers[1].id)
    ).one()
    for person, rows in ((blocked, 2), (other, 1)):
        visitor = visitor_as(person)
        for ending in ("csv", "json"):
            answer = visitor.client.get(at(committee, f"assignments.{ending}"))
            assert answer.status_code == 200
            assert hidden.code not in answer.text
            assert (address in answer.text) is (person is blocked)
        assert len(answer.json["assignments"]) == rows
        row = db.get_one(Proposal, 1)
        pair = f"submissions/{hidden.code}/{committee.reviewers[3].code}"
        for rest in ("", ".csv", ".xlsx", ".json", "/reviewers/", "?q=" + hidden.code, "/" + pair):
            assert visitor.get(proposal.path + rest).status in {403, 404}, (row.id, rest)
        said = bring(visitor, committee, table((hidden.code, "Reviewer 3")))
        assert f"Line 2: “{hidden.code}” is no submission under review." in said.text
    theirs = committee.submissions[1].code
    by_address = bring(visitor_as(other), committee, table((theirs, address)))
    assert "is no reviewer here" in by_address.text, "an address is not to be guessed at"


def run(config: Config, *arguments: str):
    return run_cli(config.instance, {"CFP_DATABASE_URL": config.database_url}, "assign", *arguments)


def test_the_command_line_exports_imports_and_names_what_is_wrong(db, committee, config, tmp_path):
    one, ada = committee.submissions[0], committee.reviewers[0]
    make_assignment(db, one, ada)
    db.commit()
    slug, file = committee.conference.slug, tmp_path / "pairs.csv"
    written = run(config, slug, "--export", str(file))
    assert (written.returncode, written.stdout) == (0, f"1 pair written to {file}.\n")
    text = file.read_text("utf-8-sig")
    file.write_text(text + f"{committee.submissions[1].code},,,Reviewer 2,,,assign,,\n")
    dry = run(config, slug, "--import", str(file), "--whole", "--dry-run", "--json")
    outcome = json.loads(dry.stdout)
    assert (outcome["new"], outcome["kept"], outcome["taken_away"]) == (1, 1, 0)
    assert dry.returncode == 3, "two submissions have one reviewer each"
    run(config, slug, "--import", str(file), "--whole")
    assert pairs(db) == {
        (one.id, ada.id), (committee.submissions[1].id, committee.reviewers[2].id),
    }  # fmt: skip
    db.commit()
    file.write_text("submission,reviewer\nZZZZZZ,ada\n")
    refused = run(config, slug, "--import", str(file))
    assert refused.returncode == 1
    assert "line 2: 'ZZZZZZ' is no submission under review." in refused.stderr
    assert run(config, slug, "--whole").returncode == 2
    assert run(config, slug, "--import", str(file), "--export", "other.csv").returncode == 2


def test_a_planted_group_that_shares_too_few_reviewers_is_named_exactly(
    db, config, work, visitor_as
):
    """Two of five talks may be reviewed by the same two people only, who take one each."""
    committee = make_committee(db, submissions=5, reviewers=8, each=2)
    planted, few = committee.submissions[:2], committee.reviewers[:2]
    for submission in planted:
        for reviewer in committee.reviewers[2:]:
            make_conflict(db, submission, reviewer)
    for reviewer in few:
        db.add(
            ReviewerProfile(
                conference_id=committee.conference.id, person_id=reviewer.id, track_ids=[],
                load_wished=1,
            )
        )  # fmt: skip
    db.commit()
    sentence = "who can give 2 of 4 reviews: 2 missing."
    dry = run(config, committee.conference.slug, "--dry-run")
    codes = ", ".join(sorted(one.code for one in planted))
    assert (
        f"2 submissions ({codes}) can only be reviewed by 2 reviewers (Reviewer 0, Reviewer 1), "
        + sentence
        in dry.stdout
    )
    visitor = visitor_as(committee.chair)
    waiting = visitor.submit(visitor.get(at(committee)), press="Make a proposal")
    work()
    page = visitor.get(waiting.path)
    assert "2 submissions can only be reviewed by 2 reviewers, " + sentence in page.text
    assert "Talk 0, Talk 1 · Reviewer 0, Reviewer 1" in page.text


def test_coverage_says_before_that_all_together_take_too_few(db, visitor_as):
    committee = make_committee(db, submissions=5, reviewers=3, each=2)
    for reviewer, wished in zip(committee.reviewers, (4, 3, 0), strict=True):
        db.add(
            ReviewerProfile(
                conference_id=committee.conference.id, person_id=reviewer.id, track_ids=[],
                load_wished=wished,
            )
        )  # fmt: skip
    db.commit()
    page = visitor_as(committee.chair).get(at(committee))
    assert "3 reviews can't be had" in page.text
    assert "All reviewers together take 7, and 10 are wanted, 1 takes none." in page.text
