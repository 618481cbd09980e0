"""Random lives of a submission, walked through the real actions on a real database.

After every step, whether it was taken or refused, what must hold for any submission is checked;
what a step may do is read from the specification here, not from the table of moves.
"""

from datetime import timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.audit import AuditEntry
from cfp.db import make_engine, open_session
from cfp.domain.accounts.models import Person
from cfp.domain.decisions import confirmations
from cfp.domain.mail.models import Message
from cfp.domain.program import materials
from cfp.domain.submissions import actions, speakers
from cfp.domain.submissions.models import Speaker, SubmissionRevision
from cfp.domain.submissions.rules import SpeakerEntry
from cfp.domain.submissions.states import MOVES, State, content_is_open, possible_moves
from cfp.errors import DomainError, NotNowError
from cfp.policy import Relation, Standing, standing_of
from tests.factories import NOW, give_role, make_conference, make_person
from tests.support.talks import LINKS, content_for

PATHS = {
    # what happened: from where, to where (the life of a submission as the specification draws it)
    "submit": ({"draft"}, "submitted"),
    "resubmit": ({"revise"}, "submitted"),
    "withdraw": ({"submitted", "waitlisted", "revise", "accepted", "confirmed"}, "withdrawn"),
    "confirm": ({"accepted"}, "confirmed"),
    "decline": ({"accepted", "confirmed"}, "declined"),
    "cancel": ({"accepted", "confirmed"}, "canceled"),
    "accept": (None, "accepted"),
    "waitlist": (None, "waitlisted"),
    "reject": (None, "rejected"),
    "revise": (None, "revise"),
}
ANNOUNCED_FROM = {
    "submitted", "accepted", "waitlisted", "rejected", "revise", "confirmed", "declined",
}  # fmt: skip
GRACE = timedelta(hours=1)
ANNOUNCING = {"accept", "waitlist", "reject", "revise"}
BY_CHAIR = ANNOUNCING | {"cancel"}
SPEAKERS = st.sampled_from(["ada", "ada", "ben"])
MAILED = {
    "submit": "received",
    "resubmit": "received",
    "withdraw": "withdrawn",
    "confirm": "confirmed",
    "decline": "declined",
    "cancel": "canceled",
}


