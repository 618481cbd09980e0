"""The real program as a process of its own, as an operator starts it."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]


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

    process: subprocess.Popen[bytes]
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


def _start(
    arguments: Sequence[str], instance: Path, settings: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "cfp", *arguments],
            cwd=instance,
            env=environment(instance, settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def running(
    *arguments: str, instance: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """A `cfp` command that goes on, e.g. `running("worker", instance=...)`; ended at the end."""
    log = instance / f"{arguments[0]}.log"
    started = Process(_start(arguments, instance, settings or {}, log), log)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.stop()


@contextmanager
def serving(
    instance: Path,
    settings: Mapping[str, str] | None = None,
    *,
    port: int | None = None,
    worker: bool = True,
) -> Iterator[Server]:
    """`cfp serve` on loopback, ready to answer; stopped at the end unless the test killed it.

    Give the same `port` again to come back after a kill under the same address. Without `worker`
    it serves pages alone and takes half as long to start.
    """
    port = port or free_port()
    log = instance / "serve.log"
    address = {"CFP_BASE_URL": f"http://127.0.0.1:{port}"}
    arguments = ("serve", "--port", str(port), *(() if worker else ("--no-worker",)))
    process = _start(arguments, instance, {**address, **(settings or {})}, log)
    server = Server(process, log, port)
    try:
        server.wait_until_up()
        yield server
    finally:
        if process.poll() is None:
            server.stop()
