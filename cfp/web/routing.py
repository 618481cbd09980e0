"""Routes, with less to do at the start for each of the four hundred there are."""

from collections.abc import Callable

from werkzeug.routing import Rule


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
