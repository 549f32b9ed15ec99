"""A client's timeline, newest first: touches that happened or failed, messages of no touch, lines of other rooms."""

from collections.abc import Iterable

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from webapp.db import db
from webapp.post.models import Message
from webapp.post.rules import CODE, told
from webapp.touches.answer_rules import ended_elsewhere, letter_of
from webapp.touches.kind_words import about, step_words
from webapp.touches.models import Touch
from webapp.touches.plan_rules import CHAT_NAMES, CHATS
from webapp.touches.timeline_lines import Line, told_by_rooms
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


def timeline_of(client_id: int, limit: int = SHOWN) -> list[Line]:
    """The newest `limit` lines, those of other rooms among them."""
    lines = [*_touch_lines(client_id, limit), *_message_lines(client_id, limit), *told_by_rooms(client_id, limit)]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def channel_word(channel: str) -> str:
    """«Звонок», «Письмо» …"""
    return {"call": _("Phone call"), "visit": _("Visit"), "email": _("Letter"), "sms": _("SMS"), "chat": _("Chat"),
            "gift": _("Gift"), "task": _("Task"), **CHAT_NAMES}.get(channel, channel)


def about_words(touch: Touch) -> str:
    """What the step is about, where that is no trip; its occasion should be loaded."""
    occasion = touch.occasion
    told = about(occasion.kind, touch.client_id, occasion.anchors, occasion.facts) if occasion else None
    return told.words if told else ""


def step_title(touch: Touch) -> str:
    """The step's name in the page's language, or the channel of a contact without a step."""
    if touch.step is None:
        word = channel_word(touch.channel)
        is_answer = letter_of(touch.step_code) is not None and touch.direction != "in"
        if is_answer or step_words(touch.step_code) is not None:
            return follow_up_name(touch.step_code)
        return _("%(channel)s from the client", channel=word) if touch.direction == "in" else word
    locale = get_locale()
    names = [touch.step.name_en, touch.step.name_ru]
    return next(filter(None, names if locale is not None and locale.language == "en" else reversed(names)), "")


def _touch_lines(client_id: int, limit: int) -> Iterable[Line]:
    query = (select(Touch).where(Touch.client_id == client_id, Touch.done_at.is_not(None)
                                 | Touch.status.in_(("failed", "missed", "unknown")),
                                 # Their room tells of these, with a link; their notes are words of the client.
                                 *(~Touch.step_code.startswith(f"{kind}:") for kind in sorted(ended_elsewhere())))
             .options(joinedload(Touch.step), joinedload(Touch.occasion)).order_by(Touch.id.desc()).limit(limit))
    for touch in db.session.scalars(query):
        said = outcome_name(touch.outcome) if touch.outcome else (
            letter_reason if touch.channel == "email" else reason)(touch.reason)
        yield Line(touch.done_at or touch.send_at or touch.created_at, ICONS.get(touch.channel, "note"),
                   step_title(touch), STATES[touch.status], said, touch.note,
                   "" if touch.done_by == "post" else touch.done_by, touch.direction != "in",
                   letter_of(touch.step_code) if touch.direction == "in" else None, about_words(touch))


def _message_lines(client_id: int, limit: int) -> Iterable[Line]:
    query = (select(Message).where(Message.client_id == client_id, Message.state.in_(tuple(_MESSAGE)),
                                   ~exists().where(Touch.message_id == Message.id))
             .order_by(Message.id.desc()).limit(limit))
    for message in db.session.scalars(query):
        status, said = _MESSAGE[message.state], told(message.klass, message.text)
        yield Line(message.sent_at or message.ended_at or message.created_at, ICONS.get(message.channel, "mail"),
                   message.subject or _message_title(message), STATES[status],
                   reason(status) if status != "done" else "", "" if message.subject else said[:200])


def _message_title(message: Message) -> str:
    return _("A code to look at the points") if message.klass == CODE else channel_word(message.channel)
