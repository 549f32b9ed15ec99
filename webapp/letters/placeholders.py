"""What letters may say about client, trip, manager, office, agency; other rooms declare theirs likewise."""

from datetime import time

from webapp.kit.phones import display
from webapp.letters.destinations import Forms, forms_of
from webapp.letters.registry import (
    GROUPS,
    REGISTRY,
    ClientData,
    LetterContext,
    OfficeData,
    Placeholder,
    Registry,
    StaffData,
    TripData,
    Value,
    placeholder,
    supply,
    values_for,
)
from webapp.letters.wording import day_and_month, in_month, nights_in_words, time_ago

__all__ = [
    "GROUPS",
    "REGISTRY",
    "ClientData",
    "LetterContext",
    "OfficeData",
    "Placeholder",
    "Registry",
    "StaffData",
    "TripData",
    "Value",
    "placeholder",
    "supply",
    "values_for",
]

_NIGHT_ENDS = time(4, 0)
_NO_TRIP, _NO_OFFICE, _NO_STAFF = TripData(), OfficeData(), StaffData()


def _trip(context: LetterContext) -> TripData:
    return context.trip or _NO_TRIP


def _office(context: LetterContext) -> OfficeData:
    return context.office or _NO_OFFICE


def _manager(context: LetterContext) -> StaffData:
    return context.manager or _NO_STAFF


def _forms(context: LetterContext) -> Forms | None:
    return forms_of(_trip(context).destination)


@placeholder("client.first_name", "клиент.имя", "client", "Анна", "Anna")
def _first_name(context: LetterContext) -> Value:
    return context.client.first_name


@placeholder("client.full_name", "клиент.полное_имя", "client", "Анна Сергеевна Иванова", "Anna Ivanova")
def _full_name(context: LetterContext) -> Value:
    return context.client.full_name or context.client.first_name


@placeholder("client.greeting", "клиент.приветствие", "client", "Анна, здравствуйте!", "Hello Anna,")
def _greeting(context: LetterContext) -> Value:
    name = (context.client.address_as or context.client.first_name).strip()
    if context.lang == "ru":
        return f"{name}, здравствуйте!" if name else "Здравствуйте!"
    return f"Hello {name}," if name else "Hello,"


@placeholder("trip.destination", "поездка.направление", "trip", "Турция", "Turkey")
def _destination(context: LetterContext) -> Value:
    forms = _forms(context)
    return forms.english if forms and context.lang == "en" else _trip(context).destination


@placeholder("trip.destination_to", "поездка.куда", "trip", "в Турцию", "to Turkey")
def _destination_to(context: LetterContext) -> Value:
    trip, forms = _trip(context), _forms(context)
    if context.lang == "en":
        name = forms.english if forms else trip.destination
        return f"to {name}" if name.strip() else None
    return trip.destination_to or (forms.to if forms else None)


@placeholder("trip.destination_in", "поездка.где", "trip", "в Турции", "in Turkey")
def _destination_in(context: LetterContext) -> Value:
    trip, forms = _trip(context), _forms(context)
    if context.lang == "en":
        return forms.english_in if forms else (f"in {trip.destination}" if trip.destination.strip() else None)
    return trip.destination_in or (forms.where if forms else None)


@placeholder("trip.departure_date", "поездка.дата_вылета", "trip", "10 июля", "10 July")
def _departure_date(context: LetterContext) -> Value:
    return day_and_month(_trip(context).departure_on, context.lang)


@placeholder("trip.return_date", "поездка.дата_возвращения", "trip", "20 июля", "20 July")
def _return_date(context: LetterContext) -> Value:
    return day_and_month(_trip(context).return_on, context.lang)


@placeholder("trip.departure_time", "поездка.время_вылета", "trip", "06:40", "06:40")
def _departure_time(context: LetterContext) -> Value:
    moment = _trip(context).departure_time
    return f"{moment:%H:%M}" if moment else None


@placeholder("trip.return_time", "поездка.время_возвращения", "trip", "14:15", "14:15")
def _return_time(context: LetterContext) -> Value:
    moment = _trip(context).return_time
    return f"{moment:%H:%M}" if moment else None


@placeholder("trip.tonight", "поездка.ночной_вылет", "trip", False, False)
def _tonight(context: LetterContext) -> Value:
    """Whether the flight leaves before 04:00: on the eve that is "tonight" (`domain.md` §1.2 rule 9)."""
    moment = _trip(context).departure_time
    return moment is not None and moment < _NIGHT_ENDS


