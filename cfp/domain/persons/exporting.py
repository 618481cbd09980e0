"""Everything that is kept about a person, for themselves, as plain data for JSON."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.db import UTCDateTime
from cfp.domain.accounts.models import Account, Email, LoginSession, Person
from cfp.domain.assignment.concerned import own_columns
from cfp.domain.assignment.models import (
    Assignment,
    Bid,
    Collaborator,
    Conflict,
    ReviewerDocument,
    ReviewerProfile,
    Standby,
)
from cfp.domain.conferences.models import (
    Conference,
    ConfirmQuestion,
    Criterion,
    ReviewField,
    Role,
    SavedView,
)
from cfp.domain.decisions.models import ConfirmAnswer, Confirmation
from cfp.domain.mail.models import MailChoice, Message
from cfp.domain.program.models import Material, StoredFile
from cfp.domain.reviews.models import (
    Comment,
    Comparison,
    ComparisonPlace,
    Follow,
    Guest,
    Response,
    Review,
    ReviewAnswer,
    ReviewExtension,
    ReviewRating,
    Score,
    Summary,
)
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy import own


def own_data(db: Session, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """The person's own data by kind. What others wrote about them is not theirs and not in it."""
    me = actor.person_id
    found = db.execute(
        select(Person, Email.address, Email.verified, Email.primary)
        .outerjoin(Email, Email.person_id == Person.id)
        .where(Person.id == me)
    ).all()
    person: Person = found[0][0]
    rows = {kind: _plain(db.execute(query)) for kind, query in _queries(actor).items()}
    rows["reviews"], rows["scores"] = _reviews(db, actor)
    rows |= _texts(db, actor) | _discussed(db, actor)
    return {
        "exported": now.isoformat(),
        "person": {
            "name": person.name,
            "affiliation": person.affiliation,
            "bio": person.bio,
            "time_zone": person.zone,
            "created": person.created.isoformat(),
        },
        "addresses": [
            {
                "address": address,
                "verified": verified.isoformat() if verified else None,
                "primary": primary,
            }
            for _person, address, verified, primary in found
            if address is not None
        ],
        **rows,
    }


def _queries(actor: Actor) -> Mapping[str, Select[Any]]:
    me = actor.person_id
    here = Conference.slug.label("conference")
    of_talk = (here, Submission.code)
    mails = select(Message.kind, Message.sent, Message.recipient, Message.subject, Message.body)
    return {
        "log_ins": select(LoginSession.device, LoginSession.created, LoginSession.last_used)
        .join(Account)
        .where(Account.person_id == me),
        "roles": select(here, Role.kind, Role.created)
        .add_columns(ReviewerProfile.expertise, ReviewerProfile.load_wished)
        .add_columns(ReviewerProfile.past_reviews)
        .add_columns(Standby.reviews.label("on_standby"))
        .add_columns(ReviewExtension.until.label("time_to_review_until"))
        .join(Conference, Conference.id == Role.conference_id)
        .outerjoin(
            ReviewerProfile,
            and_(
                ReviewerProfile.conference_id == Role.conference_id,
                ReviewerProfile.person_id == Role.person_id,
            ),
        )
        .outerjoin(
            Standby,
            and_(
                Standby.conference_id == Role.conference_id, Standby.person_id == Role.person_id
            ),
        )
        .outerjoin(
            ReviewExtension,
            and_(
                ReviewExtension.conference_id == Role.conference_id,
                ReviewExtension.person_id == Role.person_id,
            ),
        )
        .where(Role.person_id == me),
        "submissions": select(
            *of_talk, Submission.state, Submission.title, Submission.abstract, Submission.note
        )
        .join(Conference, Conference.id == Submission.conference_id)
        .where(own(actor)),
        "as_speaker": _hanging(Speaker, *of_talk, Speaker.name, Speaker.affiliation, Speaker.bio)
        .add_columns(Speaker.state, Speaker.address)
        .where(Speaker.person_id == me),
        "confirmations": _hanging(Confirmation, *of_talk, Confirmation.remote, Confirmation.zone)
        .add_columns(Confirmation.recording, Confirmation.availability, Confirmation.remark)
        .where(Confirmation.person_id == me),
        "materials": _hanging(Material, *of_talk, Material.kind, Material.url, Material.state)
        .add_columns(Material.given, StoredFile.name.label("file"), StoredFile.size)
        .outerjoin(StoredFile, StoredFile.material_id == Material.id)
        .where(Material.given_by_id == me),
        "bids": _hanging(Bid, *of_talk, Bid.value, Bid.changed).where(Bid.person_id == me),
        "conflicts": _conflicts(me or 0, *of_talk),
        "assignments": _hanging(Assignment, *of_talk, Assignment.state, Assignment.reason)
        .where(Assignment.person_id == me),
        # Mails with a way to log in are left out: the file may be passed on.
        "mails": mails.where(Message.person_id == me, Message.private.is_(False)),
    }


