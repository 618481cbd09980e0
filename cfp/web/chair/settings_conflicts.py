"""What conflicts of interest mean here, and whether speakers are asked about them."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from cfp.domain.assignment import policies
from cfp.domain.conferences import actions
from cfp.errors import DomainError
from cfp.policy import Action, conflict_policy
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.forms import BaseForm, ViewResponse
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "conflict.sure": _l(
            "This changes what conflicts already found mean. Look at the figures, then confirm."
        ),
    }
)

POLICIES = [
    SelectChoice("block", _l("blocks: never assigned, review hidden")),
    SelectChoice("avoid", _l("is avoided where possible, and shown")),
    SelectChoice("show", _l("is only shown")),
]
SWITCHES = ("committee_shown", "asks_collaborators")


class ConflictsForm(BaseForm):
    """A policy for each kind, what speakers are asked, and the word that it is meant."""

    policy_declared = SelectField(_l("A conflict that a reviewer declares"), choices=POLICIES)
    policy_by_speaker = SelectField(
        _l("A conflict that a speaker declares about a reviewer"), choices=POLICIES
    )
    policy_co_speaker = SelectField(_l("Speaking together"), choices=POLICIES)
    policy_collaborator = SelectField(_l("A person listed as a collaborator"), choices=POLICIES)
    policy_organization = SelectField(_l("An organization listed"), choices=POLICIES)
    policy_affiliation = SelectField(_l("The same employer"), choices=POLICIES)
    policy_domain = SelectField(_l("The same e-mail domain"), choices=POLICIES)
    policy_transitive = SelectField(_l("A conflict through somebody else"), choices=POLICIES)
    committee_shown = BooleanField(
        _l("Speakers see who reviews, and can say with whom they have a conflict of interest")
    )
    asks_collaborators = BooleanField(_l("Speakers can list whom they work with"))
    sure = BooleanField(_l("Yes, that is meant"))

    def policies(self) -> Iterator[tuple[str, str]]:
        """(kind, policy) as chosen."""
        for kind in policies.CHOSEN:
            yield kind, self[f"policy_{kind}"].data


@blueprint.route("/<slug>/chair/settings/conflicts", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_conflicts(slug: str) -> ViewResponse | str:
    """A change that pairs already found would feel is told in numbers first."""
    conference = context.conference()
    pairs = policies.pairs_by_kind(context.db(), context.actor(), conference)

    def changes(form: ConflictsForm) -> list[policies.Change]:
        return policies.changes(conference, dict(form.policies()), pairs)

    def act(form: ConflictsForm) -> None:
        if changes(form) and not form.sure.data:
            raise DomainError("conflict.sure", field="sure")
        actions.change_reviewing(
            context.db(),
            context.actor(),
            conference,
            switches={name: form[name].data for name in SWITCHES},
            conflict_policies=dict(form.policies()),
            now=context.now(),
        )

    stored = {
        **{name: getattr(conference, name) for name in SWITCHES},
        **{f"policy_{kind}": conflict_policy(conference, kind) for kind in policies.CHOSEN},
    }
    return edit(
        ConflictsForm,
        stored,
        act,
        template="chair/settings_conflicts.html",
        location=url_for("chair.settings", slug=slug),
        done=_("Saved."),
        conference=conference,
        kinds=policies.CHOSEN,
        pairs=pairs,
        changes=changes,
    )
