"""One submission with everything about it, each part for those who may know it."""

from collections.abc import Sequence

from flask import render_template

from cfp.domain.assignment.memory import told
from cfp.domain.assignment.rules import is_settled
from cfp.domain.decisions import dossier
from cfp.domain.decisions.merging import pending_merges
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.decisions.rules import can_become
from cfp.domain.reviews import queries as reviews
from cfp.domain.reviews.rules import scale_of
from cfp.domain.submissions.history import edits_of
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import OUTCOMES, may_move
from cfp.domain.submissions.tags import tags_by_submission
from cfp.errors import NotFoundError
from cfp.policy import Action, Fact, Standing, allowed, conflict_policy, sees
from cfp.web import context
from cfp.web.chair import blueprint, redacting, submission_acts
from cfp.web.chair.log_words import log_word
from cfp.web.chair.submissions import committee_listing
from cfp.web.chair.sure_words import BAND_WORDS
from cfp.web.gate import permission

SHOWN_EVENTS = 200


@blueprint.get("/<slug>/chair/submissions/<code>/")
@permission(Action.READ_COMMITTEE)
def submission(slug: str, code: str) -> str:
    """The page."""
    standing = context.standing()
    if not sees(standing, Fact.LISTED):
        raise NotFoundError("not_found")
    db, actor, now = context.db(), context.actor(), context.now()
    listing = committee_listing()
    before, after = listing.neighbors(db, "code", code)
    speakers = dossier.speakers_with_addresses(db, standing)
    others = reviews.reviews_of(db, actor, standing, own=True)
    interests = dossier.conflicts_of(db, standing)
    events, people = dossier.events_of(db, standing), dossier.reviewers_of(db, standing)
    placing = dossier.placing_of(db, actor, standing)
    criteria = reviews.criteria_of(db, standing.conference) if others else ()
    low, high = scale_of(criteria)
    return render_template(
        "chair/submission.html",
        conference=standing.conference,
        submission=standing.submission,
        standing=standing,
        tags=tags_by_submission(db, actor, standing.conference, [standing.submission.id]).get(
            standing.submission.id, ()
        ),
        facts={fact.name.lower() for fact in Fact if sees(standing, fact)},
        acts={act.name.lower() for act in Action if allowed(actor, act, standing, now)},
        mails=allowed(actor, Action.SEND_MAIL, standing.conference, now),
        withdrawable=may_move(standing, "withdraw", now),
        asked=listing.arguments,
        before=before,
        after=after,
        placing=placing,
        answers=[(one.key, one.state, one.text) for one in events if one.kind == "answer"],
        speakers=speakers,
        conflicts=interests,
        told=told(db, actor, (one.conflict.recalled_id for one in interests)),
        policy_of=conflict_policy,
        is_settled=is_settled,
        reviewers=_involved(people),
        others=others,
        totals=[other.total for other in others if other.total is not None],
        certainty=placing.certainty,
        band_words=BAND_WORDS,
        criteria=criteria,
        low=low,
        high=high,
        glance=placing.glance,
        decisions=[event for event in events if event.kind == "decision"],
        materials=[event for event in events if event.kind == "material"],
        mail_events=[event for event in reversed(events) if event.kind == "mail"][:SHOWN_EVENTS],
        log_events=[event for event in reversed(events) if event.kind == "log"][:SHOWN_EVENTS],
        **redacting.shown(speakers),
        edits=edits_of(db, standing, [speaker for speaker, _address in speakers]),
        outcomes=OUTCOMES,
        into=_merged_into(standing, placing.pending),
        log_word=log_word,
        decidable=any(can_become(standing.submission.state, name) for name in OUTCOMES),
        assign_form=submission_acts.assign_form(people),
    )


def _involved(people: Sequence[dossier.Reviewing]) -> list[dossier.Reviewing]:
    """Who is, or was, asked to review it, and after them who does so unasked."""
    asked = [one for one in people if one.assignment]
    return asked + [one for one in people if one.review and not one.assignment]


def _merged_into(standing: Standing, pending: PendingDecision | None) -> Submission | None:
    """What it is to be merged into, if that is this person's to know."""
    if pending is None or pending.into_id is None:
        return None
    here = standing.submission.id
    return pending_merges(context.db(), context.actor(), standing.conference, [here]).get(here)