@placeholder("trip.nights", "поездка.ночей", "trip", "10 ночей", "10 nights")
def _nights(context: LetterContext) -> Value:
    trip = _trip(context)
    nights = trip.nights
    if nights is None and trip.departure_on and trip.return_on:
        nights = (trip.return_on - trip.departure_on).days
    return nights_in_words(nights, context.lang) if nights and nights > 0 else None


@placeholder("trip.operator", "поездка.туроператор", "trip", "Библио-Глобус", "Biblio-Globus")
def _operator(context: LetterContext) -> Value:
    return _trip(context).operator


@placeholder("trip.booking_number", "поездка.номер_брони", "trip", "AB-204518", "AB-204518")
def _booking_number(context: LetterContext) -> Value:
    return _trip(context).booking_number


@placeholder("trip.companions", "поездка.попутчики", "trip", "Пётр и Маша", "Peter and Mary")
def _companions(context: LetterContext) -> Value:
    names = [name.strip() for name in _trip(context).companions if name.strip()]
    if len(names) < 2:
        return names[0] if names else None
    last = " и " if context.lang == "ru" else " and "
    return ", ".join(names[:-1]) + last + names[-1]


@placeholder("trip.month", "поездка.когда", "trip", "в июле", "in July")
def _month(context: LetterContext) -> Value:
    return in_month(_trip(context).departure_on, context.lang)


@placeholder("trip.time_ago", "поездка.как_давно", "trip", "почти год назад", "almost a year ago")
def _time_ago(context: LetterContext) -> Value:
    return time_ago(_trip(context).return_on, context.today, context.lang)


@placeholder("manager.name", "менеджер.имя", "manager", "Ольга Климова", "Olga Klimova")
def _manager_name(context: LetterContext) -> Value:
    return _manager(context).name


@placeholder("manager.phone", "менеджер.телефон", "manager", "+7 916 123-45-67", "+7 916 123-45-67")
def _manager_phone(context: LetterContext) -> Value:
    return display(_manager(context).phone or _office(context).phone)


@placeholder("manager.email", "менеджер.почта", "manager", "olga@agency.example", "olga@agency.example")
def _manager_email(context: LetterContext) -> Value:
    return _manager(context).email


@placeholder("office.name", "офис.название", "agency", "Офис на Тверской", "Tverskaya office")
def _office_name(context: LetterContext) -> Value:
    return _office(context).name


@placeholder("office.address", "офис.адрес", "agency", "Москва, Тверская, 12", "12 Tverskaya, Moscow")
def _office_address(context: LetterContext) -> Value:
    return _office(context).address


@placeholder("office.phone", "офис.телефон", "agency", "+7 495 123-45-67", "+7 495 123-45-67")
def _office_phone(context: LetterContext) -> Value:
    return display(_office(context).phone)


@placeholder("office.hours", "офис.часы", "agency", "пн–пт 10:00–19:00", "Mon–Fri 10:00–19:00")
def _office_hours(context: LetterContext) -> Value:
    return _office(context).hours


@placeholder("agency.name", "агентство.название", "agency", "Попутный ветер", "Fair Wind Travel")
def _agency_name(context: LetterContext) -> Value:
    return context.agency


# Links and reviews get their values from rooms further right, by `supply`, or ready in `given`.
def _comes_later(context: LetterContext) -> Value:
    return None


for _code, _name in (
    ("links.survey", "ссылки.анкета"),
    ("links.photos", "ссылки.фото"),
    ("links.invite", "ссылки.приглашение"),
    ("links.balance", "ссылки.баланс"),
    ("links.answer", "ссылки.ответ"),
    ("links.unsubscribe", "ссылки.отписка"),
    ("links.consent", "ссылки.согласие"),
):
    _address = f"https://agency.example/{_code[6]}/7Kd2"
    placeholder(_code, _name, "links", _address, _address)(_comes_later)

_REVIEW = "Всё было продумано до мелочей.", "Every detail was thought of."
placeholder("review.text", "отзыв.текст", "review", *_REVIEW)(_comes_later)
placeholder("review.author", "отзыв.автор", "review", "Мария К.", "Maria K.")(_comes_later)
