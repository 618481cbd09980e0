"""Migrations and models agree on both databases, up and down, and guard what is append-only."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.audit import AuditEntry, broken_links, record
from cfp.db import make_engine, open_session
from cfp.domain.assignment.models import (
    Conflict,
    Proposal,
    ProposalPick,
    ProposalSubmission,
    ReviewerProfile,
    ReviewRound,
)
from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.decisions.models import Calibration
from cfp.domain.models import metadata
from cfp.domain.program.models import Placement, ProgramDraft, ProgramItem
from cfp.domain.reviews.models import Review, ReviewTally
from cfp.migrate import downgrade, upgrade
from cfp.paths import resource
from cfp.schema import head, is_current
from tests.factories import (
    NOW,
    make_conference,
    make_conflict,
    make_field,
    make_person,
    make_submission,
)
from tests.support.calibrating import calibrate, make_judged


def test_models_and_migrations_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []


def test_down_to_nothing_and_up_again(engine: Engine) -> None:
    assert is_current(engine)
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_file_is_named_by_its_revision() -> None:
    for file in (resource("migrations") / "versions").glob("*.py"):
        revision = re.search(r'^revision = "(\w+)"$', file.read_text(), re.MULTILINE)
        assert revision is not None, file.name
        assert file.name.startswith(f"{revision[1]}_")
    assert head() >= "0002"


def test_data_survive_every_migration_but_the_first(engine: Engine) -> None:
    with open_session(engine, writes=True) as db:
        conference = make_conference(db, "kept")
        make_submission(db, conference, [make_person(db)], title="Kept whole")
        record(db, SYSTEM, "test", "conference:kept", now=NOW, conference_id=conference.id)
        db.commit()
    downgrade(engine, "0001")
    upgrade(engine)
    with engine.connect() as connection:
        titles = connection.execute(text("SELECT title FROM submission")).scalars().all()
    assert titles == ["Kept whole"]
    with open_session(engine, writes=False) as db:
        assert broken_links(db) == []


def test_what_a_reviewer_said_survives_the_migration_of_matching(engine: Engine) -> None:
    with open_session(engine, writes=True) as db:
        conference = make_conference(db, "kept")
        here = {"conference_id": conference.id, "person_id": make_person(db).id}
        db.add(ReviewerProfile(expertise="Tunnels", track_ids=[7], load_wished=3, **here))
        db.commit()
    downgrade(engine, "0005")
    upgrade(engine)
    with open_session(engine, writes=False) as db:
        (profile,) = db.query(ReviewerProfile)
        assert (profile.expertise, profile.load_wished) == ("Tunnels", 3)
        assert (profile.track_ids, profile.some_track_ids, profile.load_least) == ([7], [], None)
        (conference,) = db.query(Conference)
        assert (conference.match_weights, conference.chance_cap) == ({}, None)
        assert (conference.needs_senior, conference.one_per_affiliation) == (False, False)


def test_slots_survive_the_schedules_migration_and_ids_are_given_once(engine: Engine) -> None:
    with open_session(engine, writes=True) as db:
        conference = make_conference(db, "kept")
        draft = db.query(ProgramDraft).one()
        items = [
            ProgramItem(conference_id=conference.id, guid=str(n), number=n or None, title="Lunch")
            for n in range(3)
        ]
        db.add_all(items)
        db.flush()
        places = {"conference_id": conference.id, "draft_id": draft.id, "minutes": 30}
        db.add_all(Placement(item_id=item.id, start=NOW, **places) for item in items)
        early = Placement(item_id=items[1].id, start=NOW - timedelta(hours=1), **places)
        early.occurrence = 2
        db.add(early)
        db.commit()
        ids = [row.id for row in db.query(Placement)]
    downgrade(engine, "0002")
    upgrade(engine)
    with open_session(engine, writes=True) as db:
        rows = db.query(Placement).order_by(Placement.id).all()
        assert [(row.id, row.start == NOW, row.pinned, row.plenary) for row in rows] == [
            (id_, id_ != ids[-1], False, False) for id_ in ids
        ]
        assert [row.occurrence for row in rows] == [1, 2, 1, 1]  # by time, as calendars know them
        assert sorted(item.number or 0 for item in db.query(ProgramItem))[1:] == [1, 2]
        db.delete(rows[-1])
        db.flush()
        again = Placement(item_id=rows[0].item_id, occurrence=2, start=NOW, **places)
        db.add(again)
        db.flush()
        assert again.id > ids[-1]
        db.rollback()


def test_conflicts_survive_and_those_without_a_name_below_become_declared(engine: Engine) -> None:
    with open_session(engine, writes=True) as db:
        talk = make_submission(db, make_conference(db, "kept"), [make_person(db)])
        one, two = make_person(db), make_person(db)
        kinds = ((one, "declared"), (one, "by_speaker"), (two, "by_speaker"), (two, "domain"))
        for person, kind in kinds:
            make_conflict(db, talk, person, kind).type = "personal"
        make_conflict(db, talk, one, "collaborator", "dismissed")
        db.commit()
    downgrade(engine, "0005")
    upgrade(engine)
    with open_session(engine, writes=False) as db:
        rows = db.execute(
            select(Conflict.kind, Conflict.reason, Conflict.type, Conflict.recalled_id)
        ).all()
        assert sorted(row[0] for row in rows) == ["declared", "declared", "domain"]
        assert {tuple(row[1:]) for row in rows} == {("They share an office.", "", None)}
        assert not db.scalars(select(Conference.asks_collaborators)).one()


def test_questions_of_before_count_everywhere_and_there_are_no_phases(engine: Engine) -> None:
    with open_session(engine, writes=True) as db:
        conference = make_conference(db, "kept", phases=[{"key": "k", "starts": None}])
        make_field(db, conference)
        db.query(Criterion).one().tracks = [7]
        db.commit()
    downgrade(engine, "0009")
    upgrade(engine)
    with open_session(engine, writes=False) as db:
        (question,) = db.query(Criterion)
        assert (question.name, question.counts, question.tracks, question.types) == (
            "Overall", True, [], [],
        )  # fmt: skip
        (conference,) = db.query(Conference)
        assert (conference.phases, conference.phases_zone) == ([], "")
        assert conference.reviews_close is None


def test_the_pairs_of_a_proposal_survive_down_and_up(engine: Engine) -> None:
    with open_session(engine, writes=True) as db:
        conference = make_conference(db, "kept", reviewing="assigned")
        talk = make_submission(db, conference, [make_person(db)])
        round_id = db.scalars(select(ReviewRound.id)).one()
        proposal = Proposal(conference_id=conference.id, round_id=round_id, created=NOW)
        db.add(proposal)
        db.flush()
        fixed = {"conference_id": conference.id, "proposal_id": proposal.id}
        db.add(ProposalSubmission(**fixed, submission_id=talk.id, demand=2))
        pair = {**fixed, "submission_id": talk.id, "parts": [0.5, 0.2, 0.0, 0.0], "score": 0.7}
        people = [make_person(db) for _ in range(3)]
        db.add_all(
            [
                ProposalPick(**pair, person_id=people[0].id, mark="swapped", counts=False),
                ProposalPick(**pair, person_id=people[1].id, mark="chosen", proposed=False),
                ProposalPick(**pair, person_id=people[2].id, mark=""),
            ]
        )
        db.commit()
        ids = [person.id for person in people]
    downgrade(engine, "0005")
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT pairs FROM proposal")).scalar()
    pairs = json.loads(stored) if isinstance(stored, str) else stored
    assert [one[1:] for one in pairs] == [
        [id_, [0.5, 0.2, 0.0, 0.0], mark]
        for id_, mark in zip(ids, ("dropped", "pinned", ""), strict=True)
    ]
    upgrade(engine)
    with open_session(engine, writes=False) as db:
        rows = db.scalars(select(ProposalPick).order_by(ProposalPick.id)).all()
        assert [(row.person_id, row.mark, row.counts) for row in rows] == [
            (ids[0], "dropped", False), (ids[1], "pinned", True), (ids[2], "", True),
        ]  # fmt: skip
        side = db.scalars(select(ProposalSubmission)).one()
        assert (side.planned, side.demand) == (2, conference_demand(db))
        assert side.score == pytest.approx(1.4)


def test_what_reviews_said_survives_without_its_calibration(engine: Engine) -> None:
    with open_session(engine, writes=True) as db:
        judged = make_judged(db, adjusts_scores=True, accept_count=3, tells_leniency=True)
        calibrate(db, judged.conference)
        db.commit()
    downgrade(engine, "0009")
    assert "calibration" not in inspect(engine).get_table_names()
    upgrade(engine)
    with open_session(engine, writes=False) as db:
        (conference,) = db.query(Conference)
        assert (conference.adjusts_scores, conference.tells_leniency) == (False, False)
        assert conference.accept_count is None
        assert db.query(Review).count() == 30
        assert db.query(Calibration).count() == 0


def test_the_means_of_scores_are_there_after_the_migration(engine: Engine) -> None:
    with open_session(engine, writes=True) as db:
        make_judged(db)
        db.commit()
        query = select(ReviewTally.submission_id, ReviewTally.mean)
        counted = sorted(map(tuple, db.execute(query)))
    assert len({mean for _id, mean in counted}) > 1
    downgrade(engine, "0027")
    upgrade(engine)
    with open_session(engine, writes=False) as db:
        assert sorted(map(tuple, db.execute(query))) == counted


def conference_demand(db: Session) -> int:
    return db.execute(text("SELECT reviews_per_submission FROM conference")).scalar_one()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET action = 'other'", "DELETE FROM audit_entry"],
)
def test_the_audit_log_only_grows(engine: Engine, db: Session, statement: str) -> None:
    record(db, SYSTEM, "test", "something", now=NOW)
    db.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.execute(text(statement))
    db.rollback()
    assert db.query(AuditEntry).count() == 1


def test_a_changed_entry_breaks_its_chain(engine: Engine, db: Session) -> None:
    for number in range(3):
        record(db, SYSTEM, f"act {number}", "something", now=NOW, detail={"n": number})
    db.commit()
    assert broken_links(db) == []
    entry = db.query(AuditEntry).filter_by(number=2).one()
    db.rollback()
    downgrade(engine, "0001")
    db.execute(text("UPDATE audit_entry SET action = 'forged' WHERE id = :id"), {"id": entry.id})
    db.commit()
    place = (entry.chain_id, entry.number)
    db.expire_all()
    assert broken_links(db) == [place]


def test_times_are_stored_in_utc_and_naive_ones_refused(engine: Engine, db: Session) -> None:
    prague = datetime.fromisoformat("2026-11-19T10:00:00+01:00")
    conference = make_conference(db, "times", deadline=prague)
    db.commit()
    db.expire_all()
    assert conference.deadline == prague
    assert conference.deadline.tzinfo is UTC
    conference.deadline = datetime(2026, 11, 19, 10)  # noqa: DTZ001 - the point of the test
    with pytest.raises(Exception, match="aware"):
        db.flush()


def test_sqlite_settings_hold_on_every_connection(tmp_path: object) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/cfp.sqlite3")
    with engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous")
        }
    engine.dispose()
    assert values == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}


def test_the_searched_text_becomes_lines_and_a_text_again(engine: Engine) -> None:
    with open_session(engine, writes=True) as db:
        talk = make_submission(
            db, make_conference(db), [make_person(db)], title="Łódź  once", abstract="A\n\nB"
        )
        code, lines = talk.code, talk.search_text
        db.commit()
    query = text("SELECT search_text FROM submission")
    downgrade(engine, "0009")
    with engine.connect() as connection:
        assert connection.execute(query).scalar_one() == f"{code.casefold()} lodz once a b"
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(query).scalar_one() == lines
    assert lines == f"{code.casefold()}\nlodz once\na b"
