"""A page of a list that is no read model of submissions, in the shape that the macros read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

from cfp.web.lists import PAGE_SIZE

Item = TypeVar("Item")


@dataclass(frozen=True)
class Paged(Generic[Item]):
    """Some rows of `total`; `arguments` are those of the address that narrow and sort them."""

    rows: Sequence[Item]
    page: int
    total: int
    sort: str
    descending: bool
    arguments: Mapping[str, str]

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))

    def url(self, **changes: object) -> str:
        """The list's address with some arguments changed; None drops one."""
        kept: dict[str, Any] = {
            name: str(value)
            for name, value in {**self.arguments, **changes}.items()
            if value not in (None, "")
        }
        return url_for(request.endpoint or "", **(request.view_args or {}), **kept)

    def sort_url(self, name: str) -> str:
        """The address that sorts by this column, or turns the order round."""
        turned = f"-{name}" if self.sort == name and not self.descending else name
        return self.url(sort=turned, page=None)
