"""Abstracts in Markdown, where a conference chose it: emphasis, lists, quotes, code and links.

Nothing of it can carry markup of its own, load anything from elsewhere, or pass for a heading of
the page, whose headings are what it is read back by. CommonMark: https://spec.commonmark.org.
"""

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from cfp.formats.linked import linked

_TAGS = {"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
_ATTRIBUTES = {"*": set(), "a": {"href"}, "ol": {"start"}}


class _Renderer(RendererHTML):
    """Addresses typed bare are links, as in plain text; not inside a link."""

    def text(
        self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType
    ) -> str:
        content = tokens[idx].content
        return str(Markup.escape(content) if env.get(_IN_LINK) else linked(content))

    def link_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        env[_IN_LINK] = True
        return self.renderToken(tokens, idx, options, env)

    def link_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        env[_IN_LINK] = False
        return self.renderToken(tokens, idx, options, env)


_IN_LINK = "in_link"
_OPTIONS = {"html": False, "breaks": True}
_WITHOUT = ["heading", "lheading", "hr", "image", "html_block", "html_inline"]
_MARKDOWN = MarkdownIt("commonmark", _OPTIONS, renderer_cls=_Renderer).disable(_WITHOUT)


def formatted(text: str) -> Markup:
    """Return the HTML of an abstract; a line break stays one, as in plain text."""
    html = nh3.clean(
        _MARKDOWN.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
    )
    return Markup(html.strip())  # noqa: S704 - cleaned above
