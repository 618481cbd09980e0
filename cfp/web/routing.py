"""Routes: what a number in them may be, and less to do at the start for each of the hundreds."""

from collections.abc import Callable

from werkzeug.routing import IntegerConverter, Map, Rule

from cfp.web.numbers import LARGEST_ID


class RowNumber(IntegerConverter):
    """A number of a row in an address: no more than a database can be asked for."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Map, max: int = LARGEST_ID) -> None:
        super().__init__(map, max=max)


class PageRule(Rule):
    """Compiles the functions that make its addresses when the first of them is asked for.

    Werkzeug writes, compiles and runs two functions a route. For all routes that took a tenth of
    the time to the first page, which links to a handful of them.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def build(_rule: Rule, /, **values: object) -> tuple[str, str]:
            builder = super(PageRule, self)._compile_builder(append_unknown)
            made: Callable[..., tuple[str, str]] = builder.__get__(self, None)
            setattr(self, "_build_unknown" if append_unknown else "_build", made)
            return made(**values)

        return build
