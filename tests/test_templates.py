"""Every template parses and keeps to the content-security policy, autoescape and htmx's explicit inheritance."""

import re
from pathlib import Path

import pytest
from flask import Flask

from webapp.config import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "mail" not in path.relative_to(ROOT / "templates").parts]
# What mail programs need is made of tables and inlined styles; no browser page may have it.
BANNED = {
    r"\|\s*safe\b": "values are escaped, always",
    r"\sstyle\s*=": "the policy ignores inline styles",
    r"\son[a-z]+\s*=": "the policy ignores inline handlers",
    r"\bhx-on\b": "it needs eval",
    r"\bhx-vals\s*=\s*['\"]\s*js:": "it needs eval",
    r"<script(?![^>]*\bsrc=)": "no inline scripts",
    r"<style\b": "no inline styles",
    r"hx-trigger\s*=\s*['\"][^'\"]*\[": "without eval a trigger filter fails open: any key fires it",
    r"\bjavascript:": "a link leads somewhere",
    r"https?://(?!www\.w3\.org)[^\"'{ ]*\.(?:js|css|woff2?)": "nothing comes from other servers",
}
# htmx 4 inherits nothing by itself; without the suffix children lose it and CSRF breaks.
CONTAINER = r"<(?:body|main|table|tbody|section|ul|ol|nav)\b[^>]*?\s"
INHERITED = re.compile(CONTAINER + r"(hx-(?!ignore|preserve|morph)[a-z-]+)(?![a-z:-])")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=[name_of(path) for path in TEMPLATES])
def test_every_template_parses(whole_app: tuple[Flask, object, object], path: Path) -> None:
    template = whole_app[0].jinja_env.get_template(name_of(path))
    assert template.name == name_of(path)


@pytest.mark.parametrize("path", PAGES, ids=[name_of(path) for path in PAGES])
def test_pages_keep_to_the_policy(path: Path) -> None:
    text = re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.S)
    for pattern, why in BANNED.items():
        found = re.search(pattern, text)
        assert not found, f"{found.group(0)!r}: {why}" if found else ""
    lost = INHERITED.search(text)
    assert not lost, f"{lost.group(1)} on a container wants :inherited" if lost else ""


@pytest.mark.parametrize("path", PAGES, ids=[name_of(path) for path in PAGES])
def test_a_part_never_extends_a_layout_and_a_page_does(path: Path) -> None:
    extends = "{% extends" in path.read_text("utf-8")
    if path.name.startswith("_"):
        assert not extends, "a part is served alone"
    elif path.parent != ROOT / "templates" and path.parent.name not in ("components", "errors"):
        assert extends, "a page extends a layout"


@pytest.mark.parametrize("path", PAGES, ids=[name_of(path) for path in PAGES])
def test_what_changes_something_is_a_form_with_a_token(path: Path) -> None:
    text = re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.S)
    macros = re.findall(r"{%-?\s*macro\s+(\w+)(.*?)endmacro", text, flags=re.S)
    givers = "|".join(["csrf", "hidden_tag", *(rf"{name}\(" for name, body in macros if "csrf" in body)])
    for form in re.findall(r"<form\b.*?</form>", text, flags=re.S):
        opening = form[:form.index(">")]
        if re.search(r"method\s*=\s*.post", opening):
            assert "action=" in opening, "a form leads somewhere without JavaScript"
            if "token=token" in opening or "balance_asking.ask" in opening or "complaint_form.send" in opening:
                # A personal link: the address itself is the proof, and mail programs keep no session. And the question
                # for a balance and the form of complaints, which are nobody's: there is no session another site could use.
                continue
            assert re.search(givers, form), f"no token in {opening[:90]}"


def test_a_note_with_a_body_names_its_colour_second() -> None:
    """The first argument of a note is its text: a colour there would be read out."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        assert not re.search(r"call ui\.note\('(accent|red|yellow|green)'", path.read_text("utf-8")), path.name
