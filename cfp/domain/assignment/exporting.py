"""Who reviews what as rows of a table, as far as the person may know it.

The names of the columns are not translated: files are read by programs, ours among them.
"""

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.letters import addresses_of
from cfp.domain.assignment.models import Assignment
from cfp.domain.assignment.picks import parts_from
from cfp.domain.assignment.proposal_lists import kind_of
from cfp.domain.assignment.rounds import current_round
from cfp.domain.assignment.rules import REFUSED
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.submissions.models import Submission
from cfp.formats.table import Cell
from cfp.policy import Action, Column, Fact, View, may, visible

Table = tuple[list[str], list[Sequence[Cell]]]

_ACTIONS = {"new": "assign", "kept": "assign", "gone": "remove", "left_out": "remove"}


def assignment_rows(db: Session, actor: Actor, conference: Conference) -> Table:
    """Header and rows of what stands, declined ones too, in the submissions they may assign."""
    view = _assignments(conference)
    query = visible(actor, view) if actor.person_id is not None else _everything(view)
    if actor.person_id is not None:
        query = query.where(may(actor, Action.ASSIGN_ONE, conference))
    query = query.where(Assignment.round_id == current_round(db, conference))
    rows = db.execute(query.order_by(Submission.id, Person.name, Person.id)).all()
    addresses = _addresses(db, actor, conference, {row.person_id for row in rows})
    header = ["submission", "title", "track", "reviewer", "name", "email", "action", "state",
              "pinned"]  # fmt: skip
    cells: list[Sequence[Cell]] = [
        (row.code, row.title, row.track, row.person, row.name, addresses.get(row.person_id, ""),
         "remove" if row.state in REFUSED else "assign", row.state, row.pinned)
        for row in rows
    ]  # fmt: skip
    return _without(header, cells, "" if addresses else "email")


def proposal_rows(
    db: Session, actor: Actor, conference: Conference, rows: Sequence[Any]
) -> Table:
    """Header and rows of a proposal's pairs, as a list of them was narrowed."""
    addresses = _addresses(db, actor, conference, {row.person_id for row in rows})
    made = [parts_from(row.parts) if row.proposed or row.counts else None for row in rows]
    names = next((list(one._asdict()) for one in made if one is not None), [])
    header = ["submission", "title", "track", "reviewer", "name", "email", "action", "change",
              "mark", "score", *names, "best_without"]  # fmt: skip
    cells: list[Sequence[Cell]] = []
    for row, parts in zip(rows, made, strict=True):
        kind = kind_of(row.counts, row.stood)
        said = parts._asdict() if parts is not None else {}
        cells.append(
            (row.code, row.title, row.track, row.person, row.reviewer,
             addresses.get(row.person_id, ""), _ACTIONS[kind], kind, row.mark,
             row.score if said else None, *(_cell(said.get(name)) for name in names), row.cost)
        )  # fmt: skip
    return _without(header, cells, "" if addresses else "email")


def _cell(value: object) -> Cell:
    return value if isinstance(value, str | int | float) else None


def _without(header: list[str], cells: Iterable[Sequence[Cell]], name: str) -> Table:
    """The table without a column that is not this person's."""
    keep = [place for place, one in enumerate(header) if one != name]
    return [header[place] for place in keep], [[row[place] for place in keep] for row in cells]


def _addresses(
    db: Session, actor: Actor, conference: Conference, ids: set[int]
) -> dict[int, str]:
    """Addresses of reviewers, for chairs: track chairs know those of their tracks' speakers."""
    if actor.person_id is not None and not actor.has(conference.id, RoleKind.CHAIR):
        return {}
    return {person.id: address for person, address in addresses_of(db, ids)}


def _everything(view: View) -> Any:  # noqa: ANN401 - a Select whose columns the view says
    columns: list[Any] = [column.expression.label(name) for name, column in view.columns.items()]
    return select(*columns).select_from(view.source).where(
        Submission.conference_id == view.conference.id
    )


def _assignments(conference: Conference) -> View:
    source = (
        Assignment.__table__.join(Submission, Submission.id == Assignment.submission_id)
        .join(Person, Person.id == Assignment.person_id)
        .join(Track, Track.id == Submission.track_id)
    )
    columns: dict[str, Any] = {
        "id": Assignment.id,
        "person_id": Assignment.person_id,
        "code": Submission.code,
        "title": Submission.title,
        "track": Track.name,
        "person": Person.code,
        "name": Person.name,
        "state": Assignment.state,
        "pinned": Assignment.pinned,
    }
    return View(
        conference=conference,
        source=source,
        rows=Fact.REVIEWERS,
        columns=MappingProxyType({name: Column(what) for name, what in columns.items()}),
    )
