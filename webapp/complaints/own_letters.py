"""Letters about complaints in the outbox: who may not open the complaint reads and stops none of them."""

from collections.abc import Sequence
from typing import Any

from flask import Flask
from flask_login import current_user

from webapp.complaints.questions import may_work_with, seen_among
from webapp.post.origins import add_closed
from webapp.staff.rules import MANAGER
from webapp.web.i18n import today_here


def register(app: Flask) -> None:
    """Keep them from managers whose clients they are not for."""
    add_closed(app, _closed)


def _closed(rows: Sequence[Any]) -> set[int]:
    if MANAGER not in current_user.hats or may_work_with(current_user):
        return set()
    about = {row.id: number for row in rows if (number := _complaint_of(row.group_key)) is not None}
    seen = seen_among(set(about.values()), current_user, today=today_here())
    return {message_id for message_id, number in about.items() if number not in seen}


def _complaint_of(group_key: str) -> int | None:
    kind, _colon, number = (group_key or "").partition(":")
    return int(number) if kind == "complaint" and number.isdecimal() else None
