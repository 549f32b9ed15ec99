"""Rooms on the right may take answers to their own letters: a complaint's goes into its conversation."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from webapp.post.models import Incoming, Message

Taker: TypeAlias = Callable[[Session, Incoming, Message, datetime], bool]
_TAKERS: dict[str, Taker] = {}


def answers_to(kind: str) -> Callable[[Taker], Taker]:
    """Declare who takes answers to messages whose source begins with `kind`. It is called once for each letter, in a
    transaction of its own, and tells whether the letter is taken; else it becomes a step for people, as any other."""
    def keep(taker: Taker) -> Taker:
        _TAKERS[kind] = taker
        return taker
    return keep


def kinds() -> list[str]:
    """All sources somebody takes the answers to."""
    return sorted(_TAKERS)


def taker_of(message: Message) -> Taker | None:
    """Who takes answers to this message."""
    return _TAKERS.get(message.source.partition(":")[0])
