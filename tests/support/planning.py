"""A conference with two rooms, its chair, and talks to be scheduled, some still a secret."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import Conference, Room
from cfp.domain.decisions.models import Confirmation, PendingDecision
from cfp.domain.program import drafts
from cfp.domain.program.models import Placement
from cfp.domain.program.plans import Plan, plan_of
from cfp.domain.submissions.models import Submission
from tests.factories import NOW, give_role, make_conference, make_person, make_submission

FIRST = datetime(2026, 11, 19, 9, tzinfo=UTC)
"""10:00 in Prague on the first day."""


def at(minutes: int, day: int = 0) -> datetime:
    """So many minutes after ten, on the first day or a later one."""
    return FIRST + timedelta(days=day, minutes=minutes)


@dataclass
class Setting:
    """Everything at hand, and short ways to do what a test is not about."""

    db: Session
    conference: Conference
    chair: Person
    hall: Room
    attic: Room

    @property
    def me(self) -> Actor:
        return actor_of_person(self.db, self.chair.id)

    def talk(self, title: str, *speakers: Person, state: str = "confirmed") -> Submission:
        people = list(speakers) or [make_person(self.db)]
        return make_submission(self.db, self.conference, people, title=title, state=state)

    def secret(self, title: str, *speakers: Person, state: str = "submitted") -> Submission:
        """A talk whose acceptance is pending."""
        talk = self.talk(title, *speakers, state=state)
        self.db.add(
            PendingDecision(
                conference_id=self.conference.id,
                submission_id=talk.id,
                outcome="accept",
                type_id=talk.type_id,
                at=NOW,
            )
        )
        self.db.flush()
        return talk

    def place(
        self, what: Submission | str, minute: int = 0, minutes: int = 30, **changes: Any
    ) -> Placement:
        values = {"room_id": self.hall.id, "start": at(minute), "minutes": minutes, "now": NOW}
        code, title = (None, what) if isinstance(what, str) else (what.code, "")
        return drafts.place(
            self.db, self.me, self.conference, code=code, title=title, **{**values, **changes}
        )

    def said(self, talk: Submission, **answer: Any) -> None:
        """What its speakers answered on the confirm page."""
        own = {"conference_id": self.conference.id, "submission_id": talk.id, "at": NOW}
        self.db.add(Confirmation(**{"availability": {}, **own, **answer}))
        self.db.flush()

    def plan(self, person: Person | None = None) -> Plan:
        actor = actor_of_person(self.db, (person or self.chair).id)
        return plan_of(self.db, self.conference, actor=actor)


def make_setting(db: Session, slug: str = "netconf") -> Setting:
    conference = make_conference(db, slug)
    chair = make_person(db, "Cher Chair")
    give_role(db, conference, chair, "chair")
    hall = db.query(Room).filter_by(conference_id=conference.id).one()
    hall.capacity = 100
    attic = Room(conference_id=conference.id, name="Attic", capacity=30, position=1)
    db.add(attic)
    db.flush()
    return Setting(db, conference, chair, hall, attic)
