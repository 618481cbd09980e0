"""What has changed: of a submission since one's review, of a review since it was submitted."""

from flask import render_template
from flask_babel import lazy_gettext as _l

from cfp.domain.reviews import history, queries
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.gate import permission
from cfp.web.reviewer import blueprint

FIELDS = {
    "confidence": _l("Knows the subject"),
    "committee_text": _l("Comment"),
    "chair_text": _l("Remark for the chairs"),
    "speaker_text": _l("Feedback for the speakers"),
    "title": _l("Title"),
    "abstract": _l("Abstract"),
    "type": _l("Format"),
    "track": _l("Track"),
    "speakers": _l("Speakers"),
}
"""Names of fields; a criterion has its own."""


@blueprint.get("/<slug>/reviews/<code>/changes")
@permission(Action.REVIEW)
def changes(slug: str, code: str) -> str:
    """What the speakers have changed since one's own review."""
    db, actor, standing = context.db(), context.actor(), context.standing()
    found = history.changed_since(db, actor, standing)
    if found is None:
        raise NotFoundError("not_found")
    return render_template(
        "reviewer/changes.html",
        changes=found,
        fields=FIELDS,
        submission=queries.for_reviewer(db, standing),
        conference=context.conference(),
    )


@blueprint.get("/<slug>/reviews/<code>/history")
@permission(Action.REVIEW)
def own_history(slug: str, code: str) -> str:
    """One's own review, change by change."""
    return _history(None)


@blueprint.get("/<slug>/reviews/<code>/history/<pseudonym>")
@permission(Action.READ_REVIEWS)
def history_of(slug: str, code: str, pseudonym: str) -> str:
    """Somebody's review, for chairs."""
    return _history(pseudonym)


def _history(pseudonym: str | None) -> str:
    db, actor, standing = context.db(), context.actor(), context.standing()
    found = history.review_history(db, actor, standing, pseudonym)
    if found is None:
        raise NotFoundError("not_found")
    return render_template(
        "reviewer/history.html",
        history=found,
        fields=FIELDS,
        code=standing.submission.code,
        title=queries.for_reviewer(db, standing).title,
        own=pseudonym is None,
        conference=context.conference(),
    )
