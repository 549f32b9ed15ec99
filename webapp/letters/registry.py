"""The register of placeholders: what a letter may name, in two languages, and how each value is found."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from webapp.letters.rules import is_empty

GROUPS: dict[str, tuple[str, str]] = {
    "client": ("Клиент", "Client"),
    "trip": ("Поездка", "Trip"),
    "manager": ("Менеджер", "Manager"),
    "agency": ("Агентство", "Agency"),
    "bonus": ("Бонусы", "Bonuses"),
    "links": ("Ссылки", "Links"),
    "review": ("Отзыв", "Review"),
}
"""Group code to its Russian and English heading, in the order of the insert buttons; rooms may add theirs."""

LINKS = "links"

Value = str | int | bool | None


@dataclass(frozen=True, slots=True)
class ClientData:
    """A client as letters see one; `address_as` is what the client is called («Анна Сергеевна»)."""

    first_name: str = ""
    full_name: str = ""
    address_as: str = ""


@dataclass(frozen=True, slots=True)
class TripData:
    """A trip as letters see one; times are local to the place of the flight."""

    destination: str = ""
    destination_to: str = ""
    destination_in: str = ""
    departure_on: date | None = None
    return_on: date | None = None
    departure_time: time | None = None
    return_time: time | None = None
    nights: int | None = None
    operator: str = ""
    booking_number: str = ""
    companions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffData:
    """The manager who answers for the client."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class OfficeData:
    """The office the client belongs to; `hours` is ready to read («пн–пт 10:00–19:00»)."""

    name: str = ""
    address: str = ""
    phone: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class LetterContext:
    """Everything a letter may speak about. `given` holds ready values by code and wins over every source.

    `client_id` is who it is about (None: nobody in particular), `anchors` and `facts` are those of its occasion: with
    them sources of other rooms find what is theirs. `preview` tells sources that nothing may be created: no rows.
    """

    lang: str
    today: date
    client: ClientData = field(default_factory=ClientData)
    trip: TripData | None = None
    manager: StaffData | None = None
    office: OfficeData | None = None
    agency: str = ""
    client_id: int | None = None
    anchors: Mapping[str, date] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Value] = field(default_factory=dict)
    preview: bool = False


Source = Callable[[LetterContext], Value]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One field a letter may name: `code` and `name_ru` are both written as `group_word.field`."""

    code: str
    name_ru: str
    group: str
    example_ru: Value
    example_en: Value
    source: Source

    def example(self, lang: str) -> Value:
        """A likely value in this language, for previews without a client."""
        return self.example_ru if lang == "ru" else self.example_en


class Registry:
    """Placeholders by code and by either spelling; `generation` grows with every change."""

    def __init__(self) -> None:
        self._by_code: dict[str, Placeholder] = {}
        self._codes: dict[str, str] = {}
        self._supplied: dict[str, Source] = {}
        self._examples: dict[str, Callable[[], Value]] = {}
        self.generation = 0

    def __iter__(self) -> Iterator[Placeholder]:
        return iter(self._by_code.values())

    def placeholder(
        self, code: str, name_ru: str, group: str, example_ru: Value, example_en: Value
    ) -> Callable[[Source], Source]:
        """Declare a placeholder; the decorated function finds its value. Bad or taken names: ValueError."""

        def declare(source: Source) -> Source:
            if group not in GROUPS:
                raise ValueError(f"unknown group {group}")
            for name in {code, name_ru}:
                parts = name.split(".")
                if len(parts) != 2 or not all(part.isidentifier() for part in parts):
                    raise ValueError(f"{name} is not of the form word.word")
                if name in self._codes:
                    raise ValueError(f"{name} is already declared")
            self._codes[code] = self._codes[name_ru] = code
            self._by_code[code] = Placeholder(code, name_ru, group, example_ru, example_en, source)
            self.generation += 1
            return source

        return declare

    def supply(self, code: str, *, example: Callable[[], Value] | None = None) -> Callable[[Source], Source]:
        """Give a declared placeholder its value from a room further right; once per placeholder.

        Links are never asked for in a preview: `example` gives what stands there, else the declared one does.
        """

        def attach(source: Source) -> Source:
            if code not in self._by_code:
                raise ValueError(f"{code} is not declared")
            if code in self._supplied:
                raise ValueError(f"{code} has a source already")
            self._supplied[code] = source
            if example is not None:
                self._examples[code] = example
            return source

        return attach

    def is_supplied(self, code: str) -> bool:
        """Has a room further right given it its value?"""
        return code in self._supplied

    def spellings(self) -> Mapping[str, str]:
        """Every accepted spelling with the code it stands for."""
        return self._codes

    def values_for(self, context: LetterContext, names: Collection[str] | None = None) -> dict[str, Value]:
        """Values by code for all placeholders, or only for those named (as a letter's `names`): one may cost a query.

        Empty text counts as no value (None), so that `default:` and `if` work alike for both. Codes of placeholders
        that are gone are left out.
        """
        codes = self._by_code if names is None else names
        return {code: self._value(code, context) for code in codes if code in self._by_code}

    def examples(self, lang: str) -> dict[str, Value]:
        """A likely value for every placeholder, by code."""
        return {item.code: item.example(lang) for item in self}

    def _value(self, code: str, context: LetterContext) -> Value:
        if code in context.given:
            value = context.given[code]
        elif context.preview and code in self._supplied and self._by_code[code].group == LINKS:
            example = self._examples.get(code)
            value = example() if example else self._by_code[code].example(context.lang)
        else:
            value = self._supplied.get(code, self._by_code[code].source)(context)
        return None if is_empty(value) else value


REGISTRY = Registry()
"""The product's own register; rooms further right add to it when they are imported."""

placeholder = REGISTRY.placeholder
supply = REGISTRY.supply
values_for = REGISTRY.values_for
