"""Words for codes about clients: preferences, channels, consents, what is missing, what the log says."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from webapp.clients.rules import DATA, ClientFacts
from webapp.clients.sources import source_words
from webapp.kit import emails, money
from webapp.staff import zones

GENDERS = {"": _l("Not known"), "f": _l("Female"), "m": _l("Male")}
LANGUAGES = {"ru": "Русский", "en": "English"}
REST = {"beach": _l("Beach"), "tours": _l("Sightseeing"), "city": _l("City breaks"), "ski": _l("Skiing"),
        "cruise": _l("Cruises"), "spa": _l("Health and spa"), "active": _l("Active holidays")}
HOTELS = {"": _l("Not known"), "3": "3★", "4": "4★", "5": "5★", "flat": _l("Apartment or villa")}
MEALS = {"": _l("Not known"), "none": _l("No meals"), "bb": _l("Breakfast"), "hb": _l("Half board"),
         "fb": _l("Full board"), "ai": _l("All inclusive"), "uai": _l("Ultra all inclusive")}
SEATS = {"": _l("Not known"), "window": _l("By the window"), "aisle": _l("On the aisle"),
         "front": _l("In front"), "legroom": _l("With extra legroom")}
CHANNELS = {"email": _l("Letters by e-mail"), "sms": _l("SMS"), "call": _l("Calls")}
CONSENT_STEPS = {"give": _l("Agrees to get news and offers"), "withdraw": _l("Does not want news any more"),
                 "trips": _l("Wants only reminders of a trip"),
                 "stop": _l("Wants nothing at all, not even about the trips"),
                 "resume": _l("Letters about the trips are welcome again")}
HOW = {"form": _l("Signed a form"), "office": _l("Said it in the office"), "phone": _l("Said it by phone"),
       "email": _l("Wrote an e-mail"), "site": _l("On our site"), "other": _l("In another way")}
PLACES = {"preferences": _l("On the page from a letter"), "one-click": _l("With the button of the mail program"),
          "consent-page": _l("On the page of consents"), "invitation": _l("On the page of a friend’s invitation"),
          "answer": _l("Answered a letter with “stop”"), "complaint-form": _l("On the form of complaints")}
"""How it was said where nobody of the staff was there."""
MISSING = {"phone": _l("a phone"), "email": _l("an e-mail"), "birthday": _l("the birthday"),
           "second-phone": _l("a second phone"), "preferences": _l("how they like to travel"),
           "passport": _l("until when the passport is valid"), "next-trip": _l("when the next trip is planned")}


def word(named: Mapping[str, Any], code: str) -> Any:
    """The label of `code`, or the code itself for one that came from elsewhere."""
    return named.get(code, code)


def preference_facts(stored: dict[str, Any], today: date) -> list[tuple[Any, Any]]:
    """(term, words) of everything said about how the client likes to travel."""
    rest = ", ".join(str(word(REST, code)).lower() for code in stored.get("rest", []))
    budget = stored.get("budget")
    return [(term, value) for term, value in (
        (gettext("Likes"), rest),
        (gettext("Hotel"), word(HOTELS, stored.get("hotel", "")) if stored.get("hotel") else ""),
        (gettext("Meals"), word(MEALS, stored.get("meals", "")) if stored.get("meals") else ""),
        (gettext("Seat on the plane"), word(SEATS, stored.get("seat", "")) if stored.get("seat") else ""),
        (gettext("Budget of a trip"), money.display(budget) if budget else ""),
        (gettext("Children"), children(stored.get("children", []), today)),
        (gettext("Allergies"), stored.get("allergies", "")),
        (gettext("Habits and wishes"), stored.get("wishes", ""))) if value]


def children(born: Iterable[int], today: date) -> str:
    """«5 и 9 лет»: how old the children get this year."""
    ages = sorted(max(today.year - year, 0) for year in born)
    if not ages:
        return ""
    last = ngettext("%(num)d year", "%(num)d years", ages[-1])
    return gettext("%(some)s and %(last)s", some=", ".join(map(str, ages[:-1])), last=last) if ages[1:] else last


def age(birthday: date, today: date) -> str:
    """«41 год»."""
    years = today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))
    return ngettext("%(num)d year", "%(num)d years", years)


def bad_email(typed: str) -> str:
    """Why an address was not taken, with the likely right one."""
    better = emails.suggestion(typed)
    if better:
        return gettext("“%(typed)s” is not an e-mail address. Did you mean %(better)s?", typed=typed, better=better)
    return gettext("“%(typed)s” is not an e-mail address. Write it like anna@example.com.", typed=typed)


def consent_state(consent: Any) -> tuple[str, str]:
    """(kind of state, words) of the consent in force for one channel; None when nothing was ever said."""
    if consent is not None and consent.stopped:
        return "over", gettext("nothing at all")
    if consent is not None and consent.trips_only:
        return "over", gettext("only reminders of a trip")
    if consent is not None and consent.marketing:
        return "ok", gettext("news too")
    return "wait", gettext("only about the trips")


def consent_word(code: str) -> str:
    """What the log says a consent was and became; anything else (an address, a name) stays as it is."""
    words = {"stopped": gettext("nothing at all"), "trips": gettext("only reminders of a trip"),
             "given": gettext("agreed"), "taken-back": gettext("taken back"), "news": gettext("news too"),
             "service": gettext("only about the trips")}
    return words.get(code, code)


def consent_states(in_force: Mapping[str, Any]) -> list[tuple[Any, str, str]]:
    """(channel in words, kind of state, words) for every channel; `in_force` holds consents by channel."""
    return [(label, *consent_state(in_force.get(code))) for code, label in CHANNELS.items()]


def data_state(last: Any) -> tuple[Any, str, str]:
    """The same about personal data; `last` is the newest line of the log about them, or None."""
    if last is None:
        return gettext("Personal data"), "wait", gettext("not asked yet")
    kind, words = ("ok", gettext("agreed")) if last.given else ("over", gettext("taken back"))
    return gettext("Personal data"), kind, words


def event_words(event: Any) -> Any:
    """What a line of the consent log says."""
    if event.channel == DATA:
        return gettext("Agrees that we keep personal data") if event.given else gettext(
            "Takes back the consent to keep personal data")
    step = {("marketing", True): "give", ("marketing", False): "withdraw", ("trips", False): "trips",
            ("all", False): "stop", ("all", True): "resume"}[(event.scope, event.given)]
    return word(CONSENT_STEPS, step)


def how_words(code: str) -> Any:
    """How something was said."""
    return word({**HOW, **PLACES}, code)


def text_words(code: str) -> str:
    """«News and offers, version 2»: which text was agreed to; other words stand as somebody typed them."""
    kind, _dash, rest = code.partition("-")
    number = rest.partition("-")[0]
    name = {"data": gettext("Personal data"), "news": gettext("News and offers")}.get(kind)
    if name and number.isdigit():
        return gettext("%(name)s, version %(num)s", name=name, num=number)
    return gettext("text “%(name)s”", name=code)


def author(name: str) -> str:
    """Who did it, in words: jobs and the client have names of their own."""
    known = {"setup": gettext("with the program"), "client": gettext("the client"), "Snova": gettext("Snova")}
    return known.get(name, name)


def said_where(event: Any) -> Any:
    """What a line of the consent log is about: letters, SMS, calls, or personal data."""
    return gettext("Personal data") if event.channel == DATA else word(CHANNELS, event.channel)


def missing_words(codes: Iterable[str]) -> list[Any]:
    """What to ask the client for, in words."""
    return [MISSING[code] for code in codes if code in MISSING]


def plain_sum(kopecks: int | None) -> str:
    """«250 000» for a field that says ₽ itself."""
    return money.display(kopecks).replace("\u00a0", " ").rstrip(" ₽") if kopecks else ""


def in_words(facts: ClientFacts, today: date) -> dict[str, str]:
    """All facts by their labels, as words: to show how two states differ."""
    said = {
        gettext("Surname"): facts.last_name, gettext("First name"): facts.first_name,
        gettext("Patronymic"): facts.middle_name, gettext("How to address"): facts.greeting,
        gettext("Gender"): word(GENDERS, facts.gender), gettext("Birthday"): _day(facts.birthday),
        gettext("City"): facts.city,
        gettext("Time zone"): word({**zones.RUSSIAN, **zones.NEAR}, facts.timezone),
        gettext("Language of letters"): word(LANGUAGES, facts.language),
        gettext("Passport valid until"): _day(facts.passport_until),
        gettext("Where the client came from"): source_words(facts.source), gettext("Note"): facts.note,
        gettext("Write nothing to this client"): gettext("Yes") if facts.write_nothing else gettext("No"),
    }
    terms = ("Likes", "Hotel", "Meals", "Seat on the plane", "Budget of a trip", "Children", "Allergies",
             "Habits and wishes")
    told = {str(term): str(value) for term, value in preference_facts(facts.preferences, today)}
    return {**{k: str(v) for k, v in said.items()}, **{gettext(term): told.get(gettext(term), "") for term in terms}}


def _day(value: date | None) -> str:
    return value.strftime("%d.%m.%Y") if value else ""
