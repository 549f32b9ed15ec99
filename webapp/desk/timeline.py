"""A client's timeline: touches that happened or failed, and messages that belong to no touch, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from webapp.db import db
from webapp.post.models import Message
from webapp.touches.answer_rules import letter_of
from webapp.touches.models import Touch
from webapp.touches.plan_rules import CHAT_NAMES, CHATS
from webapp.trips.board_columns import follow_up_name
from webapp.trips.step_words import letter_reason, outcome_name, reason

PERSONAL = ("call", "visit", "chat", *CHATS, "email", "sms")
SHOWN = 60
ICONS = {"call": "phone", "visit": "visit", "email": "mail", "sms": "sms", "chat": "message", "gift": "gift",
         "task": "clipboard", **dict.fromkeys(CHATS, "message")}
STATES = {"done": "done", "failed": "broken", "missed": "over", "unknown": "broken", "skipped": "skip",
          "cancelled": "skip", "queued": "wait", "planned": "wait", "dropped": "skip"}
# What happened to a message that has no touch of its own.
_MESSAGE = {"sent": "done", "delivered": "done", "bounced": "failed", "complained": "failed", "failed": "failed",
            "unknown": "unknown", "missed": "missed", "dead": "failed", "cancelled": "cancelled"}


@dataclass(frozen=True)
class Line:
    """One thing that happened: `at` is a UTC moment, `state` a kind of state, `ours` False for what the client did."""

    at: datetime
    icon: str
    title: str
    state: str
    result: str = ""
    note: str = ""
    by: str = ""
    ours: bool = True
    letter_id: int | None = None


def timeline_of(client_id: int, limit: int = SHOWN) -> list[Line]:
    """The newest `limit` lines."""
    lines = [*_touch_lines(client_id, limit), *_message_lines(client_id, limit)]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def channel_word(channel: str) -> str:
    """«Звонок», «Письмо» …"""
    return {"call": _("Phone call"), "visit": _("Visit"), "email": _("Letter"), "sms": _("SMS"), "chat": _("Chat"),
            "gift": _("Gift"), "task": _("Task"), **CHAT_NAMES}.get(channel, channel)


def step_title(touch: Touch) -> str:
    """The step's name in the page's language, or the channel of a contact without a step."""
    if touch.step is None:
        word = channel_word(touch.channel)
        if letter_of(touch.step_code) is not None and touch.direction != "in":
            return follow_up_name(touch.step_code)
        return _("%(channel)s from the client", channel=word) if touch.direction == "in" else word
    locale = get_locale()
    names = [touch.step.name_en, touch.step.name_ru]
    return next(filter(None, names if locale is not None and locale.language == "en" else reversed(names)), "")


def _touch_lines(client_id: int, limit: int) -> Iterable[Line]:
    query = (select(Touch).where(Touch.client_id == client_id, Touch.done_at.is_not(None)
                                 | Touch.status.in_(("failed", "missed", "unknown")))
             .options(joinedload(Touch.step)).order_by(Touch.id.desc()).limit(limit))
    for touch in db.session.scalars(query):
        said = outcome_name(touch.outcome) if touch.outcome else (
            letter_reason if touch.channel == "email" else reason)(touch.reason)
        yield Line(touch.done_at or touch.send_at or touch.created_at, ICONS.get(touch.channel, "note"),
                   step_title(touch), STATES[touch.status], said, touch.note,
                   "" if touch.done_by == "post" else touch.done_by, touch.direction != "in",
                   letter_of(touch.step_code) if touch.direction == "in" else None)


def _message_lines(client_id: int, limit: int) -> Iterable[Line]:
    query = (select(Message).where(Message.client_id == client_id, Message.state.in_(tuple(_MESSAGE)),
                                   ~exists().where(Touch.message_id == Message.id))
             .order_by(Message.id.desc()).limit(limit))
    for message in db.session.scalars(query):
        status = _MESSAGE[message.state]
        yield Line(message.sent_at or message.ended_at or message.created_at, ICONS.get(message.channel, "mail"),
                   message.subject or channel_word(message.channel), STATES[status],
                   reason(status) if status != "done" else "", "" if message.subject else message.text[:200])
