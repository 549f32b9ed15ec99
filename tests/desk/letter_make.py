"""What tests of the letter editor share: a letter by its code, its form filled in, clients whose step is near."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import make
from sqlalchemy import select

from webapp.db import db, transaction
from webapp.letters.drafts import Edition, editions_of, words_of
from webapp.letters.models import Letter
from webapp.staff.models import Setting
from webapp.touches.actions.sending import queue_due


def letter(code: str) -> Letter:
    return db.session.scalars(select(Letter).where(Letter.code == code)).one()


def edition(code: str, language: str = "ru", variant: str = "") -> Edition:
    return editions_of(letter(code))[language, variant]


def url(code: str, what: str = "", **more: Any) -> str:
    query = {"language": "ru", **more}
    return f"/admin/letters/{letter(code).id}{what}?" + "&".join(f"{name}={value}" for name, value in query.items())


def form(code: str, language: str = "ru", variant: str = "", **changes: str) -> dict[str, str]:
    """The form as it opens, with some fields changed."""
    here = edition(code, language, variant)
    words = words_of(here.shown)
    texts = words.parts or {"body": words.body}
    return {"title": words.title, "subject": words.subject, **texts, "seen": here.stamp, **changes}


def mode(name: str) -> None:
    with transaction() as session:
        session.merge(Setting(key="mode", value=name))


def flying(cast: SimpleNamespace, now: Any, **more: Any) -> SimpleNamespace:
    """A client who has bought today and flies on 10 December; `trip` is the sale."""
    client = make.client(cast.main, now=now, manager=cast.olga, **{
        "last": "Громова", "first": "Екатерина", "email": "kate@example.com", "phone": "+79160000077", **more})
    trip = make.trip(client, purchase=date(2026, 11, 20), departure=date(2026, 12, 10), back=date(2026, 12, 17),
                     seller=cast.olga, now=now)
    return SimpleNamespace(client=client, trip=trip)


def thanked(cast: SimpleNamespace, now: Any, **more: Any) -> SimpleNamespace:
    """The same, and the letter of thanks is written and waits in the outbox."""
    found = flying(cast, now, **more)
    queue_due(now=now)
    return found
