"""Decisions: pending, announced, answered; what is still open is left for the visitor."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cfp.demo import script
from cfp.demo.script import Talk
from cfp.demo.stage import Stage
from cfp.domain.conferences.actions import send_letters
from cfp.domain.conferences.letters import letters, recipients
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.queries import confirm_questions_of
from cfp.domain.decisions import (
    actions,
    announcements,
    calibrating,
    confirmations,
    reminders,
    selecting_limits,
)
from cfp.domain.decisions.calibrating_results import Found, store
from cfp.domain.decisions.calibrating_scopes import Scope, load_scopes
from cfp.domain.decisions.confirmations import Answer
from cfp.domain.decisions.rules import capacity_key, mark
from cfp.domain.decisions.scenarios import store_scenario
from cfp.domain.decisions.selecting import Outcome, Problem, load_problem
from cfp.domain.decisions.selecting_limits import Limits, limits_of
from cfp.domain.mail.render import MailText
from cfp.domain.submissions.actions import move
from cfp.domain.submissions.models import Submission

Calibrator = Callable[[Scope], Found]
Chooser = Callable[[Problem], Outcome]

OUTCOME_OF = {
    "accepted": "accept",
    "confirmed": "accept",
    "declined": "accept",
    "canceled": "accept",
    "waitlisted": "waitlist",
    "rejected": "reject",
}
NOTES = {
    "Blockchain-verified gardening": (
        "Your abstract is about a product. A talk about what you measured would be welcome."
    ),
    "Paper as a backup medium, measured": (
        "We like it very much and have no slot left; you are the first on the list."
    ),
    "Measuring bit rot in the wild": (
        "Please say in the abstract how you tell a cable from a controller."
    ),
}
SHORTENED = "Reading 1994: lessons from forty thousand floppy disks"
HOLD_MINUTES = 1_440
MINUTES_TO_FILL = 720
ANSWERS = (
    Answer(),
    Answer(remark="I bring my own adapter, and a spare one."),
    Answer(remote=True, zone="Pacific/Auckland", remark="It will be past midnight here."),
    Answer(recording=False),
)
NEEDS = ("Sound from the laptop", "", "A table for two cables and a cat feeder", "")
"""What they answer to what this conference asks; some leave it empty."""
SCENARIOS: Sequence[tuple[str, Mapping[str, int]]] = (
    ("By score alone", {}),
    ("One each, more newcomers", {"speaker": 1, "affiliation": 30, "first": 60}),
)
"""Name, and limits beside the minutes; the last ones are left for the visitor to change."""
LETTER = MailText(
    "Your ticket for {conference}",
    """Hello {name},

speakers need no ticket of their own: use the code {line} when you register.

