"""What letters about a complaint may say. Their values are given by whoever writes the letter (`actions.mailing`)."""

from webapp.letters.placeholders import LetterContext, Value, placeholder
from webapp.letters.registry import GROUPS

GROUPS["complaint"] = ("Обращение", "Complaint")


def _given(context: LetterContext) -> Value:
    return None


for _code, _name, _ru, _en in (
    ("complaint.number", "обращение.номер", "482-913", "482-913"),
    ("complaint.text", "обращение.текст", "Мы запросили у отеля объяснения и вернёмся к вам до пятницы.",
     "We have asked the hotel to explain and will come back to you by Friday."),
    ("complaint.until", "обращение.срок", "28 ноября", "28 November"),
    ("complaint.decision", "обращение.решение", "Мы согласны с вами", "We agree with you"),
    ("complaint.actions", "обращение.что_сделаем", "вернём 4 000 ₽ до 5 декабря",
     "we will return 4,000 ₽ by 5 December"),
):
    placeholder(_code, _name, "complaint", _ru, _en)(_given)
placeholder("links.complaint", "ссылки.обращение", "links", "https://agency.example/k/7Kd2",
            "https://agency.example/k/7Kd2")(_given)
