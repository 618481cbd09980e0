"""What the chairs put on submissions and keep of their lists: tags and saved views."""

from cfp.demo.stage import Stage
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.views import save_view
from cfp.domain.submissions import tags
from cfp.domain.submissions.tag_rules import read_tags

TAGS = {
    "hands-on needs:tables": (
        "Solder, then software: a workshop for whoever maintains the other half",
    ),
    "hands-on": ("Documentation you can shout across a workshop",),
    "hands-on needs:mains": ("Ten watts in the rain: a weather station that is still there",),
    "discuss": (
        "Blockchain-verified gardening",
        "Paper as a backup medium, measured",
        "The maintainer who left a map",
        "Measuring bit rot in the wild",
    ),
    "opener order:1": ("Restore first: a backup drill for people without a spare afternoon",),
    "opener order:2": ("A firmware update is a promise",),
}  # fmt: skip
FOR_REVIEWERS = "discuss"
VIEWS = (
    ("submissions", "To discuss", "q=tag:discuss -state:withdrawn&sort=-variance", True),
    ("submissions", "Few reviews yet", "q=state:submitted reviews<3&sort=reviews", False),
    ("decisions", "Good and undecided", "q=score>=3.5 decision:none", True),
)
"""The list, the view's name, its query, and whether the chairs share it."""


def tag(stage: Stage, conference: Conference, day: int) -> None:
    """Tags, one of them for the reviewers too."""
    for line, titles in TAGS.items():
        tags.set_tags(
            stage.db,
            stage.chair,
            conference,
            codes=[stage.submissions[title].code for title in titles],
            add=read_tags(line),
            now=stage.then(day, 16),
        )
    for one in tags.tags_here(stage.db, stage.chair, conference):
        if one.name == FOR_REVIEWERS:
            tags.change_tag(
                stage.db,
                stage.chair,
                conference,
                one,
                name=one.name,
                color=one.color,
                audience="reviewers",
                now=stage.then(day, 16),
            )


def keep_views(stage: Stage, conference: Conference, day: int) -> None:
    """Lists to come back to."""
    for page, name, query, shared in VIEWS:
        save_view(
            stage.db,
            stage.chair,
            conference,
            page=page,
            name=name,
            query=query,
            shared=shared,
            now=stage.then(day, 17),
        )