def _conflicts(me: int, *of_talk: SQLColumnExpression[str]) -> Select[Any]:
    """Those of the person, and those they have declared of others, whom it does not name."""
    mine = Conflict.person_id == me
    state = case((mine, Conflict.state), else_=literal("")).label("state")
    columns: tuple[Any, ...] = (*of_talk, mine.label("about_me"), *own_columns(me), state)
    return _hanging(Conflict, *columns).where(or_(mine, Conflict.declared_by_id == me))


def _texts(db: Session, actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """Texts and choices that hang on a conference, or on an answer; one statement."""
    me, here = actor.person_id, Conference.slug.label("conference")
    nothing = literal("").label("code")
    abstracts = (
        select(literal("abstracts").label("kind"), here, nothing, ReviewerDocument.title)
        .add_columns(literal("").label("audience"), ReviewerDocument.text)
        .join(Conference, Conference.id == ReviewerDocument.conference_id)
        .where(ReviewerDocument.person_id == me)
    )
    lists = (
        select(literal("collaborators"), here, func.coalesce(Submission.code, ""), literal(""))
        .add_columns(literal(""), Collaborator.text)
        .join(Conference, Conference.id == Collaborator.conference_id)
        .outerjoin(Submission, Submission.id == Collaborator.submission_id)
        .where(or_(Collaborator.person_id == me, own(actor)))
    )
    answers = (
        _hanging(Review, literal("answers"), here, Submission.code, ReviewField.name)
        .add_columns(ReviewField.audience, ReviewAnswer.text)
        .join(ReviewAnswer, ReviewAnswer.review_id == Review.id)
        .join(ReviewField, ReviewField.id == ReviewAnswer.field_id)
        .where(Review.person_id == me)
    )
    views = (
        select(literal("saved_views"), here, literal(""), SavedView.name)
        .add_columns(literal(""), SavedView.query)
        .join(Conference, Conference.id == SavedView.conference_id)
        .where(SavedView.person_id == me)
    )
    choices = (
        select(literal("mail_choices"), here, literal(""), MailChoice.kind)
        .add_columns(literal(""), MailChoice.how)
        .join(Conference, Conference.id == MailChoice.conference_id)
        .where(MailChoice.person_id == me)
    )
    confirmed = (
        _hanging(ConfirmAnswer, literal("confirm_answers"), here, Submission.code)
        .add_columns(ConfirmQuestion.name, literal(""), ConfirmAnswer.text)
        .join(ConfirmQuestion, ConfirmQuestion.id == ConfirmAnswer.question_id)
        .join(Confirmation, Confirmation.submission_id == ConfirmAnswer.submission_id)
        .where(Confirmation.person_id == me)
    )
    parts = (abstracts, lists, answers, views, choices, confirmed)
    rows = _plain(db.execute(union_all(*parts)))
    given: dict[str, list[dict[str, Any]]] = {
        kind: []
        for kind in (
            *("abstracts", "collaborators", "answers", "saved_views", "mail_choices"),
            "confirm_answers",
        )
    }
    for row in rows:
        given[row.pop("kind")].append({name: value for name, value in row.items() if value})
    for answer in (*given["answers"], *given["confirm_answers"]):
        answer["question"] = answer.pop("title")
    return given


def _discussed(db: Session, actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """Comments, follows, summaries, answers to reviews, ratings, comparisons, guests' places.

    One statement for all.
    """
    me, here = actor.person_id, (Conference.slug.label("conference"), Submission.code)
    nothing, never = literal(""), null()

    def of(
        table: Any,  # noqa: ANN401 - any mapped class
        kind: str,
        mine: ColumnElement[bool],
        *values: Any,
    ) -> Select[Any]:
        named = zip(("text", "detail", "at"), values, strict=True)
        columns = [value.label(name) for name, value in named]
        return _hanging(table, literal(kind).label("kind"), *here, *columns).where(mine)

    rated = case((ReviewRating.helpful, literal("helpful")), else_=literal("not helpful"))
    follows = case((Follow.on, literal("on")), else_=literal("off"))
    placed = case(
        (Comparison.state == "said", cast(ComparisonPlace.place, String)), else_=Comparison.state
    )
    which = literal("comparison ") + cast(Comparison.id, String)
    answered = or_(Response.person_id == me, own(actor))
    parts = (
        of(Comment, "comments", Comment.person_id == me,
           Comment.text, Comment.audience, Comment.created),
        of(Follow, "follows", Follow.person_id == me, nothing, follows, cast(never, UTCDateTime)),
        of(Summary, "summaries", Summary.lead_id == me,
           Summary.text, Summary.speaker_text, Summary.changed),
        of(Response, "responses", answered,
           Response.text, cast(Response.round, String), Response.changed),
        of(Guest, "asked_as_guest", Guest.person_id == me,
           cast(Guest.draft, String), Guest.state, Guest.created),
        of(ReviewRating, "ratings", ReviewRating.person_id == me,
           nothing, rated, ReviewRating.at),
        of(ComparisonPlace, "comparisons", Comparison.person_id == me,
           which, placed, Comparison.changed)
        .join(Comparison, Comparison.id == ComparisonPlace.comparison_id),
    )  # fmt: skip
    kinds = (
        *("comments", "follows", "summaries", "responses", "asked_as_guest", "ratings"),
        "comparisons",
    )
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    for row in _plain(db.execute(union_all(*parts))):
        found[row.pop("kind")].append({name: value for name, value in row.items() if value})
    return found


def _reviews(
    db: Session, actor: Actor
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The reviews, and the scores of all of them; one statement for both."""
    of_review = ("conference", "code", "state", "confidence", "submitted")
    texts = ("committee_text", "chair_text", "speaker_text", "abstention")
    here = Conference.slug.label("conference")
    query = (
        _hanging(Review, Review.id, here, Submission.code, Review.state, Review.confidence)
        .add_columns(Review.submitted, *(getattr(Review, name) for name in texts))
        .add_columns(Criterion.name.label("criterion"), Score.value)
        .outerjoin(Score, Score.review_id == Review.id)
        .outerjoin(Criterion, Criterion.id == Score.criterion_id)
        .where(Review.person_id == actor.person_id)
        .order_by(Review.id, Score.criterion_id)
    )
    rows = _plain(db.execute(query))
    reviews = {row["id"]: {name: row[name] for name in (*of_review, *texts)} for row in rows}
    of_score = ("conference", "code", "criterion", "value")
    scores = [{name: row[name] for name in of_score} for row in rows if row["criterion"]]
    return list(reviews.values()), scores


def _hanging(table: Any, *columns: Any) -> Select[Any]:  # noqa: ANN401 - any mapped class, any column
    """Rows of a table that hang on a submission."""
    return (
        select(*columns)
        .select_from(table)
        .join(Submission, Submission.id == table.submission_id)
        .join(Conference, Conference.id == Submission.conference_id)
    )


def _plain(rows: Iterable[Row[Any]]) -> list[dict[str, Any]]:
    return [
        {name: v.isoformat() if isinstance(v, datetime) else v for name, v in row._mapping.items()}
        for row in rows
    ]
