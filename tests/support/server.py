"""The real program as a process of its own, as an operator starts it."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import warm
from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
MAIN = "cfp.cli:main"


def environment(instance: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Ours without any CFP_* of the developer's, then the test's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CFP_")}
    return {**inherited, "PYTHONPATH": str(ROOT), "CFP_INSTANCE": str(instance), **settings}


def run_process(
    instance: Path, settings: Mapping[str, str], *arguments: str, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run one `cfp` command to its end; the caller judges its status and what it wrote."""
    return subprocess.run(
        [sys.executable, "-m", "cfp", *arguments],
        cwd=instance,
        env=environment(instance, settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@dataclass
class Process:
    """One started `cfp` command; always ended by its own process id."""

    process: warm.Running
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> int:
        """SIGTERM, as systemd would; returns the exit status."""
        self.process.terminate()
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop within 20 s of SIGTERM:\n{self.output()}") from None

    def kill(self) -> None:
        """SIGKILL: nothing of the program runs any more."""
        self.process.kill()
        self.process.wait()


@dataclass
class Server(Process):
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_up(self, timeout: float = 30) -> None:
        end = time.monotonic() + timeout
        while not self._answers():
            if self.process.poll() is not None:
                status = self.process.returncode
                raise AssertionError(f"the server ended with {status}:\n{self.output()}")
            if time.monotonic() > end:
                raise AssertionError(f"no /healthz within {timeout} s:\n{self.output()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:  # noqa: S310 -- our own loopback address
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def start(
    main: str,
    *arguments: str,
    instance: Path,
    settings: Mapping[str, str],
    log: Path,
    anew: bool = False,
) -> Process:
    """Start what "module:function" names as a process of its own that adds to the log."""
    env = environment(instance, settings)
    how = warm.start_anew if anew else warm.start
    with log.open("ab") as output:
        return Process(how(main, *arguments, cwd=instance, env=env, output=output), log)


@contextmanager
def running(
    *arguments: str, instance: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """A `cfp` command that goes on, e.g. `running("worker", instance=...)`; ended at the end."""
    log = instance / f"{arguments[0]}.log"
    started = start(MAIN, *arguments, instance=instance, settings=settings or {}, log=log)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.stop()


@contextmanager
def working(instance: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    """`cfp serve`, and `cfp worker` beside it as on an installation of some size."""
    with (
        serving(instance, settings, worker=False) as server,
        running("worker", instance=instance, settings={"CFP_BASE_URL": server.url, **settings}),
    ):
        yield server


@contextmanager
def serving(
    instance: Path,
    settings: Mapping[str, str] | None = None,
    *,
    port: int | None = None,
    worker: bool = True,
    anew: bool = False,
) -> Iterator[Server]:
    """`cfp serve` on loopback, ready to answer; stopped at the end unless the test killed it.

    Give the same `port` again to come back after a kill under the same address. Without `worker`
    it serves pages alone; the worker that it keeps takes longer to start than all the rest, unless
    the server is started `anew` as well: with Python, and not from what has imported the program.
    """
    port = port or free_port()
    log = instance / "serve.log"
    address = {"CFP_BASE_URL": f"http://127.0.0.1:{port}"}
    arguments = ("serve", "--port", str(port), *(() if worker else ("--no-worker",)))
    settings = {**address, **(settings or {})}
    started = start(MAIN, *arguments, instance=instance, settings=settings, log=log, anew=anew)
    server = Server(started.process, log, port)
    try:
        server.wait_until_up()
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
