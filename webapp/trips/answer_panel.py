"""What the panel of a step shows of a client's letters, and the mail program that opens with the answer begun."""

from typing import Any
from urllib.parse import quote, urlencode

from webapp.post.incoming import letters_of
from webapp.touches.answer_rules import letter_of
from webapp.touches.models import Touch


def letters_for(touch: Touch) -> dict[str, Any]:
    """`letters`: what the client wrote, for the step that asks for an answer; `mail_to`: where its answer goes."""
    first = letter_of(touch.step_code)
    letters = letters_of(touch.client_id, first, touch.done_at) if first else []
    return {"letters": letters, "mail_to": _mail_to(letters[-1].sender, letters[-1].subject) if letters else ""}


def _mail_to(address: str, subject: str) -> str:
    if not address:
        return ""
    subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    return f"mailto:{quote(address)}?{urlencode({'subject': subject}, quote_via=quote)}"
