"""Each test gets a migrated database of its own, on SQLite and again on PostgreSQL."""

import pytest
from sqlalchemy import inspect, text

from cfp.schema import is_current
from cfp.web import context
from tests.factories import make_conference
from tests.support.statements import counted


@pytest.mark.parametrize("turn", ["first", "second"])
def test_is_migrated_and_empty_each_time(engine, turn):
    assert is_current(engine)
    assert "left_behind" not in inspect(engine).get_table_names()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (turn text)"))
    assert "left_behind" in inspect(engine).get_table_names()


def test_counts_statements_without_housekeeping(db, engine):
    with counted(engine) as seen:
        db.execute(text("SELECT 1"))
        with db.begin_nested():
            db.execute(text("SELECT 2"))
        db.commit()
    assert seen == ["SELECT 1", "SELECT 2"]


@pytest.mark.parametrize("commits", [True, False])
def test_a_view_that_forgets_to_commit_fails_its_test(app, commits):
    with app.test_request_context("/", method="POST"):
        make_conference(context.db())
        if commits:
            context.db().commit()
            context.close_db()
        else:
            with pytest.raises(AssertionError, match="did not commit"):
                context.close_db()
