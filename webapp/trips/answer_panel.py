"""What the panel of a step shows of a client's letters, and the mail program that opens with the answer begun."""

from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import select

from webapp.db import db
from webapp.kit.phones import display
from webapp.post.incoming import letters_of
from webapp.staff.rules import Actor
from webapp.touches.answer_rules import ANSWER, letter_of
from webapp.touches.models import Touch


def letters_for(touch: Touch) -> dict[str, Any]:
    """`letters`: what the client wrote, for the step that asks for an answer; `mail_to`: where its answer goes."""
    first = letter_of(touch.step_code)
    letters = letters_of(touch.client_id, first, touch.done_at) if first else []
    return {"letters": letters, "mail_to": _mail_to(letters[-1].sender, letters[-1].subject) if letters else ""}


def answer_of(letter: Any, actor: Actor) -> dict[str, Any]:
    """For the page of a client's letter: the step that answers it, where the answer goes, phones of the client.

    Empty for what needs no answer, and where the step is another office's.
    """
    if letter.kind != "reply" or not letter.client_id:
        return {}
    steps = db.session.scalars(select(Touch).where(
        Touch.client_id == letter.client_id, Touch.step_code.startswith(f"{ANSWER}:")).order_by(Touch.id.desc()))
    step = next((one for one in steps if (letter_of(one.step_code) or letter.id + 1) <= letter.id
                 and (one.done_at is None or one.done_at >= letter.taken_at)), None)
    if step is None or not actor.may_see(step.office_id):
        return {}
    return {"step": step, "mail_to": _mail_to(letter.sender, letter.subject),
            "phones": [(phone.e164, display(phone.e164)) for phone in step.client.phones if phone.works]}


def _mail_to(address: str, subject: str) -> str:
    if not address:
        return ""
    subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    return f"mailto:{quote(address)}?{urlencode({'subject': subject}, quote_via=quote)}"
