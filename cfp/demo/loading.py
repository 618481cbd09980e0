"""Load the demo: all of it in the caller's one transaction, or nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from cfp.demo import (
    assisting,
    cast,
    comparing,
    deciding,
    finding,
    judging,
    planning,
    postman,
    script,
    setting,
    talks,
)
from cfp.demo.comparing import Comparer
from cfp.demo.deciding import Calibrator, Chooser
from cfp.demo.judging import Solver
from cfp.demo.stage import Stage
from cfp.domain.conferences.models import Conference
from cfp.links import Links


def load(
    db: Session,
    *,
    links: Links,
    solve: Solver,
    calibrate: Calibrator,
    compare: Comparer,
    choose: Chooser,
    now: datetime,
) -> Conference:
    """Play both years up to `now`; returns this year's conference. Never commits."""
    stage = Stage(db, links, now)
    before = stage.first_day_before
    ended = planning.deadline_before(before, stage.today)
    cast.make_people(stage, stage.then(ended - 120, 8))
    planning.play_year_before(
        stage, setting.create(stage, before, created=ended - 60, deadline=ended)
    )
    conference = setting.create(
        stage, stage.first_day, created=setting.CREATED, deadline=setting.FIRST_DEADLINE
    )
    setting.set_up_reviewing(stage, conference)
    setting.ask_speakers(stage, conference)
    setting.announce_dates(stage, conference)
    cast.gather_committee(stage, conference)
    _first_round(stage, conference, solve)
    _second_round(stage, conference, solve)
    deciding.adjust(stage, conference, calibrate, -1)
    comparing.score(stage, conference, compare, -1)
    deciding.decide_late(stage, conference, -1)
    deciding.try_scenarios(stage, conference, choose, -1)
    postman.deliver(stage, conference)
    return conference


def _first_round(stage: Stage, conference: Conference, solve: Solver) -> None:
    """From the first talk to the first version of the program; more talks come in meanwhile."""
    early = [talk for talk in script.talks() if not talk.late and talk.state != "draft"]
    late = _late()
    talks.send_in(stage, conference, early, first=-66, last=-25)
    judging.say_wishes(stage, conference, early, -24)
    talks.withdraw_some(stage, conference)
    judging.settle_conflicts(stage, conference, -24)
    setting.extend(stage, conference)
    judging.assign(stage, conference, solve, -22)
    judging.review(stage, conference, first=-21, last=-18, share=1)
    talks.send_in(stage, conference, late[::2], first=-18, last=-14)
    comparing.say_which(stage, conference, early, each=12, day=-16)
    judging.discuss(stage, conference, early, -14)
    judging.sum_up(stage, conference, -14)
    finding.keep_views(stage, conference, -14)
    deciding.decide(stage, conference, -13)
    deciding.answer(stage, conference, first=-11, last=-9)
    talks.send_in(stage, conference, late[1::2], first=-9, last=-5)
    planning.publish(stage, conference, -5)


def _second_round(stage: Stage, conference: Conference, solve: Solver) -> None:
    """What came in after the extension, and what has changed since the first version."""
    late = [talk for talk in _late() if talk.late]
    judging.say_wishes(stage, conference, late, -5)
    judging.assign(stage, conference, solve, -4)
    judging.answer_requests(stage, conference, -4)
    judging.plan_for_late_reviews(stage, conference, -4)
    judging.review(stage, conference, first=-4, last=-2, share=0.5)
    comparing.say_which(stage, conference, late, each=3, day=-2)
    assisting.have_help(stage, conference, -2)
    assisting.ask_outside(stage, conference, -2)
    judging.discuss(stage, conference, late, -2)
    finding.tag(stage, conference, -2)
    deciding.call_off(stage, conference, -2)
    planning.give_materials(stage, conference, -2)
    deciding.write(stage, conference, -2)
    setting.remind_drafts(stage, conference, -1)
    planning.publish_again(stage, conference, -1)


def _late() -> list[script.Talk]:
    """What comes after the first deadline, and what has not been handed in yet."""
    return [talk for talk in script.talks() if talk.late or talk.state == "draft"]
