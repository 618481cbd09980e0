"""The templates' environment, with less to do for each template that a page is made of."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment

from cfp.formats.rendering import LightEnvironment

_OF_TABLES = frozenset(dir(dict))


class PageEnvironment(LightEnvironment, Environment):
    """Templates have the environment's globals themselves, and not a map laid over them.

    Such a map lets a template have globals of its own, which none here has, and is read name by
    name for every template that a page imports or includes: some twenty of them. Values are
    escaped as on the public pages: a list puts two thousand into its page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Those of the environment, where the template brings none."""
        return super().make_globals(d) if d else self.globals

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - whatever a template has
        """As the one it replaces, but not looking first for an attribute that no table has.

        The rows of a list have the words of their columns in one, some hundred times a page.
        """
        if type(obj) is dict and attribute in obj and attribute not in _OF_TABLES:
            return obj[attribute]
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)
