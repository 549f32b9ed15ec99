"""The claim to the tour operator as such letters are written: addressee, facts, demand, enclosures, signature.

It is always Russian: operators answer by Russian law, whatever language the client reads.
"""

import re
from datetime import date

from webapp.complaints.claim_rules import BLANK, LABELS, SIGNATURE
from webapp.complaints.clock_rules import Terms, file_by
from webapp.complaints.models import Complaint, ComplaintFile
from webapp.complaints.questions import own_words_of, terms_for
from webapp.kit import phones
from webapp.kit.money import display
from webapp.letters.store import agency_name

_SCORE = re.compile(r"\A(?:Оценка в анкете: \d+ из 10|Score in the survey: \d+ of 10)\.\s*")
"""How the story of a complaint out of a survey begins: a figure of the house, nothing to tell an operator."""


def claim_text(row: Complaint, files: list[ComplaintFile], today: date, operator: str = "") -> str:
    """The whole letter, from what the complaint knows; gaps are lines to write on. `operator` is whom it is for, where
    that is known better than the complaint knows it."""
    client, trip, terms = row.client, row.trip, terms_for(row.procedure)
    name = row.contact_name or client.full_name
    phone = row.contact_phone or (client.phone.e164 if client.phone else "")
    email = row.contact_email or (client.email.address if client.email else "")
    reach = ", ".join(filter(None, (phones.display(phone) if phone else "", email))) or BLANK
    head = [f"{LABELS['operator']} {operator or row.operator or (trip.operator if trip else '') or BLANK}",
            f"От туриста: {name}", f"{LABELS['address']} {', '.join(filter(None, (client.city, BLANK)))}",
            f"{LABELS['reach']} {reach}"]
    is_late = trip is not None and today > file_by(trip.return_on, terms)
    return "\n\n".join(("\n".join(head), "ПРЕТЕНЗИЯ\nо качестве туристского продукта", _contract(row),
                        *_story(row), _demand(row), _law(terms, is_late=is_late), _enclosures(files),
                        f"Дата: {_day(today)}\n\n{LABELS[SIGNATURE]} {BLANK} / {name} /"))


def _contract(row: Complaint) -> str:
    trip = row.trip
    agent = agency_name(row.office)
    if trip is None:
        return (f"Между мной и туроператором через турагента ({agent}) заключён договор о реализации "
                f"{LABELS['contract']} {BLANK} от {BLANK}.")
    price = f" Стоимость туристского продукта составила {display(trip.price_kopecks)}." if trip.price_kopecks else ""
    return (f"{_day(trip.purchase_on)} через турагента ({agent}) мной приобретён {LABELS['place']} "
            f"{trip.destination or BLANK}, поездка с {_day(trip.departure_on)} по {_day(trip.return_on)}, "
            f"{LABELS['booking']} {trip.booking_number or BLANK}.{price}")


def _story(row: Complaint) -> tuple[str, ...]:
    """What the client has written, else what staff wrote down; never what was found out in the house."""
    said = (own_words_of(row) or _SCORE.sub("", row.story)).strip()
    # What came by the form ends with the wish, which has its own place below.
    said = said.removesuffix(f"\n\n{row.wants.strip()}").strip()
    return (f"Во время поездки произошло следующее.\n{said}",) if said else ()


def _demand(row: Complaint) -> str:
    wish = row.wants.strip().rstrip(".") or BLANK
    return ("На основании статей 9 и 10 Федерального закона «Об основах туристской деятельности "
            "в Российской Федерации» и статьи 29 Закона РФ «О защите прав потребителей» "
            f"{LABELS['demand']}\n{wish[:1].upper()}{wish[1:]}.")


def _law(terms: Terms, *, is_late: bool) -> str:
    """Nobody writes to the operator that the own claim is late."""
    until = "" if is_late else f"предъявляется в течение {_days(terms.file_days)} после окончания поездки и "
    return (f"Претензия к качеству туристского продукта {until}рассматривается в течение {_days(terms.operator_days)} "
            "с даты её получения. О решении прошу сообщить письменно. При отказе или отсутствии ответа в этот срок "
            "буду вынужден(а) обратиться в Роспотребнадзор и в суд.")


def _days(number: int) -> str:
    """«20 дней», «21 дня», as after «в течение»."""
    return f"{number} {'дня' if number % 10 == 1 and number % 100 != 11 else 'дней'}"


def _enclosures(files: list[ComplaintFile]) -> str:
    listed = ["копия договора о реализации туристского продукта", "копии документов об оплате",
              *(file.name for file in files)]
    return "Приложения:\n" + "\n".join(f"{number}. {name}" for number, name in enumerate(listed, 1))


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")
