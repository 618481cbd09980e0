"""The environment the public pages are rendered in: Jinja with a lighter way of escaping.

Jinja's own makes a `Markup` of each value it puts into a page, which is thrown away when the pieces
are joined. On a program of 600 talks that takes half the time of the whole page.
"""

from collections.abc import Callable
from functools import lru_cache

import markupsafe
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr

from cfp.formats.linked import linked
from cfp.formats.words import language_name, long_day, short_day, words_of
from cfp.paths import resource

escape: Callable[[str], str] = markupsafe._escape_inner  # type: ignore[attr-defined] # see below
"""What markupsafe makes its `Markup` of, and no public name.

A page of 600 talks escapes 9,100 values. Instead of 31 ms it takes 37 (+20 %) with the public
`escape`, 33 (+6 %) with a pattern that spares `escape` what has nothing to be escaped, 33 too with
`html.escape` behind the pattern, and 39 with a cache before it (`tests.benchmarks.formats` has it
in its first row).
"""


class LightGenerator(CodeGenerator):
    """Compiles `{{ value }}` to `environment.escaped(value)` wherever it would be `escape(value)`.

    `code_generator_class` and this method are how Jinja's own `NativeEnvironment` is made.
    """

    def _output_child_pre(
        self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


def escaped(value: object) -> str:
    """Return what stands in the page for a value; it is only ever joined."""
    if type(value) is str:
        return escape(value)
    return value if type(value) is markupsafe.Markup else markupsafe.escape(value)


class _PublicEnvironment(Environment):
    """Jinja whose output is escaped as ever."""

    code_generator_class = LightGenerator
    escaped = staticmethod(escaped)


def formatted(text: str) -> markupsafe.Markup:
    """Markdown as HTML, safe."""
    # Most conferences have plain text, and need no library for it.
    from cfp.formats.formatted import formatted as made  # noqa: PLC0415 - as said

    return made(text)


@lru_cache(maxsize=8)
def environment(language: str) -> Environment:
    """Return the environment of pages in a language, with the templates compiled so far."""
    made = _PublicEnvironment(
        loader=FileSystemLoader(resource("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(words_of(language), newstyle=True)  # type: ignore[attr-defined] # by the extension
    made.filters.update(
        day=lambda day: short_day(day, language),
        long_day=lambda day: long_day(day, language),
        language_name=lambda code: language_name(code, language),
        linked=linked,
        formatted=formatted,
    )
    return made
