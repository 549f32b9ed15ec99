"""What the client's page shows from all rooms: trips, what is planned, what must be known, what is worth asking."""

from collections.abc import Collection
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.clients import labels
from webapp.clients.lookup import Facts
from webapp.clients.models import Client
from webapp.clients.sources import EXAMPLE, add_source, source_words
from webapp.db import db
from webapp.desk.timeline import PERSONAL, channel_word
from webapp.kit.days import local_day, next_birthday, zone
from webapp.touches.models import Occasion, Touch
from webapp.trips.models import Trip

add_source(EXAMPLE, _l("Example, not a real person"))

SOON_DAYS, PASSPORT_DAYS = 14, 210


def trips_of(client_id: int) -> list[Trip]:
    """All trips of the client, the newest departure first."""
    query = select(Trip).where(Trip.client_id == client_id).options(joinedload(Trip.seller))
    return list(db.session.scalars(query.order_by(Trip.departure_on.desc(), Trip.id.desc())))


def planned_of(client_id: int, limit: int = 8) -> list[Touch]:
    """What is to happen next, nearest first: open steps, automatic or for people."""
    query = (select(Touch).where(Touch.client_id == client_id, Touch.due_on.is_not(None),
                                 Touch.status.in_(("planned", "queued")))
             .options(joinedload(Touch.step), joinedload(Touch.assignee), joinedload(Touch.occasion)))
    return list(db.session.scalars(query.order_by(Touch.due_on, Touch.id).limit(limit)))


def missing_of(client: Client, coming: Trip | None) -> list[str]:
    """What is worth asking (`domain.md` §4.1): what the client's room lacks, and the next trip when none is known."""
    planned = coming or db.session.scalar(
        select(Occasion.id).where(Occasion.client_id == client.id, Occasion.kind == "planned_trip",
                                  Occasion.closed_at.is_(None)).limit(1))
    return [*client.missing, *([] if planned else ["next-trip"])]


def last_contacts(client_ids: Collection[int]) -> dict[int, Facts]:
    """When people last spoke or wrote with each client, by which channel and who; in the day of the touch."""
    newest = (select(func.max(Touch.id)).where(Touch.client_id.in_(client_ids), Touch.status == "done",
                                               Touch.channel.in_(PERSONAL), Touch.automatic.is_(False),
                                               Touch.done_at.is_not(None)).group_by(Touch.client_id))
    rows = db.session.scalars(select(Touch).where(Touch.id.in_(newest)).options(joinedload(Touch.client)))
    return {row.client_id: [(_("Last contact"), _last(row))] for row in rows}


def _last(touch: Touch) -> str:
    assert touch.done_at is not None
    day = local_day(touch.done_at, zone(touch.client.office.timezone)).strftime("%d.%m.%Y")
    return ", ".join(filter(None, (day, channel_word(touch.channel).lower(), touch.done_by)))


def facts_of(client: Client, today: date) -> list[tuple[Any, Any]]:
    """The facts under the name, in words; empty ones are left out by the page."""
    birthday = client.birthday and f"{client.birthday:%d.%m.%Y}, {labels.age(client.birthday, today)}"
    return [(_("Birthday"), birthday), (_("City"), client.city),
            (_("Passport valid until"), client.passport_until and f"{client.passport_until:%d.%m.%Y}"),
            (_("Addressed as"), client.greeting),
            (_("Came from"), source_words(client.source)),
            (_("Language of letters"), labels.word(labels.LANGUAGES, client.language)
             if client.language != "ru" else "")]


def notices_of(client: Client, today: date) -> list[tuple[str, str, str]]:
    """(kind, icon, sentence) of what must be known before anybody calls."""
    found = []
    if client.write_nothing:
        found.append(("red", "pause", _("We write nothing to this client now. Call only if you must.")))
    if client.birthday:
        days = (next_birthday(client.birthday, today) - today).days
        if days == 0:
            found.append(("yellow", "cake", _("Birthday today!")))
        elif days <= SOON_DAYS:
            found.append(("accent", "cake", _("Birthday soon: %(day)s", day=f"{client.birthday:%d.%m}")))
    if client.passport_until and (client.passport_until - today).days < PASSPORT_DAYS:
        over = client.passport_until < today
        found.append(("yellow", "passport", _("The passport has run out.") if over else
                      _("The passport runs out on %(day)s.", day=f"{client.passport_until:%d.%m.%Y}")))
    return found
