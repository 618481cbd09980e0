"""The committee at work: wishes, conflicts of interest, assignment, reviews, comments."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from cfp.actors import Actor
from cfp.demo import script
from cfp.demo.cast import reviewers
from cfp.demo.script import Talk
from cfp.demo.stage import Stage
from cfp.domain.accounts.models import Email
from cfp.domain.assignment import answers, applying, conflicts, proposals, standby
from cfp.domain.assignment import reviewers as reviewing
from cfp.domain.assignment.lateness import Wanted, change_plan
from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.assignment.picks import Options
from cfp.domain.assignment.problems import Loaded, Solution, load_problem, store_matches
from cfp.domain.assignment.rules import REMINDERS, SEND_AT, SILENT_DAYS
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.queries import criteria_of, fields_of
from cfp.domain.reviews import actions as reviews
from cfp.domain.reviews import discussion, summaries, telling
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission

Solver = Callable[[Loaded], Solution]

ON_STANDBY = "callum@birch.example"
LATE_REVIEWER = "piotr@nadmorska.example"
DECLARED = {
    "Spare parts as a file format": (
        "jun@hinoki.example",
        "We have been building a parts library together since the spring.",
    ),
    "The maintainer who left a map": (
        "callum@birch.example",
        "I am the maintainer who left the map.",
    ),
}
CONFIRMED = ("Measuring bit rot in the wild", "tomas@delta.example", "They are in the same group.")
DISMISSED = (
    "Repairing the library's self-checkout, with the readers watching",
    "leila@cedarstreet.example",
    "Another branch, two hundred kilometers away; they have never met.",
)

REQUESTS_ANSWERED = (
    ("sunita@monsoonlabs.example", True, ""),
    ("leila@cedarstreet.example", False, "I have no idea about this subject, I am afraid."),
)


def say_wishes(stage: Stage, conference: Conference, talks: Sequence[Talk], day: int) -> None:
    """Bids, more of them in one's own tracks; nobody bids on everything."""
    for row in reviewers():
        actor = stage.actor(row["email"])
        for talk in talks:
            own = talk.track in row["tracks"]
            if stage.random.random() < (0.55 if own else 0.2):
                choices = ["want", "can", "can"] if own else ["can", "rather_not"]
                standing = stage.standing(actor, conference, stage.submissions[talk.title])
                value = stage.random.choice(choices)
                now = stage.then(day)
                reviewing.bid(stage.db, actor, standing, value=value, now=now)


def settle_conflicts(stage: Stage, conference: Conference, day: int) -> None:
    """Two are declared, the others are found; a chair confirms one and dismisses another."""
    db = stage.db
    for title, (address, reason) in DECLARED.items():
        actor = stage.actor(address)
        standing = stage.standing(actor, conference, stage.submissions[title])
        reviewing.declare_conflict(db, actor, standing, reason=reason, now=stage.then(day))
    conflicts.find_conflicts(db, conference, now=stage.then(day))
    for verdict, (title, address, reason) in (("confirmed", CONFIRMED), ("dismissed", DISMISSED)):
        submission = stage.submissions[title]
        conflict = conflicts.conflict_of(
            db, submission, stage.actor(address).person_id or 0, "affiliation"
        )
        if conflict is not None:
            _judge(stage, conference, conflict, title, verdict, reason, day)


def _judge(
    stage: Stage,
    conference: Conference,
    conflict: Conflict,
    title: str,
    verdict: str,
    reason: str,
    day: int,
) -> None:
    conflicts.judge_conflict(
        stage.db,
        stage.chair,
        stage.standing(stage.chair, conference, stage.submissions[title]),
        conflict=conflict,
        verdict=verdict,
        reason=reason,
        now=stage.then(day + 1),
    )


def assign(stage: Stage, conference: Conference, solve: Solver, day: int) -> None:
    """A proposal by the solver, applied by the chair: what is new is asked for by mail."""
    now = stage.then(day, 11)
    conflicts.find_conflicts(stage.db, conference, now=now)
    options = Options()
    loaded = load_problem(stage.db, conference, stage.chair, options)
    solution = solve(loaded)
    store_matches(stage.db, conference, loaded, now=now)
    proposal = proposals.store_proposal(
        stage.db,
        stage.chair,
        conference,
        options=options,
        picks=solution.picks,
        figures=solution.figures,
        now=now,
    )
    applying.apply(
        stage.db,
        stage.chair,
        conference,
        proposal_id=proposal.id,
        links=stage.links,
        now=now,
    )


def answer_requests(stage: Stage, conference: Conference, day: int) -> None:
    """One reviewer says yes, another one no and why; the others simply begin."""
    for address, accept, reason in REQUESTS_ANSWERED:
        actor, talk = stage.actor(address), waiting(stage, conference, address)[-1]
        answers.answer_assignment(
            stage.db,
            actor,
            stage.standing(actor, conference, stage.submissions[talk.title]),
            accept=accept,
            reason=reason,
            now=stage.then(day),
        )


def plan_for_late_reviews(stage: Stage, conference: Conference, day: int) -> None:
    """Reminders that get firmer, one reviewer on stand-by, and a day of hand-over."""
    wanted = Wanted(
        reminders={-3: REMINDERS[0], 1: REMINDERS[1], 4: REMINDERS[2]},
        send_at=SEND_AT,
        standby=True,
        silent_days=SILENT_DAYS,
        proposes=False,
        hand_over_days=7,
    )
    now = stage.then(day)
    change_plan(stage.db, stage.chair, conference, wanted=wanted, now=now)
    offer = stage.actor(ON_STANDBY)
    standby.offer(stage.db, offer, conference, reviews=6, now=now)


