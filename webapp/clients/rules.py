"""Pure rules about people: what search looks in, how a search is read, what is missing, preferences, consents."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from webapp.kit.phones import search_digits
from webapp.kit.text import clean, match_key

CHANNELS = ("email", "sms", "call")
GENDERS = ("", "f", "m")
LANGUAGES = ("ru", "en")
REST = ("beach", "tours", "city", "ski", "cruise", "spa", "active")
HOTELS = ("", "3", "4", "5", "flat")
MEALS = ("", "bb", "hb", "fb", "ai", "uai", "none")
SEATS = ("", "window", "aisle", "front", "legroom")
HOW = ("form", "office", "phone", "email", "site", "other")
CONSENT_STEPS = ("give", "withdraw", "trips", "stop", "resume")
SCOPES = {"give": "marketing", "withdraw": "marketing", "trips": "trips", "stop": "all", "resume": "all"}
DATA = "data"
"""The channel of the consent log under which the consent to keep personal data stands: it allows no letter."""
TOKEN_SIGNS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # noqa: S105
QUERY_LIMIT = 120

# A run of digits with the signs people put between them, not inside a word or an address.
_DIGITS = re.compile(r"(?<![\w@.+-])\+?[(\d][\d\s().–-]*(?![\w@])")
_ADDRESS = re.compile(r"[a-z0-9._+%@-]*[a-z][a-z0-9._+%@-]*", re.ASCII)


@dataclass(frozen=True)
class ClientFacts:
    """What a person types about a client; dates are days, `preferences` as made by `preferences()`."""

    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    gender: str = ""
    greeting: str = ""
    birthday: date | None = None
    language: str = "ru"
    timezone: str = ""
    city: str = ""
    note: str = ""
    source: str = ""
    write_nothing: bool = False
    preferences: dict[str, Any] = field(default_factory=dict)
    passport_until: date | None = None


FACT_NAMES = tuple(f.name for f in fields(ClientFacts))


class ChangedMeanwhile(Exception):
    """Somebody else saved this client after the form was opened; nothing was written."""


def facts_of(row: Any) -> ClientFacts:
    """The facts of a stored client."""
    return ClientFacts(**{name: getattr(row, name) for name in FACT_NAMES})


def fingerprint(facts: ClientFacts) -> str:
    """A short mark of a state of the facts: a form carries it, so that a change made meanwhile is noticed."""
    said = repr([(n, sorted(v.items()) if isinstance(v := getattr(facts, n), dict) else v) for n in FACT_NAMES])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def name_key(last: str, first: str = "", middle: str = "") -> str:
    """Surname first, without case, ё and punctuation: what lists are sorted by and repeats compared by."""
    return match_key(" ".join((last, first, middle)))


def same_name(typed: str, name: str) -> bool:
    """Whether these are the same words in whatever order, case and spelling of ё."""
    return bool(name) and sorted(match_key(typed).split()) == sorted(match_key(name).split())


def find_text(name: str, phones: Iterable[str], emails: Iterable[str]) -> str:
    """What search looks in: name, digits of the phones, addresses; every word has a space before it."""
    words = [match_key(name), *(phone.lstrip("+") for phone in phones), *(address.lower() for address in emails)]
    return " " + " ".join(word for word in words if word)


@dataclass(frozen=True)
class Term:
    """One thing the text must hold, in any of its `spellings`; a short one only at the beginning of a word."""

    spellings: tuple[str, ...]

    @property
    def pieces(self) -> tuple[str, ...]:
        """The strings to look for in `find_text`."""
        return tuple(s if len(s) > 2 else " " + s for s in self.spellings)

    @property
    def is_short(self) -> bool:
        """Too short for the index of three letters."""
        return any(len(s) < 3 for s in self.spellings)

    @property
    def word(self) -> str:
        """The term as a single word of a name; empty for digits and addresses."""
        only = self.spellings[0]
        return only if len(self.spellings) == 1 and only.isalpha() else ""


def read_query(text: str) -> list[Term]:
    """The terms of a typed search: names in any order and part, a phone in any spelling and part, part of an e-mail."""
    text = clean(text)[:QUERY_LIMIT].lower()
    terms = []
    for run in _DIGITS.findall(text):
        if digits := re.sub(r"\D", "", run):
            terms.append(Term(_spellings(run, digits)))
    for word in _DIGITS.sub(" ", text).split():
        terms += [Term((part,)) for part in _words(word)]
    return list(dict.fromkeys(terms))


def _spellings(run: str, digits: str) -> tuple[str, ...]:
    """A typed 8 may be the Russian trunk prefix or a digit from the middle of a number; 00 stands for a plus."""
    if digits.startswith("00") and len(digits) > 4:
        return (digits[2:],)
    if len(digits) >= 11:
        return (search_digits(run),)
    return tuple(dict.fromkeys((digits, search_digits(run.strip(" (-.")))))


def _words(word: str) -> list[str]:
    bare = word.strip(".,;:<>()\"'«»")
    if _ADDRESS.fullmatch(bare) and re.search(r"[@._+%]", bare):
        return [bare]
    return match_key(word).split()


def preferences(**typed: Any) -> dict[str, Any]:
    """Preferences as they are stored: only what was said. Budget in whole kopecks, `children` as years of birth."""
    return {key: value for key, value in typed.items() if value not in (None, "", [], ())}


def born_from_ages(text: str, today: date) -> list[int]:
    """Years of birth from typed ages («5 и 9 лет» in 2026 → 2021, 2017): ages would be wrong a year later.

    Raises ValueError for an age over 30 or a text with letters but no number.
    """
    ages = [int(number) for number in re.findall(r"\d+", text)]
    if not ages and text.strip():
        raise ValueError(text)
    if any(age > 30 for age in ages):
        raise ValueError(text)
    return [today.year - age for age in ages]


def ages_from_born(years: Iterable[int], today: date) -> str:
    """The ages children reach this year, as the form shows them: "5, 9"."""
    return ", ".join(str(max(today.year - year, 0)) for year in years)


def missing(facts: ClientFacts, phones: int, emails: int) -> list[str]:
    """What is not known about the client and worth asking (`domain.md` §4.1), the most useful first.

    `phones` and `emails` count usable ones. Codes: phone, email, birthday, second-phone, preferences, passport.
    """
    lacks = {
        "phone": phones == 0,
        "email": emails == 0,
        "birthday": facts.birthday is None,
        "second-phone": phones == 1,
        "preferences": not facts.preferences,
        "passport": facts.passport_until is None,
    }
    return [code for code, lacking in lacks.items() if lacking]


def consent_after(step: str, marketing: bool, stopped: bool, trips_only: bool = False) -> tuple[bool, bool, bool]:
    """(marketing, stopped, trips_only) after a step, the strictest reading (`domain.md` §2.6).

    give: news allowed, and so is everything else. withdraw: no news. trips: reminders of a trip alone. stop: nothing
    at all. resume: service letters again; news need a new consent after any of the three.
    """
    return {"give": (True, False, False), "withdraw": (False, stopped, trips_only), "trips": (False, False, True),
            "stop": (False, True, False), "resume": (marketing, False, False)}[step]


def spell_token(bits: int) -> str:
    """A token of 128 random bits as 22 letters and digits: no sign that ends a link in an SMS, none that look alike."""
    signs = []
    for _place in range(22):
        bits, rest = divmod(bits, len(TOKEN_SIGNS))
        signs.append(TOKEN_SIGNS[rest])
    return "".join(signs)


def masked(value: str) -> str:
    """An address or a phone as its owner knows it and nobody else learns it: «a•••@example.com», «+7 ••• •••-45-67»."""
    name, at, domain = value.rpartition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"{value[:2]} ••• •••-{value[-4:-2]}-{value[-2:]}" if len(value) > 8 else "•••"
