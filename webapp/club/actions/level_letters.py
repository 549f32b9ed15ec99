"""Who hears of a level: a rise and a fall to come open occasions with their plans; what is no longer true is recalled.

Called inside the transaction that writes the levels (`actions/levels.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club.level_plans import DOWN, UP
from webapp.club.models import ClientLevel, Level
from webapp.db import db
from webapp.staff.audit import job
from webapp.staff.models import Office
from webapp.touches.actions.ending import call_off
from webapp.touches.actions.many import Opening, Planner, open_many

CLUB = job("club")


@dataclass(frozen=True)
class News:
    """What happened to the level of a client: is a rise worth a letter, was a fall announced?"""

    client_id: int
    rose: bool
    will_fall: bool


def tell(news: Sequence[News], today: date, *, now: datetime) -> None:
    """Call back letters of before, open occasions for what is new; `today` is the day in the clients' offices."""
    if not news:
        return
    rows = {row.client_id: row for row in db.session.scalars(
        select(ClientLevel).where(ClientLevel.client_id.in_([it.client_id for it in news]))
        .order_by(ClientLevel.client_id).execution_options(populate_existing=True))}
    for row in rows.values():
        _call_back(row, now)
    names = {level.code: level for level in db.session.scalars(select(Level))}
    _open(DOWN, [rows[it.client_id] for it in news if it.will_fall], names, today, now)
    _open(UP, [rows[it.client_id] for it in news if it.rose and not it.will_fall], names, today, now)


def _call_back(row: ClientLevel, now: datetime) -> None:
    if row.occasion_id is not None:
        call_off(row.occasion_id, reason="level-changed", actor=CLUB, now=now)
    row.occasion_id = None


def _open(kind: str, rows: Sequence[ClientLevel], names: Mapping[str, Level], today: date, now: datetime) -> None:
    """One occasion each, office by office; people whose data were erased meanwhile get none."""
    by_id = {row.client_id: row for row in rows}
    offices: dict[int, list[Opening]] = {}
    for client in db.session.execute(select(Client.id, Client.office_id, Client.manager_id, Client.timezone).where(
            Client.id.in_(by_id), Client.erased_at.is_(None)).order_by(Client.id)):
        row = by_id[client.id]
        level = names[row.fall_to if kind == DOWN and row.fall_to else row.level_code]
        day = row.fall_on if kind == DOWN and row.fall_on else today
        offices.setdefault(client.office_id, []).append(Opening(
            client.id, client.manager_id, {"fall" if kind == DOWN else "change": day}, client_zone=client.timezone,
            facts={"level": level.code, "level_name_ru": level.name_ru, "level_name_en": level.name_en,
                   "fall_on": day.isoformat() if kind == DOWN else ""}))
    for office_id, openings in offices.items():
        planner = Planner(kind, db.session.get_one(Office, office_id), now=now, origin="hand")
        opened, _touches = open_many(planner, openings, actor=CLUB)
        for occasion in opened:
            by_id[occasion.client_id].occasion_id = occasion.id
