"""Styles and scripts under addresses that change with what they are: browsers keep them for ever.

The digest is a part of the path: what a script imports and a style names stands beside it, and is
asked for under the same. A page of before an upgrade still finds its files, which it does not keep.
"""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

from cfp.paths import PACKAGE

FOREVER = "public, max-age=31536000, immutable"
BOOTSTRAP = "bootstrap.static"
ENDPOINTS = frozenset({"static", BOOTSTRAP})


def init_app(app: Flask) -> None:
    """Serve the package's files, and let `url_for` write the addresses."""
    app.static_folder = str(PACKAGE / "static")
    app.add_url_rule("/static/<version>/<path:filename>", endpoint="static", view_func=_file)
    app.url_defaults(_add_version)
    app.after_request(_keep)


@cache
def digest() -> str:
    """Of the static files that this process serves."""
    return digest_of(PACKAGE / "static")


def digest_of(folder: Path) -> str:
    """Of all files in a folder, with their names."""
    found = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        body = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(folder)} {body}\n".encode())
    return found.hexdigest()[:16]


@cache
def _bootstrap() -> str:
    """The release of the package whose styles are served."""
    return version("bootstrap-flask")


def _file(version: str, filename: str) -> Response:
    """Whatever the version: an open page asks for what there was when it was made."""
    return current_app.send_static_file(filename)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static":
        values.setdefault("version", digest())
    elif endpoint == BOOTSTRAP:
        values.setdefault("v", _bootstrap())


def _keep(response: Response) -> Response:
    """For ever what was asked for as what it is, and nothing else: not what is no file either."""
    if request.endpoint not in ENDPOINTS:
        return response
    asked = (request.view_args or {}).get("version") or request.args.get("v")
    known = digest() if request.endpoint == "static" else _bootstrap()
    right = asked == known and response.status_code in {200, 304}
    response.headers["Cache-Control"] = FOREVER if right else "no-cache"
    return response
