"""What a view works with: its database session, who asks, when, and what the gate has loaded."""

from datetime import datetime
from typing import TypeVar

from flask import current_app, g, request
from flask_login import current_user
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import Actor
from cfp.config import Config
from cfp.db import FLUSHED, open_session
from cfp.domain.assignment.lateness import plan_of
from cfp.domain.assignment.models import LatePlan
from cfp.domain.conferences.models import (
    Conference,
    ConfirmQuestion,
    Criterion,
    Invitation,
    ReviewField,
)
from cfp.domain.submissions.models import Submission
from cfp.errors import NotFoundError
from cfp.links import Links
from cfp.policy import Standing

Numbered = TypeVar("Numbered", ConfirmQuestion, Criterion, Invitation, ReviewField)
"""What is called by its number within a conference."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def config() -> Config:
    """The installation's settings."""
    value: Config = current_app.extensions["cfp"].config
    return value


def links() -> Links:
    """The addresses that mails lead to."""
    return Links(config().base_url)


def engine() -> Engine:
    """The database."""
    value: Engine = current_app.extensions["cfp"].engine
    return value


def db() -> Session:
    """The request's one session, opened at first use; nothing is stored without `commit()`."""
    if "db" not in g:
        g.db = open_session(engine(), writes=request.method not in SAFE_METHODS)
    session: Session = g.db
    return session


def now() -> datetime:
    """When the request was received: one moment for everything it does."""
    if "now" not in g:
        g.now = clock.now()
    value: datetime = g.now
    return value


def actor() -> Actor:
    """Who asks."""
    value: Actor = current_user.actor
    return value


def conference() -> Conference:
    """The conference of the address, loaded by the gate."""
    value: Conference = g.conference
    return value


def row(model: type[Numbered], number: int) -> Numbered:
    """The conference's row of a number that an address names; of another's there is none."""
    found = db().get(model, number)
    if found is None or found.conference_id != conference().id:
        raise NotFoundError("not_found")
    return found


def standing() -> Standing:
    """The submission of the address and what the person is to it, loaded by the gate."""
    value: Standing = g.standing
    return value


def submission() -> Submission:
    """The submission of the address."""
    return standing().submission


def late_plan() -> LatePlan:
    """What the conference of the address does about late reviews; asked for once a request."""
    if "late_plan" not in g:
        g.late_plan = plan_of(db(), conference())
    value: LatePlan = g.late_plan
    return value


def close_db(error: BaseException | None = None) -> None:
    """End the request's session; what was not committed is discarded."""
    session = g.pop("db", None)
    if session is None:
        return
    forgotten = session.info.get(FLUSHED, False)
    session.close()
    if forgotten and error is None and current_app.config["REFUSE_FORGOTTEN_COMMITS"]:
        raise AssertionError(f"{request.method} {request.path} flushed and did not commit")
