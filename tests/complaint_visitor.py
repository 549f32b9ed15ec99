"""Somebody who writes a complaint, and helpers around the public pages of complaints."""

import secrets
from io import BytesIO
from typing import Any

from sqlalchemy import select

from webapp.complaints.actions.entering import look_at_entries
from webapp.complaints.models import Complaint
from webapp.db import db

GOOD = {"story": "В отеле не было горячей воды.", "wants": "Вернуть часть денег", "trip": "Турция, октябрь",
        "name": "Мария Кузнецова", "contact": "8 (916) 111-00-01", "agree": "y"}
PHONE = "+79161110001"


def new_key() -> str:
    """The key of a form, as it makes one."""
    return secrets.token_urlsafe(18)


def from_address(person: Any) -> Any:
    """At a network address of their own: what is limited by addresses is counted anew."""
    person.http.environ_base["REMOTE_ADDR"] = f"fd00:{secrets.token_hex(2)}:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
    return person


def sent(visitor: Any, **more: Any) -> str:
    """The token of the status page of a complaint just written."""
    answer = visitor.post("/complain", {**GOOD, "form_key": new_key(), **more})
    assert answer.status == 303, answer.text
    return answer.location.partition("/k/")[2].partition("?")[0]


def opened(now: Any) -> Complaint:
    """The one complaint, once the worker has looked."""
    look_at_entries(now=now)
    return db.session.scalars(select(Complaint)).one()


def attached(*files: tuple[str, bytes]) -> list[tuple[BytesIO, str]]:
    """Files as a browser sends them."""
    return [(BytesIO(data), name) for name, data in files]
