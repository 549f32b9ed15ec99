"""The levels that come with the product. They promise nothing that costs an agency money: it adds that itself.

Privileges add up: a level gives all that the ones below give, and its own.
"""

from dataclasses import dataclass

from webapp.club.level_rules import Grade


@dataclass(frozen=True)
class Gives:
    """A privilege in both languages; `worth` says how much clients value it: A, B or C."""

    ru: str
    en: str
    worth: str


@dataclass(frozen=True)
class Starter:
    """A level with its names and privileges."""

    grade: Grade
    name_ru: str
    name_en: str
    gives: tuple[Gives, ...]


STARTER_LEVELS: tuple[Starter, ...] = (
    Starter(Grade("C", 1, rate_bp=100), "Гость", "Guest", (
        Gives("Подарок по возвращении: он ждёт вас в офисе", "A gift when you are back: it waits for you in the office",
              "B"),
        Gives("Ваш менеджер на связи, пока вы в пути", "Your manager is there for you while you travel", "C"),
    )),
    Starter(Grade("B", 2, 3, 250_000_00, rate_bp=200), "Друг", "Friend", (
        Gives("Ранний доступ к чартерам и раннему бронированию", "First to hear of charters and early booking", "A"),
        Gives("Зарегистрируем вас на рейс и выберем места рядом", "We check you in and choose seats side by side", "B"),
        Gives("Поздравление и подарок ко дню рождения", "A present for your birthday", "C"),
    )),
    Starter(Grade("A", 3, 6, 700_000_00, rate_bp=300), "Попутчик на всю жизнь", "Companion for life", (
        Gives("Личный менеджер, который помнит, что вы любите", "A manager of your own who remembers what you like",
              "A"),
        Gives("Приглашения на встречи клуба – вам и вашему другу", "Invitations to club meetings, for you and a friend",
              "B"),
        Gives("Альбом с фотографиями вашей поездки", "An album with photos of your trip", "B"),
    )),
)
