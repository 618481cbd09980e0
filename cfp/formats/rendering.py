"""The environment the public pages are rendered in: Jinja that escapes and calls with less to do.

Jinja's own makes a `Markup` of each value it puts into a page, which is thrown away when the pieces
are joined. On a program of 600 talks that takes half the time of the whole page. And it asks of
each function it calls, in six looks, whether it wants the template's context.
"""

import operator
from collections.abc import Callable
from functools import lru_cache

import markupsafe
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Call, Expr

from cfp.formats.linked import linked
from cfp.formats.words import Words, language_name, long_day, short_day, words_of
from cfp.paths import resource

escape: Callable[[str], str] = markupsafe._escape_inner  # type: ignore[attr-defined] # see below
"""What markupsafe makes its `Markup` of, and no public name.

A page of 600 talks escapes 9,100 values. Instead of 31 ms it takes 37 (+20 %) with the public
`escape`, 33 (+6 %) with a pattern that spares `escape` what has nothing to be escaped, 33 too with
`html.escape` behind the pattern, and 39 with a cache before it (`tests.benchmarks.formats` has it
in its first row).
"""


_NUMBERS = frozenset({int, float})


class LightGenerator(CodeGenerator):
    """Compiles `{{ value }}` to `environment.escaped(value)` wherever it would be `escape(value)`.

    And a call to just that: no function of the templates wants their context (`pass_context`), and
    macros escape as their environment does. `code_generator_class` and such methods are how Jinja's
    own `NativeEnvironment` is made.
    """

    def visit_Call(self, node: Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 - as the one it replaces
        self.write("environment.called(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

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
    if type(value) is markupsafe.Markup:
        return value
    return str(value) if type(value) in _NUMBERS else markupsafe.escape(value)


class LightEnvironment(Environment):
    """What the code of a `LightGenerator` asks of its environment."""

    code_generator_class = LightGenerator
    escaped = staticmethod(escaped)
    called = operator.call


def formatted(text: str) -> markupsafe.Markup:
    """Markdown as HTML, safe."""
    # Most conferences have plain text, and need no library for it.
    from cfp.formats.formatted import formatted as made  # noqa: PLC0415 - as said

    return made(text)


@lru_cache(maxsize=8)
def environment(language: str) -> Environment:
    """Return the environment of pages in a language, with the templates compiled so far."""
    made = LightEnvironment(
        loader=FileSystemLoader(resource("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = Words(words_of(language))
    made.globals.update(_=words.gettext, gettext=words.gettext, ngettext=words.ngettext)
    made.newstyle_gettext = True  # type: ignore[attr-defined] # by the extension
    made.filters.update(
        day=lambda day: short_day(day, language),
        long_day=lambda day: long_day(day, language),
        language_name=lambda code: language_name(code, language),
        linked=linked,
        formatted=formatted,
    )
    return made
