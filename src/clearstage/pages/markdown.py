"""Markdown as people write it in descriptions and comments, as HTML: the one place that marks anything safe.

CommonMark with tables and struck-out text. HTML that is typed is shown, not run; images are links; a link goes only
where a browser may safely go (markdown-it refuses `javascript:` and its kin) and tells nobody where it came from.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MENTIONS = "mentions"


def to_html(text: str, mentions: Sequence[str] = ()) -> SafeString:
    """`mentions` are names that stand out where they follow an @."""
    env = {MENTIONS: sorted(mentions, key=len, reverse=True)}
    return mark_safe(_parser().render(text, env))  # noqa: S308  the parser escapes what was typed


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.disable(["image"])
    parser.add_render_rule("link_open", _link)
    parser.inline.ruler.push(MENTIONS, _mention)
    parser.inline.add_terminator_char("@")
    return parser


def _mention(state: StateInline, silent: bool) -> bool:
    """An inline rule: “@Mia Chen”, where she is one of those who were told."""
    before = state.src[max(state.pos - 1, 0) : state.pos]
    if state.src[state.pos] != "@" or before.isalnum():
        return False
    for name in state.env.get(MENTIONS, ()):
        end = state.pos + 1 + len(name)
        written = state.src[state.pos : end]
        if written[1:].casefold() == name.casefold() and not state.src[end : end + 1].isalnum():
            if not silent:
                state.push("mention_open", "strong", 1).attrSet("class", "mention")
                state.push("text", "", 0).content = written
                state.push("mention_close", "strong", -1)
            state.pos = end
            return True
    return False


def _link(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: MutableMapping[str, Any]
) -> str:
    tokens[at].attrSet("rel", "noopener noreferrer nofollow")
    return renderer.renderToken(tokens, at, options, env)
