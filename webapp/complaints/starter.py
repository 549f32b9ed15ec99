"""What a new agency begins with: a procedure for each type of complaint, and the list of root causes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shipped:
    """One procedure in both languages: its name, what the client is told, the usual remedy."""

    code: str
    name_ru: str
    name_en: str
    text_ru: str
    text_en: str
    remedy_ru: str
    remedy_en: str


PROCEDURES: tuple[Shipped, ...] = (
    Shipped(
        "apology", "Разобраться и извиниться", "Look into it and apologise",
        "Мы получили ваше обращение и уже разбираемся. Поговорим со всеми, кто занимался вашей поездкой, "
        "и в течение {{ срок.решение }} расскажем, что произошло и что мы сделаем. Если понадобится что-то уточнить, "
        "позвоним сами.",
        "We have your message and are looking into it. We will speak with everybody who worked on your trip and tell "
        "you within {{ term.decision }} what happened and what we will do. If we need to ask anything, we will call.",
        "Личные извинения руководителя и звонок через неделю: всё ли теперь в порядке.",
        "A personal apology by the director, and a call a week later to hear whether all is well now."),
    Shipped(
        "refund", "Вернуть деньги", "Refund",
        "Мы проверим договор и расчёты по вашей поездке и в течение {{ срок.решение }} ответим, какую сумму вернём "
        "и когда. По закону на такое решение отводится {{ срок.закон }}, мы постараемся раньше. Пришлите, "
        "пожалуйста, чеки и документы, если они у вас есть: прямо на странице обращения.",
        "We will check the contract and the payments for your trip and tell you within {{ term.decision }} which sum "
        "we return and when. The law gives {{ term.law }} for that, we try to be faster. If you have "
        "receipts or papers, please add them on the page of your complaint.",
        "Возврат подтверждённой суммы на карту клиента в течение {{ срок.закон }}.",
        "The confirmed sum goes back to the client's card within {{ term.law }}."),
    Shipped(
        "repeat", "Оказать услугу заново", "Do it again",
        "Мы выясним, какая услуга не была оказана как обещано, и в течение {{ срок.решение }} предложим, как исправить "
        "это за наш счёт.",
        "We will find out which service was not what we promised, and offer within {{ term.decision }} how to put it "
        "right at our expense.",
        "Услуга оказывается ещё раз бесплатно или заменяется равной.",
        "The service is given again free of charge, or replaced by one of the same worth."),
    Shipped(
        "bonus", "Компенсировать бонусами", "Compensation in points",
        "Мы разберём ваше обращение и в течение {{ срок.решение }} сообщим решение. Если неудобство случилось по нашей "
        "вине, мы начислим на вашу карту бонусы: ими можно оплатить часть следующей поездки.",
        "We will look into your complaint and tell you our decision within {{ term.decision }}. If the trouble was our "
        "fault, we will credit points to your card: they pay a part of your next trip.",
        "От 500 до 5 000 бонусов по тяжести случая.", "500 to 5,000 points, as the case is grave."),
    Shipped(
        "operator", "Претензия туроператору", "Claim to the tour operator",
        "За качество самого тура отвечает туроператор, а мы поможем вам на каждом шаге. Претензию нужно подать "
        "в течение {{ срок.претензия }} после окончания поездки. Мы подготовим её текст, вы проверите и подпишете, "
        "мы передадим туроператору. Он обязан ответить в течение {{ срок.туроператор }}.",
        "The tour operator answers for the quality of the tour itself, and we will help you at every step. A claim "
        "must be filed within {{ term.claim }} after the end of the trip. We will prepare its text, you check and sign "
        "it, we pass it to the operator, who must answer within {{ term.operator }}.",
        "Претензия подготовлена и передана туроператору, ответ на контроле.",
        "The claim is prepared and passed to the operator, and we follow up the answer."),
)

CAUSES: tuple[tuple[str, str, str], ...] = (
    ("promise", "Обещали больше, чем было", "Promised more than there was"),
    ("information", "Не рассказали о важном", "Something important was not told"),
    ("documents", "Ошибка в документах", "A mistake in the documents"),
    ("booking", "Ошибка в бронировании", "A mistake in the booking"),
    ("payment", "Расчёты и возвраты", "Payments and refunds"),
    ("attention", "Долго не отвечали, забыли позвонить", "Slow answers, a forgotten call"),
    ("manner", "Тон и отношение", "Tone and manner"),
    ("hotel", "Отель не соответствует описанию", "The hotel is not as described"),
    ("flight", "Перелёт и трансфер", "Flight and transfer"),
    ("guide", "Встреча, гиды, экскурсии", "Reception, guides, excursions"),
    ("outside", "Обстоятельства вне нас", "Circumstances beyond us"),
)
"""Code, Russian and English name, in the order of the list."""
