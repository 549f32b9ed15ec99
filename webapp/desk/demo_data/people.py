"""Clients of the demo: names, phones from a fictional range, addresses at a domain that does not exist, consents."""

from dataclasses import dataclass
from datetime import date

from webapp.clients.rules import ClientFacts
from webapp.clients.sources import EXAMPLE
from webapp.desk.demo_data.agency import DOMAIN

SOURCE = EXAMPLE

WOMEN = ("Анна", "Мария", "Екатерина", "Наталья", "Светлана", "Юлия", "Татьяна", "Ирина", "Людмила", "Дарья",
         "Ксения", "Полина", "Вера", "Алина", "Надежда", "Евгения", "Галина")
MEN = ("Алексей", "Дмитрий", "Сергей", "Андрей", "Михаил", "Иван", "Николай", "Роман", "Виктор", "Егор", "Константин")
SURNAMES = ("Абрамов", "Белов", "Васильев", "Громов", "Дорохов", "Ершов", "Жданов", "Зимин", "Калинин", "Лаптев",
            "Макаров", "Никитин", "Осипов", "Панов", "Рябов", "Савельев", "Тихонов", "Уваров", "Фадеев", "Харитонов",
            "Цветков", "Чернов", "Шубин", "Щукин", "Юдин", "Яшин", "Архипов", "Блинов", "Власов", "Гусев", "Демидов",
            "Егоров", "Журавлёв", "Ильин", "Климов", "Ларин", "Медведев", "Назаров", "Орехов", "Поляков", "Русаков",
            "Субботин", "Туманов", "Филатов", "Хохлов", "Шестаков")
LATIN = str.maketrans(dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", (
    *"abvgdee", "zh", *"ziyklmnoprstufh", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"), strict=True)))
WISHES = ("Любит завтракать поздно", "Просит тихий номер подальше от аниматоров", "Всегда берёт место у окна",
          "Интересуется винными турами", "Ездит только прямыми рейсами", "Любит большие бассейны и горки для детей",
          "Не переносит длинные трансферы")
NOTES = ("Звонить после 18:00", "Удобнее писать, чем звонить", "Решение принимает вместе с мужем",
         "Спрашивает про рассрочку", "Приводит подруг – поблагодарить отдельно")


@dataclass(frozen=True)
class Person:
    """A client to be: facts, how to reach them, and whether news are welcome."""

    facts: ClientFacts
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    news: bool


def person(number: int, city: str, today: date) -> Person:
    """The `number`-th client of the demo (from 0); the same number is always the same person."""
    woman = number % 3 != 1
    first = WOMEN[number * 5 % len(WOMEN)] if woman else MEN[number * 3 % len(MEN)]
    surname = SURNAMES[number * 7 % len(SURNAMES)]
    last = surname + "а" if woman else surname
    facts = ClientFacts(
        last_name=last, first_name=first, gender="f" if woman else "m", birthday=_birthday(number, today), city=city,
        source=SOURCE, note=NOTES[number // 9 % len(NOTES)] if number % 9 == 4 else "",
        preferences=_likes(number), passport_until=_passport(number, today),
        # One family lives far from the office, so their letters come at their own hour.
        timezone="Asia/Kamchatka" if number == 33 else "")
    mail = f"{_latin(first)}.{_latin(surname)}{number if number >= len(SURNAMES) else ''}@{DOMAIN}"
    return Person(facts, _phones(number), () if number % 17 == 5 else (mail,), number % 6 != 2)


def companions(number: int, last_name: str, how_many: int) -> tuple[str, ...]:
    """Names of those who travel along with the `number`-th client."""
    stem = last_name.removesuffix("а")
    names = [f"{stem} {MEN[number % len(MEN)]}" if last_name.endswith("а") else f"{stem}а {WOMEN[number % len(WOMEN)]}",
             f"{stem}а {WOMEN[(number + 5) % len(WOMEN)]}", f"{stem} {MEN[(number + 4) % len(MEN)]}"]
    return tuple(names[:how_many])


def _phones(number: int) -> tuple[str, ...]:
    # Somebody without a mobile gets a call where others get an SMS.
    first = f"+7495000{2000 + number:04d}" if number % 29 == 11 else f"+7900000{1000 + number:04d}"
    return (first, f"+7900000{5000 + number:04d}") if number % 7 == 3 else (first,)


def _birthday(number: int, today: date) -> date | None:
    if number % 4 == 3:
        return None
    if number in (6, 40):
        return today.replace(year=1985, day=min(today.day, 28))
    return date(1958 + number * 11 % 44, 1 + number * 5 % 12, 1 + number * 13 % 28)


def _passport(number: int, today: date) -> date | None:
    return date(today.year + 1 + number % 8, 1 + number % 12, 1 + number % 28) if number % 3 == 0 else None


def _likes(number: int) -> dict[str, object]:
    if number % 3 == 2:
        return {}
    likes: dict[str, object] = {
        "rest": [("beach", "tours", "city", "spa", "active")[number % 5]],
        "hotel": ("4", "5", "5", "flat")[number % 4], "meals": ("ai", "bb", "uai", "hb")[number % 4]}
    if number % 5 == 1:
        likes["wishes"] = WISHES[number // 5 % len(WISHES)]
    return likes


def _latin(name: str) -> str:
    return name.lower().translate(LATIN)
