"""The policy's words and its tables, as data: which relation opens which fact, and which act.

The Python for one object (`standing.py`) and the SQL for many (`seats.py`) read these same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType


class Relation(StrEnum):
    """What a person is to a submission; the permission tests use the same words.

    Speaker: its submitter or an accepted speaker. Reviewer: assigned to it, or everybody reviews
    everything, or a guest, who has no role and is asked for this one. Bidder: a reviewer while bids
    are asked for (title and abstract, or there would be nothing to bid on). Track chair: of its
    track. Helper: writes for one of its reviewers. A conflict of interest that blocks comes on top:
    a grant marked `unblocked` does not count for the blocked.
    """

    SPEAKER = auto()
    REVIEWER = auto()
    BIDDER = auto()
    TRACK_CHAIR = auto()
    CHAIR = auto()
    READER = auto()
    HELPER = auto()


class Fact(StrEnum):
    """What there is to know about a submission; each has its row in `SEES`."""

    CONTENT = auto()
    SPEAKERS = auto()
    CHAIR_NOTE = auto()
    REVIEWERS = auto()
    REVIEWS = auto()
    CHAIR_REVIEWS = auto()
    SPEAKER_TEXT = auto()
    PENDING = auto()
    DECISION = auto()
    ADDRESSES = auto()
    REVIEW_MAIL = auto()
    MAIL = auto()
    CONFLICTS = auto()
    PLACEMENT = auto()
    LISTED = auto()  # that it stands in the lists of the committee
    LOG = auto()
    TAGS = auto()
    CHAIR_TAGS = auto()


class When(StrEnum):
    """A condition on the submission or on the person's own review, checked with the grant."""

    ALWAYS = auto()
    SUBMITTED = auto()
    NAMES_OPEN = auto()
    ANNOUNCED = auto()
    OTHERS_OPEN = auto()
    REVIEWERS_SHOWN = auto()
    TEXT_SENT = auto()
    DISCUSSED = auto()  # others' reviews are open, and the phase has a discussion
    WRITES = auto()  # the phase takes reviews of each submission one sees, or one was asked


@dataclass(frozen=True)
class Grant:
    """A relation that opens a fact, its condition, and whether a blocking conflict closes it."""

    relation: Relation
    when: When = When.SUBMITTED
    unblocked: bool = False


S, R, B, T, C, O, H = (  # noqa: E741 - the letters of the permission table
    Relation.SPEAKER,
    Relation.REVIEWER,
    Relation.BIDDER,
    Relation.TRACK_CHAIR,
    Relation.CHAIR,
    Relation.READER,
    Relation.HELPER,
)


def _all(*relations: Relation, when: When = When.SUBMITTED, unblocked: bool = False) -> list[Grant]:
    return [Grant(relation, when, unblocked) for relation in relations]


SEES: Mapping[Fact, list[Grant]] = MappingProxyType(
    {
        Fact.CONTENT: [Grant(S, When.ALWAYS), *_all(R, B, T, C, O, H)],
        Fact.SPEAKERS: [
            Grant(S, When.ALWAYS),
            *_all(R, B, H, when=When.NAMES_OPEN),
            *_all(T, C, O),
        ],
        Fact.CHAIR_NOTE: [Grant(S, When.ALWAYS), *_all(T, C)],
        Fact.REVIEWERS: [
            *_all(T, C, unblocked=True),
            Grant(R, When.REVIEWERS_SHOWN, unblocked=True),
        ],
        Fact.REVIEWS: [*_all(T, C, unblocked=True), Grant(R, When.OTHERS_OPEN, unblocked=True)],
        Fact.CHAIR_REVIEWS: _all(T, C, unblocked=True),
        Fact.SPEAKER_TEXT: [
            *_all(T, C, unblocked=True),
            Grant(R, When.OTHERS_OPEN, unblocked=True),
            Grant(S, When.TEXT_SENT),
        ],
        Fact.PENDING: _all(T, C, unblocked=True),
        Fact.DECISION: _all(S, T, C, R, O, when=When.ANNOUNCED),
        Fact.ADDRESSES: [Grant(S, When.ALWAYS), *_all(T, C)],
        Fact.REVIEW_MAIL: _all(C, unblocked=True),
        Fact.MAIL: _all(C, when=When.ALWAYS),
        Fact.CONFLICTS: _all(C),
        Fact.PLACEMENT: _all(T, C, O),
        Fact.LISTED: _all(T, C, O),
        Fact.LOG: _all(C, unblocked=True),
        Fact.TAGS: _all(T, C, R, unblocked=True),
        Fact.CHAIR_TAGS: _all(T, C, unblocked=True),
    }
)


