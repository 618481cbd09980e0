"""Sentences for what can be wrong with a conference's set-up."""

from flask_babel import lazy_gettext as _l

from cfp.web.wording import add_words

add_words(
    {
        "conference.no_name": _l("Give the conference a name."),
        "conference.no_day": _l("Give the day."),
        "conference.bad_slug": _l(
            "Use small letters, digits and single hyphens, such as netconf-2027."
        ),
        "conference.reserved_slug": _l("“%(slug)s” is a page of this site; choose another."),
        "conference.slug_taken": _l("There is a conference at “%(slug)s” already; choose another."),
        "conference.days_turned": _l("The last day is before the first."),
        "conference.unknown_zone": _l("Choose a time zone from the list."),
        "conference.bad_address": _l("This is not an e-mail address."),
        "conference.bad_link": _l("Start the link with https:// or http://."),
        "conference.bad_choice": _l("Choose one of the answers."),
        "conference.keep_what": _l("Choose what the planned slots keep."),
        "conference.no_such_time": _l(
            "Clocks in that zone skip this hour that day; choose another time."
        ),
        "conference.deadline_passed": _l(
            "This moment has passed already, so the call would be closed."
        ),
        "conference.closes_early": _l("Reviews can't be closed before they are due."),
        "conference.none_left": _l("At least one is needed."),
        "conference.nameless_row": _l("Each row needs a name; remove the rows you don't want."),
        "conference.doubled_name": _l("“%(name)s” is there twice."),
        "conference.archived_name": _l(
            "“%(name)s” is in the archive below; use that again, or choose another name."
        ),
        "conference.row_gone": _l("“%(name)s” is not there any more; open this page again."),
        "conference.bad_minutes": _l("“%(name)s” needs between 1 and 1440 minutes."),
        "call.bad_grace": _l("Give between 0 and 1440 minutes."),
        "call.opens_late": _l("The call opens after its deadline."),
        "call.edits_early": _l("Editing can't end before the deadline."),
        "call.deadline_passed": _l("The deadline has passed: extend it to open the call again."),
        "call.not_open": _l("The call is not open."),
        "call.not_later": _l("This is not later than the deadline there is, or has passed."),
        "call.tell_whom": _l("Choose who is told."),
        "criterion.nameless": _l("Give the question a name."),
        "criterion.bad_weight": _l("Give a weight between 0 and 100."),
        "criterion.bad_scale": _l("The highest value must be above the lowest, and at most 10."),
        "criterion.wrong_labels": _l(
            "The scale has %(count)s values: write as many lines, or none."
        ),
        "criterion.scores_lost": _l(
            "%(count)s scores given so far are outside this scale and would be lost. "
            "Keep them inside it, or archive this question and add a new one."
        ),
        "criterion.last": _l("The review form needs at least one question."),
        "mail.empty": _l("This can't be empty."),
        "mail.bad_condition": _l(
            "%(mark)s in line %(line)s: a condition is {if name}, {if name is \"value\"} or "
            "{if not name}, then maybe {else}, then {end}."
        ),
        "mail.unknown_placeholder": _l("%(name)s is not among the placeholders of this mail."),
        "mail.wrong_count": _l("Type %(count)s, the number of mails, to send them."),
        "role.unknown": _l("Choose a role."),
        "role.needs_track": _l("Choose the track, and only for track chairs."),
        "role.last_chair": _l(
            "This is the only chair; make somebody else chair first, so that one is left."
        ),
        "invitation.too_many": _l("Invite at most %(limit)s people at once."),
        "invitation.answered": _l("This invitation was answered or taken back."),
        "invitation.needs_person": _l("Log in to say yes."),
        "invitation.lines": _l("Some lines could not be read; they are listed below."),
        "invitation.nobody": _l("Paste at least one address."),
    }
)