def review(
    stage: Stage, conference: Conference, *, first: int, last: int, share: float
) -> None:
    """Each reviewer does this share of what they were asked for; one of them is late."""
    days = []
    for row in reviewers():
        asked = waiting(stage, conference, row["email"])
        count = round(len(asked) * share * (0.7 if row["email"] == LATE_REVIEWER else 1))
        for place, talk in enumerate(asked[:count]):
            days.append((first + (last - first) * place // count, row, talk))
        if share < 1 and asked[count:]:
            _review(stage, conference, row, asked[count], first, submit=False)
    for day, row, talk in sorted(days, key=lambda one: one[0]):
        _review(stage, conference, row, talk, day, submit=True)


def waiting(stage: Stage, conference: Conference, address: str) -> list[Talk]:
    """What this reviewer was asked for and has not done; what is about to be decided first."""
    query = (
        select(Assignment.submission_id)
        .join(Email, Email.person_id == Assignment.person_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(
            Submission.state == "submitted",
            Assignment.conference_id == conference.id,
            Email.address == address,
            Assignment.state == "assigned",
        )
    )
    asked = set(stage.db.scalars(query))
    theirs = [one for one in script.talks() if _id_of(stage, one) in asked]
    return sorted(theirs, key=lambda talk: not talk.pending)


def _id_of(stage: Stage, talk: Talk) -> int:
    return stage.submissions[talk.title].id if talk.title in stage.submissions else 0


def _review(
    stage: Stage,
    conference: Conference,
    row: Mapping[str, Any],
    talk: Talk,
    day: int,
    *,
    submit: bool,
) -> None:
    actor, pick = stage.actor(row["email"]), stage.random.choice
    opinion = stage.random.gauss(talk.merit + row["lenience"], 0.55)
    scores = {
        criterion.id: max(1, min(5, round(opinion + stage.random.gauss(0, 0.3))))
        for criterion in criteria_of(stage.db, conference)
    }
    words = script.reviews()[_band(min(scores.values()), max(scores.values()))]
    noted = stage.random.random() < 0.08
    answered = stage.random.random() < 0.45
    reviews.save(
        stage.db,
        actor,
        stage.standing(actor, conference, stage.submissions[talk.title]),
        scores=scores,
        confidence=5 if talk.track in row["tracks"] else pick([2, 3, 3, 4]),
        committee_text=_unsaid(stage, talk, words["reviewers"]),
        chair_text=pick(script.reviews()["chairs"]["notes"]) if noted else "",
        speaker_text=pick(words["speakers"]) if answered else "",
        answers=_answers(stage, conference, talk),
        submit=submit,
        revision=0,
        now=stage.then(day),
    )


def _answers(stage: Stage, conference: Conference, talk: Talk) -> dict[int, str]:
    """To the field with a choice; reviewers agree on whom a talk is for."""
    return {
        field.id: field.options[len(talk.title) % len(field.options)]
        for field in fields_of(stage.db, conference)
    }


def _unsaid(stage: Stage, talk: Talk, texts: Sequence[str]) -> str:
    """Two remarks in an order nobody has used yet, of which none was made about the talk before.

    Hardly anybody says one alone: chairs then find it short.
    """
    about = stage.said.setdefault(talk.title, set())
    fresh = [one for one in texts if one not in about] or list(texts)
    pairs = [(one, other) for one in fresh for other in texts if one != other]
    unsaid = [pair for pair in pairs if " ".join(pair) not in stage.spoken]
    first, second = stage.random.choice(unsaid or pairs)
    about.add(first)
    if stage.random.random() < 0.06:
        return first
    stage.spoken.add(f"{first} {second}")
    return f"{first} {second}"


def _band(lowest: int, highest: int) -> str:
    if lowest >= 4:
        return "strong"
    return "weak" if highest <= 2 else "middle"


def discuss(stage: Stage, conference: Conference, talks: Sequence[Talk], day: int) -> None:
    """What they say to each other about some of these talks."""
    titles = {talk.title for talk in talks}
    for row in (row for row in script.reviews()["comments"] if row["title"] in titles):
        submission = stage.submissions[row["title"]]
        actor = stage.chair if row["by"] == "chair" else _reviewer(stage, submission, row["by"])
        discussion.comment(
            stage.db,
            actor,
            stage.standing(actor, conference, submission),
            text=row["text"],
            audience=row["audience"],
            now=stage.then(day),
        )
    later = stage.then(day) + telling.QUIET
    for submission_id in telling.due_submissions(stage.db, now=later):
        telling.tell(stage.db, submission_id=submission_id, links=stage.links, now=later)


def sum_up(stage: Stage, conference: Conference, day: int) -> None:
    """One of the reviewers is asked to sum up what they disagree about, and does."""
    row = script.reviews()["summary"]
    submission, now = stage.submissions[row["title"]], stage.then(day)
    lead = _reviewer(stage, submission, row["by"])
    standing = stage.standing(stage.chair, conference, submission)
    summaries.choose_lead(stage.db, stage.chair, standing, person_id=lead.person_id, now=now)
    written = summaries.summary_of(stage.db, lead, stage.standing(lead, conference, submission))
    summaries.save(
        stage.db,
        lead,
        stage.standing(lead, conference, submission),
        text=row["text"],
        speaker_text=row["speakers"],
        submit=True,
        revision=written.summary.revision if written.summary else 0,
        now=now,
    )


def _reviewer(stage: Stage, submission: Submission, number: int) -> Actor:
    """One of those whose reviews are in, in the order in which they came."""
    query = (
        select(Email.address)
        .join(Review, Review.person_id == Email.person_id)
        .where(Review.submission_id == submission.id, Review.state == "submitted")
    )
    return stage.actor(stage.db.scalars(query.order_by(Review.id)).all()[number])
