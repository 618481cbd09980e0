"""A page of a list that is no read model of submissions, in the shape that the macros read."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from cfp.records import record
from cfp.web.lists import Filed, Paging

Item = TypeVar("Item")


@record
class Paged(Paging, Filed, Generic[Item]):
    """Some rows of `total`; `arguments` are those of the address that narrow and sort them."""

    rows: Sequence[Item]
    page: int
    total: int
    sort: str
    descending: bool
    arguments: Mapping[str, str]

    @property
    def has_files(self) -> bool:
        return self.total > 0
