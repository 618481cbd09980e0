"""Tags on a page's rows, and the address that searches for each."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l

from cfp.domain.submissions.tag_rules import written
from cfp.domain.submissions.tags import Tagged, tags_by_submission
from cfp.records import record
from cfp.web import context
from cfp.web.lists import Listing
from cfp.web.wording import add_words

add_words(
    {
        "tag.unread": _l("“%(text)s” can't be read as tags. Write them as in hot room:large."),
        "tag.bad_name": _l(
            "“%(name)s” can't be a tag: one word of at most %(limit)s characters, "
            "without quotation marks, brackets, commas, colons and < > = !"
        ),
        "tag.long_value": _l("The value of “%(name)s” has more than %(limit)s characters."),
        "tag.many": _l("At most %(limit)s tags at once."),
        "tag.too_many": _l("A conference has at most %(limit)s tags; delete some first."),
        "tag.nothing": _l("Name at least one tag."),
        "tag.nothing_picked": _l("Select submissions in the list first."),
        "tag.taken": _l("There is a tag “%(name)s” already; join the two instead."),
        "tag.color": _l("Choose one of the colors."),
        "tag.audience": _l("Choose who reads it."),
        "tag.same": _l("Choose another tag than this one."),
    }
)


@record
class RowTags:
    """The tags of each row, empty for one without, and where a click on a tag leads."""

    of: Mapping[int, Sequence[Tagged]]
    urls: Mapping[str, str]


def tags_on(listing: Listing) -> RowTags:
    """The tags of a loaded page's rows; one statement."""
    ids = [row.id for row in listing.rows]
    found = tags_by_submission(context.db(), listing.actor, listing.view.conference, ids)
    names = sorted({one.name for tags in found.values() for one in tags})
    urls = {name: searching_for(listing, name) for name in names}
    return RowTags({id_: found.get(id_, ()) for id_ in ids}, urls)


def typed_tags(ids: Sequence[int]) -> dict[int, str]:
    """The tags of submissions as they are typed: a cell of a file."""
    found = tags_by_submission(context.db(), context.actor(), context.conference(), ids)
    return {id_: " ".join(written(one.name, one.value) for one in found[id_]) for id_ in found}


def searching_for(listing: Listing, name: str) -> str:
    """The list's address with this tag searched for as well."""
    asked, wanted = listing.query, f"tag:{name}"
    kept = asked if wanted in asked.split() else f"{asked} {wanted}".strip()
    return listing.url(q=kept, page=None)
