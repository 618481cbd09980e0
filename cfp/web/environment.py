"""The templates' environment, with less to do for each template that a page is made of."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class PageEnvironment(Environment):
    """Templates have the environment's globals themselves, and not a map laid over them.

    Such a map lets a template have globals of its own, which none here has, and is read name by
    name for every template that a page imports or includes: some twenty of them.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Those of the environment, where the template brings none."""
        return super().make_globals(d) if d else self.globals
