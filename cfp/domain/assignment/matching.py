"""What a conference's matching goes by: weights, rules that are kept, reviews per submission."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.assignment.eligible import assignable
from cfp.domain.assignment.rules import CAP_LEAST, DEMAND_LIMIT, USUAL_WEIGHTS, WEIGHT_LIMIT
from cfp.domain.conferences.actions.settings import change
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, ForbiddenError
from cfp.policy import Action, Standing, allowed


def change_matching(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    weights: Mapping[str, int],
    needs_senior: bool,
    one_per_affiliation: bool,
    chance_cap: int | None,
    now: datetime,
) -> None:
    """Change the weights of a pair's score and the rules of every solve.

    Raises:
        DomainError: `matching.bad_weight` at `weight_NAME`, `matching.no_weight` at the first,
            `matching.bad_cap`.
    """
    chosen = {**USUAL_WEIGHTS, **weights}
    for name, weight in chosen.items():
        if name not in USUAL_WEIGHTS or not 0 <= weight <= WEIGHT_LIMIT:
            raise DomainError("matching.bad_weight", field=f"weight_{name}", limit=WEIGHT_LIMIT)
    if not any(chosen.values()):
        raise DomainError("matching.no_weight", field=f"weight_{next(iter(weights), 'bid')}")
    if chance_cap is not None and not CAP_LEAST <= chance_cap <= 100:
        raise DomainError("matching.bad_cap", field="chance_cap")
    values = {
        "match_weights": {} if chosen == USUAL_WEIGHTS else chosen,
        "needs_senior": needs_senior,
        "one_per_affiliation": one_per_affiliation,
        "chance_cap": chance_cap,
    }
    change(db, actor, conference, "conference.change_matching", values, now=now)


def set_wanted(
    db: Session, actor: Actor, standing: Standing, *, wanted: int | None, now: datetime
) -> None:
    """Say how many reviews one submission needs; None: as many as usual.

    Raises:
        DomainError: `demand.bad` at `wanted`.
    """
    if not allowed(actor, Action.ASSIGN_ONE, standing, now):
        raise ForbiddenError("forbidden")
    _check(wanted)
    submission = standing.submission
    if submission.reviews_wanted == wanted:
        return
    submission.reviews_wanted = wanted
    db.flush()
    audit.of_submission(
        db, actor, "submission.reviews_wanted", submission, now=now, detail={"wanted": wanted}
    )


def set_wanted_of_many(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    track_id: int | None,
    type_id: int | None,
    wanted: int | None,
    now: datetime,
) -> int:
    """Say it for all of a track, of a format or of both that are under review; how many changed.

    Submissions whose reviewers this person does not choose stay as they are.

    Raises:
        DomainError: `demand.bad` at `wanted`.
    """
    _check(wanted)
    query = select(Submission).where(
        assignable(actor, conference), Submission.reviews_wanted.is_distinct_from(wanted)
    )
    if track_id is not None:
        query = query.where(Submission.track_id == track_id)
    if type_id is not None:
        query = query.where(Submission.type_id == type_id)
    found = db.scalars(query).all()
    for submission in found:
        submission.reviews_wanted = wanted
    db.flush()
    if found:
        audit.of_conference(
            db,
            actor,
            "conference.reviews_wanted",
            conference,
            now=now,
            detail={"wanted": wanted, "track": track_id, "type": type_id},
        )
    return len(found)


def _check(wanted: int | None) -> None:
    if wanted is not None and not 1 <= wanted <= DEMAND_LIMIT:
        raise DomainError("demand.bad", field="wanted", limit=DEMAND_LIMIT)
