"""Every page of the demo conference: its address, and somebody who sees it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import Actor
from cfp.demo import script
from cfp.domain.accounts.models import Email, Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.accounts.rules import address_key
from cfp.domain.accounts.tokens import Purpose, find, is_open, issue
from cfp.domain.assignment.models import (
    Assignment,
    Bid,
    Conflict,
    Proposal,
    ProposalPick,
    ReviewerDocument,
)
from cfp.domain.assignment.proposals import JOB_KIND
from cfp.domain.conferences.models import (
    Conference,
    ConfirmQuestion,
    Criterion,
    Invitation,
    ReviewField,
    Room,
)
from cfp.domain.decisions import selecting
from cfp.domain.decisions.calibrating import JOB_KIND as CALIBRATE
from cfp.domain.decisions.calibrating_rules import PAIRS
from cfp.domain.decisions.models import PendingDecision, Scenario, ScenarioItem
from cfp.domain.jobs import enqueue
from cfp.domain.mail.models import Message
from cfp.domain.program import proposals
from cfp.domain.program.models import Material, Placement, ProgramItem, ProgramSession
from cfp.domain.program.timetables import Options, load_problem
from cfp.domain.reviews.content import Content
from cfp.domain.reviews.models import Comment, Review
from cfp.domain.submissions.models import Speaker, Submission, Tag
from cfp.domain.submissions.states import State
from tests.factories import (
    give_role,
    make_comparison,
    make_guest,
    make_person,
    make_review,
    make_submission,
)
from tests.support.calibrating import score_pairs
from tests.support.mailbox import Mail
from tests.support.reviewing import make_committee

NOBODY = 0
"""The person id of a visitor who is not logged in."""


@dataclass(frozen=True)
class Place:
    """A page and who looks at it; `status` is what they are answered."""

    endpoint: str
    viewer: int
    values: Mapping[str, object]
    status: int = 200


class Places:
    """The pages of the demo as loaded in this database; writes what the demo has none of."""

    def __init__(self, db: Session, conference: Conference) -> None:
        self.db, self.conference, self.now = db, conference, clock.now()
        people = script.people()
        self.chair, self.reviewer, self.speaker, self.administrator = (
            self._person(people[role]["email"])
            for role in ("chair", "reviewer", "speaker", "administrator")
        )

    def all(self) -> Iterator[Place]:
        """Grouped by area, the visitor's first."""
        yield from self._public()
        yield from self._account()
        yield from self._by_link()
        yield from self._speaker()
        yield from self._reviewer()
        yield from self._chair()
        yield from self._settings()
        yield from self._stages()

    def _public(self) -> Iterator[Place]:
        slug = self.conference.slug
        talk = self._one(
            select(Submission.code)
            .join(ProgramItem)
            .join(Placement)
            .where(*self._is(State.CONFIRMED))
        )
        yield Place("public.index", NOBODY, {})
        yield Place("public.conference", NOBODY, {"slug": slug})
        yield Place("public.program", NOBODY, {"event": slug})
        yield Place("public.program", NOBODY, {"event": slug, "utc": "+5.5"})
        yield Place("public.program", NOBODY, {"event": slug, "utc": "noon"}, 422)
        yield Place("public.talk", NOBODY, {"event": slug, "talk_code": talk})
        yield Place("public.grid", NOBODY, {"event": slug})
        yield Place("public.speakers", NOBODY, {"event": slug})
        who = self._one(select(Speaker.code).join(Submission).where(Submission.code == talk))
        yield Place("public.speaker", NOBODY, {"event": slug, "speaker_code": who})
        yield Place("public.conference", NOBODY, {"slug": "no-such-conference"}, 404)
        yield Place("account.log_in", NOBODY, {})
        yield Place("account.password_log_in", NOBODY, {})
        yield Place("speaker.new", NOBODY, {"slug": slug})

    def _account(self) -> Iterator[Place]:
        for name in ("mine", "profile", "addresses", "password", "browsers", "data", "welcome"):
            yield Place(f"account.{name}", self.speaker, {})
        for viewer in (self.chair, self.speaker):
            yield Place("account.mail", viewer, {})
        yield Place("account.accounts", self.administrator, {})
        yield Place("public.index", self.administrator, {})
        yield Place("chair.new_conference", self.administrator, {})
        administrator = self.db.get_one(Person, self.administrator)
        give_role(self.db, self.conference, administrator, "chair")
        source = {"source": self.conference.slug}
        yield Place("chair.clone_conference", self.administrator, source)

    def _by_link(self) -> Iterator[Place]:
        """What a mail leads to."""
        invited = self._invite()
        link = self._issue(Purpose.ROLE_INVITATION, payload={"invitation": invited})
        yield Place("account.invitation", NOBODY, {"token": link})
        yield Place("account.own_invitation", self.speaker, {"invitation_id": invited})
        for endpoint, kind in (
            ("account.naming", "speaker_invitation"),
            ("speaker.confirm_by_token", "accepted"),
        ):
            yield Place(endpoint, NOBODY, {"token": self._secret(kind)})
        named = self._one(select(Speaker).where(Speaker.state == "invited"))
        asked = self._person(named.address)
        yield Place("account.own_naming", asked, {"speaker_id": named.id})
        somebody = {"person_id": self.speaker, "payload": {"other": self.reviewer}}
        proof = self._issue(Purpose.LOG_IN)
        yield Place("account.link", NOBODY, {"token": proof})
        yield Place("account.link", NOBODY, {"token": "0" * 43}, 404)
        imported = make_person(self.db, "Somebody Imported", account=False)
        claim = self._issue(Purpose.CLAIM, person_id=imported.id)
        yield Place("account.claim", NOBODY, {"token": claim})
        stop = self._issue(Purpose.UNSUBSCRIBE, person_id=imported.id, payload={"kind": ""})
        yield Place("account.unsubscribe", NOBODY, {"token": stop})
        merge = self._issue(Purpose.MERGE, **somebody)
        yield Place("account.merge", self.speaker, {"token": merge})

    def _speaker(self) -> Iterator[Place]:
        slug = self.conference.slug
        yield Place("speaker.index", self.speaker, {"slug": slug})
        yield Place("speaker.new", self.speaker, {"slug": slug})
        for state in State:
            code, owner = self._submission(state)
            yield Place("speaker.submission", owner, {"slug": slug, "code": code})
        for state in (State.DRAFT, State.SUBMITTED, State.REVISE):
            code, owner = self._submission(state)
            yield Place("speaker.edit", owner, {"slug": slug, "code": code})
        self.conference.asks_collaborators = True
        code, owner = self._submission(State.SUBMITTED)
        yield Place("speaker.conflicts", owner, {"slug": slug, "code": code})
        self.conference.asks_response, self.conference.response_round = True, 1
        self.conference.response_opened = self.now
        self.conference.response_until = self.now + timedelta(days=3)
        yield Place("speaker.response", owner, {"slug": slug, "code": code})
        for state in (State.ACCEPTED, State.CONFIRMED):
            code, owner = self._submission(state)
            yield Place("speaker.confirm", owner, {"slug": slug, "code": code})
            yield Place("speaker.materials_page", owner, {"slug": slug, "code": code})

    def _reviewer(self) -> Iterator[Place]:
        here = {"slug": self.conference.slug}
        for name in ("queue", "bids", "profile", "asked", "documents_page", "collaborators",
                     "offline_page"):  # fmt: skip
            yield Place(f"reviewer.{name}", self.reviewer, here)
        for name in ("compare", "rank_handful"):
            yield Place(f"reviewer.{name}", self.reviewer, {"slug": self._compared()})
        yield Place("reviewer.leniency", self.reviewer, {"slug": self._reviewed()})
        given = select(ReviewerDocument.id).where(ReviewerDocument.person_id == self.reviewer)
        yield Place("reviewer.document", self.reviewer, {**here, "number": self._one(given)})
        mine = select(Submission.code).where(Submission.conference_id == self.conference.id)
        reviewed = mine.join(Review).where(Review.state == "submitted")
        done = self._one(reviewed.where(Review.person_id == self.reviewer))
        asked = self._one(
            select(Submission.code, Assignment.person_id)
            .join(Assignment)
            .where(Assignment.state.in_(("assigned", "accepted")))
        )
        declared = Conflict.kind == "declared"
        blocked = self._one(
            select(Submission.code, Conflict.person_id).join(Conflict).where(declared)
        )
        yield Place("reviewer.review", self.reviewer, {**here, "code": done})
        for name in ("changes", "own_history"):
            yield Place(f"reviewer.{name}", self.reviewer, {**here, "code": done})
        by = select(Review.pseudonym).join(Submission, Submission.id == Review.submission_id)
        of_it = by.where(Submission.code == done, Review.state == "submitted")
        read = {**here, "code": done, "pseudonym": self._one(of_it)}
        yield Place("reviewer.history_of", self.chair, read)
        for code, person in (asked, blocked):
            yield Place("reviewer.review", person, {**here, "code": code})
        self.conference.discusses = self.conference.summarizes = True
        for name in ("discuss", "summary"):
            yield Place(f"reviewer.{name}", self.chair, {**here, "code": self._discussed()})
        yield from self._guests(here)
        yield Place("reviewer.next_one", asked[1], here)
        yield Place("reviewer.skip", asked[1], {**here, "code": asked[0]})
        under_review = {**here, "code": self._code(State.SUBMITTED)}
        yield Place("reviewer.bid", self.reviewer, under_review)
        yield Place("reviewer.conflict", self.reviewer, under_review)

    def _guests(self, here: Mapping[str, object]) -> Iterator[Place]:
        """One who writes for the reviewer of a submission, one who has handed in."""
        self.conference.delegation = "approved"
        begun = Assignment.state.in_(("assigned", "accepted"))
        talk, person = self._one(
            select(Submission, Assignment.person_id)
            .join(Assignment)
            .where(begun, *self._is(State.SUBMITTED))
        )
        code = talk.code
        reviewer = self.db.get_one(Person, person)
        hal, una, sam = (make_person(self.db, name) for name in ("Hal Help", "Una Used", "Sam Own"))
        draft = Content(committee_text="Solid.\n\nTwo questions.", confidence=3).as_json()
        writes = make_guest(self.db, talk, hal, for_whom=reviewer, state="returned", draft=draft)
        writes.note = "Could you say more about the second?"
        make_guest(self.db, talk, una, for_whom=reviewer, state="handed", draft=draft)
        make_guest(self.db, talk, sam, state="sent")
        yield Place("reviewer.help_page", person, {**here, "code": code})
        yield Place("reviewer.helping_page", hal.id, {**here, "code": code})
        yield self._by_chair("guest_list")
        yield self._by_chair("guests_of_one", code=code)
        invited = make_guest(self.db, talk, self.db.get_one(Person, self.speaker), state="sent")
        invited.person_id = None
        about = {"submission_id": talk.id, "payload": {"guest": invited.id}}
        link = self._issue(Purpose.REVIEW_INVITATION, **about)
        yield Place("account.review_invitation", NOBODY, {"token": link})
        invited.key = str(self._one(select(Email.key).where(Email.person_id == self.speaker)))
        yield Place("account.own_review_invitation", self.speaker, {"guest_id": invited.id})

    def _discussed(self) -> str:
        """The code of one that the chair may discuss, with something said already."""
        said = select(Submission.code).join(Comment, Comment.submission_id == Submission.id)
        return str(self._one(said.where(Submission.conference_id == self.conference.id)))

    def _chair(self) -> Iterator[Place]:
        here = {"slug": self.conference.slug}
        for name in (
            *("dashboard", "submissions", "reviews", "reviewers", "nudge", "decisions", "announce"),
            *("announced", "remind_confirm", "capacity", "program", "publishing", "preview"),
            "shares",
            *("materials_list", "messages", "people", "people_committee", "people_invite", "log"),
        ):
            yield self._by_chair(name)
        yield self._by_chair("decisions", view="board")
        yield self._by_chair("sure")
        yield self._by_chair("sure_count")
        for name in ("pairs", "decisions"):
            yield Place(f"chair.{name}", self.chair, {"slug": self._compared()})
        yield self._by_chair("sure_job", number=self._waiting_job(CALIBRATE))
        yield from self._selection()
        yield self._by_chair("submissions", q="nothing is called like this")
        yield self._by_chair("submissions", q="tag:discuss", columns="code,mean,tags")
        unread = {"slug": self.conference.slug, "q": "(nosuch:thing"}
        yield Place("chair.submissions", self.chair, unread, 400)
        for name in ("tags", "saved_views"):
            yield self._by_chair(name)
        yield self._by_chair("tag", number=self._one(select(Tag.id)))
        yield self._by_chair("submission_tags", code=self._code(State.SUBMITTED))
        yield self._by_chair("tag_several", picked=[self._code(State.SUBMITTED)])
        person = self._one(select(Person.code).where(Person.id == self.reviewer))
        yield self._by_chair("people_person", one=person)
        yield self._by_chair("people_roles", one=person)
        codes = [self._code(State.SUBMITTED), self._code(State.CONFIRMED)]
        yield self._by_chair("write", to="talks", codes=codes)
        yield self._by_chair("decide_several", picked=codes)
        for state in (State.SUBMITTED, State.CONFIRMED, State.WITHDRAWN):
            yield self._by_chair("submission", code=self._code(state))
        yield self._by_chair("redact", code=self._code(State.SUBMITTED))
        pending = select(Submission.code).join(
            PendingDecision, PendingDecision.submission_id == Submission.id
        )
        yield self._by_chair("decision", code=self._one(pending))
        yield self._by_chair("alike", code=self._one(pending))
        given = select(Submission.code).join(Material, Material.submission_id == Submission.id)
        yield self._by_chair("talk_materials", code=self._one(given))
        for name in (
            *("on_the_day", "broadcast_links", "remind_slides", "paste_materials", "old_names"),
        ):
            yield self._by_chair(name)
        for name in ("version", "version_preview"):
            yield self._by_chair(name, number=1)
        self.conference.asks_response = True
        for name in ("response", "quality"):
            yield self._by_chair(name)
        for name in ("run_sheet", "door_sign"):
            yield self._by_chair(name, day=1, room=self._one(select(Room.name)))
        slots = select(Placement.id).where(Placement.conference_id == self.conference.id)
        yield self._by_chair("slot", placement_id=self._one(slots))
        yield from self._schedule()
        for state in ("sent", "refused", "uncertain"):
            mails = select(Message.id).where(Message.private.is_(False), Message.state == state)
            here_only = mails.where(Message.conference_id == self.conference.id)
            yield self._by_chair("message", number=self._one(here_only))
        yield Place("chair.submission", self.chair, {**here, "code": "000000"}, 404)

    def _selection(self) -> Iterator[Place]:
        """Limits and scenarios; one of them is older than a decision, so that this is shown."""
        for name in ("select", "wishes"):
            yield self._by_chair(name)
        yield self._by_chair("selection_job", number=self._waiting_job(selecting.JOB_KIND))
        made = select(Scenario.id).where(Scenario.conference_id == self.conference.id)
        one, other = self.db.scalars(made.order_by(Scenario.id))
        item = select(ScenarioItem).where(ScenarioItem.scenario_id == one, ~ScenarioItem.fixed)
        self._one(item.where(ScenarioItem.pending == "")).pending = "reject"
        for name in ("scenario", "scenario_list", "scenario_to_apply"):
            yield self._by_chair(name, number=one)
        yield self._by_chair("compare_scenarios", number=one, other=other)

    def _schedule(self) -> Iterator[Place]:
        """What belongs to the schedule beside its page and a slot's."""
        for name in ("program_changes", "program_drafts", "late", "auto"):
            yield self._by_chair(name)
        sessions = select(ProgramSession.number)
        of_here = sessions.where(ProgramSession.conference_id == self.conference.id)
        yield self._by_chair("session", number=self._one(of_here))
        yield self._by_chair("auto_job", number=self._waiting_job(proposals.JOB_KIND))
        yield self._by_chair("auto_proposal", number=self._proposal())

    def _settings(self) -> Iterator[Place]:
        for name in (
            *("settings", "settings_basics", "settings_page", "settings_tracks"),
            *("settings_formats", "settings_rooms", "settings_call", "settings_reviewing"),
            *("settings_conflicts", "settings_discussion", "settings_confidence"),
            *("settings_criteria", "settings_criterion_new", "settings_mails"),
            *("call", "call_extend", "call_remind"),
        ):
            yield self._by_chair(name)
        of_conference = Criterion.conference_id == self.conference.id
        criterion = self._one(select(Criterion.id).where(of_conference))
        yield self._by_chair("settings_criterion", number=criterion)
        yield self._by_chair("settings_mail", kind="accepted")
        yield self._by_chair("settings_field_new")
        field = select(ReviewField.id).where(ReviewField.conference_id == self.conference.id)
        yield self._by_chair("settings_field", number=self._one(field))
        yield self._by_chair("settings_phases")
        yield self._by_chair("settings_confirm")
        yield self._by_chair("settings_confirm_new")
        own = select(ConfirmQuestion.id).where(ConfirmQuestion.conference_id == self.conference.id)
        yield self._by_chair("settings_confirm_question", number=self._one(own))
        reviewer = self._one(select(Person.code).where(Person.id == self.reviewer))
        yield self._by_chair("extension", person=reviewer)

    def _stages(self) -> Iterator[Place]:
        """Assignment and conflicts of interest."""
        for name in (
            *("assignment", "assignment_submissions", "assignment_reviewers"),
            *("assignment_answers", "standby", "late_reviews", "assignment_import"),
            *("assignment_rules", "assignment_apart", "assignment_demand", "assignment_scarce"),
            *("conflicts", "conflict_new", "conflict_affiliations"),
        ):
            yield self._by_chair(name)
        reviewer = self._one(select(Person.code).where(Person.id == self.reviewer))
        yield self._by_chair("assignment_limits", person=reviewer)
        yield self._by_chair("assignment_one", code=self._code(State.SUBMITTED))
        yield self._by_chair("assignment_wanted", code=self._code(State.SUBMITTED))
        proposal, talk, who = self._open_pair()
        yield self._by_chair("proposal", number=proposal)
        yield self._by_chair("proposal", number=proposal, show="all", sort="worst")
        yield self._by_chair("proposal_loads", number=proposal)
        yield self._by_chair("proposal_pair", number=proposal, code=talk, person=who)
        yield self._by_chair("assignment_job", number=self._waiting_job())
        found = select(Submission.code, Conflict.id).join(Conflict)
        code, number = self._one(found.where(Conflict.state == "open"))
        yield self._by_chair("judge", code=code, number=number)
        yield Place("chair.odd_bids", self.chair, {"slug": self._bidding()})

    def _open_pair(self) -> tuple[int, str, str]:
        """A pair of a proposal, which is open once more, so that its edits are shown."""
        pair: tuple[int, str, str] = self._one(
            select(ProposalPick.proposal_id, Submission.code, Person.code)
            .join(Submission, Submission.id == ProposalPick.submission_id)
            .join(Person, Person.id == ProposalPick.person_id)
            .where(*self._is(State.SUBMITTED), ProposalPick.counts, ProposalPick.why == "")
        )
        self.db.get_one(Proposal, pair[0]).state = "proposed"
        return pair

    def _by_chair(self, name: str, **values: object) -> Place:
        return Place(f"chair.{name}", self.chair, {"slug": self.conference.slug, **values})

    def _submission(self, state: State) -> tuple[str, int]:
        """The code of one in that state, and whose it is."""
        query = select(Submission.code, Submission.submitter_id)
        return self._one(query.where(*self._is(state)))

    def _code(self, state: State) -> str:
        return self._submission(state)[0]

    def _is(self, state: State) -> tuple[ColumnElement[bool], ...]:
        return Submission.conference_id == self.conference.id, Submission.state == str(state)

    def _person(self, address: str) -> int:
        return int(self._one(select(Email.person_id).where(Email.address == address)))

    def _one(self, query: Select[Any]) -> Any:
        """The first row, or its only value; the demo has what every page needs."""
        row = self.db.execute(query.limit(1)).first()
        assert row is not None, f"the demo has none: {query}"
        return row if len(row) > 1 else row[0]

    def _secret(self, kind: str) -> str:
        """The end of the link in the newest unanswered mail of a kind."""
        newest = select(Message).where(Message.kind == kind).order_by(Message.id.desc())
        for message in self.db.scalars(newest):
            mail = Mail(message.recipient, message.subject, message.body, kind)
            secret = mail.link.rsplit("/", 1)[-1]
            token = find(self.db, secret, *Purpose)
            if is_open(token, self.now):
                return secret
        raise AssertionError(f"the demo has no open link in a mail {kind}")

    def _invite(self) -> int:
        """Offer the speaker a role; everybody whom the demo invites has answered or no account."""
        address = script.people()["speaker"]["email"]
        invitation = Invitation(
            conference_id=self.conference.id,
            address=address,
            key=address_key(address),
            kind="reader",
            invited_by_id=self.chair,
            created=self.now,
        )
        self.db.add(invitation)
        self.db.flush()
        return invitation.id

    def _issue(self, purpose: Purpose, **about: Any) -> str:
        valid = timedelta(days=1)
        address = "somebody@example.org"
        return issue(self.db, purpose, email=address, now=self.now, valid=valid, **about).secret

    def _proposal(self) -> int:
        """A timetable that moves one talk and leaves another out, as if computed."""
        chair, options = actor_of_person(self.db, self.chair), Options()
        loaded = load_problem(self.db, self.conference, chair, options)
        one, other = [item for item in loaded.items if item.placed][:2]
        assert one.placed is not None
        assert other.placed is not None
        place = {
            "code": one.code, "placement": one.placed.placement_id, "room": loaded.rooms[0],
            "start": (one.placed.start + timedelta(minutes=5)).isoformat(), "minutes": one.minutes,
        }  # fmt: skip
        left_out = {
            "code": other.code, "placement": other.placed.placement_id, "why": "no_time",
            "needed": 30, "longest": 0,
        }  # fmt: skip
        result = {
            "placements": [place], "unplaced": [left_out], "broken": [], "bounds": {"track": 0},
            "codes": [item.code for item in loaded.items], "penalties": {"track": 2},
            "placed_bound": 1, "objective": 2, "bound": 0, "model": "interval", "seconds": 1.0,
        }  # fmt: skip
        made = proposals.store_proposal(
            self.db, chair, self.conference, loaded, result, now=self.now
        )
        return made.id

    def _reviewed(self) -> str:
        """Another conference, whose reviewing is over and whose reviewers are told how they did."""
        told = {"reviewing": "everyone", "reviewing_open": False, "tells_leniency": True}
        committee = make_committee(self.db, submissions=10, reviewers=1, **told)
        reviewer = self.db.get_one(Person, self.reviewer)
        give_role(self.db, committee.conference, reviewer, "reviewer")
        for number, talk in enumerate(committee.submissions):
            make_review(self.db, talk, reviewer, 2 + number % 3)
            make_review(self.db, talk, committee.reviewers[0], 1 + number % 4)
        return committee.conference.slug

    @cache  # noqa: B019 - there is one, and it ends with the test run
    def _compared(self) -> str:
        """Another conference, whose reviewers compare and whose chairs decide by it."""
        committee = make_committee(
            self.db, submissions=9, reviewers=4, reviewing="everyone", accept_count=3
        )
        conference, talks = committee.conference, committee.submissions
        conference.compares_pairs = conference.adjusts_scores = True
        conference.adjusts_by = PAIRS
        for person, role in ((self.reviewer, "reviewer"), (self.chair, "chair")):
            give_role(self.db, conference, self.db.get_one(Person, person), role)
        for number, reviewer in enumerate(committee.reviewers):
            for one, other in pairwise(talks[number:8]):
                make_comparison(self.db, reviewer, [one, other], tie=number == 3)
            make_review(self.db, talks[number], reviewer, 4)
        mine = self.db.get_one(Person, self.reviewer)
        make_comparison(self.db, mine, [talks[3], talks[0], talks[5]])
        score_pairs(self.db, conference, self.now)
        return conference.slug

    def _bidding(self) -> str:
        """Another conference, large enough for a report of odd bids, where two want each other."""
        committee = make_committee(self.db, submissions=40, reviewers=30, uses_bids=True)
        conference = committee.conference
        give_role(self.db, conference, self.db.get_one(Person, self.chair), "chair")
        one, other = committee.reviewers[:2]
        for person, wanted in ((one, other), (other, one)):
            talk = make_submission(self.db, conference, [wanted], title=f"By {wanted.name}")
            mine = {"person_id": person.id, "submission_id": talk.id, "value": "want"}
            self.db.add(Bid(conference_id=conference.id, changed=self.now, **mine))
        self.db.flush()
        return conference.slug

    def _waiting_job(self, kind: str = JOB_KIND) -> int:
        """A computation that nobody will begin while the test runs."""
        actor = Actor(person_id=self.chair)
        later = self.now + timedelta(days=1)
        job = enqueue(
            self.db, actor, kind=kind, parameters={}, conference=self.conference, now=later
        )
        self.db.flush()
        return job.id
