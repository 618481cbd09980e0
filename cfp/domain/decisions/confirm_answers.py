"""What speakers answer to the conference's own questions on the confirm page.

One answer per talk, whoever of its speakers gives it; it is read by them and by whoever may know
how to reach them, never by reviewers and never by the public.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, ConfirmQuestion
from cfp.domain.decisions.models import ConfirmAnswer, Confirmation
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError
from cfp.policy import Fact, Standing, predicate, sees
from cfp.records import record

ANSWER_LIMIT = 2_000
YES_NO = ("yes", "no")


@record
class Asked:
    """A question and what this talk's speakers have answered, "" for nothing."""

    question: ConfirmQuestion
    text: str

    @property
    def offered(self) -> tuple[str, ...]:
        """The answers to choose from; () where it is answered in words."""
        if self.question.kind == "yes_no":
            return YES_NO
        return tuple(map(str, self.question.options))

    @property
    def gone(self) -> str:
        """What was chosen and is offered no more: it may stay."""
        return self.text if self.offered and self.text not in self.offered else ""

    def takes(self, text: str) -> bool:
        """Whether this can be answered."""
        offered = {*self.offered, self.gone, ""}
        return len(text) <= ANSWER_LIMIT and (not self.offered or text in offered)


def asked_of(db: Session, submission: Submission) -> Sequence[Asked]:
    """What the confirm page asks, with what was answered before."""
    return [one for one in _all_of(db, submission) if not one.question.archived]


def answered_of(db: Session, standing: Standing) -> Sequence[tuple[str, str, str]]:
    """Question, kind and answer, no longer asked ones too; nothing for who may not know it."""
    if not sees(standing, Fact.ADDRESSES):
        return ()
    said = [one for one in _all_of(db, standing.submission) if one.text]
    return [(one.question.name, one.question.kind, one.text) for one in said]


def put(db: Session, submission: Submission, answers: Mapping[int, str]) -> None:
    """Store the answers to what is asked; those to questions asked no more stay.

    Raises:
        DomainError: `confirm_answer.missing` or `confirm_answer.bad`, at the question's field.
    """
    asked = asked_of(db, submission)
    given = {one.question.id: answers.get(one.question.id, "") for one in asked}
    for one in asked:
        field = field_name(one.question)
        if not one.takes(given[one.question.id]):
            raise DomainError("confirm_answer.bad", field=field)
        if one.question.required and not given[one.question.id]:
            raise DomainError("confirm_answer.missing", field=field)
    here = ConfirmAnswer.submission_id == submission.id
    db.execute(delete(ConfirmAnswer).where(here, ConfirmAnswer.question_id.in_(given)))
    db.add_all(
        ConfirmAnswer(submission_id=submission.id, question_id=question_id, text=text)
        for question_id, text in given.items()
        if text
    )
    db.flush()


def field_name(question: ConfirmQuestion) -> str:
    """What a question is called in a form."""
    return f"question_{question.id}"


@record
class Answered:
    """A talk whose speakers have confirmed, with all they said; `answers` by question."""

    submission: Submission
    confirmation: Confirmation
    answers: Mapping[int, str]


def every_answer(
    db: Session, actor: Actor, conference: Conference
) -> tuple[Sequence[ConfirmQuestion], Sequence[Answered]]:
    """The questions, and each confirmed talk with its answers, as far as one may know them."""
    rows = db.execute(
        select(Submission, Confirmation)
        .join(Confirmation, Confirmation.submission_id == Submission.id)
        .where(
            Submission.conference_id == conference.id,
            Submission.state == "confirmed",
            predicate(actor, Fact.ADDRESSES, conference),
        )
        .order_by(Submission.title, Submission.id)
    ).all()
    asked, said = asked_and_said(db, conference)
    return asked, [Answered(talk, given, said.get(talk.id, {})) for talk, given in rows]


def asked_and_said(
    db: Session, conference: Conference, ids: Collection[int] | None = None
) -> tuple[Sequence[ConfirmQuestion], Mapping[int, Mapping[int, str]]]:
    """The questions, and what these talks, or all, answer to each; one statement.

    Questions asked no more come last, and only where somebody has answered them. The answers are
    for whoever may know them: ask the policy first.
    """
    mine = ConfirmAnswer.question_id == ConfirmQuestion.id
    answered = select(ConfirmAnswer.question_id).where(mine).correlate(ConfirmQuestion)
    among = mine if ids is None else and_(mine, ConfirmAnswer.submission_id.in_(ids))
    rows = db.execute(
        select(ConfirmQuestion, ConfirmAnswer.submission_id, ConfirmAnswer.text)
        .outerjoin(ConfirmAnswer, among)
        .where(
            ConfirmQuestion.conference_id == conference.id,
            or_(ConfirmQuestion.archived.is_(False), answered.exists()),
        )
        .order_by(ConfirmQuestion.archived, ConfirmQuestion.position, ConfirmQuestion.id)
    ).all()
    said: dict[int, dict[int, str]] = defaultdict(dict)
    for question, submission_id, text in rows:
        if submission_id is not None:
            said[submission_id][question.id] = text
    return list(dict.fromkeys(row[0] for row in rows)), said


def counts(db: Session, conference: Conference) -> Mapping[int, int]:
    """How many talks answer each question."""
    query = (
        select(ConfirmAnswer.question_id, func.count())
        .join(ConfirmQuestion, ConfirmQuestion.id == ConfirmAnswer.question_id)
        .where(ConfirmQuestion.conference_id == conference.id)
        .group_by(ConfirmAnswer.question_id)
    )
    return {row[0]: row[1] for row in db.execute(query)}


def _all_of(db: Session, submission: Submission) -> Sequence[Asked]:
    """Archived ones last, and only where they were answered; one statement."""
    mine = and_(
        ConfirmAnswer.question_id == ConfirmQuestion.id,
        ConfirmAnswer.submission_id == submission.id,
    )
    rows = db.execute(
        select(ConfirmQuestion, func.coalesce(ConfirmAnswer.text, ""))
        .outerjoin(ConfirmAnswer, mine)
        .where(
            ConfirmQuestion.conference_id == submission.conference_id,
            or_(ConfirmQuestion.archived.is_(False), ConfirmAnswer.text.is_not(None)),
        )
        .order_by(ConfirmQuestion.archived, ConfirmQuestion.position, ConfirmQuestion.id)
    )
    return [Asked(question, text) for question, text in rows]
