"""Give the pairs of a proposal rows of their own, so that lists page and filter them."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEYS = {"conference_id": "conference", "proposal_id": "proposal"}
COUNTING = ("", "pinned")


def upgrade() -> None:
    _create(
        "proposal_pick",
        {"submission_id": "submission", "person_id": "person"},
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("stood", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("instead_of_id", sa.Integer(), nullable=True),
        sa.Column("alternative", sa.JSON(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instead_of_id"], ["person.id"], name=op.f("fk_proposal_pick_instead_of_id")
        ),
        sa.UniqueConstraint(
            "proposal_id",
            "submission_id",
            "person_id",
            name=op.f("uq_proposal_pick_proposal_id_submission_id_person_id"),
        ),
    )
    _create(
        "proposal_submission",
        {"submission_id": "submission"},
        sa.Column("demand", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.UniqueConstraint(
            "proposal_id",
            "submission_id",
            name=op.f("uq_proposal_submission_proposal_id_submission_id"),
        ),
    )
    _create(
        "proposal_reviewer",
        {"person_id": "person"},
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "proposal_id", "person_id", name=op.f("uq_proposal_reviewer_proposal_id_person_id")
        ),
    )
    for name, table, columns in (
        (
            *("ix_proposal_pick_shown", "proposal_pick"),
            ["proposal_id", "submission_id", "counts", "stood", "score"],
        ),
        (
            *("ix_proposal_pick_person", "proposal_pick"),
            ["person_id", "proposal_id", "counts", "score"],
        ),
        ("ix_proposal_pick_submission", "proposal_pick", ["submission_id"]),
        ("ix_proposal_pick_instead_of_id", "proposal_pick", ["instead_of_id"]),
        (
            *("ix_proposal_submission_score", "proposal_submission"),
            ["proposal_id", "score", "submission_id"],
        ),
        ("ix_proposal_submission_submission_id", "proposal_submission", ["submission_id"]),
        ("ix_proposal_reviewer_person_id", "proposal_reviewer", ["person_id"]),
    ):
        op.create_index(name, table, columns)
    _unfold()
    with op.batch_alter_table("proposal") as table:
        table.drop_column("pairs")


def _create(name: str, refers: dict[str, str], *rest: sa.schema.SchemaItem) -> None:
    keys = KEYS | refers
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in keys),
        *rest,
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, target in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_conference_id"), name, ["conference_id"])


PROPOSAL = sa.table(
    "proposal",
    *(sa.column(name, sa.Integer()) for name in ("id", "conference_id", "round_id")),
    sa.column("state", sa.String()),
    *(sa.column(name, sa.JSON()) for name in ("pairs", "figures")),
)
PICK = sa.table(
    "proposal_pick",
    *(
        sa.column(name, sa.Integer())
        for name in ("id", "conference_id", "proposal_id", "submission_id", "person_id")
    ),
    *(sa.column(name, sa.Boolean()) for name in ("proposed", "stood", "counts")),
    *(sa.column(name, sa.String()) for name in ("mark", "why")),
    sa.column("score", sa.Double()),
    *(sa.column(name, sa.JSON()) for name in ("parts", "because", "alternative")),
)
SUBMISSION = sa.table(
    "proposal_submission",
    *(
        sa.column(name, sa.Integer())
        for name in ("conference_id", "proposal_id", "submission_id", "demand", "planned")
    ),
    sa.column("score", sa.Double()),
)
REVIEWER = sa.table(
    "proposal_reviewer",
    *(
        sa.column(name, sa.Integer())
        for name in ("conference_id", "proposal_id", "person_id", "least", "planned")
    ),
)


def _unfold() -> None:
    """Each stored list of pairs as rows; what was taken away was not stored, so it stays unsaid."""
    db = op.get_bind()
    demands = dict(db.execute(sa.text("SELECT id, reviews_per_submission FROM conference")).all())
    for proposal in db.execute(sa.select(PROPOSAL)).all():
        own = {"conference_id": proposal.conference_id, "proposal_id": proposal.id}
        stood = _stands(db, proposal) if proposal.state == "proposed" else set()
        picks = list(_picks(proposal, own, stood))
        counting = [pick for pick in picks if pick["counts"]]
        for table, rows in (
            (PICK, picks),
            (SUBMISSION, _submissions(proposal, own, counting, demands)),
            (REVIEWER, _reviewers(own, counting)),
        ):
            if rows:
                db.execute(sa.insert(table), rows)


def _stands(db: sa.Connection, proposal: sa.Row[Any]) -> set[tuple[int, int]]:
    rows = db.execute(
        sa.text(
            "SELECT submission_id, person_id FROM assignment WHERE round_id = :round"
            " AND state IN ('assigned', 'accepted', 'done')"
        ),
        {"round": proposal.round_id},
    )
    return {(row[0], row[1]) for row in rows}


def _picks(
    proposal: sa.Row[Any], own: dict[str, int], stood: set[tuple[int, int]]
) -> Iterator[dict[str, Any]]:
    for submission_id, person_id, parts, mark, *because in proposal.pairs:
        *worth, avoid = parts[:4]  # the bid's word may follow
        yield {
            **own,
            "submission_id": submission_id,
            "person_id": person_id,
            "proposed": True,
            "stood": (submission_id, person_id) in stood,
            "counts": mark in COUNTING,
            "mark": mark,
            "score": round(sum(worth) - avoid, 6),
            "parts": parts,
            "because": (because[0] if because else None) or [],
            "why": "",
            "alternative": {},
        }


def _submissions(
    proposal: sa.Row[Any], own: dict[str, int], picks: list[dict[str, Any]], demands: dict[int, int]
) -> list[dict[str, Any]]:
    demand = demands[proposal.conference_id]
    rows = {
        id_: {**own, "submission_id": id_, "demand": demand, "planned": 0, "score": 0.0}
        for id_ in proposal.figures.get("scope", ())
    }
    for pick in picks:
        row = rows.get(pick["submission_id"])
        if row is not None:
            row["planned"] += 1
            row["score"] = round(row["score"] + pick["score"], 6)
    return list(rows.values())


def _reviewers(own: dict[str, int], picks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    loads: dict[int, int] = {}
    for pick in picks:
        loads[pick["person_id"]] = loads.get(pick["person_id"], 0) + 1
    return [{**own, "person_id": id_, "least": 0, "planned": n} for id_, n in loads.items()]


def downgrade() -> None:
    op.add_column("proposal", sa.Column("pairs", sa.JSON(), nullable=False, server_default="[]"))
    _fold()
    with op.batch_alter_table("proposal") as table:
        table.alter_column("pairs", server_default=None)
    for table_name in ("proposal_reviewer", "proposal_submission", "proposal_pick"):
        op.drop_table(table_name)


def _fold() -> None:
    """A chair's swap becomes what it was to the older release: a pinned pair, and one left out."""
    db = op.get_bind()
    older = {"swapped": "dropped", "chosen": "pinned"}
    found: dict[int, list[list[Any]]] = {}
    shown = sa.or_(PICK.c.proposed, PICK.c.counts)
    for pick in db.execute(sa.select(PICK).where(shown).order_by(PICK.c.id)):
        mark = older.get(pick.mark, pick.mark)
        row = [pick.submission_id, pick.person_id, pick.parts[:4], mark]
        found.setdefault(pick.proposal_id, []).append(row)
    scopes: dict[int, list[int]] = {}
    for side in db.execute(sa.select(SUBMISSION).order_by(SUBMISSION.c.submission_id)):
        scopes.setdefault(side.proposal_id, []).append(side.submission_id)
    for id_, figures in db.execute(sa.select(PROPOSAL.c.id, PROPOSAL.c.figures)).all():
        again = {**figures, "scope": scopes.get(id_, [])}
        values = {"pairs": found.get(id_, []), "figures": again}
        db.execute(sa.update(PROPOSAL).where(PROPOSAL.c.id == id_).values(values))
