"""Seconds from `cfp serve` to its first page, and the memory of the serving process.

Run with `python -m tests.benchmarks.start`. Memory is the resident set of the process that answers
(not of its worker), after its first page and again after a thousand more. The modules
are compiled before, as whatever installs the package does.
"""

import compileall
import os
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from cfp.paths import PACKAGE
from tests.support.server import Server, run_process, serving

PAGES = ("/", "/healthz", "/account/log-in")
ROUNDS = 333
BARS = {"seconds": 1.5, "MiB": 120}


def main() -> int:
    """Measure once and print a line each."""
    compileall.compile_dir(PACKAGE, quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        run_process(instance, {}, "upgrade")
        start = time.monotonic()
        with serving(instance, anew=True) as server:
            fetch(server, "/")
            took = time.monotonic() - start
            print(
                f"start to first page: {took:.2f} s (bar {BARS['seconds']}),"
                f" {processor_seconds(server):.2f} s of processor time"
            )
            print(f"memory after it: {resident_mib(server):.0f} MiB (bar {BARS['MiB']})")
            for _ in range(ROUNDS):
                for path in PAGES:
                    fetch(server, path)
            print(f"memory after {ROUNDS * len(PAGES)} more: {resident_mib(server):.0f} MiB")
    return 0


def fetch(server: Server, path: str) -> None:
    with urllib.request.urlopen(f"{server.url}{path}", timeout=10) as answer:  # noqa: S310 - our own loopback address
        answer.read()


def processor_seconds(server: Server) -> float:
    """Of the process that answers, which a busy machine does not stretch as it does time."""
    figures = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(server: Server) -> float:
    status = Path(f"/proc/{server.pid}/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1024


if __name__ == "__main__":
    sys.exit(main())