class Life(RuleBasedStateMachine):
    """One conference with one submission, its speakers, a chair and somebody else."""

    engine_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.engine = make_engine(self.engine_url)
        self.db: Session = open_session(self.engine, writes=True)
        self.now = NOW
        self.steps: list[str] = []

    def teardown(self) -> None:
        self.db.flush()
        assert audit.broken_links(self.db) == []
        self.db.rollback()
        self.db.close()
        self.engine.dispose()

    @initialize()
    def begin(self) -> None:
        self.conference = make_conference(self.db, grace_minutes=60)
        self.people = {name: make_person(self.db, name) for name in ("ada", "ben", "cleo", "eve")}
        give_role(self.db, self.conference, self.people["cleo"], "chair")
        ada, ben = self.people["ada"], self.people["ben"]
        content = content_for(
            self.db,
            self.conference,
            speakers=(SpeakerEntry(ada.name), SpeakerEntry(ben.name, "", "ben@example.net")),
        )
        self.submission = actions.create(
            self.db, self.actor(ada), self.conference, content=content, now=self.now
        )
        self.db.flush()

    def actor(self, person: Person) -> Actor:
        return Actor(person_id=person.id, name=person.name)

    def standing(self, name: str) -> Standing:
        person = self.people[name]
        roles = {Relation.CHAIR} if name == "cleo" else set()
        found = standing_of(self.db, self.actor(person), self.conference, self.submission.code)
        assert found is not None
        return Standing(
            found.conference, found.submission, found.relations | roles, found.blocked, False
        )

    def attempt(self, step: str, act: object) -> bool:
        """Take the step or have it refused; refused, it must leave nothing behind."""
        before = self.submission.state
        self.db.flush()
        try:
            with self.db.begin_nested():
                assert callable(act)
                act()
        except DomainError:
            self.db.refresh(self.submission)
            assert self.submission.state == before, f"a refused {step} moved it"
            return False
        self.db.flush()
        if step in PATHS:
            self.check_path(step, before)
            self.steps.append(step)
        return True

    def check_path(self, step: str, before: str) -> None:
        sources, target = PATHS[step]
        allowed = ANNOUNCED_FROM - {target} if sources is None else sources
        assert before in allowed, f"{step} from {before}"
        assert self.submission.state == target
        moves = select(AuditEntry).where(AuditEntry.action == f"submission.{step}")
        entry = self.db.scalars(moves.order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.detail["from"], entry.detail["to"]) == (before, target)
        if step in MAILED:
            told = select(Message).where(
                Message.kind == MAILED[step], Message.epoch == self.now.isoformat()
            )
            assert self.db.scalars(told).first() is not None, f"nobody was told of {step}"

    # Steps ---------------------------------------------------------------------------------

    @rule(data=st.data())
    def a_move_that_fits(self, data: st.DataObject) -> None:
        """Otherwise most steps are refused and no life gets far."""
        before = self.submission.state
        names = [
            name
            for name, (sources, target) in PATHS.items()
            if before in (ANNOUNCED_FROM - {target} if sources is None else sources)
        ]
        if names:
            name = data.draw(st.sampled_from(names))
            self.make(name, "cleo" if name in BY_CHAIR else data.draw(SPEAKERS))

    @rule(name=st.sampled_from(sorted(PATHS)), who=st.sampled_from(["ada", "ben", "cleo", "eve"]))
    def any_move(self, name: str, who: str) -> None:
        self.make(name, who)

    def make(self, name: str, who: str) -> None:
        self.now += timedelta(seconds=1)
        standing, person = self.standing(who), self.people[who]
        offered = name in possible_moves(standing, self.now)
        announcing = name in ANNOUNCING
        taken = self.attempt(
            name,
            lambda: actions.move(
                self.db, self.actor(person), standing, name, now=self.now, links=LINKS,
                announcing=announcing,
            ),
        )  # fmt: skip
        if taken and name in BY_CHAIR:
            assert who == "cleo"
        if taken and name not in BY_CHAIR and name != "withdraw":
            assert who in {"ada", "ben"}
        assert taken or not offered, f"{name} was offered to {who} and refused"
        assert announcing or offered or not taken, f"{name} was not offered to {who} and done"

    @rule(name=st.sampled_from(["accept", "waitlist", "reject", "revise"]))
    def a_chair_cannot_decide_alone(self, name: str) -> None:
        """Only the one action that announces may make these moves."""
        standing = self.standing("cleo")
        with pytest.raises(NotNowError):
            actions.move(
                self.db, self.actor(self.people["cleo"]), standing, name, now=self.now, links=LINKS
            )

    @rule(who=st.sampled_from(["ada", "ben", "eve"]), whole=st.booleans())
    def submit(self, who: str, whole: bool) -> None:
        self.now += timedelta(seconds=1)
        standing = self.standing(who)
        before, abstract = self.submission.state, self.submission.abstract
        if not whole:
            self.submission.abstract = ""
        step = "resubmit" if before == "revise" else "submit"
        taken = self.attempt(
            step,
            lambda: actions.submit(
                self.db, self.actor(self.people[who]), standing, links=LINKS, now=self.now
            ),
        )
        assert whole or not taken, "half a talk was handed in"
        if not whole:
            self.submission.abstract = abstract

    @rule(title=st.sampled_from(["One", "Two", ""]), who=st.sampled_from(["ada", "cleo", "eve"]))
    def edit(self, title: str, who: str) -> None:
        self.now += timedelta(seconds=1)
        standing = self.standing(who)
        open_now = content_is_open(self.conference, self.submission, self.now)
        rows = speakers.speakers_of(self.db, self.submission)
        people = tuple(
            SpeakerEntry(row.name, row.affiliation, row.address, row.speaks, row.code)
            for row in rows
        )
        content = content_for(self.db, self.conference, title=title, speakers=people)
        before = self.submission.state
        taken = self.attempt(
            "edit",
            lambda: actions.edit(
                self.db, self.actor(self.people[who]), standing, content=content, links=LINKS,
                now=self.now,
            ),
        )  # fmt: skip
        assert self.submission.state == before, "an edit is no move"
        if taken:
            assert who == "cleo" or (who == "ada" and open_now)
            assert title or before == "draft", "what is handed in stays whole"
            assert not (who == "cleo" and before == "draft"), "a chair saw a draft"

    @rule()
    def ben_says_it_is_him(self) -> None:
        place = self.place("ben@example.net")
        if place is not None:
            self.attempt(
                "accept_invitation",
                lambda: speakers.accept_invitation(
                    self.db, self.actor(self.people["ben"]), submission=self.submission,
                    speaker=place, now=self.now,
                ),
            )  # fmt: skip

    @rule()
    def ben_leaves(self) -> None:
        place = self.place("ben@example.net")
        if place is None:
            return
        self.now += timedelta(seconds=1)
        speakers.leave(
            self.db, self.actor(self.people["ben"]), conference=self.conference,
            submission=self.submission, speaker=place, links=LINKS, now=self.now,
        )  # fmt: skip
        assert Relation.SPEAKER not in self.standing("ben").relations

    def place(self, address: str) -> Speaker | None:
        query = select(Speaker).where(
            Speaker.submission_id == self.submission.id, Speaker.address == address
        )
        return self.db.scalars(query).first()

    @rule(yes=st.booleans(), who=st.sampled_from(["ada", "ben", "cleo", "eve"]))
    def answer(self, yes: bool, who: str) -> None:
        self.now += timedelta(seconds=1)
        standing, actor = self.standing(who), self.actor(self.people[who])
        before = self.submission.state
        step = "decline" if not yes else "confirm" if before != "confirmed" else "change"

        def act() -> None:
            if yes:
                answer = confirmations.Answer(remote=True, zone="UTC")
                confirmations.confirm(
                    self.db, actor, standing, answer=answer, links=LINKS, now=self.now
                )
            else:
                confirmations.decline(
                    self.db, actor, standing, reason="", links=LINKS, now=self.now
                )

        if self.attempt(step, act):
            assert Relation.SPEAKER in standing.relations
            assert confirmations.confirmation_of(self.db, self.submission) is not None

    @rule()
    def give_slides(self) -> None:
        before = self.submission.state
        taken = self.attempt(
            "give",
            lambda: materials.give(
                self.db, self.actor(self.people["ada"]), self.standing("ada"), kind="slides",
                url="https://example.org/slides", now=self.now,
            ),
        )  # fmt: skip
        assert taken == (before in {"accepted", "confirmed"})

    @rule(hours=st.sampled_from([1, 24 * 20, 24 * 40]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.submission.state == "draft")
    @rule()
    def only_its_owner_deletes_a_draft(self) -> None:
        with pytest.raises(NotNowError):
            actions.discard(
                self.db, self.actor(self.people["eve"]), self.standing("eve"), now=self.now
            )

    # What always holds -----------------------------------------------------------------------

    @invariant()
    def the_state_is_the_last_move_s(self) -> None:
        expected = PATHS[self.steps[-1]][1] if self.steps else "draft"
        assert self.submission.state == expected

    @invariant()
    def every_move_has_its_entry_and_they_form_a_chain(self) -> None:
        if not hasattr(self, "submission"):
            return
        self.db.flush()
        entries = self.db.scalars(
            select(AuditEntry)
            .where(AuditEntry.submission_id == self.submission.id)
            .order_by(AuditEntry.id)
        )
        moves = [entry.detail for entry in entries if "from" in entry.detail]
        assert [move["to"] for move in moves] == [PATHS[step][1] for step in self.steps]
        assert [move["from"] for move in moves] == ["draft", *(m["to"] for m in moves)][:-1]

    @invariant()
    def times_tell_what_has_happened(self) -> None:
        if not hasattr(self, "submission"):
            return
        submitted = any(step == "submit" for step in self.steps)
        announced = any(step in BY_CHAIR - {"cancel"} for step in self.steps)
        assert (self.submission.submitted is not None) == submitted
        assert (self.submission.announced is not None) == announced

    @invariant()
    def each_is_offered_what_the_specification_says(self) -> None:
        if not hasattr(self, "submission"):
            return
        for who in ("ada", "cleo"):
            standing = self.standing(who)
            speaks = Relation.SPEAKER in standing.relations
            expected = {
                name
                for name in PATHS.keys() - ANNOUNCING
                if self.submission.state in (PATHS[name][0] or ())
                and (who == "cleo" if name == "cancel" else speaks or self.on_behalf(name, who))
                and (name != "submit" or self.now <= self.conference.deadline + GRACE)
            }
            assert set(possible_moves(standing, self.now)) == expected, who

    @staticmethod
    def on_behalf(name: str, who: str) -> bool:
        return name == "withdraw" and who == "cleo"

    @invariant()
    def its_speakers_are_in_order_and_their_text_is_searchable(self) -> None:
        if not hasattr(self, "submission"):
            return
        rows = speakers.speakers_of(self.db, self.submission)
        assert [row.code for row in rows] == list(dict.fromkeys(row.code for row in rows))
        named = {row.name for row in rows}
        for name in ("ada", "ben"):
            assert (name in self.submission.people_text) == (name in named)
            assert name not in self.submission.search_text

    @invariant()
    def history_is_kept_only_of_what_others_have_read(self) -> None:
        if not hasattr(self, "submission"):
            return
        kept = self.db.scalars(
            select(SubmissionRevision).where(SubmissionRevision.submission_id == self.submission.id)
        )
        assert self.steps or kept.all() == []


def test_every_life_keeps_to_the_rules(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "lives.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    Life.engine_url = f"sqlite:///{file}"
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_table_and_the_specification_name_the_same_moves() -> None:
    assert set(MOVES) == set(PATHS)
    assert {str(state) for state in State} >= {target for _, target in PATHS.values()}
