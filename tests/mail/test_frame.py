"""The frame of e-mails in real mail programs: what they do not draw is known, and nobody loses a word by it."""

import re

import pytest
from letters.texts import Page, empty, rich
from mail.support import DATA, features, not_drawn

from webapp.letters.placeholders import values_for
from webapp.letters.rendering import compile_letter, render_email
from webapp.letters.rules import required_missing
from webapp.letters.signatures import Signature
from webapp.letters.starters import LANGUAGES, load_starter

SIGNED = Signature("Ирина Дёмина", "Директор", "director@agency.example", "+7 495 123-45-67", "cid:0123abc@photo",
                   ("Реестр турагентов № 001", "Отвечаем с 10 до 19"), ("https://t.me/x", "https://vk.com/x", "https://max.ru/x"))
EVERYTHING = """# Тема

## Раз

### Два

Текст **важно** *так* и [тут](https://a.example), [почта](mailto:a@b.example), [звонок](tel:+7495)

- а
- б

1. в

> цитата
> ещё

---

![море](https://a.example/x.png)

[Кнопка](https://a.example)"""
INSTEAD = {
    "css-at-media": "the letter is one column anyway: on a small screen only its margins stay wider",
    "css-at-media-prefers-color-scheme": "the letter stays light, or the program makes it dark by itself from plain colours",
    "css-border-radius": "corners are square",
    "css-selector-class": "styles stand in the elements; the block only has what small and dark screens add",
    "css-selector-descendant": "as above", "css-selector-grouping": "as above",
    "css-white-space": "a phone number may break over two lines",
    "css-word-break": "a very long word is cut or widens the letter",
    "html-body": "the colour around the letter stands in the outer table too",
    "html-meta-color-scheme": "as without it: see prefers-color-scheme",
    "html-role": "a reading program names the tables",
    "html-style": "styles stand in the elements; the block only has what small and dark screens add",
}
"""What its reader sees instead, for every feature that some program does not draw at all."""


def whole(lang="ru", *, marketing=True):
    values = {**values_for(rich(lang)), "agency.name": "Попутный ветер"}
    return render_email(compile_letter("Тема", EVERYTHING), values, SIGNED, lang, marketing=marketing,
                        unsubscribe_url="https://agency.example/u/Xy7").html


def shipped():
    """(language and code, letter) of every shipped e-mail for a rich and an empty client."""
    for lang in LANGUAGES:
        for key, letter in load_starter(lang).items():
            if letter.channel != "email":
                continue
            compiled = compile_letter(letter.subject, letter.body)
            for context in (rich(lang), empty(lang)):
                values = values_for(context)
                if not required_missing(letter, values):
                    yield f"{lang} {key}", render_email(
                        compiled, values, SIGNED, lang, marketing=letter.klass == "marketing",
                        unsubscribe_url="https://agency.example/u/Xy7").html


def test_every_feature_of_a_letter_is_known_and_what_is_not_drawn_has_something_in_its_place():
    used, unknown = features(whole())
    assert not unknown
    refused = {slug for slug, programs in not_drawn(used).items() if "n" in programs.values()}
    assert refused == set(INSTEAD), (refused - set(INSTEAD), set(INSTEAD) - refused)


def test_shipped_letters_use_nothing_beyond_that():
    known = set(features(whole())[0])
    for name, html in shipped():
        used, unknown = features(html)
        assert not unknown and set(used) <= known, name


@pytest.mark.parametrize("bad", [
    '<div style="display:flex">x</div>', '<p style="position:absolute">x</p>', '<p style="gap:4px">x</p>', "<video></video>",
    '<style>p:hover{color:red}</style>', '<p style="width:3vw">x</p>', '<form></form>', '<p style="--a:1px">x</p>'])
def test_the_check_itself_finds_what_mail_programs_do_not_draw(bad):
    used, unknown = features(whole().replace("</body>", f"{bad}</body>"))
    refused = {slug for slug, programs in not_drawn(used).items() if "n" in programs.values()}
    assert unknown or refused - set(INSTEAD), bad


def test_the_data_is_about_the_programs_clients_use():
    programs = {program.split()[0] for verdicts in DATA.values() for program in verdicts}
    assert programs == {"Gmail", "Outlook", "Apple", "Mail.ru", "Samsung"} and len(DATA) > 280


def test_no_letter_is_so_long_that_gmail_hides_its_end():
    for name, html in [("everything", whole()), *shipped()]:
        assert len(html.encode()) < 102 * 1024 / 4, name


def test_without_its_style_block_the_letter_still_has_all_its_looks():
    bare = re.sub(r"<style>.*?</style>", "", re.sub(r"<!--.*?-->", "", whole(), flags=re.DOTALL), flags=re.DOTALL)
    page = Page(bare)
    for tag in ("p", "h1", "h2", "h3", "ul", "ol", "li", "blockquote", "a", "img"):
        assert all("style" in attrs for attrs in page.all(tag)), tag
    assert [attrs.get("bgcolor") for attrs in page.all("td") if attrs.get("class") == "head"] == ["#0a5566"]


def test_outlook_gets_a_table_of_600_pixels_and_buttons_that_are_cells():
    html = whole()
    ghost = re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", html, re.DOTALL)
    assert any('width="600"' in part for part in ghost) and sum(part.count("<table") - part.count("</table") for part in ghost) == 0
    assert re.search(r'class="go"[^>]*>(<tbody>)?<tr><td align="center" bgcolor="#0b5d6e"[^>]*><a ', html)
    for attrs in Page(html).all("table"):
        assert attrs["role"] == "presentation" and (attrs["cellpadding"], attrs["cellspacing"], attrs["border"]) == ("0", "0", "0")


def test_pictures_have_words_or_say_that_they_are_only_there_to_look_at():
    for name, html in [("everything", whole()), *shipped()]:
        assert all("alt" in attrs for attrs in Page(html).all("img")), name
    assert [attrs["alt"] for attrs in Page(whole()).all("img")] == ["море", ""]


def test_nothing_is_pure_black_or_white_on_dark_screens():
    dark = whole().split("prefers-color-scheme: dark")[1].split("</style>")[0].lower()
    assert not {"#000", "#000000", "#fff", "#ffffff", "black", "white"} & set(re.findall(r"#[0-9a-f]{3,6}|\bblack\b|\bwhite\b", dark))
