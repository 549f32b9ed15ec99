"""The claim to the tour operator as such letters are written: addressee, facts, demand, enclosures, signature.

It is always Russian: operators answer by Russian law, whatever language the client reads.
"""

from datetime import date

from webapp.complaints.models import Complaint, ComplaintFile
from webapp.kit.money import display

BLANK = "____________________"


def claim_text(row: Complaint, files: list[ComplaintFile], today: date) -> str:
    """The whole letter, from what the complaint knows; gaps are lines to write on."""
    client, trip = row.client, row.trip
    name = row.contact_name or client.full_name
    phone = row.contact_phone or (client.phone.e164 if client.phone else "")
    email = row.contact_email or (client.email.address if client.email else "")
    reach = ", ".join(filter(None, (phone, email))) or BLANK
    head = [f"Туроператору: {row.operator or (trip.operator if trip else '') or BLANK}",
            f"От туриста: {name}", f"Адрес: {BLANK}", f"Телефон, e-mail: {reach}"]
    return "\n\n".join(("\n".join(head), "ПРЕТЕНЗИЯ\nо качестве туристского продукта", _contract(row),
                        *_story(row), _demand(row), _law(), _enclosures(row, files),
                        f"Дата: {_day(today)}\n\nПодпись: {BLANK} / {name} /"))


def _contract(row: Complaint) -> str:
    trip = row.trip
    if trip is None:
        return (f"Между мной и туроператором через турагента {row.office.name} заключён договор о реализации "
                f"туристского продукта № {BLANK} от {BLANK}.")
    price = f" Стоимость туристского продукта составила {display(trip.price_kopecks)}." if trip.price_kopecks else ""
    return (f"{_day(trip.purchase_on)} через турагента ({row.office.name}) мной приобретён туристский продукт: "
            f"{trip.destination or BLANK}, поездка с {_day(trip.departure_on)} по {_day(trip.return_on)}, "
            f"номер бронирования (договора): {trip.booking_number or BLANK}.{price}")


def _story(row: Complaint) -> tuple[str, ...]:
    said = f"Во время поездки произошло следующее.\n{row.story.strip()}" if row.story.strip() else ""
    found = f"Обстоятельства подтверждаются: {row.facts.strip()}" if row.facts.strip() else ""
    return tuple(filter(None, (said, found)))


def _demand(row: Complaint) -> str:
    wish = row.wants.strip().rstrip(".") or BLANK
    return ("На основании статей 9 и 10 Федерального закона «Об основах туристской деятельности "
            "в Российской Федерации» и статьи 29 Закона РФ «О защите прав потребителей» прошу:\n"
            f"{wish[:1].upper()}{wish[1:]}.")


def _law() -> str:
    return ("Претензия к качеству туристского продукта предъявляется в течение 20 дней после окончания поездки и "
            "рассматривается в течение 10 дней с даты её получения. О решении прошу сообщить письменно. При отказе или "
            "отсутствии ответа в этот срок буду вынужден(а) обратиться в Роспотребнадзор и в суд.")


def _enclosures(row: Complaint, files: list[ComplaintFile]) -> str:
    listed = ["копия договора о реализации туристского продукта", "копии документов об оплате",
              *(file.name for file in files)]
    return "Приложения:\n" + "\n".join(f"{number}. {name}" for number, name in enumerate(listed, 1))


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")
