"""Texts that teachers write, in Markdown, as markup that is safe to show to others.

What looks like HTML stays text. Nothing is loaded from elsewhere, and nothing stands in a `style`, as the
pages' policy takes neither: a picture of another host is a link.
"""

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from service.language import translated as _

OUTSIDE = ("http://", "https://", "//")
LOWEST = 6


class _Renderer(RendererHTML):
    """What becomes of each part; the names are those of the parser's tokens."""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401 - the parser's
        source = str(tokens[idx].attrs["src"])
        if source.startswith("data:image/"):
            return super().image(tokens, idx, options, env)
        alternative = self.renderInlineAsText(tokens[idx].children, options, env)
        shown = escape(alternative or source)
        if _within_link(tokens, idx):
            return shown
        return f'<a href="{escape(source)}" target="_blank" rel="noopener noreferrer">{shown}</a>'

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401 - the parser's
        if str(tokens[idx].attrs["href"]).startswith(OUTSIDE):
            # A page of another site seldom lets itself be shown in a frame of a learning platform.
            tokens[idx].attrs |= {"target": "_blank", "rel": "noopener noreferrer"}
        return self.renderToken(tokens, idx, options, env)

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401 - the parser's
        frame = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(_("Table"))}">'
        return frame + self.renderToken(tokens, idx, options, env)

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401 - the parser's
        return self.renderToken(tokens, idx, options, env) + "</div>"


_PARSER = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
_PARSER.enable(["table", "strikethrough"])


def marked(text: str) -> Markup:
    """The text, to stand below the title of a page: its highest headings are of the second rank."""
    tokens = _PARSER.parse(text)
    lower = any(token.tag == "h1" for token in tokens)
    for token in tokens:
        if token.type.startswith("heading") and lower:
            token.tag = f"h{min(int(token.tag[1]) + 1, LOWEST)}"
        if token.attrs.pop("style", "") == "text-align:right":
            token.attrs["class"] = "number"
    # Escaped by the renderer, which is told to let no HTML through.
    return Markup(_PARSER.renderer.render(tokens, _PARSER.options, {}))  # noqa: S704 - see above


def _within_link(tokens: Sequence[Token], idx: int) -> bool:
    opened = sum(token.type == "link_open" for token in tokens[:idx])
    return opened > sum(token.type == "link_close" for token in tokens[:idx])
