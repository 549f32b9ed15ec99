"""The page reader: every page a test fetches is parsed and checked for what must hold on all pages."""

import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "use",
        "path", "circle", "line", "rect", "polyline"}
LATIN = re.compile(r"[A-Za-z]{3}")
ENGLISH = re.compile(r"[A-Za-z]{3,}(?:\s+[A-Za-z]{2,})+")
KNOWN = re.compile(r"\b(SMS|e-mail|E-mail|RU|EN|PDF|CSV|XLSX|JSON|API|ID|OK|Snova|Excel|SMTP|URL)\b"
                   r"|\S+@\S+|https?://\S+|\b[A-Z]{1,3}[-\d]\S*")
SILENT = ("script", "style", "title", "code", "kbd", "pre", "bdi", "option", "textarea")
OTHERS_WORDS = ("code", "pre", "script", "textarea")


class Node:
    """An element with its attributes, children and text.

    `order` is shared by a whole tree: its elements as they begin. What is inside one follows it there, up to `end`.
    """

    def __init__(self, tag: str, attrs: dict[str, str], parent: "Node | None" = None) -> None:
        self.tag, self.attrs, self.parent, self.children = tag, attrs, parent, []  # type: ignore[var-annotated]
        self.order: list[Node] = parent.order if parent else []
        self.order.append(self)
        self.start = len(self.order)
        self.end: int | None = None
        # Inside of what is said by others: data, code, another language.
        self.quoted: bool = parent is not None and (parent.quoted or parent.tag in OTHERS_WORDS or parent.is_marked)

    @property
    def is_marked(self) -> bool:
        """Said not to be of the page's language."""
        return self.attrs.get("translate") == "no" or self.attrs.get("lang") == "en"

    @property
    def text(self) -> str:
        """All words inside, with single spaces."""
        return " ".join(" ".join(c if isinstance(c, str) else c.text for c in self.children).split())

    @property
    def said(self) -> str:
        """The page's own words: no data, no code, nothing people have typed."""
        if self.tag in ("code", "pre", "textarea") or self.attrs.get("translate") == "no":
            return ""
        return " ".join(c if isinstance(c, str) else c.said for c in self.children)

    def all(self, tag: str | None = None, **attrs: str) -> list["Node"]:
        """Descendants with this tag and these attributes (`class_` matches one class, `data_x` is data-x)."""
        inside = self.order[self.start:self.end]
        if tag is not None:
            inside = [node for node in inside if node.tag == tag]
        return [node for node in inside if node._has(attrs)] if attrs else inside

    def one(self, tag: str | None = None, **attrs: str) -> "Node":
        """The only such descendant."""
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} elements <{tag} {attrs}>"
        return found[0]

    def _has(self, attrs: dict[str, str]) -> bool:
        for name, value in attrs.items():
            if name == "class_":
                if value not in self.attrs.get("class", "").split():
                    return False
            elif self.attrs.get(name.replace("_", "-")) != value:
                return False
        return True


