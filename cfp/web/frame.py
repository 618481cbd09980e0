"""What surrounds every page: the areas a person has, and the chair's rail with what waits.

Everything is computed when first read, so a public or an error page never asks who is looking.
"""

from collections.abc import Mapping
from datetime import datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from flask import g, request, url_for
from flask_babel import format_timedelta, get_locale
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.decisions.queries import waiting
from cfp.policy import Action, allowed
from cfp.records import record
from cfp.web import context

UNDER = {"chair.submissions": ("tags/",), "chair.messages": ("write",)}
"""Pages that belong to a stage, and whose addresses do not begin with its own."""


@record
class Stage:
    """One entry of the rail; `waits` counts what waits for somebody there."""

    label: str
    url: str
    waits: int
    current: bool


class Frame:
    """The attributes that `layouts/base.html` documents."""

    @property
    def language(self) -> str:
        return str(get_locale() or "en")

    @property
    def conference(self) -> Conference | None:
        found: Conference | None = g.get("conference")
        return found

    @cached_property
    def viewer(self) -> Actor | None:
        return current_user.actor if current_user.is_authenticated else None

    @cached_property
    def conferences(self) -> list[tuple[str, str, bool]]:
        """The conferences this person has a role in."""
        if self.viewer is None or len(self.viewer.conferences) < 2:
            return []
        here = self.conference.slug if self.conference else ""
        return [
            (name, url_for("public.conference", slug=slug), slug == here)
            for name, slug in self.viewer.conferences
        ]

    @cached_property
    def areas(self) -> list[tuple[str, str, bool]]:
        """Speaking, Reviewing, Chairing: only what one has here."""
        if self.viewer is None or self.conference is None:
            return []
        slug, here = self.conference.slug, request.blueprint or ""
        areas = [(_("Speaking"), url_for("speaker.index", slug=slug), here == "speaker")]
        reviews = self._may(Action.REVIEW_QUEUE)
        if reviews:
            areas.append((_("Reviewing"), url_for("reviewer.queue", slug=slug), here == "reviewer"))
        if self._may(Action.READ_COMMITTEE):
            # A chair who reviews nothing comes to the discussion from the chair's pages.
            chairs = here == "chair" or (here == "reviewer" and not reviews)
            areas.append((_("Chairing"), url_for("chair.dashboard", slug=slug), chairs))
        return areas

    @cached_property
    def waits(self) -> Mapping[str, int]:
        """What waits at each stage of the conference, as far as this person may know."""
        viewer, conference = self.viewer, self.conference
        if viewer is None or conference is None or not self._may(Action.READ_COMMITTEE):
            return {}
        return waiting(context.db(), viewer, conference)

    @cached_property
    def stages(self) -> list[Stage]:
        """Call, Submissions, Assignment, Reviews, Decisions, Program, Messages."""
        conference = self.conference
        if self.viewer is None or conference is None or not self._may(Action.READ_COMMITTEE):
            return []
        rows = [
            ("call", _("Call"), "chair.call", Action.SET_UP),
            ("submissions", _("Submissions"), "chair.submissions", Action.READ_COMMITTEE),
            ("assignment", _("Assignment"), "chair.assignment", Action.ASSIGN),
            ("reviews", _("Reviews"), "chair.reviews", Action.READ_SCORES),
            ("decisions", _("Decisions"), "chair.decisions", Action.DECIDE),
            ("program", _("Program"), "chair.program", Action.READ_PROGRAM_DRAFT),
            ("messages", _("Messages"), "chair.messages", Action.SEND_MAIL),
        ]
        if conference.reviewing == "everyone":
            rows = [row for row in rows if row[0] != "assignment"]
        return [
            self._stage(label, endpoint, self.waits.get(key, 0))
            for key, label, endpoint, action in rows
            if self._may(action)
        ]

    @cached_property
    def overview(self) -> list[Stage]:
        """What waits, over all stages: the rail's first entry."""
        may = self._may(Action.READ_COMMITTEE)
        return [self._stage(_("Overview"), "chair.dashboard", 0)] if may else []

    @cached_property
    def desk(self) -> list[Stage]:
        """What is no stage: people, settings, the log."""
        rows = [
            (_("People"), "chair.people", Action.READ_PEOPLE),
            (_("Conflicts"), "chair.conflicts", Action.CHAIR_ONLY),
            (_("Settings"), "chair.settings", Action.SET_UP),
            (_("Log"), "chair.log", Action.READ_AUDIT),
        ]
        return [self._stage(label, name, 0) for label, name, action in rows if self._may(action)]

    @cached_property
    def conference_has_tracks(self) -> bool:
        """Whether tracks are worth showing: a conference's only track is hidden everywhere."""
        if self.conference is None:
            return False
        count = select(func.count(Track.id)).where(
            Track.conference_id == self.conference.id, Track.archived.is_(False)
        )
        return (context.db().scalar(count) or 0) > 1

    @property
    def calendar_note(self) -> str:
        """Where today is in the conference's calendar: the next of its dates."""
        conference, now = self.conference, context.now()
        if conference is None:
            return ""
        if conference.archived:
            return str(_("Archived"))
        zone = ZoneInfo(conference.zone)
        start = datetime.combine(conference.start_date, time(), zone)
        end = datetime.combine(conference.end_date, time(23, 59), zone)
        dates = [
            (conference.opens, _("Call opens %(when)s")),
            (conference.deadline, _("Call closes %(when)s")),
            (conference.reviews_due, _("Reviews are due %(when)s")),
            (start, _("Conference begins %(when)s")),
            (end, _("Conference ends %(when)s")),
        ]
        for moment, words in dates:
            if moment is not None and moment > now:
                ahead = format_timedelta(moment - now, threshold=2, add_direction=True)
                return str(words % {"when": ahead})
        return str(_("The conference is over"))

    @property
    def is_chair(self) -> bool:
        """Whether this person chairs the conference, not only a track of it."""
        return self._may(Action.CHAIR_ONLY)

    @property
    def has_standby(self) -> bool:
        """Whether the conference keeps reviewers on stand-by."""
        return self.conference is not None and context.late_plan().standby

    @property
    def home_url(self) -> str:
        if self.conference is not None:
            return url_for("public.conference", slug=self.conference.slug)
        return url_for("public.index")

    @property
    def index_url(self) -> str:
        """With its host: also the page for visitors who took another name leads there."""
        return f"{context.config().base_url}/"

    @property
    def my_url(self) -> str:
        return url_for("account.mine")

    @property
    def login_url(self) -> str:
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return url_for("account.log_in", next=back)

    @property
    def account_url(self) -> str:
        return url_for("account.profile")

    @property
    def logout_url(self) -> str:
        return url_for("account.log_out")

    def _may(self, action: Action) -> bool:
        viewer, conference = self.viewer, self.conference
        return viewer is not None and allowed(viewer, action, conference, context.now())

    @cached_property
    def _front(self) -> str:
        assert self.conference is not None  # noqa: S101 - only asked for inside a conference
        return url_for("chair.dashboard", slug=self.conference.slug)

    def _stage(self, label: str, endpoint: str, waits: int) -> Stage:
        assert self.conference is not None  # noqa: S101 - only asked for inside a conference
        url, front = url_for(endpoint, slug=self.conference.slug), self._front
        under = (url, *(front + part for part in UNDER.get(endpoint, ())))
        current = request.path == url if url == front else request.path.startswith(under)
        return Stage(label, url, waits, current)


def frame() -> dict[str, Frame]:
    """The context processor."""
    if "frame" not in g:
        g.frame = Frame()
    return {"frame": g.frame}
