"""The job of an announcement at a set time: what was read then, or nothing."""

from typing import Any

from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.announcements import announce
from cfp.domain.mail.render import MailText
from cfp.jobs.context import JobContext
from cfp.links import Links


def run(context: JobContext) -> dict[str, Any]:
    """Announce for the chair who asked, with the rights they have by now."""
    db, asked = context.storing(), context.parameters
    announce(
        db,
        actor_of_person(db, context.actor.person_id),
        db.get_one(Conference, context.conference_id),
        codes=asked["codes"],
        expected=asked["expected"],
        per_hour=asked["per_hour"],
        words={code: MailText(*text) for code, text in asked.get("words", {}).items()},
        links=Links(asked["base"]),
        now=context.now(),
    )
    return {}
