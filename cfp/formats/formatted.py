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
    def text(
        self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """Addresses typed bare are links, as in plain text; not inside a link."""
        depth = sum(one.nesting for one in tokens[:idx] if one.type.startswith("link_"))
        content = tokens[idx].content
        return str(Markup.escape(content) if depth else linked(content))


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
