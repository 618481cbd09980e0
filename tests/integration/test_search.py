"""The search language over the lists: what it finds, on both databases, and what it can't probe."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.board import board
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.reviews.queries import queue_for
from cfp.domain.submissions.committee import committee_list
from cfp.domain.submissions.models import Submission, SubmissionTag, Tag
from cfp.domain.submissions.rules import folded, people_text
from cfp.domain.submissions.search import SearchError, cleaned
from cfp.domain.submissions.searching import keys_for, searched
from cfp.domain.submissions.tag_rules import number_of
from cfp.policy import View, ids_of, rows_of
from tests.factories import (
    NOW,
    give_role,
    make_conference,
    make_conflict,
    make_person,
    make_review,
    make_submission,
    make_track,
)
from tests.support.visitor import Page, Visitor, titles

Log = Callable[[Person], Visitor]


@pytest.fixture
def conference(db: Session) -> Conference:
    return make_conference(db)


@pytest.fixture
def chair(db: Session, conference: Conference) -> Person:
    person = make_person(db, "Chair")
    give_role(db, conference, person, "chair")
    return person


def put(db: Session, submission: Submission, name: str, value: str = "", **tag: str) -> None:
    """A tag on a submission, made if need be."""
    here = submission.conference_id
    query = select(Tag).where(Tag.conference_id == here, Tag.key == folded(name))
    one = db.scalars(query).one_or_none()
    if one is None:
        one = Tag(conference_id=here, name=name, key=folded(name), **{"color": "blue", **tag})
        db.add(one)
        db.flush()
    row = SubmissionTag(conference_id=here, submission_id=submission.id, tag_id=one.id)
    row.value, row.value_key, row.number = value, folded(value), number_of(value)
    db.add(row)
    db.flush()


def fill(db: Session, conference: Conference) -> dict[str, Submission]:
    """Four talks by letter: a to c under review, d accepted; e is withdrawn."""
    net, disks = make_track(db, conference, "Netwörks"), make_track(db, conference, "Storage")
    ada = make_person(db, "Ada Lovelace")
    talks = {
        "a": ("QUIC: 100% of lessons_learned", net, "submitted"),
        "b": ("Zero copy in the kernel", net, "submitted"),
        "c": ("The kernel and its Überraschung", disks, "submitted"),
        "d": ("Disks, once more", disks, "accepted"),
        "e": ("Never mind", disks, "withdrawn"),
    }
    made = {
        letter: make_submission(
            db, conference, [ada], title=title, track=track, state=state,
            submitted=NOW + timedelta(days=number), abstract="All about copy machines.",
        )
        for number, (letter, (title, track, state)) in enumerate(talks.items())
    }  # fmt: skip
    for one in made.values():
        one.people_text = people_text([("Ada Lovelace", "Tromsø Labs")])
    made["e"].people_text = people_text([("Lada Love", "")])
    for letter, values in {"a": (5, 4), "b": (2, 4, 3), "c": (3,)}.items():
        for value in values:
            make_review(db, made[letter], make_person(db), value)
    for letter, outcome in {"a": "accept", "c": "reject"}.items():
        pending(db, made[letter], outcome)
    made["b"].note = "Please early."
    make_conflict(db, made["c"], make_person(db))
    put(db, made["a"], "hot")
    put(db, made["b"], "hot", audience="reviewers")
    put(db, made["a"], "Room", "Large hall")
    put(db, made["a"], "points", "10")
    put(db, made["b"], "points", "9.5")
    return made


def pending(db: Session, submission: Submission, outcome: str) -> None:
    db.add(
        PendingDecision(
            conference_id=submission.conference_id,
            submission_id=submission.id,
            outcome=outcome,
            at=NOW,
        )
    )
    db.flush()


def letters(
    db: Session, actor: Actor, view: View, talks: dict[str, Submission], text: str
) -> str:
    """The letters of what the text finds."""
    condition = searched(db, actor, view, cleaned(text))
    rows = rows_of(actor, view, [] if condition is None else [condition])
    ids = set(db.scalars(ids_of(rows)))
    return "".join(letter for letter, one in talks.items() if one.id in ids)


FINDS = [
    ("", "abcde"),
    ("kernel", "bc"),
    ("KERNEL copy", "bc"),  # the abstract has it
    ('"zero copy"', "b"),
    ("uberraschung", "c"),
    ("tromso", "abcd"),
    ("100%", "a"),
    ("s_l", "a"),
    ("QUIC: lessons", "a"),
    ("title:copy", "b"),
    ("abstract:copy", "abcde"),
    ("title:machines", ""),
    ("title:100%", "a"),
    ("title:%", "a"),
    ("kernel OR disks", "bcd"),
    ("kernel -überraschung", "b"),
    ("-(kernel OR disks)", "ae"),
    ('speaker:"Ada L"', "abcde"),
    ('speaker:"ada lovelace"', "abcd"),
    ("track:net", "ab"),
    ("track:storage,networks -track:storage", "ab"),
    ("track!=net", "cde"),
    ("format:talk", "abcde"),
    ('type:"short talk"', ""),
    ("state:submitted", "abc"),
    ("-state:Accepted,withdrawn", "abc"),
    ("score>3.5", "a"),
    ('"score >"', ""),
    ("score:4.5", "a"),
    ("score:3", "bc"),
    ("score:3..4", "bc"),
    ("score:..3", "bc"),
    ("-score>3.5", "bcde"),
    ("reviews<3", "acde"),
    ("reviews:>=2", "ab"),
    ("reviews:1..2", "ac"),
    ("reviews!=0", "abc"),
    ("spread>0.8", "b"),
    ("spread:0.7", "a"),
    ("decision:accept", "ad"),
    ("decision:none", "be"),
    ("decision:any", "acd"),
    ("pending:reject", "c"),
    ("-decision:reject", "abde"),
    ("pending:none", "bde"),
    ("submitted>=2026-03-04", "cde"),
    ("submitted:2026-03-03..2026-03-04", "bc"),
    ("submitted<2026-03-03", "a"),
    ("tag:HOT", "ab"),
    ("tag:hot -tag:room", "b"),
    ("tag:room:large", ""),
    ('tag:"room:large hall"', "a"),
    ("tag:points>9.5", "a"),
    ("tag:points:9..9.9", "b"),
    ("tag:points>=9,hot", "ab"),
    ("tag:points=10", "a"),
    ("tag:points!=10", "b"),
    ("has:review", "abc"),
    ("has:conflict", "c"),
    ("has:note", "b"),
    ("has:pending", "ac"),
    ("has:tag", "ab"),
    ("-has:score", "de"),
    (
        "track:net score>3.5 reviews<3 tag:hot -decision:reject state:submitted format:talk quic",
        "a",
    ),
]


def test_what_is_found(db: Session, conference: Conference, chair: Person) -> None:
    talks = fill(db, conference)
    actor, view = actor_of_person(db, chair.id), committee_list(conference)
    wrong = {
        text: (letters(db, actor, view, talks, text), wanted)
        for text, wanted in FINDS
        if letters(db, actor, view, talks, text) != wanted
    }
    assert not wrong
    code = talks["d"].code
    assert letters(db, actor, view, talks, f"code:{code.lower()}") == "d"
    assert letters(db, actor, view, talks, code.lower()) == "d"
    for text, wanted in FINDS:
        if "type" not in text:  # and the board means the same
            shown = letters(db, actor, board(actor, conference), talks, text)
            assert shown == wanted, text


def test_figures_compare_as_they_are_shown(
    db: Session, conference: Conference, chair: Person
) -> None:
    """A mean of 3 2/3 is shown as 3.7: it is no less than that, and neither more nor less."""
    talk = make_submission(db, conference, [make_person(db)])
    for value in (4, 4, 3):
        make_review(db, talk, make_person(db), value)
    actor, view = actor_of_person(db, chair.id), committee_list(conference)
    wanted = {
        "score:3.7 score>=3.7 score<=3.7 score:3.7.. score>3.6 score<3.8 score>=3.65": "t",
        "score>3.7": "", "score<3.7": "", "score<=3.6": "", "score>=3.8": "",
        "spread:0.6 spread>=0.6 spread<=0.6": "t", "spread<0.6": "", "spread>0.6": "",
        "reviews>=3 reviews<=3": "t", "reviews>3": "", "reviews<3": "",
    }  # fmt: skip
    found = {text: letters(db, actor, view, {"t": talk}, text) for text in wanted}
    assert found == wanted


def refusal(db: Session, actor: Actor, view: View, text: str) -> tuple[str, object]:
    with pytest.raises(SearchError) as caught:
        searched(db, actor, view, text)
    return caught.value.key, caught.value.data.get("known", caught.value.data.get("name"))


def test_what_is_refused(db: Session, conference: Conference, chair: Person) -> None:
    fill(db, conference)
    actor, view = actor_of_person(db, chair.id), committee_list(conference)
    for text, key in {
        "nothing:here": "search.unknown",
        "http://example.org": "search.unknown",
        "has:everything": "search.unknown",
        "track:": "search.no_value",
        "track:unheard": "search.no_such",
        "state:draft": "search.no_such",
        "tag:cold": "search.no_such",
        "decision:maybe": "search.no_such",
        "score>many": "search.number",
        "score:1..2..3": "search.number",
        "score:..": "search.number",
        "reviews>3..4": "search.number",
        "score:1e999": "search.number",
        "tag:points>much": "search.number",
        "submitted>soon": "search.date",
        "submitted:9999-12-31": "search.date",
        "submitted:..": "search.date",
        "title>a": "search.no_order",
        "score>3,5": "search.one_value",
        "submitted<2026-03-03,2026-03-04": "search.one_value",
        "score > 3.5": "search.lone_sign",
        "score >3.5": "search.lone_sign",
        "score > ": "search.lone_sign",
        "score : 3": "search.lone_sign",
        "state<accepted": "search.no_order",
    }.items():
        assert refusal(db, actor, view, text)[0] == key, text


def member(db: Session, conference: Conference, kind: str, **role: object) -> Actor:
    person = make_person(db)
    give_role(db, conference, person, kind, **role)  # type: ignore[arg-type]
    return actor_of_person(db, person.id)


def test_a_key_exists_for_whoever_may_see_its_column(db: Session, conference: Conference) -> None:
    """And what is hidden is refused in the very words of what there is not."""
    talks = fill(db, conference)
    reader, reviewer = member(db, conference, "reader"), member(db, conference, "reviewer")
    listed, queue = committee_list(conference), queue_for(reviewer, conference)
    hidden = ["score", "spread", "reviews", "decision", "pending", "tag"]
    for name in hidden:
        assert refusal(db, reader, listed, f"{name}:3") == ("search.unknown", name)
        assert name not in keys_for(reader, listed)
        assert letters(db, reader, listed, talks, f"{name}: disks") == ""  # words, as any other
    for name in ("conflict", "note", "pending", "tag", "review"):
        assert refusal(db, reader, listed, f"has:{name}") == ("search.unknown", f"has:{name}")
    for name in ("score", "decision", "submitted", "nothing"):
        assert refusal(db, reviewer, queue, f"{name}:3") == ("search.unknown", name)
    assert "speaker" in keys_for(reviewer, queue)
    conference.blind = True
    blind = queue_for(reviewer, conference)
    assert refusal(db, reviewer, blind, "speaker:Ada") == ("search.unknown", "speaker")
    assert letters(db, reviewer, blind, talks, "lovelace") == ""
    conference.blind = False
    assert letters(db, reviewer, queue_for(reviewer, conference), talks, "lovelace") == "abcd"


def test_reviewers_know_of_the_tags_that_are_for_them(db: Session, conference: Conference) -> None:
    talks = fill(db, conference)
    put(db, talks["c"], "discuss", audience="reviewers")
    reviewer = member(db, conference, "reviewer")
    view = queue_for(reviewer, conference)
    assert refusal(db, reviewer, view, "tag:hot") == ("search.no_such", "discuss")
    assert refusal(db, reviewer, view, "tag:nothing") == ("search.no_such", "discuss")
    assert letters(db, reviewer, view, talks, "tag:discuss") == "c"
    assert letters(db, reviewer, view, talks, "has:tag") == "c"
    make_conflict(db, talks["c"], db.get_one(Person, reviewer.person_id))
    assert letters(db, reviewer, view, talks, "tag:discuss") == ""
    assert letters(db, reviewer, view, talks, "-tag:discuss") == "abcde"


def test_the_page_says_what_is_wrong_and_where(
    db: Session, conference: Conference, chair: Person, visitor_as: Log
) -> None:
    fill(db, conference)
    give_role(db, conference, chair, "reviewer")
    visitor = visitor_as(chair)
    base = f"/{conference.slug}"
    for path in ("/chair/submissions/", "/chair/decisions/", "/chair/reviews/", "/reviews/"):
        page = visitor.get(f"{base}{path}?q=kernel+nosuch:thing%01")
        assert page.status == 400, path
        assert "There is nothing called “nosuch” to search by." in page.text
        assert "<code>kernel <mark>nosuch:thing</mark></code>" in page.html
        assert 'value="kernel nosuch:thing"' in page.html
        assert "Nothing is listed until the search is understood." in page.text
        assert "What can I type?" in visitor.get(f"{base}{path}").text
    for path in ("submissions.csv", "submissions.xlsx", "decisions.csv", "reviews/scores.csv"):
        assert visitor.client.get(f"{base}/chair/{path}?q=nosuch:thing").status_code == 400
    for path in ("write?to=submissions&", "submissions/tag?"):  # nobody is written to by mistake
        assert visitor.client.get(f"{base}/chair/{path}q=(").status_code == 400
    page = visitor.get(f"{base}/chair/submissions/?q={'x' * 100_000}")
    assert (page.status, len(page.html) < 120_000) == (400, True)


MASKS = [r'name="csrf_token"[^>]*', r'name="key"[^>]*', r'value="[\w.-]{20,}"', r"'nonce-[^']*'"]
PROBES = [
    *("decision:reject", "-decision:reject", "pending:none", "-has:pending OR kernel"),
    *("decision:any", "-score>1", "score:5", "reviews:0", "tag:room", "-tag:room", "has:tag"),
    *("spread>0", "pending: reject"),
]


def everything(visitor: Visitor, conference: Conference, reviews: bool) -> dict[str, bytes]:
    """Each search, in every list and its files, without what differs by itself."""
    lists = ["submissions.csv", "submissions.xlsx", "decisions/", "decisions.csv", "reviews/"]
    lists += ["reviews/scores.csv", "submissions/tag", "tags/"]
    sorts = ["sort=-mean", "sort=-tag.room", "columns=pending,mean,tags"]
    if reviews:
        paths = [f"reviews/?q={probe}" for probe in PROBES]
    else:
        paths = [f"chair/submissions/?q={probe}" for probe in PROBES]
        paths += [f"chair/submissions/?{sort}" for sort in sorts]
        paths += [f"chair/{one}?q=-decision:reject -tag:room -score:5" for one in lists]
        paths += [f"chair/{one}?sort=-mean" for one in lists]
    return {path: masked(visitor.get(f"/{conference.slug}/{path}")) for path in paths}


def masked(page: Page) -> bytes:
    body = page.response.data
    if page.path.partition("?")[0].endswith(".xlsx"):
        return body
    text = body.decode()
    for mask in MASKS:
        text = re.sub(mask, "", text)
    return f"{page.status} {text}".encode()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["conflicted chair", "reader", "other track chair", "reviewer"])
def test_two_worlds_that_differ_in_a_pending_decision_look_the_same(
    db: Session, conference: Conference, visitor_as: Log, name: str
) -> None:
    """Nor do a hidden score and a hidden tag show, whatever is searched for or sorted by."""
    talks = fill(db, conference)
    person = make_person(db, "Probing")
    kind = {"conflicted chair": "chair", "other track chair": "track_chair"}.get(name, name)
    track = make_track(db, conference, "Elsewhere") if kind == "track_chair" else None
    give_role(db, conference, person, kind, track)
    if name == "conflicted chair":
        make_conflict(db, talks["b"], person)
    visitor = visitor_as(person)
    before = everything(visitor, conference, kind == "reviewer")
    assert any(body.startswith(b"200") for body in before.values())
    pending(db, talks["b"], "reject")
    make_review(db, talks["b"], make_person(db), 5)
    put(db, talks["b"], "room", "Small")
    db.commit()
    after = everything(visitor, conference, kind == "reviewer")
    different = [path for path, body in before.items() if after[path] != body]
    assert not different


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_chair_sees_the_worlds_differ(
    db: Session, conference: Conference, chair: Person, visitor_as: Log
) -> None:
    """Or the test above could not fail."""
    talks = fill(db, conference)
    visitor = visitor_as(chair)
    before = everything(visitor, conference, False)
    pending(db, talks["b"], "reject")
    db.commit()
    after = everything(visitor, conference, False)
    changed = {path for path, body in before.items() if after[path] != body}
    told = {"chair/submissions/?q=decision:reject", "chair/decisions.csv?sort=-mean"}
    assert told <= changed


def test_a_search_stands_in_the_lists_and_goes_on_to_the_next(
    db: Session, conference: Conference, chair: Person, visitor_as: Log
) -> None:
    talks = fill(db, conference)
    visitor = visitor_as(chair)
    base = f"/{conference.slug}/chair"
    page = visitor.get(f"{base}/submissions/?q=tag:hot&sort=-tag.points")
    assert titles(page) == [talks["a"].title, talks["b"].title]
    page = visitor.get(f"{base}/submissions/?q=tag:hot&sort=tag.points")
    assert titles(page) == [talks["b"].title, talks["a"].title]
    item = visitor.get(page.links()[talks["b"].title])
    assert item.links()["Next"].split("?")[0].endswith(talks["a"].code + "/")
    both = visitor.get(page.links()["Tag points 9.5"])
    assert both.path.endswith("q=tag:hot+tag:points&sort=tag.points")
    for path in ("decisions", "reviews"):
        page = visitor.get(f"{base}/{path}/?q=score:3..4")
        assert set(titles(page)) == {talks["b"].title, talks["c"].title}
