"""What a consent of a client causes in the outbox; the room of clients does not know that there is one."""

from flask import Flask

from webapp.clients.actions import follow_consents
from webapp.post.actions.history import fence
from webapp.post.actions.wishes import follow_wish


def register(_app: Flask) -> None:
    """Stops work at once: what waits is cancelled in the transaction of the consent."""
    follow_consents("post", fence, follow_wish)