class Reader(HTMLParser):
    """Builds the tree; void and self-closed elements hold no children."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = self.here = Node("#root", {})
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = self._add(tag, attrs)
        if tag not in VOID:
            self.here, node.end = node, None

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        node: Node | None = self.here
        while node and node.tag != tag:
            node = node.parent
        if node and node.parent:
            while self.here is not node.parent:
                self.here.end = len(self.here.order)
                self.here = self.here.parent

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Node:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.here)
        node.end = node.start
        self.here.children.append(node)
        return node

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


class Page:
    """An answer that was read: `status`, `root` (the tree), `html`, `headers`."""

    def __init__(self, response: Any) -> None:
        self.status, self.headers = response.status_code, response.headers
        self.html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        self.response = response
        self.root = Reader(self.html).root
        if self.html and not 300 <= response.status_code < 400:
            self.check()

    @property
    def location(self) -> str:
        """Where a redirect leads, without host."""
        return self.headers.get("Location") or self.headers.get("HX-Redirect") or ""

    @property
    def h1(self) -> str:
        """Words of the one h1."""
        return self.root.one("h1").text

    @property
    def text(self) -> str:
        """All words on the page."""
        return self.root.text

    @property
    def is_full(self) -> bool:
        """A whole page rather than a part."""
        return "<html" in self.html

    def check(self) -> None:
        """What holds for every page and part."""
        everything = self.root.all()
        ids = [node.attrs["id"] for node in everything if node.attrs.get("id")]
        assert len(ids) == len(set(ids)), f"repeated ids: {sorted({i for i in ids if ids.count(i) > 1})}"
        for form in self.root.all("form"):
            assert form.attrs.get("action") is not None or form.attrs.get("method", "get") == "get", "form, no action"
        for node in everything:
            assert "style" not in node.attrs, f"inline style on <{node.tag}>"
            assert not [name for name in node.attrs if name.startswith(("on", "hx-on"))], f"handler on <{node.tag}>"
            if "hx-get" in node.attrs or "hx-post" in node.attrs or "hx-delete" in node.attrs:
                assert node.tag in ("form", "a", "button", "input", "select", "body"), f"hx-* on <{node.tag}>"
        for button in self.root.all("button"):
            assert button.text or button.attrs.get("aria-label"), "a button without a name"
        for image in self.root.all("img"):
            assert "alt" in image.attrs, "an image without alt"
        said = self.root.said
        assert "{{" not in said and "%(" not in said, "a placeholder was not filled"
        if self.is_full:
            self._check_full()

    def _check_full(self) -> None:
        assert len(self.root.all("h1")) == 1, f"{len(self.root.all('h1'))} h1"
        assert self.root.one("title").text, "no title"
        assert len(self.root.all("main")) == 1, "no main"
        language = self.root.one("html").attrs.get("lang")
        assert language in ("ru", "en"), "no language"
        self._check_labels()
        if language == "ru":
            self._check_russian()

    def _check_labels(self) -> None:
        labelled = {label.attrs.get("for") for label in self.root.all("label")}
        inside = {id(node) for label in self.root.all("label") for node in label.all()}
        for node in [n for tag in ("input", "select", "textarea") for n in self.root.all(tag)]:
            if node.attrs.get("type") in ("hidden", "submit", "button"):
                continue
            named = node.attrs.get("id") in labelled or id(node) in inside or "aria-label" in node.attrs
            assert named, f"a field without a label: {node.attrs}"

    def _check_russian(self) -> None:
        """English words on a Russian page are a forgotten translation; names, codes and data are marked."""
        for node in self.root.all():
            if node.quoted or node.is_marked or node.tag in SILENT:
                continue
            for words in node.children:
                if isinstance(words, str):
                    found = LATIN.search(words) and ENGLISH.search(KNOWN.sub("", words))
                    assert not found, f"not translated: {words.strip()[:80]!r}"


def sign_in(http: Any, user: Any) -> None:
    """Put a real session of `user` into the test client."""
    from webapp.kit import clock
    from webapp.staff.actions import open_session
    from webapp.staff.login import SESSION_KEY
    token = open_session(user, agent="test", now=clock.now())
    with http.session_transaction() as kept:
        kept[SESSION_KEY] = token


class Browser:
    """A signed-in (or anonymous) client; `get` and `post` give pages that were read and checked."""

    def __init__(self, app: Flask, user: Any = None, **_: Any) -> None:
        self.app = app
        self.http = app.test_client()
        self.user = user
        if user is not None:
            sign_in(self.http, user)

    def get(self, url: str, *, htmx: bool = False, **options: Any) -> Page:
        """GET `url`; with `htmx` as htmx would ask."""
        return self._read("get", url, headers=self._headers(htmx, options), **options)

    def post(self, url: str, data: dict[str, Any] | None = None, *, htmx: bool = False, **options: Any) -> Page:
        """POST a form."""
        return self._read("post", url, data=data or {}, headers=self._headers(htmx, options), **options)

    def follow(self, url: str, data: dict[str, Any] | None = None) -> Page:
        """POST a form and follow the 303, as a browser without JavaScript does."""
        answer = self.post(url, data)
        assert answer.status == 303, f"{answer.status}: {answer.text[:300]}"
        return self.get(answer.location)

    def _read(self, verb: str, url: str, **options: Any) -> Page:
        """Ask in a context of its own: who is signed in, and in which language, is remembered per context."""
        from webapp.db import db
        with self.app.app_context():
            answer = Page(getattr(self.http, verb)(url, **options))
        # What the request wrote is read anew by the test.
        db.session.rollback()
        db.session.expire_all()
        return answer

    @staticmethod
    def _headers(htmx: bool, options: dict[str, Any]) -> dict[str, str]:
        return {**({"HX-Request": "true"} if htmx else {}), **options.pop("headers", {})}
