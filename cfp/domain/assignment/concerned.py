"""What somebody on the committee may read of their own conflicts of interest.

The person concerned may know of each. But where names are hidden from reviewers, what was found
("the same employer") or said by a speaker would tell who speaks: there only that there is one is
told. What a chair has noted is told without the reason, which was written for chairs.
"""


from sqlalchemy import Label, and_, case, literal, or_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.assignment.models import Conflict
from cfp.domain.conferences.models import Conference
from cfp.policy import Standing
from cfp.records import record


@record
class Own:
    """A conflict as the person concerned reads it; `kind` is "" where it would tell names."""

    kind: str
    type: str
    reason: str
    can_be_taken_back: bool


def own_columns(person_id: int) -> tuple[Label[str], Label[str], Label[str]]:
    """kind, type and reason of a conflict as its person may read them; join its conference."""
    mine = Conflict.declared_by_id == person_id
    names_no_other = Conflict.kind.in_(("own", "co_speaker", "declared"))
    named = Conference.blind.is_(False)
    tells = or_(names_no_other, named)
    says_why = or_(mine, and_(named, Conflict.kind != "declared"))
    none = literal("")
    return (
        case((tells, Conflict.kind), else_=none).label("kind"),
        case((tells, Conflict.type), else_=none).label("type"),
        case((says_why, Conflict.reason), else_=none).label("reason"),
    )


def own_conflicts(db: Session, actor: Actor, standing: Standing) -> list[Own]:
    """The person's conflicts with a submission, but those that a chair has dismissed."""
    if actor.person_id is None:
        return []
    kind, type_, reason = own_columns(actor.person_id)
    back = and_(Conflict.state == "open", Conflict.declared_by_id == actor.person_id)
    rows = db.execute(
        select(kind, type_, reason, and_(back, Conflict.kind == "declared"))
        .join(Conference, Conference.id == Conflict.conference_id)
        .where(
            Conflict.submission_id == standing.submission.id,
            Conflict.person_id == actor.person_id,
            Conflict.state != "dismissed",
        )
        .order_by(Conflict.kind != "declared", Conflict.id)
    )
    return [Own(*row) for row in rows]
