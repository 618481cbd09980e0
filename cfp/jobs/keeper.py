"""Keeps a worker beside `cfp serve`: one command runs everything a small installation needs."""

import logging
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from cfp.config import Config
from cfp.paths import PROGRAM

_SECONDS_BEFORE_RESTART = 2.0
_SECONDS_TO_STOP = 90.0
log = logging.getLogger(__name__)


@contextmanager
def kept_worker(config: Config, *, program: Sequence[str] = PROGRAM) -> Iterator[None]:
    """A worker as a child process while the block runs; started again whenever it dies.

    At the end it is told to stop and may finish what is in flight. Killed with us or not, it ends
    by itself when this process is gone.
    """
    leaving = threading.Event()
    keeper = threading.Thread(target=_keep, args=(config, program, leaving), name="worker keeper")
    keeper.start()
    try:
        yield
    finally:
        leaving.set()
        keeper.join()


def _keep(config: Config, program: Sequence[str], leaving: threading.Event) -> None:
    while not leaving.is_set():
        worker = _start(config, program)
        while worker.poll() is None and not leaving.wait(0.5):
            pass
        if not leaving.is_set():
            log.warning("the worker ended with status %d; starting it again", worker.returncode)
            leaving.wait(_SECONDS_BEFORE_RESTART)
    _end(worker)


def _start(config: Config, program: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program, no shell
        [*program, "worker", "--parent", str(os.getpid())],
        env=config.for_child(),
        stdin=subprocess.DEVNULL,
        # Of Ctrl-C in a terminal only the server hears; it then tells the worker.
        start_new_session=True,
    )


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
