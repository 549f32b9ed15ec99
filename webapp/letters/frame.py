"""The frame around every e-mail: agency's name, body, signature and foot, in HTML and plain text."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import css_inline

from webapp.letters.signatures import Signature, signature_html, signature_text

_FOLDER = Path(__file__).resolve().parents[2] / "templates" / "mail"

WORDS = {
    "ru": {
        "why": "Вы получили это письмо, потому что согласились на наши новости и предложения.",
        "stop": "Отписаться",
        "choose": "Какие письма вам присылать",
        "reply": "Чтобы больше их не получать, ответьте на это письмо словом «стоп».",
    },
    "en": {
        "why": "You received this letter because you agreed to our news and offers.",
        "stop": "Unsubscribe",
        "choose": "Choose which letters you get",
        "reply": "To stop receiving them, reply to this letter with the word “stop”.",
    },
}
"""Words of the foot, in the client's language."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that stands around the body of a letter; fields are texts or the slots that stand for them."""

    lang: str
    marketing: bool
    subject: str
    agency: str
    address: str
    phone: str
    unsubscribe_url: str
    signature: Signature
    labels: tuple[str, ...] = ()


def framed_html(body: str, around: Surroundings) -> str:
    """The document: styles written into the elements, rules for dark and small screens in the head."""
    frame, inliner = _frame()
    return inliner.inline(
        frame.replace("[[language]]", "ru" if around.lang == "ru" else "en")
        .replace("[[subject]]", around.subject)
        .replace("[[agency]]", around.agency)
        .replace("[[signature]]", signature_html(around.signature, around.labels))
        .replace("[[foot]]", _foot_html(around))
        .replace("[[body]]", body)
    )


def framed_text(body: str, around: Surroundings) -> str:
    """The plain-text letter: body, signature and foot."""
    blocks = [body, signature_text(around.signature), _foot_text(around)]
    return "\n\n".join(block for block in blocks if block) + "\n"


@lru_cache(maxsize=1)
def _frame() -> tuple[str, css_inline.CSSInliner]:
    plain, *media = (_FOLDER / "frame.css").read_text(encoding="utf-8").split("@media")
    # A block each: some mail programs drop a whole block for one rule they do not know.
    kept = "\n".join(f"<style>@media{rules.rstrip()}</style>" for rules in media)
    frame = (_FOLDER / "frame.html").read_text(encoding="utf-8").replace("[[styles]]", kept)
    inliner = css_inline.CSSInliner(
        extra_css=plain, inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False
    )
    return frame, inliner


def _foot_html(around: Surroundings) -> str:
    phone = f'<a href="tel:{around.phone}">{around.phone}</a>' if around.phone else ""
    office = " · ".join(part for part in (around.agency, around.address, phone) if part)
    lines = [office] if office else []
    if around.marketing:
        words = _words(around.lang)
        link = f'<a href="{around.unsubscribe_url}">{words["stop"]}</a>'
        lines.append(f"{words['why']} {link if around.unsubscribe_url else words['reply']}")
    elif around.unsubscribe_url:
        lines.append(f'<a href="{around.unsubscribe_url}">{_words(around.lang)["choose"]}</a>')
    return "".join(f"<p>{line}</p>" for line in lines)


def _foot_text(around: Surroundings) -> str:
    lines = ["\n".join(part for part in (around.agency, around.address, around.phone) if part)]
    if around.marketing:
        words = _words(around.lang)
        lines.append(words["why"])
        lines.append(f"{words['stop']}: {around.unsubscribe_url}" if around.unsubscribe_url else words["reply"])
    elif around.unsubscribe_url:
        lines.append(f"{_words(around.lang)['choose']}: {around.unsubscribe_url}")
    return "\n".join(line for line in lines if line)


def _words(lang: str) -> dict[str, str]:
    return WORDS.get(lang, WORDS["en"])
