"""Phone numbers out of free text: E.164, display, search. Numbers without a country code are Russian."""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from webapp.kit.text import clean

REGION = "RU"

# A Russian mobile number in plain spelling. Everything else (land lines, other countries, a foreign plus)
# is left to phonenumbers: a rule on digits alone once turned +49 30 901820 into a Russian number.
_PLAIN = re.compile(r"(?:\+? ?7|8)?[ -]{0,2}\(? ?(9\d\d) ?\)?[ -]{0,2}(\d{3})[ -]?(\d{2})[ -]?(\d{2})")
_GROUPS = re.compile(r"(?:\+? ?7|8)?[ -]{0,2}\(? ?(9\d\d) ?\)?[ -]?((?:\d[ -]?){6}\d)")
# +7 930 000-00-00 is the one subscriber number of the mobile codes that the numbering plan leaves out.
_NOT_IN_USE = "9300000000"
_INSIDE = re.compile(r"(?<![\d+])(?:\+? ?7|8)?[ -]{0,2}\(? ?9\d\d ?\)?[ -]?(?:\d[ -]?){6}\d(?!-?\d)")
_PARTS = re.compile(r"[,;/|\n]| и | или | or | and ")
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


@dataclass(frozen=True)
class Phone:
    """One number: `e164` as +79161234567, `raw` as it was typed."""

    e164: str
    raw: str


def normalise(text: str) -> str | None:
    """The one phone number a text consists of, in E.164; None when it is no valid number."""
    text = _tidy(text)
    return _plain(text) or _parsed(text)


def find(text: str) -> list[Phone]:
    """All phone numbers in a cell, in order, each once; words around them are ignored («8 916 … жена, 8
    903 …»)."""
    text = _tidy(text, keep_lines=True)
    if not text:
        return []
    if e164 := _plain(text):
        return [Phone(e164, text)]
    found: dict[str, str] = {}
    for part in _PARTS.split(text):
        for e164, raw in _in_part(part.strip()):
            found.setdefault(e164, raw)
    for e164, raw in [] if found else _matched(text):
        found.setdefault(e164, raw)
    return [Phone(e164, raw) for e164, raw in found.items()]


def is_mobile(e164: str) -> bool:
    """Can this number get an SMS, as far as the numbering plan tells?"""
    if e164.startswith("+79") and len(e164) == 12:
        return True
    try:
        return phonenumbers.number_type(phonenumbers.parse(e164)) in _MOBILE
    except phonenumbers.NumberParseException:
        return False


def display(e164: str) -> str:
    """A number for people: +7 916 123-45-67; foreign ones as their country writes them internationally."""
    if e164.startswith("+7") and len(e164) == 12 and e164[1:].isdigit():
        return f"+7 {e164[2:5]} {e164[5:8]}-{e164[8:10]}-{e164[10:]}"
    try:
        return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return e164


def search_digits(text: str) -> str:
    """The digits to look for in E.164 numbers: "8 (916) 12" → "791612", so that a typed 8 finds +7."""
    digits = re.sub(r"\D", "", text)
    if digits.startswith("8") and not text.lstrip().startswith("+") and len(digits) > 1:
        return "7" + digits[1:]
    return digits


def _tidy(text: str, *, keep_lines: bool = False) -> str:
    text = clean(text, keep_lines=keep_lines).lstrip("'").strip(" .,;")
    return re.sub(r"[‐-―−]", "-", text)


def _plain(text: str) -> str | None:
    match = _PLAIN.fullmatch(text)
    number = "".join(match.groups()) if match else ""
    if not number and (match := _GROUPS.fullmatch(text)):
        number = match[1] + re.sub(r"\D", "", match[2])
    return f"+7{number}" if number and number != _NOT_IN_USE else None


def _parsed(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return None


def _in_part(part: str) -> list[tuple[str, str]]:
    if not part:
        return []
    if e164 := _plain(part) or _parsed(part):
        return [(e164, part)]
    foreign = re.search(r"\+ ?(?!7)\d", part)
    inside = [] if foreign else [m.group().strip() for m in _INSIDE.finditer(part)]
    if inside:
        rest = _INSIDE.sub(" ; ", part)
        return [(e164, raw) for raw in inside if (e164 := _plain(raw))] + _matched(rest)
    return _matched(part)


def _matched(text: str) -> list[tuple[str, str]]:
    return [(phonenumbers.format_number(m.number, PhoneNumberFormat.E164), m.raw_string)
            for m in phonenumbers.PhoneNumberMatcher(text, REGION)]
