"""What the errors of submissions, confirmations and materials say."""

from flask_babel import lazy_gettext as _l

from cfp.web.wording import add_words

add_words(
    {
        "call_closed": _l("The call is not open. Nothing was sent; what you typed is below."),
        "edit_closed": _l("This can't be edited any more. What you typed is below."),
        "lacks_title": _l("Give it a title."),
        "lacks_abstract": _l("Say what it is about."),
        "lacks_speakers": _l("Name at least one speaker."),
        "too_long": _l("This is too long."),
        "no_such_type": _l("This format is not offered any more. Choose another one."),
        "no_such_track": _l("This track is not offered any more. Choose another one."),
        "bad_address": _l("%(address)s is not an e-mail address."),
        "speaker_twice": _l("%(name)s is named twice."),
        "speaker_left": _l(
            "%(name)s has said not to be a speaker of this, and can't be asked again. Leave the "
            "e-mail address out to name somebody else of that name."
        ),
        "speaker_linked": _l(
            "%(name)s has accepted with that address, so it can't be changed. Take the row off "
            "and add a new one to name somebody else."
        ),
        "invitation_not_now": _l("There is nobody to ask: they have answered, or left."),
        "joining.nobody": _l("Nobody of a merged talk is left to ask."),
        "joining.not_asked": _l("You are not asked to join it, or you are on it already."),
        "invited_just_now": _l("They were asked a moment ago. Please wait ten minutes."),
        "not_a_draft": _l("Only a draft can be deleted. You can withdraw what was handed in."),
        "confirm_link_old": _l("This link is too old. Log in to answer."),
    }
)
