"""The conference itself: dates, page, tracks, formats, rooms, the review form, the call."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cfp.demo import script
from cfp.demo.stage import Stage
from cfp.domain.conferences import actions, queries
from cfp.domain.conferences.actions import (
    CallTimes,
    CriterionText,
    FieldText,
    ListRow,
    QuestionText,
)
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.rules import AOE
from cfp.phases import Phase

CREATED, FIRST_DEADLINE, EXTENDED, SECOND_DEADLINE = -74, -24, -22, 10
REVIEWS_DUE = SECOND_DEADLINE + 7
"""Days from today."""


def create(stage: Stage, first_day: date, *, created: int, deadline: int) -> Conference:
    """One year's conference with all its settings; times in days from today."""
    plan, now = script.conference(), stage.then(created, 9)
    conference = actions.create(
        stage.db,
        stage.chair,
        name=f"{plan['series']} {first_day.year}",
        slug=f"{plan['series'].lower()}-{first_day.year}",
        start_date=first_day,
        end_date=first_day + timedelta(days=1),
        place=plan["place"],
        zone=plan["zone"],
        deadline=stage.at(deadline, 23, 59),
        deadline_zone=plan["zone"],
        contact=plan["contact"],
        types=[(row["name"], row["minutes"], row["discussion"]) for row in plan["types"]],
        blind=False,
        now=now,
    )
    stage.forget_roles()
    _lists(stage, conference, now)
    actions.change_page(
        stage.db,
        stage.chair,
        conference,
        sections={key: text.strip() for key, text in plan["sections"].items()},
        registration_url=plan["registration_url"],
        mailing_list=plan["mailing_list"],
        contact=plan["contact"],
        now=now,
    )
    return conference


def _lists(stage: Stage, conference: Conference, now: datetime) -> None:
    """The first track and room take the place of the ones every conference begins with."""
    plan, db = script.conference(), stage.db
    track, room = queries.tracks_of(db, conference)[0], queries.rooms_of(db, conference)[0]
    tracks = _rows(plan["tracks"], track.id, "description")
    rooms = _rows(plan["rooms"], room.id, "capacity")
    actions.set_tracks(db, stage.chair, conference, rows=tracks, now=now)
    actions.set_rooms(db, stage.chair, conference, rows=rooms, now=now)


def _rows(rows: Sequence[dict[str, Any]], first: int, column: str) -> list[ListRow]:
    return [
        ListRow(first if place == 0 else None, row["name"], {column: row[column]})
        for place, row in enumerate(rows)
    ]


def set_up_reviewing(stage: Stage, conference: Conference) -> None:
    """Three reviewers for each talk, bids, comparisons, two questions, a text for the speakers."""
    db, now = stage.db, stage.then(CREATED, 10)
    actions.change_reviewing(
        db,
        stage.chair,
        conference,
        switches={
            "reviewing": "assigned",
            "reviews_per_submission": 3,
            "uses_bids": True,
            "asks_confidence": True,
            "asks_speaker_text": True,
            "sends_speaker_text": True,
            "discusses": True,
            "summarizes": True,
            "delegation": "on",
            "compares_pairs": True,
            "committee_shown": True,
            "reviews_due": stage.at(REVIEWS_DUE, 23, 59),
        },
        conflict_policies={},
        now=now,
    )
    overall = queries.criteria_of(db, conference)[0]
    actions.change_criterion(
        db, stage.chair, conference, overall, content=_question(overall.name, 2.0), now=now
    )
    fits = _question("Fits our audience", 1.0, "Would people come for this?")
    actions.add_criterion(db, stage.chair, conference, content=fits, now=now)
    field = FieldText(kind="choice", audience="reviewers", **script.reviews()["field"])
    actions.add_field(db, stage.chair, conference, content=field, now=now)
    _plan_phases(stage, conference, now)


def ask_speakers(stage: Stage, conference: Conference) -> None:
    """What the confirm page asks beside the usual."""
    asked = QuestionText(
        "What do you need on stage?",
        "There is a projector with HDMI and a microphone to wear.",
        "text",
    )
    now = stage.then(CREATED, 10)
    actions.add_question(stage.db, stage.chair, conference, content=asked, now=now)


def _plan_phases(stage: Stage, conference: Conference, now: datetime) -> None:
    """Reviews, in which the demo is looked at, and then a discussion of everything."""
    due, decided = stage.at(REVIEWS_DUE, 23, 59), stage.at(SECOND_DEADLINE + 14, 12)
    reviews = Phase("", "Reviews", stage.at(FIRST_DEADLINE, 0), due, discusses=True)
    discussion = Phase(
        "", "Discussion", due + timedelta(minutes=1), decided, reads="all", writes="nobody",
        others="always", discusses=True,
    )  # fmt: skip
    phases = [reviews, discussion]
    actions.change_phases(
        stage.db, stage.chair, conference, phases=phases, zone="", now=now
    )


def _question(name: str, weight: float, hint: str = "") -> CriterionText:
    labels = ["No", "Rather not", "Could be in", "Should be in", "Must be in"]
    return CriterionText(name, hint, 1, 5, labels, weight, required=True)


def announce_dates(stage: Stage, conference: Conference) -> None:
    """Say until when decisions come."""
    times = CallTimes(
        opens=conference.opens,
        deadline=conference.deadline,
        deadline_zone=conference.deadline_zone,
        grace_minutes=15,
        edits_until=None,
        changes_until=None,
        decisions_by=stage.today + timedelta(days=SECOND_DEADLINE + 14),
    )
    actions.change_call(
        stage.db, stage.chair, conference, times=times, now=stage.then(CREATED, 11)
    )


def extend(stage: Stage, conference: Conference) -> None:
    """A second round for the last slots, which is open while the demo is looked at."""
    last_day = stage.today + timedelta(days=SECOND_DEADLINE)
    actions.extend_deadline(
        stage.db,
        stage.chair,
        conference,
        deadline=datetime.combine(last_day, time(23, 59), ZoneInfo(AOE)),
        deadline_zone=AOE,
        tell="everybody",
        links=stage.links,
        now=stage.then(EXTENDED, 9),
    )


def remind_drafts(stage: Stage, conference: Conference, day: int) -> None:
    """The chair reminds those who have typed something and not submitted it."""
    actions.remind_drafts(
        stage.db, stage.chair, conference, links=stage.links, now=stage.then(day, 9)
    )
