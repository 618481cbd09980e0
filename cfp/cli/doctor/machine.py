"""The folder, the disk, the time zones and the address: what needs no database."""

import shutil
import stat
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cfp.cli.doctor.findings import Finding, error, fine, warning
from cfp.config import Config
from cfp.uploads import NO_ROOM

MIB = 1024 * 1024
LITTLE_ROOM = 1024 * MIB
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def machine_findings(config: Config) -> Iterator[Finding]:
    """Each of them, also when others are bad."""
    yield _instance(config)
    yield _secret_key(config)
    yield _disk(config)
    yield _zones()
    yield _address(config)


def _instance(config: Config) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=config.instance):
            pass
    except OSError as problem:
        text = f"{config.instance} can't be written ({problem.strerror}); give it to cfp's user."
        return error("instance", text)
    return fine("instance", f"{config.instance} can be written.")


def _secret_key(config: Config) -> Finding:
    path = config.instance / "secret_key"
    try:
        mode, keys = path.stat().st_mode, path.read_text().split()
    except FileNotFoundError:
        return fine("secret key", "It is made when cfp first serves.")
    except (OSError, UnicodeDecodeError) as problem:
        return error("secret key", f"{path} can't be read ({problem}); give it to cfp's user.")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return error("secret key", f"Others can read {path}; run: chmod 600 {path}")
    if not keys:
        return error("secret key", f"{path} is empty; delete it and a new key is made.")
    return fine("secret key", "Only its owner can read it.")


def _disk(config: Config) -> Finding:
    free = shutil.disk_usage(config.instance).free
    text = f"{free // MIB} MiB are free at {config.instance}"
    if free < NO_ROOM:
        return error("disk", f"Only {text}: nothing can be stored soon; make room now.")
    if free < LITTLE_ROOM:
        return warning("disk", f"Only {text}; make room.")
    return fine("disk", f"{text}.")


def _zones() -> Finding:
    try:
        ZoneInfo("Europe/Prague")
    except (ZoneInfoNotFoundError, OSError):
        return error("time zones", "There is no zone data; run: pip install tzdata")
    return fine("time zones", "There is zone data.")


def _address(config: Config) -> Finding:
    host = urlsplit(config.base_url).hostname
    if config.secure:
        if not config.trusted_proxies:
            text = "Behind a proxy, set CFP_TRUSTED_PROXIES=1, or all visitors look like one."
            return warning("address", f"{config.base_url} is https. {text}")
        return fine("address", f"Links begin with {config.base_url}.")
    if host in LOOPBACK:
        text = "is for this machine alone; to serve others set CFP_BASE_URL."
        return fine("address", f"{config.base_url} {text}")
    text = "is not https, so log-in links and cookies can be read on the way; put TLS in front."
    return warning("address", f"{config.base_url} {text}")
