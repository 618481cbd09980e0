"""A PostgreSQL cluster of the tests' own, thrown away afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.ports import free_port

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    # The cluster dies with the tests, and none of them kills PostgreSQL itself: what they kill is
    # our server and worker, whose commits survive in the running cluster with or without fsync.
    "fsync": "off",
    "full_page_writes": "off",
}


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
    _serial: Iterator[int]

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://cfp@127.0.0.1:{self.port}/{database}"

    def run(self, statement: sql.Composed | sql.SQL) -> None:
        """Run a statement that no transaction may hold, such as CREATE DATABASE."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="cfp", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def create(self, name: str) -> str:
        """Create an empty database and return its URL."""
        self.run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    @contextmanager
    def copy_of(self, template: str) -> Iterator[str]:
        """The URL of a database with the template's tables and rows, dropped at the end."""
        name = f"test_{next(self._serial)}"
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        # Without fsync, copying the files takes less time than writing them through the log.
        copy = "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
        self.run(sql.SQL(copy).format(**names))
        try:
            yield self.url(name)
        finally:
            self.run(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


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


@contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """Start a cluster in a new temporary folder; stop and delete it at the end.

    Raises:
        RuntimeError: it does not start; the message holds PostgreSQL's own log.
    """
    folder = Path(tempfile.mkdtemp(prefix="cfp-postgres-"))
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
