"""A PostgreSQL cluster of the tests' own, thrown away afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from cfp.db import make_engine
from tests.support.ports import free_port

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    # The cluster dies with the tests, and none of them kills PostgreSQL itself: what they kill is
    # our server and worker, whose commits survive in the running cluster with or without fsync.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "64MB",
    # So that rows come back as they went in, as in a new database: none fills a gap.
    "autovacuum": "off",
}

IN_MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of our own in it, made by mkdtemp
ROOM = 2 * 1024**3
"""Bytes free there that let a cluster live in it: a copy of a database is hundreds of files, which
a disk's file system takes five times as long to make and to delete."""

USES = 25
"""How many tests a database serves before its dead rows are worth a new copy."""

KEPT = "kept-by-the-tests"
"""The application's name of connections that one test leaves to the next: a new one costs a process
of PostgreSQL's that has to read of every table again, some thirty milliseconds a test."""

OTHERS_OUT = f"""
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND NOT (application_name = '{KEPT}' AND state = 'idle')
"""  # noqa: S608 - our own name
SCHEMA = """
    SELECT md5(concat_ws('/',
        (SELECT string_agg(concat(oid, relname), ',' ORDER BY oid) FROM pg_class
         WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace),
        (SELECT string_agg(concat(attrelid, attname, xmin), ',' ORDER BY attrelid, attnum)
         FROM pg_attribute WHERE attrelid >= 16384),
        (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid) FROM pg_constraint),
        (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
        (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid) FROM pg_trigger),
        (SELECT string_agg(version_num, ',') FROM alembic_version)))
"""
"""A sum of all that is not rows, and of the migrations; the catalog's own ids begin at 16384."""
EMPTY = """
    DO $$ DECLARE filled regclass; BEGIN
        SET LOCAL session_replication_role = replica;  -- no foreign key is asked
        FOR filled IN
            SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
        LOOP
            EXECUTE format('DELETE FROM %s', filled);
        END LOOP;
        PERFORM setval(oid::regclass, 1, false) FROM pg_class
            WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
    END $$
"""


def binaries() -> Path | None:
    """The folder with the newest `initdb` and `pg_ctl`; Debian keeps them off the PATH."""
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")]
    if debian:
        return max(debian, key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("pg_ctl")
    return Path(on_path).parent if on_path else None


@dataclass(frozen=True)
class Cluster:
    port: int
    serial: Iterator[int]

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://cfp@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection without transactions, which CREATE DATABASE may not be in."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="cfp", dbname=database, autocommit=True
        )

    def run(self, statement: str, **names: str) -> None:
        """Run a statement of those who own the cluster."""
        quoted = {key: sql.Identifier(name) for key, name in names.items()}
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(**quoted))

    def create(self, name: str) -> str:
        """Create an empty database and return its URL."""
        self.run("CREATE DATABASE {name}", name=name)
        return self.url(name)

    def copy(self, template: str, name: str) -> None:
        # Without fsync, copying the files takes less time than writing them through the log.
        copy = "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
        self.run(copy, name=name, template=template)

    def drop(self, name: str) -> None:
        self.run("DROP DATABASE {name} WITH (FORCE)", name=name)


@dataclass(frozen=True)
class _Lent:
    """A database that is lent again and again, with what is connected to it all the time."""

    name: str
    engine: Engine
    housekeeping: psycopg.Connection
    uses: Iterator[int] = field(default_factory=lambda: count(1))


class Lender:
    """Databases with the template's tables and no rows, one at a time.

    Emptying one takes a tenth of the time that a copy takes, so the next test gets the same again,
    unless something but its rows was changed.
    """

    def __init__(self, cluster: Cluster, template: str) -> None:
        self._cluster, self._template = cluster, template
        self._kept: _Lent | None = None

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of an empty database that nobody else uses."""
        if self._kept is None:
            self._kept = self._copied(f"lent_{next(self._cluster.serial)}")
        yield self._cluster.url(self._kept.name)
        if next(self._kept.uses) == USES or not self._emptied(self._kept):
            self.close()

    @property
    def engine(self) -> Engine:
        """Of the database that is lent now; whoever borrows it returns all connections."""
        assert self._kept is not None
        return self._kept.engine

    def close(self) -> None:
        """Throw away what is kept."""
        if self._kept is not None:
            self._kept.engine.dispose()
            self._kept.housekeeping.close()
            self._cluster.drop(self._kept.name)
            self._kept = None

    def _copied(self, name: str) -> _Lent:
        self._cluster.copy(self._template, name)
        engine = make_engine(f"{self._cluster.url(name)}?application_name={KEPT}")
        return _Lent(name, engine, self._cluster.connect(name))

    def _emptied(self, lent: _Lent) -> bool:
        """End what is left of the test there; False when more than rows was changed."""
        lent.housekeeping.execute(OTHERS_OUT)
        if self._schema(lent.housekeeping) != self._original:
            return False
        lent.housekeeping.execute(EMPTY)
        return True

    @cached_property
    def _original(self) -> object:
        with self._cluster.connect(self._template) as connection:
            return self._schema(connection)

    def _schema(self, connection: psycopg.Connection) -> object:
        return connection.execute(SCHEMA).fetchone()


def _as_owner(folder: Path) -> Mapping[str, Any]:
    """Arguments for `subprocess` that run as somebody PostgreSQL accepts: it refuses root."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)}
    if os.geteuid() != 0:
        return {"env": environment, "cwd": folder}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    owner = known.get("postgres") or known["nobody"]
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    return {"env": environment, "cwd": folder, **identity}


def _quick_place() -> Path | None:
    """Memory where the system has a folder there with room; else where temporary folders go."""
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM
    return IN_MEMORY if roomy else None


@contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """Start a cluster in a new temporary folder; stop and delete it at the end.

    Raises:
        RuntimeError: it does not start; the message holds PostgreSQL's own log.
    """
    folder = Path(tempfile.mkdtemp(prefix="cfp-postgres-", dir=_quick_place()))
    data, log = folder / "data", folder / "log"
    owner = _as_owner(folder)
    port = free_port()

    def call(program: str, *arguments: str) -> None:
        # To a file and not to a pipe: the cluster inherits it and would hold a pipe open.
        with (folder / "calls").open("wb") as calls:
            done = subprocess.run(
                [programs / program, "-D", data, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=calls,
                stderr=calls,
                check=False,
                timeout=120,
                **owner,
            )
        if done.returncode:
            written = [file.read_text() for file in (folder / "calls", log) if file.exists()]
            raise RuntimeError(f"{program} failed:\n" + "\n".join(written))

    options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
    try:
        # "C" sorts by bytes as SQLite does, so that a test may expect one order on both.
        call("initdb", "--no-sync", "-U", "cfp", "-A", "trust", "-E", "UTF8", "--no-locale")
        call("pg_ctl", "-w", "-t", "60", "-l", str(log), "-o", f"-p {port} {options}", "start")
        try:
            yield Cluster(port, count(1))
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
