"""What a client may agree to on the own page: one box for personal data, one for each way of getting news."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.clients import consent_texts as texts
from webapp.clients.models import Client, ConsentEvent, ConsentText, consents_of
from webapp.clients.rules import CHANNELS, DATA, masked
from webapp.db import db


@dataclass(frozen=True)
class Box:
    """One thing to agree to; `since` is when the consent that is in force was given."""

    code: str
    since: datetime | None


@dataclass(frozen=True)
class Document:
    """One text, separate from all others, with its boxes."""

    text: ConsentText
    blocks: Sequence[texts.Block]
    boxes: Sequence[Box]


def documents_for(client: Client) -> list[Document]:
    """Both texts in force in the client's language, with what of them the client agreed to."""
    in_force = {code: row.since for code, row in consents_of(client.id).items() if row.marketing}
    boxes = {texts.DATA: [Box(DATA, data_since(client.id))],
             texts.NEWS: [Box(code, in_force.get(code)) for code in CHANNELS]}
    found = [(kind, texts.text_in_force(kind, client.language)) for kind in texts.KINDS]
    return [Document(text, list(texts.blocks(text.body)), boxes[kind]) for kind, text in found if text]


def data_since(client_id: int) -> datetime | None:
    """Since when the consent to keep personal data stands; None without one."""
    last = last_about_data(client_id)
    return last.at if last and last.given else None


def last_about_data(client_id: int) -> ConsentEvent | None:
    """What was said last about personal data."""
    query = select(ConsentEvent).where(ConsentEvent.client_id == client_id, ConsentEvent.channel == DATA)
    return db.session.scalars(query.order_by(ConsentEvent.id.desc()).limit(1)).first()


def reached(client: Client) -> dict[str, str]:
    """The masked address or phone that each way of getting news leads to, as far as the client has one."""
    working = [phone for phone in client.phones if phone.works]
    known = {"email": client.email.address if client.email else "",
             "sms": next((phone.e164 for phone in working if phone.is_mobile), ""),
             "call": next((phone.e164 for phone in working), "")}
    return {code: masked(address) for code, address in known.items() if address}
