"""The plan that is shipped: fifteen steps around a trip, their names and outcomes (`domain.md` §1.1)."""

from dataclasses import dataclass
from datetime import time

from webapp.touches.plan_rules import Step, Truth

MORNING = time(10)
NOON = time(12)
EVE_OF_DEPARTURE = Truth(-1, anchor="departure")
OWN_DAY = Truth(0)

STARTER_PLAN: tuple[Step, ...] = (
    Step(
        "thank_you", "email", "purchase", 0,
        truth=Truth(2), klass="service", series="before", column="before",
    ),
    Step(
        "service_call", "call", "purchase", 1,
        before="departure", performer="not_seller", active=False, column="service_call",
    ),
    Step(
        "packing", "email", "purchase", 2, MORNING,
        before="departure", truth=EVE_OF_DEPARTURE, klass="service", series="before", column="before",
    ),
    Step(
        "challenge", "email", "departure", -3, MORNING,
        before="departure", truth=EVE_OF_DEPARTURE, klass="marketing", series="before", column="before",
    ),
    Step(
        "fly_tomorrow", "sms", "departure", -1, NOON,
        truth=OWN_DAY, klass="service", flight="departs", column="eve", or_call=True,
    ),
    Step("bon_voyage", "sms", "departure", 0, time(9), truth=OWN_DAY, klass="service", column="departure"),
    Step("settled_in", "sms", "departure", 1, NOON, truth=OWN_DAY, klass="service", column="departure"),
    Step(
        "welcome_back_sms", "sms", "return", 0, time(18),
        truth=Truth(1, NOON), klass="service", flight="lands", column="return",
    ),
    Step(
        "welcome_home", "email", "return", 1, MORNING,
        truth=Truth(3), klass="service", series="after", column="after",
    ),
    Step("call_back", "call", "return", 2, performer="seller", needs_outcome=True, column="call"),
    Step(
        "loyalty", "email", "return", 3, MORNING,
        truth=Truth(7), klass="marketing", series="after", column="after",
    ),
    Step(
        "testimonial", "email", "return", 5, MORNING,
        truth=Truth(7), klass="marketing", series="after", column="after",
    ),
    Step(
        "tell_friends", "email", "return", 7, MORNING,
        truth=Truth(7), klass="marketing", series="after", column="after",
    ),
    Step("visit", "visit", "return", 9, performer="seller", column="visit"),
    Step(
        "year_ago", "email", "return", 330, MORNING,
        truth=Truth(7), klass="marketing", active=False, column="year_ago",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Name:
    """The same name in both languages of the product."""

    en: str
    ru: str


NAMES: dict[str, Name] = {
    "thank_you": Name("Thank-you letter", "Письмо «Спасибо за покупку»"),
    "service_call": Name("Service call before the trip", "Звонок о качестве до поездки"),
    "packing": Name("Packing tips", "Письмо «Собираем чемодан»"),
    "challenge": Name("Photo challenge", "Письмо о фотоконкурсе"),
    "fly_tomorrow": Name("Reminder: you fly tomorrow", "SMS «Завтра вылет»"),
    "bon_voyage": Name("Bon voyage", "SMS «Счастливого пути»"),
    "settled_in": Name("Have you settled in?", "SMS «Как устроились?»"),
    "welcome_back_sms": Name("Welcome back", "SMS «С возвращением»"),
    "welcome_home": Name("Welcome home, with a survey", "Письмо «С возвращением» с опросом"),
    "call_back": Name("Call after the trip", "Звонок после поездки"),
    "loyalty": Name("Loyalty programme", "Письмо о бонусной программе"),
    "testimonial": Name("Another client's story", "Письмо с отзывом другого туриста"),
    "tell_friends": Name("Tell your friends", "Письмо «Расскажите друзьям»"),
    "visit": Name("Meeting in the office", "Встреча в офисе"),
    "year_ago": Name("A year ago", "Письмо «Год назад вы были…»"),
}

SHORT_NAMES: dict[str, Name] = {
    "thank_you": Name("Thanks", "Спасибо"),
    "service_call": Name("Service call", "Всё ли в порядке"),
    "packing": Name("Packing", "Чемодан"),
    "challenge": Name("Challenge", "Фотоконкурс"),
    "fly_tomorrow": Name("Fly tomorrow", "Завтра вылет"),
    "bon_voyage": Name("Bon voyage", "В добрый путь"),
    "settled_in": Name("Settled in", "Как устроились"),
    "welcome_back_sms": Name("Welcome back", "С приездом"),
    "welcome_home": Name("Survey", "Опрос"),
    "call_back": Name("Call", "Звонок"),
    "loyalty": Name("Loyalty", "Бонусы"),
    "testimonial": Name("Story", "Отзыв"),
    "tell_friends": Name("Friends", "Друзьям"),
    "visit": Name("Visit", "Визит"),
    "year_ago": Name("A year ago", "Год назад"),
}

COLUMNS: dict[str, Name] = {
    "before": Name("Letters before", "Письма до"),
    "service_call": Name("Service call", "Звонок до"),
    "eve": Name("Eve", "Накануне"),
    "departure": Name("Departure", "Вылет"),
    "return": Name("Return", "Возврат"),
    "after": Name("Letters after", "Письма после"),
    "call": Name("Call", "Звонок"),
    "visit": Name("Visit", "Визит"),
    "year_ago": Name("A year later", "Через год"),
}


@dataclass(frozen=True)
class Outcome:
    """How a call or visit may end: its name, what must be asked with it, the effect it causes."""

    code: str
    name: Name
    effect: str
    asks: tuple[str, ...] = ()


OUTCOMES: dict[str, Outcome] = {
    outcome.code: outcome
    for outcome in (
        Outcome("come", Name("Will come", "Придёт"), "move_visit", ("date",)),
        Outcome("no", Name("Won't come", "Не придёт"), "close_visit"),
        Outcome("no_answer", Name("No answer", "Не отвечает"), "try_again"),
        Outcome("complains", Name("Complains", "Жалуется"), "open_complaint", ("note",)),
        Outcome("plans_trip", Name("Plans a trip", "Планирует поездку"), "plan_trip", ("month",)),
        Outcome("recommends", Name("Recommends", "Рекомендует"), "add_lead", ("name", "phone")),
        # Of plans around other occasions than a trip.
        Outcome("told", Name("Told", "Предупредили"), "nothing"),
        Outcome("given", Name("Handed over", "Вручили"), "nothing"),
    )
}


def add_outcome(outcome: Outcome) -> None:
    """A room on the right adds a way in which its steps may end. ValueError for a code that is taken."""
    if outcome.code in OUTCOMES:
        raise ValueError(outcome.code)
    OUTCOMES[outcome.code] = outcome


STEP_OUTCOMES: dict[str, tuple[str, ...]] = {
    "service_call": ("no_answer", "complains", "plans_trip", "recommends"),
    "call_back": ("come", "no", "no_answer", "complains", "plans_trip", "recommends"),
    "visit": ("come", "no", "complains", "plans_trip", "recommends"),
}
