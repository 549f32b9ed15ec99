"""A hundred payloads in every place where words are typed: taken literally or refused, and never slow."""

import contextlib
import time
from unicodedata import normalize

import pytest
from letters.payloads import INJECTIONS
from letters.texts import DIRECTOR, Page

from webapp.kit.papers import file_name
from webapp.kit.text import clean
from webapp.letters.rendering import compile_letter, render_email, render_sms
from webapp.letters.rules import LetterError
from webapp.letters.signatures import Signature
from webapp.post.mime import enclosed

LETTER = compile_letter("Для {{ client.first_name }}", "{{ client.first_name }}\n\nТекст **{{ client.first_name }}** дальше.")
PLAIN = render_email(LETTER, {"client.first_name": "Анна"}, DIRECTOR, "ru")
SAFE = {"html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td", "p", "a", "b", "br", "em", "strong", "h1", "h2",
        "h3", "ul", "ol", "li", "blockquote", "hr", "img"}


def test_there_are_enough_of_them():
    assert len(INJECTIONS) >= 60 and len(set(INJECTIONS)) == len(INJECTIONS)


def harmless(html):
    page = Page(html)
    assert {tag for tag, _attrs in page.tags} <= SAFE
    for tag, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on")], (tag, attrs)
        for name in ("href", "src"):
            value = (attrs.get(name) or "#").lower()
            # Without a scheme it leads nowhere in a mail.
            assert ":" not in value or value.startswith(("https://", "http://", "mailto:", "tel:", "cid:")), (tag, value)
    assert len([tag for tag, _attrs in page.tags if tag == "meta"]) == len([tag for tag, _attrs in Page(PLAIN.html).tags if tag == "meta"])


def one(text):
    """The same words, whatever the spaces and however an accent is written."""
    return "".join(normalize("NFC", text).split())


def check_value(payload):
    """In the name of a client: nothing but words, in the letter, its subject and an SMS."""
    letter = render_email(LETTER, {"client.first_name": payload}, DIRECTOR, "ru")
    assert [tag for tag, _ in Page(letter.html).tags if tag != "br"] == [tag for tag, _ in Page(PLAIN.html).tags]
    assert one(letter.subject) == one(f"Для {clean(payload)}") and letter.subject.isprintable()
    sms = render_sms(compile_letter("", "Привет, {{ client.first_name }}!"), {"client.first_name": payload})
    assert one(sms) == one(f"Привет, {clean(payload)}!")


def check_signature(payload):
    """In a name, a role or a line of whoever signs."""
    signed = Signature(payload, payload, "a@agency.example", "+7 495 123-45-67", "", (payload,), (payload,))
    letter = render_email(LETTER, {"client.first_name": "Анна"}, signed, "ru")
    harmless(letter.html)
    plain = Page(render_email(LETTER, {"client.first_name": "Анна"}, Signature(
        "А", "Б", "a@agency.example", "+7 495 123-45-67", "", ("В",), ("https://t.me/x",)), "ru").html)
    assert [tag for tag, _ in Page(letter.html).tags] == [tag for tag, _ in plain.tags]
    assert one(clean(payload)) in one(Page(letter.html).text)


def check_text(payload):
    """In the words of the author: drawn as text or as honest Markdown, or refused."""
    for subject, body in ((payload, "Текст"), ("Тема", payload), ("Тема", f"Начало {payload} конец")):
        with contextlib.suppress(LetterError):
            letter = render_email(compile_letter(subject, body), {"client.first_name": "Анна"}, Signature("Ирина"), "ru")
            harmless(letter.html)
            assert "49" not in letter.text and letter.subject.isprintable()


def check_file(payload):
    """In the name of a file."""
    name = file_name(payload, "pdf")
    part = enclosed(name, "application/pdf", b"%PDF")
    assert name.isprintable() and not set(name) & set('<>"/\\:*?|') and part.isascii()
    head = part.split(b"\r\n\r\n")[0]
    starts = {line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")}
    assert starts == {b"Content-Type", b"Content-Transfer-Encoding", b"Content-Disposition"}


@pytest.mark.parametrize("check", [check_value, check_signature, check_text, check_file])
def test_a_payload_is_words_wherever_it_stands(check):
    for payload in INJECTIONS:
        try:
            check(payload)
        except AssertionError as error:
            raise AssertionError(f"{payload[:60]!r}: {error}") from error


def test_no_payload_costs_more_than_the_longest_honest_letter():
    """The promise is 100 ms for one. The longest honest letter takes a sixth of that, the costliest payload a ninth of the
    letter: measured side by side, the factor holds on a slower machine as well."""
    def cost(subject, body):
        start = time.thread_time()
        with contextlib.suppress(LetterError):
            render_email(compile_letter(subject, body), {"client.first_name": body[:9000]}, Signature(body[:300]), "ru")
        return time.thread_time() - start

    honest = min(cost("Тема", "Слово **важно** и [ссылка](https://a.example).\n\n" * 160 + " " * n) for n in range(3))
    for payload in INJECTIONS:
        assert min(cost(payload[:250] + " " * n, payload + " " * n) for n in range(2)) < honest, payload[:60]
