"""The server process of the tests is the real program, and is gone when a test ends."""

import os
import signal
import urllib.request
from pathlib import Path

import pytest

from tests.support.server import run_process, serving


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 -- our own loopback address
        return answer.read().decode()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_serves_the_database_of_the_test(server):
    assert read(f"{server.url}/readyz") == "ready\n"
    assert "<!doctype html>" in read(server.url)


def test_ends_in_order_when_told(database_url, instance):
    with serving(instance, {"CFP_DATABASE_URL": database_url}, anew=True) as server:
        assert server.stop() == 0
    assert not is_running(server.pid)
    with pytest.raises(OSError, match="refused"):
        read(server.url)


def test_is_a_child_of_the_tests_that_can_be_killed(server):
    status = Path(f"/proc/{server.pid}/status").read_text()
    assert f"PPid:\t{os.getpid()}\n" in status
    server.kill()
    assert server.process.returncode == -signal.SIGKILL
    assert not is_running(server.pid)


def test_comes_back_under_the_same_address_after_a_kill(database_url, instance):
    settings = {"CFP_DATABASE_URL": database_url}
    with serving(instance, settings) as server:
        server.kill()
    with serving(instance, settings, port=server.port) as again:
        assert again.url == server.url
        assert read(f"{again.url}/readyz") == "ready\n"


def test_a_command_sees_nothing_of_the_developers_settings(instance, monkeypatch):
    monkeypatch.setenv("CFP_NO_SUCH_SETTING", "1")
    ended = run_process(instance, {}, "upgrade")
    assert (ended.returncode, ended.stderr.count("NO_SUCH")) == (0, 0), ended.stderr
    refused = run_process(instance, {"CFP_NO_SUCH_SETTING": "1"}, "upgrade")
    assert refused.returncode == 1
    assert "CFP_NO_SUCH_SETTING" in refused.stderr
