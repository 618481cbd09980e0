"""Words and limits of conflicts, bids and assignments."""

from datetime import datetime
from types import MappingProxyType

from cfp.domain.conferences.models import Conference

BIDS = MappingProxyType({"want": 1.0, "can": 0.6, "rather_not": 0.1})
"""A reviewer's word and what it is worth in a pair's score; no bid counts as `NO_BID`."""

NO_BID = 0.3
REASON_LIMIT = 500
LOAD_LIMIT = 1_000
EXPERTISE_LIMIT = 4_000

ANSWERABLE = frozenset({"assigned", "accepted"})
"""States of an assignment that its reviewer may still decline."""

OBJECTIVES = ("balanced", "max")
"""What the best plan is: the worst-off submission as well off as can be, or the highest total."""

MINUTES_PER_REVIEW = 4
"""What "about 40 min" is reckoned with."""

ACTIVE = ("assigned", "accepted", "done")
"""States of an assignment whose reviewer is still asked, or has answered with a review."""

REFUSED = ("declined", "handed_over", "abstained")
"""States of an assignment whose reviewer is not asked for this submission again."""

KEPT = frozenset({"accepted", "done"})
"""States that no solve takes away: the reviewer has said yes or has done it."""

REMINDERS = ("review_reminder", "review_reminder_firm", "review_reminder_last")
"""Kinds of the mails that remind of reviews, the friendliest first."""

SILENT_DAYS, SEND_AT = 5, 9 * 60
"""Without a chair's word: days after a reminder until no answer counts as silence; 9:00."""
DAYS_LIMIT, REMINDERS_LIMIT = 60, 8
MINUTES_OF_A_DAY = 24 * 60

USUAL_WEIGHTS = MappingProxyType({"bid": 50, "track": 20, "text": 30})
"""What counts how much in a pair's score where a chair has not said otherwise."""

WEIGHT_LIMIT = 100
DEMAND_LIMIT = 20
"""Reviews of one submission."""

LEVELS = MappingProxyType({0: 0.0, 1: 0.5, 2: 1.0})
"""How well a reviewer knows a track (not, some, well), and what that is worth."""

AVOID_COST = 1.0
"""What a conflict to be avoided costs: as much as the best possible match is worth, so such a
pair is only chosen where nobody else can be had."""

CAP_LEAST = 1
"""Percent; a lower chance of every pair would leave nobody to draw."""

DOCUMENTS_LIMIT = 30
DOCUMENT_TITLE_LIMIT, DOCUMENT_TEXT_LIMIT = 300, 10_000
"""Of what a reviewer adds for one conference: their number, and characters of each."""

CONFLICT_TYPES = ("employer", "collaborator", "personal", "advisor", "other")
"""What a declared conflict is about; the empty one is of those declared before types were asked."""

MEMORABLE = frozenset(
    {"co_speaker", "collaborator", "organization", "affiliation", "domain", "transitive"}
)
"""Kinds of found conflicts that are between two people: a verdict on them is remembered."""

NAMED_AT_MOST = 10
"""Reviewers whom the speakers of one submission may say they have a conflict with: more would be
choosing one's reviewers."""

LISTED_AT_MOST = 500
"""Collaborators in one list."""

BY_ADDRESS = "address"
"""Reason of a `co_speaker` conflict found by an e-mail address, with no account linked to it."""


def is_settled(kind: str, reason: str) -> bool:
    """Whether nothing is to be judged: who stands on a submission themselves is always blocked."""
    return kind == "own" or (kind == "co_speaker" and reason != BY_ADDRESS)


def due_of(conference: Conference, extended: datetime | None = None) -> datetime | None:
    """Until when reviews are in time: the day set, or what somebody was given beyond it."""
    due = conference.reviews_due
    return max(due, extended) if due is not None and extended is not None else due
