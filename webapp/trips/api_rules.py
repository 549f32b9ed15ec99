"""What a booking system may send about a trip: the fields of the body, read and checked. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from webapp.kit import emails, phones
from webapp.kit.money import BadMoney, read_kopecks
from webapp.kit.names import PersonName, read_name
from webapp.kit.phones import Phone
from webapp.kit.text import clean

SOLD, CANCELLED = "sold", "cancelled"
REF_LENGTH, TEXT_LENGTH, NOTE_LENGTH, MOST_ITEMS = 100, 200, 4000, 20
# Field of the body → field of TripData.
DATES = {"purchase": "purchase_on", "departure": "departure_on", "return": "return_on"}
TIMES = {"departure_time": "departure_time", "landing_time": "landing_time"}
TEXTS = {"destination": "destination", "operator": "operator", "booking_number": "booking_number"}
CLIENT_FIELDS = ("name", "last_name", "first_name", "middle_name", "phones", "emails")
FIELDS = ("external_ref", "status", "client", *DATES, *TIMES, *TEXTS, "price", "companions", "note", "seller")


class BadBody(ValueError):
    """The body cannot be taken; `fields` says for each field, by its path, what is wrong."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = dict(fields)


@dataclass(frozen=True)
class Order:
    """A body that was read. `given` holds only the fields that were sent, named as in TripData."""

    external_ref: str
    status: str = SOLD
    name: PersonName | None = None
    phones: tuple[Phone, ...] = ()
    emails: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    seller: str = ""

    @property
    def lacks(self) -> dict[str, str]:
        """What a new trip needs and was not sent."""
        lacking = {name: "required for a new trip" for name, key in DATES.items() if key not in self.given}
        if self.name is None:
            lacking["client.name"] = "required for a new trip"
        return lacking


def read_order(body: Any) -> Order:
    """Read the JSON body of a request. Raises BadBody with every field that is wrong."""
    if not isinstance(body, dict):
        raise BadBody({"": "the body must be a JSON object"})
    reader = _Reader(body)
    order = reader.order()
    if reader.wrong:
        raise BadBody(reader.wrong)
    return order


class _Reader:
    """Reads fields and collects what is wrong with them."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.wrong: dict[str, str] = {}
        self._body = body

    def order(self) -> Order:
        self._refuse_unknown(self._body, FIELDS, "")
        client = self._body.get("client")
        if client is not None and not isinstance(client, dict):
            self.wrong["client"] = "must be an object"
        client = client if isinstance(client, dict) else {}
        self._refuse_unknown(client, CLIENT_FIELDS, "client.")
        given: dict[str, Any] = {}
        for fields, read in ((DATES, _day), (TIMES, _clock), (TEXTS, _text)):
            for name, key in fields.items():
                self._read(name, key, read, given)
        self._read("price", "price_kopecks", _price, given)
        self._read("companions", "companions", _names, given)
        self._read("note", "note", _note, given)
        return Order(self._ref(), self._status(), self._name(client), self._phones(client), self._emails(client),
                     given, self._word("seller"))

    def _read(self, name: str, key: str, read: Callable[[Any], Any], given: dict[str, Any]) -> None:
        if name not in self._body:
            return
        try:
            given[key] = read(self._body[name])
        except ValueError as error:
            self.wrong[name] = str(error)

    def _ref(self) -> str:
        ref = self._word("external_ref")
        if not ref and "external_ref" not in self.wrong:
            self.wrong["external_ref"] = "required: your own number of the booking"
        elif len(ref) > REF_LENGTH:
            self.wrong["external_ref"] = f"at most {REF_LENGTH} characters"
        elif not str(self._body["external_ref"]).strip().isprintable():
            # Left out, two different numbers could become one.
            self.wrong["external_ref"] = "only characters that can be printed"
        return ref

    def _status(self) -> str:
        status = self._body.get("status", SOLD)
        if status not in (SOLD, CANCELLED):
            self.wrong["status"] = f"must be {SOLD!r} or {CANCELLED!r}"
            return SOLD
        return str(status)

    def _name(self, client: dict[str, Any]) -> PersonName | None:
        parts = {}
        for name in ("name", "last_name", "first_name", "middle_name"):
            try:
                parts[name] = _text(client.get(name, ""))
            except ValueError as error:
                self.wrong[f"client.{name}"] = str(error)
                parts[name] = ""
        found = PersonName(parts["last_name"], parts["first_name"], parts["middle_name"])
        if not found.full and parts["name"]:
            found = read_name(parts["name"])
            if not found.full:
                self.wrong["client.name"] = "this is not a name"
        return found if found.full else None

    def _phones(self, client: dict[str, Any]) -> tuple[Phone, ...]:
        found: dict[str, Phone] = {}
        for index, raw in enumerate(self._list(client, "phones")):
            e164 = phones.normalise(raw) if isinstance(raw, str) else None
            if e164 is None:
                self.wrong[f"client.phones[{index}]"] = "this is not a phone number"
            else:
                found.setdefault(e164, Phone(e164, clean(raw)))
        return tuple(found.values())

    def _emails(self, client: dict[str, Any]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for index, raw in enumerate(self._list(client, "emails")):
            address = emails.normalise(raw) if isinstance(raw, str) else None
            if address is None:
                self.wrong[f"client.emails[{index}]"] = "this is not an e-mail address"
            else:
                found.setdefault(address)
        return tuple(found)

    def _list(self, client: dict[str, Any], name: str) -> list[Any]:
        values = client.get(name, [])
        if not isinstance(values, list) or len(values) > MOST_ITEMS:
            self.wrong[f"client.{name}"] = f"must be a list of at most {MOST_ITEMS} texts"
            return []
        return values

    def _word(self, name: str) -> str:
        try:
            return _text(self._body.get(name, ""))
        except ValueError as error:
            self.wrong[name] = str(error)
            return ""

    def _refuse_unknown(self, found: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
        # A misspelt field that is silently dropped would be noticed by the client who gets no letter.
        self.wrong |= {f"{path}{clean(str(name))[:40]}": "unknown field" for name in found if name not in known}


def _day(value: Any) -> date:
    if not isinstance(value, str) or len(value) != len("2026-07-21"):
        raise ValueError("must be a date like 2026-07-21")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a date like 2026-07-21") from None
    if not 2000 <= day.year <= 2100:
        raise ValueError("the year cannot be right")
    return day


def _clock(value: Any) -> time | None:
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str) or len(value) != len("07:05"):
            raise ValueError
        return time.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a time like 07:05") from None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("must be a text")
    text = clean(value)
    if len(text) > TEXT_LENGTH:
        raise ValueError(f"at most {TEXT_LENGTH} characters")
    return text


def _note(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError("must be a text")
    text = clean(value or "", keep_lines=True)
    if len(text) > NOTE_LENGTH:
        raise ValueError(f"at most {NOTE_LENGTH} characters")
    return text


def _price(value: Any) -> int | None:
    if isinstance(value, float) and value != value:
        raise ValueError("must be a sum in rubles")
    try:
        return read_kopecks(value) if value is None or isinstance(value, (int, float, str)) else _refuse()
    except (BadMoney, OverflowError):
        raise ValueError("must be a sum in rubles, like 184000 or \"184000.50\"") from None


def _refuse() -> int:
    raise ValueError("must be a sum in rubles")


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_ITEMS:
        raise ValueError(f"must be a list of at most {MOST_ITEMS} names")
    return tuple(name for name in map(_text, value) if name)
