"""The PostgreSQL of the tests isolates one test from the next."""

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from tests.support.postgres import Lender

pytestmark = pytest.mark.postgres


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""))


@pytest.fixture(scope="module")
def lender(postgres):
    with connect(postgres.create("shelf")) as template:
        template.execute("CREATE TABLE alembic_version (version_num text)")
        template.execute("INSERT INTO alembic_version VALUES ('0001')")
        template.execute("CREATE TABLE book (id serial PRIMARY KEY, title text)")
        template.execute("CREATE TABLE page (book int NOT NULL REFERENCES book)")
    template.close()
    lender = Lender(postgres, "shelf")
    yield lender
    lender.close()


def test_the_next_test_finds_no_rows_and_the_first_number(lender):
    for _turn in range(2):
        with lender.lent() as url, connect(url) as db:
            assert db.execute("SELECT count(*) FROM book").fetchone() == (0,)
            db.execute("INSERT INTO book (title) VALUES ('one')")
            assert db.execute("SELECT id FROM book").fetchone() == (1,)
            db.execute("INSERT INTO page VALUES (1)")
            db.commit()


def test_who_still_works_there_is_sent_away(lender):
    with lender.lent() as first:
        left = connect(first)
        left.execute("INSERT INTO book (title) VALUES ('one')")
    with lender.lent() as second:
        with connect(second) as db:
            assert db.execute("SELECT count(*) FROM book").fetchone() == (0,)
        with pytest.raises(psycopg.OperationalError):
            left.commit()
    left.close()
    assert first == second


def test_the_next_test_goes_on_with_the_connections_that_were_given_back(lender):
    pids = []
    for _turn in range(2):
        with lender.lent(), lender.engine.begin() as db:
            pids.append(db.exec_driver_sql("SELECT pg_backend_pid()").scalar())
    assert len(set(pids)) == 1
    with lender.lent():
        left = lender.engine.connect()
        left.exec_driver_sql("SELECT 1 FROM book FOR UPDATE")
    with pytest.raises(OperationalError):
        left.exec_driver_sql("SELECT 1")
    left.close()
    with lender.lent(), lender.engine.begin() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM book").scalar() == 0


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE left_behind (turn text)",
        "ALTER TABLE page ALTER book DROP NOT NULL",
        "ALTER TABLE page DROP CONSTRAINT page_book_fkey",
        "CREATE INDEX by_title ON book (title)",
        "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DELETE FROM alembic_version",
    ],
)
def test_what_was_changed_is_not_lent_again(lender, change):
    with lender.lent() as first, connect(first) as db:
        db.execute(change)
    with lender.lent() as second, connect(second) as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert first != second
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(first)


def test_sorts_by_bytes_as_sqlite_does(postgres):
    with connect(postgres.url("postgres")) as db:
        rows = db.execute("SELECT x FROM (VALUES ('b'), ('C'), ('a'), ('\u00e4')) t(x) ORDER BY x")
        assert [x for (x,) in rows] == ["C", "a", "b", "\u00e4"]
    db.close()
