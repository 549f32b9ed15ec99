"""How the people of the demo work: results of calls and visits, notes they leave, contacts outside the plan."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from webapp.kit.days import add_months
from webapp.kit.workdays import WorkingDays
from webapp.touches.models import Touch

CALLS = ("come", "come", "no", "no_answer", "come", "plans_trip", "come", "recommends", "come", "no_answer", "come",
         "no", "come")
VISITS = ("", "", "plans_trip", "", "recommends", "")
CALL_NOTES = {
    "come": ("Всё понравилось, зайдут за подарком", "Отдохнули прекрасно, просили показать зимние туры",
             "Отель хвалят, море тёплое. Придут вдвоём", "Довольны, привезут фотографии для альбома"),
    "no": ("Живут далеко, поговорили по телефону. Всё хорошо, программу рассказала",
           "Времени нет, но поездкой довольны. Карту выслать не нужно"),
    "no_answer": ("", "Сбросили, напишу вечером"),
    "plans_trip": ("Хотят ещё раз на море, детям тоже понравилось", "Думают про экскурсионный тур"),
    "recommends": ("Подруга собирается в отпуск, разрешили позвонить",),
}
VISIT_NOTES = ("Подарили альбом, посидели полчаса. Очень тепло", "Забрали подарок, взяли каталог на весну",
               "Пришли с детьми, рассказали про программу", "Оставили отзыв, фотографии пришлют")
TASK_NOTES = ("Сделано", "Позвонила, договорились созвониться через неделю", "Разобрались, клиент доволен ответом")
TOLD = "Рассказала, когда сгорят бонусы. Карту даст сестре: та собирается в Казань"
NO_HURRY = "Рассказала, до какого дня бонусы живы. В этом году никуда не собираются"
GIFT_NOTES = ("", "Очень обрадовались, фотографировались с альбомом", "")
FRIEND_NOTES = ("Собираются всей семьёй, спросила даты", "Ещё выбирают, отправлю подборку", "Приятные люди, ждут цен")
REMINDED = "Дозвонилась и напомнила о рейсе голосом"
FRIENDS = (("Лидия", "+79000007001"), ("Оксана", "+79000007002"), ("Артём", "+79000007003"), ("Жанна", "+79000007004"),
           ("Степан", "+79000007005"), ("Рита", "+79000007006"), ("Вадим", "+79000007007"), ("Нина", "+79000007008"),
           ("Эмма", "+79000007009"), ("Игорь", "+79000007010"), ("Зоя", "+79000007011"))
MEETING_TIMES = (time(12, 30), time(15, 0), time(17, 30), time(11, 0), time(18, 0))
PUT_OFF_NOTES = ("Просила перезвонить позже: на совещании", "В дороге, договорились на другой день",
                 "Болеет ребёнок, просит перенести")


@dataclass(frozen=True)
class Result:
    """How a step ended: outcome ("" for simply done), note, and what the outcome asks for."""

    outcome: str
    note: str
    answers: dict[str, Any] = field(default_factory=dict)


def result_of(touch: Touch, number: int, today: date, calendar: WorkingDays) -> Result:
    """What the person achieves with this step on `today`; `number` is the turn in this person's notebook."""
    if touch.replaces_id is not None:
        return Result("", REMINDED)
    if touch.step_code == "burn_call":
        return Result("told", TOLD)
    if touch.step_code == "call_back":
        return _call(touch, number, today, calendar)
    if touch.step_code == "visit":
        outcome = VISITS[number % len(VISITS)]
        return Result(outcome, _pick(VISIT_NOTES, number), _answers(outcome, number, today, calendar))
    if touch.channel == "gift":
        return Result("", _pick(GIFT_NOTES, number))
    return Result("", _pick(FRIEND_NOTES if touch.step_code.startswith("friend:") else TASK_NOTES, number))


def _call(touch: Touch, number: int, today: date, calendar: WorkingDays) -> Result:
    outcome = CALLS[number % len(CALLS)]
    if outcome == "no_answer" and touch.attempts:
        outcome = "come"
    return Result(outcome, _pick(CALL_NOTES[outcome], number), _answers(outcome, number, today, calendar))


def _answers(outcome: str, number: int, today: date, calendar: WorkingDays) -> dict[str, Any]:
    if outcome == "come":
        day = calendar.on_or_after(today + timedelta(days=2 + number % 5))
        return {"date": day, "time": MEETING_TIMES[number % len(MEETING_TIMES)]}
    if outcome == "plans_trip":
        return {"month": add_months(today.replace(day=1), 4 + number % 5)}
    if outcome == "recommends":
        name, phone = FRIENDS[number % len(FRIENDS)]
        return {"name": name, "phone": phone}
    return {}


def _pick(texts: tuple[str, ...], number: int) -> str:
    return texts[number % len(texts)]


@dataclass(frozen=True)
class Word:
    """A contact outside the plan, `day` days from today, with the client of trip `number`."""

    number: int
    day: int
    channel: str
    direction: str
    note: str
    next_in: int | None = None
    next_note: str = ""


WORDS = (
    Word(96, -2, "call", "in", "Спрашивала, можно ли взять детскую коляску в самолёт", 1,
         "Узнать у авиакомпании про коляску"),
    Word(100, -1, "chat", "in", "Прислала копии паспортов детей", 0, "Отправить паспорта оператору"),
    Word(104, -3, "call", "out", "Предложила страховку от невыезда, думают", 2, "Спросить, решили ли со страховкой"),
    Word(114, -1, "visit", "in", "Заходили за договором, попросили памятку по визе"),
    Word(131, -4, "email", "in", "Просит подобрать экскурсии на троих", 0, "Отправить подборку экскурсий"),
    Word(60, -1, "call", "in", "Уже в аэропорту, рейс задержали на час. Поблагодарила за SMS"),
    Word(70, -2, "chat", "in", "Прислали фото с пляжа – в альбом!"),
    Word(40, -5, "call", "in", "Спрашивала, где забрать забытые в отеле наушники", 3,
         "Проверить, ответил ли отель про наушники"),
    Word(28, -6, "email", "in", "Благодарит за тур, отзыв можно показать другим"),
    Word(134, -7, "call", "out", "Рассказала про раннее бронирование на лето"),
)
