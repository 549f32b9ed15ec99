"""Hostile letters, names and subjects through the pages and the outbox: literal or refused, one recipient, no header."""

import re
import time
from email import message_from_bytes
from email.policy import default

import pytest
from desk.letter_make import edition, flying, form, mode, thanked, url
from letters.test_hostile import HOSTILE_TEMPLATES, HOSTILE_VALUES
from letters.texts import Page as Mail
from sqlalchemy import select

from webapp.db import db
from webapp.post.channels.composing import composed
from webapp.post.models import Message

NAMES = [*HOSTILE_VALUES, "{{ config.SECRET_KEY }}", "{% for x in (1..999999) %}", "${7*7}", "#{7*7}", "<%= 7*7 %>",
         "{{7*7}}", "{{''.__class__.__mro__}}", "</title><script>x</script>", "<!--", "]]>", "\u202eоборот",
         "a@b.example", "%0d%0aBcc: x@y.example", "=?utf-8?q?Bcc:?=", "'; DROP TABLE client; --", "&lt;script&gt;",
         "<style>*{display:none}</style>", "<svg/onload=alert(1)>", "<iframe src=//evil.example>"]
BODIES = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
          "[x](data:text/html,<script>)", "![x](javascript:alert(1))", "<iframe srcdoc='x'></iframe>",
          "<style>body{display:none}</style>", "<a href=x onclick=y>z</a>", "<meta http-equiv=refresh content=0>",
          "<form action=//evil.example><input></form>", "<base href=//evil.example>", "<svg><script>1</script></svg>",
          "<link rel=stylesheet href=//evil.example>", "<!--[if mso]><x><![endif]-->", "<object data=x></object>"]
HEADERS = ["\r\nBcc: evil@evil.example", "\nBcc: evil@evil.example", "\rBcc: evil@evil.example",
           "\r\n\r\n<html>", "\n\nтело", "\u2028Bcc: evil@evil.example", "\u2029Bcc: evil@evil.example",
           "\x0bBcc: evil@evil.example", "\x0cBcc: evil@evil.example", "\x85Bcc: evil@evil.example",
           "%0d%0aBcc: evil@evil.example", "=0D=0ABcc: evil@evil.example", "\r\n Bcc: evil@evil.example",
           "\r\n\tBcc: evil@evil.example", "=?utf-8?B?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?=",
           "\r\nTo: evil@evil.example", "\r\nContent-Type: text/html", "\r\nSubject: другое", "\u0000Bcc: x@y",
           "\x1bBcc: evil@evil.example", ",evil@evil.example", ";evil@evil.example", "<evil@evil.example>"]


pytestmark = pytest.mark.usefixtures("stopped_clock")


def shown(page):
    return Mail(page.root.one("iframe").attrs["srcdoc"])


def tags(mail):
    return [name for name, _attrs in mail.tags]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_a_name_in_the_preview_and_in_the_letter(anna, cast, now, name):
    typed = {"body": "Вот: {{ клиент.имя }}.\n\nКонец.", "subject": "Для {{ клиент.имя }}"}
    plain = flying(cast, now, first="Анна", email="a@example.com", phone="+79160000001")
    sold = flying(cast, now, first=name, last="")
    good = anna.post(url("packing", "/preview"), form("packing", client=str(plain.client.id), **typed))
    page = anna.post(url("packing", "/preview"), form("packing", client=str(sold.client.id), **typed))
    assert tags(shown(page)) == tags(shown(good))
    assert not page.root.one(id="preview").all("script")
    said = " ".join(name.replace("\u202e", "").split())
    assert f"Вот: {said}." in shown(page).text
    assert f"Для {said}" in page.root.one(class_="looks__subject").text


@pytest.mark.parametrize("body", BODIES)
def test_markup_of_an_author_is_words(anna, cast, now, body):
    flying(cast, now)
    page = anna.follow(url("packing", "/publication"), form("packing", body=f"Начало.\n\n{body}\n\nКонец."))
    mail = shown(page)
    assert not {"script", "iframe", "form", "object", "svg", "base", "link", "input"} & set(tags(mail))
    assert tags(mail).count("meta") == tags(shown(anna.get(url("thank_you")))).count("meta")
    for _tag, attrs in mail.tags:
        assert not [key for key in attrs if key.startswith("on")]
        for key in ("href", "src"):
            assert re.match(r"(https?:|mailto:|tel:|#|$)", attrs.get(key) or ""), attrs
    assert "Начало." in mail.text and "Конец." in mail.text


@pytest.mark.parametrize("name", [*HOSTILE_TEMPLATES])
def test_a_hostile_text_is_answered_as_quickly_as_an_honest_one_of_its_length(anna, cast, now, name):
    flying(cast, now)

    def cost(body):
        start = time.thread_time()
        page = anna.post(url("packing", "/preview"), form("packing", body=body), htmx=True)
        assert page.status == 200
        return time.thread_time() - start
    honest = "Слово **важно** и [ссылка](https://a.example).\n\n" * 160
    least = min(cost(honest + " " * n) for n in range(2))
    assert min(cost(HOSTILE_TEMPLATES[name] + " " * n) for n in range(2)) < 8 * least


@pytest.mark.parametrize("tail", HEADERS)
@pytest.mark.parametrize("place", ["subject", "name"])
def test_a_hostile_subject_or_name_adds_no_header_and_no_recipient(anna, cast, now, place, tail):
    mode("live")
    if "\x00" in tail and place == "subject":
        assert anna.post(url("thank_you", "/draft"), form("thank_you", subject=f"Тема{tail}")).status in (303, 400)
        return
    if place == "subject":
        anna.follow(url("thank_you", "/publication"), form("thank_you", subject=f"Тема{tail}"))
        sold = thanked(cast, now)
    else:
        anna.follow(url("thank_you", "/publication"), form("thank_you", subject="Тема для {{ клиент.имя }}"))
        sold = thanked(cast, now, first=f"Анна{tail.replace(chr(0), '')}")
    row = db.session.scalars(select(Message).where(Message.client_id == sold.client.id)).one()
    _sender, recipient, raw = composed(row)
    assert recipient == "kate@example.com"
    mail = message_from_bytes(raw, policy=default)
    assert mail["To"].addresses[0].addr_spec == "kate@example.com" and len(mail["To"].addresses) == 1
    assert set(mail.keys()) == {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted",
                                "MIME-Version", "Content-Type"}
    assert mail["Subject"].isprintable()


def test_hostile_words_for_no_value_stay_inside_their_quotation_marks(anna):
    page = anna.post(url("packing", "/preview"), form(
        "packing", body="x", insert="клиент.имя", how="fallback", fallback='" }}{{ config }}'))
    assert page.status == 200
    page = anna.post(url("packing", "/preview"), form("packing", body="x", insert='"><script>', how="value"))
    assert not page.root.one(id="letter").all("script")
    assert page.root.one("textarea", id="body").text == 'x {{ "><script> }}'


def test_an_sms_of_a_hostile_client_is_plain_words(anna, cast, now):
    sold = flying(cast, now, first="<b>{{ x }}</b>")
    page = anna.get(url("bon_voyage", client=sold.client.id))
    assert "<b>{{ x }}</b>, счастливого пути" in page.root.one(class_="looks__text").text
    assert edition("bon_voyage").draft is None
