"""Another reviewer in the place of one, in a proposal: who could, and what it would change."""


from flask import flash, render_template, request, url_for
from sqlalchemy import select

from cfp.domain.accounts.models import Person
from cfp.domain.assignment import editing, proposals, tallies
from cfp.domain.assignment.editing import Choice
from cfp.domain.assignment.models import Proposal, ProposalPick
from cfp.domain.assignment.picks import parts_from
from cfp.domain.assignment.proposal_lists import names_of
from cfp.domain.conferences import queries as conferences
from cfp.errors import DomainError, NotFoundError
from cfp.policy import Action
from cfp.records import record
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.proposal import QUERY_LIMIT, effect_words
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission

SHOWN = 50
_PAIR = (
    "/<slug>/chair/assignment/proposals/<int:number>/submissions/<code>/<person>"
)


@record
class Held:
    """The pair that is looked at, and its reviewer."""

    pick: ProposalPick
    person: Person


@blueprint.get(_PAIR)
@permission(Action.ASSIGN_ONE)
def proposal_pair(slug: str, number: int, code: str, person: str) -> str:
    """Why this pair, what else could be, and what it would cost."""
    db, actor, conference = context.db(), context.actor(), context.conference()
    found = proposals.proposal_of(db, actor, conference, number)
    held = _held(found, person)
    step = held.pick.alternative
    query = request.args.get("q", "").strip().replace("\0", "")[:QUERY_LIMIT]
    choices = [
        one for one in _choices(found, held.person)
        if query.casefold() in one.candidate.load.name.casefold()
    ]  # fmt: skip
    takes = step.get("takes")
    names = names_of(
        db, {step["person"]} if step else set(), {takes} if takes is not None else set()
    )
    return render_template(
        "chair/proposal_pair.html",
        conference=conference,
        proposal=found,
        submission=context.submission(),
        pick=held.pick,
        person=held.person,
        parts=parts_from(held.pick.parts),
        choices=choices[:SHOWN],
        more=max(len(choices) - SHOWN, 0),
        query=query,
        people=names.people,
        submissions=names.submissions,
    )


@blueprint.post(_PAIR + "/swap")
@permission(Action.ASSIGN_ONE)
def proposal_swap(slug: str, number: int, code: str, person: str) -> ViewResponse:
    """Have the chosen reviewer instead; the proposal's figures follow at once."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        found = proposals.proposal_of(db, actor, conference, number, lock=True)
        before = tallies.tally_of(db, found)
        editing.swap(
            db,
            actor,
            conference,
            context.submission(),
            proposal=found,
            person_id=_person_id(person),
            instead_id=_person_id(request.form.get("instead", "")),
            uses_tracks=_uses_tracks(),
        )
        flash(effect_words(before, tallies.tally_of(db, found)))
        return url_for("chair.proposal", slug=slug, number=number, show="edited")

    return press(act)


def _held(found: Proposal, code: str) -> Held:
    """The counting pair of this submission and person. Raises NotFoundError."""
    row = context.db().execute(
        select(ProposalPick, Person)
        .join(Person, Person.id == ProposalPick.person_id)
        .where(
            ProposalPick.proposal_id == found.id,
            ProposalPick.submission_id == context.submission().id,
            ProposalPick.counts,
            Person.code == code.replace("\0", ""),
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("not_found")
    return Held(*row)


def _choices(found: Proposal, person: Person) -> list[Choice]:
    return editing.choices_for(
        context.db(),
        context.actor(),
        context.conference(),
        context.submission(),
        proposal=found,
        person_id=person.id,
        uses_tracks=_uses_tracks(),
    )


def _uses_tracks() -> bool:
    return len(conferences.tracks_of(context.db(), context.conference())) > 1


def _person_id(code: str) -> int:
    query = select(Person.id).where(Person.code == code.replace("\0", ""))
    found = context.db().scalars(query).one_or_none()
    if found is None:
        raise DomainError("assignment.not_reviewer")
    return found
