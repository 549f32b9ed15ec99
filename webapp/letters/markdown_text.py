"""Markdown of letters made into clean HTML and into plain text in which links survive."""

import re
from typing import Any

import mistune
import nh3
from mistune.core import BaseRenderer, BlockState

from webapp.letters.liquid_text import SLOT

_TAGS = {"a", "b", "blockquote", "br", "em", "h1", "h2", "h3", "hr", "img", "li", "ol", "p", "strong", "ul"}
_SCHEMES = ("http:", "https:", "mailto:", "tel:")
_LONE_LINK = re.compile(r"<a [^<>]*>[^<>]+</a>")
_ITEM = "\x1e"
# Outlook gives no padding to a link: only the cell of a table makes a button of it.
_GO = re.compile(r'<p class="go">(<a [^<>]*>[^<>]+</a>)</p>')
_BUTTON = (r'<table role="presentation" class="go" cellpadding="0" cellspacing="0" border="0"><tr>'
           r'<td align="center" bgcolor="#0b5d6e">\1</td></tr></table>')


def html_and_text(source: str) -> tuple[str, str]:
    """Sanitised HTML and plain text of one source.

    HTML has no raw HTML of the author, no scripts, no addresses but http, https, mailto and tel. Plain text has
    the address after each link's words, dashes for lists, `> ` before quotations.
    """
    tokens = _MARKDOWN(source)
    assert isinstance(tokens, list)
    text = _TEXT(tokens, BlockState())
    return _CLEANER.clean(_HTML(tokens, BlockState())), re.sub(r"\n{3,}", "\n\n", text).strip()


def with_buttons(html: str) -> str:
    """Links that stand alone as buttons which every mail program draws."""
    return _GO.sub(_BUTTON, html)


class _LetterHtml(mistune.HTMLRenderer):
    def paragraph(self, text: str) -> str:
        # A link alone in its paragraph is what the letter asks for: it becomes the button.
        if _LONE_LINK.fullmatch(text):
            return f'<p class="go">{text}</p>\n'
        return super().paragraph(text)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return super().heading(text, min(level, 3))

    def codespan(self, text: str) -> str:
        return mistune.escape(text)

    def block_code(self, code: str, info: str | None = None) -> str:
        # Four leading spaces are a slip of the hand in a letter, not code.
        return f"<p>{mistune.escape(code.strip())}</p>\n"


class _LetterText(BaseRenderer):
    NAME = "letter-text"

    def render_token(self, token: dict[str, Any], state: BlockState) -> str:
        text = token["raw"] if "raw" in token else self.render_tokens(token.get("children", ()), state)
        return str(self._get_method(token["type"])(text, **token.get("attrs", {})))

    def text(self, text: str) -> str:
        return text

    emphasis = strong = codespan = inline_html = text

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if ":" in url.split("/", 1)[0] and not url.lower().startswith(_SCHEMES):
            return text
        if url.lower().startswith(("mailto:", "tel:")):
            bare = url.split(":", 1)[1]
            # A slot as the words of such a link is the address itself.
            return text if text == bare or SLOT.fullmatch(text) else f"{text} ({bare})"
        return text if text == url else f"{text} ({url})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"[{text}]" if text else ""

    def linebreak(self, text: str) -> str:
        return "\n"

    softbreak = linebreak

    def paragraph(self, text: str, **attrs: Any) -> str:
        return text.strip() + "\n\n"

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return f"\n{text.strip()}\n\n"

    block_code = block_html = block_error = paragraph

    def block_text(self, text: str) -> str:
        return text + "\n"

    def blank_line(self, text: str) -> str:
        return ""

    def thematic_break(self, text: str) -> str:
        return "* * *\n\n"

    def block_quote(self, text: str) -> str:
        return "".join(f"> {line}".rstrip() + "\n" for line in text.strip().split("\n")) + "\n"

    def list_item(self, text: str) -> str:
        return _ITEM + text.strip()

    def list(self, text: str, ordered: bool, **attrs: Any) -> str:
        start = attrs.get("start") or 1
        lines = []
        for number, item in enumerate(text.split(_ITEM)[1:], start):
            mark = f"{number}. " if ordered else "– "
            lines.append(mark + item.replace("\n", "\n" + " " * len(mark)) + "\n")
        return "".join(lines) + "\n"


_MARKDOWN = mistune.create_markdown(renderer=None, hard_wrap=True)
_HTML = _LetterHtml(escape=True)
_TEXT = _LetterText()
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "img": {"src", "alt", "title"}},
    allowed_classes={"p": {"go"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)
