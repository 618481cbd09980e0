"""People from outside the committee: one writes for a reviewer, others are asked by the chair."""

from dataclasses import replace

from cfp.actors import Actor
from cfp.demo import script
from cfp.demo.judging import waiting
from cfp.demo.stage import Stage
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.queries import criteria_of
from cfp.domain.reviews import guests, helping
from cfp.domain.reviews.content import Content


def have_help(stage: Stage, conference: Conference, day: int) -> None:
    """A reviewer has a colleague write one of their reviews; it is there, to be read and used."""
    row = script.people()["helper"]
    reviewer, helper = stage.actor(row["helps"]), stage.actor(row["email"])
    submission = stage.submissions[waiting(stage, conference, row["helps"])[-1].title]
    guest = guests.ask_for_help(
        stage.db,
        reviewer,
        stage.standing(reviewer, conference, submission),
        name=row["name"],
        address=row["email"],
        links=stage.links,
        now=stage.then(day),
    )
    guests.accept(stage.db, helper, guest, conference, submission, now=stage.then(day))
    helper = replace(helper, helps_in=frozenset({conference.id}))
    stage.db.flush()
    helping.save(
        stage.db,
        helper,
        stage.standing(helper, conference, submission),
        content=Content(
            scores={one.id: row["score"] for one in criteria_of(stage.db, conference)},
            confidence=row["confidence"],
            committee_text=row["text"],
            speaker_text=row["speakers"],
        ),
        hand_in=True,
        revision=guest.revision,
        links=stage.links,
        now=stage.then(day),
    )


def ask_outside(stage: Stage, conference: Conference, day: int) -> None:
    """The chair asks for reviews by people who know the subject; who has a reason declines."""
    for row in script.people()["outsiders"]:
        submission = stage.submissions[row["talk"]]
        guest = guests.invite(
            stage.db,
            stage.chair,
            stage.standing(stage.chair, conference, submission),
            name=row["name"],
            address=row["email"],
            links=stage.links,
            now=stage.then(day),
        )
        if row["reason"]:
            guests.decline(
                stage.db, Actor(), guest, submission, reason=row["reason"], now=stage.then(day)
            )