class Action(StrEnum):
    """What can be done; each has its row in `DOES`, at the level its name's comment gives."""

    # Anywhere.
    VISIT = auto()
    LOG_IN = auto()
    HAVE_ACCOUNT = auto()
    CREATE_CONFERENCE = auto()
    ADMINISTER = auto()
    # In a conference.
    SUBMIT_NEW = auto()
    OWN_SUBMISSIONS = auto()
    REVIEW_QUEUE = auto()
    BE_REVIEWER = auto()  # what a guest does not have
    READ_COMMITTEE = auto()
    READ_SCORES = auto()
    READ_PEOPLE = auto()
    READ_PROGRAM_DRAFT = auto()
    ASSIGN = auto()
    DECIDE = auto()
    TAG = auto()
    CHAIR_ONLY = auto()
    ANNOUNCE = auto()
    SEND_MAIL = auto()
    PUBLISH = auto()
    SET_UP = auto()
    READ_AUDIT = auto()
    # On a submission.
    READ = auto()
    EDIT = auto()
    EDIT_AS_SPEAKER = auto()
    FOLLOW = auto()
    CONFIRM = auto()
    GIVE_MATERIAL = auto()
    MANAGE_MATERIAL = auto()
    BID = auto()
    DECLARE_CONFLICT = auto()
    JUDGE_CONFLICT = auto()
    READ_FOR_REVIEW = auto()
    REVIEW = auto()
    HELP = auto()
    READ_REVIEWS = auto()
    COMMENT = auto()
    REDACT = auto()
    ASSIGN_ONE = auto()
    DECIDE_ONE = auto()
    TAG_ONE = auto()
    WITHDRAW_FOR = auto()


ON_SITE: Mapping[Action, str] = MappingProxyType(
    {
        Action.VISIT: "anybody",
        Action.LOG_IN: "anybody",
        Action.HAVE_ACCOUNT: "person",
        Action.CREATE_CONFERENCE: "creator",
        Action.ADMINISTER: "administrator",
    }
)

IN_CONFERENCE: Mapping[Action, frozenset[Relation | str]] = MappingProxyType(
    {
        Action.SUBMIT_NEW: frozenset({"anybody"}),
        Action.OWN_SUBMISSIONS: frozenset({"person"}),
        Action.REVIEW_QUEUE: frozenset({R, "guest"}),
        Action.BE_REVIEWER: frozenset({R}),
        Action.READ_COMMITTEE: frozenset({C, T, O}),
        Action.READ_SCORES: frozenset({C, T}),
        Action.READ_PEOPLE: frozenset({C, T}),
        Action.READ_PROGRAM_DRAFT: frozenset({C, T, O}),
        Action.ASSIGN: frozenset({C, T}),
        Action.DECIDE: frozenset({C, T}),
        Action.TAG: frozenset({C, T}),
        Action.CHAIR_ONLY: frozenset({C}),
        Action.ANNOUNCE: frozenset({C}),
        Action.SEND_MAIL: frozenset({C}),
        Action.PUBLISH: frozenset({C}),
        Action.SET_UP: frozenset({C}),
        Action.READ_AUDIT: frozenset({C}),
    }
)

ON_SUBMISSION: Mapping[Action, list[Grant]] = MappingProxyType(
    {
        Action.READ: SEES[Fact.CONTENT],
        Action.EDIT: [Grant(S, When.ALWAYS), *_all(T, C)],
        Action.EDIT_AS_SPEAKER: _all(S, when=When.ALWAYS),
        Action.FOLLOW: _all(S, when=When.ALWAYS),
        Action.CONFIRM: _all(S, when=When.ANNOUNCED),
        Action.GIVE_MATERIAL: _all(S, C, when=When.ANNOUNCED),
        Action.MANAGE_MATERIAL: _all(C, when=When.ANNOUNCED),
        Action.BID: _all(B),
        Action.DECLARE_CONFLICT: _all(R, B, T, C),
        Action.JUDGE_CONFLICT: _all(C),
        Action.READ_FOR_REVIEW: _all(R, unblocked=True),
        Action.REVIEW: _all(R, when=When.WRITES, unblocked=True),
        Action.HELP: _all(H, unblocked=True),
        Action.READ_REVIEWS: SEES[Fact.REVIEWS],
        Action.COMMENT: [
            *_all(T, C, unblocked=True),
            Grant(R, When.DISCUSSED, unblocked=True),
        ],
        Action.REDACT: _all(T, C, unblocked=True),
        Action.ASSIGN_ONE: _all(T, C, unblocked=True),
        Action.DECIDE_ONE: _all(T, C, unblocked=True),
        Action.TAG_ONE: _all(T, C, unblocked=True),
        Action.WITHDRAW_FOR: _all(C),
    }
)
