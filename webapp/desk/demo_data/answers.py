"""Letters that come to the demo: answers of clients, one that came back, one of a stranger; as bytes, as always."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import select

from webapp.db import db
from webapp.desk.demo_data import agency
from webapp.post.actions.taking import Place, take
from webapp.post.incoming_rules import read_letter
from webapp.post.models import Message
from webapp.staff.models import Office
from webapp.touches.actions.answering import take_answers
from webapp.touches.models import Touch
from webapp.trips.models import Trip

BOX = f"pisma@{agency.DOMAIN}"


@dataclass(frozen=True)
class Answer:
    """What a client writes `day` days from today (negative) about the trip `number`, at an hour of the day."""

    day: int
    text: str
    hour: int = 12


# What comes on the day itself has not been answered yet.
ANSWERS = (
    Answer(-4, "Спасибо за тёплое письмо! Уже считаем дни до отпуска."),
    Answer(-2, "Здравствуйте! Подскажите, можно взять детскую коляску в самолёт, или её сдают в багаж?"),
    Answer(0, "Добрый день. А трансфер в отеле встречает с табличкой? И сколько ехать?", 8),
)
STRANGER = Answer(-1, "Здравствуйте! Подруга хвалила вас после поездки в Стамбул. Сколько стоит неделя в мае?", 17)
_REPORT = """This is the mail system at host mail.{domain}.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<{to}>: host mx.example.com said: 550 5.1.1 <{to}>: Recipient
    address rejected: User unknown (in reply to RCPT TO command)
"""


def last_letters(office: Office, before: datetime) -> list[Message]:
    """The letters about trips last sent to clients of the office, one for each client, newest first."""
    rows = db.session.scalars(
        select(Message).join(Touch, Touch.message_id == Message.id).join(Trip, Trip.occasion_id == Touch.occasion_id)
        .where(Message.office_id == office.id, Message.channel == "email", Message.state == "sent",
               Message.sent_at < before, Trip.cancelled_at.is_(None))
        .order_by(Message.sent_at.desc(), Message.id.desc()).limit(200)).all()
    found: dict[int | None, Message] = {}
    for row in rows:
        found.setdefault(row.client_id, row)
    return list(found.values())


def answer(message: Message, text: str, office: Office, at: datetime) -> None:
    """The client answers this letter."""
    mail = _mail(f"{message.to_name} <{message.address}>", f"Re: {message.subject}", at)
    mail["In-Reply-To"] = message.message_id
    mail.set_content(f"{text}\n\n{at:%d.%m.%Y}, {agency.AGENCY} <{BOX}>:\n> {message.text[:200].splitlines()[0]}\n")
    _come(mail, office, at)


def come_back(message: Message, office: Office, at: datetime) -> None:
    """The letter comes back: there is nobody of this name."""
    mail = _mail(f"MAILER-DAEMON@{agency.DOMAIN}", "Undelivered Mail Returned to Sender", at)
    mail.set_content(_REPORT.format(domain=agency.DOMAIN, to=message.address)
                     + f"\nMessage-ID: {message.message_id}\nTo: {message.address}\n")
    mail["Return-Path"] = "<>"
    _come(mail, office, at)


def stranger(office: Office, at: datetime) -> None:
    """Somebody whom nobody knows asks about a trip."""
    mail = _mail(f"Валерия <valeria.nova@{agency.DOMAIN}>", "Хотим в Стамбул", at)
    mail.set_content(STRANGER.text)
    _come(mail, office, at)


def _mail(sender: str, subject: str, at: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, BOX, subject, format_datetime(at)
    mail["Message-ID"] = f"<{zlib.crc32(f'{sender}{subject}{at}'.encode()):08x}@{agency.DOMAIN}>"
    return mail


def _come(mail: EmailMessage, office: Office, at: datetime) -> None:
    number = zlib.crc32(str(mail["Message-ID"]).encode())
    take(read_letter(mail.as_bytes()), Place("demo", BOX, 1, number, at, office.id), now=at)
    take_answers(now=at)
