"""A letter was changed: what of it waits in the outbox is filled in anew for its clients (`ux.md` §3)."""

from collections.abc import Collection
from datetime import datetime

from webapp.db import db, transaction
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.rules import Actor
from webapp.touches import store
from webapp.touches.models import Touch
from webapp.touches.writing import Desk, Unsendable, write

BATCH = 50


def rewrite_waiting(version_ids: Collection[int], *, actor: Actor, now: datetime) -> int:
    """Fill in anew the messages made from these versions that wait; gives how many were.

    A message that cannot be filled in any more, or that nobody's plan asked for, keeps its words. Safe to stop and
    to run again: every batch is a transaction of its own.
    """
    done, last, desk = 0, 0, Desk()
    while True:
        with transaction():
            ids = post.waiting_ids(version_ids, after=last, limit=BATCH)
            for message_id in ids:
                done += _rewrite(db.session.get_one(Message, message_id), desk, actor, now)
        if len(ids) < BATCH:
            return done
        last = ids[-1]


def _rewrite(message: Message, desk: Desk, actor: Actor, now: datetime) -> bool:
    kind, _, number = message.source.partition(":")
    touch = db.session.get(Touch, int(number)) if kind == "touch" and number.isdigit() else None
    if touch is None or touch.occasion is None:
        return False
    try:
        written = write(touch, touch.occasion, store.letter_code_of(touch), desk, now=now)
    except Unsendable:
        return False
    return post.replace_text(message, subject=written.rendered.subject, text=written.rendered.text,
                             html=written.rendered.html, version_id=written.letter.version_id, files=written.files,
                             sender=written.envelope.sender, reply_to=written.envelope.reply_to,
                             klass=written.letter.klass, unsubscribe_url=written.unsubscribe_url, actor=actor, now=now)
