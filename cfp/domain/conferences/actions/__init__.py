"""What is done to a conference; every function leaves its entry in the audit log."""

from cfp.domain.conferences.actions.calls import (
    CallTimes,
    change_call,
    close_call,
    extend_deadline,
    open_call,
    remind_drafts,
)
from cfp.domain.conferences.actions.creation import NewConference, clone, create, invite_again
from cfp.domain.conferences.actions.criteria import (
    CriterionText,
    add_criterion,
    archive_criterion,
    change_criterion,
    move_criterion,
)
from cfp.domain.conferences.actions.fields import (
    FieldText,
    add_field,
    archive_field,
    change_field,
    move_field,
)
from cfp.domain.conferences.actions.lists import (
    ListRow,
    set_rooms,
    set_tracks,
    set_types,
    use_again,
)
from cfp.domain.conferences.actions.mails import change_mail, restore_mail
from cfp.domain.conferences.actions.phases import change_phases
from cfp.domain.conferences.actions.questions import (
    QuestionText,
    add_question,
    archive_question,
    change_question,
    move_question,
)
from cfp.domain.conferences.actions.roles import (
    answer_invitation,
    give_role,
    invite,
    resend_invitation,
    revoke_invitation,
    set_roles,
)
from cfp.domain.conferences.actions.settings import (
    archive,
    change_basics,
    change_page,
    change_reviewing,
    unarchive,
)
from cfp.domain.conferences.actions.writing import send_letters

__all__ = [
    "CallTimes",
    "CriterionText",
    "FieldText",
    "ListRow",
    "NewConference",
    "QuestionText",
    "add_criterion",
    "add_field",
    "add_question",
    "answer_invitation",
    "archive",
    "archive_criterion",
    "archive_field",
    "archive_question",
    "change_basics",
    "change_call",
    "change_criterion",
    "change_field",
    "change_mail",
    "change_page",
    "change_phases",
    "change_question",
    "change_reviewing",
    "clone",
    "close_call",
    "create",
    "extend_deadline",
    "give_role",
    "invite",
    "invite_again",
    "move_criterion",
    "move_field",
    "move_question",
    "open_call",
    "remind_drafts",
    "resend_invitation",
    "restore_mail",
    "revoke_invitation",
    "send_letters",
    "set_roles",
    "set_rooms",
    "set_tracks",
    "set_types",
    "unarchive",
    "use_again",
]
