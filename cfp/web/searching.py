"""A search that is not understood, in words. What is hidden is told like what there is not."""

from flask_babel import lazy_gettext as _l

from cfp.domain.submissions.search import SearchError
from cfp.web.wording import add_words, say

add_words(
    {
        "search.unknown": _l(
            "There is nothing called “%(name)s” to search by. "
            "To look for the words as they are, put them into quotation marks."
        ),
        "search.no_such": _l("“%(name)s” has nothing like “%(value)s”. There is: %(known)s."),
        "search.no_value": _l("Say what to look for, right behind the sign and without a blank."),
        "search.lone_sign": _l(
            "Write a sign without a blank between word and value, as in score>3.5. "
            "To look for the sign as it is, put it into quotation marks."
        ),
        "search.one_value": _l(
            "Write one value behind “%(sign)s”, and its decimals behind a point, as in 3.5."
        ),
        "search.no_order": _l("“%(name)s” has no more and less; write “%(name)s:” and a value."),
        "search.number": _l("“%(name)s” needs a number, such as 3.5, or a range, such as 3..4."),
        "search.date": _l("“%(name)s” needs a day, such as 2026-03-01, or 2026-03-01..2026-03-07."),
        "search.quote": _l("This quotation mark is never closed."),
        "search.bracket": _l("This bracket is never closed, or there is nothing in it."),
        "search.unopened": _l("This bracket was never opened."),
        "search.operator": _l("OR and AND stand between two things to look for."),
        "search.long": _l("A search has at most %(limit)s characters."),
        "search.many": _l("A search has at most %(limit)s terms."),
        "search.deep": _l("Brackets go at most %(limit)s deep."),
    }
)


def said(error: SearchError) -> str:
    """The sentence for the search box."""
    return say(error)
