"""Steps in a chat are for people: the filled-in text to copy, and where the chat opens (`domain.md` §2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.kit.phones import display
from webapp.touches import store
from webapp.touches.models import Touch
from webapp.touches.plan_rules import CHAT_NAMES
from webapp.touches.writing import chat_text_for

# Telegram and WhatsApp document links to a number; MAX and VK know none, there one looks for the number by hand.
BY_NUMBER = {"telegram": "https://t.me/+{digits}", "whatsapp": "https://wa.me/{digits}"}
PLACES = {"max": "https://web.max.ru/", "vk": "https://vk.com/im"}


@dataclass(frozen=True)
class Chat:
    """What the panel of such a step shows. `links` are (address, number as it is read); no number, no link to it.

    `find` says that the client must be found there by the number.
    """

    name: str
    text: str
    links: Sequence[tuple[str, str]]
    find: bool
    silent: bool


def chat_of(touch: Touch, step: store.StoredStep | None, *, now: datetime) -> Chat | None:
    """The chat of a step; None for steps of other channels."""
    if touch.channel not in CHAT_NAMES:
        return None
    client, occasion = touch.client, touch.occasion
    mobiles = [phone.e164 for phone in client.phones if phone.works and phone.is_mobile]
    text = ""
    if occasion is not None and step is not None and not client.write_nothing:
        text = chat_text_for(occasion, step.letter_code or step.code, now=now)
    return Chat(CHAT_NAMES[touch.channel], text, links_to(touch.channel, mobiles),
                touch.channel in PLACES, client.write_nothing)


def links_to(channel: str, numbers: Sequence[str]) -> list[tuple[str, str]]:
    """Where the chat opens, for numbers in E.164."""
    if channel in PLACES:
        return [(PLACES[channel], "")]
    return [(BY_NUMBER[channel].format(digits=e164.lstrip("+")), display(e164)) for e164 in numbers]
