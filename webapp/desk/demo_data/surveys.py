"""What clients of the demo say about their trips, and what becomes of the reviews they let others read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from webapp.clients.actions import make_link
from webapp.clients.links import find_link
from webapp.db import db
from webapp.desk.demo_data import sales
from webapp.desk.demo_data.sales import Sale
from webapp.desk.demo_data.working import Work
from webapp.kit.days import moment, zone
from webapp.staff.audit import actor_of
from webapp.staff.models import Office
from webapp.staff.rules import Actor
from webapp.surveys.actions import moderating
from webapp.surveys.actions.answering import answer
from webapp.surveys.links import SURVEY, source_of
from webapp.surveys.review_list import found_in, review_of
from webapp.surveys.rules import BY_NAME, PARTLY, RIGHT, Answers
from webapp.trips.models import Trip

Diary = Callable[[date, time, Callable[[datetime], object]], None]
EVENING, NOON, OPENING = time(19, 40), time(12, 35), time(9, 35)
CONSENT = "Можно показать написанное другим: на вашей странице отзывов и в письмах"
SHOW, WAIT, HIDE = "show", "wait", "hide"


@dataclass(frozen=True)
class Said:
    """What somebody answered; `fate` of the review (with its signature), and our answer below it."""

    score: int
    manager: int | None = None
    agency: int | None = None
    text: str = ""
    fate: str = ""
    sign: str = BY_NAME
    reply: str = ""
    documents: str = RIGHT
    call: bool = False
    video: str = ""

    @property
    def answers(self) -> Answers:
        """The same as the page of the survey hands it over."""
        return Answers(self.score, self.manager, self.agency, self.documents, self.text, self.video,
                       bool(self.fate), self.sign, self.call)


NEW = (
    Said(10, 5, 5, "Всё было продумано до мелочей: трансфер ждал, номер с видом на море, на третий день позвонили "
         "узнать, как устроились. Такого внимания не ожидали.", SHOW,
         reply="Спасибо! Ждём рассказа о следующей поездке."),
    Said(9, 5, 4, "Отель тихий, до пляжа пять минут. Экскурсии советуем брать заранее, на месте дороже.", SHOW),
    Said(8, 4, 4, "Хорошо отдохнули, но вылет задержали на четыре часа."),
    Said(10, 5, 5, "Летели впервые с маленьким ребёнком и очень боялись. Менеджер подсказала всё: от места в самолёте "
         "до детского стула в ресторане.", SHOW, video="https://video.example/more-i-my"),
    Said(7, 4, 3, "Номер дали не тот, что на фото. Поменяли на следующий день.", SHOW, sign="anonymous",
         documents=PARTLY, reply="Вы правы, мы разобрались с отелем и впредь просим подтверждать вид из окна "
         "письменно. Спасибо, что сказали прямо."),
    Said(9, 5, 5, "Гид Азиз – лучший, звоните ему сами: +998 90 123-45-67.", WAIT),
    Said(10, 5, 5, "Уже третья поездка с вами и снова отлично!", WAIT, sign="anonymous"),
    Said(8, 5, 4, "Можно перезвонить насчёт тура на майские?", call=True),
    Said(10, 5, 4, "Лучший отпуск за десять лет.", SHOW),
    Said(9, 4, 5),
    Said(10, 5, 5, "Шьём купальники на заказ, подписывайтесь на нашу страницу!", HIDE),
    Said(4, 2, 3, "Трансфер не приехал, два часа ждали в аэропорту с детьми. Никто не извинился.", documents=PARTLY,
         call=True),
)
"""For trips that ended since the agency works with Snova, in the order of their return; others stay silent."""
OLD = (
    Said(9, 5, 4, "Горы, тишина и банька. Спасибо за подсказку про тёплые вещи!", SHOW),
    Said(8, 4, 4), Said(10, 5, 5, "Дети не хотели уезжать из аквапарка.", SHOW), Said(7, 3, 4),
    Said(7, 3, 3, "Отель на бумаге «четыре звезды», на деле старый корпус у дороги. Деньги за экскурсию вернули только "
         "через неделю.", SHOW, sign="anonymous", reply="Нам жаль. Этот отель мы больше не предлагаем, стоимость ночей "
         "вам вернули полностью."),
    Said(9, 5, 5, "Всё совпало с обещанным, редкость!", SHOW), Said(8, 5, 4),
    Said(10, 5, 5, "Пришла по совету подруги и не пожалела.", SHOW),
)
"""Answers of before, which the agency had kept on paper."""
ANSWERS_OF_FIVE = (0, 2, 3)


def plan(work: Work, office: Office, today: date, at: Diary) -> None:
    """Put the answers about this office's trips into the diary: `at(day, clock, deed)` is told what happens when."""
    yesterday = today - timedelta(days=1)
    over = sorted((sale for sale in sales.sales(today) if not sale.fate and sale.data.return_on < yesterday),
                  key=lambda sale: (sale.data.return_on, sale.number))
    late = [sale for sale in over if sale.data.return_on >= today - timedelta(days=11)]
    # Every manager has clients who answer and clients who do not.
    fresh = [sale for number, sale in enumerate(late) if number % 5 in ANSWERS_OF_FIVE]
    older = [sale for sale in over if sale.data.return_on < today - timedelta(days=12)][::3]
    # The last to be asked is the one who was let down: what follows is for today.
    for sale, said in [*zip(fresh[:len(NEW) - 1], NEW[:-1], strict=False), (fresh[-1], NEW[-1])]:
        if sale.office == office.code:
            day = sale.data.return_on + timedelta(days=1)
            at(day, EVENING, partial(_answer, work, sale, said, None))
            at(min(day + timedelta(days=1), today), NOON, partial(_look, work, sale, said))
    for sale, said in zip(older, OLD, strict=False):
        if sale.office == office.code:
            then = moment(sale.data.return_on + timedelta(days=2), EVENING, zone(office.timezone))
            at(today - timedelta(days=11), OPENING, partial(_answer, work, sale, said, then))
            at(today - timedelta(days=10), NOON, partial(_look, work, sale, said))


def _answer(work: Work, sale: Sale, said: Said, then: datetime | None, now: datetime) -> None:
    trip = _trip(work, sale)
    if trip is None:
        return
    at = then or now
    token = make_link(SURVEY, trip.client_id, source=source_of(trip.id), now=at)
    link = find_link(SURVEY, token, now=at)
    if link is not None:
        answer(link, said.answers, consent=CONSENT, now=at)


def _look(work: Work, sale: Sale, said: Said, now: datetime) -> None:
    """Customer service looks at the review: shows it, answers, or hides it with a reason."""
    trip, actor = _trip(work, sale), _service(work)
    row = review_of(trip.id) if trip else None
    if row is None or said.fate == WAIT:
        return
    if said.fate == HIDE:
        moderating.hide(row.id, reason="advert", words="Реклама ателье, о поездке ни слова", turn=row.turn, actor=actor,
                        now=now)
        return
    pieces = [finding.words for finding in found_in(row) if finding.must]
    moderating.mask(row.id, pieces, turn=row.turn, actor=actor, now=now)
    moderating.publish(row.id, turn=row.turn, actor=actor, now=now)
    if said.reply:
        moderating.reply(row.id, said.reply, actor=actor, now=now)


def _trip(work: Work, sale: Sale) -> Trip | None:
    number = work.trips.get(sale.number)
    trip = db.session.get(Trip, number) if number else None
    return trip if trip is not None and trip.cancelled_at is None else None


def _service(work: Work) -> Actor:
    return actor_of(work.agency.staff["irina"])
