"""A chair with a blocking conflict: two worlds that differ only in what they may not know.

The second has reviews, remarks, pending decisions, assignments, mails about reviews and log
entries on exactly the submissions they have a conflict with. Every page must be the same.
"""

import re
from collections.abc import Callable

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.assignment.models import Assignment
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.mail.actions import queue
from cfp.domain.reviews.models import Comment
from tests.factories import NOW, make_assignment, make_person, make_review
from tests.support.cast import World, make_world
from tests.support.visitor import Visitor

Log = Callable[..., Visitor]

LISTS = [
    "",
    "submissions/",
    "submissions.csv",
    "reviews/",
    "reviews.csv",
    "reviews/reviewers",
    "reviews/nudge",
    "messages/",
    "messages/?state=trouble",
    "messages/?q=secret",
    "messages/?kind=free",
    "log/",
    "log/?action=review.submit",
    "log/?action=decision.pending",
    "log/?q=reviewer",
    "log.csv",
]
QUERIES = [
    "reviews=0",
    "reviews=1%2B",
    "reviews=lt3",
    "reviews=2",
    "pending=none",
    "pending=accept",
    "q=secret",
    "q=poor",
    "sort=mean",
    "sort=-mean",
    "sort=-variance",
    "sort=reviews",
    "sort=-reviews",
]
MASKS = [r'name="csrf_token"[^>]*', r'name="key"[^>]*', r'value="[\w.-]{20,}"']


def masked(text: str) -> str:
    for mask in MASKS:
        text = re.sub(mask, "", text)
    return text


def seen(visitor: Visitor, world: World) -> dict[str, str]:
    base = f"/{world.conference.slug}/chair/"
    paths = [*LISTS, *(f"submissions/?{one}" for one in QUERIES)]
    paths += [f"submissions.csv?{one}" for one in QUERIES]
    paths += [f"submissions/{one.code}/" for one in world.submissions.values() if hidden(one)]
    return {path: masked(read(visitor.client, base + path)) for path in paths}


def hidden(submission: object) -> bool:
    return getattr(submission, "state", "draft") != "draft"


def read(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.text


def plant(db: Session, world: World) -> None:
    """Everything a conflict hides, on the submissions it is with."""
    reviewers = [world.people["reviewer"], make_person(db, "Reviewer Two")]
    chair = Actor(person_id=world.people["chair"].id)
    for number, submission in enumerate(world.submissions.values()):
        if not hidden(submission):
            continue
        values = ((1, 5), (4, 4), (2, 3))[number % 3]
        for reviewer, value in zip(reviewers, values, strict=True):
            make_review(db, submission, reviewer, value, committee_text="A secret remark.")
        for assignment in db.query(Assignment).filter_by(submission_id=submission.id):
            assignment.state = "done"
        make_assignment(db, submission, reviewers[1], "assigned")
        here = {"conference_id": world.conference.id, "submission_id": submission.id}
        decided = PendingDecision(outcome="accept", at=NOW, note="secret", **here)
        remark = Comment(
            person_id=reviewers[0].id,
            pseudonym="X",
            audience="chairs",
            text="A secret comment.",
            created=NOW,
            **here,
        )
        db.add_all([decided, remark])
        _mail(db, world, submission, f"secret {number}")
        audit.record(db, chair, "decision.pending", "submission:secret", now=NOW, **here)
        audit.record(db, chair, "review.submit", "submission:secret", now=NOW, **here)
    _mail(db, world, None, "secret count")
    db.commit()


def _mail(db: Session, world: World, submission: object, subject: str) -> None:
    message = queue(
        db,
        kind="free",
        object_key=subject,
        epoch="1",
        person=world.people["reviewer"],
        recipient="reviewer@example.org",
        subject=subject,
        body="It is about a secret review.",
        conference=world.conference,
        submission=submission,  # type: ignore[arg-type]
        due=NOW,
        now=NOW,
        about_review=True,
    )
    message.state = "refused"


@pytest.mark.parametrize("reviewing", ["everyone", "assigned"])
def test_what_a_conflict_hides_changes_no_page_of_the_chair(
    db: Session, visitor_as: Log, reviewing: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        world = make_world(db, reviewing=reviewing, reviews_due=NOW.replace(day=1))
        visitor = visitor_as(world.people["conflicted_chair"])
        before = seen(visitor, world)
        plant(db, world)
        after = seen(visitor, world)
        differing = [path for path in before if before[path] != after[path]]
        assert differing == []


def test_the_same_secrets_do_change_the_pages_of_a_chair_without_a_conflict(
    db: Session, visitor_as: Log
) -> None:
    """Or the test above would prove nothing."""
    with time_machine.travel(NOW, tick=False):
        world = make_world(db, reviewing="assigned", reviews_due=NOW.replace(day=1))
        visitor = visitor_as(world.people["chair"])
        before = seen(visitor, world)
        plant(db, world)
        after = seen(visitor, world)
        same = {path for path in before if before[path] == after[path]}
        assert same == {"submissions.csv?q=secret", "submissions.csv?q=poor"}
