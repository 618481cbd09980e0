"""`kill -9` of a worker in the middle of the daily mails: nobody goes without, nobody gets two."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp import audit, clock
from cfp.actors import SYSTEM
from cfp.db import open_session
from cfp.domain.mail.models import MailChoice, Message
from tests.factories import give_role, make_person, make_submission
from tests.support.outbox import a_worker, config_for, wait_for
from tests.support.setting import open_conference
from tests.support.smtp import Postbox

CHAIRS = 20


def digests_in(engine: Engine) -> list[tuple[str, str]]:
    """Recipient and state of each daily mail there is."""
    query = select(Message.recipient, Message.state).where(Message.kind == "digest")
    with open_session(engine, writes=False) as db:
        return [(recipient, state) for recipient, state in db.execute(query)]


def make_news(db: Session) -> set[str]:
    """Chairs whose morning has come, and something to tell them; returns their addresses."""
    conference, now = open_conference(db), clock.now()
    talk = make_submission(db, conference, [make_person(db)])
    where = {"conference_id": conference.id, "submission_id": talk.id}
    audit.record(db, SYSTEM, "submission.submit", f"submission:{talk.code}", now=now, **where)
    addresses = {f"chair{number}@example.org" for number in range(CHAIRS)}
    for address in sorted(addresses):
        chair = make_person(db, email=address)
        give_role(db, conference, chair, "chair")
        row = {"conference_id": conference.id, "person_id": chair.id, "kind": "news"}
        db.add(MailChoice(**row, how="daily", digested=now - timedelta(days=3)))
    db.commit()
    return addresses


def test_killed_in_the_middle_nobody_goes_without_and_nobody_gets_two(
    instance: Path, database_url: str, engine: Engine, db: Session, postbox: Postbox
) -> None:
    config = config_for(instance, database_url, postbox.settings)
    wanted = make_news(db)
    postbox.delay = 0.1
    with a_worker(config, "lost") as lost:
        wait_for(lambda: bool(postbox.deliveries), lost)
        lost.kill()
    assert len(postbox.deliveries) < CHAIRS, "it was not in the middle"
    postbox.delay = 0
    done = {"sent", "uncertain"}
    with a_worker(config, "other") as other:
        wait_for(
            lambda: [state in done for _to, state in digests_in(engine)] == [True] * CHAIRS, other
        )
    mails = digests_in(engine)
    assert Counter(to for to, _state in mails) == Counter(wanted), "one for each, once"
    arrived = Counter(to for one in postbox.deliveries for to in one.recipients)
    assert max(arrived.values()) == 1
    in_doubt = {to for to, state in mails if state == "uncertain"}
    assert len(in_doubt) <= 1, "what was in hand when it was killed, and nothing else"
    assert wanted - in_doubt <= arrived.keys()
