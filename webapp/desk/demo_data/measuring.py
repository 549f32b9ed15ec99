"""Quality in the demo: three assessments beside a neighbour, what is done about them, checks of staff."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from webapp.desk.demo_data.actions.opening import Opened
from webapp.kit.days import add_months, local_day, zone
from webapp.quality.actions.assessing import assess
from webapp.quality.actions.checking import Outcome, plan_checks, write_down
from webapp.quality.actions.improving import Measure, close, plan
from webapp.quality.models import Assessment
from webapp.quality.table_rules import LESS, MORE, Indicator
from webapp.staff.audit import actor_of

RIVAL, OTHER = "Турбюро «Чемодан»", "Сеть «Полмира»"
# Name, in what, better, weight, the neighbour's value, ours half a year ago, a quarter ago, last week.
LINES = (
    ("Минут до ответа на запрос", "минут", LESS, "0.15", ("25", "25", "20"), ("45", "35", "30")),
    ("Дней до первой подборки туров", "дней", LESS, "0.1", ("1.5", "1.5", "1.5"), ("1.5", "1", "1")),
    ("Средняя оценка в отзывах", "из 5", MORE, "0.2", ("4.6", "4.6", "4.6"), ("4.5", "4.7", "4.8")),
    ("Покупателей вернулось за год", "%", MORE, "0.2", ("31", "31", "33"), ("28", "29", "31")),
    ("Контактов после продажи, от брони до возвращения", "контактов", MORE, "0.1", ("3", "3", "4"), ("3", "8", "11")),
    ("Жалоб на 100 поездок", "жалоб", LESS, "0.15", ("2.5", "2.5", "2.5"), ("4", "3", "2.8")),
    ("Часов работы в неделю", "часов", MORE, "0.05", ("60", "60", "60"), ("45", "45", "45")),
    ("Выгода клубной карты, первый уровень", "%", MORE, "0.05", ("2", "2", "2"), ("3", "3", "3")),
)
WHEN = (183, 92, 6)
DESTINATIONS, TALK, PAPERS, SAFETY = ("Знание направлений: Турция и Египет", "Разговор с клиентом",
                                      "Документы и брони", "Безопасность за границей: что делать, если")
# Who, what, days ago, result, note, months until the next check.
CHECKS = (
    ("olga", DESTINATIONS, 120, "good", "Отели знает по своим поездкам. Поделится с Павлом.", 6),
    ("olga", TALK, 34, "good", "Спрашивает о следующей поездке в каждом звонке.", 6),
    ("pavel", DESTINATIONS, 95, "partly", "Египет – слабо. Вебинары оператора до конца месяца.", 3),
    ("pavel", PAPERS, 40, "poor", "Две брони без второго взгляда. Договорились: проверяет Ольга.", None),
    ("elena", TALK, 60, "good", "", 6),
    ("irina", SAFETY, 20, "good", "Памятку знает, телефоны под рукой.", 12),
)


def measure(agency: Opened, now: datetime) -> None:
    """What the director measured, promised and checked in the last half year."""
    director, main = agency.staff["boris"], agency.offices["main"]
    today = local_day(now, zone(main.timezone))
    actor = actor_of(director)
    for number, days in enumerate(WHEN):
        day, at = today - timedelta(days=days), now - timedelta(days=days)
        row = assess(main, RIVAL, day, _lines(number), actor=actor, today=day, now=at)
        _promise(row, number, agency, day, at)
    at = now - timedelta(days=30)
    assess(main, OTHER, today - timedelta(days=30), _lines(1, "1.1"), actor=actor, today=today, now=at)
    ural = agency.offices["ural"]
    assess(ural, RIVAL, today - timedelta(days=12), _lines(0, "1.05"), actor=actor, today=today,
           now=now - timedelta(days=12))
    _check(agency, today, now)


def _lines(number: int, times: str = "1") -> list[Indicator]:
    """The table of one of the three days; another competitor's values are so much higher."""
    return [Indicator(name, Decimal(weight), Decimal(theirs[number]) * Decimal(times), Decimal(ours[number]), better,
                      unit) for name, unit, better, weight, theirs, ours in LINES]


def _promise(row: Assessment, number: int, agency: Opened, day: date, at: datetime) -> None:
    actor = actor_of(agency.staff["boris"])
    if number == 1:
        key = Indicator(LINES[0][0], None, None, None).key
        done = plan(row, Measure(key, "Дежурный по заявкам до 19:00, шаблоны ответов", agency.staff["olga"].id,
                                 day + timedelta(days=30)), actor=actor, today=day, now=at)
        close(done.id, result="Отвечаем за полчаса вместо сорока пяти минут", actor=actor_of(agency.staff["olga"]),
              now=at + timedelta(days=26))
    if number == 2:
        for place, what, who, days in ((0, "Ответ с телефона в обед: график на месяц", "pavel", 14),
                                       (5, "Второй взгляд на каждую бронь до оплаты", "olga", 9)):
            key = Indicator(LINES[place][0], None, None, None).key
            plan(row, Measure(key, what, agency.staff[who].id, day + timedelta(days=days)), actor=actor, today=day,
                 now=at)


def _check(agency: Opened, today: date, now: datetime) -> None:
    actor = actor_of(agency.staff["boris"])
    for who, topic, days, result, note, months in CHECKS:
        day = today - timedelta(days=days)
        write_down(agency.staff[who], Outcome(topic, day, result, note, add_months(day, months) if months else None),
                   actor=actor, today=today, now=now - timedelta(days=days))
    for who, topic, days in (("pavel", PAPERS, 0), ("olga", SAFETY, 12), ("elena", SAFETY, 12)):
        plan_checks([agency.staff[who]], topic, today + timedelta(days=days), actor=actor, today=today, now=now)
