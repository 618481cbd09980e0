"""Real processes of the program without the start of Python: forked from one that has imported it.

To import the program takes longer than most of what tests ask of its processes. So each run of
tests keeps one process that has done it and nothing else: no database, no thread, no settings. What
is forked from it runs the same `main` as the console script, with its own pid, environment, folder
and files, as a child of the tests' process; it can be told to stop, killed and waited for.

That the program also starts from nothing is tried in `test_wsgi.py`, `test_support_server.py` and
`.ci/wheel`; so is everywhere the system is not Linux.
"""

import atexit
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).parents[2]
MODULES = ("cfp.cli.serve", "cfp.cli.worker", "cfp.cli.job")
_LONGEST_ORDER = 128 * 1024
_PR_SET_CHILD_SUBREAPER = 36


class Forked:
    """A process of the program; what `subprocess.Popen` has to say of one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._gone = os.pidfd_open(pid)

    def poll(self) -> int | None:
        return self._wait(0)

    def wait(self, timeout: float | None = None) -> int:
        status = self._wait(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _wait(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._gone], [], [], timeout)[0]:
            status = os.waitpid(self.pid, 0)[1]
            self.returncode = os.waitstatus_to_exitcode(status)
            os.close(self._gone)
        return self.returncode


@dataclass(frozen=True)
class _Order:
    """What a new process is to be. `main` is named as "module:function"."""

    main: str
    arguments: Sequence[str]
    cwd: str
    env: Mapping[str, str]


Running = Forked | subprocess.Popen[bytes]


class _Source:
    """The process that is forked from, and the line on which it is asked."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def fork(self, order: _Order, output: int) -> Forked:
        """Make a process with this as its standard output and standard error.

        The process between it and the source ends at once, so it becomes a child of the nearest
        "subreaper" above: of us, as long as this takes. Orphans of the tests go to the system.
        """
        _adopt_orphans(True)
        try:
            socket.send_fds(self._line, [json.dumps(asdict(order)).encode()], [output])
            pid = self._line.recv(100)
        finally:
            _adopt_orphans(False)
        if not pid:
            raise RuntimeError("the process that has imported the program is gone")
        return Forked(int(pid))

    def close(self) -> None:
        self._line.close()
        self._process.wait()


def _adopt_orphans(yes: bool) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


@cache
def _source() -> _Source:
    """This run's one; it ends with us, whichever way we end."""
    made = _Source()
    atexit.register(made.close)
    return made


def start(
    main: str, *arguments: str, cwd: Path, env: Mapping[str, str], output: BinaryIO
) -> Running:
    """Start what "module:function" names, with its own folder, environment and output."""
    if sys.platform != "linux":
        return start_anew(main, *arguments, cwd=cwd, env=env, output=output)
    order = _Order(main, arguments, str(cwd), env)
    return _source().fork(order, output.fileno())


def start_anew(
    main: str, *arguments: str, cwd: Path, env: Mapping[str, str], output: BinaryIO
) -> Running:
    """The same with a start of Python and all its imports."""
    module, _, function = main.partition(":")
    return subprocess.Popen(
        [sys.executable, "-c", f"import {module}; {module}.{function}()", *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )


# In the process that is forked from, and in what is forked ------------------------------------


def _orders(line: socket.socket) -> _Order:
    """Fork as often as asked to. Returns in the new processes only."""
    tests = os.getppid()
    while True:
        message, outputs, _flags, _address = socket.recv_fds(line, _LONGEST_ORDER, 1)
        if not message:
            os._exit(0)
        between = os.fork()
        if not between:
            if os.fork():
                os._exit(0)
            while os.getppid() != tests:
                time.sleep(0.001)
            line.send(str(os.getpid()).encode())
            return _become(_Order(**json.loads(message)), *outputs)
        os.waitpid(between, 0)
        os.close(*outputs)


def _become(order: _Order, output: int) -> _Order:
    os.chdir(order.cwd)
    os.environ.clear()
    os.environ.update(order.env)
    time.tzset()
    for standard in (sys.stdout, sys.stderr):
        os.dup2(output, standard.fileno())
    os.close(output)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv[1:] = order.arguments
    return order


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who started us
    for module in MODULES:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # so that no child copies it all by looking for garbage
    with socket.socket(fileno=int(sys.argv[1])) as line:
        order = _orders(line)
    module, _, function = order.main.partition(":")
    getattr(importlib.import_module(module), function)()


if __name__ == "__main__":
    _main()
