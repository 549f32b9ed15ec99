"""What of a letter each mail program draws: features of HTML and CSS found in it, looked up in the data of caniemail.com.

`tests/data/caniemail.json` (MIT, see the licence beside it) is the published data of 9 September 2025, cut down to the
programs clients of a Russian agency use, with the latest verdict for each: y(es), a(lmost), n(o), u(nknown).
"""

import json
import re
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

DATA: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "caniemail.json").read_text("utf-8"))
TAGS = {"table": "html-table", "tbody": "html-table", "tr": "html-table", "td": "html-table", "p": "html-p",
        "h1": "html-h1-h6", "h2": "html-h1-h6", "h3": "html-h1-h6", "ul": "html-lists", "ol": "html-lists", "li": "html-lists",
        "blockquote": "html-blockquote", "hr": "html-hr", "img": "html-img", "strong": "html-strong", "em": "html-strong",
        "body": "html-body", "style": "html-style"}
# As old as HTML itself: nobody tests them.
PLAIN_TAGS = {"html", "head", "meta", "title", "a", "br", "b"}
ATTRIBUTES = {"width": "html-width", "height": "html-height", "align": "html-align", "cellpadding": "html-cellpadding",
              "cellspacing": "html-cellspacing", "role": "html-role", "lang": "html-lang"}
PLAIN_ATTRIBUTES = {"class", "href", "src", "alt", "border", "bgcolor", "style", "charset", "name", "content", "start", "title",
                    "xmlns:o"}
PLAIN_PROPERTIES = {"color", "font-family"}
PARTS_OF = (("border-radius", "css-border-radius"), ("border-collapse", "css-border-collapse"), ("border", "css-border"),
            ("margin", "css-margin"), ("padding", "css-padding"), ("text-decoration", "css-text-decoration"))
_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;}]+)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.used: dict[str, str] = {}
        self.unknown: set[str] = set()
        self.in_style = False
        self.feed(html)

    def use(self, slug: str, where: str) -> None:
        if slug in DATA:
            self.used.setdefault(slug, where)
        else:
            self.unknown.add(f"{slug} ({where})")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.in_style = tag == "style"
        if tag in TAGS:
            self.use(TAGS[tag], f"<{tag}>")
        elif tag not in PLAIN_TAGS:
            self.unknown.add(f"<{tag}>")
        if tag == "a" and given.get("href", "").startswith("mailto:"):
            self.use("html-mailto-links", "mailto")
        if tag == "meta" and given.get("name", "").endswith("color-scheme"):
            self.use("html-meta-color-scheme", "meta")
        for name, value in given.items():
            if name in ATTRIBUTES:
                self.use(ATTRIBUTES[name], f"{name} of <{tag}>")
            elif name not in PLAIN_ATTRIBUTES:
                self.unknown.add(f"{name}= of <{tag}>")
            if name == "style":
                declarations(self, value, f"style of <{tag}>")

    def handle_endtag(self, tag: str) -> None:
        self.in_style = False

    def handle_data(self, data: str) -> None:
        if self.in_style:
            sheet(self, data)


def declarations(reader: _Reader, text: str, where: str) -> None:
    """Properties, values and units of a list of declarations."""
    for name, value in _DECLARATION.findall(text):
        if name in PLAIN_PROPERTIES:
            continue
        slug = f"css-{name}"
        if slug not in DATA:
            slug = next((of for begins, of in PARTS_OF if name.startswith(begins)), slug)
        reader.use(slug, f"{name} in {where}")
        if "!important" in value:
            reader.use("css-important", where)
        for unit in re.findall(r"\d(px|%|em|rem|vw|vh|ch)\b|\d(%)", value):
            word = "".join(unit)
            reader.use("css-unit-percent" if word == "%" else f"css-unit-{word}", f"{name} in {where}")


def sheet(reader: _Reader, text: str) -> None:
    """Rules of a style block: what they ask of the screen, whom they choose, what they say."""
    for at in re.findall(r"@[a-z-]+[^{]*", text):
        reader.use("css-at-media" if at.startswith("@media") else f"css-at-{at[1:].split()[0]}", at.strip())
        if "prefers-color-scheme" in at:
            reader.use("css-at-media-prefers-color-scheme", at.strip())
    for selectors, body in re.findall(r"([^{}@]+)\{([^{}]*)\}", text):
        for slug, sign in (("css-selector-class", r"\."), ("css-selector-attribute", r"\["), ("css-selector-child", ">"),
                           ("css-selector-descendant", r"[\w\])]\s+[.\w]"), ("css-selector-grouping", ","),
                           ("css-selector-universal", r"\*"), ("css-pseudo-class-hover", ":hover")):
            if re.search(sign, selectors):
                reader.use(slug, f"{selectors.strip()} in a style block")
        declarations(reader, body, "a style block")


def features(html: str) -> tuple[dict[str, str], set[str]]:
    """(features of the data with where they stand, what the data does not know)."""
    reader = _Reader(_COMMENT.sub("", html))
    if "<!--" in html:
        reader.use("html-comments", "comments")
    return reader.used, reader.unknown


def not_drawn(used: dict[str, str]) -> dict[str, dict[str, str]]:
    """By feature: which programs draw it not at all ("n") or only in part ("a")."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for slug in used:
        for program, verdict in DATA[slug].items():
            if verdict in ("n", "a"):
                found[slug][program] = verdict
    return dict(found)
