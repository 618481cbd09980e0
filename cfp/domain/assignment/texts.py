"""What submissions and reviewers have written, read for a solve, and how near they are.

Only jobs and the command line import this module: it needs numpy, which no page does.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.algorithms.affinity import Affinity, Document
from cfp.domain.assignment import past_reviews
from cfp.domain.assignment.fillers import without_fillers
from cfp.domain.assignment.models import ReviewerDocument, ReviewerProfile
from cfp.domain.assignment.scoring import Because
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.program.models import ProgramVersion
from cfp.domain.submissions.models import Speaker, Submission
from cfp.records import record

SHARED_WORDS = 5
"""How many a reason names."""

REVIEWS = "reviews"
"""The kind of text of which a reason names no words."""


class Written(NamedTuple):
    """A text of a reviewer; `kind` and `of` as in `Because`."""

    kind: str
    of: int | str
    document: Document


@record
class Candidates:
    """Pairs with something in common, as (N,) parallel arrays ordered by paper, then reviewer."""

    paper: np.ndarray[Any, Any]
    reviewer: np.ndarray[Any, Any]
    score: np.ndarray[Any, Any]


class Texts:
    """The texts of both sides, compared: rows are those of the solver's problem."""

    def __init__(self, papers: Sequence[Document], written: Sequence[Sequence[Written]]) -> None:
        self.written = written
        self.reviewers = len(written)
        own = [_telling(paper) for paper in papers]
        theirs = [[_telling(one.document) for one in each] for each in written]
        self._affinity = Affinity(own, theirs) if papers and any(theirs) else None

    def candidates(
        self, *, best: int, least: int, also: Sequence[tuple[int, int]] = ()
    ) -> Candidates:
        """See `Affinity.candidates`; none where nobody has written anything."""
        if self._affinity is None:
            empty = np.zeros(0, np.int32)
            return Candidates(empty, empty, np.zeros(0))
        found = self._affinity.candidates(best=best, least=least, also=list(also))
        return Candidates(found.paper, found.reviewer, found.score)

    def because(self, paper: int, reviewer: int) -> Because | None:
        """The reviewer's text nearest to a paper; None where they share nothing."""
        if self._affinity is None:
            return None
        for near in self._affinity.nearest(paper, reviewer, words=SHARED_WORDS):
            one = self.written[reviewer][near.document]
            return Because(one.kind, one.of, () if one.kind == REVIEWS else near.words)
        return None


def _telling(document: Document) -> Document:
    return Document(without_fillers(document.title), without_fillers(document.text))


def written_by(
    db: Session,
    conference: Conference,
    people: Sequence[int],
    profiles: Mapping[int, ReviewerProfile],
) -> list[list[Written]]:
    """The texts of each: their profile, what they gave, published talks, and past reviews."""
    found: dict[int, list[Written]] = defaultdict(list)
    for person_id, profile in profiles.items():
        if profile.expertise.strip():
            found[person_id].append(Written("profile", "", Document("", profile.expertise)))
    for row in db.scalars(
        select(ReviewerDocument)
        .where(ReviewerDocument.conference_id == conference.id)
        .order_by(ReviewerDocument.id)
    ):
        found[row.person_id].append(Written("document", row.id, Document(row.title, row.text)))
    for person_id, title, text in _published(db, conference):
        found[person_id].append(Written("talk", title, Document(title, text)))
    letting = [person_id for person_id, profile in profiles.items() if profile.past_reviews]
    for person_id, text in past_reviews.known_from(db, conference, letting).items():
        found[person_id].append(Written(REVIEWS, "", Document("", text)))
    return [found.get(person_id, []) for person_id in people]


def _published(db: Session, conference: Conference) -> Iterator[tuple[int, str, str]]:
    """(person id, title, abstract) of the committee's talks in published programs of this site.

    As they were published: what a speaker changes afterwards is nobody's to know yet.
    """
    members = select(Role.person_id).where(Role.conference_id == conference.id)
    speakers = (
        select(Submission.code, Speaker.person_id)
        .join(Speaker, Speaker.submission_id == Submission.id)
        .where(Speaker.person_id.in_(members), Speaker.state == "accepted")
        .order_by(Speaker.id)
    )
    by: dict[str, list[int]] = defaultdict(list)
    for code, person_id in db.execute(speakers):
        if person_id is not None:
            by[code].append(person_id)
    newest = (
        select(func.max(ProgramVersion.number))
        .where(ProgramVersion.conference_id == Conference.id)
        .correlate(Conference)
        .scalar_subquery()
    )
    programs = (
        select(ProgramVersion.program)
        .join(Conference, Conference.id == ProgramVersion.conference_id)
        .where(ProgramVersion.number == newest)
        .order_by(Conference.id)
    )
    for version in db.scalars(programs) if by else ():
        for talk in version.get("program", {}).get("talks", ()):
            if not talk.get("canceled"):
                for person_id in by.get(talk.get("code"), ()):
                    yield person_id, talk["title"], talk.get("abstract", "")