We look forward to meeting you. If anything is unclear, write to {contact}.
""",
)


def decide(stage: Stage, conference: Conference, day: int) -> None:
    """The first round: everything but the talk that still waits for a new abstract."""
    actions.set_capacities(
        stage.db,
        stage.chair,
        conference,
        minutes={capacity_key("all"): MINUTES_TO_FILL},
        now=stage.then(day, 9),
    )
    for talk in script.talks():
        if talk.state in OUTCOME_OF:
            set_pending(stage, conference, talk, OUTCOME_OF[talk.state], day)
    announcements.announce(
        stage.db, stage.chair, conference, links=stage.links, now=stage.then(day + 1, 17)
    )


def adjust(stage: Stage, conference: Conference, solve: Calibrator, day: int) -> None:
    """The chair has it computed how strict the reviewers are, and lets that be taken off."""
    read = stage.then(day)
    found = [solve(scope) for scope in load_scopes(stage.db, conference)]
    store(stage.db, conference, found, read=read)
    calibrating.adjust(stage.db, stage.chair, conference, on=True, now=stage.then(day))


def decide_late(stage: Stage, conference: Conference, day: int) -> None:
    """The second round is pending; one decision is announced, and its mail is still on hold."""
    for talk in script.talks():
        if talk.pending:
            set_pending(stage, conference, talk, talk.pending, day)
    revise = next(talk for talk in script.talks() if talk.state == "revise")
    set_pending(stage, conference, revise, "revise", day)
    announcements.announce(
        stage.db,
        stage.chair,
        conference,
        codes=[stage.submissions[revise.title].code],
        links=stage.links,
        now=stage.then(0, 23, 59),
        hold_minutes=HOLD_MINUTES,
    )


def try_scenarios(stage: Stage, conference: Conference, choose: Chooser, day: int) -> None:
    """What the chair weighs against each other; neither is applied."""
    for name, numbers in SCENARIOS:
        selecting_limits.save_limits(
            stage.db,
            stage.chair,
            conference,
            numbers=numbers,
            waitlisted=True,
            revision=str(limits_of(stage.db, conference).revision),
            now=stage.then(day),
        )
        limits = Limits.of(conference, limits_of(stage.db, conference))
        problem = load_problem(stage.db, stage.chair, conference, limits)
        store_scenario(
            stage.db,
            stage.chair,
            conference,
            name=name,
            problem=problem,
            found=choose(problem),
            now=stage.then(day),
        )


def set_pending(
    stage: Stage, conference: Conference, talk: Talk, outcome: str, day: int
) -> None:
    """One pending decision, by the chair."""
    submission = stage.submissions[talk.title]
    actions.set_pending(
        stage.db,
        stage.chair,
        stage.standing(stage.chair, conference, submission),
        outcome=outcome,
        minutes=20 if talk.title == SHORTENED else None,
        note=NOTES.get(talk.title, ""),
        revision=mark(actions.pending_of(stage.db, submission)),
        now=stage.then(day),
    )


def answer(stage: Stage, conference: Conference, *, first: int, last: int) -> None:
    """Speakers confirm, one after the other; some have not yet."""
    coming = [talk for talk in script.talks() if talk.state in {"confirmed", "canceled"}]
    (asked,) = confirm_questions_of(stage.db, conference)
    for place, talk in enumerate(coming):
        owner, submission = stage.actor(talk.owner), stage.submissions[talk.title]
        confirmations.confirm(
            stage.db,
            owner,
            stage.standing(owner, conference, submission),
            answer=replace(
                ANSWERS[place % 7 if place % 7 < len(ANSWERS) else 0],
                own={asked.id: NEEDS[place % len(NEEDS)]},
            ),
            links=stage.links,
            now=stage.then(first + (last - first) * place // len(coming)),
        )


def call_off(stage: Stage, conference: Conference, day: int) -> None:
    """After the program is out, one speaker can't come and one talk is canceled."""
    for talk in script.talks():
        submission = stage.submissions[talk.title]
        if talk.state == "declined":
            owner = stage.actor(talk.owner)
            confirmations.decline(
                stage.db,
                owner,
                stage.standing(owner, conference, submission),
                reason=talk.reason,
                links=stage.links,
                now=stage.then(day),
            )
        elif talk.state == "canceled":
            _cancel(stage, conference, submission, day)


def _cancel(stage: Stage, conference: Conference, submission: Submission, day: int) -> None:
    standing = stage.standing(stage.chair, conference, submission)
    now = stage.then(day)
    move(stage.db, stage.chair, standing, "cancel", links=stage.links, now=now)


def write(stage: Stage, conference: Conference, day: int) -> None:
    """Who has not confirmed is reminded; who has gets a code for the ticket."""
    reminders.remind(
        stage.db, stage.chair, conference, links=stage.links, now=stage.then(day, 9, 30)
    )
    confirmed = Submission.state == "confirmed"
    reached = recipients(stage.db, stage.chair, conference, submissions=confirmed)
    codes = [f"TIDE-{place:03}" for place, one in enumerate(reached, 1) if one.address]
    texts = letters(
        conference, reached, LETTER, per_talk=False, lines=codes, links=stage.links
    )
    send_letters(
        stage.db, stage.chair, conference, letters=texts, key="tickets", now=stage.then(day, 10)
    )
