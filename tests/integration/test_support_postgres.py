"""The PostgreSQL of the tests isolates one test from the next."""

import psycopg
import pytest

pytestmark = pytest.mark.postgres


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""))


def test_copies_share_the_template_and_nothing_else(postgres):
    with connect(postgres.create("shelf")) as template:
        template.execute("CREATE TABLE book (title text)")
        template.execute("INSERT INTO book VALUES ('one')")
    template.close()
    with postgres.copy_of("shelf") as first, postgres.copy_of("shelf") as second:
        with connect(first) as writer:
            writer.execute("INSERT INTO book VALUES ('two')")
        with connect(second) as reader:
            assert reader.execute("SELECT title FROM book").fetchall() == [("one",)]
        writer.close()
        reader.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(first)


def test_sorts_by_bytes_as_sqlite_does(postgres):
    with connect(postgres.url("postgres")) as db:
        rows = db.execute("SELECT x FROM (VALUES ('b'), ('C'), ('a'), ('\u00e4')) t(x) ORDER BY x")
        assert [x for (x,) in rows] == ["C", "a", "b", "\u00e4"]
    db.close()
