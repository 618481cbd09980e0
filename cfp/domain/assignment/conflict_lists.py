"""Conflicts of interest as chairs read them."""

from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import aliased

from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Conflict
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from cfp.policy import Column, Fact, View

# Made once: an alias costs more than most queries.
_JUDGE = aliased(Person, name="judge")


def conflicts_list(conference: Conference) -> View:
    """A row per conflict of interest, found or declared."""
    judge = _JUDGE
    source = (
        Conflict.__table__.join(Submission, Submission.id == Conflict.submission_id)
        .join(Person, Person.id == Conflict.person_id)
        .outerjoin(judge, judge.id == Conflict.judged_by_id)
    )
    columns: dict[str, Any] = {
        "id": Conflict.id,
        "submission": Submission.code,
        "title": Submission.title,
        "person": Person.name,
        "person_id": Conflict.person_id,
        "person_code": Person.code,
        "kind": Conflict.kind,
        "type": Conflict.type,
        "reason": Conflict.reason,
        "source": Conflict.source,
        "state": Conflict.state,
        "judgment": Conflict.judgment,
        "judge": judge.name,
        "recalled_id": Conflict.recalled_id,
    }
    return View(
        conference=conference,
        source=source,
        rows=Fact.CONFLICTS,
        columns=MappingProxyType({name: Column(what) for name, what in columns.items()}),
        one_each=True,
    )
