"""The job of a hand-over: late reviews to stand-by, computed first, made as one transaction."""

from typing import Any

import numpy as np

from cfp.actors import SYSTEM
from cfp.domain.assignment import handing
from cfp.domain.assignment.picks import Options
from cfp.domain.assignment.problems import load_problem
from cfp.domain.assignment.standby import pool_of
from cfp.domain.conferences.models import Conference
from cfp.jobs.context import JobContext
from cfp.jobs.repairing import from_standby
from cfp.links import Links


def run(context: JobContext) -> dict[str, Any]:
    """Find who steps in, make it so, and say how many reviews that is."""
    with context.reading() as db:
        conference = db.get_one(Conference, context.conference_id)
        late = handing.not_begun(db, conference) if pool_of(db, conference) else []
        if not late:
            return {"late": 0, "handed": 0}
        pairs = frozenset((one.submission_id, one.person_id) for one in late)
        loaded = load_problem(db, conference, SYSTEM, Options(repair=True, replaced=pairs))
    number = {id_: row for row, id_ in enumerate(loaded.submission_ids)}
    rows = np.array([number[one.submission_id] for one in late])
    added = from_standby(loaded, loaded.problem, np.bincount(rows, minlength=len(number)))
    picks = [loaded.pair(paper, reviewer) for paper, reviewer in added.tolist()]
    handed = handing.hand_over(
        context.storing(),
        conference,
        moves=handing.moves_from(late, picks),
        epoch=f"hand-over:{context.job_id}",
        links=Links(str(context.parameters["base"])),
        now=context.now(),
    )
    return {"late": len(late), "handed": handed}
