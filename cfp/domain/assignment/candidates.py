"""Who could review one submission, and what speaks for and against each: for asking by hand.

How near texts are is as the last solve has measured it, so that a pair has the same number here
and in a proposal; what has been written since then counts at the next one.
"""

from collections.abc import Sequence

from sqlalchemy import false, literal, select, true, union_all
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.assignment.blocking import avoided_kinds, blocked_pairs
from cfp.domain.assignment.loads import Load, loads_of
from cfp.domain.assignment.models import Bid, Conflict, ReviewerProfile, TextMatch
from cfp.domain.assignment.scoring import Parts, Rating, expert_of, weights_of, words_of
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from cfp.policy import takes_bids
from cfp.records import record


@record
class Candidate:
    """A reviewer who is not asked yet.

    `level`: how well they know its track. `expertise`: what their profile says, `about`: the words
    of the submission. `conflicts` are the kinds that are not dismissed.
    """

    load: Load
    parts: Parts
    bid: str
    level: int
    expertise: str
    about: frozenset[str]
    conflicts: Sequence[str]
    blocked: bool

    @property
    def words(self) -> list[str]:
        """Those of their profile that are in it: read only of whom a page shows."""
        return sorted(self.about & words_of(self.expertise))

    @property
    def full(self) -> bool:
        """Whether they have as much as they take."""
        return self.load.limit is not None and self.load.assigned >= self.load.limit


def candidates_for(
    db: Session,
    actor: Actor,
    conference: Conference,
    submission: Submission,
    *,
    asked: Sequence[int],
    uses_tracks: bool,
    near: TextMatch | None,
) -> list[Candidate]:
    """Everybody but those `asked` (person ids), the blocked last, then the best match first.

    `near` is what `text_match` has found.
    """
    profiles = {
        profile.person_id: profile
        for profile in db.scalars(
            select(ReviewerProfile).where(ReviewerProfile.conference_id == conference.id)
        )
    }
    bids, conflicts, blocked = _known(db, conference, submission)
    avoided = set(avoided_kinds(conference))
    rating = Rating(
        uses_bids=takes_bids(conference),
        uses_tracks=uses_tracks,
        weights=weights_of(conference.match_weights),
    )
    about = words_of(f"{submission.title} {submission.abstract}")
    affinity = dict(near.scores) if near is not None else {}
    found = []
    for load in loads_of(db, actor, conference):
        if load.person_id in asked:
            continue
        profile = profiles.get(load.person_id)
        expert = expert_of(load.person_id, profile)
        kinds = conflicts.get(load.person_id, {})
        is_avoided = any(kind in avoided and state == "open" for kind, state in kinds.items())
        bid, level = bids.get(load.person_id, ""), expert.level(submission.track_id)
        found.append(
            Candidate(
                load=load,
                parts=rating.parts(level, bid, affinity.get(load.person_id, 0.0), is_avoided),
                bid=bid,
                level=level if uses_tracks else 0,
                expertise=profile.expertise if profile is not None else "",
                about=about,
                conflicts=sorted(kinds),
                blocked=load.person_id in blocked,
            )
        )
    return sorted(found, key=_place)


def text_match(db: Session, submission: Submission) -> TextMatch | None:
    """How near the reviewers' texts were at the last solve; None before the first."""
    return db.get(TextMatch, submission.id)


def _place(one: Candidate) -> tuple[object, ...]:
    load = one.load
    return one.blocked, load.paused, one.full, -one.parts.total, load.assigned


def _known(
    db: Session, conference: Conference, submission: Submission
) -> tuple[dict[int, str], dict[int, dict[str, str]], set[int]]:
    """Bids, each one's conflicts by kind with their state, and who is blocked; one statement."""
    pair, nothing = blocked_pairs(conference), literal("")
    rows = db.execute(
        union_all(
            select(literal("conflict"), Conflict.person_id, Conflict.kind, Conflict.state).where(
                Conflict.submission_id == submission.id, Conflict.state != "dismissed"
            ),
            select(literal("blocked"), pair.c.person_id, nothing, nothing).where(
                pair.c.submission_id == submission.id
            ),
            select(literal("bid"), Bid.person_id, Bid.value, nothing).where(
                Bid.submission_id == submission.id, true() if takes_bids(conference) else false()
            ),
        )
    )
    bids: dict[int, str] = {}
    kinds: dict[int, dict[str, str]] = {}
    blocked: set[int] = set()
    for what, person_id, word, state in rows:
        if what == "conflict":
            kinds.setdefault(person_id, {})[word] = state
        elif what == "bid":
            bids[person_id] = word
        else:
            blocked.add(person_id)
    return bids, kinds, blocked
