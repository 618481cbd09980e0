"""What became of the mails: nothing leaves the machine, so the past is stamped as it would be."""

from sqlalchemy import select

from cfp.demo.stage import Stage
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.models import Message
from cfp.domain.mail.states import move

REFUSED = {
    "oskar@pinewood.example": "550 5.1.1 <oskar@pinewood.example>: no such user",
    "greg@synergetics.example": "552 5.2.2 mailbox full",
}
UNCERTAIN = "zainab@cedarstreet.example"


def deliver(stage: Stage, conference: Conference) -> None:
    """Two mails were refused, one may not have arrived; those since yesterday wait for a server."""
    past = Message.due < stage.at(-1, 0)
    for address, answer in REFUSED.items():
        newest = _newest(stage, conference, address)
        move(stage.db, "hand_over", Message.id == newest, attempts=1)
        move(stage.db, "refuse", Message.id == newest, refusal=answer)
    doubtful = _newest(stage, conference, UNCERTAIN)
    move(stage.db, "hand_over", Message.id == doubtful, attempts=1)
    move(stage.db, "doubt", Message.id == doubtful, refusal="no_answer")
    move(stage.db, "hand_over", past, attempts=1)
    move(stage.db, "accept", past, Message.state == "sending", sent=Message.due)
    stage.db.expire_all()


def _newest(stage: Stage, conference: Conference, address: str) -> int:
    query = select(Message.id).where(
        Message.conference_id == conference.id, Message.recipient == address
    )
    return stage.db.scalars(query.order_by(Message.id.desc()).limit(1)).one()
