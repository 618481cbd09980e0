"""What was done, in words: the actions of the audit log."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ACTIONS: dict[str, LazyString] = {
    "affiliation.join": _l("said that two affiliations are one"),
    "affiliation.part": _l("said that two affiliations differ"),
    "apart.keep": _l("kept two reviewers apart"),
    "apart.let": _l("let two reviewers review together again"),
    "assignment.accept": _l("agreed to review"),
    "assignment.apply": _l("applied an assignment"),
    "assignment.assign": _l("asked a reviewer"),
    "assignment.decline": _l("declined to review"),
    "assignment.hand_back": _l("gave a handed-over review back"),
    "assignment.hand_over": _l("handed a late review over"),
    "assignment.pin": _l("pinned an assignment"),
    "assignment.undo": _l("undid an assignment"),
    "assignment.unassign": _l("took a reviewer off"),
    "assignment.unpin": _l("let an assignment go free"),
    "call.change": _l("changed the call"),
    "call.close": _l("closed the call"),
    "call.extend": _l("extended the deadline"),
    "call.open": _l("opened the call"),
    "call.remind_drafts": _l("reminded owners of drafts"),
    "conference.archive": _l("archived the conference"),
    "conference.capacities": _l("changed the minutes there are"),
    "conference.change_basics": _l("changed the basics"),
    "conference.change_reminders": _l("changed when speakers are reminded to confirm"),
    "conference.change_calibration": _l("changed how scores are adjusted"),
    "conference.change_page": _l("changed the page"),
    "conference.change_matching": _l("changed the rules of the assignment"),
    "conference.change_reviewing": _l("changed how reviewing works"),
    "conference.create": _l("created the conference"),
    "conference.reviews_wanted": _l("changed how many reviews are wanted"),
    "conference.unarchive": _l("took the conference out of the archive"),
    "collaborators.list": _l("listed collaborators"),
    "collaborators.list_for": _l("listed collaborators for a submission"),
    "conflict.declare": _l("declared a conflict of interest"),
    "conflict.declare_by_speaker": _l("declared a conflict of interest of a reviewer"),
    "conflict.declare_for": _l("noted a conflict of interest"),
    "conflict.judge": _l("judged a conflict of interest"),
    "conflict.take_back": _l("took a conflict of interest back"),
    "conflict.take_back_by_speaker": _l("took back a conflict of interest of a reviewer"),
    "conference.change_phases": _l("changed the phases of reviewing"),
    "criterion.add": _l("added a question to the review form"),
    "criterion.archive": _l("archived a question of the review form"),
    "criterion.change": _l("changed a question of the review form"),
    "criterion.move": _l("moved a question of the review form"),
    "criterion.use_again": _l("took up a question of the review form again"),
    "decision.announce_batch": _l("announced decisions"),
    "decision.announce_later": _l("set a time to announce decisions"),
    "decision.pending": _l("changed a pending decision"),
    "decision.remind_confirm": _l("reminded speakers to confirm"),
    "decision.resume_mails": _l("let the mails of decisions go"),
    "decision.stop_mails": _l("stopped the mails of decisions"),
    "guest.accept": _l("agreed to review as a guest"),
    "guest.approve": _l("approved somebody who writes for a reviewer"),
    "guest.ask": _l("asked somebody to write their review"),
    "guest.decline": _l("declined as a guest"),
    "guest.hand_in": _l("handed in what they wrote for a reviewer"),
    "guest.invite": _l("invited somebody from outside to review"),
    "guest.refuse": _l("refused somebody who would write for a reviewer"),
    "guest.send_back": _l("sent back what was written for them"),
    "guest.use": _l("took over what was written for them"),
    "guest.withdraw": _l("took back what a guest was asked"),
    "invitation.accept": _l("accepted an invitation"),
    "invitation.decline": _l("declined an invitation"),
    "invitation.resend": _l("sent an invitation again"),
    "invitation.revoke": _l("took an invitation back"),
    "invitation.send": _l("invited somebody"),
    "late.plan": _l("changed the plan for late reviews"),
    "late.remind": _l("sent planned reminders"),
    "mail_template.change": _l("changed the words of a mail"),
    "mail_template.restore": _l("restored the words of a mail"),
    "material.approve": _l("showed slides or a video"),
    "material.give": _l("gave slides or a video"),
    "material.remind": _l("reminded speakers of slides"),
    "material.remove": _l("removed slides or a video"),
    "message.bounce": _l("noted that a mail came back"),
    "message.confirm": _l("noted a mail as arrived"),
    "message.release": _l("let a held mail go"),
    "message.retry": _l("sent a mail again"),
    "message.stop": _l("stopped a mail"),
    "message.stop_all": _l("stopped mails"),
    "message.write": _l("wrote mails"),
    "submission.tag": _l("changed the tags"),
    "tag.change": _l("changed a tag"),
    "tag.delete": _l("deleted a tag"),
    "tag.join": _l("joined two tags"),
    "view.delete": _l("deleted a shared view"),
    "person.merge": _l("merged two people"),
    "person.offer_claim": _l("offered somebody their account"),
    "person.refuse_claim": _l("refused an offered account"),
    "program.broadcasts": _l("changed the broadcast links"),
    "program.dissolve": _l("dissolved a session of the plan"),
    "program.draft_copy": _l("copied a draft of the plan"),
    "program.draft_delete": _l("threw a draft of the plan away"),
    "program.draft_rename": _l("renamed a draft of the plan"),
    "program.draft_use": _l("made another draft of the plan current"),
    "program.erase_name": _l("took a name out of published versions"),
    "program.import": _l("imported a program"),
    "program.late": _l("shifted a room in the plan"),
    "program.move": _l("moved something in the plan"),
    "program.pin": _l("pinned something in the plan"),
    "program.place": _l("placed something in the plan"),
    "program.proposal": _l("applied a computed plan"),
    "program.publish": _l("published the program"),
    "program.redo": _l("did a step of the plan again"),
    "program.remove": _l("took something out of the plan"),
    "program.replace": _l("replaced a talk in the plan"),
    "program.session": _l("made or changed a session of the plan"),
    "program.swap": _l("swapped two in the plan"),
    "program.undo": _l("took a step of the plan back"),
    "program.unpin": _l("unpinned something in the plan"),
    "review.abstain": _l("abstained from a review"),
    "review.end_extension": _l("took a reviewer's extra time back"),
    "review.extend": _l("gave a reviewer more time"),
    "review.nudge": _l("reminded reviewers"),
    "review.submit": _l("submitted a review"),
    "confirm_question.add": _l("added a question to the confirm page"),
    "confirm_question.archive": _l("archived a question of the confirm page"),
    "confirm_question.change": _l("changed a question of the confirm page"),
    "confirm_question.move": _l("moved a question of the confirm page"),
    "confirm_question.use_again": _l("took up a question of the confirm page again"),
    "review_field.add": _l("added a text or choice to the review form"),
    "review_field.archive": _l("archived a text or choice of the review form"),
    "review_field.change": _l("changed a text or choice of the review form"),
    "review_field.move": _l("moved a text or choice of the review form"),
    "review_field.use_again": _l("took up a text or choice of the review form again"),
    "reviewer.limits": _l("changed how much a reviewer takes"),
    "response.close": _l("closed the speakers' answers"),
    "response.open": _l("let speakers answer to the reviews"),
    "role.give": _l("gave a role"),
    "role.take": _l("took a role away"),
    "room.change": _l("changed the rooms"),
    "scenario.apply": _l("applied a scenario"),
    "scenario.delete": _l("deleted a scenario"),
    "scenario.rename": _l("renamed a scenario"),
    "selection.limits": _l("changed the limits of selections"),
    "selection.wish": _l("said what a selection must do with it"),
    "speaker.ask_to_join": _l("asked a speaker of a merged talk to join"),
    "speaker.join": _l("joined the talk that theirs was merged into"),
    "speaker.accept": _l("said “that's me”"),
    "speaker.invite": _l("asked a speaker"),
    "speaker.leave": _l("said “that's not me”"),
    "standby.keep": _l("put somebody on stand-by"),
    "standby.release": _l("took somebody off stand-by"),
    "submission.accept": _l("announced: accepted"),
    "submission.cancel": _l("canceled it"),
    "submission.confirm": _l("confirmed it"),
    "submission.create": _l("began a draft"),
    "submission.decline": _l("said they can't come"),
    "submission.edit": _l("edited it"),
    "submission.redact": _l("wrote what reviewers read of it"),
    "submission.reject": _l("announced: not accepted"),
    "submission.resubmit": _l("submitted it again"),
    "submission.reviews_wanted": _l("changed how many reviews it needs"),
    "submission.revise": _l("announced: changes asked"),
    "submission.submit": _l("submitted it"),
    "submission.waitlist": _l("announced: on the waitlist"),
    "submission.withdraw": _l("withdrew it"),
    "submission_type.change": _l("changed the formats"),
    "summary.lead": _l("chose who writes a summary"),
    "summary.submit": _l("submitted a summary"),
    "track.change": _l("changed the tracks"),
}


def log_word(action: str) -> str:
    """What was done, for a sentence that begins with who did it."""
    return str(ACTIONS.get(action) or action.replace(".", ": ").replace("_", " "))


DETAILS: dict[str, LazyString] = {
    "count": _l("count"),
    "from": _l("from"),
    "hold_minutes": _l("minutes on hold"),
    "kind": _l("kind"),
    "mails": _l("mails"),
    "number": _l("version"),
    "role": _l("role"),
    "state": _l("state"),
    "talks": _l("talks"),
    "to": _l("to"),
    "told": _l("told"),
    "track": _l("track"),
}
VALUES: dict[str, LazyString] = {
    "accept": _l("accept"),
    "affiliation": _l("same employer"),
    "declined": _l("can't come"),
    "reader": _l("reader"),
    "reject": _l("don't accept"),
    "rejected": _l("not accepted"),
    "revise": _l("ask for changes"),
    "track_chair": _l("track chair"),
    "waitlist": _l("waitlist"),
}
"""Where a page says it otherwise than the data; the rest is the same word."""
INSIDE = frozenset({"guest", "own", "person", "slug", "speaker"})
"""Numbers and codes that say nothing to who reads the log: the entry has its names."""


def detail_words(detail: object) -> str:
    """The details of an entry, as "count: 3, draft → submitted"; "" for none."""
    if not isinstance(detail, dict):
        return ""
    told = {
        name: _plain(value)
        for name, value in detail.items()
        if name not in INSIDE and value not in ("", None, [], 0)
    }
    moved = [f"{told.pop('from')} → {told.pop('to')}"] if {"from", "to"} <= told.keys() else []
    return ", ".join([*moved, *(f"{_label(name)}: {value}" for name, value in told.items())])


def _label(name: str) -> str:
    return str(DETAILS.get(name) or VALUES.get(name) or name.replace("_", " "))


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, bool):
        return str(_l("yes") if value else _l("no"))
    return str(VALUES.get(str(value)) or value).replace("_", " ")
