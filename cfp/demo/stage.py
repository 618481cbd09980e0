"""Where the demo is played: the session, the calendar counted back from today, and who acts."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleFact, RoleKind
from cfp.demo import script
from cfp.domain.accounts.models import Account, Email, Person
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.submissions.models import Submission
from cfp.links import Links
from cfp.policy import Standing, standing_of

SEED = 1931
WEEKS_AHEAD = 9
THURSDAY = 3
BETWEEN_ACTS = timedelta(seconds=20)


@dataclass
class Stage:
    """Everything the acts of the demo share.

    Attributes:
        submissions: by title.
        said: what reviewers have written about each title, so that none repeats another.
    """

    db: Session
    links: Links
    now: datetime
    submissions: dict[str, Submission] = field(default_factory=dict)
    said: dict[str, set[str]] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(SEED)  # noqa: S311 - the same demo every time, no secret
        self.zone = ZoneInfo(script.conference()["zone"])
        self._last = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def first_day(self) -> date:
        """A Thursday about nine weeks ahead."""
        ahead = self.today + timedelta(weeks=WEEKS_AHEAD)
        return ahead + timedelta(days=(THURSDAY - ahead.weekday()) % 7)

    @property
    def first_day_before(self) -> date:
        """Last year's Thursday; always in the calendar year before."""
        weeks = next(n for n in (52, 53) if self.on(n).year < self.first_day.year)
        return self.on(weeks)

    def on(self, weeks_before: int) -> date:
        """So many weeks before the first day."""
        return self.first_day - timedelta(weeks=weeks_before)

    def at(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """A moment on the conference's clocks, so many days from today (negative: before)."""
        day = self.today + timedelta(days=days)
        return self.wall(day, f"{hour:02}:{minute:02}")

    def wall(self, day: date, text: str) -> datetime:
        """What the conference's clocks show, as a moment."""
        return datetime.combine(day, time.fromisoformat(text), self.zone).astimezone(UTC)

    def then(self, days: int, hour: int | None = None, minute: int = 0) -> datetime:
        """When the next act happens: at this time of that day, or at some waking hour.

        Never before what has happened already, and never after now.
        """
        if hour is None:
            hour, minute = self.random.randint(8, 20), self.random.randint(0, 59)
        self._last = min(max(self.at(days, hour, minute), self._last + BETWEEN_ACTS), self.now)
        return self._last

    def forget_roles(self) -> None:
        """Somebody's roles have changed: load everybody anew."""
        self._actors.clear()

    def actor(self, address: str) -> Actor:
        """The person with this address, as a request of theirs would know them."""
        if address not in self._actors:
            self._actors[address] = self._load(address)
        return self._actors[address]

    @property
    def chair(self) -> Actor:
        return self.actor(script.people()["chair"]["email"])

    def standing(
        self, actor: Actor, conference: Conference, submission: Submission
    ) -> Standing:
        """What the actor is to the submission now."""
        found = standing_of(self.db, actor, conference, submission.code)
        if found is None:
            raise LookupError(submission.code)
        return found

    def _load(self, address: str) -> Actor:
        person, account = self.db.execute(
            select(Person, Account)
            .join(Email, Email.person_id == Person.id)
            .outerjoin(Account, Account.person_id == Person.id)
            .where(Email.address == address)
        ).one()
        roles = self.db.scalars(select(Role).where(Role.person_id == person.id))
        return Actor(
            person_id=person.id,
            account_id=account.id if account else None,
            name=person.name,
            zone=person.zone,
            administrator=bool(account and account.administrator),
            at=self.now,
            roles=frozenset(
                RoleFact(role.conference_id, RoleKind(role.kind), role.track_id) for role in roles
            ),
        )
